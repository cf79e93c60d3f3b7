#include "recorder/verify_program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <string>

#include "recorder/accepted_runs.hpp"
#include "recorder/count_orders.hpp"
#include "recorder/run_transcript.hpp"

namespace recorder {
namespace {

std::string summary(const Transcript& allowed, const RepeatedRuns& runs) {
  const auto orders = count_orders(allowed);
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

}  // namespace

bool verify_program(const BookProgram& program, const Repetition& how) {
  program.require_executable();
  bool all_accepted = true;
  for (const auto& allowed : program.transcripts) {
    const auto first = run_first({program, allowed, Sampling::seldom}, how);
    if (const auto runs = accepted_runs(program, allowed, how, first)) {
      fmt::print("$ {}: {}\n", fmt::join(allowed.command, " "),
                 summary(allowed, *runs));
      std::fflush(stdout);  // before the next transcript's runs are forked
    } else {
      all_accepted = false;
    }
  }
  return all_accepted;
}

}  // namespace recorder
