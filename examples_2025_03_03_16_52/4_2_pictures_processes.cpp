/*
Twelve pictures in a pool of processes

The same twelve pictures, each given by its name to a pool of two processes. A worker
reads the picture, blurs and shrinks it, and writes it: only the name goes to the
worker, and only whether it went well comes back.

Ports: process-images.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/4_2_pictures_processes --processes 2
    a-l| picture-{01..12}.jpg was processed
         the program finished after ~0.00<60.00 second(s)
*/
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_16_52/picture_directory.hpp"
#include "examples_2025_03_03_16_52/pictures.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const PictureOptions options = picture_options(argc, argv, "--processes");
  leave_signals_to_directory();
  ProcessPool pool(options.workers);  // before the program has threads
  const PictureDirectory directory(options.directory);
  const auto start = std::chrono::steady_clock::now();

  std::vector<std::pair<std::string, std::future<std::string>>> calls;
  for (const std::string& picture : directory.pictures())
    calls.emplace_back(std::filesystem::path(picture).filename(),
                       pool.submit(process_picture, picture));

  int exit_code = EXIT_SUCCESS;
  for (auto& [name, call] : calls) {
    std::string failure;
    try {
      failure = call.get();
    } catch (const broken_worker& error) {
      failure = name + ": " + error.what();
    }
    if (failure.empty()) continue;
    directory.report(failure);
    exit_code = EXIT_FAILURE;
  }

  report_finished(start);
  return exit_code;
}
