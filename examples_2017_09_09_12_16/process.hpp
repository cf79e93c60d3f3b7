/// @file
/// @defgroup process process.hpp
/// @brief A process that runs a function.
///
/// Ports the class `Process` of Python's module `multiprocessing`, with its start
/// method "fork": the new process is a copy of the one that starts it, and runs the
/// function with all that was in memory at that moment. What it writes there, no other
/// process sees.
/// @{
#pragma once

#include <sys/types.h>

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

inline namespace book {

/// How to start a Process; what is left out is chosen as in Python.
struct ProcessOptions {
  /// Its name; if empty, `Process-N` for the Nth that this process has made.
  std::string name = {};
  /// Whether it is ended, not waited for, when its object is destroyed.
  bool daemon = false;
};

/// A process that runs a function, with the vocabulary of Python's `Process`.
///
/// It is made, then started, by one process: the copies that others have of the object
/// can neither start it, wait for it nor end it. One thread at a time may use it.
///
/// **No process outlives its object.** The destructor waits for it, or ends it if it is
/// a daemon: with SIGTERM, and if it is still there five seconds later with SIGKILL.
/// And when the process that started it is gone, however that ended, the kernel kills
/// it, and in the same way those that it has started itself. This does not reach
/// programs that it has run, as `std::system` does; nor one that takes on another
/// user's rights.
///
/// **Start processes before threads.** A copy of a process has only the thread that
/// made it, and whatever lock another thread held at that moment stays locked in the
/// copy for ever. So start() refuses where there are several threads. (The function may
/// start threads. And the thread that starts a process must not end before it, as it
/// could by `pthread_exit` on the first one: the kernel would take that for the
/// parent's end.)
///
/// **What was printed appears once.** Standard streams are flushed before the copy is
/// made, and by the new process before it ends. It should end by a return from its
/// function, by an exception or by exit_process(): after `std::exit` the copy would
/// also do what the whole program is to do at its end, such as removing its files.
///
/// As in Python the new process has its parent's open files, working directory,
/// environment, signal handlers and blocked signals. So Ctrl-C reaches both, and a
/// parent that handles SIGTERM has children that handle it, too: only kill() is sure to
/// end them.
class Process {
 public:
  /// Makes a process that will call a function; start() starts it.
  /// @param function What to call. Its return value is dropped.
  /// @param arguments Copied or moved now, and passed when it is called, as by
  ///   `std::jthread`.
  template <class Function, class... Arguments>
    requires std::invocable<std::decay_t<Function>, std::decay_t<Arguments>...>
  explicit Process(Function&& function, Arguments&&... arguments)
      : Process(ProcessOptions{}, std::forward<Function>(function),
                std::forward<Arguments>(arguments)...) {}

  /// Makes a process with a name, or a daemon: `Process({.daemon = true}, f, x)`.
  /// @param options Its name, and whether it is a daemon.
  /// @param function What to call. Its return value is dropped.
  /// @param arguments Copied or moved now, and passed when it is called, as by
  ///   `std::jthread`.
  template <class Function, class... Arguments>
    requires std::invocable<std::decay_t<Function>, std::decay_t<Arguments>...>
  Process(ProcessOptions options, Function&& function, Arguments&&... arguments)
      : Process(std::move(options),
                call(std::forward<Function>(function),
                     std::forward<Arguments>(arguments)...),
                Erased{}) {}

  /// Takes another object's process; that one may only be destroyed or assigned.
  Process(Process&& other) noexcept;

  /// Waits for or ends its own process, as its destructor does, and takes
  /// another's.
  Process& operator=(Process&& other) noexcept;

  ~Process();

  /// Starts it.
  ///
  /// An exception that leaves the function is printed to standard error in one line:
  /// the process's name, the exception's type and its message. It gives exit code 1.
  ///
  /// If this process ignores SIGCHLD, it does no longer: the kernel would throw away
  /// how its children ended.
  ///
  /// @throws std::logic_error if it was started before, or was made by another process,
  ///   or if this process has more than one thread.
  /// @throws std::system_error if the system has no more processes or descriptors.
  void start();

  /// Waits until it has ended.
  /// @throws std::logic_error if it was not started by this process.
  void join();

  /// Waits until it has ended, but not longer than a timeout.
  /// @param timeout How long to wait.
  /// @return Whether it has ended.
  /// @throws std::logic_error if it was not started by this process.
  bool join_for(std::chrono::duration<double> timeout);

  /// Asks it to end (SIGTERM); does nothing if it has ended.
  ///
  /// One that is stopped, as by Ctrl-Z, learns of it when it goes on.
  ///
  /// @throws std::logic_error if it was not started by this process.
  void terminate();

  /// Ends it (SIGKILL); does nothing if it has ended.
  /// @throws std::logic_error if it was not started by this process.
  void kill();

  /// Whether it was started and has not ended.
  /// @throws std::logic_error if it was made by another process.
  bool is_alive();

  /// How it ended.
  /// @return 0 if its function returned; what it gave to exit_process(); 1 if an
  ///   exception left it, or if its output could not be written, which is said on
  ///   standard error; -N if signal N ended it; nothing if it has not ended, or if
  ///   something else has waited for it, such as `wait`.
  /// @throws std::logic_error if it was made by another process.
  std::optional<int> exit_code();

  /// Its process id, 0 before it is started.
  pid_t pid() const;

  /// Its name.
  const std::string& name() const;

  /// Whether it is a daemon.
  bool daemon() const;

  /// What Python's `print(process)` prints of it, such as
  ///   ``<Process name='Process-1' pid=70 parent=69 started>``.
  std::string description();

 private:
  struct Erased {};
  struct State;

  template <class Function, class... Arguments>
  static std::function<void()> call(Function&& function, Arguments&&... arguments) {
    // Shared because a std::function must be copyable, where arguments need not be.
    using Parts = std::tuple<std::decay_t<Function>, std::decay_t<Arguments>...>;
    const auto all = std::make_shared<Parts>(std::forward<Function>(function),
                                             std::forward<Arguments>(arguments)...);
    return [all] {
      std::apply(
          [](auto&... part) { static_cast<void>(std::invoke(std::move(part)...)); },
          *all);
    };
  }

  Process(ProcessOptions options, std::function<void()> body, Erased);
  State& state() const;
  State& of_this_process() const;
  State& started_by_this_process() const;
  void end() noexcept;

  std::unique_ptr<State> state_;
};

/// @cond
namespace process_details {

// What exit_process() throws. Who catches everything passes it on.
struct ExitRequest {
  int code;
};

}  // namespace process_details
/// @endcond

/// Ends the process that a Process runs, from within its function, however deep;
///   what stands on the stack is destroyed.
///
/// Ports `sys.exit`, and like it works by an exception: `catch (...)` would stop it,
/// and must pass it on.
///
/// @param code Its exit code, of which the system keeps the lowest eight bits.
/// @throws std::logic_error where no Process runs the calling thread's function.
[[noreturn]] void exit_process(int code);

/// The name of the Process that calls it; `MainProcess` in the one that none
/// runs.
const std::string& current_process_name();

}  // namespace book

/// @}
