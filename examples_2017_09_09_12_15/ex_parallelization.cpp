/*
Four primes in four styles

The 20000th prime and the three after it, each found by counting from the start: one
after the other, in four threads, in four processes that answer through a queue, and in
a pool of four processes. The work is the same each time, and so is the number of
workers.

Ports: ex_parallelization.py :cite:p:`gilmore_multiprocessing`

    $ examples_2017_09_09_12_15/ex_parallelization --serial
    prime 20000 is 224737
    prime 20001 is 224743
    prime 20002 is 224759
    prime 20003 is 224771
    cpu : ~0.00000<60.00000
    wall: ~0.00000<60.00000

    $ examples_2017_09_09_12_15/ex_parallelization --threads
    a-d| prime {20000..20003} is {224737,224743,224759,224771}
         cpu : ~0.00000<60.00000
         wall: ~0.00000<60.00000

    $ examples_2017_09_09_12_15/ex_parallelization --processes
    *| prime 20000 is 224737
    *| prime 20001 is 224743
    *| prime 20002 is 224759
    *| prime 20003 is 224771
       cpu : ~0.00000<60.00000
       wall: ~0.00000<60.00000

    $ examples_2017_09_09_12_15/ex_parallelization --pool
    prime 20000 is 224737
    prime 20001 is 224743
    prime 20002 is 224759
    prime 20003 is 224771
    cpu : ~0.00000<60.00000
    wall: ~0.00000<60.00000
*/
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_15/primes.hpp"
#include "examples_2017_09_09_12_15/style_option.hpp"
#include "examples_2017_09_09_12_15/timer.hpp"
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"
#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"

constexpr std::array numbers{20'000u, 20'001u, 20'002u, 20'003u};

void print_prime(unsigned n, unsigned prime) {
  fmt::print("prime {} is {}\n", n, prime);
}

std::string worker_name(unsigned n) {
  return fmt::format("worker {}", n - numbers[0] + 1);
}

void one_after_the_other() {
  for (const unsigned n : numbers) print_prime(n, nth_prime(n));
}

void in_threads() {
  std::vector<std::jthread> threads;
  for (const unsigned n : numbers) {
    threads.emplace_back([n] { print_prime(n, nth_prime(n)); });
    name_thread(threads.back(), worker_name(n));
  }
}

void in_processes() {
  struct Answer {
    unsigned n, prime;
  };
  JoinableQueue<Answer> answers(numbers.size());
  std::vector<Process> processes;
  for (const unsigned n : numbers)
    processes.emplace_back(ProcessOptions{.name = worker_name(n)},
                           [&answers, n] { answers.put({n, nth_prime(n)}); });
  for (Process& process : processes) process.start();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Answer answer = answers.get();
    print_prime(answer.n, answer.prime);
    answers.task_done();
  }
}

void in_a_pool() {
  ProcessPool pool(numbers.size());
  const unsigned* n = numbers.begin();
  for (const unsigned prime : pool.map(nth_prime, numbers)) print_prime(*n++, prime);
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const std::string style =
      style_option(argc, argv, {"serial", "threads", "processes", "pool"});

  Timer timer;
  timer.start();
  if (style == "serial") one_after_the_other();
  if (style == "threads") in_threads();
  if (style == "processes") in_processes();
  if (style == "pool") in_a_pool();
  timer.stop();
  fmt::print("{}\n", timer.report());
}
