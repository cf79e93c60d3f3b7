/// @file
/// @defgroup thread_names thread_names.hpp
/// @brief Names for threads, as `top -H`, debuggers and this book's timelines show
///   them.
///
/// The standard library has no call for it. Linux keeps the first 15 characters of a
/// thread's name; what is longer is cut here.
/// @{
#pragma once

#include <pthread.h>

#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/thread_pool.hpp>
#include <latch>
#include <memory>
#include <string>
#include <thread>

inline namespace book {

/// Names the thread that calls it.
/// @param name The name, of which 15 characters are kept.
inline void name_this_thread(const std::string& name) {
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
}

/// Names another thread, which may be running or have ended already.
/// @param thread A thread that has not been joined.
/// @param name The name, of which 15 characters are kept.
inline void name_thread(std::jthread& thread, const std::string& name) {
  ::pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
}

/// Names the threads of a pool `worker 1`, `worker 2` and so on.
///
/// A pool does not give its threads away, so each names itself: as many tasks are
/// posted as the pool has threads, and none of them ends before all have begun, so
/// that no thread can take two. The call itself does not wait. What is posted after
/// it begins once all threads have their names.
///
/// @param pool A pool to which no work has been given yet.
inline void name_workers(boost::asio::thread_pool& pool) {
  const auto executor = pool.get_executor();
  const auto threads = static_cast<std::ptrdiff_t>(
      boost::asio::query(executor, boost::asio::execution::occupancy));
  const auto all_named = std::make_shared<std::latch>(threads);
  for (std::ptrdiff_t number = 1; number <= threads; ++number)
    boost::asio::post(executor, [all_named, number] {
      name_this_thread("worker " + std::to_string(number));
      all_named->arrive_and_wait();
    });
}

}  // namespace book

/// @}
