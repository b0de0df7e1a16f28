// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <memory>
#include <system_error>

#include "base/unique_fd.h"

namespace p3scan::worker {
namespace {

std::string why(int cause) { return std::generic_category().message(cause); }

// Newer than the headers of Debian 12.
constexpr std::uint64_t kTruncate = 1ULL << 14;
constexpr std::uint64_t kDeviceIoctl = 1ULL << 15;
constexpr std::uint64_t kBindAndConnectTcp = 3;
constexpr std::uint64_t kScopedSocketsAndSignals = 3;

/// struct landlock_ruleset_attr up to version 6; older kernels take the front part.
struct RulesetAttributes {
  std::uint64_t handled_files = 0;
  std::uint64_t handled_network = 0;
  std::uint64_t scoped = 0;
};

std::uint64_t file_rights(int version) {
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // all of version 1
  if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kDeviceIoctl;
  return rights;
}

constexpr std::uint64_t kInDirectory = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                                       LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                       LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                       LANDLOCK_ACCESS_FS_REMOVE_DIR | kTruncate;

std::size_t attributes_size(int version) {
  std::size_t members = 1;
  if (version >= 4) ++members;
  if (version >= 6) ++members;
  return members * sizeof(std::uint64_t);
}

Result<void, std::string> confine_to(const std::string& directory) {
  const int version = landlock_version();
  if (version == 0) return {};
  RulesetAttributes attributes{.handled_files = file_rights(version)};
  if (version >= 4) attributes.handled_network = kBindAndConnectTcp;
  if (version >= 6) attributes.scoped = kScopedSocketsAndSignals;
  // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): the C library has no functions for these
  const UniqueFd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, attributes_size(version), 0)));
  if (!ruleset) return fail(fmt::format("Landlock: {}", why(errno)));
  if (!directory.empty()) {
    const UniqueFd parent(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent) return fail(fmt::format("Landlock: {}: {}", directory, why(errno)));
    const landlock_path_beneath_attr rule{.allowed_access = kInDirectory & attributes.handled_files,
                                          .parent_fd = parent.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
      return fail(fmt::format("Landlock: {}: {}", directory, why(errno)));
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
    return fail(fmt::format("Landlock: {}", why(errno)));
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)
  return {};
}

// What libclamav, glibc and the job loop use. Files are Landlock's business.
constexpr int kAllowed[] = {SCMP_SYS(read),
                            SCMP_SYS(pread64),
                            SCMP_SYS(readv),
                            SCMP_SYS(write),
                            SCMP_SYS(pwrite64),
                            SCMP_SYS(writev),
                            SCMP_SYS(lseek),
                            SCMP_SYS(close),
                            SCMP_SYS(fstat),
                            SCMP_SYS(newfstatat),
                            SCMP_SYS(stat),
                            SCMP_SYS(lstat),
                            SCMP_SYS(statx),
                            SCMP_SYS(open),
                            SCMP_SYS(openat),
                            SCMP_SYS(access),
                            SCMP_SYS(faccessat),
                            SCMP_SYS(unlink),
                            SCMP_SYS(unlinkat),
                            SCMP_SYS(mkdir),
                            SCMP_SYS(mkdirat),
                            SCMP_SYS(rmdir),
                            SCMP_SYS(rename),
                            SCMP_SYS(renameat),
                            SCMP_SYS(renameat2),
                            SCMP_SYS(getdents64),
                            SCMP_SYS(getcwd),
                            SCMP_SYS(readlink),
                            SCMP_SYS(ftruncate),
                            SCMP_SYS(fallocate),
                            SCMP_SYS(fadvise64),
                            SCMP_SYS(fsync),
                            SCMP_SYS(fdatasync),
                            SCMP_SYS(dup),
                            SCMP_SYS(dup2),
                            SCMP_SYS(dup3),
                            SCMP_SYS(fcntl),
                            SCMP_SYS(umask),
                            SCMP_SYS(munmap),
                            SCMP_SYS(mremap),
                            SCMP_SYS(madvise),
                            SCMP_SYS(brk),
                            SCMP_SYS(futex),
                            SCMP_SYS(sched_yield),
                            SCMP_SYS(sched_getaffinity),
                            SCMP_SYS(sysinfo),
                            SCMP_SYS(uname),
                            SCMP_SYS(getpid),
                            SCMP_SYS(gettid),
                            SCMP_SYS(getuid),
                            SCMP_SYS(geteuid),
                            SCMP_SYS(getgid),
                            SCMP_SYS(getegid),
                            SCMP_SYS(getrusage),
                            SCMP_SYS(getrlimit),
                            SCMP_SYS(times),
                            SCMP_SYS(time),
                            SCMP_SYS(gettimeofday),
                            SCMP_SYS(clock_gettime),
                            SCMP_SYS(clock_getres),
                            SCMP_SYS(clock_nanosleep),
                            SCMP_SYS(nanosleep),
                            SCMP_SYS(getrandom),
                            SCMP_SYS(rt_sigaction),
                            SCMP_SYS(rt_sigprocmask),
                            SCMP_SYS(rt_sigreturn),
                            SCMP_SYS(sigaltstack),
                            SCMP_SYS(restart_syscall),
                            SCMP_SYS(alarm),
                            SCMP_SYS(setitimer),
                            SCMP_SYS(recvmsg),
                            SCMP_SYS(sendmsg),
                            SCMP_SYS(poll),
                            SCMP_SYS(ppoll),
                            SCMP_SYS(exit),
                            SCMP_SYS(exit_group)};

