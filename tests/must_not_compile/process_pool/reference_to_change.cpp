// What a worker changes, it changes in its own copy.
#include "examples_2025_03_03_16_52/process_pool.hpp"

void add_one(int& x) {
  ++x;
}

int main() {
  int x = 1;
  ProcessPool pool(2);
  pool.submit(add_one, x);
}
