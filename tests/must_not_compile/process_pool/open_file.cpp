// An open file belongs to the process that has opened it.
#include <fstream>

#include "examples_2025_03_03_16_52/process_pool.hpp"

void write_text(std::ofstream& file) {
  file << "text";
}

int main() {
  std::ofstream file("name");
  ProcessPool pool(2);
  pool.submit(write_text, file);
}
