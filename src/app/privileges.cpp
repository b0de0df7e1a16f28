// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/privileges.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace p3scan::app {
namespace {

Account account_of(const passwd& entry) { return {entry.pw_name, entry.pw_uid, entry.pw_gid}; }

template <class Lookup>
std::optional<Account> look_up(Lookup lookup) {
  std::vector<char> buffer(std::size_t{64} * 1024);
  passwd entry{};
  passwd* found = nullptr;
  if (lookup(&entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::nullopt;
  return account_of(entry);
}

std::string why(int cause) { return std::generic_category().message(cause); }

void select(std::span<const unsigned> capabilities) {
  capng_clear(CAPNG_SELECT_BOTH);
  for (const unsigned capability : capabilities)
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): the library takes several flags in one
    capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), capability);
}

bool is(const Account& account) {
  uid_t real_user = 0;
  uid_t user = 0;
  uid_t saved_user = 0;
  gid_t real_group = 0;
  gid_t group = 0;
  gid_t saved_group = 0;
  if (::getresuid(&real_user, &user, &saved_user) != 0 || ::getresgid(&real_group, &group, &saved_group) != 0)
    return false;
  return real_user == account.uid && user == account.uid && saved_user == account.uid && real_group == account.gid &&
         group == account.gid && saved_group == account.gid;
}

}  // namespace

std::optional<Account> find_account(const std::string& name) {
  return look_up([&](auto... rest) { return ::getpwnam_r(name.c_str(), rest...); });
}

Account current_account() {
  const uid_t uid = ::geteuid();
  const auto account = look_up([&](auto... rest) { return ::getpwuid_r(uid, rest...); });
  return account.value_or(Account{std::to_string(uid), uid, ::getegid()});
}

bool is_root() { return ::geteuid() == 0; }

Result<void, std::string> become(const Account& account, std::span<const unsigned> capabilities) {
  if (::initgroups(account.name.c_str(), account.gid) != 0)
    return fail(fmt::format("Can't take on the groups of {}: {}", account.name, why(errno)));
  select(capabilities);
  // Keeps the selected capabilities across the change of user; the groups were set above, all of them.
  const int changed = capng_change_id(static_cast<int>(account.uid), static_cast<int>(account.gid),
                                      static_cast<capng_flags_t>(CAPNG_CLEAR_BOUNDING));
  if (changed != 0 || !is(account))
    return fail(fmt::format("Can't change to user {}: {} ({})", account.name, why(errno), changed));
  if (account.uid != 0 && (::setuid(0) == 0 || ::setgid(0) == 0))
    return fail(fmt::format("Can't change to user {}: the way back to root is open", account.name));
  return keep_only(capabilities);
}

Result<void, std::string> keep_only(std::span<const unsigned> capabilities) {
  capng_get_caps_process();
  std::vector<unsigned> held;
  for (const unsigned capability : capabilities)
    if (capng_have_capability(CAPNG_PERMITTED, capability) == 1) held.push_back(capability);
  select(held);
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) return fail(fmt::format("Can't give up capabilities: {}", why(errno)));
  // The ambient set would survive an exec; an error means a kernel that has none.
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  return {};
}

void seal_process() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);      // NOLINT(cppcoreguidelines-pro-type-vararg)
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace p3scan::app
