// A std::function may hold anything.
#include "examples_2025_03_03_16_52/process_pool.hpp"

int main() {
  const std::function<int(int)> twice = [](int x) { return 2 * x; };
  ProcessPool pool(2);
  pool.submit(twice, 1);
}
