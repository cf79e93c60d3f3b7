// Keys that are equal if their bytes are, and values that own nothing.
#include "examples_2017_09_09_12_16/shared_dictionary.hpp"

enum class Color { red };

int main() {
  SharedDictionary<int, double>().set(1, 1.5);
  SharedDictionary<Color, std::array<char, 8>>().set(Color::red, {});
}
