// How a queue survives a SIGKILL at any instruction of any of its processes:
//
//  - What counts is the state of each slot. Each operation prepares one, then changes
//    its state by one store: before it nothing has happened, after it all has. The
//    order of the queue and the list of free slots only save looking through all of
//    them. If a process ends while it holds the lock, they may be half changed; the
//    lock is a robust mutex, so the next process to get it is told, and makes them anew
//    from the slots.
//  - An item keeps its slot while somebody works on it, with the number of who does.
//  - Who lives is asked of the kernel. Each process locks a byte of a file in memory,
//    the one whose offset is its number. Nobody else has ever had that number, a child
//    does not inherit the lock, and it is gone when the process is, before it can be
//    waited for. fork() returns when the child has its locks, however long that waits
//    for a core.
//  - Waiting is by futex, in steps of a tenth of a second, so that a wake-up that died
//    with its sender, or with its receiver, costs a step and not the wait; at each
//    step, what the dead have left is looked for.
//  - Only the first item, or the first free slot, wakes somebody: one of those who
//    wait. Whoever had to sleep and leaves more behind wakes the next one. So while
//    there is always something, nobody sleeps, and nobody is woken for what another
//    takes.
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>

#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

inline namespace book {

using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto step = 100ms;
// How long a process must have been the only one left before its wait is an error.
constexpr auto grace = 2s;

// The bytes that processes lock, each at its number, in three parts of the file.
enum Part : off_t {
  living = 0,                 // who lives
  may_take = off_t{1} << 40,  // who may still take items
  may_put = off_t{2} << 40,   // who may still put items in
  part_size = off_t{1} << 40,
};

struct flock bytes(short type, off_t start, off_t size) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = start;
  lock.l_len = size;
  return lock;
}

bool other_threads() {
#ifdef __SANITIZE_THREAD__
  constexpr int of_the_sanitizer = 1;
#else
  constexpr int of_the_sanitizer = 0;
#endif
  const std::filesystem::directory_iterator threads("/proc/self/task");
  return std::distance(begin(threads), end(threads)) > 1 + of_the_sanitizer;
}

// The state of a slot, and how often its item was given out: one word.
enum Condition : std::uint32_t { is_free, is_queued, is_taken, is_lost };
constexpr std::uint32_t word(Condition now, std::uint32_t times) {
  return now | times << 2;
}
constexpr Condition condition(std::uint32_t word) {
  return static_cast<Condition>(word & 3);
}
constexpr std::uint32_t given_out(std::uint32_t word) {
  return word >> 2;
}

struct Slot {
  std::atomic<std::uint32_t> word;
  std::uint64_t number;  // the item's: the smallest comes first
  std::uint64_t taker;
};

// Something to wait for. Counts how often it came, and who waits: a process that was
// killed meanwhile is counted for ever, which costs needless calls and nothing else.
struct Event {
  std::atomic<std::uint32_t> times;
  std::uint32_t waiting;

  void wait(std::uint32_t seen, Clock::duration timeout) {
    const auto s = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(timeout - s);
    const ::timespec time{s.count(), ns.count()};
    ::syscall(SYS_futex, &times, FUTEX_WAIT, seen, &time, nullptr, 0);
  }
  void wake(int how_many) {
    ::syscall(SYS_futex, &times, FUTEX_WAKE, how_many, nullptr, nullptr, 0);
  }
};

}  // namespace

queue_closed::queue_closed() : runtime_error("the queue is closed") {}

items_lost::items_lost(std::size_t count)
    : runtime_error(
          fmt::format("{} item(s) lost: the processes that took them ended", count)) {}

// What the processes share. After it come the slots, two lists of them, and the items.
struct QueueOfBytes::Shared {
  ::pthread_mutex_t mutex;
  std::atomic<std::uint64_t> processes;  // the last number that was given to one
  std::atomic<bool> closed;
  std::uint64_t items;  // the last number that was given to one
  // Made anew from the slots if need be:
  std::uint32_t free, first, queued, lost;
  Event item_put, slot_freed, all_done;
};

