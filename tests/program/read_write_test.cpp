#include "program/read_write.hpp"

#include <signal.h>

#include <array>
#include <fstream>
#include <span>
#include <string>
#include <thread>

#include "program/file_descriptor.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

TEST_CASE("All bytes go through a pipe, though it takes a part at a time",
          "[read_write]") {
  program::PipeEnds pipe = program::make_pipe();
  const std::string sent(1'000'000, 'x');
  std::thread writer([&] {
    program::write_all(pipe.writer.get(), std::as_bytes(std::span(sent)), "send");
    pipe.writer.reset();
  });
  std::string came(2'000'000, ' ');
  const std::size_t size = program::read_up_to(
      pipe.reader.get(), std::as_writable_bytes(std::span(came)), "receive");
  writer.join();
  CHECK(size == sent.size());
  CHECK(came.compare(0, size, sent) == 0);
}

TEST_CASE("What can't be read or written is an error", "[read_write]") {
  const program::FileDescriptor full = program::open_file("/dev/full", O_RDWR);
  CHECK_THROWS_WITH(
      program::write_all(full.get(), std::as_bytes(std::span("text")), "cannot say it"),
      "cannot say it: No space left on device");
  program::PipeEnds pipe = program::make_pipe();
  std::array<std::byte, 1> byte;
  CHECK_THROWS_WITH(program::read_up_to(pipe.writer.get(), byte, "cannot hear it"),
                    "cannot hear it: Bad file descriptor");
}

TEST_CASE("A whole file is read", "[read_write]") {
  const TestDirectory here;
  const std::string path = here.path / "file";
  for (const std::size_t size : std::array<std::size_t, 4>{0, 1, 65536, 200'000}) {
    const std::string text(size, 'x');
    std::ofstream(path) << text;
    CHECK(program::read_file(path) == text);
  }
  CHECK_THROWS_WITH(program::read_file(here.path),
                    ("cannot read " + here.path.string()) + ": Is a directory");
  CHECK_THROWS_WITH(
      program::read_file(here.path / "none"),
      "cannot read " + (here.path / "none").string() + ": No such file or directory");
}
