/// @file
/// @defgroup shared_dictionary shared_dictionary.hpp
/// @brief A dictionary that one process owns and others use.
///
/// Ports what Python's `multiprocessing.Manager().dict()` gives: a manager process that
/// owns the dictionary, and objects that ask it, over a local socket, to read and
/// write.
/// @{
#pragma once

#include <sys/types.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

inline namespace book {

/// Thrown by a call for which the manager process is needed, and has ended.
struct manager_ended : std::runtime_error {
  manager_ended();
};

/// Thrown by a call when the manager process lives, and does not answer.
struct manager_silent : std::runtime_error {
  manager_silent();
};

/// What a SharedDictionary does; what is left out is chosen.
struct DictionaryOptions {
  /// How long a call waits while nothing comes from the manager, or goes to it: a
  /// manager that was stopped, as by SIGSTOP, is no reason to wait for ever. A manager
  /// that is merely busy must not be taken for one.
  std::chrono::duration<double> timeout = std::chrono::minutes(1);
};

/// The part of a SharedDictionary that does not depend on its types, whose values
/// it moves as bytes.
class DictionaryOfBytes {
 public:
  using Bytes = std::string;  ///< A key, a value, or entries side by side.

  /// Starts the manager process. @param key_size Bytes of a key.
  ///  @param value_size Bytes of a value. @param options Options.
  DictionaryOfBytes(std::size_t key_size, std::size_t value_size,
                    DictionaryOptions options);
  DictionaryOfBytes(const DictionaryOfBytes&) = delete;
  DictionaryOfBytes& operator=(const DictionaryOfBytes&) = delete;
  ~DictionaryOfBytes();

  /// As SharedDictionary::set. @param key The key. @param value Its value.
  void set(std::span<const std::byte> key, std::span<const std::byte> value);
  /// As SharedDictionary::get. @param key The key.
  ///  @return Its value; empty if there is none.
  Bytes get(std::span<const std::byte> key);
  /// As SharedDictionary::items. @return Keys and values in turn.
  Bytes items();
  /// As SharedDictionary::manager_pid. @return The process id.
  pid_t manager_pid() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A dictionary in a process of its own, the manager, which its constructor
/// starts.
///
/// The processes that are started after it was made use it through their copies of the
/// object. Each talks to the manager over a connection of its own, which it makes when
/// it first needs it. The manager does one thing at a time, so each call happens as a
/// whole, before or after those of others. It ends with the object, in the process that
/// made that, and when that process is gone. One thread of a process at a time may use
/// an object.
///
/// @tparam Key Of keys; copied byte by byte, and equal if all of its bytes are.
/// @tparam Value Of values; copied byte by byte.
template <class Key, class Value>
class SharedDictionary {
  static_assert(std::has_unique_object_representations_v<Key>,
                "a key of a SharedDictionary is sent to another process and compared "
                "there byte by byte, and equal keys of this type may differ in bytes");
  static_assert(
      std::is_trivially_copyable_v<Value>,
      "a value of a SharedDictionary is sent to another process byte by byte, "
      "and this type is not trivially copyable");

 public:
  /// Starts the manager.
  /// @param options How long to wait for it.
  /// @throws std::logic_error if this process has threads.
  /// @throws std::system_error if the system has no more processes or sockets.
  explicit SharedDictionary(DictionaryOptions options = {})
      : dictionary_(sizeof(Key), sizeof(Value), options) {}

  /// Puts a value in, in place of the one that the key has.
  /// @param key The key.
  /// @param value Its value.
  /// @throws manager_ended if the manager has.
  /// @throws manager_silent if it does not answer. The value may be put in later.
  void set(const Key& key, const Value& value) {
    dictionary_.set(bytes_of(key), bytes_of(value));
  }

  /// Looks a key up.
  /// @param key The key.
  /// @return A copy of its value, or nothing.
  /// @throws manager_ended if the manager has.
  /// @throws manager_silent if it does not answer.
  std::optional<Value> get(const Key& key) {
    const auto found = dictionary_.get(bytes_of(key));
    if (found.empty()) return std::nullopt;
    return from_bytes<Value>(found.data());
  }

  /// Copies all that is in it at one moment.
  /// @return The entries, sorted by key.
  /// @throws manager_ended if the manager has.
  /// @throws manager_silent if it does not answer.
  std::map<Key, Value> items() {
    const auto found = dictionary_.items();
    std::map<Key, Value> entries;
    for (std::size_t at = 0; at < found.size(); at += sizeof(Key) + sizeof(Value))
      entries.emplace(from_bytes<Key>(&found[at]),
                      from_bytes<Value>(&found[at + sizeof(Key)]));
    return entries;
  }

  /// The manager's process id.
  pid_t manager_pid() const { return dictionary_.manager_pid(); }

 private:
  template <class T>
  static std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
  }
  template <class T>
  static T from_bytes(const char* bytes) {
    std::array<std::byte, sizeof(T)> copy;
    std::memcpy(copy.data(), bytes, sizeof(T));
    return std::bit_cast<T>(copy);
  }

  DictionaryOfBytes dictionary_;
};

}  // namespace book

/// @}