struct QueueOfBytes::State {
  State(std::size_t item_size, std::size_t capacity, QueueOptions options);
  ~State();

  // The lock: BasicLockable.
  void lock();
  void unlock() { ::pthread_mutex_unlock(&shared->mutex); }

  void enter();  // gives this process a number
  void hold(Part part, bool yes) { hold(part, process, yes); }
  void hold(Part part, std::uint64_t number, bool yes);
  void expect(bool child);
  bool others(Part part) const;
  bool lives(std::uint64_t other) const;

  void make_lists();
  void recover();
  std::uint32_t taken() const {
    return capacity - shared->free - shared->queued - shared->lost;
  }
  std::byte* item(std::uint32_t slot) const { return items + slot * item_size; }
  struct Waited {
    bool ready, slept;
  };
  template <class Ready>
  Waited wait(std::unique_lock<State>& lock, Event& event, Clock::time_point deadline,
              Part who, Ready ready);

  const std::size_t item_size;
  const std::uint32_t capacity;
  const unsigned attempts;
  const boost::interprocess::mapped_region memory;
  Shared* shared;
  Slot* slots;
  std::uint32_t* free_list;
  std::uint32_t* queue;  // a ring that begins at `first`
  std::byte* items;
  program::FileDescriptor file;

  // Of this process:
  std::uint64_t process = 0;
  bool takes = false, puts = false;
  struct Held {
    ::pthread_t thread;
    std::uint32_t slot;
  };
  std::vector<Held> held;  // in the order in which they were taken; under the lock
};

namespace {

std::size_t memory_size(std::size_t item_size, std::size_t capacity,
                        std::size_t shared) {
  constexpr std::size_t most = std::size_t{1} << 30;
  if (capacity == 0 || capacity > most || item_size > most)
    throw std::invalid_argument(fmt::format(
        "a queue of {} items of {} bytes cannot be made", capacity, item_size));
  return shared + capacity * (sizeof(Slot) + 2 * sizeof(std::uint32_t) + item_size);
}

// All queues of this process: a child enters each of them before fork() returns, in the
// child and in the parent. So nobody takes one that has not had a core yet for nobody.
template <class Queue>
class Queues {
 public:
  static void add(Queue* queue) {
    const std::lock_guard lock(all().mutex_);
    all().queues_.push_back(queue);
  }
  static void remove(Queue* queue) {
    const std::lock_guard lock(all().mutex_);
    std::erase(all().queues_, queue);
  }

 private:
  Queues() {
    ::pthread_atfork([] { all().before_fork(); }, [] { all().after_fork(); },
                     [] { all().enter(); });
  }

  // While a child is on its way, its parent says to the others that there is somebody
  // who may act.
  void before_fork() {
    mutex_.lock();
    if (queues_.empty()) return;
    for (Queue* queue : queues_) queue->expect(true);
    // Where no descriptor is left for it, nobody waits for the child.
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    entered_.reader = program::above_standard(program::FileDescriptor(ends[0]));
    entered_.writer = program::above_standard(program::FileDescriptor(ends[1]));
  }
  void after_fork() {
    entered_.writer.reset();  // or it would wait for itself
    // The pipe's end comes when the child has entered, or is dead, or there is none.
    char none;
    if (entered_.reader)
      program::retry_if_interrupted(
          [&] { return ::read(entered_.reader.get(), &none, 1); });
    entered_.reader.reset();
    for (Queue* queue : queues_) queue->expect(false);
    mutex_.unlock();
  }
  void enter() {
    for (Queue* queue : queues_) queue->enter();
    entered_ = {};
    mutex_.unlock();
  }
  static Queues& all() {
    static auto* const queues = new Queues;  // outlives all queues
    return *queues;
  }

