// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/footer_place.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kTag = 6;  // octets of "</body" and "</html"

/// 2 for the end of the body, 1 for that of the document, 0 for none.
unsigned rank_of(std::string_view tag) {
  if (ascii::equal_nocase(tag, "</body")) return 2;
  return ascii::equal_nocase(tag, "</html") ? 1 : 0;
}

/// Without CRs, and blanks and line ends at the end.
std::string essence(std::string_view text) {
  std::string out(text.substr(0, text.find_last_not_of(" \t\r\n") + 1));
  std::erase(out, '\r');
  return out;
}

std::string_view last(std::string_view text, std::size_t octets) {
  return text.substr(text.size() - std::min(text.size(), octets));
}

}  // namespace

/// The last tag of each rank in the window, from `from` on.
void FooterPlace::look_for_end(std::size_t from) {
  unsigned found = 0;
  const std::string_view window = window_;
  for (auto at = window.rfind('<'); at != std::string_view::npos && at >= from && found < 2;
       at = at == 0 ? std::string_view::npos : window.rfind('<', at - 1)) {
    const auto rank = rank_of(window.substr(at, kTag));
    if (rank <= found) continue;
    found = rank;
    if (rank < rank_) continue;
    rank_ = rank;
    place_ = seen_ - window.size() + at;
    before_ = last(window.substr(0, at), keep_);
  }
}

void FooterPlace::feed(std::string_view text) {
  ascii_ = ascii_ && std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const auto old = window_.size();
  window_ += text;
  seen_ += text.size();
  if (kind_ == Kind::html) look_for_end(old - std::min(old, kTag - 1));
  window_.erase(0, window_.size() - std::min(window_.size(), keep_ + kTag));
}

void FooterPlace::finish() {
  if (rank_ > 0) return;
  place_ = seen_;
  before_ = window_;
}

bool FooterPlace::is_behind(std::string_view footer) const { return essence(before_).ends_with(essence(footer)); }

bool FooterPlace::needs_break() const { return !before_.empty() && !before_.ends_with('\n'); }

bool FooterPlace::joins_next_line() const {
  std::string_view text = before_;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text.ends_with(' ');
}

}  // namespace p3scan::mime
