#include "measurements/own_process.hpp"

#include <signal.h>

#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include "examples_2017_09_09_12_16/process.hpp"
#include "measurements/figure.hpp"
#include "program/file_descriptor.hpp"
#include "program/read_write.hpp"

using nlohmann::json;

namespace measurements {
namespace {

json answer_of(const std::function<json()>& measured) {
  try {
    return {{"measured", measured()}};
  } catch (const std::exception& error) {
    const std::optional<std::string> reason = reason_of(error);
    if (!reason) throw;
    return {{"not_measured", *reason}};
  }
}

std::string read_to_end(int file) {
  std::string text;
  std::array<std::byte, 65536> buffer;
  for (;;) {
    const std::size_t size = program::read_up_to(file, buffer, "cannot read a pipe");
    text.append(reinterpret_cast<const char*>(buffer.data()), size);
    if (size < buffer.size()) return text;
  }
}

}  // namespace

json in_own_process(const std::function<json()>& measured) {
  program::PipeEnds pipe = program::make_pipe();
  Process process([&] {
    const std::string text = answer_of(measured).dump();
    program::write_all(pipe.writer.get(), std::as_bytes(std::span(text)),
                       "cannot write to a pipe");
  });
  process.start();
  pipe.writer.reset();
  const std::string text = read_to_end(pipe.reader.get());
  process.join();
  if (process.exit_code() == -SIGKILL)
    throw NotMeasured(
        "its process was killed, as the kernel does where memory runs out");
  if (process.exit_code() != 0) throw std::runtime_error("a measurement failed");
  json said = json::parse(text);
  if (said.contains("not_measured"))
    throw NotMeasured(said["not_measured"].get<std::string>());
  return said["measured"];
}

}  // namespace measurements
