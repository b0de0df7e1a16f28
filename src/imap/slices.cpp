// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/slices.h"

#include <algorithm>
#include <utility>

namespace p3scan::imap {

void Slices::add(std::string text) {
  if (text.empty()) return;
  size_ += text.size();
  slices_.push_back({.text = std::move(text)});
}

void Slices::add(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  size_ += length;
  auto* last = slices_.empty() || !slices_.back().text.empty() ? nullptr : &slices_.back();
  if (last != nullptr && last->offset + last->length == offset)
    last->length += length;
  else
    slices_.push_back({.text = {}, .offset = offset, .length = length});
}

std::uint64_t Slices::copied() const {
  std::uint64_t out = 0;
  for (const auto& one : slices_) out += one.text.size();
  return out;
}

bool Slices::has_nul(std::string_view message) const {
  return std::ranges::any_of(slices_, [&](const auto& one) {
    return one.text.contains('\0') || message.substr(one.offset, one.length).contains('\0');
  });
}

Slices Slices::part(std::uint64_t first, std::uint64_t count) const {
  Slices out;
  for (const auto& one : slices_) {
    const std::uint64_t length = one.text.size() + one.length;
    const auto skip = std::min(first, length);
    const auto take = std::min(count, length - skip);
    first -= skip;
    count -= take;
    if (one.text.empty())
      out.add(one.offset + skip, take);
    else
      out.add(one.text.substr(skip, take));
  }
  return out;
}

void Slices::append_to(std::vector<proto::Piece>& pieces, std::string lead) {
  for (auto& one : slices_) {
    lead += one.text;
    if (one.length == 0) continue;
    pieces.push_back({.text = std::exchange(lead, {}), .offset = one.offset, .length = one.length});
  }
  if (!lead.empty()) pieces.push_back({.text = std::move(lead)});
  *this = {};
}

}  // namespace p3scan::imap
