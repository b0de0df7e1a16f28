// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/part_header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mime/header.h"
#include "mime/parameter.h"
#include "mime/transfer.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxBoundaries = 4;    // readings of one
constexpr std::size_t kMaxName = 1024;       // octets
constexpr std::size_t kArmourLooksAt = 512;  // octets of a text, as they are written
constexpr std::array<std::string_view, 2> kArmour = {"-----BEGIN PGP MESSAGE-----",
                                                     "-----BEGIN PGP SIGNED MESSAGE-----"};

template <class T>
void add_once(std::vector<T>& list, T value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
}

bool is_type(std::string_view value) {
  const auto slash = value.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < value.size();
}

/// The end of a name that no file has: that's where its extension is.
std::string end_of(const std::string& name) {
  auto at = name.size() - kMaxName;
  while (at < name.size() && utf8_length(std::string_view(name).substr(at)) == 0) ++at;
  return name.substr(at);
}

bool is_message(std::string_view type) { return type == "message/rfc822" || type == "message/global"; }

bool is_encoded(Encoding encoding) { return encoding == Encoding::base64 || encoding == Encoding::quoted_printable; }

class HeaderReader {
 public:
  HeaderReader(HeaderReading& reading, Part& part) : reading_(reading), part_(part) {}

  void take(const Field& field);
  void finish();

 private:
  Parameters parameters_of(const Field& field);
  void take_type(const Field& field);
  void take_disposition(const Field& field);
  void take_names(const Parameters& parameters, std::vector<std::string>& names);
  void take_boundary(const Parameter& parameter);
  void over(std::string_view why) {
    if (reading_.over_limit.empty()) reading_.over_limit = why;
  }

  HeaderReading& reading_;
  Part& part_;
  std::size_t parameters_ = 0;           // of all fields
  bool odd_type_ = false;                // a Content-Type that names none
  std::vector<std::string> type_names_;  // those of Content-Type: most programs prefer the other field's
};

Parameters HeaderReader::parameters_of(const Field& field) {
  auto parameters = read_parameters(field.value, reading_.parameters - parameters_);
  parameters_ += parameters.all.size();
  if (parameters.over_limit) over("too many parameters of a part");
  return parameters;
}

void HeaderReader::take_names(const Parameters& parameters, std::vector<std::string>& names) {
  for (const auto& parameter : parameters.all) {
    if (parameter.name != "filename" && parameter.name != "name") continue;
    for (auto& text : texts_of(parameter)) {
      part_.is_ambiguous |= text.size() > kMaxName;
      if (!text.empty()) add_once(names, text.size() > kMaxName ? end_of(text) : std::move(text));
    }
  }
}

/// Decoded, as some programs do with what looks like an encoded-word, and literal.
void HeaderReader::take_boundary(const Parameter& parameter) {
  std::vector<std::string> readings = {parameter.value};
  if (parameter.value.contains("=?")) readings.insert(readings.end(), texts_of(parameter).front());
  for (auto& boundary : readings) {
    boundary = ascii::trim(boundary);
    if (boundary.empty()) continue;
    add_once(part_.boundaries, std::move(boundary));
  }
  if (part_.boundaries.size() <= kMaxBoundaries) return;
  part_.boundaries.resize(kMaxBoundaries);
  over("too many boundaries of a part");
}

void HeaderReader::take_type(const Field& field) {
  const auto parameters = parameters_of(field);
  if (is_type(parameters.value)) {
    add_once(part_.types, parameters.value);
  } else {
    odd_type_ = true;
  }
  for (const auto& parameter : parameters.all) {
    if (parameter.name == "boundary") take_boundary(parameter);
    if (parameter.name == "charset" && part_.charset.empty())
      part_.charset = ascii::lower(ascii::trim(parameter.value));
  }
  take_names(parameters, type_names_);
}

void HeaderReader::take_disposition(const Field& field) {
  const auto parameters = parameters_of(field);
  if (part_.disposition.empty()) part_.disposition = parameters.value;
  part_.is_attachment |= !parameters.value.empty() && parameters.value != "inline";
  take_names(parameters, part_.names);
}

