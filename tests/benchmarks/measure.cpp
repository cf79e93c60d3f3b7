#include "tests/benchmarks/measure.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "cmake/error_line.hpp"
#include "examples_2025_03_03_15_36/command_line.hpp"

int measure(int argc, char** argv, std::string_view title, const Measure& body) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  CLI::App app{std::string(title)};
  MeasureOptions options;
  app.add_option("--output", options.output, "A JSON file for the figures");
  app.add_option("--programs", options.programs, "The build that has the programs");
  app.add_option("--root", options.root, "Where the counterparts are");
  app.add_option("--python", options.python, "The Python that runs them");
  app.add_flag("--quick", options.quick, "As little as shows that it works");
  parse_command_line(app, argc, argv);

  try {
    nlohmann::json figures;
    body(options, figures);
    if (options.output.empty()) return 0;
    const std::string unfinished = options.output + ".new";
    std::ofstream file(unfinished);
    file << figures.dump(2) << '\n';
    file.close();
    if (file && std::rename(unfinished.c_str(), options.output.c_str()) == 0) return 0;
    std::remove(unfinished.c_str());
    throw std::runtime_error("cannot write " + options.output);
  } catch (const std::exception& error) {
    print_error_line("", error.what(), "");
    return 1;
  }
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> medians_in_turn(int rounds,
                                    const std::vector<std::function<double()>>& peers) {
  std::vector<std::vector<double>> measured(peers.size());
  for (int round = 0; round < rounds; ++round)
    for (std::size_t peer = 0; peer < peers.size(); ++peer)
      measured[peer].push_back(peers[peer]());
  std::vector<double> medians;
  for (auto& values : measured) medians.push_back(median(std::move(values)));
  return medians;
}

Cost run_command(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  std::array<int, 2> pipe;
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  Cost cost{};
  ::pid_t pid = 0;
  int failure = 0;
  int status = 0;
  ::rusage usage{};
  cost.wall_seconds = seconds_of([&] {
    failure = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(),
                             ::environ);
    ::close(pipe[1]);
    if (failure != 0) return;
    std::array<char, 65536> buffer;
    ssize_t got = 0;
    while ((got = ::read(pipe[0], buffer.data(), buffer.size())) > 0)
      cost.output.append(buffer.data(), static_cast<std::size_t>(got));
    while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) continue;
  });
  ::close(pipe[0]);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::system_error(failure, std::generic_category(), words[0]);
  if (status != 0)
    throw std::runtime_error(fmt::format("{} failed", fmt::join(words, " ")));

  const auto seconds = [](const ::timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  cost.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  cost.memory_bytes = usage.ru_maxrss * 1024LL;
  return cost;
}
