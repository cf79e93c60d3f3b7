#include "program/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <type_traits>
#include <utility>

#include "tests/catch.hpp"
#include "tests/program/closed_standard_descriptors.hpp"
#include "tests/temporary_directory.hpp"

namespace {

using program::FileDescriptor;

static_assert(!std::is_copy_constructible_v<FileDescriptor>);
static_assert(!std::is_convertible_v<int, FileDescriptor>);
static_assert(std::is_nothrow_move_constructible_v<FileDescriptor>);
static_assert(std::is_nothrow_move_assignable_v<FileDescriptor>);

bool is_open(int number) {
  return ::fcntl(number, F_GETFD) >= 0;
}

FileDescriptor open_null() {
  return FileDescriptor(::open("/dev/null", O_RDWR | O_CLOEXEC));
}

/// No more descriptors than these, for as long as a test takes.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(::rlim_t most) {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const ::rlimit limit{most, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  ::rlimit before_{};
};

}  // namespace

TEST_CASE("A descriptor is closed with its owner", "[file_descriptor]") {
  int number;
  {
    const FileDescriptor file = open_null();
    REQUIRE(file);
    number = file.get();
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
  CHECK_FALSE(FileDescriptor());
  CHECK(FileDescriptor().get() < 0);
}

TEST_CASE("A descriptor has one owner at a time", "[file_descriptor]") {
  FileDescriptor first = open_null();
  const int number = first.get();
  FileDescriptor second(std::move(first));
  CHECK(second.get() == number);
  FileDescriptor third = open_null();
  const int closed = third.get();
  third = std::move(second);
  CHECK(third.get() == number);
  CHECK_FALSE(is_open(closed));
  auto& same = third;
  third = std::move(same);
  CHECK(third.get() == number);
  CHECK(is_open(number));

  const int released = third.release();
  CHECK(released == number);
  CHECK_FALSE(third);
  CHECK(is_open(number));
  third.reset(released);
  third.reset();
  CHECK_FALSE(is_open(number));
}

TEST_CASE("To close a descriptor keeps errno, unless it is asked for",
          "[file_descriptor]") {
  FileDescriptor file = open_null();
  REQUIRE(::close(file.get()) == 0);
  errno = EPIPE;
  file.reset();
  CHECK(errno == EPIPE);
  FileDescriptor other = open_null();
  REQUIRE(::close(other.get()) == 0);
  CHECK_THROWS_WITH(other.close("cannot write it"),
                    "cannot write it: Bad file descriptor");
  CHECK_FALSE(other);
}

TEST_CASE("A pipe's ends are not the standard descriptors, even if those are closed",
          "[file_descriptor]") {
  CHECK(succeeds_with_closed_descriptors([] {
    const program::PipeEnds pipe = program::make_pipe();
    return pipe.reader.get() > 2 && pipe.writer.get() > 2 && !is_open(0) &&
           !is_open(1) && !is_open(2);
  }));
  const program::PipeEnds pipe = program::make_pipe();
  for (const FileDescriptor* end : {&pipe.reader, &pipe.writer}) {
    CHECK(end->get() > 2);
    CHECK(::fcntl(end->get(), F_GETFD) == FD_CLOEXEC);
  }
  char byte = 0;
  CHECK(::write(pipe.writer.get(), "x", 1) == 1);
  CHECK(::read(pipe.reader.get(), &byte, 1) == 1);
  CHECK(byte == 'x');
}

TEST_CASE("A file that is opened is none of the standard descriptors",
          "[file_descriptor]") {
  CHECK(succeeds_with_closed_descriptors([] {
    const FileDescriptor file = program::open_file("/dev/null", O_RDONLY);
    return file.get() > 2 && ::fcntl(file.get(), F_GETFD) == FD_CLOEXEC && !is_open(0);
  }));
}

TEST_CASE("A file that can't be opened is named, with the reason",
          "[file_descriptor]") {
  const TestDirectory here;
  const std::string path = here.path / "none/file";
  CHECK_THROWS_WITH(program::open_file(path, O_RDONLY),
                    "cannot read " + path + ": No such file or directory");
  CHECK_THROWS_WITH(program::open_file(path, O_WRONLY | O_CREAT),
                    "cannot write " + path + ": No such file or directory");
}

TEST_CASE("Where there is no number left, it is said", "[file_descriptor]") {
  FileDescriptor next = open_null();
  const auto most = static_cast<::rlim_t>(next.get());
  next.reset();
  const DescriptorLimit none(most);
  CHECK_THROWS_WITH(program::make_pipe(), "cannot make a pipe: Too many open files");
  CHECK_THROWS_WITH(program::open_file("/dev/null", O_RDONLY),
                    "cannot read /dev/null: Too many open files");
}
