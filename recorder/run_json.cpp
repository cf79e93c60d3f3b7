#include "recorder/run_json.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace recorder {

using nlohmann::json;

namespace {

/// Times are written in whole microseconds: more digits would say nothing.
double microseconds(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

}  // namespace

json to_json(const Run& run) {
  json lines = json::array();
  for (const auto& [time, stream, text, thread] : run.lines)
    lines.push_back({{"time", microseconds(time)},
                     {"stream", stream},
                     {"text", text},
                     {"thread", thread ? json(*thread) : json()}});
  json threads = json::array();
  for (const auto& of : run.threads) {
    json spans = json::array();
    for (const auto& [begin, end, cpu, runnable] : of.spans)
      spans.push_back({microseconds(begin), microseconds(end), microseconds(cpu),
                       microseconds(runnable)});
    threads.push_back({{"pid", of.pid},
                       {"tid", of.tid},
                       {"parent", of.parent},
                       {"name", of.name},
                       {"program", run.program},
                       {"start", microseconds(of.start)},
                       {"end", microseconds(of.end)},
                       {"cpu_seconds", microseconds(of.cpu_seconds)},
                       {"runnable_seconds", microseconds(of.runnable_seconds)},
                       {"spans", std::move(spans)}});
  }
  return {{"terminal", run.terminal},
          {"exit_status", run.exit_status ? json(*run.exit_status) : json()},
          {"signal", run.signal},
          {"timed_out", run.timed_out},
          {"wall_seconds", microseconds(run.wall_seconds)},
          {"cpu_seconds", run.user_seconds + run.system_seconds},
          {"user_seconds", run.user_seconds},
          {"system_seconds", run.system_seconds},
          {"peak_memory_bytes", run.peak_memory_bytes},
          {"writers_known", run.writers_note.empty()},
          {"writers_note", run.writers_note},
          {"lines", std::move(lines)},
          {"threads", std::move(threads)},
          {"left_behind", run.left_behind}};
}

namespace {

Thread thread_from_json(const json& recorded) {
  Thread thread{.pid = recorded.at("pid"),
                .tid = recorded.at("tid"),
                .parent = recorded.at("parent"),
                .name = recorded.at("name"),
                .start = recorded.at("start"),
                .end = recorded.at("end"),
                .cpu_seconds = recorded.at("cpu_seconds"),
                .runnable_seconds = recorded.at("runnable_seconds"),
                .spans = {}};
  for (const auto& span : recorded.at("spans"))
    thread.spans.push_back({span.at(0), span.at(1), span.at(2), span.at(3)});
  return thread;
}

Line line_from_json(const json& recorded) {
  Line line{recorded.at("time"), recorded.at("stream"), recorded.at("text"), {}};
  if (const auto& thread = recorded.at("thread"); !thread.is_null())
    line.thread = thread.get<std::size_t>();
  return line;
}

}  // namespace

Run run_from_json(const json& recorded) {
  Run run;
  run.terminal = recorded.at("terminal");
  if (const auto& status = recorded.at("exit_status"); !status.is_null())
    run.exit_status = status.get<int>();
  run.signal = recorded.at("signal");
  run.timed_out = recorded.at("timed_out");
  run.wall_seconds = recorded.at("wall_seconds");
  run.user_seconds = recorded.at("user_seconds");
  run.system_seconds = recorded.at("system_seconds");
  run.peak_memory_bytes = recorded.at("peak_memory_bytes");
  run.writers_note = recorded.at("writers_note");
  run.left_behind = recorded.at("left_behind").get<std::vector<std::string>>();
  for (const auto& line : recorded.at("lines"))
    run.lines.push_back(line_from_json(line));
  for (const auto& thread : recorded.at("threads")) {
    run.threads.push_back(thread_from_json(thread));
    run.program = thread.at("program");
  }
  for (const auto& line : run.lines)
    if (line.thread && *line.thread >= run.threads.size())
      throw std::runtime_error("a line names a thread that was not recorded");
  return run;
}

}  // namespace recorder
