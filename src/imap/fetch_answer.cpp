// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/fetch_answer.h"

#include <iterator>
#include <utility>

#include "imap/render.h"

namespace p3scan::imap {

std::vector<proto::Piece> FetchAnswer::make(std::string_view message) const {
  auto [pieces, trouble] = render(message, items_);
  trouble_ = trouble;
  if (!trouble.empty()) return {};
  auto text = "* " + std::to_string(number_) + " FETCH (" + words_;
  if (pieces.empty())
    pieces.emplace_back();
  else if (!words_.empty())
    text += ' ';
  pieces.front().text.insert(0, text);
  if (pieces.back().length > 0) pieces.emplace_back();
  pieces.back().text += ")\r\n";
  return pieces;
}

}  // namespace p3scan::imap
