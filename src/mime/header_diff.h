// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace p3scan::mime {

struct HeaderEdit {
  std::size_t offset = 0;  // in the message
  std::size_t length = 0;
  std::string text;  // line endings as the message has them
  bool operator==(const HeaderEdit&) const = default;
};

/// What becomes of a message's header; every octet that is not named stays.
struct HeaderChanges {
  std::vector<HeaderEdit> edits;  // ascending, each a whole field
  std::string added;              // fields for the end of the header, lines ended by CRLF
  bool spam = false;              // a field that the filter wrote says so (spam_fields.h)
};

/// Octets of the header: up to the end of the empty line, or everything if there is none.
std::string_view header_block(std::string_view message);

/// What a filter did to a header, if all it did was adding to it: `output` has the lines of `original` in their order,
/// whatever the line endings, and new fields anywhere between them. A Subject may have another value. Spam filters'
/// fields that came with the message may be gone, and go in any case; those in the output are the filter's own, unless
/// one was only left where it was and does not say spam. New fields may not be such that change how the message is read
/// (MIME and Content fields, sender, recipients, date, identity). Otherwise the error says what else is different.
/// Both are header_block()s. Added fields are cleaned of control characters and of what some program may take for the
/// end of the header, lines cut at 998 octets; more than 64 KiB are an error.
Result<HeaderChanges, std::string> header_changes(std::string_view original, std::string_view output);

/// Only those changes that take away what came with the message.
HeaderChanges without_spam_fields(std::string_view head);

/// All fields of a head that a spam filter writes, as header_changes() would add them.
HeaderChanges only_spam_fields(std::string_view original, std::string_view output);

/// The same text behind the header: CRLF is LF, the ending of the last line does not matter.
bool same_body(std::string_view original, std::string_view output);

/// The message stands whole, as in same_body(), behind one of the first 50 empty lines of the output: it is the
/// attachment of a report.
bool is_wrapped(std::string_view original, std::string_view output);

}  // namespace p3scan::mime
