/*
Twelve pictures, one after the other

The tutorial's closing program blurs photographs and shrinks them. That is work for a
core, not waiting: done one after the other, twelve pictures keep one core busy for as
long as the program runs.
:claim:`one core is busy all the time, and only one: 0.7 < cpp cpu / cpp wall < 1.1`

Ports: process-images.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/4_1_pictures_sequential
    picture-01.jpg was processed
    picture-02.jpg was processed
    picture-03.jpg was processed
    picture-04.jpg was processed
    picture-05.jpg was processed
    picture-06.jpg was processed
    picture-07.jpg was processed
    picture-08.jpg was processed
    picture-09.jpg was processed
    picture-10.jpg was processed
    picture-11.jpg was processed
    picture-12.jpg was processed
    the program finished after ~0.00<60.00 second(s)
*/
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_16_52/picture_directory.hpp"
#include "examples_2025_03_03_16_52/pictures.hpp"

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const PictureOptions options = picture_options(argc, argv);
  const PictureDirectory directory(options.directory);
  const auto start = std::chrono::steady_clock::now();

  int exit_code = EXIT_SUCCESS;
  for (const std::string& picture : directory.pictures()) {
    const std::string failure = process_picture(picture);
    if (failure.empty()) continue;
    directory.report(failure);
    exit_code = EXIT_FAILURE;
  }

  report_finished(start);
  return exit_code;
}
