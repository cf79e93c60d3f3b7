/// @file
/// The recorder's command line.

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>

#include "program/error_line.hpp"
#include "recorder/facts.hpp"
#include "recorder/recording.hpp"

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Accepts a time limit: a number of seconds above zero.
CLI::Validator seconds() {
  const auto check = [](const std::string& text) {
    constexpr double day = 86'400;
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (is_number && value > 0 && value <= day) return std::string();
    return text + " is no number of seconds above 0, of a day at the most";
  };
  return {check, "SECONDS"};
}

/// What all commands that run a program of the book need to know.
struct book_options {
  fs::path source;
  fs::path root = ".";
  fs::path programs = ".";
  fs::path python = "/usr/bin/python3";
  recorder::repetition repetition;

  void add_to(CLI::App& command) {
    command
        .add_option("source", source, "The program's .cpp, or its counterpart's .py")
        ->required()
        ->check(CLI::ExistingFile);
    command.add_option("--root", root, "The project's root")
        ->check(CLI::ExistingDirectory);
    command.add_option("--programs", programs, "Where the executables were built")
        ->check(CLI::ExistingDirectory);
    command.add_option("--python", python, "What runs a counterpart")
        ->check(CLI::ExistingFile);
    command
        .add_option("--runs", repetition.runs,
                    "Runs on a terminal, and as many through a pipe")
        ->check(CLI::Range(1, 10'000));
    command
        .add_option("--side-by-side", repetition.side_by_side, "Runs at the same time")
        ->check(CLI::Range(1, 1'000));
    command
        .add_option("--limit", repetition.limit_seconds,
                    "Seconds after which a run is killed; one whose threads waited for "
                    "cores is then run again alone, for longer")
        ->check(seconds());
  }

  recorder::book_program program() const { return {source, root, programs, python}; }
};

/// Prints why runs were refused; a reader needs two or three, not all.
void print_refusals(const recorder::book_program& program,
                    const std::vector<std::string>& refusals, int runs) {
  constexpr std::size_t enough = 3;
  fmt::print(stderr, "{}: {} of {} runs refused\n", program.source, refusals.size(),
             runs);
  for (std::size_t i = 0; i < std::min(enough, refusals.size()); ++i)
    fmt::print(stderr, "\n{}\n", refusals[i]);
}

std::string summary(const recorder::transcript& allowed,
                    const recorder::repeated& runs) {
  const auto orders = recorder::count_orders(allowed);
  std::string text = fmt::format(
      "accepted: {} runs on a terminal, {} through a pipe; {} of {} allowed orders "
      "seen",
      runs.terminal, runs.pipe, runs.orders_seen, orders.value_or("very many"));
  if (runs.late > 0)
    text += fmt::format(
        "; {} late because the machine was busy, and in time when run again alone",
        runs.late);
  return text;
}

/// Makes all runs of a transcript but the first.
///
/// @return nothing where one was refused, which is said.
std::optional<recorder::repeated> repeat(const recorder::book_program& program,
                                         const recorder::transcript& allowed,
                                         recorder::repetition how,
                                         const recorder::trial& first) {
  how.side_by_side = recorder::side_by_side(first.what, how.side_by_side);
  auto runs = recorder::try_often(program, allowed, how, first);
  if (runs.refusals.empty()) return runs;
  print_refusals(program, runs.refusals, runs.terminal + runs.pipe);
  return std::nullopt;
}

int verify(const book_options& options) {
  const auto program = options.program();
  program.require_executable();
  int status = 0;
  for (const auto& allowed : program.transcripts) {
    const auto first = recorder::try_first(program, allowed, options.repetition,
                                           recorder::watch::seldom);
    if (const auto runs = repeat(program, allowed, options.repetition, first)) {
      fmt::print("$ {}: {}\n", fmt::join(allowed.command, " "),
                 summary(allowed, *runs));
      std::fflush(stdout);  // before the next transcript's runs are forked
    } else {
      status = 1;
    }
  }
  return status;
}

/// Writes a recording of JSON for the book.
void write_json(const fs::path& to, const json& recording) {
  recorder::write_file(
      to, recording.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

int make_recording(const book_options& options, bool only_shown, const fs::path& to) {
  const auto program = options.program();
  program.require_executable();
  json transcripts = json::array();
  for (const auto& allowed : program.transcripts) {
    const auto shown = recorder::try_to_show(program, allowed, options.repetition);
    if (!shown.says.accepted) {
      std::string text =
          "the run that the book would show: " + recorder::explain(shown) +
          "\nThe run's lines:";
      for (const auto& line : shown.what.lines) text += "\n    " + line.text;
      print_refusals(program, {text}, 1);
      return 1;
    }
    const recorder::repeated alone{
        .terminal = 1, .late = shown.was_late, .orders_seen = 1, .refusals = {}};
    const auto runs =
        only_shown ? alone : repeat(program, allowed, options.repetition, shown);
    if (!runs) return 1;
    transcripts.push_back(recorder::to_json(allowed, shown, *runs));
  }
  write_json(to, {{"schema", 1},
                  {"program", program.key},
                  {"language", program.language},
                  {"source", program.source},
                  {"recorded_at", recorder::utc_now()},
                  {"transcripts", std::move(transcripts)}});
  return 0;
}

/// Holds a recording against its program's transcripts.
///
/// @return why it is refused; empty where it isn't.
/// @throws json::exception where it is no recording.
std::string refusal(const recorder::book_program& program, const json& recording) {
  if (recording.at("source") != program.source)
    return fmt::format("it records {}", recording["source"].dump());
  const auto& transcripts = recording.at("transcripts");
  if (transcripts.size() != program.transcripts.size())
    return fmt::format("{} transcript(s), but {} has {}", transcripts.size(),
                       program.source, program.transcripts.size());
  for (std::size_t i = 0; i < transcripts.size(); ++i) {
    const auto& allowed = program.transcripts[i];
    const auto& recorded = transcripts[i];
    const auto what = recorder::run_from_json(recorded.at("run"));
    const recorder::trial shown{what, recorder::judge(allowed, what)};
    if (!shown.says.accepted) return shown.says.reason;
    // What a page shows beside the lines follows from the lines.
    const json right = recorder::to_json(allowed, shown, {});
    for (std::size_t l = 0; l < what.lines.size(); ++l)
      if (recorded["run"]["lines"][l] != right["run"]["lines"][l])
        return fmt::format(
            "line {} of the run\n    {}\nhas other lanes or numbers than "
            "stand beside it",
            l + 1, what.lines[l].text);
    for (const char* part :
         {"command", "arguments", "written", "lanes", "specification"})
      if (recorded.at(part) != right[part])
        return fmt::format("it was recorded with another transcript than {} has now",
                           program.source);
  }
  return {};
}

/// Reads a recording, and holds it against its program's transcripts.
///
/// @return nothing where it is refused, which is said.
std::optional<json> accepted_recording(const recorder::book_program& program,
                                       const fs::path& path) {
  std::string wrong;
  try {
    std::ifstream file(path);
    json recording = json::parse(file);
    wrong = refusal(program, recording);
    if (wrong.empty()) return recording;
  } catch (const json::exception& error) {
    wrong = fmt::format("no recording: {}", error.what());
  }
  fmt::print(stderr, "{}: {}\n", path.string(), wrong);
  return std::nullopt;
}

int check_recording(const book_options& options, const fs::path& path) {
  if (!accepted_recording(options.program(), path)) return 1;
  fmt::print("accepted\n");
  return 0;
}

/// Makes the runs of a recording of which only the shown one was made, and adds them.
int complete_recording(const book_options& options, const fs::path& path) {
  const auto program = options.program();
  program.require_executable();
  auto recording = accepted_recording(program, path);
  if (!recording) return 1;
  for (std::size_t i = 0; i < program.transcripts.size(); ++i) {
    const auto& allowed = program.transcripts[i];
    auto& recorded = (*recording)["transcripts"][i];
    recorder::trial shown{recorder::run_from_json(recorded["run"]), {}};
    shown.says = recorder::judge(allowed, shown.what);
    shown.was_late = recorded.at("runs").at("late") > 0;
    const auto runs = repeat(program, allowed, options.repetition, shown);
    if (!runs) return 1;
    recorded["runs"] = recorder::to_json(allowed, *runs);
  }
  write_json(path, *recording);
  return 0;
}

int run_command(const recorder::run_options& options, const fs::path& to) {
  const auto what = recorder::record(options);
  const std::string text =
      recorder::to_json(what).dump(1, ' ', false, json::error_handler_t::replace) +
      "\n";
  if (to.empty())
    std::cout << text;
  else
    recorder::write_file(to, text);
  return what.exit_status.value_or(1) == 0 ? 0 : 1;
}

/// Opens those of the descriptors 0 to 2 that were closed when this process began: what
/// it opens later must not become one of them. They can't be written to.
void open_standard_descriptors() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != file)
      throw std::system_error(errno, std::generic_category(), "/dev/null");
}

int run(int argc, char* argv[]) {
  CLI::App app{
      "Runs programs, records them, and holds them against their transcripts."};
  app.require_subcommand(1);

  book_options options;
  fs::path output, recording;
  auto* verify_command =
      app.add_subcommand("verify", "Run a program many times against its transcripts");
  options.add_to(*verify_command);

  auto* record_command = app.add_subcommand(
      "record", "Run a program and write its recording for the book");
  options.add_to(*record_command);
  record_command->add_option("--output", output, "The recording")->required();
  bool only_shown = false;
  record_command->add_flag(
      "--only-shown", only_shown,
      "Only the run that the book shows; `complete` adds the others");

  auto* complete_command = app.add_subcommand(
      "complete", "Add the other runs to a recording made with --only-shown");
  options.add_to(*complete_command);
  complete_command->add_option("recording", recording, "The recording")
      ->required()
      ->check(CLI::ExistingFile);

  auto* check_command =
      app.add_subcommand("check", "Hold a recording against the program's transcripts");
  options.add_to(*check_command);
  check_command->add_option("recording", recording, "The recording")
      ->required()
      ->check(CLI::ExistingFile);

  recorder::run_options any;
  bool pipe = false;
  double limit = 60;
  auto* run_subcommand =
      app.add_subcommand("run", "Record any command, without a transcript");
  run_subcommand->add_flag("--pipe", pipe, "Through pipes, not on a terminal");
  run_subcommand->add_option("--limit", limit, "Seconds after which it is killed")
      ->check(seconds());
  run_subcommand->add_option("--output", output,
                             "The recording (default: standard output)");
  run_subcommand->add_option("command", any.command, "The command, after --")
      ->required();

  auto* machine_command = app.add_subcommand("machine", "Describe this machine");
  machine_command->add_option("--root", options.root, "The project's root")
      ->check(CLI::ExistingDirectory);
  machine_command->add_option("--python", options.python, "What runs the counterparts")
      ->check(CLI::ExistingFile);
  machine_command->add_option("--output", output, "The description")->required();

  auto* measure_command = app.add_subcommand("measure", "Measure what recording costs");
  measure_command->add_option("--output", output, "The measurements")->required();
  std::string form = "short";
  measure_command->add_option("--form", form, "How much is measured")
      ->check(CLI::IsMember({"trial", "short", "long"}));

  int lines = 0, threads = 0, starts = 0;
  auto* probe_command =
      app.add_subcommand("probe", "The program that `measure` records");
  probe_command->group("");  // not for people
  probe_command->add_option("lines", lines)->required();
  probe_command->add_option("threads", threads)->required();
  probe_command->add_option("starts", starts);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::RequiredError& error) {
    // What is not known is named first: it may be why something else is missing.
    const auto unknown = app.remaining(true);
    const std::string why =
        unknown.empty() ? error.what() : "not expected: " + unknown.front();
    print_error_line("", why.c_str(), "");
    return 2;
  } catch (const CLI::ParseError& error) {
    print_error_line("", error.what(), "");
    return 2;
  }

  if (*verify_command) return verify(options);
  if (*record_command) return make_recording(options, only_shown, output);
  if (*complete_command) return complete_recording(options, recording);
  if (*check_command) return check_recording(options, recording);
  if (*run_subcommand) {
    any.terminal = !pipe;
    any.limit = std::chrono::duration<double>(limit);
    return run_command(any, output);
  }
  if (*machine_command)
    recorder::write_file(output,
                         recorder::describe_machine(options.root, options.python)
                                 .dump(1, ' ', false, json::error_handler_t::replace) +
                             "\n");
  if (*measure_command)
    recorder::write_file(
        output,
        recorder::measure_recorder(fs::canonical("/proc/self/exe"), form).dump(1) +
            "\n");
  if (*probe_command) recorder::probe(lines, threads, starts);
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  try {
    open_standard_descriptors();
    // Who ignores it is not told of its children's ends.
    std::signal(SIGCHLD, SIG_DFL);
    const int status = run(argc, argv);
    if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return status;
    print_error_line("", "standard output can't be written", "");
    return 1;
  } catch (const recorder::interrupted& by) {
    return 128 + by.signal;
  } catch (const recorder::transcript_error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    print_error_line("", error.what(), "");
    return 1;
  }
}
