#include "recorder/system_calls.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

namespace recorder {
namespace {

#if defined(__x86_64__)
constexpr unsigned machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned machine = AUDIT_ARCH_AARCH64;
#else
#error "The recorder knows the system calls of x86-64 and 64-bit ARM."
#endif

constexpr std::size_t max_data_bytes = 64 * 1024;

/// Reads memory of another process.
///
/// @return how much was read: nothing also where it isn't the other one's own memory.
/// @param refused receives the error where the kernel refuses any such reading.
ssize_t read_memory(pid_t tid, iovec here, iovec there, int& refused) {
  const auto got = process_vm_readv(tid, &here, 1, &there, 1, 0);
  if (got < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS))
    refused = errno;
  return got;
}

/// Reads memory of another process; as much as can be read.
std::string read_memory(pid_t tid, const std::vector<iovec>& where, int& refused) {
  std::string data;
  for (const auto& [address, size] : where) {
    const std::size_t wanted = std::min(size, max_data_bytes - data.size());
    if (wanted == 0) break;
    std::string part(wanted, '\0');
    const auto got =
        read_memory(tid, {part.data(), wanted}, {address, wanted}, refused);
    if (got <= 0) break;
    data.append(part, 0, static_cast<std::size_t>(got));
  }
  return data;
}

/// The parts of a gathering write.
std::vector<iovec> parts(pid_t tid, unsigned long long address,
                         unsigned long long count, int& refused) {
  constexpr unsigned long long max_parts = 1024;  // IOV_MAX
  std::vector<iovec> all(std::min(count, max_parts));
  const std::size_t size = all.size() * sizeof(iovec);
  if (read_memory(tid, {all.data(), size}, {reinterpret_cast<void*>(address), size},
                  refused) <= 0)
    return {};
  return all;
}

}  // namespace

int report_system_calls() {
  // A jump skips as many instructions as it says: to `allow`, or to `report`.
  const std::array<sock_filter, 13> program{{
      /* 0 */ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      /* 1 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 0, 9),
      /* 2 */ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      /* 3 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 4, 0),
      /* 4 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_writev, 3, 0),
      /* 5 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_set_robust_list, 6, 0),
      /* 6 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 5, 0),
      /* 7 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 4, 3),
      /* 8 */ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      /* 9 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STDOUT_FILENO, 2, 0),
      /* 10 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STDERR_FILENO, 1, 0),
      /* allow */ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      /* report */ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()),
                          const_cast<sock_filter*>(program.data())};
  // A process without privileges may filter its own calls if it can't gain any later.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  // A signal must not make the call fail while the recorder looks at it (since
  // Linux 5.19).
  const auto install = [&](unsigned flags) {
    return static_cast<int>(
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter));
  };
  const int listener = install(SECCOMP_FILTER_FLAG_NEW_LISTENER |
                               SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  return listener >= 0 || errno != EINVAL ? listener
                                          : install(SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

std::optional<SystemCall> next_system_call(int listener, unsigned long long& id) {
  seccomp_notif asked{};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) return std::nullopt;
  id = asked.id;
  SystemCall call{SystemCall::Kind::write, static_cast<pid_t>(asked.pid), -1, {}, 0};
  const auto& args = asked.data.args;
  if (asked.data.nr == SYS_set_robust_list) {
    call.kind = SystemCall::Kind::start;
  } else if (asked.data.nr == SYS_exit) {
    call.kind = SystemCall::Kind::thread_exit;
  } else if (asked.data.nr == SYS_exit_group) {
    call.kind = SystemCall::Kind::process_exit;
  } else {
    call.file = static_cast<int>(args[0]);
    call.data =
        read_memory(call.tid,
                    asked.data.nr == SYS_writev
                        ? parts(call.tid, args[1], args[2], call.refused)
                        : std::vector{iovec{reinterpret_cast<void*>(args[1]), args[2]}},
                    call.refused);
  }
  // The thread may have been killed meanwhile, and its id given to another.
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) != 0) return std::nullopt;
  return call;
}

void let_go_on(int listener, unsigned long long id) {
  seccomp_notif_resp answer{};
  answer.id = id;
  answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  // It fails only where the thread is gone: there is nobody to answer then.
  (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

}  // namespace recorder
