#pragma once

/// @file
/// Facts that the book states beside its measurements: the machine's, and the
/// recorder's own cost.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace recorder {

/// The machine, the compiler with its flags, the libraries, and the commit.
///
/// A commit that isn't known is null, and `commit_note` says why. A Python package that
/// isn't there has the version `not installed`.
///
/// @param root   the project's root, for the commit: that of a repository that the root
///               merely lies in isn't asked for.
/// @param python the Python that runs the counterparts.
/// @throws std::runtime_error where Python can't be asked.
nlohmann::json describe_machine(const std::filesystem::path& root,
                                const std::filesystem::path& python);

/// Measures what the recorder costs: a program that prints lines runs with and without
/// it, in turn, and one with sleeping threads is followed. No other run of the recorder
/// is made meanwhile.
///
/// @param self the recorder's executable: it is also the program (see probe()).
/// @param form `trial`, `short` or `long`: how many rounds are measured.
/// @throws std::runtime_error where the program fails.
nlohmann::json measure_recorder(const std::filesystem::path& self,
                                const std::string& form);

/// The program that measure_recorder() runs.
///
/// @param lines   prints so many lines, each with the time at which it was printed, in
///                nanoseconds of the steady clock, and at last the mean cost of one.
/// @param threads so many threads then sleep for a second.
/// @param starts  starts so many threads that end at once, one after the other, before
///                that, and prints the mean cost of one.
void probe(int lines, int threads, int starts);

}  // namespace recorder
