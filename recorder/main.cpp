/// @file
/// The recorder's command line.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "program/error_line.hpp"
#include "recorder/judge_recording.hpp"
#include "recorder/machine.hpp"
#include "recorder/make_recording.hpp"
#include "recorder/probe.hpp"
#include "recorder/record_run.hpp"
#include "recorder/recording_cost.hpp"
#include "recorder/run_json.hpp"
#include "recorder/verify_program.hpp"
#include "recorder/write_json.hpp"

namespace {

namespace fs = std::filesystem;

/// Accepts a time limit: a number of seconds above zero.
CLI::Validator seconds() {
  const auto error_of = [](const std::string& text) {
    constexpr double day = 86'400;
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (is_number && value > 0 && value <= day) return std::string();
    return text + " is no number of seconds above 0, of a day at the most";
  };
  return {error_of, "SECONDS"};
}

/// What all commands that run a program of the book need to know.
struct BookOptions {
  fs::path source;
  fs::path root = ".";
  fs::path programs = ".";
  fs::path python = "/usr/bin/python3";
  recorder::Repetition repetition;

  void add_to(CLI::App& command) {
    command
        .add_option("source", source, "The program's .cpp, or its counterpart's .py")
        ->required()
        ->check(CLI::ExistingFile);
    command.add_option("--root", root, "The project's root")
        ->check(CLI::ExistingDirectory);
    command
        .add_option("--programs", programs,
                    "The directory that the executables were built into")
        ->check(CLI::ExistingDirectory);
    command.add_option("--python", python, "The Python that runs counterparts")
        ->check(CLI::ExistingFile);
    command
        .add_option("--runs", repetition.runs,
                    "Number of runs on a terminal, and as many through a pipe")
        ->check(CLI::Range(1, 10'000));
    command
        .add_option("--side-by-side", repetition.side_by_side,
                    "Number of runs at the same time")
        ->check(CLI::Range(1, 1'000));
    command
        .add_option("--limit", repetition.timeout_seconds,
                    "Seconds after which a run is killed; one whose threads waited for "
                    "cores is then run again alone, for longer")
        ->check(seconds());
  }

  recorder::BookProgram program() const { return {source, root, programs, python}; }
};

int record_command(const recorder::RunOptions& options, const fs::path& to) {
  const auto run = recorder::record_run(options);
  const auto recorded = recorder::to_json(run);
  if (to.empty())
    std::cout << recorder::json_text(recorded, recorder::indented);
  else
    recorder::write_json(to, recorded, recorder::indented);
  return run.exit_status.value_or(1) == 0 ? 0 : 1;
}

/// Opens those of the descriptors 0 to 2 that were closed when this process began: what
/// it opens later must not become one of them. They can't be written to.
void open_standard_descriptors() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != file)
      throw std::system_error(errno, std::generic_category(), "/dev/null");
}

/// The command line: what was given of it, and the commands.
class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    options_.add_to(*verify_);
    add_record();
    options_.add_to(*complete_);
    add_recording(*complete_);
    options_.add_to(*judge_);
    add_recording(*judge_);
    add_run();
    add_machine();
    measure_->add_option("--output", output_, "Where to write the measurements")
        ->required();
    measure_->add_option("--form", form_, "How much is measured")
        ->check(CLI::IsMember({"trial", "short", "long"}));
    probe_->group("");  // not for people
    probe_->add_option("lines", probed_.lines)->required();
    probe_->add_option("threads", probed_.threads)->required();
    probe_->add_option("starts", probed_.starts);
  }

