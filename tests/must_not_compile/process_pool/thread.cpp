// A thread runs in one process.
#include <thread>

#include "examples_2025_03_03_16_52/process_pool.hpp"

void wait_for(const std::jthread&) {}

int main() {
  std::jthread thread;
  ProcessPool pool(2);
  pool.submit(wait_for, thread);
}
