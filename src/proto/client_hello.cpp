// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/client_hello.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace p3scan::proto {
namespace {

constexpr std::uint8_t kHandshake = 22;   // content type of a record
constexpr std::uint8_t kClientHello = 1;  // type of a handshake message
constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMessageHeader = 4;
constexpr std::size_t kLongestRecord = 16384;
constexpr std::size_t kRandom = 32;
constexpr std::uint16_t kServerName = 0;
constexpr std::uint16_t kAlpn = 16;
constexpr std::uint16_t kSupportedVersions = 43;
constexpr std::uint16_t kTls10 = 0x0301;
constexpr std::uint16_t kTls12 = 0x0303;
constexpr std::uint16_t kTls13 = 0x0304;
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kMostProtocols = 64;

std::uint8_t octet(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

/// Numbers and vectors off the front of a message; once something is missing nothing more comes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t number(std::size_t octets) {
    std::uint32_t value = 0;
    for (const char c : take(octets)) value = value << 8U | static_cast<std::uint8_t>(c);
    return value;
  }
  std::string_view take(std::size_t octets) {
    good_ = good_ && octets <= bytes_.size();
    if (!good_) return {};
    const auto taken = bytes_.substr(0, octets);
    bytes_.remove_prefix(octets);
    return taken;
  }
  /// A vector with its length in front, in so many octets.
  std::string_view vector(std::size_t length_octets) { return take(number(length_octets)); }

