#include "measurements/measure.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>
#include <system_error>

#include "program/command_line.hpp"
#include "program/error_line.hpp"

using Json = nlohmann::ordered_json;

namespace {

constexpr int schema = 2;  // of the JSON file

const std::map<std::string, Form> forms{
    {"trial", Form::trial}, {"short", Form::short_form}, {"long", Form::long_form}};

std::string name_of(Form form) {
  return std::find_if(forms.begin(), forms.end(),
                      [form](const auto& one) { return one.second == form; })
      ->first;
}

/// A number with the unit that the end of its name stands for.
std::string with_unit(std::string_view name, double value) {
  struct Unit {
    std::string_view ending;
    std::vector<std::pair<double, const char*>> units;  // the largest first
  };
  static const std::array units{
      Unit{"_bytes_per_second",
           {{1e9, "GB/s"}, {1e6, "MB/s"}, {1e3, "kB/s"}, {0, "B/s"}}},
      Unit{"_per_second", {{0, "/s"}}},
      Unit{"_seconds", {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {0, "ns"}}},
      Unit{"_bytes", {{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {0, "B"}}},
      Unit{"_ratio", {{0, "x"}}},
  };
  for (const auto& [ending, sizes] : units) {
    if (!name.ends_with(ending)) continue;
    for (const auto& [size, unit] : sizes)
      if (std::abs(value) >= size)
        return fmt::format("{:.4g} {}",
                           size > 0               ? value / size
                           : ending == "_seconds" ? value * 1e9
                                                  : value,
                           unit);
  }
  return fmt::format("{:.6g}", value);
}

std::string words_of(std::string_view name, const Fact& fact) {
  if (const auto* text = std::get_if<std::string>(&fact)) return *text;
  if (const auto* count = std::get_if<std::int64_t>(&fact))
    return fmt::format("{}", *count);
  return with_unit(name, std::get<double>(fact));
}

std::string words_of(std::string_view name, const Figure& figure) {
  if (!figure.is_measured()) return "not measured: " + figure.reason();
  if (figure.rounds() == 0) return with_unit(name, figure.value());
  if (figure.rounds() == 1) return with_unit(name, figure.value()) + " (1 round)";
  return fmt::format("{} ({} to {}, {} rounds)", with_unit(name, figure.value()),
                     with_unit(name, figure.low()), with_unit(name, figure.high()),
                     figure.rounds());
}

Json json_of(const Fact& fact) {
  return std::visit([](const auto& value) { return Json(value); }, fact);
}

Json json_of(const Figure& figure) {
  if (!figure.is_measured()) return {{"not_measured", figure.reason()}};
  if (figure.rounds() == 0) return {{"value", std::llround(figure.value())}};
  return {{"value", figure.value()},
          {"low", figure.low()},
          {"high", figure.high()},
          {"rounds", figure.rounds()}};
}

/// How other programs used the cores since it was made.
class OtherPrograms {
 public:
  /// The share of all cores' time, 0 to 1; -1 if the kernel does not say.
  double share() const {
    const Times now;
    const double all = now.all - start_.all;
    if (!(all > 0)) return -1;
    const double others = now.busy - start_.busy - (now.own - start_.own);
    return std::clamp(others / all, 0.0, 1.0);
  }

 private:
  struct Times {
    double all = 0, busy = 0;  // of the machine, in ticks
    double own = 0;            // of this process and the children that have ended

    Times() {
      std::ifstream stat("/proc/stat");
      std::string cpu;
      // user, nice, system, idle, waiting, interrupts (two), taken by other machines
      std::array<double, 8> ticks{};
      stat >> cpu;
      for (double& some : ticks) stat >> some;
      all = std::accumulate(ticks.begin(), ticks.end(), 0.0);
      busy = all - ticks[3] - ticks[4];
      for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        ::rusage usage{};
        if (::getrusage(who, &usage) != 0)
          throw std::system_error(errno, std::generic_category(), "getrusage");
        for (const ::timeval& time : {usage.ru_utime, usage.ru_stime})
          own += (static_cast<double>(time.tv_sec) +
                  static_cast<double>(time.tv_usec) * 1e-6) *
                 static_cast<double>(::sysconf(_SC_CLK_TCK));
      }
    }
  };

  Times start_;
};

/// Opens those of the descriptors 0 to 2 that were closed when this program began: a
/// pipe to a program that it runs must not become one of them. They cannot be written
/// to.
void open_standard_descriptors() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) != file)
      throw std::system_error(errno, std::generic_category(), "/dev/null");
}

