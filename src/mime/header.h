// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace p3scan::mime {

/// One header field of a message. The views alias the head that it was read from.
struct Field {
  std::string_view name;   // without blanks around it; never empty
  std::string_view value;  // as written behind the colon, folding included, without the last line ending
  std::size_t offset = 0;  // of the field in the head
  std::size_t length = 0;  // all of its lines with their endings
};

/// Reads the fields of a header one by one, as a lenient mail program would: lines end at LF, lines that are no field
/// are passed over, an empty line or the end of the view ends the header.
class Fields {
 public:
  explicit Fields(std::string_view head) : head_(head) {}
  std::optional<Field> next();

 private:
  std::string_view line();

  std::string_view head_;
  std::size_t at_ = 0;
};

/// The first field of that name, case-insensitive.
std::optional<Field> find_field(std::string_view head, std::string_view name);
std::size_t count_fields(std::string_view head, std::string_view name);

/// The value on one line: line endings removed (RFC 5322 2.2.3), stray CR and LF become blanks, trimmed.
std::string unfold(std::string_view value);

}  // namespace p3scan::mime
