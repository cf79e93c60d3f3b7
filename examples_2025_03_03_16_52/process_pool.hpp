/// @file
/// @defgroup process_pool process_pool.hpp
/// @brief A pool of processes: calls go in, results come back.
///
/// Ports `ProcessPoolExecutor` of Python's module `concurrent.futures`. A call is a
/// plain function, or a lambda that captures nothing, and its arguments: they are
/// written as bytes, sent to a worker process, and called there; the result, or the
/// exception, comes back the same way.
/// @{
#pragma once

#include <sys/types.h>

#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

inline namespace book {

/// @cond
namespace process_pool_details {

using Input = cereal::BinaryInputArchive;
using Output = cereal::BinaryOutputArchive;

// Pointers first: cereal would stop the compiler where this only asks.
template <class T>
struct IsSendable
    : std::bool_constant<std::default_initializable<T> && std::movable<T> &&
                         cereal::traits::is_output_serializable<T, Output>::value &&
                         cereal::traits::is_input_serializable<T, Input>::value> {};
template <class T>
struct IsSendable<T*> : std::false_type {};
template <class T>
struct IsSendable<const T> : std::false_type {};

// What a container holds must be sendable, too; cereal asks only for the container.
template <class... Ts>
using AreSendable = std::conjunction<IsSendable<Ts>...>;
template <class T, class A>
struct IsSendable<std::vector<T, A>> : IsSendable<T> {};
template <class T, std::size_t size>
struct IsSendable<std::array<T, size>> : IsSendable<T> {};
template <class T>
struct IsSendable<std::optional<T>> : IsSendable<T> {};
template <class T, class C, class A>
struct IsSendable<std::set<T, C, A>> : IsSendable<T> {};
template <class K, class T, class C, class A>
struct IsSendable<std::map<K, T, C, A>> : AreSendable<K, T> {};
template <class A, class B>
struct IsSendable<std::pair<A, B>> : AreSendable<A, B> {};
template <class... Ts>
struct IsSendable<std::tuple<Ts...>> : AreSendable<Ts...> {};
template <class... Ts>
struct IsSendable<std::variant<Ts...>> : AreSendable<Ts...> {};

}  // namespace process_pool_details
/// @endcond

/// What can be sent to another process: numbers, strings, containers of them, and
///   every type that cereal can write and read.
///
/// A type of your own needs one line:
/// `template <class Archive> void serialize(Archive& a) { a(x, y); }`.
template <class T>
concept sendable = process_pool_details::IsSendable<T>::value;

/// What can be called in another process: a plain function, or a lambda that
///   captures nothing and has no `auto` parameter.
template <class F>
concept plain_function =
    requires(F f) { requires std::is_function_v<std::remove_pointer_t<decltype(+f)>>; };

/// An exception that was thrown in a worker.
class remote_error : public std::runtime_error {
 public:
  /// Makes one.
  /// @param type Name of the exception's type.
  /// @param message Its `what()`; empty if it has none.
  remote_error(std::string type, std::string message)
      : std::runtime_error(message.empty() ? type : type + ": " + message),
        type_(std::move(type)),
        message_(std::move(message)) {}

  /// Name of the exception's type, such as `std::out_of_range`.
  const std::string& type() const { return type_; }

  /// What the exception said.
  const std::string& message() const { return message_; }

 private:
  std::string type_;
  std::string message_;
};

/// The worker that had the call ended before it could answer.
class broken_worker : public std::runtime_error {
 public:
  /// Makes one.
  /// @param what Which worker, and how it ended.
  /// @param exit_code Its exit code; -N if signal N ended it.
  broken_worker(const std::string& what, int exit_code)
      : std::runtime_error(what), exit_code_(exit_code) {}

  /// The worker's exit code; -N if signal N ended it.
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

/// The pool has no workers left and cannot start new ones.
class broken_pool : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// @cond
namespace process_pool_details {

// Calls the function whose address and arguments it reads; writes the result.
using Job = void (*)(Input&, Output&);

// What came back: bytes to read, or an exception.
struct Answer {
  std::exception_ptr error;
  Input* result = nullptr;
};

struct Call {
  Job job;
  std::string arguments;
  std::function<void(Answer)> done;
};

// Fails to compile if T is not sendable, and the compiler's message names T.
template <class T>
consteval bool can_be_sent() {
  static_assert(sendable<T>,
                "this type T cannot be sent to another process: cereal must be able to "
                "write and read it, and a pointer means nothing there");
  return sendable<T>;
}

// The same for a function.
template <class F>
consteval bool can_be_called() {
  static_assert(
      plain_function<F>,
      "this function F cannot be called in another process: it must be a plain "
      "function, or a lambda that captures nothing and has no auto parameter");
  return plain_function<F>;
}

template <class T>
using Value =
    std::conditional_t<std::is_void_v<T>, std::monostate, std::remove_cvref_t<T>>;

template <class R, class... P>
consteval bool can_be_task(R (*)(P...)) {
  if constexpr ((can_be_sent<Value<R>>() && ... && can_be_sent<std::decay_t<P>>())) {
    constexpr bool callable = std::is_invocable_v<R (*)(P...), std::decay_t<P>...>;
    static_assert(
        callable,
        "a parameter is a reference to something that the function changes: it "
        "would change a copy in another process");
    return callable;
  }
  return false;
}

template <class... Ts>
std::string as_bytes(const Ts&... values) {
  std::ostringstream stream;
  Output archive(stream);
  archive(values...);
  return std::move(stream).str();
}

template <class Function>
Function read_function(Input& input) {
  std::uintptr_t address;
  input(address);
  return reinterpret_cast<Function>(address);
}

template <class Function, class Arguments>
auto call(Function function, Arguments&& arguments) {
  using R = decltype(std::apply(function, std::forward<Arguments>(arguments)));
  if constexpr (std::is_void_v<R>) {
    std::apply(function, std::forward<Arguments>(arguments));
    return std::monostate();
  } else {
    return Value<R>(std::apply(function, std::forward<Arguments>(arguments)));
  }
}

// In the worker: one call. A copy of a process has its functions at the same addresses.
template <class R, class... P>
void run_one(Input& input, Output& output) {
  const auto function = read_function<R (*)(P...)>(input);
  std::tuple<std::decay_t<P>...> arguments;
  input(arguments);
  output(call(function, std::move(arguments)));
}

// An exception's type and message: of the one that is handled when it is called. Passes
// on what exit_process() throws.
std::pair<std::string, std::string> current_exception_text();

// In the worker: the calls of a chunk, each with a value or an exception of its own.
template <class R, class P>
void run_chunk(Input& input, Output& output) {
  const auto function = read_function<R (*)(P)>(input);
  std::vector<std::decay_t<P>> arguments;
  input(arguments);
  for (auto&& argument : arguments) {
    std::optional<Value<R>> result;
    std::pair<std::string, std::string> error;
    try {
      result = call(function, std::tuple<std::decay_t<P>>(std::move(argument)));
    } catch (...) {
      error = current_exception_text();
    }
    output(result.has_value());
    if (result)
      output(*result);
    else
      output(error);
  }
}

// What became of one call.
template <class T>
using Outcome = std::variant<std::exception_ptr, T>;

// Each call of a chunk has its own outcome, or all of them the chunk's error.
template <class T>
std::vector<Outcome<T>> read_outcomes(const Answer& answer, std::size_t size) {
  try {
    if (answer.error) std::rethrow_exception(answer.error);
    std::vector<Outcome<T>> outcomes;
    outcomes.reserve(size);
    while (outcomes.size() < size) {
      bool has_value;
      (*answer.result)(has_value);
      if (has_value) {
        T value{};
        (*answer.result)(value);
        outcomes.emplace_back(std::in_place_index<1>, std::move(value));
      } else {
        std::pair<std::string, std::string> text;
        (*answer.result)(text);
        outcomes.emplace_back(
            std::make_exception_ptr(remote_error(text.first, text.second)));
      }
    }
    return outcomes;
  } catch (...) {
    return std::vector<Outcome<T>>(size, std::current_exception());
  }
}

// Where the pool leaves the chunks of one map, and where the caller waits for them.
template <class T>
struct Chunks {
  std::mutex mutex;
  std::condition_variable arrived;
  std::map<std::size_t, std::vector<Outcome<T>>> by_number;
  std::size_t count = 0;

  // Without a number, it gets the next one.
  void put(std::optional<std::size_t> number, std::vector<Outcome<T>> outcomes) {
    {
      const std::lock_guard lock(mutex);
      by_number[number.value_or(count)] = std::move(outcomes);
      ++count;
    }
    arrived.notify_one();
  }

  std::vector<Outcome<T>> take(std::size_t number) {
    std::unique_lock lock(mutex);
    arrived.wait(lock, [&] { return by_number.contains(number); });
    return std::move(by_number.extract(number).mapped());
  }
};

}  // namespace process_pool_details
/// @endcond

/// The results of a map: a range to go through once, which waits for each.
///
/// Where a call has failed, its exception is thrown when its turn comes: remote_error,
/// broken_worker or broken_pool. A loop over the range ends with it. To go on after it,
/// call next() in place of the loop.
template <class T>
class TaskResults {
 public:
  /// @cond
  using Chunks = process_pool_details::Chunks<T>;
  TaskResults(std::shared_ptr<Chunks> chunks, std::size_t count)
      : chunks_(std::move(chunks)), chunks_left_(count) {}

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    explicit iterator(TaskResults& results) : results_(&results) {}
    T& operator*() const { return *results_->current_; }
    iterator& operator++() {
      results_->current_ = results_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !results_->current_; }

   private:
    TaskResults* results_;
  };

  iterator begin() {
    current_ = next();
    return iterator(*this);
  }
  std::default_sentinel_t end() const { return {}; }
  /// @endcond

  /// Waits for the next result.
  /// @return The result; nothing if there were no more.
  /// @throws std::exception what the call failed with; the one after it can be asked
  ///   for.
  std::optional<T> next() {
    if (position_ == chunk_.size()) {
      if (chunks_left_ == 0) return std::nullopt;
      chunk_ = chunks_->take(taken_++);
      --chunks_left_;
      position_ = 0;
    }
    auto& outcome = chunk_[position_++];
    if (outcome.index() == 0) std::rethrow_exception(std::get<0>(outcome));
    return std::get<1>(std::move(outcome));
  }

 private:
  std::shared_ptr<Chunks> chunks_;
  std::size_t chunks_left_;
  std::size_t taken_ = 0;
  std::vector<process_pool_details::Outcome<T>> chunk_;
  std::size_t position_ = 0;
  std::optional<T> current_;
};

/// How a ProcessPool works; what is left out is as in Python.
struct ProcessPoolOptions {
  /// How often a call whose worker died is given to another one before it fails.
  int retries = 0;
  /// Arguments and results with more bytes than this travel in memory that the pool and
  /// the worker share; with fewer, through a socket. Measured: from about here on,
  /// memory is faster.
  std::size_t max_packet_size = std::size_t{32} * 1024;
};

/// A pool of processes: ports Python's `ProcessPoolExecutor`.
///
/// It must be made before the program has threads, since its workers are copies of the
/// process that makes it; after that, any thread may use it. It has a thread of its own
/// from the first call on: other pools are made before that. What global variables hold
/// at the moment when it is made, the workers see; what changes later, they don't.
///
/// A worker that dies, killed by whomever, is replaced, and only the call that it had
/// is lost: that one fails with broken_worker, or is given to another worker if there
/// are retries left. A worker whose function calls exit_process() has died in this
/// sense, too. (In Python, `sys.exit` in a call is an exception that comes back like
/// others.) If this process dies, all workers are ended by the kernel. Nothing has a
/// name in the file system, so nothing is left there.
///
/// The destructor waits for all calls that were submitted, then ends the workers.
class ProcessPool {
 public:
  /// Starts the workers, named `worker 1`, `worker 2` and so on.
  /// @param workers How many.
  /// @param options How it works.
  /// @throws std::invalid_argument if there are no workers.
  /// @throws std::logic_error if this process has more than one thread, such as that of
  ///   a pool that was given a call.
  /// @throws std::system_error if the system has no more processes or descriptors.
  explicit ProcessPool(int workers, ProcessPoolOptions options = {});
  ~ProcessPool();
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;

  /// Submits one call.
  /// @param function A plain function, or a lambda that captures nothing.
  /// @param arguments What to call it with; converted to its parameters' types now.
  /// @return The future result; its `get()` throws remote_error for what the function
  ///   threw, broken_worker, or broken_pool.
  /// @throws std::logic_error if it is called in another process than the pool's own,
  ///   such as in a worker.
  /// @throws std::system_error if it is the first call, and the system has no thread
  ///   left.
  template <class F, class... Arguments>
  auto submit(F function, const Arguments&... arguments) {
    if constexpr (process_pool_details::can_be_called<F>())
      return submit_one(+function, arguments...);
  }

  /// Submits one call for each of a range of inputs.
  /// @param function A plain function of one parameter, or a lambda that captures
  ///   nothing.
  /// @param inputs What to call it with.
  /// @param chunk_size How many calls to send to a worker at once: more cost less for
  ///   each call, but are shared out less evenly.
  /// @return The results, in the order of the inputs.
  /// @throws std::invalid_argument if the chunk size is not positive.
  /// @throws std::logic_error if it is called in another process than the pool's own.
  /// @throws std::system_error if it is the first call, and the system has no thread
  ///   left.
  template <class F, std::ranges::input_range Inputs>
  auto map(F function, const Inputs& inputs, int chunk_size = 1) {
    if constexpr (process_pool_details::can_be_called<F>())
      return submit_chunks(+function, inputs, chunk_size, true);
  }

  /// The same as map(), but with the results in the order in which they come.
  /// @param function A plain function of one parameter, or a lambda that captures
  ///   nothing.
  /// @param inputs What to call it with.
  /// @param chunk_size How many calls to send to a worker at once.
  /// @return The results, as they come.
  /// @throws std::invalid_argument if the chunk size is not positive.
  /// @throws std::logic_error if it is called in another process than the pool's own.
  /// @throws std::system_error if it is the first call, and the system has no thread
  ///   left.
  template <class F, std::ranges::input_range Inputs>
  auto map_unordered(F function, const Inputs& inputs, int chunk_size = 1) {
    if constexpr (process_pool_details::can_be_called<F>())
      return submit_chunks(+function, inputs, chunk_size, false);
  }

 private:
  template <class R, class... P>
  auto submit_one(R (*function)(P...),
                  const std::type_identity_t<std::decay_t<P>>&... arguments) {
    namespace details = process_pool_details;
    using T = std::remove_cvref_t<R>;
    if constexpr (details::can_be_task(static_cast<R (*)(P...)>(nullptr))) {
      const auto promise = std::make_shared<std::promise<T>>();
      submit_call(
          {details::run_one<R, P...>,
           details::as_bytes(reinterpret_cast<std::uintptr_t>(function), arguments...),
           [promise](const details::Answer& answer) {
             try {
               if (answer.error) std::rethrow_exception(answer.error);
               details::Value<R> value{};
               (*answer.result)(value);
               if constexpr (std::is_void_v<R>)
                 promise->set_value();
               else
                 promise->set_value(std::move(value));
             } catch (...) {
               promise->set_exception(std::current_exception());
             }
           }});
      return promise->get_future();
    }
  }

  template <class R, class P, class Inputs>
  auto submit_chunks(R (*function)(P), const Inputs& inputs, int chunk_size,
                     bool ordered) {
    namespace details = process_pool_details;
    using T = details::Value<R>;
    if constexpr (details::can_be_task(static_cast<R (*)(P)>(nullptr))) {
      if (chunk_size < 1) throw std::invalid_argument("a chunk has at least one call");
      const auto chunks = std::make_shared<details::Chunks<T>>();
      std::size_t count = 0;
      std::vector<std::decay_t<P>> chunk;
      const auto submit_chunk = [&] {
        if (chunk.empty()) return;
        std::optional<std::size_t> number;
        if (ordered) number = count;
        submit_call(
            {details::run_chunk<R, P>,
             details::as_bytes(reinterpret_cast<std::uintptr_t>(function), chunk),
             [chunks, number, size = chunk.size()](const details::Answer& answer) {
               chunks->put(number, details::read_outcomes<T>(answer, size));
             }});
        ++count;
        chunk.clear();
      };
      for (const auto& input : inputs) {
        chunk.push_back(input);
        if (chunk.size() == static_cast<std::size_t>(chunk_size)) submit_chunk();
      }
      submit_chunk();
      return TaskResults<T>(chunks, count);
    }
  }

  void submit_call(process_pool_details::Call call);

  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace book

/// @}
