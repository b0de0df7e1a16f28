// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/header_end.h"
#include "proto/dialog.h"
#include "session/conversation.h"
#include "spool/message.h"

namespace p3scan::session {

/// One message on its way through the gateway, with what was learned while it passed by.
struct Mail {
  Mail(const asio::any_io_executor& executor, const SpoolLimits& limits, const proto::Begin& begin, Conversation talk)
      : message(executor, limits),
        direction(begin.direction),
        scan(begin.scan),
        mark(begin.mark),
        edit(begin.edit),
        conversation(std::move(talk)) {}

  Result<void, SpoolError> append(std::span<const std::string_view> pieces) {
    for (const auto& piece : pieces) header_end.feed(piece);
    return message.append(pieces);
  }
  bool incoming() const { return direction == proto::Direction::incoming; }

  Message message;
  mime::HeaderEnd header_end;
  std::vector<std::uint64_t> lone_dots;
  proto::Direction direction;
  bool scan;  // false: passed unlooked at, by the administrator's wish
  bool mark;  // a clean message gets a line, and header lines may be shown early
  bool edit;  // filters may change it
  bool counted = false;
  std::string_view unscanned_because = "larger than checksize";
  std::string scanner_info;   // %VDINFO%; set when its inspection begins
  Conversation conversation;  // as it was when the message began

  /// Octets of early_header() that the client may have been shown, and that every later version must begin with.
  std::size_t early_shown = 0;
  std::size_t early_limit = SIZE_MAX;  // no more may be shown: a filter changed what comes after it
};

}  // namespace p3scan::session
