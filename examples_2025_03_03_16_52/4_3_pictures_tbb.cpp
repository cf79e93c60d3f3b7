/*
Twelve pictures on two threads

The same twelve pictures once more, shared out to two threads by oneTBB. In C++ threads
compute side by side, so nothing has to be sent anywhere, and no pool be written.

Ports: process-images.py :cite:p:`schafer_multiprocessing`, with threads

    $ examples_2025_03_03_16_52/4_3_pictures_tbb --threads 2
    a-l| picture-{01..12}.jpg was processed
         the program finished after ~0.00<60.00 second(s)
*/
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for_each.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2025_03_03_16_52/picture_directory.hpp"
#include "examples_2025_03_03_16_52/pictures.hpp"

// Names the threads that oneTBB lends to an arena; the one that waits works, too.
class NamedWorkers : tbb::task_scheduler_observer {
 public:
  explicit NamedWorkers(tbb::task_arena& arena) : task_scheduler_observer(arena) {
    observe(true);
  }
  ~NamedWorkers() override { observe(false); }

 private:
  void on_scheduler_entry(bool is_worker) override {
    if (is_worker) name_this_thread("worker " + std::to_string(++workers_));
  }
  std::atomic<int> workers_ = 0;
};

// Returns how many pictures could be processed.
std::size_t process_pictures(const PictureDirectory& directory, int threads) {
  tbb::task_arena arena(threads);
  const NamedWorkers names(arena);

  std::atomic<std::size_t> processed = 0;
  arena.execute([&] {
    tbb::parallel_for_each(directory.pictures(), [&](const std::string& picture) {
      const std::string failure = process_picture(picture);
      if (failure.empty())
        ++processed;
      else
        directory.report(failure);
    });
  });
  return processed;
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const PictureOptions options = picture_options(argc, argv, "--threads");
  const PictureDirectory directory(options.directory);
  const auto start = std::chrono::steady_clock::now();

  // The number of threads, whatever the number of cores. It must hold until they have
  // ended: on one core, oneTBB would let none of them run any more, not to its end
  // either.
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(options.workers));
  tbb::task_scheduler_handle threads{tbb::attach{}};
  const std::size_t processed = process_pictures(directory, options.workers);
  tbb::finalize(threads);  // waits for their end; the program's end would not

  report_finished(start);
  return processed == directory.pictures().size() ? EXIT_SUCCESS : EXIT_FAILURE;
}
