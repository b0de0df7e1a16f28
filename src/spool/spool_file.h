// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

// The file side of a spooled message. Errors are errno values; nothing here throws or blocks on anything but the disk.
namespace p3scan::spool {

/// A new file in `directory`, mode 0600, that has no name: it vanishes with its last descriptor.
Result<UniqueFd, int> open_unnamed(const std::string& directory);

/// Writes all pieces one after the other at `offset`, many per system call.
Result<void, int> write_at(int fd, std::uint64_t offset, std::span<const std::string_view> pieces);

/// Fewer octets than into.size() only at the end of the file.
Result<std::size_t, int> read_at(int fd, std::uint64_t offset, std::span<char> into);

/// True if the file system of `fd` or `directory` keeps `octets` free for ordinary users.
bool has_free(int fd, std::uint64_t octets);
bool has_free(const std::string& directory, std::uint64_t octets);

/// A sealed memory file with these octets, positioned at its start.
Result<UniqueFd, int> open_sealed(std::string_view bytes);

/// What a message consists of: a file without name, or octets in memory while fd is -1.
struct Source {
  int fd = -1;
  std::string_view bytes;
  std::uint64_t size = 0;
  std::uint64_t keep_free = 0;  // what a copy on disk must leave free
};

struct NamedAs {
  unsigned mode = 0600;
  bool durable = false;  // on disk, file and directory entry, before the call returns
};

/// Gives the source the name `path`, which must not exist (else EEXIST). A hard link where the kernel allows that,
/// else a copy. The name never shows a part of the message, except on file systems without O_TMPFILE during a crash.
Result<void, int> name_file(const Source& source, const std::string& path, NamedAs how);

}  // namespace p3scan::spool
