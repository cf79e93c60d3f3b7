/**
 * @file
 * @defgroup process process.hpp
 * @brief A process that runs a function.
 *
 * Ports the class `Process` of Python's module `multiprocessing`, with its start method
 * "fork": the new process is a copy of the one that starts it, and runs the function with
 * all that was in memory at that moment. What it writes there, no other process sees.
 * @{
 */
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

/** @brief How to start a Process; what is left out is chosen as in Python. */
struct ProcessOptions {
  std::string name = {};  /**< Its name; if empty, `Process-1`, `Process-2` and so on. */
  bool daemon = false;    /**< Whether it is ended, not waited for, when it is destroyed. */
};

/**
 * @brief A process that runs a function, with the vocabulary of Python's `Process`.
 *
 * It is made, then started. Its destructor waits for it, or ends it first if it is a
 * daemon, so no process outlives its object; and if the process that started it is
 * killed, the kernel kills it too. Its output is flushed before it ends: everything that
 * was printed appears once.
 *
 * One thread at a time may use an object. A process must be started before its parent
 * starts threads: a copy of a process has only the thread that made it, and whatever lock
 * another thread held at that moment stays locked in the copy for ever.
 */
class Process {
 public:
  /**
   * @brief Makes a process that will call a function; start() starts it.
   * @param function What to call. Its return value is ignored.
   * @param arguments Copied now, and passed when it is called.
   */
  template <class Function, class... Arguments>
    requires std::invocable<std::decay_t<Function>, std::decay_t<Arguments>...>
  explicit Process(Function&& function, Arguments&&... arguments)
      : Process(ProcessOptions{}, std::forward<Function>(function),
                std::forward<Arguments>(arguments)...) {}

  /**
   * @brief Makes a process with a name, or a daemon: `Process({.daemon = true}, f, x)`.
   * @param options Its name, and whether it is a daemon.
   * @param function What to call. Its return value is ignored.
   * @param arguments Copied now, and passed when it is called.
   */
  template <class Function, class... Arguments>
    requires std::invocable<std::decay_t<Function>, std::decay_t<Arguments>...>
  Process(ProcessOptions options, Function&& function, Arguments&&... arguments)
      : Process(std::move(options),
                std::function<void()>(
                    [function = std::decay_t<Function>(std::forward<Function>(function)),
                     ... values = std::decay_t<Arguments>(
                         std::forward<Arguments>(arguments))]() mutable {
                      static_cast<void>(std::invoke(function, values...));
                    }),
                Erased{}) {}

  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();

  /**
   * @brief Starts it.
   *
   * An exception that leaves the function is printed to standard error, with its type and
   * message, and gives exit code 1.
   *
   * @throws std::logic_error if it was started before, or if this process has more than
   *   one thread.
   * @throws std::system_error if the system has no more processes.
   */
  void start();

  /**
   * @brief Waits until it has ended.
   * @throws std::logic_error if it was not started by this process.
   */
  void join();

  /**
   * @brief Waits until it has ended, but not longer than a time limit.
   * @param limit How long to wait.
   * @return Whether it has ended.
   * @throws std::logic_error if it was not started by this process.
   */
  bool join_for(std::chrono::duration<double> limit);

  /** @brief Asks it to end (SIGTERM); does nothing if it has ended. */
  void terminate();

  /** @brief Ends it (SIGKILL); does nothing if it has ended. */
  void kill();

  /** @brief Whether it was started and has not ended. */
  bool is_alive();

  /**
   * @brief How it ended.
   * @return 0 if its function returned; 1 if that threw; what it gave to exit_process();
   *   -N if signal N ended it; nothing while it runs or was not started.
   */
  std::optional<int> exit_code();

  /** @brief Its process id, 0 before it is started. */
  pid_t pid() const;

  /** @brief Its name. */
  const std::string& name() const;

  /** @brief Whether it is a daemon. */
  bool daemon() const;

  /**
   * @brief What Python's `print(process)` prints of it, such as
   *   `<Process name='Process-1' pid=70 parent=69 started>`.
   */
  std::string description();

 private:
  struct Erased {};
  struct State;
  Process(ProcessOptions options, std::function<void()> body, Erased);
  State& of_this_process() const;
  void signal(int number);

  std::unique_ptr<State> state_;
};

/**
 * @brief Ends the process that a Process runs, from within its function; what stands on
 *   the stack is destroyed.
 *
 * Ports `sys.exit`.
 *
 * @param code Its exit code, from 0 to 255.
 */
[[noreturn]] void exit_process(int code);

/** @brief The name of the Process that calls it; `MainProcess` in the one that none runs. */
const std::string& current_process_name();

/** @} */
