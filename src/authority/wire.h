// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authority/leaf_fields.h"

// What gateway and signer say to each other: one packet each, numbers with their highest octet first. Decoders take
// exactly one whole packet that is right in every octet, or nothing.
namespace p3scan::authority {

/// Octets of a packet of either kind; the largest request fits, and so does the certificate that answers it.
constexpr std::size_t kMaxWire = std::size_t{64} * 1024;

struct Request {
  std::uint64_t number = 0;  // the answer bears it
  LeafFields fields;
  bool operator==(const Request&) const = default;
};

enum class Answered : std::uint8_t {
  certificate = 1,  // text is the leaf in DER
  refused = 2,      // text says why
  busy = 3,         // more signatures were asked for than the signer gives; no text
};

struct Answer {
  std::uint64_t number = 0;
  Answered kind = Answered::refused;
  std::string text;
  bool operator==(const Answer&) const = default;
};

/// The signer's first packet: its two CA certificates in DER.
struct Greeting {
  std::string trusted;
  std::string untrusted;
  bool operator==(const Greeting&) const = default;
};

/// Nothing when the fields break the rules of check() or outgrow the packet.
std::optional<std::string> encode_request(const Request& request);
std::optional<Request> decode_request(std::string_view packet);

std::string encode_answer(const Answer& answer);
std::optional<Answer> decode_answer(std::string_view packet);

std::string encode_greeting(const Greeting& greeting);
std::optional<Greeting> decode_greeting(std::string_view packet);

}  // namespace p3scan::authority
