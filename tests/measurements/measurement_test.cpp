#include "measurements/measurement.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "measurements/run_command.hpp"
#include "tests/captured_output.hpp"
#include "tests/catch.hpp"
#include "tests/full_disk.hpp"
#include "tests/temporary_directory.hpp"

using Catch::Matchers::ContainsSubstring;

using namespace measurements;

namespace {

int run(std::vector<std::string> words, const Body& body) {
  words.insert(words.begin(), "example_benchmark");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return run_measurement(static_cast<int>(arguments.size()), arguments.data(),
                         "example", "An example", body);
}

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

struct Outcome {
  int exit_code;
  std::string errors;
};

/// Runs in a process of its own, which may end.
/// @param closed The descriptors that it begins without.
Outcome outcome_of(const std::vector<std::string>& words, const Body& body,
                   const std::vector<int>& closed = {}) {
  std::array<int, 2> ends;
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    for (const int file : closed) ::close(file);
    std::_Exit(run(words, body));
  }
  ::close(ends[1]);
  Outcome outcome;
  char letter;
  while (::read(ends[0], &letter, 1) == 1) outcome.errors += letter;
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return outcome;
}

void nothing(const MeasurementOptions&, Report&) {}

}  // namespace

TEST_CASE("a report has figures, facts, and rows, with their spread or the reason") {
  const TestDirectory directory;
  const std::string file = directory.path / "example.json";
  captured_output([&] {
    REQUIRE(run({"--output", file, "--form", "short"}, [](const auto&, Report& report) {
              report.add("call_seconds", Figure::of_rounds({1, 2, 3, 4, 5}, 1));
              report.add("lost_connections", Figure::counted(64));
              report.add("x_ratio", Figure::not_measured("Go was not found"));
              report.add_fact("version", "go1.19");
              report.add_fact("tasks", std::int64_t{1'000'000});
              report.add_fact("think_seconds", 0.01);
              report.add_row("counts", {{"style", "Asio"}, {"tasks", std::int64_t{10}}},
                             {{"cpu_seconds", Figure::of_rounds({3})},
                              {"memory_bytes", Figure::not_measured("no memory")}});
            }) == 0);
  });
  const auto json = nlohmann::json::parse(text_of(file));
  CHECK(json["schema"] == 2);
  CHECK(json["measurement"] == "example");
  CHECK(json["form"] == "short");
  CHECK(std::regex_match(json["recorded_at"].get<std::string>(),
                         std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
  CHECK(json["figures"] == nlohmann::json::parse(R"({
    "call_seconds": {"value": 3.0, "low": 2.0, "high": 4.0, "rounds": 5},
    "lost_connections": {"value": 64},
    "x_ratio": {"not_measured": "Go was not found"},
    "version": {"value": "go1.19"},
    "tasks": {"value": 1000000},
    "think_seconds": {"value": 0.01}})"));
  CHECK(json["tables"] == nlohmann::json::parse(R"({"counts": [
    {"style": "Asio", "tasks": 10,
     "cpu_seconds": {"value": 3.0, "low": 3.0, "high": 3.0, "rounds": 1},
     "memory_bytes": {"not_measured": "no memory"}}]})"));
}

TEST_CASE("a report says how busy the cores were with other programs") {
  Report report;
  const auto json = [&](double share) {
    return nlohmann::json::parse(report.json("example", Form::long_form, share));
  };
  CHECK(json(0.25)["busy_share"] == 0.25);
  CHECK(json(-1)["busy_share"].is_null());
  CHECK(json(0)["form"] == "long");

  const TestDirectory directory;
  const std::string file = directory.path / "example.json";
  REQUIRE(run({"--output", file}, nothing) == 0);
  const auto share = nlohmann::json::parse(text_of(file))["busy_share"];
  CHECK((share.is_null() || (share >= 0 && share <= 1)));
}

TEST_CASE("a report is printed in units that people read") {
  const std::string text = captured_output([] {
    REQUIRE(run({}, [](const auto&, Report& report) {
              report.add("call_seconds", Figure::of_rounds({1.2e-5, 1.3e-5}));
              report.add("sent_bytes_per_second", Figure::of_rounds({2.5e9}));
              report.add("kept_bytes", Figure::of_rounds({4096}));
              report.add("calls_per_second", Figure::of_rounds({1234}));
              report.add("speed_up_ratio", Figure::not_measured("too few cores"));
            }) == 0);
  });
  CHECK_THAT(text, ContainsSubstring("12.5 us (12.25 us to 12.75 us, 2 rounds)"));
  CHECK_THAT(text, ContainsSubstring("2.5 GB/s (1 round)"));
  CHECK_THAT(text, ContainsSubstring("4.096 kB"));
  CHECK_THAT(text, ContainsSubstring("1234 /s"));
  CHECK_THAT(text, ContainsSubstring("not measured: too few cores"));
}

TEST_CASE("the form is the long one if none is given") {
  const auto form_of = [](const std::vector<std::string>& words) {
    Form form{};
    run(words,
        [&](const MeasurementOptions& options, Report&) { form = options.form; });
    return form;
  };
  CHECK(form_of({}) == Form::long_form);
  CHECK(form_of({"--form", "short"}) == Form::short_form);
  CHECK(form_of({"--form", "trial"}) == Form::trial);
}

TEST_CASE("an option that is not known is one line and exit code 2") {
  for (const auto& [words, named] :
       {std::pair{std::vector<std::string>{"--quick"}, "--quick"},
        {std::vector<std::string>{"--form", "best"}, "best"},
        {std::vector<std::string>{"more"}, "more"}}) {
    const Outcome outcome = outcome_of(words, nothing);
    CHECK(outcome.exit_code == 2);
    CHECK_THAT(outcome.errors, ContainsSubstring(named));
    CHECK(std::count(outcome.errors.begin(), outcome.errors.end(), '\n') == 1);
  }
}

TEST_CASE("a bug is one line and exit code 1, and leaves an older report alone") {
  const TestDirectory directory;
  const std::string file = directory.path / "example.json";
  std::ofstream(file) << "older";
  const Outcome outcome = outcome_of({"--output", file}, [](const auto&, Report&) {
    throw std::runtime_error("a wrong sum");
  });
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.errors, ContainsSubstring(": a wrong sum\n"));
  CHECK(text_of(file) == "older");
}

