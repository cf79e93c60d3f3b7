#include "program/system_error.hpp"

#include <string>
#include <system_error>

#include "tests/catch.hpp"

TEST_CASE("An error from errno says what and why", "[system_error]") {
  errno = ENOENT;
  const std::system_error error = program::error_from_errno("cannot read it");
  CHECK(error.code() == std::errc::no_such_file_or_directory);
  CHECK(error.what() == std::string("cannot read it: No such file or directory"));
}

TEST_CASE("A negative result is thrown, and another is returned", "[system_error]") {
  CHECK(program::throw_on_error(0, "read") == 0);
  CHECK(program::throw_on_error(42L, "read") == 42);
  errno = EMFILE;
  CHECK_THROWS_WITH(program::throw_on_error(-1, "open"), "open: Too many open files");
}

TEST_CASE("An error's number is thrown, and 0 is none", "[system_error]") {
  errno = EMFILE;
  CHECK_NOTHROW(program::throw_on_error_number(0, "spawn"));
  CHECK_THROWS_WITH(program::throw_on_error_number(EAGAIN, "spawn"),
                    "spawn: Resource temporarily unavailable");
}

TEST_CASE("A call that a signal interrupts is made again, and no other",
          "[system_error]") {
  int calls = 0;
  CHECK(program::retry_if_interrupted([&] {
          errno = EINTR;
          return ++calls < 3 ? -1 : 7;
        }) == 7);
  CHECK(calls == 3);
  CHECK(program::retry_if_interrupted([&] {
          ++calls;
          errno = EIO;
          return -1;
        }) == -1);
  CHECK(calls == 4);
}
