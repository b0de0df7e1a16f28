// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace p3scan::imap {

/// A section of a message (RFC 9051 6.4.5.1): "1.2.HEADER.FIELDS (To Cc)".
struct Section {
  enum class Text { none, header, header_fields, header_fields_not, text, mime };

  std::vector<std::uint32_t> part;  // "1.2" is {1, 2}; empty: the message itself
  Text text = Text::none;
  std::vector<std::string> fields;  // of header_fields and header_fields_not, as the client wrote them
};

/// "<first.count>" behind a section: octets of it.
struct Partial {
  std::uint32_t first = 0;
  std::uint32_t count = 0;  // never 0
};

/// One data item of a FETCH command that the gateway answers from the inspected message.
struct FetchItem {
  enum class Kind {
    body,           // BODY[section]<partial>
    binary,         // BINARY[section]<partial>, decoded (RFC 3516)
    binary_size,    // BINARY.SIZE[section]
    rfc822,         // RFC822 = BODY[]
    rfc822_header,  // RFC822.HEADER = BODY.PEEK[HEADER]
    rfc822_text,    // RFC822.TEXT = BODY[TEXT]
    rfc822_size,
    envelope,
    body_structure,  // BODYSTRUCTURE, with extension data
    body_short,      // BODY without section: BODYSTRUCTURE without extension data
  };

  Kind kind = Kind::body;
  Section section;                 // of body, binary, binary_size
  std::optional<Partial> partial;  // of body, binary
  bool peek = true;                // false: fetching it sets \Seen
  std::string name;                // as the response says it: "BODY[1.2.TEXT]<0>", without the client's ".PEEK"
};

}  // namespace p3scan::imap
