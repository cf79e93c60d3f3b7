/*
Ten files, one after the other

The tutorial's closing program fetches photographs over the network and saves them.
Here the server is part of the program, and holds each answer back for 0.3 seconds.
Fetched one after the other, ten files take at least ten times that.
:claim:`ten delays, one after the other, add up: cpp reported >= 10 * 0.3`

Ports: download-images.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/4_1_download_sequential
    photo-01.jpg: 100000 bytes saved
    photo-02.jpg: 100000 bytes saved
    photo-03.jpg: 100000 bytes saved
    photo-04.jpg: 100000 bytes saved
    photo-05.jpg: 100000 bytes saved
    photo-06.jpg: 100000 bytes saved
    photo-07.jpg: 100000 bytes saved
    photo-08.jpg: 100000 bytes saved
    photo-09.jpg: 100000 bytes saved
    photo-10.jpg: 100000 bytes saved
    10 files are the same, byte for byte
    the program finished after ~3.00 second(s)
*/
#include <fmt/core.h>

#include <cstdio>

#include "examples_2025_03_03_15_36/download_directory.hpp"
#include "examples_2025_03_03_15_36/file_server.hpp"
#include "examples_2025_03_03_15_36/http_get.hpp"
#include "examples_2025_03_03_15_36/photos.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"

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

  for (const auto& [name, bytes] : photos) download(name);

  directory.compare_with(photos);
  fmt::print("{} files are the same, byte for byte\n", photos.size());
  report_finished(start);
}
