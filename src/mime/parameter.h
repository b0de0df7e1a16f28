// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::mime {

/// One reading of a parameter of a field such as Content-Type (RFC 2045 5.1, RFC 2231).
struct Parameter {
  std::string name;        // lower case, without the marks of RFC 2231
  std::string value;       // octets: unquoted, sections joined, percent-decoded where RFC 2231 says so
  std::string charset;     // that RFC 2231 gives; lower case, usually empty
  std::size_t offset = 0;  // of the value as written, in the field's value; quotes included
  std::size_t length = 0;  // 0 if it was put together from sections
};

struct Parameters {
  std::string value;  // what stands in front of the first semicolon: lower case, without comments and blanks
  std::vector<Parameter> all;
  bool over_limit = false;  // there are more than `max`: the rest is missing
};

/// Reads a field's value, folded as it may be. Mail programs differ in how they read what is not quite right, and an
/// attacker picks the one that suits him: where they do, `all` has every plausible reading, the standard's first. These
/// are: duplicates, text outside of quotes, quotes that don't end, backslashes, comments kept or removed, a missing
/// semicolon, sections of RFC 2231 with and without a plain parameter beside them. Linear in the size of `value`; at
/// most `max` readings.
Parameters read_parameters(std::string_view value, std::size_t max = 100);

/// Every reading of the parameter as text in UTF-8 that is safe to show on one line (see display_text), the most usual
/// one first: encoded-words (RFC 2047) decoded as most programs do, and as written; cut at a NUL octet.
std::vector<std::string> texts_of(const Parameter& parameter);

}  // namespace p3scan::mime
