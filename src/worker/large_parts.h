// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace p3scan::worker {

/// The body of one part of a mail, large and of the simplest form.
struct LargePart {
  enum class Form { as_is, base64 };
  std::size_t offset = 0;
  std::size_t size = 0;
  Form form = Form::as_is;
  bool operator==(const LargePart&) const = default;
};

/// libclamav's mail reader keeps a mail's lines in memory, three times its size. Parts of at least `least` octets
/// that need no reader can be looked at one by one, and left out of the mail that the reader gets.
///
/// Only what can be read in one way is found (RFC 2045, RFC 2046): a body between the blank line after its header and
/// a line with a boundary that a header declared, or the end; with at most one, unfolded Content-Transfer-Encoding;
/// for base64 nothing but lines of its alphabet; as it is only where nothing looks like another format inside. All
/// else is left to libclamav. Ordered, not overlapping.
std::vector<LargePart> find_large_parts(std::string_view mail, std::size_t least);

}  // namespace p3scan::worker
