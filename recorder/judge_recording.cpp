#include "recorder/judge_recording.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdio>
#include <fstream>

#include "recorder/judge_run.hpp"
#include "recorder/recording_json.hpp"
#include "recorder/run_json.hpp"

namespace recorder {

using nlohmann::json;

namespace {

/// Holds the recording of one transcript against it.
///
/// @return why it is refused; empty where it isn't.
std::string judge_transcript(const BookProgram& program, const Transcript& allowed,
                             const json& recorded) {
  const auto run = run_from_json(recorded.at("run"));
  const JudgedRun shown{run, judge_run(allowed, run)};
  if (!shown.verdict.accepted) return shown.verdict.reason;
  // What a page shows beside the lines is derived from the lines.
  const json right = transcript_json(allowed, shown, {});
  for (std::size_t i = 0; i < run.lines.size(); ++i)
    if (recorded["run"]["lines"][i] != right["run"]["lines"][i])
      return fmt::format(
          "line {} of the run\n    {}\nhas other lanes or numbers than "
          "stand beside it",
          i + 1, run.lines[i].text);
  for (const char* part : {"command", "arguments", "written", "lanes", "specification"})
    if (recorded.at(part) != right[part])
      return fmt::format("it was recorded with another transcript than {} has now",
                         program.source);
  return {};
}

}  // namespace

std::string judge_recording(const BookProgram& program, const json& recording) {
  if (recording.at("source") != program.source)
    return fmt::format("it records {}", recording["source"].dump());
  const auto& transcripts = recording.at("transcripts");
  if (transcripts.size() != program.transcripts.size())
    return fmt::format("{} transcript(s), but {} has {}", transcripts.size(),
                       program.source, program.transcripts.size());
  for (std::size_t i = 0; i < transcripts.size(); ++i)
    if (auto wrong = judge_transcript(program, program.transcripts[i], transcripts[i]);
        !wrong.empty())
      return wrong;
  return {};
}

std::optional<json> accepted_recording(const BookProgram& program,
                                       const std::filesystem::path& path) {
  std::string wrong;
  try {
    std::ifstream file(path);
    json recording = json::parse(file);
    wrong = judge_recording(program, recording);
    if (wrong.empty()) return recording;
  } catch (const json::exception& error) {
    wrong = fmt::format("no recording: {}", error.what());
  }
  fmt::print(stderr, "{}: {}\n", path.string(), wrong);
  return std::nullopt;
}

}  // namespace recorder
