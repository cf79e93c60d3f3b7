/*
Sounds, one after the other, in threads and in processes

Each sound is read from its file, gets Gaussian noise, is clipped, and is written to
another file (extract, transform, load). The sounds have nothing to do with each other,
so any number of workers may share them out. Their noise is the same whoever makes it,
and no two sounds have the same.

Ports: the first program of the video, etl :cite:p:`mcoding_cores`

    $ examples_2025_03_03_17_26/etl --threads 2 --files 8 --minutes 0.05
    a-h| example-{01..08}.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
         etl took ~0.0000<60.0000 s in all: ~0<100000 MB/s

    $ examples_2025_03_03_17_26/etl --processes 2 --files 4 --minutes 0.05
    example-01.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    example-02.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    example-03.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    example-04.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    etl took ~0.0000<60.0000 s in all: ~0<100000 MB/s

    $ examples_2025_03_03_17_26/etl --serial --files 4 --minutes 0.05
    example-01.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    example-02.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    example-03.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    example-04.wav completed in ~0.0000<60.0000 s: ~0<100000 MB/s
    etl took ~0.0000<60.0000 s in all: ~0<100000 MB/s
*/
#include <fmt/core.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for_each.h>
#include <oneapi/tbb/task_arena.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <optional>
#include <vector>

#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "examples_2025_03_03_17_26/etl_options.hpp"
#include "examples_2025_03_03_17_26/etl_report.hpp"
#include "examples_2025_03_03_17_26/sound_directory.hpp"
#include "examples_2025_03_03_17_26/sounds.hpp"
#include "examples_2025_03_03_17_26/stopping.hpp"

using SoundTasks = std::vector<SoundTask>;

void transform_one_by_one(const SoundTasks& tasks, EtlReport& report) {
  for (const SoundTask& task : tasks) report.add(task.input, transform_sound(task));
}

void transform_in_threads(const SoundTasks& tasks, EtlReport& report, int threads) {
  // The number of threads, whatever the number of cores.
  const auto max_threads = static_cast<std::size_t>(threads);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  max_threads);
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for_each(tasks, [&report](const SoundTask& task) {
      const int number = tbb::this_task_arena::current_thread_index();
      if (number > 0) name_this_thread(fmt::format("worker {}", number));
      report.add(task.input, transform_sound(task));
    });
  });
}

void transform_in_processes(const SoundTasks& tasks, EtlReport& report,
                            ProcessPool& pool) {
  std::vector<std::future<Transformed>> calls;
  for (const SoundTask& task : tasks)
    calls.push_back(pool.submit(transform_sound, task));
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    Transformed result;
    try {
      result = calls[i].get();
    } catch (const std::exception& error) {  // its worker was killed, say
      result.failure = error.what();
    }
    report.add(tasks[i].input, result);
  }
}

// The sounds that there are by now; those that cannot be made are reported.
SoundTasks make_tasks(const EtlOptions& options, EtlReport& report) {
  SoundTasks tasks;
  for (int number = 1; number <= options.files; ++number) {
    const SoundTask task{.input = sound_path(options.directory, number),
                         .number = static_cast<std::uint64_t>(number),
                         .seed = options.seed,
                         .simple = options.simple,
                         .instructions = options.instructions};
    report.show_progress(fmt::format("making {} of {} files", number, options.files));
    const std::string failure = make_sound_if_missing(task.input, options.minutes);
    if (failure.empty())
      tasks.push_back(task);
    else
      report.add(task.input, {.failure = failure});
  }
  return tasks;
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const EtlOptions options = etl_options(argc, argv);
  stop_on_signals();
  std::optional<ProcessPool> pool;  // before the program has threads
  if (options.style == Style::processes) pool.emplace(options.workers);
  const SoundDirectory directory(options.directory);

  SoundTasks tasks;
  EtlReport report(options.files);
  std::exception_ptr error;
  try {
    tasks = make_tasks(options, report);
    report.start_clock();
    if (options.style == Style::serial) transform_one_by_one(tasks, report);
    if (options.style == Style::threads)
      transform_in_threads(tasks, report, options.workers);
    if (options.style == Style::processes) transform_in_processes(tasks, report, *pool);
    if (stop_signal() == 0) report.finish();
  } catch (...) {  // a line could not be printed
    error = std::current_exception();
    stop();
  }
  pool.reset();  // all workers have ended
  remove_parts(tasks);
  if (error) std::rethrow_exception(error);
  const int failures = report.failures();
  if (stop_signal() > 0) return 128 + stop_signal();
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