  bool good() const { return good_; }
  bool at_end() const { return bytes_.empty(); }
  bool finished() const { return good_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

bool is_host_name(std::string_view name) {
  const auto allowed = [](char c) { return ascii::is_alnum(c) || c == '.' || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= kLongestName && name.front() != '.' && std::ranges::all_of(name, allowed);
}

/// The first host name of the list; others are of types that nobody defined.
bool read_server_name(std::string_view body, ClientHello& hello) {
  Reader outer(body);
  Reader list(outer.vector(2));
  while (list.good() && !list.at_end()) {
    const auto type = list.number(1);
    const auto name = list.vector(2);
    if (!list.good() || type != 0) continue;
    if (!is_host_name(name) || !hello.server_name.empty()) return false;
    for (const char c : name) hello.server_name += ascii::lower(c);
  }
  return outer.finished() && list.good();
}

bool read_alpn(std::string_view body, ClientHello& hello) {
  Reader outer(body);
  Reader list(outer.vector(2));
  while (list.good() && !list.at_end()) {
    const auto name = list.vector(1);
    if (!list.good() || name.empty() || hello.alpn.size() == kMostProtocols) return false;
    hello.alpn.emplace_back(name);
  }
  return outer.finished() && list.good();
}

/// Values that mean nothing (RFC 8701) and drafts are passed over.
bool read_versions(std::string_view body, ClientHello& hello) {
  Reader outer(body);
  Reader list(outer.vector(1));
  std::uint16_t lowest = 0;
  std::uint16_t highest = 0;
  while (list.good() && !list.at_end()) {
    const auto version = static_cast<std::uint16_t>(list.number(2));
    if (version < kTls10 || version > kTls13) continue;
    lowest = lowest == 0 ? version : std::min(lowest, version);
    highest = std::max(highest, version);
  }
  if (!outer.finished() || !list.good()) return false;
  if (highest == 0) return true;
  hello.lowest = lowest;
  hello.highest = highest;
  return true;
}

bool read_extension(std::uint32_t type, std::string_view body, ClientHello& hello) {
  switch (type) {
    case kServerName: return read_server_name(body, hello);
    case kAlpn: return read_alpn(body, hello);
    case kSupportedVersions: return read_versions(body, hello);
    default: return true;
  }
}

std::optional<ClientHello> read_hello(std::string_view message) {
  Reader in(message);
  const auto version = static_cast<std::uint16_t>(in.number(2));
  in.take(kRandom);
  const auto session = in.vector(1);
  const auto suites = in.vector(2);
  const auto compressions = in.vector(1);
  if (!in.good() || version < 0x0300 || version > 0x03ff || session.size() > 32) return std::nullopt;
  if (suites.size() < 2 || suites.size() % 2 != 0 || compressions.empty()) return std::nullopt;
  ClientHello hello;
  // Without supported_versions the client takes whatever the server chooses up to this.
  hello.highest = std::clamp(version, kTls10, kTls12);
  if (in.at_end()) return hello;
  Reader extensions(in.vector(2));
  if (!in.finished()) return std::nullopt;
  while (extensions.good() && !extensions.at_end()) {
    const auto type = extensions.number(2);
    const auto body = extensions.vector(2);
    if (extensions.good() && !read_extension(type, body, hello)) return std::nullopt;
  }
  if (!extensions.good()) return std::nullopt;
  return hello;
}

/// A record that holds a piece of a handshake, as far as its header is there.
bool fits_record(std::string_view header) {
  if (!header.empty() && octet(header, 0) != kHandshake) return false;
  if (header.size() > 1 && octet(header, 1) != 3) return false;
  if (header.size() > 2 && octet(header, 2) > 4) return false;
  if (header.size() < kRecordHeader) return true;
  const auto length = Reader(header.substr(3)).number(2);
  return length > 0 && length <= kLongestRecord;
}

/// What the message's own header says of its whole length; nothing if it is no ClientHello.
std::optional<std::size_t> message_length(std::string_view message) {
  if (!message.empty() && octet(message, 0) != kClientHello) return std::nullopt;
  if (message.size() < kMessageHeader) return kMessageHeader;
  const auto length = kMessageHeader + Reader(message.substr(1, 3)).number(3);
  if (length > kLongestHello) return std::nullopt;
  return length;
}

/// The next whole record's piece of a handshake message, taken off the front.
Result<std::string_view, HelloError> take_piece(std::string_view& bytes) {
  if (!fits_record(bytes.substr(0, kRecordHeader))) return fail(HelloError::not_tls);
  if (bytes.size() < kRecordHeader) return fail(HelloError::need_more);
  const auto length = Reader(bytes.substr(3, 2)).number(2);
  if (bytes.size() < kRecordHeader + length) return fail(HelloError::need_more);
  const auto piece = bytes.substr(kRecordHeader, length);
  bytes.remove_prefix(kRecordHeader + length);
  return piece;
}

/// The pieces of a message of `length` octets, which are there.
std::string join_pieces(std::string_view bytes, std::size_t length) {
  std::string message;
  message.reserve(length);
  while (message.size() < length) message += take_piece(bytes).value_or(bytes);
  return message;
}

}  // namespace

/// Called again for each octet that arrives, so that nothing is copied before the message is complete.
Result<ClientHello, HelloError> parse_client_hello(std::string_view bytes) {
  const auto all = bytes;
  const auto more = all.size() > kLongestHello ? HelloError::not_tls : HelloError::need_more;
  std::string header;
  for (std::size_t have = 0;;) {
    const auto piece = take_piece(bytes);
    if (!piece) return fail(piece.error() == HelloError::need_more ? more : piece.error());
    have += piece->size();
    header += piece->substr(0, kMessageHeader - std::min(kMessageHeader, header.size()));
    const auto length = message_length(header);
    // Nothing of a handshake may follow a ClientHello before the server has answered.
    if (!length || have > std::max(*length, kMessageHeader)) return fail(HelloError::not_tls);
    if (have < *length || header.size() < kMessageHeader) continue;
    auto hello = read_hello(std::string_view(join_pieces(all, have)).substr(kMessageHeader));
    if (!hello) return fail(HelloError::not_tls);
    return *std::move(hello);
  }
}

std::string_view tls_version_name(std::uint16_t version) {
  switch (version) {
    case 0x0300: return "SSLv3";
    case kTls10: return "TLSv1.0";
    case 0x0302: return "TLSv1.1";
    case kTls12: return "TLSv1.2";
    case kTls13: return "TLSv1.3";
    default: return "an unknown version";
  }
}

}  // namespace p3scan::proto
