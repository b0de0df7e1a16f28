// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/leaf_fields.h"

#include <algorithm>

#include "base/ascii.h"
#include "mime/utf8.h"

namespace p3scan::authority {
namespace {

constexpr std::size_t kLongestName = 253;  // RFC 1035, 2.3.4, without the root
constexpr std::size_t kLongestLabel = 63;
/// 0001-01-01 and the end of 9999, between which a certificate can say a date.
constexpr std::int64_t kFirstTime = -62135596800;
constexpr std::int64_t kLastTime = 253402300799;

std::size_t longest(Attribute attribute) {
  switch (attribute) {
    case Attribute::country: return 2;
    case Attribute::state:
    case Attribute::locality: return 128;
    case Attribute::organization:
    case Attribute::unit:
    case Attribute::common_name: return 64;
  }
  return 0;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kLongestLabel || label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) { return ascii::is_alnum(c) || c == '-' || c == '_'; });
}

bool is_letter(char c) { return ascii::is_alnum(c) && !ascii::is_digit(c); }

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

}  // namespace

bool is_subject_value(Attribute attribute, std::string_view value) {
  if (attribute == Attribute::country) return value.size() == 2 && std::ranges::all_of(value, is_letter);
  std::size_t characters = 0;
  while (!value.empty()) {
    const auto length = mime::utf8_length(value);
    if (length == 0 || is_control(mime::utf8_code(value))) return false;
    value.remove_prefix(length);
    ++characters;
  }
  return characters > 0 && characters <= longest(attribute);
}

bool is_dns_name(std::string_view name) {
  if (name.size() > kLongestName) return false;
  const bool wildcard = name.starts_with("*.");
  if (wildcard) name.remove_prefix(2);
  std::size_t labels = 1;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    if (!is_label(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
    ++labels;
  }
  return is_label(name) && (!wildcard || labels > 1);
}

Result<void, std::string> check(const LeafFields& fields) {
  if (fields.public_key.size() != kPublicKey || fields.public_key.front() != 4) return fail(std::string("public key"));
  if (fields.not_before < kFirstTime || fields.not_after > kLastTime || fields.not_after < fields.not_before)
    return fail(std::string("validity"));
  if (fields.subject.size() > kMaxSubject) return fail(std::string("too many subject fields"));
  if (fields.names.size() > kMaxNames) return fail(std::string("too many names"));
  if (fields.addresses.size() > kMaxAddresses) return fail(std::string("too many addresses"));
  if (!std::ranges::all_of(fields.subject, [](const auto& f) { return is_subject_value(f.attribute, f.value); }))
    return fail(std::string("subject field"));
  if (!std::ranges::all_of(fields.names, is_dns_name)) return fail(std::string("name"));
  if (!std::ranges::all_of(fields.addresses, [](const auto& a) { return a.size() == 4 || a.size() == 16; }))
    return fail(std::string("address"));
  if (fields.subject.empty() && fields.names.empty() && fields.addresses.empty())
    return fail(std::string("neither subject nor names"));
  return {};
}

}  // namespace p3scan::authority
