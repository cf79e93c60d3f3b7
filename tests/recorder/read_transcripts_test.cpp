// The notation: what is read from it, and what is no transcript.
#include "recorder/read_transcripts.hpp"

#include <fstream>

#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using lines = std::vector<std::string>;

std::vector<recorder::Transcript> parse(const std::string& docstring) {
  return recorder::parse_transcripts(docstring, "here.cpp");
}

std::string error_of(const std::string& docstring) {
  try {
    parse(docstring);
  } catch (const recorder::TranscriptError& error) {
    return error.what();
  }
  return "no error";
}

std::string error_of_file(const std::string& content) {
  const TestDirectory directory;
  const auto path = directory.path / "transcript_test.cpp";
  std::ofstream(path) << content;
  std::string text = "no error";
  try {
    recorder::read_transcripts(path);
  } catch (const recorder::TranscriptError& error) {
    text = error.what();
  }
  return text;
}

}  // namespace

TEST_CASE("A docstring may hold several transcripts", "[read_transcripts]") {
  const auto all = parse(R"(Title

Prose.

    $ folder/p
    one

    two

    $ folder/p --size 3 --name 'two words'
    three
    [exit status 2]

More prose.
)");
  REQUIRE(all.size() == 2);
  CHECK(all[0].command == lines{"folder/p"});
  CHECK(all[0].written == lines{"$ folder/p", "one", "", "two"});
  REQUIRE(all[0].events.size() == 3);
  CHECK(all[0].events[1].written.empty());
  CHECK(all[0].events[2].source_line == 8);
  CHECK(all[0].exit_status == 0);
  CHECK(all[1].command == lines{"folder/p", "--size", "3", "--name", "two words"});
  CHECK(all[1].exit_status == 2);
  CHECK(all[1].events.size() == 1);
}

TEST_CASE("The lines' text begins in one column, with or without lanes",
          "[read_transcripts]") {
  const auto all = parse(
      "\n    $ p\n      a| one\n    b-c| two\n         three\n           four\n      "
      "a|\n");
  REQUIRE(all.size() == 1);
  const auto& events = all[0].events;
  REQUIRE(events.size() == 6);
  CHECK(events[0].lanes == lines{"a"});
  CHECK(events[1].lanes == lines{"b"});
  CHECK(events[2].lanes == lines{"c"});
  CHECK(events[3].in_all_lanes);
  CHECK(events[3].written == "three");
  CHECK(events[4].written == "  four");
  CHECK(events[5].lanes == lines{"a"});
  CHECK(events[5].written.empty());
  CHECK(all[0].lanes == lines{"a", "b", "c"});
  CHECK_THAT(
      error_of("\n    $ p\n    main| one\n    two\n"),
      ContainsSubstring("here.cpp:4:") && ContainsSubstring("begins before column 7"));
}

TEST_CASE("Lanes may be words, padded on either side", "[read_transcripts]") {
  const auto all =
      parse("\n    $ p\n    main  | one\n    worker| two\n     main | three\n");
  CHECK(all.at(0).lanes == lines{"main", "worker"});
  CHECK(all[0].events.at(2).lanes == lines{"main"});
}

TEST_CASE("A doubled mark stands for itself", "[read_transcripts]") {
  const auto all = parse("\n    $ p\n    ~~5 ##1 {{1..2} ~x #y\n");
  REQUIRE(all.at(0).events.at(0).pieces.size() == 1);
  CHECK(std::get<std::string>(all[0].events[0].pieces[0]) == "~5 #1 {1..2} ~x #y");
}

TEST_CASE("What breaks the notation is named with its line", "[read_transcripts]") {
  CHECK_THAT(error_of("\n    $ p\n    {one\n"),
             ContainsSubstring("here.cpp:3:") && ContainsSubstring("{one"));
  CHECK_THAT(error_of("\n    $ p\n    {one}\n"), ContainsSubstring("begins no set"));
  CHECK_THAT(error_of("\n    $ p\n    {4..1}\n"), ContainsSubstring("begins no set"));
  CHECK_THAT(error_of("\n    $ p\n    ~0.00 s\n"),
             ContainsSubstring("accepts no number"));
  CHECK_THAT(error_of("\n    $ p\n    ~2.00<1.00 s\n"),
             ContainsSubstring("accepts no number"));
  CHECK_THAT(error_of("\n    $ p\n    j-a| x\n"),
             ContainsSubstring("no range of lanes"));
  CHECK_THAT(error_of("\n    $ p\n    a+a| x\n"),
             ContainsSubstring("names a lane twice"));
  CHECK_THAT(error_of("\n    $ p\n    {1..2}| Consumer-{1..3}\n"),
             ContainsSubstring("has no set {1..2}"));
  CHECK_THAT(error_of("\n    $ p\n    [exit status 1]\n    one\n"),
             ContainsSubstring("transcript's last line"));
}

TEST_CASE("A source file needs a docstring with a transcript", "[read_transcripts]") {
  CHECK_THAT(error_of_file("int main() {}\n"),
             ContainsSubstring("begins with no docstring"));
  CHECK_THAT(error_of_file("/*\nTitle\n*/\n"), ContainsSubstring("has no transcript"));
  CHECK(error_of_file("/*\nTitle\n\n    $ p\n    one\n*/\n") == "no error");
  CHECK_THAT(error_of_file("\n\n/*\n\n    $ p\n    {one\n*/\n"),
             ContainsSubstring("test.cpp:6:"));
}
