// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/directories.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/unique_fd.h"
#include "worker/private_directory.h"

namespace p3scan::app {
namespace {

namespace fs = std::filesystem;

std::string why(int cause) { return std::generic_category().message(cause); }

std::string parent_of(const std::string& path) {
  const auto parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

/// Through a descriptor, because the parent may belong to an unprivileged user who could swap the name.
UniqueFd open_directory(const std::string& path) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Result<void, std::string> give(const std::string& path, int fd, const Account& account, mode_t mode) {
  if (fd >= 0 && ::fchmod(fd, mode) == 0 && ::fchown(fd, account.uid, account.gid) == 0) return {};
  return fail(fmt::format("Can't set the owner of {}: {}", path, why(errno)));
}

/// A directory of our own name that still is root's was made for us, by a package, systemd or tmpfiles.d, none of
/// which knows the user that the configuration names.
Result<void, std::string> take_over(const std::string& path, const Account& account, mode_t mode) {
  if (!is_root() || fs::path(path).filename() != "p3scan") return {};
  const auto fd = open_directory(path);
  struct stat st{};
  if (!fd || ::fstat(fd.get(), &st) != 0 || st.st_uid != 0) return {};
  return give(path, fd.get(), account, mode);
}

Result<void, std::string> create(const std::string& path, const Account& account, mode_t mode) {
  std::error_code failed;
  if (fs::exists(path, failed)) return take_over(path, account, mode);
  fs::create_directories(parent_of(path), failed);
  if (::mkdir(path.c_str(), mode) != 0) return fail(fmt::format("Can't create {}: {}", path, why(errno)));
  return give(path, open_directory(path).get(), account, mode);
}

/// access() asks for the real user and without capabilities, which is what scanning and delivering will have.
std::string refused(const std::string& path, int mode, std::string_view option) {
  if (::access(path.c_str(), mode) == 0) return {};
  const int cause = errno;
  const auto* const need = (mode & W_OK) != 0 ? "write to" : "read";
  return fmt::format("{} = {}: user {} can't {} it: {}", option, path, current_account().name, need, why(cause));
}

}  // namespace

Result<void, std::string> create_directories(const config::Config& config, const Account& account) {
  if (auto made = create(config.virusdir, account, 0700); !made) return made;
  return create(parent_of(config.pidfile), account, 0755);
}

Result<void, std::string> prepare_spool(const config::Config& config) {
  const auto children = config.virusdir + "/children";
  if (::mkdir(children.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(fmt::format("Can't create {}: {}", children, why(errno)));
  worker::remove_abandoned(children);
  return {};
}

bool made_by_start(const std::string& virusdir) {
  std::error_code failed;
  if (!fs::exists(virusdir, failed)) return true;
  struct stat st{};
  return fs::path(virusdir).filename() == "p3scan" && ::lstat(virusdir.c_str(), &st) == 0 && S_ISDIR(st.st_mode) &&
         st.st_uid == 0;
}

std::string check_spool(const config::Config& config) {
  return refused(config.virusdir, R_OK | W_OK | X_OK, "virusdir");
}

std::vector<std::string> check_files(const config::Config& config) {
  std::vector<std::string> errors;
  const auto add = [&](std::string text) {
    if (!text.empty()) errors.push_back(std::move(text));
  };
  if (config.template_given) add(refused(config.templatefile, R_OK, "template"));
  if (config.clamdb_given) add(refused(config.clamdb, R_OK | X_OK, "clamdb"));
  return errors;
}

}  // namespace p3scan::app
