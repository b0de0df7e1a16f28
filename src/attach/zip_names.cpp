// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/zip_names.h"

#include <algorithm>
#include <optional>

namespace p3scan::attach {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxName = 2048;                // octets of a name that are reported
constexpr std::size_t kMaxExtraFields = 64;           // of one header that are looked at
constexpr std::size_t kLongest = 46 + (2 * 65535UL);  // a header with name and extra field
constexpr std::size_t kPiece = 256UL * 1024;

std::size_t little16(std::string_view s, std::size_t at) {
  return static_cast<unsigned char>(s[at]) | (static_cast<std::size_t>(static_cast<unsigned char>(s[at + 1])) << 8U);
}

/// Where the numbers of a header stand.
struct Layout {
  std::size_t size;  // of the fixed part; the name follows, then the extra field
  std::size_t flags;
  std::size_t name_length;
  std::size_t extra_length;
};
constexpr Layout kLocal{.size = 30, .flags = 6, .name_length = 26, .extra_length = 28};    // APPNOTE 4.3.7
constexpr Layout kCentral{.size = 46, .flags = 8, .name_length = 28, .extra_length = 30};  // 4.3.12

std::optional<Layout> layout_at(std::string_view data) {
  if (data.starts_with("PK\x03\x04"sv)) return kLocal;
  if (data.starts_with("PK\x01\x02"sv)) return kCentral;
  return std::nullopt;
}

}  // namespace

void ZipNames::feed(std::string_view piece) {
  while (!piece.empty() && !stopped_) {
    const auto part = piece.substr(0, kPiece);
    piece.remove_prefix(part.size());
    held_ += part;
    held_.erase(0, scan(held_, false));
  }
}

void ZipNames::finish() {
  if (!stopped_) scan(held_, true);
  held_.clear();
}

/// Reads the headers in `data`; gives how many octets of it are done with. A header stays until it is all there.
std::size_t ZipNames::scan(std::string_view data, bool last) {
  std::size_t at = 0;
  while (!stopped_) {
    at = data.find("PK"sv, at);
    if (at == std::string_view::npos) return data.ends_with('P') ? data.size() - 1 : data.size();
    if (data.size() - at < kLongest && !last) return at;
    if (!read_header(data.substr(at))) stopped_ = true;
    at += 2;
  }
  return data.size();
}

bool ZipNames::read_header(std::string_view data) {
  const auto layout = layout_at(data);
  if (!layout || data.size() < layout->size) return true;
  if (++headers_ > kMaxHeaders) return false;
  constexpr std::size_t encrypted_bits = 0x2041;  // the data, strong encryption, the list itself
  encrypted_ = encrypted_ || (little16(data, layout->flags) & encrypted_bits) != 0;
  // A name that is cut off is still a name: better than nothing where an archive is damaged.
  auto name = data.substr(layout->size, little16(data, layout->name_length));
  const auto extra = data.substr(layout->size + name.size(), little16(data, layout->extra_length));
  if (name.size() > kMaxName) name.remove_prefix(name.size() - kMaxName);
  const bool is_directory = name.ends_with('/');
  if (!name.empty() && !is_directory && !found_(name)) return false;
  return read_extra(extra);
}

/// The Info-ZIP Unicode Path field (APPNOTE 4.6.9): version, checksum of the other name, name.
bool ZipNames::read_extra(std::string_view extra) {
  constexpr std::size_t unicode_path = 0x7075;
  constexpr std::size_t in_front = 5;
  for (std::size_t i = 0; i < kMaxExtraFields && extra.size() >= 4; ++i) {
    auto value = extra.substr(4, little16(extra, 2));
    if (little16(extra, 0) == unicode_path && value.size() > in_front) {
      value.remove_prefix(in_front);
      if (value.size() > kMaxName) value.remove_prefix(value.size() - kMaxName);
      if (!found_(value)) return false;
    }
    extra.remove_prefix(std::min(extra.size(), 4 + little16(extra, 2)));
  }
  return true;
}

bool begins_like_zip(std::string_view start) {
  // Also one that is split or spanned (PK\7\8, PK00), empty (PK\5\6), or has something in front of it.
  return start.starts_with("PK") || start.contains("PK\x03\x04"sv);
}

}  // namespace p3scan::attach