  std::mutex mutex_;
  std::vector<Queue*> queues_;
  program::PipeEnds entered_;
};

}  // namespace

QueueOfBytes::State::State(std::size_t item_size_, std::size_t capacity_,
                           QueueOptions options)
    : item_size(item_size_),
      capacity(static_cast<std::uint32_t>(capacity_)),
      attempts(options.attempts),
      memory(boost::interprocess::anonymous_shared_memory(
          memory_size(item_size_, capacity_, sizeof(Shared)))),
      shared(new (memory.get_address()) Shared{}),
      slots(reinterpret_cast<Slot*>(shared + 1)),
      free_list(reinterpret_cast<std::uint32_t*>(slots + capacity)),
      queue(free_list + capacity),
      items(reinterpret_cast<std::byte*>(queue + capacity)),
      file(program::above_standard(
          program::FileDescriptor(::memfd_create("joinable_queue", MFD_CLOEXEC)))) {
  program::throw_on_error(file.get(), "cannot make a queue");
  std::uninitialized_value_construct_n(slots, capacity);
  make_lists();

  ::pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutex_init(&shared->mutex, &attributes);
  ::pthread_mutexattr_destroy(&attributes);

  enter();
  Queues<State>::add(this);
}

QueueOfBytes::State::~State() {
  Queues<State>::remove(this);
  file.reset();  // which gives up this process's locks
}

void QueueOfBytes::State::enter() {
  process = ++shared->processes;
  takes = puts = false;
  held.clear();
  hold(living, true);
  hold(may_take, true);
  hold(may_put, true);
}

void QueueOfBytes::State::hold(Part part, std::uint64_t number, bool yes) {
  struct flock lock =
      bytes(yes ? F_WRLCK : F_UNLCK, part + static_cast<off_t>(number), 1);
  ::fcntl(file.get(), F_SETLK, &lock);
}

// Number 0 is nobody's: it stands for a child that has no number yet.
void QueueOfBytes::State::expect(bool child) {
  for (const Part part : {may_take, may_put}) hold(part, 0, child);
}

