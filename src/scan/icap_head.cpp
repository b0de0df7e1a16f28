// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/icap_head.h"

#include <algorithm>

#include "base/ascii.h"
#include "scan/printed.h"

namespace p3scan::scan {
namespace {

constexpr std::size_t kFieldsMax = 200;

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view take_item(std::string_view& list) {
  const auto comma = list.find(',');
  const auto item = list.substr(0, comma);
  list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  return ascii::trim(item);
}

/// "ICAP/1.0 204 No Content": the number.
std::optional<int> status_of(std::string_view line, std::string_view protocol) {
  if (!line.starts_with(protocol)) return std::nullopt;
  line.remove_prefix(protocol.size());
  const auto minor = ascii::take_word(line);
  const auto code = ascii::take_word(line);
  if (!ascii::number<unsigned>(minor) || code.size() != 3) return std::nullopt;
  return ascii::number<int>(code);
}

}  // namespace

const std::string* IcapHead::find(std::string_view name) const {
  const auto field = std::ranges::find_if(fields, [name](const Field& f) { return ascii::equal_nocase(f.name, name); });
  return field == fields.end() ? nullptr : &field->value;
}

bool IcapHead::lists(std::string_view name, std::string_view word) const {
  for (const auto& field : fields) {
    if (!ascii::equal_nocase(field.name, name)) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      if (ascii::equal_nocase(take_item(list), word)) return true;
    }
  }
  return false;
}

std::optional<std::size_t> icap_head_size(std::string_view octets) {
  const auto strict = octets.find("\r\n\r\n");
  const auto lenient = octets.substr(0, strict).find("\n\n");
  if (lenient != std::string_view::npos) return lenient + 2;
  if (strict != std::string_view::npos) return strict + 4;
  return std::nullopt;
}

Result<IcapHead, std::string> parse_icap_head(std::string_view head, std::string_view protocol) {
  const auto first = take_line(head);
  const auto status = status_of(first, protocol);
  if (!status) return fail("unexpected reply: " + printed(first));
  IcapHead out{.status = *status, .fields = {}};
  while (!head.empty()) {
    const auto line = take_line(head);
    if (line.empty()) return out;
    if (ascii::is_blank(line.front()) && !out.fields.empty()) {
      out.fields.back().value.append("\n").append(ascii::trim(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return fail("unexpected header line: " + printed(line));
    if (out.fields.size() == kFieldsMax) return fail(std::string("too many header fields"));
    out.fields.push_back({.name = std::string(ascii::trim(line.substr(0, colon))),
                          .value = std::string(ascii::trim(line.substr(colon + 1)))});
  }
  return fail(std::string("a header without end"));
}

Result<IcapEncapsulated, std::string> icap_encapsulated(const IcapHead& head) {
  const auto* const value = head.find("Encapsulated");
  if (value == nullptr) return IcapEncapsulated{};
  std::string_view list = *value;
  IcapEncapsulated out;
  std::size_t last = 0;
  while (!list.empty()) {
    const auto item = take_item(list);
    const auto equals = item.find('=');
    const auto name = ascii::trim(item.substr(0, equals));
    const auto offset = equals == std::string_view::npos
                            ? std::nullopt
                            : ascii::number<std::size_t>(ascii::trim(item.substr(equals + 1)));
    if (!offset || *offset < last || *offset > kIcapHeadMax) return fail("unexpected Encapsulated: " + printed(*value));
    last = *offset;
    if (!name.ends_with("-body")) continue;
    out = {.http_head = *offset, .body = name != "null-body"};
    if (!ascii::trim(list).empty()) break;  // a body is the last
    return out;
  }
  return fail("unexpected Encapsulated: " + printed(*value));
}

}  // namespace p3scan::scan