  /// Reads it, does what it says, and returns the exit status.
  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& help) {
      return app_.exit(help);
    } catch (const CLI::RequiredError& error) {
      // What is not known is named first: it may be why something else is missing.
      const auto unknown = app_.remaining(true);
      const std::string why =
          unknown.empty() ? error.what() : "not expected: " + unknown.front();
      print_error_line("", why.c_str(), "");
      return 2;
    } catch (const CLI::ParseError& error) {
      print_error_line("", error.what(), "");
      return 2;
    }
    return execute();
  }

 private:
  void add_record() {
    options_.add_to(*record_);
    record_->add_option("--output", output_, "Where to write the recording")
        ->required();
    record_->add_flag("--only-shown", only_shown_,
                      "Only the run that the book shows; `complete` adds the others");
  }

  void add_recording(CLI::App& command) {
    command.add_option("recording", recording_, "The recording")
        ->required()
        ->check(CLI::ExistingFile);
  }

  void add_run() {
    run_->add_flag("--pipe", pipe_, "Through pipes, not on a terminal");
    run_->add_option("--limit", timeout_, "Seconds after which it is killed")
        ->check(seconds());
    run_->add_option("--output", output_,
                     "Where to write the recording (default: standard output)");
    run_->add_option("command", command_, "The command, after --")->required();
  }

  void add_machine() {
    machine_->add_option("--root", options_.root, "The project's root")
        ->check(CLI::ExistingDirectory);
    machine_
        ->add_option("--python", options_.python, "The Python that runs counterparts")
        ->check(CLI::ExistingFile);
    machine_->add_option("--output", output_, "Where to write the description")
        ->required();
  }

  int execute() {
    const auto& how = options_.repetition;
    if (*verify_) return recorder::verify_program(options_.program(), how) ? 0 : 1;
    if (*record_) {
      const auto which =
          only_shown_ ? recorder::Recorded::only_shown : recorder::Recorded::all;
      return recorder::make_recording(options_.program(), how, which, output_) ? 0 : 1;
    }
    if (*complete_)
      return recorder::complete_recording(options_.program(), how, recording_) ? 0 : 1;
    if (*judge_) {
      if (!recorder::accepted_recording(options_.program(), recording_)) return 1;
      fmt::print("accepted\n");
    }
    if (*run_) {
      recorder::RunOptions options;
      options.command = command_;
      options.terminal = !pipe_;
      options.timeout = std::chrono::duration<double>(timeout_);
      return record_command(options, output_);
    }
    if (*machine_)
      recorder::write_json(output_,
                           recorder::describe_machine(options_.root, options_.python),
                           recorder::indented);
    if (*measure_)
      recorder::write_json(
          output_,
          recorder::measure_recording_cost(fs::canonical("/proc/self/exe"), form_),
          recorder::indented);
    if (*probe_) recorder::probe(probed_.lines, probed_.threads, probed_.starts);
    return 0;
  }

  BookOptions options_;
  fs::path output_;
  fs::path recording_;
  bool only_shown_ = false;
  bool pipe_ = false;
  double timeout_ = 60;
  std::vector<std::string> command_;
  std::string form_ = "short";
  struct {
    int lines = 0, threads = 0, starts = 0;
  } probed_;

  CLI::App app_{
      "Runs programs, records them, and holds them against their transcripts."};
  CLI::App* verify_ =
      app_.add_subcommand("verify", "Run a program many times against its transcripts");
  CLI::App* record_ = app_.add_subcommand(
      "record", "Run a program and write its recording for the book");
  CLI::App* complete_ = app_.add_subcommand(
      "complete", "Add the other runs to a recording made with --only-shown");
  CLI::App* judge_ = app_.add_subcommand(
      "check", "Hold a recording against the program's transcripts");
  CLI::App* run_ =
      app_.add_subcommand("run", "Record any command, without a transcript");
  CLI::App* machine_ = app_.add_subcommand("machine", "Describe this machine");
  CLI::App* measure_ = app_.add_subcommand("measure", "Measure what recording costs");
  CLI::App* probe_ = app_.add_subcommand("probe", "The program that `measure` records");
};

}  // namespace

int main(int argc, char* argv[]) {
  try {
    open_standard_descriptors();
    // Who ignores it is not told of its children's ends.
    std::signal(SIGCHLD, SIG_DFL);
    const int status = CommandLine().run(argc, argv);
    if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return status;
    print_error_line("", "standard output can't be written", "");
    return 1;
  } catch (const recorder::Interrupted& by) {
    return 128 + by.signal;
  } catch (const recorder::TranscriptError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    print_error_line("", error.what(), "");
    return 1;
  }
}
