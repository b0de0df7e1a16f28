// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/unique_fd.h"
#include "config/load.h"

namespace p3scan::config {
namespace {

constexpr std::size_t kMaxFile = std::size_t{16} << 20;

auto cannot_read(std::string_view name, std::string_view why) {
  return fail(Errors{fmt::format("\t[configfile] {}: can't be read: {}", name, why)});
}

}  // namespace

Result<std::string, Errors> read_configfile(const Invocation& invocation) {
  const auto& name = invocation.configfile;
  // Without O_NONBLOCK a FIFO of that name would hang the start.
  const UniqueFd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file && errno == ENOENT && !invocation.configfile_given) return std::string{};
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return cannot_read(name, std::generic_category().message(errno));
  if (S_ISDIR(status.st_mode)) return cannot_read(name, "it is a directory");
  std::string text;
  std::array<char, 65536> chunk{};
  for (;;) {
    const auto n = ::read(file.get(), chunk.data(), chunk.size());
    if (n == 0) return text;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(name, std::generic_category().message(errno));
    text.append(chunk.data(), static_cast<std::size_t>(n));
    if (text.size() > kMaxFile) return cannot_read(name, "it is larger than 16 MiB");
  }
}

}  // namespace p3scan::config
