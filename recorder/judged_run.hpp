#pragma once

/// @file
/// A run with the verdict on it, and what that shows: that its program is wrong, or
/// that the machine was busy.

#include <cstddef>
#include <string>

#include "recorder/judge_lines.hpp"
#include "recorder/line_times.hpp"
#include "recorder/run.hpp"

namespace recorder {

/// A run and the verdict on it.
struct JudgedRun {
  Run run;
  Verdict verdict;
  bool was_late = false;  ///< It was made again, alone, since it was late before.
};

/// What a run shows of its program.
enum class Outcome {
  accepted,
  late,     ///< Nothing: the machine was busy, and the run is to be made again, alone.
  refused,  ///< It is not as its transcript says.
};

/// A run that breaks its transcript is late, rather than refused, if it breaks nothing
/// but the upper bounds of times, and its threads waited for a core for at least as
/// long as the time is exceeded by. One that met its time limit is late if they waited
/// for a good part of the time until then.
///
/// Whatever does one after the other what belongs side by side exceeds its time by more
/// than it waits; and where it waits for longer, it is late again when it is alone.
///
/// So is a run whose order is broken by a line that came later than the line at its
/// place in an accepted run, if its threads waited for as long: there the order rests
/// on sleep. What waits for an event keeps its order however long that takes. Where no
/// run was accepted yet, one is late whose threads waited for noticeably long.
///
/// @param accepted of accepted runs; empty where there are none.
Outcome outcome_of(const JudgedRun& judged, const LineTimes& accepted = {});

/// Whether waiting for a core explains that the order is broken.
///
/// @param waited_seconds how long the run's threads waited.
/// @param broken_at      the place of the line that broke the order.
/// @param time           when that line came, in seconds since the first.
/// @param accepted       of accepted runs; empty where there are none.
bool explains_order(double waited_seconds, std::size_t broken_at, double time,
                    const LineTimes& accepted);

/// Why a run was not accepted, and whether its threads' waiting explains it.
std::string explain(const JudgedRun& judged);

}  // namespace recorder
