#pragma once

/// @file
/// The program that is recorded in order to measure what recording costs.

namespace recorder {

/// The program that measure_recording_cost() runs.
///
/// @param lines   prints this many lines, each with the time at which it was printed,
/// in
///                nanoseconds of the steady clock, and at last the mean cost of one.
/// @param threads this many threads then sleep for a second.
/// @param starts  starts this many threads that end at once, one after the other,
/// before
///                that, and prints the mean cost of one.
void probe(int lines, int threads, int starts);

}  // namespace recorder
