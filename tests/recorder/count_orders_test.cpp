// How many orders a transcript allows.
#include "recorder/count_orders.hpp"

#include <optional>
#include <string>

#include "recorder/read_transcripts.hpp"
#include "tests/catch.hpp"

namespace {

const char* const staggered = R"(
    $ p
    a| starts 2
    b| starts 1
       ends 1
       ends 2
       took ~2.00 s
)";

}  // namespace

TEST_CASE("Allowed orders are counted", "[count_orders]") {
  const auto count = [](const std::string& docstring) {
    return recorder::count_orders(
        recorder::parse_transcripts(docstring, "here.cpp").at(0));
  };
  CHECK(count(staggered) == "2");
  CHECK(count("\n    $ p\n    one\n    two\n") == "1");
  CHECK(count("\n    $ p\n    a-e| {1..5}\n         end\n") == "120");
  CHECK(count("\n    $ p\n    a-j| {1..10}\n         end\n") == "3628800");
  // Who printed which of two equal lines can't be seen in the output.
  CHECK(count("\n    $ p\n    a-j| hello\n") == "1");
  CHECK(count("\n    $ p\n    a| x\n    a| y\n    b| x\n    b| z\n") == "4");
  CHECK(count("\n    $ p\n    a| 1\n    a| 2\n    b| 3\n    b| 4\n") == "6");
  CHECK(count("\n    $ p\n    a| 1\n    b| 2\n    --\n    a| 3\n    b| 4\n") == "4");
  CHECK(count("\n    $ p\n    {red,green}\n    ~1.00\n") == "2");
  CHECK(count("\n    $ p\n    a-z| {a..z}\n    a-z| then {a..z}\n") == std::nullopt);
}
