// A container can be sent if what it holds can.
#include "examples_2025_03_03_16_52/process_pool.hpp"

std::size_t count(const std::vector<int*>& all) {
  return all.size();
}

int main() {
  ProcessPool pool(2);
  pool.submit(count, std::vector<int*>(3));
}
