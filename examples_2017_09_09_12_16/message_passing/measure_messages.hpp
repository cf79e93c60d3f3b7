/// @file
/// @defgroup measure_messages measure_messages.hpp
/// @brief What one message costs, and how many a second there can be.
/// @{
#pragma once

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <stdexcept>

#include "examples_2017_09_09_12_16/process.hpp"

inline namespace book {

/// A message of 1024 bytes, which has the same number in all its elements.
using Message = std::array<std::uint32_t, 256>;

/// Makes a message. @param number What stands in it. @return The message.
inline Message make_message(std::uint32_t number) {
  Message message;
  message.fill(number);
  return message;
}

/// Throws if a message is not the one expected.
///  @param message The message. @param number What should stand in it.
inline void check_message(const Message& message, std::uint32_t number) {
  if (message != make_message(number))
    throw std::runtime_error("a message did not arrive as it was sent");
}

/// A way to send messages from one process to another; open_to_send() and
///    open_to_receive() say which of the two this one is.
template <class T>
concept channel = requires(T link, const Message& message) {
  link.open_to_send();
  link.open_to_receive();
  link.send(message);
  { link.receive() } -> std::same_as<Message>;
};

/// What one message took, in microseconds.
struct MessageTimes {
  double one_by_one;  ///< There or back, when the next one waits for its answer.
  double in_a_row;    ///< When all are sent as fast as they can be.
};

/// Sends messages to another process and back, checks all, and takes the time.
/// @tparam Channel A way to send messages, one direction.
/// @return The times.
template <channel Channel>
MessageTimes time_messages() {
  constexpr std::uint32_t one_by_one = 2'000, many = 20'000;
  using Clock = std::chrono::steady_clock;
  using Microseconds = std::chrono::duration<double, std::micro>;
  Channel there, back;

  Process other({.name = "other"}, [&] {
    there.open_to_receive();
    back.open_to_send();
    for (std::uint32_t i = 0; i < one_by_one; ++i) back.send(there.receive());
    for (std::uint32_t i = 0; i < many; ++i) check_message(there.receive(), i);
    back.send(make_message(many));
  });
  other.start();
  there.open_to_send();
  back.open_to_receive();

  const auto start = Clock::now();
  for (std::uint32_t i = 0; i < one_by_one; ++i) {
    there.send(make_message(i));
    check_message(back.receive(), i);
  }
  const auto between = Clock::now();
  for (std::uint32_t i = 0; i < many; ++i) there.send(make_message(i));
  check_message(back.receive(), many);
  const auto end = Clock::now();

  return {Microseconds(between - start).count() / (2 * one_by_one),
          Microseconds(end - between).count() / many};
}

/// Takes the times of messages, and prints them.
///  @tparam Channel A way to send messages, one direction.
template <channel Channel>
void measure_messages() {
  const MessageTimes times = time_messages<Channel>();
  fmt::print("one message, there or back:  {:.1f} µs\n", times.one_by_one);
  fmt::print("one of many, sent in a row:  {:.1f} µs\n", times.in_a_row);
  fmt::print("all arrived as they were sent\n");
}

}  // namespace book

/// @}