TEST_CASE("a full disk is one line and exit code 1, and leaves an older report alone") {
  const TestDirectory directory;
  const std::string file = directory.path / "example.json";
  std::ofstream(file) << "older";
  const Outcome outcome = [&] {
    const FullDisk full(8);
    return outcome_of({"--output", file}, nothing);
  }();
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.errors, ContainsSubstring("cannot write " + file));
  CHECK(text_of(file) == "older");
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path), {}) == 1);
}

TEST_CASE("what this machine cannot do leaves the other figures in place") {
  Report report;
  captured_output([&] {
    report.attempt({"first", "second"}, [&] {
      report.add("first", Figure::of_rounds({1}));
      throw NotMeasured("it ran out");
    });
    report.add("third", Figure::of_rounds({3}));
  });
  const auto figures =
      nlohmann::json::parse(report.json("example", Form::trial, 0))["figures"];
  CHECK(figures["first"]["value"] == 1);
  CHECK(figures["second"]["not_measured"] == "it ran out");
  CHECK(figures["third"]["value"] == 3);
  CHECK_THROWS_AS(report.attempt({"fourth"}, [] { throw std::logic_error("a bug"); }),
                  std::logic_error);
}

TEST_CASE("streams that are closed are opened: a pipe must not become one of them") {
  const Outcome outcome =
      outcome_of({},
                 [](const auto&, Report&) {
                   for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
                     if (::fcntl(file, F_GETFD) < 0)
                       throw std::runtime_error("one is closed");
                   // It has what a program of its own writes, and not what went into
                   // another stream.
                   if (run_command({"/bin/echo", "a word"}).output != "a word\n")
                     throw std::runtime_error("its output was lost");
                 },
                 {STDIN_FILENO, STDOUT_FILENO});
  CHECK(outcome.errors.empty());
  CHECK(outcome.exit_code == 0);
}

TEST_CASE("Python finds modules below the root, whatever the environment says") {
  ::setenv("PYTHONPATH", "/elsewhere", 1);
  ::setenv("PYTHONHOME", "/elsewhere", 1);
  const Outcome outcome = outcome_of({"--root", "/some/../where"}, [](auto&, Report&) {
    const Cost said = run_command({"/usr/bin/env"});
    if (("\n" + said.output).find("\nPYTHONPATH=/where\n") == std::string::npos)
      throw std::runtime_error("its modules are not found");
    if (said.output.find("PYTHONHOME") != std::string::npos)
      throw std::runtime_error("another Python's modules are found");
  });
  ::unsetenv("PYTHONPATH");
  ::unsetenv("PYTHONHOME");
  CHECK(outcome.errors.empty());
  CHECK(outcome.exit_code == 0);
}

TEST_CASE("a figure is measured once") {
  Report report;
  captured_output([&] {
    report.add("one", Figure::of_rounds({1}));
    CHECK_THROWS_AS(report.add("one", Figure::of_rounds({1})), std::logic_error);
    CHECK_THROWS_AS(report.add_fact("one", 1.0), std::logic_error);
  });
}

TEST_CASE("text that is not UTF-8 does not cost the report") {
  Report report;
  captured_output(
      [&] { report.add("one", Figure::not_measured("no file \xff in the way")); });
  CHECK_THAT(report.json("example", Form::trial, 0), ContainsSubstring("no file"));
}
