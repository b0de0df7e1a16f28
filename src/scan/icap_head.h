// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace p3scan::scan {

/// Octets of the head of one ICAP reply, or of the HTTP head in it; longer ones are nonsense.
inline constexpr std::size_t kIcapHeadMax = std::size_t{64} * 1024;

/// The status line and the fields of an ICAP reply (RFC 3507, 4.3) or of an HTTP one.
struct IcapHead {
  struct Field {
    std::string name;
    std::string value;  // trimmed; the lines of a folded one with LF between them
  };

  int status = 0;
  std::vector<Field> fields;

  /// The first field of that name, case-insensitive; null if there is none.
  const std::string* find(std::string_view name) const;
  /// Whether a comma-separated list, in one or more fields of that name, has the word.
  bool lists(std::string_view name, std::string_view word) const;
};

/// Octets up to and with the empty line that ends a head; nothing while it is not there.
std::optional<std::size_t> icap_head_size(std::string_view octets);

/// `head` has all its lines, the empty one included; `protocol` is "ICAP/1." or "HTTP/1.". The error is for the log.
Result<IcapHead, std::string> parse_icap_head(std::string_view head, std::string_view protocol);

/// What follows the head of an ICAP reply (RFC 3507, 4.4.1).
struct IcapEncapsulated {
  std::size_t http_head = 0;  // octets of HTTP heads, in front of the body
  bool body = false;          // chunked
};
Result<IcapEncapsulated, std::string> icap_encapsulated(const IcapHead& head);

}  // namespace p3scan::scan
