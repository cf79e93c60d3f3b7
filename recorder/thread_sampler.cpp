#include "recorder/thread_sampler.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace recorder {

namespace proc = program::proc;

namespace {

/// About this many spans are kept of each thread at most.
constexpr double max_spans = 1000;

double seconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) * 1e-9;
}

}  // namespace

ThreadSampler::ThreadSampler(std::vector<Thread>& threads, pid_t program, bool usage)
    : threads_(threads), program_(program), usage_(usage) {
  Account& first = open(program, program, 0, 0);
  // What the process did before it became the program.
  first.used = proc::usage(program, program).value_or(proc::Usage{});
}

void ThreadSampler::look(double now) {
  if (!usage_) return;
  std::set<pid_t> seen;
  std::set<pid_t> running;
  for (const auto& [tid, of] : accounts_)
    if (!of.ended) running.insert(of.pid);
  std::vector<pid_t> processes(running.begin(), running.end());
  for (std::size_t p = 0; p < processes.size(); ++p) {
    const pid_t pid = processes[p];
    for (const pid_t tid : proc::threads(pid)) {
      seen.insert(tid);
      auto known = accounts_.find(tid);
      const bool is_new = known == accounts_.end();
      if (!is_new && known->second.ended) continue;  // it is about to go
      Account& of = is_new ? open(pid, tid, program_, now) : known->second;
      // Only a thread that ran since the last look can have started a process.
      if (!update(of, tid, now) && !is_new) continue;
      for (const pid_t child : proc::children(pid, tid)) {
        if (accounts_.contains(child)) continue;
        open(child, child, pid, now);
        if (proc::is_zombie(child))
          ends(child, now);  // it did before it was seen
        else
          processes.push_back(child);
      }
    }
  }
  // A listing may pass over a thread while another one ends, so each is asked for.
  std::erase_if(accounts_, [&](const auto& entry) {
    const auto& [tid, of] = entry;
    if (seen.contains(tid) || proc::usage(of.pid, tid)) return false;
    if (!of.ended) threads_[of.index].end = now;
    return true;
  });
}

std::size_t ThreadSampler::look_at(pid_t tid, double now) {
  Account* of = find(tid);
  if (!of) {
    const pid_t pid = proc::process_of(tid).value_or(tid);
    of = &open(pid, tid, pid == tid ? proc::parent_of(pid).value_or(0) : 0, now);
  }
  update(*of, tid, now);
  return of->index;
}

void ThreadSampler::starts(pid_t tid, double now) {
  if (usage_) look_at(tid, now);
}

void ThreadSampler::ends(pid_t tid, double now) {
  if (!usage_) return;
  const std::size_t index = look_at(tid, now);
  threads_[index].end = now;
  accounts_.at(tid).ended = true;
}

void ThreadSampler::process_ends(pid_t tid, double now) {
  if (!usage_) return;
  look_at(tid, now);
  const pid_t pid = accounts_.at(tid).pid;
  peak_memory_ = std::max(peak_memory_, proc::peak_memory(pid));
  for (const pid_t other : proc::threads(pid)) {
    // They lose their parent now: nobody could tell later who started them.
    for (const pid_t child : proc::children(pid, other))
      if (!accounts_.contains(child)) open(child, child, pid, now);
    const Account* of = find(other);
    if (!of || !of->ended) ends(other, now);
  }
}

void ThreadSampler::finish(double now, double program_ended) {
  for (auto& [tid, of] : accounts_)
    if (!of.ended) threads_[of.index].end = now;
  for (auto& of : threads_)
    if (of.pid == program_) of.end = std::min(of.end, program_ended);
  const double resolution = now / max_spans;
  for (auto& of : threads_) {
    std::vector<Span> merged;
    for (const auto& next : of.spans) {
      if (!merged.empty() && next.begin - merged.back().end < resolution / 2 &&
          next.end - merged.back().begin < resolution) {
        merged.back().end = next.end;
        merged.back().cpu_seconds += next.cpu_seconds;
        merged.back().runnable_seconds += next.runnable_seconds;
      } else {
        merged.push_back(next);
      }
    }
    of.spans = std::move(merged);
  }
}

ThreadSampler::Account* ThreadSampler::find(pid_t tid) {
  const auto known = accounts_.find(tid);
  if (known == accounts_.end()) return nullptr;
  Account& of = known->second;
  if (!of.ended) return &of;
  // Its id may have been given to another thread since it ended. Where nobody has the
  // id, the thread was ended together with its process just after it said something.
  const auto pid = proc::process_of(tid);
  const auto started = pid ? proc::start_ticks(*pid, tid) : std::nullopt;
  return !started || started == of.started ? &of : nullptr;
}

ThreadSampler::Account& ThreadSampler::open(pid_t pid, pid_t tid, pid_t parent,
                                            double now) {
  const bool first_of_process = pid == tid;
  threads_.push_back({.pid = pid,
                      .tid = tid,
                      .parent = first_of_process && pid != program_ ? parent : 0,
                      .name = proc::name(pid, tid),
                      .start = now,
                      .end = now,
                      .spans = {}});
  return accounts_[tid] = {
             threads_.size() - 1, pid, proc::start_ticks(pid, tid), {}, now};
}

/// Adds what a thread did since the last look.
///
/// @return whether it did anything.
bool ThreadSampler::update(Account& of, pid_t tid, double now) {
  if (!usage_) return false;
  const auto used = proc::usage(of.pid, tid);
  if (!used) return false;
  const double cpu = seconds(used->cpu_nanoseconds - of.used.cpu_nanoseconds);
  const double runnable =
      seconds(used->runnable_nanoseconds - of.used.runnable_nanoseconds);
  Thread& entry = threads_[of.index];
  if (of.last_look == entry.start && entry.spans.empty()) {
    // A thread that is seen for the first time has run for a while already.
    entry.start = std::max(0.0, std::min(entry.start, now - cpu - runnable));
    of.last_look = entry.start;
  }
  const double begin = std::exchange(of.last_look, now);
  of.used = *used;
  entry.end = now;
  if (cpu <= 0 && runnable <= 0) return false;
  entry.cpu_seconds += cpu;
  entry.runnable_seconds += runnable;
  entry.spans.push_back({begin, now, cpu, runnable});
  entry.name = proc::name(of.pid, tid);
  return true;
}

}  // namespace recorder
