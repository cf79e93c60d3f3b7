/*
Ten files side by side

The same ten files, each fetched and saved by a call in a pool of ten threads. All
ten wait for the server at the same time, and their ten delays pass as one. Which file
is saved first is left to chance.

Ports: download-images.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/4_2_download_threads
    a-j| photo-{01..10}.jpg: 100000 bytes saved
         10 files are the same, byte for byte
         the program finished after ~0.30<2.50 second(s)
*/
#include <fmt/core.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <future>
#include <vector>

#include "examples_2025_03_03_15_36/download_directory.hpp"
#include "examples_2025_03_03_15_36/file_server.hpp"
#include "examples_2025_03_03_15_36/http_get.hpp"
#include "examples_2025_03_03_15_36/photos.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const std::string given = directory_option(argc, argv);
  const auto start = std::chrono::steady_clock::now();

  const FileSet photos = make_photos(10);
  FileServer server(photos, 300ms);
  const DownloadDirectory directory(given, server.executor());

  const auto download = [&](const std::string& name) {
    const std::string bytes = http_get(server.host(), server.port(), "/" + name);
    directory.save(name, bytes);
    fmt::print("{}: {} bytes saved\n", name, bytes.size());
  };

  asio::thread_pool pool(10);
  name_workers(pool);
  std::vector<std::future<void>> downloads;
  for (const auto& photo : photos)
    downloads.push_back(
        asio::post(pool, asio::use_future([&] { download(photo.first); })));
  for (auto& one : downloads) one.get();

  directory.compare_with(photos);
  fmt::print("{} files are the same, byte for byte\n", photos.size());
  report_finished(start);
}
