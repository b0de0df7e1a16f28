// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace p3scan::imap {

/// Name and value as they are shown. Sections (RFC 2231) are joined, still encoded, under the name with its "*".
using ShownParameters = std::vector<std::pair<std::string, std::string>>;

/// Empty if it is broken: only parameters may follow the subtype.
struct ContentType {
  std::string type;
  std::string subtype;
  bool has_slash = false;
  ShownParameters parameters;

  const std::string* find(std::string_view name) const;  // of a parameter, or nothing
};

struct Disposition {
  std::string value;
  ShownParameters parameters;
};

/// What the Content fields of one part say (RFC 2045, 2183, 1864, 3282, 2557): of each kind the first one.
struct ContentFields {
  std::optional<ContentType> type;
  std::optional<std::string> encoding;
  std::optional<std::string> id;
  std::optional<std::string> description;
  std::optional<std::string> md5;
  std::optional<std::string> location;
  std::optional<Disposition> disposition;
  std::vector<std::string> languages;
};

/// `value`: see folded_value(). Linear time but for the sorting of sections.
ContentType read_content_type(std::string_view value);
ContentFields read_content_fields(std::string_view header);

}  // namespace p3scan::imap
