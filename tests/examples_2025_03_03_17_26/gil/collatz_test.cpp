#include "examples_2025_03_03_17_26/gil/collatz.hpp"

#include "tests/catch.hpp"

TEST_CASE("The steps of the Collatz problem are counted", "[collatz]") {
  CHECK(collatz_steps(1) == 0);
  CHECK(collatz_steps(2) == 1);
  CHECK(collatz_steps(3) == 1 + 7);  // 3 10 5 16 8 4 2 1
  CHECK(collatz_steps(7) - collatz_steps(6) == 16);
  CHECK(collatz_steps(27) - collatz_steps(26) == 111);
  CHECK(collatz_steps(10'000) == 849'666);
}
