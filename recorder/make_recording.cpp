#include "recorder/make_recording.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "recorder/accepted_runs.hpp"
#include "recorder/judge_recording.hpp"
#include "recorder/judge_run.hpp"
#include "recorder/recording_json.hpp"
#include "recorder/run_json.hpp"
#include "recorder/run_transcript.hpp"
#include "recorder/write_json.hpp"

namespace recorder {

using nlohmann::json;

bool make_recording(const BookProgram& program, const Repetition& how, Recorded what,
                    const std::filesystem::path& to) {
  program.require_executable();
  json transcripts = json::array();
  for (const auto& allowed : program.transcripts) {
    const auto shown = run_to_show(program, allowed, how);
    if (!shown.verdict.accepted) {
      std::string text =
          "the run that the book would show: " + explain(shown) + "\nThe run's lines:";
      for (const auto& line : shown.run.lines) text += "\n    " + line.text;
      print_refusals(program, {text}, 1);
      return false;
    }
    const RepeatedRuns only_shown{
        .terminal = 1, .late = shown.was_late, .orders_seen = 1, .refusals = {}};
    const auto runs = what == Recorded::only_shown
                          ? only_shown
                          : accepted_runs(program, allowed, how, shown);
    if (!runs) return false;
    transcripts.push_back(transcript_json(allowed, shown, *runs));
  }
  write_json(to, recording_json(program, std::move(transcripts)), one_line);
  return true;
}

bool complete_recording(const BookProgram& program, const Repetition& how,
                        const std::filesystem::path& path) {
  program.require_executable();
  auto recording = accepted_recording(program, path);
  if (!recording) return false;
  for (std::size_t i = 0; i < program.transcripts.size(); ++i) {
    const auto& allowed = program.transcripts[i];
    auto& recorded = (*recording)["transcripts"][i];
    JudgedRun shown{run_from_json(recorded["run"]), {}};
    shown.verdict = judge_run(allowed, shown.run);
    shown.was_late = recorded.at("runs").at("late") > 0;
    const auto runs = accepted_runs(program, allowed, how, shown);
    if (!runs) return false;
    recorded["runs"] = runs_json(allowed, *runs);
  }
  write_json(path, *recording, one_line);
  return true;
}

}  // namespace recorder