void write_file(const std::string& path, const std::string& text) {
  // A device or a pipe takes what is written; a file with its name would replace it.
  std::error_code ignored;
  const auto type = std::filesystem::status(path, ignored).type();
  const bool in_place = std::filesystem::exists(std::filesystem::file_status(type)) &&
                        type != std::filesystem::file_type::regular &&
                        type != std::filesystem::file_type::directory;
  const std::string unfinished = in_place ? path : path + ".new";
  errno = 0;
  std::ofstream file(unfinished);
  file << text << '\n';
  file.close();
  if (file && in_place) return;
  if (file && std::rename(unfinished.c_str(), path.c_str()) == 0) return;
  const int error = errno != 0 ? errno : EIO;
  if (!in_place) std::remove(unfinished.c_str());
  throw std::system_error(error, std::generic_category(), "cannot write " + path);
}

}  // namespace

struct Report::Content {
  Json figures = Json::object();
  Json tables = Json::object();

  void check_new(const std::string& name) const {
    if (figures.contains(name))
      throw std::logic_error(fmt::format("{} is measured twice", name));
  }
};

Report::Report() : content_(std::make_unique<Content>()) {}

Report::~Report() = default;

void Report::heading(std::string_view words) {
  fmt::print("{}\n", words);
}

void Report::add(const std::string& name, const Figure& figure) {
  content_->check_new(name);
  content_->figures[name] = json_of(figure);
  fmt::print("  {:<44} {}\n", name, words_of(name, figure));
}

void Report::add_fact(const std::string& name, const Fact& fact) {
  content_->check_new(name);
  content_->figures[name] = {{"value", json_of(fact)}};
  fmt::print("  {:<44} {}\n", name, words_of(name, fact));
}

void Report::add_row(const std::string& table, const Labels& labels,
                     const Figures& figures) {
  Json row = Json::object();
  std::string line;
  for (const auto& [name, label] : labels) {
    row[name] = json_of(label);
    if (!line.empty()) line += ", ";
    line += std::holds_alternative<std::string>(label)
                ? words_of(name, label)
                : fmt::format("{} {}", name, words_of(name, label));
  }
  line = fmt::format("  {:<44}", line);
  for (const auto& [name, figure] : figures) {
    row[name] = json_of(figure);
    line += fmt::format(" {} {};", name, words_of(name, figure));
  }
  line.pop_back();
  content_->tables[table].push_back(std::move(row));
  fmt::print("{}\n", line);
}

void Report::attempt(const std::vector<std::string>& figures,
                     const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    const std::optional<std::string> reason = reason_of(error);
    if (!reason) throw;
    for (const std::string& name : figures)
      if (!content_->figures.contains(name)) add(name, Figure::not_measured(*reason));
  }
}

std::string Report::json(std::string_view measurement, Form form,
                         double busy_share) const {
  return Json{{"schema", schema},
              {"measurement", measurement},
              {"form", name_of(form)},
              {"recorded_at",
               fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
              {"busy_share", busy_share < 0 ? Json() : Json(busy_share)},
              {"figures", content_->figures},
              {"tables", content_->tables}}
      .dump(2, ' ', false, Json::error_handler_t::replace);
}

int measure(int argc, char** argv, std::string_view name, std::string_view title,
            const Measure& body) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  CLI::App app{std::string(title)};
  MeasureOptions options;
  app.add_option("--output", options.output, "A JSON file for the figures");
  app.add_option("--programs", options.programs, "The build that has the programs");
  app.add_option("--root", options.root, "Where the counterparts are");
  app.add_option("--python", options.python, "The Python that runs them");
  std::string form = name_of(options.form);
  app.add_option("--form", form,
                 "How thoroughly: as little as shows that it works, as exact as some "
                 "seconds allow, or for figures that are published")
      ->check(CLI::IsMember({"trial", "short", "long"}));
  parse_command_line(app, argc, argv);
  options.form = forms.at(form);

  try {
    open_standard_descriptors();
    Report report;
    const OtherPrograms others;
    body(options, report);
    if (!options.output.empty())
      write_file(options.output, report.json(name, options.form, others.share()));
    return 0;
  } catch (const std::exception& error) {
    print_error_line("", error.what(), "");
    return 1;
  }
}
