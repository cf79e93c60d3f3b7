/*
Consumers and two queues

Ten tasks go into a queue, and some consumers, each a process, take them out: whoever is
free takes the next one. The answers come back through a second queue. Behind the tasks
stands a poison pill for each consumer, at which it ends.

Ports: multiprocessing_producer_consumer.py :cite:p:`hellmann_multiprocessing`

    $ examples_2017_09_09_12_16/message_passing/example_1 --consumers 4
            creating 4 consumers
    {1..4}| Consumer-{1..4}: 0 * 0
    {1..4}| Consumer-{1..4}: 1 * 1
    {1..4}| Consumer-{1..4}: 2 * 2
    {1..4}| Consumer-{1..4}: 3 * 3
    {1..4}| Consumer-{1..4}: 4 * 4
    {1..4}| Consumer-{1..4}: 5 * 5
    {1..4}| Consumer-{1..4}: 6 * 6
    {1..4}| Consumer-{1..4}: 7 * 7
    {1..4}| Consumer-{1..4}: 8 * 8
    {1..4}| Consumer-{1..4}: 9 * 9
    1-4   | Consumer-{1..4}: exiting
    --
    *     | result: 0 * 0 = 0
    *     | result: 1 * 1 = 1
    *     | result: 2 * 2 = 4
    *     | result: 3 * 3 = 9
    *     | result: 4 * 4 = 16
    *     | result: 5 * 5 = 25
    *     | result: 6 * 6 = 36
    *     | result: 7 * 7 = 49
    *     | result: 8 * 8 = 64
    *     | result: 9 * 9 = 81
*/
#include <fmt/core.h>

#include <cstdio>
#include <optional>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_16/message_passing/consumers_option.hpp"
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"
#include "examples_2017_09_09_12_16/process.hpp"

using namespace std::chrono_literals;

constexpr int task_count = 10;

struct Task {
  int a, b;
};

struct Answer {
  Task task;
  int product;
};

// Nothing instead of a task is the pill.
using Tasks = JoinableQueue<std::optional<Task>>;
using Answers = JoinableQueue<Answer>;

void consume(Tasks& tasks, Answers& answers) {
  while (const std::optional<Task> task = tasks.get()) {
    fmt::print("{}: {} * {}\n", current_process_name(), task->a, task->b);
    std::this_thread::sleep_for(100ms);  // the time that the work takes
    answers.put({*task, task->a * task->b});
    tasks.task_done();
  }
  fmt::print("{}: exiting\n", current_process_name());
  tasks.task_done();
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const int consumers = consumers_option(argc, argv);
  Tasks tasks(100);
  Answers answers(task_count);

  fmt::print("creating {} consumers\n", consumers);
  std::vector<Process> processes;
  for (int number = 1; number <= consumers; ++number)
    processes.emplace_back(ProcessOptions{.name = fmt::format("Consumer-{}", number)},
                           consume, std::ref(tasks), std::ref(answers));
  for (Process& process : processes) process.start();

  for (int i = 0; i < task_count; ++i) tasks.put(Task{i, i});
  for (int i = 0; i < consumers; ++i) tasks.put(std::nullopt);
  tasks.join();

  for (int i = 0; i < task_count; ++i) {
    const Answer answer = answers.get();
    fmt::print("result: {} * {} = {}\n", answer.task.a, answer.task.b, answer.product);
  }
}
