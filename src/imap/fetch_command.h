// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imap/command_reader.h"
#include "imap/fetch_item.h"
#include "imap/sequence_set.h"

namespace p3scan::imap {

/// What a client's FETCH or UID FETCH asks for (RFC 9051 section 6.4.5).
struct FetchCommand {
  bool uid = false;
  std::string set_text;  // as written
  SequenceSet set;
  std::vector<FetchItem> items;       // what can be told from the message itself, in the client's order
  std::vector<std::string> metadata;  // the rest, upper case: FLAGS, INTERNALDATE, UID, MODSEQ, X-GM-MSGID ...
  std::string modifiers;              // "(CHANGEDSINCE 5 VANISHED)" as written; empty if none (RFC 7162, RFC 9394)

  static constexpr std::size_t kMostItems = 1000;

  /// True if an item asks for more than headers, sizes and structure: the server's answer must not reach the client. So it
  /// is for the whole header of a single message: programs that fetch mail by mail take header and text one after the
  /// other, and both have to be of the same version.
  [[nodiscard]] bool wants_content() const;
  /// True if one of those items sets \Seen.
  [[nodiscard]] bool sets_seen() const;
  [[nodiscard]] bool wants(std::string_view metadata_item) const;  // upper case
};

/// Understands a command whose verb is FETCH; macros are replaced by what they stand for. The error is a text for BAD:
/// static. Items that could carry a message's text in a form that nobody here reads (PREVIEW, SNIPPET, ANNOTATION,
/// CONVERT, RFC822.PEEK) are errors.
Result<FetchCommand, std::string_view> parse_fetch(const Command& command);

/// True if the item asks for more than the message's own header, its size or structure.
bool is_content(const FetchItem& item);

/// True for BODY[HEADER] and RFC822.HEADER.
bool is_whole_header(const FetchItem& item);

/// As a command says it: "BODY.PEEK[1.2.TEXT]<0.100>".
std::string command_text(const FetchItem& item);

/// What the gateway asks of the server in a client's name.
struct FetchRewrite {
  bool whole = false;  // BODY.PEEK[] in place of all items
  bool uid = false;    // add UID, if it isn't there
  bool flags = false;  // add FLAGS, if it isn't there
};

/// The command with its CRLF: "tag UID FETCH set (UID FLAGS BODY.PEEK[]) (modifiers)". Holds no literals.
std::string write_fetch(const FetchCommand& command, std::string_view tag, FetchRewrite rewrite);

}  // namespace p3scan::imap
