// The letters of a string stand in memory of the process that made it.
#include "examples_2017_09_09_12_16/shared_dictionary.hpp"

int main() {
  SharedDictionary<int, std::string>().set(1, "one");
}
