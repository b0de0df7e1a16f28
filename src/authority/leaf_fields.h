// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace p3scan::authority {

/// The fields of a subject (X.520) that a leaf certificate takes over; others stay away. The numbers are those of the
/// signer's wire.
enum class Attribute : std::uint8_t { country = 1, state, locality, organization, unit, common_name };

struct SubjectField {
  Attribute attribute = Attribute::common_name;
  std::string value;  // UTF-8
  bool operator==(const SubjectField&) const = default;
};

/// What the gateway says about a server's certificate to have one like it.
struct LeafFields {
  bool trusted = false;         // signed by the CA that clients trust; else by the one that nobody does
  std::string public_key;       // of the leaf: a point of P-256, uncompressed (SEC 1, 2.3.3)
  std::int64_t not_before = 0;  // seconds since 1970
  std::int64_t not_after = 0;
  std::vector<SubjectField> subject;   // in the order of the certificate
  std::vector<std::string> names;      // dNSName (RFC 5280, 4.2.1.6)
  std::vector<std::string> addresses;  // iPAddress, 4 or 16 octets
  bool operator==(const LeafFields&) const = default;
};

constexpr std::size_t kPublicKey = 65;  // octets
constexpr std::size_t kMaxSubject = 16;
constexpr std::size_t kMaxNames = 256;
constexpr std::size_t kMaxAddresses = 64;

/// As RFC 5280, appendix A.1 (ub-...), has it: characters, of which none controls anything. Country: two letters.
bool is_subject_value(Attribute attribute, std::string_view value);

/// A host name of letters, digits, hyphens and underscores; its first label may be a lone asterisk before two others.
bool is_dns_name(std::string_view name);

/// Whether all of that is within the limits and means something. The error names the field, never its content.
Result<void, std::string> check(const LeafFields& fields);

}  // namespace p3scan::authority
