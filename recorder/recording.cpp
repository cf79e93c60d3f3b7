#include "recorder/recording.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <ctime>
#include <deque>
#include <fstream>
#include <map>
#include <set>
#include <system_error>

#include "recorder/company.hpp"
#include "recorder/descriptor.hpp"
#include "recorder/resources.hpp"

namespace recorder {

using nlohmann::json;
namespace fs = std::filesystem;

book_program::book_program(fs::path source_path, const fs::path& root,
                           const fs::path& programs, const fs::path& python) {
  source_path = fs::absolute(source_path).lexically_normal();
  const auto absolute_root = fs::absolute(root).lexically_normal();
  const auto relative = source_path.lexically_relative(absolute_root);
  source = relative.generic_string();
  key = fs::path(relative).replace_extension().generic_string();
  const bool is_python = source_path.extension() == ".py";
  language = is_python ? "Python" : "C++";
  if (is_python) {
    launch_ = {fs::absolute(python).string(), source_path.string()};
    environment = {{"PYTHONPATH", absolute_root.string()}};
  } else {
    launch_ = {fs::absolute(programs / key).string()};
  }
  transcripts = read_transcripts(source_path);
  for (const auto& allowed : transcripts)
    if (allowed.command.front() != key)
      throw transcript_error(
          fmt::format("{}:{}: the transcript runs `{}`, but this program is `{}`",
                      source, allowed.source_line, allowed.command.front(), key));
}

void book_program::require_executable() const {
  for (const auto& needed : launch_)
    if (!fs::exists(needed))
      throw std::runtime_error(needed + " does not exist: build it first");
}

std::vector<std::string> book_program::command(const transcript& of) const {
  auto all = launch_;
  all.insert(all.end(), of.command.begin() + 1, of.command.end());
  return all;
}

std::string check_end(const run& what, int exit_status) {
  if (what.timed_out) return "it did not end within its time limit and was killed";
  if (what.signal != 0)
    return fmt::format("it was ended by signal {} ({})", what.signal,
                       strsignal(what.signal));
  if (what.exit_status != exit_status)
    return fmt::format("it ended with exit status {} instead of {}", *what.exit_status,
                       exit_status);
  if (!what.left_behind.empty())
    return fmt::format("it left {} process(es) running: {}", what.left_behind.size(),
                       fmt::join(what.left_behind, ", "));
  return {};
}

verdict judge(const transcript& allowed, const run& what) {
  std::vector<std::string> texts;
  for (const auto& line : what.lines) texts.push_back(line.text);
  verdict says = check(allowed, texts);
  if (auto wrong = check_end(what, allowed.exit_status); !wrong.empty()) {
    says.accepted = false;
    says.late_by_seconds.reset();
    says.broken_at.reset();
    says.reason =
        says.reason.empty() ? wrong : fmt::format("{}\n{}", wrong, says.reason);
    return says;
  }
  if (!says.accepted && !says.late_by_seconds) return says;
  std::map<std::string, std::size_t> first_line;
  for (std::size_t i = 0; i < says.lines.size(); ++i) {
    if (says.lines[i].lanes.size() != 1 || !what.lines[i].thread) continue;
    const auto& lane = says.lines[i].lanes.front();
    const auto [known, is_first] = first_line.emplace(lane, i);
    const auto writer = [&](std::size_t l) {
      return what.threads[*what.lines[l].thread];
    };
    if (is_first || writer(known->second).tid == writer(i).tid) continue;
    says.accepted = false;
    says.late_by_seconds.reset();
    says.broken_at.reset();
    says.reason = fmt::format(
        "line {} of the run\n    {}\nwas written by another thread ({}) than\n    "
        "{}\n({}); "
        "both stand in lane {}, and a lane is one thread's",
        i + 1, texts[i], writer(i).tid, texts[known->second], writer(known->second).tid,
        lane);
    break;
  }
  return says;
}

trial try_once(const book_program& program, const transcript& allowed, bool terminal,
               watch how, double limit_seconds) {
  run_options options;
  options.command = program.command(allowed);
  options.environment = program.environment;
  options.terminal = terminal;
  if (how == watch::seldom) options.period = std::chrono::milliseconds(250);
  options.limit = std::chrono::duration<double>(limit_seconds);
  trial result;
  result.what = record(options);
  result.says = judge(allowed, result.what);
  return result;
}

namespace {

/// How long the program's own threads waited for a core, added up.
double waited_by_threads(const run& what) {
  double all = 0;
  for (const auto& of : what.threads) all += of.runnable_seconds;
  return all;
}

/// The time that the one of its threads waited for a core that waited longest.
double longest_wait(const run& what) {
  double longest = 0;
  for (const auto& of : what.threads) longest = std::max(longest, of.runnable_seconds);
  return longest;
}

/// Whether the program's threads waited for cores for a good part of the latter half of
/// its time. When it began, those of a program that hangs may have waited, too.
bool waited_to_the_end(const run& what) {
  constexpr double good_part = 0.1;
  const double half = what.wall_seconds / 2;
  double waited = 0;
  for (const auto& of : what.threads)
    for (const auto& span : of.spans)
      if (span.end > half) waited += span.runnable_seconds;
  return waited >= good_part * half;
}

/// A run that met its time limit has so many times as much when it is made again.
constexpr double more_time = 5;

/// A late run is made again so often: one alone may be late by chance, too.
constexpr int most_tries_alone = 5;

/// Makes a run again that was late, while the caller keeps all others away: until one
/// is not late, or often enough.
trial try_alone(const book_program& program, const transcript& allowed, bool terminal,
                watch how, bool met_its_limit, double limit_seconds,
                const line_times& right) {
  double limit = met_its_limit ? more_time * limit_seconds : limit_seconds;
  for (int i = 1;; ++i) {
    trial again = try_once(program, allowed, terminal, how, limit);
    again.was_late = true;
    if (outcome_of(again, right) != outcome::late) return again;
    // To wait for so long once more would tell nobody anything new.
    if (i == most_tries_alone || (again.what.timed_out && limit > limit_seconds)) {
      again.says.reason += fmt::format(
          "\nThe machine was busy; run again {} time(s), alone, it was late, too", i);
      return again;
    }
    if (again.what.timed_out) limit = more_time * limit_seconds;
  }
}

/// The time of a run's line since its first one; of the line behind its last, of its
/// end.
double since_first(const run& of, std::size_t line) {
  const double time = line < of.lines.size() ? of.lines[line].time : of.wall_seconds;
  return time - (of.lines.empty() ? 0 : of.lines.front().time);
}

company company_of(const repetition& how) {
  return how.side_by_side == 1 ? company::nobody : company::others;
}

}  // namespace

std::string explain(const trial& tried) {
  std::string text = tried.says.reason;
  if (tried.says.late_by_seconds)
    text += fmt::format(
        "\nThreads waited {:.2f} s for a core meanwhile; it is {:.2f} s too late",
        tried.what.waited_seconds, *tried.says.late_by_seconds);
  else if (tried.says.broken_at && !tried.what.timed_out)
    text += fmt::format("\nThreads waited {:.2f} s for a core meanwhile",
                        tried.what.waited_seconds);
  if (tried.what.timed_out)
    text += fmt::format(
        "\nIt ran for {:.0f} s; its threads waited {:.2f} s for a core meanwhile",
        tried.what.wall_seconds, waited_by_threads(tried.what));
  return text;
}

void add_times(line_times& right, const run& accepted) {
  line_times times;
  for (std::size_t i = 0; i <= accepted.lines.size(); ++i)
    times.push_back(since_first(accepted, i));
  add_times(right, times);
}

void add_times(line_times& right, const line_times& times) {
  if (right.size() != times.size()) right.assign(times.size(), HUGE_VAL);
  std::transform(times.begin(), times.end(), right.begin(), right.begin(),
                 [](double one, double other) { return std::min(one, other); });
}

namespace {

/// Whether waiting for so long explains that the order is broken by a line that came
/// then.
bool explains_order(double waited_seconds, std::size_t broken_at, double time,
                    const line_times& right) {
  /// An order of lines that come closer to each other does not rest on sleep.
  constexpr double noticeable = 0.05;
  const double late_by =
      right.empty() ? noticeable : time - right[std::min(broken_at, right.size() - 1)];
  return late_by >= noticeable && waited_seconds >= late_by;
}

}  // namespace

outcome outcome_of(const trial& tried, const line_times& right) {
  const auto& [what, says, was_late] = tried;
  if (says.accepted) return outcome::accepted;
  bool waited = false;
  if (what.timed_out)
    waited = waited_to_the_end(what);
  else if (says.late_by_seconds)
    waited = what.waited_seconds >= *says.late_by_seconds;
  else if (says.broken_at)
    waited = explains_order(what.waited_seconds, *says.broken_at,
                            since_first(what, *says.broken_at), right);
  return waited ? outcome::late : outcome::refused;
}

trial try_first(const book_program& program, const transcript& allowed,
                const repetition& how, watch closeness) {
  trial first = [&] {
    const kept_company kept(company_of(how));
    return try_once(program, allowed, true, closeness, how.limit_seconds);
  }();
  if (outcome_of(first) != outcome::late) return first;
  const kept_company kept(company::nobody);
  return try_alone(program, allowed, true, closeness, first.what.timed_out,
                   how.limit_seconds, {});
}

trial try_to_show(const book_program& program, const transcript& allowed,
                  const repetition& how) {
  /// More waiting of one thread than this share of the time shows in a run's picture.
  constexpr double undisturbed = 0.05;
  trial shown = try_first(program, allowed, how, watch::closely);
  if (!shown.says.accepted || shown.was_late || company_of(how) == company::nobody ||
      longest_wait(shown.what) <= undisturbed * shown.what.wall_seconds)
    return shown;
  const kept_company kept(company::nobody);
  trial again =
      try_alone(program, allowed, true, watch::closely, false, how.limit_seconds, {});
  again.was_late = false;
  // Other work than the recorder's may disturb it more than other runs did.
  return outcome_of(again) == outcome::late ? shown : again;
}

namespace {

/// What a recorder process tells of the run that it made.
json tell(const trial& tried) {
  json lines = json::array();
  if (!tried.says.accepted)
    for (const auto& line : tried.what.lines) lines.push_back(line.text);
  json told{{"outcome", outcome_of(tried)},
            {"order", tried.says.order},
            {"reason", explain(tried)},
            {"timed_out", tried.what.timed_out},
            {"lines", std::move(lines)}};
  if (tried.says.accepted) {
    line_times times;
    add_times(times, tried.what);
    told["times"] = times;
  } else if (tried.says.broken_at) {
    told["broken"] = {{"at", *tried.says.broken_at},
                      {"time", since_first(tried.what, *tried.says.broken_at)},
                      {"waited", tried.what.waited_seconds}};
  }
  return told;
}

/// A run that was refused, for people to read.
std::string describe(bool terminal, const json& told) {
  std::string text = fmt::format(
      "a run {}: {}\nThe run's lines:", terminal ? "on a terminal" : "through a pipe",
      told.at("reason").get<std::string>());
  for (const std::string line : told.at("lines")) text += "\n    " + line;
  return text;
}

}  // namespace

int side_by_side(const run& shown, int most) {
  constexpr double good_part = 0.75;
  const auto limits = limits_of_groups();
  double cores = static_cast<double>(usable_cores(limits));
  if (limits.cores) cores = std::min(cores, *limits.cores);
  const double own = shown.user_seconds + shown.system_seconds;
  const double fitting = good_part * cores * shown.wall_seconds / std::max(own, 1e-6);
  if (fitting >= most) return most;
  // Two do not wait for each other for long, and both end sooner than one by one.
  return std::min(most, std::max(2, static_cast<int>(fitting)));
}

repeated try_often(const book_program& program, const transcript& allowed,
                   const repetition& how, const trial& first) {
  struct worker {
    pid_t pid;
    bool terminal;
    descriptor answer;
  };
  struct refused_run {
    bool terminal;
    json told;
  };
  std::deque<worker> workers;
  std::deque<refused_run> late;
  std::vector<refused_run> out_of_order;
  line_times right;
  std::set<std::string> orders;
  repeated result;

  const auto start = [&](bool terminal) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
    descriptor read_end(ends[0]), write_end(ends[1]);
    const pid_t recorder = getpid();
    const pid_t pid = fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
      // It ends with its parent, even where that ignores signals.
      if (std::signal(SIGTERM, SIG_DFL) == SIG_ERR ||
          prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != recorder)
        _exit(1);
      json told;
      try {
        const kept_company kept(company_of(how));
        told = tell(
            try_once(program, allowed, terminal, watch::seldom, how.limit_seconds));
      } catch (const interrupted& by) {
        _exit(128 + by.signal);
      } catch (const std::exception& error) {
        told = {{"outcome", outcome::refused},
                {"reason", error.what()},
                {"lines", json::array()}};
      }
      const std::string text =
          told.dump(-1, ' ', false, json::error_handler_t::replace);
      for (std::size_t sent = 0; sent < text.size();) {
        const auto size =
            write(write_end.get(), text.data() + sent, text.size() - sent);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) _exit(1);
        sent += static_cast<std::size_t>(size);
      }
      _exit(0);
    }
    workers.push_back({pid, terminal, std::move(read_end)});
  };

  const auto finish_one = [&] {
    // In the order of their start: each has about the same time to run.
    const worker done = std::move(workers.front());
    workers.pop_front();
    std::string text;
    char bytes[65536];
    for (ssize_t size; (size = read(done.answer.get(), bytes, sizeof bytes)) != 0;) {
      if (size < 0 && errno != EINTR) break;  // what it lacks is no JSON
      if (size > 0) text.append(bytes, static_cast<std::size_t>(size));
    }
    while (waitpid(done.pid, nullptr, 0) < 0)
      if (errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "waitpid");
    (done.terminal ? result.terminal : result.pipe) += 1;
    json told = json::parse(text, nullptr, false);
    if (told.is_discarded()) {
      result.refusals.push_back(
          fmt::format("a run {}: the recorder ended early",
                      done.terminal ? "on a terminal" : "through a pipe"));
    } else if (told["outcome"] == outcome::accepted) {
      orders.insert(told["order"]);
      add_times(right, told["times"].get<line_times>());
    } else if (told.contains("broken")) {
      out_of_order.push_back({done.terminal, std::move(told)});
    } else if (told["outcome"] == outcome::late) {
      late.push_back({done.terminal, std::move(told)});
    } else {
      result.refusals.push_back(describe(done.terminal, told));
    }
  };

  result.terminal = 1;
  if (first.says.accepted) {
    result.late = first.was_late ? 1 : 0;
    orders.insert(first.says.order);
    add_times(right, first.what);
  } else {
    result.refusals.push_back(describe(true, tell(first)));
  }
  for (int i = 1; i < 2 * how.runs; ++i) {
    if (workers.size() >= static_cast<std::size_t>(std::max(1, how.side_by_side)))
      finish_one();
    start(i % 2 == 0);
  }
  while (!workers.empty()) finish_one();
  // Now the times are known that the lines of accepted runs came at.
  for (auto& [terminal, told] : out_of_order) {
    const auto& broken = told["broken"];
    if (explains_order(broken["waited"], broken["at"], broken["time"], right))
      late.push_back({terminal, std::move(told)});
    else
      result.refusals.push_back(describe(terminal, told));
  }

  if (!late.empty() && result.refusals.empty()) {
    const kept_company kept(company::nobody);
    for (; !late.empty() && result.refusals.empty(); late.pop_front()) {
      const trial again =
          try_alone(program, allowed, late.front().terminal, watch::seldom,
                    late.front().told["timed_out"], how.limit_seconds, right);
      if (again.says.accepted) {
        ++result.late;
        orders.insert(again.says.order);
      } else {
        result.refusals.push_back(describe(late.front().terminal, tell(again)));
      }
    }
  }
  // One refused run is enough: the others need not be made again.
  for (const auto& [terminal, told] : late)
    result.refusals.push_back(describe(terminal, told));
  result.orders_seen = orders.size();
  return result;
}

