/*
A dictionary in a manager process

The consumers of :doc:`message_passing/example_1` again, but the answers go into a
dictionary that all of them share. A process of its own owns it, the manager; the others
ask it to read and write. When all tasks are done, the dictionary is printed as a table.

Ports: multiprocessing_manager_dict.py :cite:p:`hellmann_multiprocessing`

    $ examples_2017_09_09_12_16/example_5 --consumers 4
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
            task   answer
            0 * 0       0
            1 * 1       1
            2 * 2       4
            3 * 3       9
            4 * 4      16
            5 * 5      25
            6 * 6      36
            7 * 7      49
            8 * 8      64
            9 * 9      81
*/
#include <fmt/core.h>

#include <cstdio>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_16/message_passing/consumers_option.hpp"
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"
#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2017_09_09_12_16/shared_dictionary.hpp"

using namespace std::chrono_literals;

using Tasks = JoinableQueue<std::optional<int>>;  // nothing instead of a task: the pill
using Answers = SharedDictionary<int, int>;

void consume(Tasks& tasks, Answers& answers) {
  while (const std::optional<int> task = tasks.get()) {
    fmt::print("{}: {} * {}\n", current_process_name(), *task, *task);
    std::this_thread::sleep_for(100ms);  // the time that the work takes
    answers.set(*task, *task * *task);
    tasks.task_done();
  }
  fmt::print("{}: exiting\n", current_process_name());
  tasks.task_done();
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const int consumers = consumers_option(argc, argv);
  Answers answers;  // before the queue, with which the manager has nothing to do
  Tasks tasks(100);

  fmt::print("creating {} consumers\n", consumers);
  std::vector<Process> processes;
  for (int number = 1; number <= consumers; ++number)
    processes.emplace_back(ProcessOptions{.name = fmt::format("Consumer-{}", number)},
                           consume, std::ref(tasks), std::ref(answers));
  for (Process& process : processes) process.start();

  for (int i = 0; i < 10; ++i) tasks.put(i);
  for (int i = 0; i < consumers; ++i) tasks.put(std::nullopt);
  tasks.join();

  fmt::print("{:<5}  {:>6}\n", "task", "answer");
  for (const auto& [task, answer] : answers.items())
    fmt::print("{} * {}  {:>6}\n", task, task, answer);
}
