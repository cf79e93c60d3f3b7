#include "recorder/accepted_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>

#include "recorder/side_by_side.hpp"

namespace recorder {

void print_refusals(const BookProgram& program,
                    const std::vector<std::string>& refusals, int runs) {
  constexpr std::size_t enough = 3;
  fmt::print(stderr, "{}: {} of {} runs refused\n", program.source, refusals.size(),
             runs);
  for (std::size_t i = 0; i < std::min(enough, refusals.size()); ++i)
    fmt::print(stderr, "\n{}\n", refusals[i]);
}

std::optional<RepeatedRuns> accepted_runs(const BookProgram& program,
                                          const Transcript& allowed, Repetition how,
                                          const JudgedRun& first) {
  how.side_by_side = side_by_side(first.run, how.side_by_side);
  auto runs = repeat_runs(program, allowed, how, first);
  if (runs.refusals.empty()) return runs;
  print_refusals(program, runs.refusals, runs.terminal + runs.pipe);
  return std::nullopt;
}

}  // namespace recorder
