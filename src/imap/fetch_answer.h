// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/fetch_item.h"
#include "proto/dialog.h"

namespace p3scan::imap {

/// One FETCH response about a decided message: "* number FETCH (words items)" CRLF, the items cut from the message. None
/// where one of them can't be said; then trouble() tells why.
class FetchAnswer final : public proto::Answer {
 public:
  /// `words`: data that need no look at the message, as they are said; may be empty.
  FetchAnswer(std::uint32_t number, std::string words, std::vector<FetchItem> items)
      : number_(number), words_(std::move(words)), items_(std::move(items)) {}

  [[nodiscard]] std::vector<proto::Piece> make(std::string_view message) const override;

  /// Once it was shown: the response code of the reply to the command; empty: all is said. Static text.
  [[nodiscard]] std::string_view trouble() const { return trouble_; }

 private:
  std::uint32_t number_;
  std::string words_;
  std::vector<FetchItem> items_;
  mutable std::string_view trouble_;  // make() says it, on the thread where it runs, before anybody asks
};

}  // namespace p3scan::imap
