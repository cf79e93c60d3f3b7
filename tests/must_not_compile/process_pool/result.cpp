// The result is sent, too.
#include "examples_2025_03_03_16_52/process_pool.hpp"

std::unique_ptr<int> make() {
  return std::make_unique<int>(1);
}

int main() {
  ProcessPool pool(2);
  pool.submit(make);
}
