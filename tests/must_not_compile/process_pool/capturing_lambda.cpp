// What a lambda captures is in the memory of the process that made it.
#include "examples_2025_03_03_16_52/process_pool.hpp"

int main() {
  const int factor = 3;
  ProcessPool pool(2);
  pool.map([&factor](int x) { return factor * x; }, std::vector{1, 2});
}
