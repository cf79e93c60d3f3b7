/// @file
/// @defgroup idle_timeouts idle_timeouts.hpp
/// @brief One idle timeout for all connections of a loop.
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
/// All have the same timeout, so one timer is enough for all of them: nothing is set or
/// cancelled with each request, but an entry is moved to the end. Not thread-safe: it
/// belongs to its loop.
class IdleTimeouts {
  using Clock = std::chrono::steady_clock;
  struct Entry {
    LoopSocket* socket;
    Clock::time_point end;
  };

 public:
  /// @param timeout How long a client may take between two answers.
  explicit IdleTimeouts(std::chrono::nanoseconds timeout) : timeout_(timeout) {}

  /// Holds a socket to the timeout for as long as this lives.
  class Watch {
   public:
    /// The time begins.
    Watch(std::shared_ptr<IdleTimeouts> timeouts, LoopSocket& socket)
        : timeouts_(std::move(timeouts)) {
      timeouts_->entries_.push_back({&socket, Clock::now() + timeouts_->timeout_});
      entry_ = std::prev(timeouts_->entries_.end());
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { timeouts_->entries_.erase(entry_); }

    /// The time begins anew.
    void restart() {
      entry_->end = Clock::now() + timeouts_->timeout_;
      timeouts_->entries_.splice(timeouts_->entries_.end(), timeouts_->entries_,
                                 entry_);
    }

   private:
    std::shared_ptr<IdleTimeouts>
        timeouts_;  // a loop destroys its coroutines in any order
    std::list<Entry>::iterator entry_;
  };

  /// Closes sockets that are over their timeout: what is awaited on them fails.
  ///
  /// Looks as often as the timeout is long, and twice a second at least.
  static LoopTask enforce(std::shared_ptr<IdleTimeouts> timeouts) {
    using namespace std::chrono_literals;
    LoopTimer timer(co_await boost::asio::this_coro::executor);
    for (;;) {
      timer.expires_after(std::min<Clock::duration>(timeouts->timeout_, 500ms));
      co_await timer.async_wait(awaiting);
      const auto now = Clock::now();
      for (const Entry& entry : timeouts->entries_) {
        if (entry.end > now) break;
        boost::system::error_code ignored;
        entry.socket->close(ignored);
      }
    }
  }

 private:
  Clock::duration timeout_;
  std::list<Entry> entries_;
};

}  // namespace book

/// @}