struct Release {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

bool add(void* filter, std::uint32_t action, int call) { return ::seccomp_rule_add(filter, action, call, 0) == 0; }

bool add_not_executable(void* filter, int call) {
  const scmp_arg_cmp not_executable{.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
  return ::seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &not_executable) == 0;
}

/// The own process only, which is how abort() and the sanitizers end it.
bool add_own_process(void* filter, int call) {
  const scmp_arg_cmp own{.arg = 0, .op = SCMP_CMP_EQ, .datum_a = static_cast<scmp_datum_t>(::getpid()), .datum_b = 0};
  return ::seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &own) == 0;
}

Result<void, std::string> filter_system_calls() {
  // Refused, not killed: a call nobody thought of must not turn a good mail into a dead worker.
  const Filter filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return fail(std::string("seccomp: no memory"));
  bool ok = true;
  for (const int call : kAllowed) ok = ok && add(filter.get(), SCMP_ACT_ALLOW, call);
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) ok = ok && add_not_executable(filter.get(), call);
  for (const int call : {SCMP_SYS(tgkill), SCMP_SYS(kill)}) ok = ok && add_own_process(filter.get(), call);
  // libclamav gives its temporary directories the mode they have already, and stops if it can't. Landlock does not
  // watch over modes, so the call says yes and does nothing.
  for (const int call : {SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat)})
    ok = ok && add(filter.get(), SCMP_ACT_ERRNO(0), call);
  if (!ok) return fail(std::string("seccomp: the rules were not taken"));
  if (const int error = ::seccomp_load(filter.get()); error != 0) return fail(fmt::format("seccomp: {}", why(-error)));
  return {};
}

/// Octets of private writable memory, which RLIMIT_DATA counts.
std::uint64_t memory_in_use() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  std::uint64_t shared = 0;
  std::uint64_t text = 0;
  std::uint64_t unused = 0;
  std::uint64_t data = 0;
  statm >> total >> resident >> shared >> text >> unused >> data;
  return data * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool limit(__rlimit_resource resource, std::uint64_t value) {
  const rlimit both{value, value};
  return ::setrlimit(resource, &both) == 0;
}

}  // namespace

int landlock_version() {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the C library has no function for it
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

Result<void, std::string> enter_sandbox(const SandboxLimits& limits) {
  // A file that grows too large is an error of that file.
  if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) return fail(std::string("signals"));
  const bool limited = limit(RLIMIT_DATA, memory_in_use() + limits.memory) && limit(RLIMIT_FSIZE, limits.file_size) &&
                       limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, 256);
  if (!limited) return fail(fmt::format("resource limits: {}", why(errno)));
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): prctl is
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(fmt::format("no_new_privs: {}", why(errno)));
  if (auto confined = confine_to(limits.directory); !confined) return confined;
  return filter_system_calls();
}

}  // namespace p3scan::worker
