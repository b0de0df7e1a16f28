// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "spool/spool_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

namespace p3scan::spool {
namespace {

constexpr std::size_t kVectors = 64;  // pieces per system call
constexpr std::size_t kCopyChunk = std::size_t{256} * 1024;

std::string own_descriptor(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Takes `written` octets off the front of the vectors.
std::span<iovec> drop_front(std::span<iovec> vectors, std::size_t written) {
  while (!vectors.empty() && written >= vectors.front().iov_len) {
    written -= vectors.front().iov_len;
    vectors = vectors.subspan(1);
  }
  if (!vectors.empty()) {
    vectors.front().iov_base = static_cast<char*>(vectors.front().iov_base) + written;
    vectors.front().iov_len -= written;
  }
  return vectors;
}

Result<void, int> write_vectors(int fd, std::uint64_t& offset, std::span<iovec> vectors) {
  vectors = drop_front(vectors, 0);
  while (!vectors.empty()) {
    const auto n = ::pwritev(fd, vectors.data(), static_cast<int>(vectors.size()), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(n == 0 ? EIO : errno);
    offset += static_cast<std::uint64_t>(n);
    vectors = drop_front(vectors, static_cast<std::size_t>(n));
  }
  return {};
}

Result<void, int> copy_file(int from, int to, std::uint64_t size) {
  std::vector<char> chunk(static_cast<std::size_t>(std::min<std::uint64_t>(size, kCopyChunk)));
  std::uint64_t done = 0;
  while (done < size) {
    const auto n = read_at(from, done, chunk);
    if (!n) return fail(n.error());
    if (*n == 0) return fail(EIO);  // shorter than it was written
    const std::array<std::string_view, 1> piece = {std::string_view(chunk.data(), *n)};
    if (const auto ok = write_at(to, done, piece); !ok) return ok;
    done += *n;
  }
  return {};
}

Result<void, int> write_source(const Source& source, int to) {
  if (source.fd >= 0) return copy_file(source.fd, to, source.size);
  const std::array<std::string_view, 1> piece = {source.bytes};
  return write_at(to, 0, piece);
}

Result<void, int> settle(int fd, NamedAs how) {
  if (::fchmod(fd, how.mode) != 0) return fail(errno);
  if (how.durable && ::fsync(fd) != 0) return fail(errno);
  return {};
}

Result<void, int> link_descriptor(int fd, const std::string& path) {
  if (::linkat(AT_FDCWD, own_descriptor(fd).c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
  return fail(errno);
}

/// For file systems without O_TMPFILE: the final name itself, removed again when writing fails.
Result<void, int> write_named(const Source& source, const std::string& path, NamedAs how) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  const UniqueFd to(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!to) return fail(errno);
  auto ok = write_source(source, to.get());
  if (ok) ok = settle(to.get(), how);
  if (!ok) ::unlink(path.c_str());
  return ok;
}

Result<void, int> copy_and_link(const Source& source, const std::string& path, NamedAs how) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  const UniqueFd to(::open(directory_of(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  if (!to) return write_named(source, path, how);
  if (const auto ok = write_source(source, to.get()); !ok) return ok;
  if (const auto ok = settle(to.get(), how); !ok) return ok;
  return link_descriptor(to.get(), path);
}

Result<void, int> sync_directory(const std::string& directory) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return fail(errno);
  return {};
}

/// A file can get a name only once: after that name is gone, and across file systems, the link is refused.
bool needs_copy(int error) { return error != EEXIST && error != ENOSPC && error != EDQUOT; }

Result<void, int> link_or_copy(const Source& source, const std::string& path, NamedAs how) {
  if (source.fd >= 0) {
    if (const auto ok = settle(source.fd, how); !ok) return ok;
    const auto ok = link_descriptor(source.fd, path);
    if (ok || !needs_copy(ok.error())) return ok;
  }
  return copy_and_link(source, path, how);
}

}  // namespace

Result<UniqueFd, int> open_unnamed(const std::string& directory) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  UniqueFd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) return fail(errno);
  auto name = directory + "/.p3scan-spool.XXXXXX";
  fd.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return fail(errno);
  ::unlink(name.c_str());
  return fd;
}

Result<void, int> write_at(int fd, std::uint64_t offset, std::span<const std::string_view> pieces) {
  std::array<iovec, kVectors> vectors{};
  while (!pieces.empty()) {
    const auto batch = pieces.first(std::min(pieces.size(), kVectors));
    std::ranges::transform(batch, vectors.begin(), [](std::string_view piece) {
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): pwritev only reads
      return iovec{const_cast<char*>(piece.data()), piece.size()};
    });
    if (const auto ok = write_vectors(fd, offset, std::span(vectors).first(batch.size())); !ok) return ok;
    pieces = pieces.subspan(batch.size());
  }
  return {};
}

Result<std::size_t, int> read_at(int fd, std::uint64_t offset, std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto n = ::pread(fd, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

bool has_free(int fd, std::uint64_t octets) {
  struct statvfs status{};
  if (::fstatvfs(fd, &status) != 0) return true;  // the write itself will tell
  return std::uint64_t{status.f_bavail} * status.f_frsize >= octets;
}

bool has_free(const std::string& directory, std::uint64_t octets) {
  struct statvfs status{};
  if (::statvfs(directory.c_str(), &status) != 0) return true;
  return std::uint64_t{status.f_bavail} * status.f_frsize >= octets;
}

Result<UniqueFd, int> open_sealed(std::string_view bytes) {
  UniqueFd fd(::memfd_create("p3scan", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return fail(errno);
  const std::array<std::string_view, 1> piece = {bytes};
  if (const auto ok = write_at(fd.get(), 0, piece); !ok) return fail(ok.error());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): fcntl is variadic
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) return fail(errno);
  return fd;
}

Result<void, int> name_file(const Source& source, const std::string& path, NamedAs how) {
  if (const auto ok = link_or_copy(source, path, how); !ok) return ok;
  if (!how.durable) return {};
  const auto ok = sync_directory(directory_of(path));
  if (!ok) ::unlink(path.c_str());
  return ok;
}

}  // namespace p3scan::spool
