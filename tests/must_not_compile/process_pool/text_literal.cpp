// The parameter is a pointer, even if the argument looks like a text.
#include "examples_2025_03_03_16_52/process_pool.hpp"

std::size_t length(const char* text) {
  return std::char_traits<char>::length(text);
}

int main() {
  ProcessPool pool(2);
  pool.submit(length, "text");
}
