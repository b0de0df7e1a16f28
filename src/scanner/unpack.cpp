// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/unpack.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/unique_fd.h"
#include "mime/structure.h"
#include "scan/safe_name.h"
#include "spool/spool_file.h"

namespace p3scan {
namespace {

constexpr std::size_t kFilesMax = 2000;
constexpr std::uint64_t kGrowthMax = 4;  // octets of all files for each octet of the message: encodings may be in doubt
constexpr std::size_t kPiece = std::size_t{1} << 20;

/// The octets of a file, as long as nobody else can change it.
class Mapped {
 public:
  Mapped(int fd, std::uint64_t size) : size_(static_cast<std::size_t>(size)) {
    if (size_ != 0) start_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  Mapped(Mapped&&) = delete;
  Mapped& operator=(Mapped&&) = delete;
  ~Mapped() {
    if (ok() && size_ != 0) ::munmap(start_, size_);
  }

  bool ok() const { return start_ != MAP_FAILED; }
  std::string_view octets() const { return {static_cast<const char*>(start_), size_}; }

 private:
  void* start_ = nullptr;
  std::size_t size_;
};

std::string system_error(std::string_view what) {
  return fmt::format("{}: {}", what, std::generic_category().message(errno));
}

class Unpacker {
 public:
  Unpacker(const UnpackSource& source, const MessageFiles& files, const std::atomic<bool>& stop)
      : source_(source), files_(files), stop_(stop), left_(source.size * kGrowthMax) {}

  Unpacked run() {
    const Mapped mapped(source_.message, source_.size);
    if (!mapped.ok()) {
      out_.error = system_error("the message can't be read");
    } else if (!spool::has_free(directory_of_files(), source_.keep_free + (source_.size * kGrowthMax))) {
      out_.error = "too little space to unpack the message";
    } else if (prepare(mapped.octets())) {
      write_parts(mapped.octets());
    }
    return std::move(out_);
  }

 private:
  bool fail_with(std::string error) {
    out_.error = std::move(error);
    return false;
  }

  int directory_of_files() {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
    parent_.reset(::open(files_.mail().substr(0, files_.mail().rfind('/')).c_str(),
                         O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return parent_.get();
  }

  /// A copy, no link: programs that get it must not be able to change what is being read here or delivered later.
  bool prepare(std::string_view message) {
    const auto directory = files_.parts();
    if (::mkdir(directory.c_str(), MessageFiles::kDirectoryMode) != 0) return fail_with(system_error(directory));
    if (::chmod(directory.c_str(), MessageFiles::kDirectoryMode) != 0) return fail_with(system_error(directory));
    const auto named = spool::name_file({.fd = -1, .bytes = message, .size = message.size()}, files_.mail(),
                                        {.mode = MessageFiles::kFileMode, .durable = false});
    if (!named) {
      errno = named.error();
      return fail_with(system_error(files_.mail()));
    }
    const auto again = directory + "/" + scan::safe_name("mail.eml", 0);
    if (::link(files_.mail().c_str(), again.c_str()) != 0) return fail_with(system_error(again));
    out_.files.push_back(files_.mail());
    return true;
  }

  void write_parts(std::string_view message) {
    const auto structure = mime::read_structure(message);
    if (structure.over_limit) out_.over_limit = structure.why;
    for (const auto& part : structure.parts) {
      // A part with parts inside may be taken for content by whoever does not believe in them.
      if (!part.is_leaf && part.encodings.size() == 1 && part.encoding == mime::Encoding::identity) continue;
      const auto name = part.names.empty() ? std::string("part") : part.names.front();
      for (const auto encoding : part.encodings) {
        if (!write(part.body_of(message), encoding, name)) return;
      }
    }
  }

  bool write(std::string_view raw, mime::Encoding encoding, std::string_view name) {
    if (out_.files.size() >= kFilesMax) {
      out_.over_limit = "too many parts";
      return false;
    }
    const auto path = files_.parts() + "/" + scan::safe_name(name, out_.files.size());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd || ::fchmod(fd.get(), MessageFiles::kFileMode) != 0) return fail_with(system_error(path));
    out_.files.push_back(path);
    mime::Decoder decoder(encoding);
    std::string decoded;
    std::uint64_t offset = 0;
    for (bool last = false; !last;) {
      if (stop_) return fail_with("given up");
      const auto piece = raw.substr(0, kPiece);
      raw.remove_prefix(piece.size());
      last = raw.empty();
      decoder.feed(piece, decoded);
      if (last) decoder.finish(decoded);
      if (!put(fd.get(), offset, decoded, path)) return false;
      offset += decoded.size();
      decoded.clear();
    }
    return true;
  }

  bool put(int fd, std::uint64_t offset, std::string_view octets, const std::string& path) {
    if (octets.size() > left_) {
      out_.over_limit = "the parts are too large";
      return false;
    }
    left_ -= octets.size();
    const std::array<std::string_view, 1> pieces = {octets};
    if (const auto ok = spool::write_at(fd, offset, pieces); !ok) {
      errno = ok.error();
      return fail_with(system_error(path));
    }
    return true;
  }

  const UnpackSource& source_;
  const MessageFiles& files_;
  const std::atomic<bool>& stop_;
  UniqueFd parent_;
  std::uint64_t left_;
  Unpacked out_;
};

}  // namespace

Unpacked unpack(const UnpackSource& source, const MessageFiles& files, const std::atomic<bool>& stop) {
  return Unpacker(source, files, stop).run();
}

}  // namespace p3scan
