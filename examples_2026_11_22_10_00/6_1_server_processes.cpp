/*
A busy server: a process for each connection

Each connection is served by a child process, which was copied for it, waits in blocking
calls, and ends with it.

Ports: the first column of the talk's table :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/6_1_server_processes --load 20
    listening on port #1
    20 connections: the server has 21 process(es) with 21 thread(s)
    and takes ~0.0<10000.0 kB of memory for each connection
    100 requests: 100 answers, 0 errors, in ~0.05<10.00 second(s)
    half of them within ~10.0<9000.0 ms, 99 % within ~10.0<9000.0 ms
    and ~0<100000 µs of the server's CPU time for each
    the server has ended with exit code 130
*/
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "examples_2026_11_22_10_00/listener.hpp"
#include "examples_2026_11_22_10_00/serve_blocking.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

int main(int argc, char** argv) {
  const ServiceOptions options = service_options(argc, argv);
  raise_open_files_limit();
  Listener listener(options.port);
  const pid_t server = ::getpid();
  std::set<pid_t> children;
  const auto take_note_of_ends = [&] {
    for (pid_t pid; (pid = ::waitpid(-1, nullptr, WNOHANG)) > 0;) children.erase(pid);
  };

  while (const auto connection = listener.accept(take_note_of_ends)) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no child outlives the server
      if (::getppid() != server) ::_exit(1);
      listener.leave_to_parent();
      serve_blocking(*connection, options);
      ::_exit(0);
    }
    if (pid > 0)
      children.insert(pid);
    else
      report_refused_connection({errno, boost::system::system_category()});
  }

  for (const pid_t child : children) ::kill(child, SIGKILL);
  while (::wait(nullptr) > 0) continue;
  return listener.exit_code();
}
