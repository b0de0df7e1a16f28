// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace p3scan::attach {

/// Finds the names of what is packed in a zip archive (APPNOTE 6.3.10) that comes in pieces of any size. Programs differ
/// in which of its two lists they believe, where the archive begins, and how they read one whose end is missing. So
/// every local and every central header counts wherever it stands: also in front of, behind and inside of the archive,
/// and those of an archive that is stored (not compressed) in it. Sizes, offsets and checksums are not looked at, so
/// ZIP64 and data descriptors make no difference. An archive that is compressed inside the archive shows its name only.
class ZipNames {
 public:
  /// Beyond so many headers the rest is not looked at, and over_limit() says so.
  static constexpr std::size_t kMaxHeaders = 100'000;

  /// `found` is called for every reading of each name: as written (any octets; if it is longer than 2 KiB only the
  /// end), and from the Unicode path field; not for directories. It returns false to stop.
  explicit ZipNames(std::function<bool(std::string_view)> found) : found_(std::move(found)) {}

  void feed(std::string_view piece);
  void finish();

  bool over_limit() const { return headers_ > kMaxHeaders; }
  bool encrypted() const { return encrypted_; }  // one of the entries, or the list itself

 private:
  std::size_t scan(std::string_view data, bool last);
  bool read_header(std::string_view data);
  bool read_extra(std::string_view extra);

  std::function<bool(std::string_view)> found_;
  std::string held_;  // a header that may not be complete
  std::size_t headers_ = 0;
  bool encrypted_ = false;
  bool stopped_ = false;
};

/// Whether a file that begins with `start` may be such an archive; its name and type are other reasons to look.
bool begins_like_zip(std::string_view start);

}  // namespace p3scan::attach