namespace {

/// Times are written in whole microseconds: more digits would say nothing.
double microseconds(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

}  // namespace

json to_json(const run& what) {
  json lines = json::array();
  for (const auto& [time, stream, text, thread] : what.lines)
    lines.push_back({{"time", microseconds(time)},
                     {"stream", stream},
                     {"text", text},
                     {"thread", thread ? json(*thread) : json()}});
  json threads = json::array();
  for (const auto& of : what.threads) {
    json spans = json::array();
    for (const auto& [begin, end, cpu, runnable] : of.spans)
      spans.push_back({microseconds(begin), microseconds(end), microseconds(cpu),
                       microseconds(runnable)});
    threads.push_back({{"pid", of.pid},
                       {"tid", of.tid},
                       {"parent", of.parent},
                       {"name", of.name},
                       {"program", what.program},
                       {"start", microseconds(of.start)},
                       {"end", microseconds(of.end)},
                       {"cpu_seconds", microseconds(of.cpu_seconds)},
                       {"runnable_seconds", microseconds(of.runnable_seconds)},
                       {"spans", std::move(spans)}});
  }
  return {{"terminal", what.terminal},
          {"exit_status", what.exit_status ? json(*what.exit_status) : json()},
          {"signal", what.signal},
          {"timed_out", what.timed_out},
          {"wall_seconds", microseconds(what.wall_seconds)},
          {"cpu_seconds", what.user_seconds + what.system_seconds},
          {"user_seconds", what.user_seconds},
          {"system_seconds", what.system_seconds},
          {"peak_memory_bytes", what.peak_memory_bytes},
          {"writers_known", what.writers_note.empty()},
          {"writers_note", what.writers_note},
          {"lines", std::move(lines)},
          {"threads", std::move(threads)},
          {"left_behind", what.left_behind}};
}

json to_json(const transcript& allowed, const repeated& runs) {
  const auto allowed_orders = count_orders(allowed);
  return {{"terminal", runs.terminal},
          {"pipe", runs.pipe},
          {"late", runs.late},
          {"orders_seen", runs.orders_seen},
          {"orders_allowed", allowed_orders ? json(*allowed_orders) : json()}};
}

json to_json(const transcript& allowed, const trial& shown, const repeated& runs) {
  json specification = json::array();
  int section = 0;
  std::vector<std::size_t> index_of_event;
  for (const auto& line : allowed.events) {
    for (; section < line.section; ++section)
      specification.push_back({{"kind", "point"}});
    index_of_event.push_back(specification.size());
    specification.push_back({{"kind", "line"},
                             {"margin", line.margin},
                             {"lanes", line.in_all_lanes ? json() : json(line.lanes)},
                             {"text", line.written}});
  }
  json run = to_json(shown.what);
  for (std::size_t i = 0; i < shown.says.lines.size(); ++i) {
    const auto& placed = shown.says.lines[i];
    json measured = json::array();
    for (const auto& [begin, end, value, bounds] : placed.measured)
      measured.push_back({{"begin", begin},
                          {"end", end},
                          {"value", value},
                          {"at_least", bounds.at_least},
                          {"below", bounds.below}});
    run["lines"][i]["event"] = index_of_event[placed.event];
    run["lines"][i]["lanes"] = placed.in_all_lanes ? json() : json(placed.lanes);
    run["lines"][i]["measured"] = std::move(measured);
  }
  return {
      {"command", allowed.command.front()},
      {"arguments", std::vector(allowed.command.begin() + 1, allowed.command.end())},
      {"written", allowed.written},
      {"lanes", allowed.lanes},
      {"specification", std::move(specification)},
      {"run", std::move(run)},
      {"runs", to_json(allowed, runs)}};
}

run run_from_json(const json& recorded) {
  run what;
  what.terminal = recorded.at("terminal");
  if (!recorded.at("exit_status").is_null()) what.exit_status = recorded["exit_status"];
  what.signal = recorded.at("signal");
  what.timed_out = recorded.at("timed_out");
  what.wall_seconds = recorded.at("wall_seconds");
  what.user_seconds = recorded.at("user_seconds");
  what.system_seconds = recorded.at("system_seconds");
  what.left_behind = recorded.at("left_behind").get<std::vector<std::string>>();
  for (const auto& l : recorded.at("lines"))
    what.lines.push_back({l.at("time"), l.at("stream"), l.at("text"),
                          l.at("thread").is_null()
                              ? std::nullopt
                              : std::optional<std::size_t>(l["thread"])});
  for (const auto& t : recorded.at("threads"))
    what.threads.push_back({t.at("pid"),
                            t.at("tid"),
                            t.at("parent"),
                            t.at("name"),
                            t.at("start"),
                            t.at("end"),
                            t.at("cpu_seconds"),
                            t.at("runnable_seconds"),
                            {}});
  for (const auto& line : what.lines)
    if (line.thread && *line.thread >= what.threads.size())
      throw std::runtime_error("a line names a thread that was not recorded");
  return what;
}

void write_file(const fs::path& path, const std::string& content) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  // A device or a pipe takes what is written; a file with its name would replace it.
  std::error_code error;
  const auto type = fs::status(path, error).type();
  const bool in_place = fs::exists(fs::file_status(type)) &&
                        type != fs::file_type::regular &&
                        type != fs::file_type::directory;
  const fs::path unfinished = in_place ? path : fs::path(path.string() + ".part");
  error.clear();
  std::ofstream file(unfinished, std::ios::binary);
  file << content << std::flush;
  file.close();
  if (file && in_place) return;
  if (file)
    fs::rename(unfinished, path, error);
  else
    error.assign(errno, std::generic_category());
  if (!error) return;
  std::error_code ignored;
  if (!in_place) fs::remove(unfinished, ignored);
  throw std::runtime_error(
      fmt::format("{}: can't be written: {}", path.string(), error.message()));
}

std::string utc_now() {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace recorder
