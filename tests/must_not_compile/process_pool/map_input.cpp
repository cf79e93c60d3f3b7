// A view looks at memory of one process.
#include <string_view>

#include "examples_2025_03_03_16_52/process_pool.hpp"

std::size_t length(std::string_view text) {
  return text.size();
}

int main() {
  ProcessPool pool(2);
  pool.map(length, std::vector<std::string>{"a", "b"});
}
