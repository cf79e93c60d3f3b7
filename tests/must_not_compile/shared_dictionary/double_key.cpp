// 0.0 and -0.0 are equal, and differ in a bit.
#include "examples_2017_09_09_12_16/shared_dictionary.hpp"

int main() {
  SharedDictionary<double, int>().set(0.0, 1);
}