// Whether another process holds a byte of that part.
bool QueueOfBytes::State::others(Part part) const {
  struct flock lock = bytes(F_WRLCK, part, part_size);
  return ::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

bool QueueOfBytes::State::lives(std::uint64_t other) const {
  if (other == process) return true;  // its own locks are not shown to it
  struct flock lock = bytes(F_WRLCK, living + static_cast<off_t>(other), 1);
  return ::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

void QueueOfBytes::State::lock() {
  const int error = ::pthread_mutex_lock(&shared->mutex);
  if (error == EOWNERDEAD) {
    // If this process is killed here, too, the next one is told the same.
    make_lists();
    ::pthread_mutex_consistent(&shared->mutex);
  } else if (error != 0) {
    program::throw_on_error_number(error, "cannot lock a queue");
  }
}

void QueueOfBytes::State::make_lists() {
  shared->free = shared->first = shared->queued = shared->lost = 0;
  for (std::uint32_t slot = capacity; slot-- > 0;) {
    switch (condition(slots[slot].word)) {
      case is_free:
        free_list[shared->free++] = slot;
        break;
      case is_queued:
        queue[shared->queued++] = slot;
        break;
      case is_lost:
        ++shared->lost;
        break;
      case is_taken:
        break;
    }
  }
  std::sort(queue, queue + shared->queued, [this](auto one, auto other) {
    return slots[one].number < slots[other].number;
  });
}

// Puts items whose takers have ended back in front, or counts them as lost.
void QueueOfBytes::State::recover() {
  if (taken() == 0) return;
  bool found = false;
  for (Slot* slot = slots; slot != slots + capacity; ++slot) {
    if (condition(slot->word) != is_taken || lives(slot->taker)) continue;
    const std::uint32_t times = given_out(slot->word);
    slot->word = word(times < attempts ? is_queued : is_lost, times);
    found = true;
  }
  if (!found) return;
  make_lists();
  for (Event* event : {&shared->item_put, &shared->all_done}) {
    ++event->times;
    event->wake(INT_MAX);
  }
}

// Waits until `ready`, not longer than until `deadline`; the lock is held when it is
// called and when it returns. Throws if nobody is left of those `who` could make it so.
template <class Ready>
QueueOfBytes::State::Waited QueueOfBytes::State::wait(std::unique_lock<State>& lock,
                                                      Event& event,
                                                      Clock::time_point deadline,
                                                      Part who, Ready ready) {
  if (ready()) return {true, false};
  Clock::time_point not_alone = Clock::now(), look = not_alone + step;
  do {
    const Clock::time_point now = Clock::now();
    if (now >= look) {
      look = now + step;
      recover();
      if (ready()) return {true, true};
      const bool may_come_back = who == may_put && shared->closed;
      if (may_come_back || others(who) || other_threads())
        not_alone = now;
      else if (now - not_alone >= grace)
        throw queue_abandoned(
            who == may_put
                ? std::string("the queue is empty, and no process is left that may put "
                              "items in")
                : fmt::format(
                      "{} item(s) are left in the queue, and no process that may "
                      "take them",
                      shared->queued + taken()));
    }
    if (now >= deadline) return {false, true};
    const std::uint32_t seen = event.times;
    ++event.waiting;
    lock.unlock();
    event.wait(seen, std::min(deadline, look) - now);
    lock.lock();
    --event.waiting;
  } while (!ready());
  return {true, true};
}

QueueOfBytes::QueueOfBytes(std::size_t item_size, std::size_t capacity,
                           QueueOptions options)
    : state_(std::make_unique<State>(item_size, capacity, options)) {}

QueueOfBytes::~QueueOfBytes() = default;

bool QueueOfBytes::put(std::span<const std::byte> item, Clock::time_point deadline) {
  State& state = *state_;
  Shared& shared = *state.shared;
  std::unique_lock lock(state);
  if (!state.puts) {
    state.puts = true;
    state.hold(may_put, true);
    if (!state.takes) state.hold(may_take, false);
  }
  const auto ready = [&] {
    return shared.closed || shared.free > 0 || shared.lost == state.capacity;
  };
  const auto [is_ready, slept] =
      state.wait(lock, shared.slot_freed, deadline, may_take, ready);
  if (!is_ready) return false;
  if (shared.closed) throw queue_closed();
  if (shared.free == 0) throw items_lost(shared.lost);

  const std::uint32_t at = state.free_list[shared.free - 1];
  Slot& slot = state.slots[at];
  std::memcpy(state.item(at), item.data(), item.size());
  slot.number = ++shared.items;
  slot.word = word(is_queued, 0);  // now it is in

  --shared.free;
  state.queue[(shared.first + shared.queued++) % state.capacity] = at;
  ++shared.item_put.times;
  const bool item_waited_for = shared.queued == 1 && shared.item_put.waiting > 0;
  const bool slot_waited_for =
      slept && shared.free > 0 && shared.slot_freed.waiting > 0;
  lock.unlock();
  if (item_waited_for) shared.item_put.wake(1);
  if (slot_waited_for) shared.slot_freed.wake(1);
  return true;
}

bool QueueOfBytes::get(std::span<std::byte> item, Clock::time_point deadline) {
  State& state = *state_;
  Shared& shared = *state.shared;
  std::unique_lock lock(state);
  if (!state.takes) {
    state.takes = true;
    state.hold(may_take, true);
    if (!state.puts) state.hold(may_put, false);
  }
  state.held.reserve(state.held.size() + 1);
  const auto holds_one = [&] {
    return std::ranges::any_of(state.held, [](const State::Held& one) {
      return ::pthread_equal(one.thread, ::pthread_self()) != 0;
    });
  };
  const auto ready = [&] {
    return shared.queued > 0 || (shared.closed && (state.taken() == 0 || holds_one()));
  };
  const auto [is_ready, slept] =
      state.wait(lock, shared.item_put, deadline, may_put, ready);
  if (!is_ready) return false;
  if (shared.queued == 0) throw queue_closed();

  const std::uint32_t at = state.queue[shared.first];
  Slot& slot = state.slots[at];
  std::memcpy(item.data(), state.item(at), item.size());
  slot.taker = state.process;
  slot.word = word(is_taken, given_out(slot.word) + 1);  // now it is this process's

  state.held.push_back({::pthread_self(), at});
  shared.first = (shared.first + 1) % state.capacity;
  --shared.queued;
  const bool item_waited_for =
      slept && shared.queued > 0 && shared.item_put.waiting > 0;
  lock.unlock();
  if (item_waited_for) shared.item_put.wake(1);
  return true;
}

void QueueOfBytes::task_done() {
  State& state = *state_;
  Shared& shared = *state.shared;
  std::unique_lock lock(state);
  const auto mine = std::ranges::find_if(state.held, [](const State::Held& one) {
    return ::pthread_equal(one.thread, ::pthread_self()) != 0;
  });
  if (mine == state.held.end())
    throw std::logic_error("task_done() without an item that this thread took");
  const std::uint32_t at = mine->slot;
  state.held.erase(mine);
  state.slots[at].word = word(is_free, 0);  // now it is done

  state.free_list[shared.free++] = at;
  ++shared.slot_freed.times;
  const bool slot_waited_for = shared.free == 1 && shared.slot_freed.waiting > 0;
  const bool all_done = shared.queued + state.taken() == 0;
  if (all_done) ++shared.all_done.times, ++shared.item_put.times;
  const bool done_waited_for = all_done && shared.all_done.waiting > 0;
  const bool end_waited_for = all_done && shared.closed && shared.item_put.waiting > 0;
  lock.unlock();
  if (slot_waited_for) shared.slot_freed.wake(1);
  if (done_waited_for) shared.all_done.wake(INT_MAX);
  if (end_waited_for) shared.item_put.wake(INT_MAX);
}

bool QueueOfBytes::join(Clock::time_point deadline) {
  State& state = *state_;
  Shared& shared = *state.shared;
  std::unique_lock lock(state);
  if (!state.takes) state.hold(may_take, false);
  const auto ready = [&] { return shared.queued + state.taken() == 0; };
  if (!state.wait(lock, shared.all_done, deadline, may_take, ready).ready) return false;
  if (shared.lost > 0) throw items_lost(shared.lost);
  return true;
}

void QueueOfBytes::close() {
  Shared& shared = *state_->shared;
  std::unique_lock lock(*state_);
  shared.closed = true;
  for (Event* event : {&shared.item_put, &shared.slot_freed}) ++event->times;
  lock.unlock();
  for (Event* event : {&shared.item_put, &shared.slot_freed}) event->wake(INT_MAX);
}

std::vector<std::byte> QueueOfBytes::lost() {
  State& state = *state_;
  Shared& shared = *state.shared;
  std::unique_lock lock(state);
  state.recover();
  std::vector<std::byte> found(shared.lost * state.item_size);
  auto end = found.begin();
  for (std::uint32_t at = 0; at < state.capacity; ++at) {
    if (condition(state.slots[at].word) != is_lost) continue;
    end = std::copy_n(state.item(at), state.item_size, end);
    state.slots[at].word = word(is_free, 0);
  }
  state.make_lists();
  ++shared.slot_freed.times;
  lock.unlock();
  shared.slot_freed.wake(INT_MAX);
  return found;
}

std::size_t QueueOfBytes::size() {
  const std::unique_lock lock(*state_);
  return state_->shared->queued;
}

}  // namespace book
