// A mutex guards memory of one process.
#include "examples_2025_03_03_16_52/process_pool.hpp"

void count(std::mutex& mutex) {
  const std::lock_guard lock(mutex);
}

int main() {
  std::mutex mutex;
  ProcessPool pool(2);
  pool.submit(count, mutex);
}