void HeaderReader::take(const Field& field) {
  if (ascii::equal_nocase(field.name, "content-type")) {
    take_type(field);
  } else if (ascii::equal_nocase(field.name, "content-disposition")) {
    take_disposition(field);
  } else if (ascii::equal_nocase(field.name, "content-transfer-encoding")) {
    add_once(part_.encodings, encoding_of(field.value));
  } else if (ascii::equal_nocase(field.name, "content-id") && part_.content_id.empty()) {
    const auto id = unfold(field.value);
    const auto open = id.find('<');
    part_.content_id = open == std::string::npos ? id : id.substr(open + 1, id.find('>', open) - open - 1);
  }
}

void HeaderReader::finish() {
  if (part_.types.empty()) part_.types.emplace_back(reading_.default_type);
  if (part_.encodings.empty()) part_.encodings.push_back(Encoding::identity);
  part_.type = part_.types.front();
  part_.encoding = part_.encodings.front();
  for (auto& name : type_names_) add_once(part_.names, std::move(name));
  if (part_.names.size() > reading_.names) {
    part_.names.resize(reading_.names);
    over("too many names of a part");
  }
  const bool multipart = part_.has_type("multipart/");
  if (!multipart) part_.boundaries.clear();
  const bool message = std::ranges::any_of(part_.types, is_message);
  part_.is_leaf = part_.boundaries.empty() && (!message || is_encoded(part_.encoding));
  part_.is_ambiguous |= odd_type_ || part_.types.size() > 1 || part_.encodings.size() > 1 ||
                        part_.boundaries.size() > 1 || (multipart && part_.boundaries.empty());
}

/// A CR inside of a line.
bool has_bare_cr(std::string_view header) {
  for (auto at = header.find('\r'); at != std::string_view::npos; at = header.find('\r', at + 1)) {
    const auto next = header.find_first_not_of('\r', at);
    if (next == std::string_view::npos || header[next] != '\n') return next != std::string_view::npos;
    at = next;
  }
  return false;
}

bool begins_with_armour(std::string_view message, const Part& part) {
  const auto text = decode_body(part.encoding, part.body_of(message).substr(0, kArmourLooksAt));
  const auto begin = ascii::trim(text);
  return std::ranges::any_of(kArmour, [&](auto armour) { return begin.starts_with(armour); });
}

}  // namespace

void read_part_header(std::string_view header, HeaderReading& reading, Part& part) {
  HeaderReader reader(reading, part);
  const auto take_all = [&](std::string_view text) {
    Fields fields(text);
    while (const auto field = fields.next()) reader.take(*field);
  };
  take_all(header);
  if (has_bare_cr(header)) {  // some programs end lines there
    std::string lines(header);
    std::ranges::replace(lines, '\r', '\n');
    const auto blank_lines = std::ranges::unique(lines, [](char a, char b) { return a == '\n' && b == '\n'; });
    lines.erase(blank_lines.begin(), blank_lines.end());
    take_all(lines);
  }
  reader.finish();
}

bool may_be_content(const Part& part) {
  const bool multipart = part.has_type("multipart/");
  const auto is_container = [](std::string_view type) { return type.starts_with("multipart/") || is_message(type); };
  if (!std::ranges::all_of(part.types, is_container)) return true;
  return !multipart && std::ranges::any_of(part.encodings, is_encoded);
}

void settle_seal(std::string_view message, Part& part) {
  if (part.seal != Seal::none) return;
  if (part.type == "multipart/signed") {
    part.seal = Seal::signed_parts;
  } else if (part.type == "multipart/encrypted") {
    part.seal = Seal::encrypted_parts;
  } else if (part.type == "application/pkcs7-mime" || part.type == "application/x-pkcs7-mime") {
    part.seal = Seal::smime;
  } else if (part.type == "text/plain" && part.is_leaf && begins_with_armour(message, part)) {
    part.seal = Seal::pgp_text;
  }
}

}  // namespace p3scan::mime
