// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/edit_queue.h"

#include <algorithm>
#include <iterator>

namespace p3scan::html {

void EditQueue::add(const Edit& edit) {
  const auto is_behind = [&](const Edit& other) {
    ++work_;
    return other.at > edit.at || (other.at == edit.at && other.length > edit.length);
  };
  auto place = pending_.end();
  while (place != pending_.begin() && is_behind(*std::prev(place))) --place;
  for (auto same = place; same != pending_.begin(); --same) {
    const auto& other = *std::prev(same);
    ++work_;
    if (other.at != edit.at || other.length != edit.length) break;
    // An octet is replaced once, whoever comes first; two readers may insert different things at one place.
    if (edit.length == 1 || other.text == edit.text) return;
  }
  pending_.insert(place, edit);
  ++count_;
}

void EditQueue::release(std::uint64_t settled, Edits& out) {
  const auto end = std::ranges::find_if(pending_, [&](const Edit& edit) { return edit.at >= settled; });
  for (auto edit = pending_.begin(); edit != end; ++edit) out.replace(edit->at, edit->length, edit->text);
  work_ += static_cast<std::uint64_t>(end - pending_.begin());
  pending_.erase(pending_.begin(), end);
}

}  // namespace p3scan::html
