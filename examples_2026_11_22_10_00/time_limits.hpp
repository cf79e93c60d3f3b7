/// @file
/// @defgroup time_limits time_limits.hpp
/// @brief One time limit for all connections of a loop.
/// @{
#pragma once

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <iterator>
#include <list>
#include <memory>
#include <utility>

#include "examples_2026_11_22_10_00/loop.hpp"

inline namespace book {

/// The sockets of a loop, the one whose client was answered longest ago first.
///
/// All have the same limit, so one timer is enough for all of them: nothing is set or
/// cancelled with each request, but an entry is moved to the end. Not thread-safe: it
/// belongs to its loop.
class TimeLimits {
  using Clock = std::chrono::steady_clock;
  struct Entry {
    LoopSocket* socket;
    Clock::time_point end;
  };

 public:
  /// @param limit How long a client may take.
  explicit TimeLimits(std::chrono::nanoseconds limit) : limit_(limit) {}

  /// Limits a socket's waits for as long as this lives.
  class Watch {
   public:
    /// The time begins.
    Watch(std::shared_ptr<TimeLimits> limits, LoopSocket& socket)
        : limits_(std::move(limits)) {
      limits_->entries_.push_back({&socket, Clock::now() + limits_->limit_});
      entry_ = std::prev(limits_->entries_.end());
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { limits_->entries_.erase(entry_); }

    /// The time begins anew.
    void restart() {
      entry_->end = Clock::now() + limits_->limit_;
      limits_->entries_.splice(limits_->entries_.end(), limits_->entries_, entry_);
    }

   private:
    std::shared_ptr<TimeLimits> limits_;  // a loop destroys its coroutines in any order
    std::list<Entry>::iterator entry_;
  };

  /// Closes sockets that are over their limit: what is awaited on them fails.
  ///
  /// Looks as often as the limit is long, and twice a second at least.
  static LoopTask enforce(std::shared_ptr<TimeLimits> limits) {
    using namespace std::chrono_literals;
    LoopTimer timer(co_await boost::asio::this_coro::executor);
    for (;;) {
      timer.expires_after(std::min<Clock::duration>(limits->limit_, 500ms));
      co_await timer.async_wait(awaiting);
      const auto now = Clock::now();
      for (const Entry& entry : limits->entries_) {
        if (entry.end > now) break;
        boost::system::error_code ignored;
        entry.socket->close(ignored);
      }
    }
  }

 private:
  Clock::duration limit_;
  std::list<Entry> entries_;
};

}  // namespace book

/// @}
