/*
Ten files, on one thread

The same ten files a third time: each is fetched by a coroutine, and all ten run on
the thread of `main`. Where a coroutine would wait for the server, it steps aside, and
another one goes on.

Ports: download-images.py, as the talk on the asynchronous style would write it
:cite:p:`schafer_threading,grinberg_async`

    $ examples_2025_03_03_15_36/4_3_download_coroutines
    a-j| photo-{01..10}.jpg: 100000 bytes saved
         10 files are the same, byte for byte
         the program finished after ~0.30<2.50 second(s)
*/
#include <fmt/core.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>

#include "examples_2025_03_03_15_36/download_directory.hpp"
#include "examples_2025_03_03_15_36/file_server.hpp"
#include "examples_2025_03_03_15_36/http_get.hpp"
#include "examples_2025_03_03_15_36/photos.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const std::string given = directory_option(argc, argv);
  const auto start = std::chrono::steady_clock::now();

  const FileSet photos = make_photos(10);
  FileServer server(photos, 300ms);
  const DownloadDirectory directory(given, server.executor());

  const auto download = [&](const std::string& name) -> asio::awaitable<void> {
    const std::string bytes =
        co_await async_http_get(server.host(), server.port(), "/" + name);
    directory.save(name, bytes);
    fmt::print("{}: {} bytes saved\n", name, bytes.size());
  };

  asio::io_context loop(1);  // one thread will run it
  for (const auto& photo : photos)
    asio::co_spawn(loop, download(photo.first), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  loop.run();  // until all ten have ended

  directory.compare_with(photos);
  fmt::print("{} files are the same, byte for byte\n", photos.size());
  report_finished(start);
}
