#include "recorder/run_worker.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <span>
#include <string>
#include <utility>

#include "program/read_write.hpp"
#include "program/system_error.hpp"
#include "recorder/company.hpp"
#include "recorder/record_run.hpp"

namespace recorder {
namespace {

using program::FileDescriptor;

/// The report of one run; of one that could not be made, why.
RunReport run_beside_others(const Task& task, bool terminal, const Repetition& how) {
  try {
    const KeptCompany kept(how.company());
    return report_of(run_once(task, terminal, how.timeout_seconds));
  } catch (const Interrupted& by) {
    _exit(128 + by.signal);
  } catch (const std::exception& error) {
    RunReport refused;
    refused.reason = error.what();
    return refused;
  }
}

/// What the worker's process does.
[[noreturn]] void work(const Task& task, bool terminal, const Repetition& how,
                       const FileDescriptor& to, pid_t parent) {
  // It ends with its parent, even where that ignores signals.
  if (std::signal(SIGTERM, SIG_DFL) == SIG_ERR ||
      prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
    _exit(1);
  const std::string bytes = serialize(run_beside_others(task, terminal, how));
  try {
    program::write_all(to.get(), std::as_bytes(std::span(bytes)), "write");
  } catch (const std::exception&) {
    _exit(1);  // the end of the pipe tells it
  }
  _exit(0);
}

/// All that comes out of a pipe until its end.
std::string read_all(const FileDescriptor& from) {
  std::string all;
  std::array<char, 65536> bytes;
  for (ssize_t size; (size = read(from.get(), bytes.data(), bytes.size())) != 0;) {
    if (size < 0 && errno != EINTR) break;  // what is missing makes it no report
    if (size > 0) all.append(bytes.data(), static_cast<std::size_t>(size));
  }
  return all;
}

}  // namespace

RunWorker::RunWorker(const Task& task, bool terminal, const Repetition& how)
    : terminal_(terminal) {
  auto [read_end, write_end] = program::make_pipe();
  const pid_t parent = getpid();
  pid_ = program::throw_on_error(fork(), "fork");
  if (pid_ == 0) work(task, terminal, how, write_end, parent);
  report_ = std::move(read_end);
}

std::optional<RunReport> RunWorker::finish() {
  const std::string bytes = read_all(report_);
  program::throw_on_error(
      program::retry_if_interrupted([&] { return waitpid(pid_, nullptr, 0); }),
      "waitpid");
  return parse_report(bytes);
}

}  // namespace recorder
