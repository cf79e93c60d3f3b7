// Starts processes or threads that end at once and write nothing, and then prints, a
// line for each, the id of the process that started it and its own.
//
// It is built without sanitizers, which start threads and processes of their own.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace {

constexpr int count = 20;
int told[2];  // a pipe that takes what is to be printed

void tell(pid_t parent, pid_t id) {
  const std::array<pid_t, 2> pair{parent, id};
  if (write(told[1], pair.data(), sizeof pair) != sizeof pair) _exit(1);
}

/// Starts processes one after the other.
///
/// @param live what each of them does.
void processes(void (*live)()) {
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) live();
    tell(getpid(), child);
    waitpid(child, nullptr, 0);
  }
}

[[noreturn]] void end() {
  _exit(0);
}

[[noreturn]] void be_killed() {
  kill(getpid(), SIGKILL);
  _exit(1);
}

[[noreturn]] void crash() {
  __builtin_trap();
}

/// Starts a process and leaves it alone.
[[noreturn]] void have_a_child() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  tell(getpid(), child);
  _exit(0);
}

void vfork_and_end() {
  for (int i = 0; i < count; ++i) {
    const pid_t child = vfork();
    if (child == 0) _exit(0);
    tell(getpid(), child);
    waitpid(child, nullptr, 0);
  }
}

std::atomic<int> started = 0;

void* say_who(void*) {
  tell(getpid(), gettid());
  ++started;
  started.notify_one();
  return nullptr;
}

void* say_who_and_wait(void*) {
  say_who(nullptr);
  while (true) pause();
}

void threads() {
  std::array<pthread_t, count / 2> ended;
  for (auto& thread : ended) pthread_create(&thread, nullptr, say_who, nullptr);
  for (auto& thread : ended) pthread_join(thread, nullptr);
  for (int i = 0; i < count / 2; ++i) {
    pthread_t waits;
    pthread_create(&waits, nullptr, say_who_and_wait, nullptr);
  }
  for (int seen = started; seen < count; seen = started) started.wait(seen);
}

}  // namespace

int main(int, char** arguments) {
  const char* how = arguments[1];
  if (pipe2(told, O_CLOEXEC) != 0) return 1;
  if (strcmp(how, "end") == 0) processes(end);
  if (strcmp(how, "are killed") == 0) processes(be_killed);
  if (strcmp(how, "crash") == 0) processes(crash);
  if (strcmp(how, "leave a child") == 0) processes(have_a_child);
  if (strcmp(how, "vfork") == 0) vfork_and_end();
  if (strcmp(how, "threads") == 0) threads();
  // A child's own child may still tell of itself, but it was told of by its parent.
  close(told[1]);
  std::array<pid_t, 2> pair;
  while (read(told[0], pair.data(), sizeof pair) == sizeof pair)
    printf("%d %d\n", pair[0], pair[1]);
  fflush(stdout);
  _exit(0);
}
