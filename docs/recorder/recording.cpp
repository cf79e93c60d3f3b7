#include "docs/recorder/recording.hpp"

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

#include "docs/recorder/descriptor.hpp"

namespace recorder {

using nlohmann::json;
namespace fs = std::filesystem;

book_program::book_program(fs::path source_path, const fs::path& root,
                           const fs::path& programs, const fs::path& python) {
  source_path = fs::absolute(source_path).lexically_normal();
  const auto relative =
      source_path.lexically_relative(fs::absolute(root).lexically_normal());
  source = relative.generic_string();
  key = fs::path(relative).replace_extension().generic_string();
  const bool is_python = source_path.extension() == ".py";
  language = is_python ? "Python" : "C++";
  if (is_python)
    launch_ = {fs::absolute(python).string(), source_path.string()};
  else
    launch_ = {fs::absolute(programs / key).string()};
  transcripts = read_transcripts(source_path);
  for (const auto& allowed : transcripts)
    if (allowed.command.front() != key)
      throw transcript_error(
          fmt::format("{}:{}: the transcript runs `{}`, but this program is `{}`",
                      source, allowed.source_line, allowed.command.front(), key));
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
    says.reason =
        says.reason.empty() ? wrong : fmt::format("{}\n{}", wrong, says.reason);
    return says;
  }
  if (!says.accepted) return says;
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
               bool follow_threads, double limit_seconds) {
  run_options options;
  options.command = program.command(allowed);
  options.terminal = terminal;
  options.follow_threads = follow_threads;
  options.limit = std::chrono::duration<double>(limit_seconds);
  trial result;
  result.what = record(options);
  result.says = judge(allowed, result.what);
  return result;
}

repeated try_often(const book_program& program, const transcript& allowed,
                   const repetition& how) {
  struct worker {
    pid_t pid;
    bool terminal;
    descriptor answer;
  };
  std::deque<worker> workers;
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
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (getppid() != recorder) _exit(1);
      json answer;
      try {
        const trial tried =
            try_once(program, allowed, terminal, false, how.limit_seconds);
        answer = {{"order", tried.says.order},
                  {"refusal", tried.says.accepted ? "" : tried.says.reason}};
        if (!tried.says.accepted)
          for (const auto& line : tried.what.lines)
            answer["lines"].push_back(line.text);
      } catch (const interrupted& by) {
        _exit(128 + by.signal);
      } catch (const std::exception& error) {
        answer = {{"order", ""}, {"refusal", error.what()}};
      }
      const std::string text =
          answer.dump(-1, ' ', false, json::error_handler_t::replace);
      for (std::size_t sent = 0; sent < text.size();) {
        const auto size =
            write(write_end.get(), text.data() + sent, text.size() - sent);
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
    for (ssize_t size; (size = read(done.answer.get(), bytes, sizeof bytes)) > 0;)
      text.append(bytes, static_cast<std::size_t>(size));
    int status = 0;
    waitpid(done.pid, &status, 0);
    (done.terminal ? result.terminal : result.pipe) += 1;
    const json answer = json::parse(text, nullptr, false);
    const auto* where = done.terminal ? "on a terminal" : "through a pipe";
    if (answer.is_discarded()) {
      result.refusals.push_back(fmt::format("run {}: the recorder ended early", where));
    } else if (const std::string refusal = answer["refusal"]; !refusal.empty()) {
      std::string refused =
          fmt::format("a run {}: {}\nThe run's lines:", where, refusal);
      for (const std::string line : answer.value("lines", json::array()))
        refused += "\n    " + line;
      result.refusals.push_back(std::move(refused));
    } else {
      orders.insert(answer["order"]);
    }
  };

  for (int i = 0; i < 2 * how.runs; ++i) {
    if (workers.size() >= static_cast<std::size_t>(std::max(1, how.side_by_side)))
      finish_one();
    start(i % 2 == 0);
  }
  while (!workers.empty()) finish_one();
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

json to_json(const transcript& allowed, const trial& shown, const repeated& others) {
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
  const auto allowed_orders = count_orders(allowed);
  return {
      {"command", allowed.command.front()},
      {"arguments", std::vector(allowed.command.begin() + 1, allowed.command.end())},
      {"written", allowed.written},
      {"lanes", allowed.lanes},
      {"specification", std::move(specification)},
      {"run", std::move(run)},
      {"runs",
       {{"terminal", others.terminal},
        {"pipe", others.pipe},
        {"orders_seen", others.orders_seen},
        {"orders_allowed", allowed_orders ? json(*allowed_orders) : json()}}}};
}

run run_from_json(const json& recorded) {
  run what;
  what.terminal = recorded.at("terminal");
  if (!recorded.at("exit_status").is_null()) what.exit_status = recorded["exit_status"];
  what.signal = recorded.at("signal");
  what.timed_out = recorded.at("timed_out");
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
  const fs::path unfinished = path.string() + ".part";
  std::ofstream file(unfinished, std::ios::binary);
  file << content << std::flush;
  file.close();
  std::error_code error;
  if (file)
    fs::rename(unfinished, path, error);
  else
    error.assign(errno, std::generic_category());
  if (!error) return;
  std::error_code ignored;
  fs::remove(unfinished, ignored);
  throw std::runtime_error(
      fmt::format("{}: can't be written: {}", path.string(), error.message()));
}

std::string utc_now() {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace recorder
