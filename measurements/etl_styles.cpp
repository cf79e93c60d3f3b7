// The program etl in each style, beside CPython's pool with NumPy and beside reading
// and writing the same bytes and nothing else.
#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <vector>

#include "measurements/command_output.hpp"
#include "measurements/etl_sounds.hpp"
#include "measurements/run_command.hpp"

namespace measurements {
namespace {

// The time that the program says it took: without its start.
double run_etl(const EtlSounds& sounds, std::vector<std::string> words) {
  for (const std::string& word :
       {std::string("--files"), std::to_string(sounds.files()),
        std::string("--directory"), sounds.directory()})
    words.push_back(word);
  const std::string output = run_command(words).output;
  return number_in(output, "etl took ([0-9.]+)");
}

Comparison run_styles(const MeasurementOptions& options, const EtlSounds& sounds) {
  Comparison seconds(options.form, {.short_seconds = 3.5, .long_seconds = 60});
  const std::string key = "/examples_2025_03_03_17_26/etl";
  const auto add_cpp = [&](const std::string& name,
                           const std::vector<std::string>& how) {
    std::vector<std::string> words{options.programs + key};
    words.insert(words.end(), how.begin(), how.end());
    sounds.add(seconds, name, [&sounds, words] { return run_etl(sounds, words); });
  };
  sounds.add(seconds, "python", [&options, &sounds, key] {
    return run_etl(
        sounds, {options.python, "-B", options.root + key + ".py", "--processes", "2"});
  });
  sounds.add(seconds, "limit", [&sounds] { return sounds.read_and_write(2); });
  for (const InstructionSet set : instruction_sets()) {
    const std::string name(name_of(set));
    add_cpp(name, {"--threads", "2", "--instructions", name});
  }
  add_cpp("processes", {"--processes", "2"});
  add_cpp("simple", {"--threads", "2", "--simple"});
  seconds.run();
  return seconds;
}

}  // namespace

void measure_etl_styles(const MeasurementOptions& options, const EtlSounds& sounds,
                        Report& report) {
  const Comparison seconds = run_styles(options, sounds);
  report.heading(fmt::format("{} sounds of {} minute(s), two workers", sounds.files(),
                             sounds.minutes()));
  report.add_fact("files", std::int64_t{sounds.files()});
  report.add_fact("minutes", static_cast<std::int64_t>(sounds.minutes()));
  report.add("python_seconds", seconds.figure("python"));
  report.add("limit_seconds", seconds.figure("limit"));
  const auto add_row = [&](const std::string& way, const std::string& peer) {
    report.add_row("styles", {{"way", way}},
                   {{"against_python_ratio", seconds.ratio("python", peer)}});
  };
  const auto add_set = [&](const std::string& name, const std::string& peer) {
    report.add(name + "_seconds", seconds.figure(peer));
    report.add(name + "_against_python_ratio", seconds.ratio("python", peer));
    report.add(name + "_against_limit_ratio", seconds.ratio(peer, "limit"));
  };
  const std::string best(name_of(instruction_sets().back()));
  for (const InstructionSet set : instruction_sets()) {
    const std::string name(name_of(set));
    add_set(name, name);
    add_row("threads, " + name, name);
  }
  add_set("best", best);
  add_row("processes", "processes");
  report.add("processes_against_threads_ratio", seconds.ratio("processes", best));
  add_row("threads, the simple way", "simple");
  report.add("simple_against_python_ratio", seconds.ratio("python", "simple"));
  add_row("reading and writing alone", "limit");
}

}  // namespace measurements
