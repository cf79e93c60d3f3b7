// An address means something in one process only.
#include "examples_2025_03_03_16_52/process_pool.hpp"

int value(int* pointer) {
  return *pointer;
}

int main() {
  int x = 1;
  ProcessPool pool(2);
  pool.submit(value, &x);
}
