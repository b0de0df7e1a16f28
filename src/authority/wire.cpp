// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/wire.h"

#include <concepts>
#include <utility>

namespace p3scan::authority {
namespace {

template <std::unsigned_integral Int>
void put(std::string& out, Int value) {
  for (int shift = static_cast<int>(sizeof value - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<unsigned char>(value >> shift));
}

template <std::unsigned_integral Length>
void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<Length>(text.size()));
  out += text;
}

/// Takes from the front; once something is missing, everything is.
class Reader {
 public:
  explicit Reader(std::string_view packet) : rest_(packet) {}

  template <std::unsigned_integral Int>
  Int number() {
    std::uint64_t value = 0;
    for (const char c : text(sizeof(Int))) value = (value << 8) | static_cast<unsigned char>(c);
    return static_cast<Int>(value);
  }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) {
      broken_ = true;
      rest_ = {};
      return {};
    }
    const auto front = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return front;
  }
  template <std::unsigned_integral Length>
  std::string short_text() {
    return std::string(text(number<Length>()));
  }
  std::string rest() { return std::string(text(rest_.size())); }

  bool broken() const { return broken_; }
  bool whole() const { return !broken_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool broken_ = false;
};

/// So that a count alone reserves no memory, each round looks whether there is anything left.
template <class Take>
void repeat(Reader& reader, std::size_t count, Take take) {
  for (std::size_t i = 0; i < count && !reader.broken(); ++i) take();
}

LeafFields take_fields(Reader& reader, std::uint8_t trusted) {
  LeafFields fields;
  fields.trusted = trusted == 1;
  fields.public_key = reader.text(kPublicKey);
  fields.not_before = static_cast<std::int64_t>(reader.number<std::uint64_t>());
  fields.not_after = static_cast<std::int64_t>(reader.number<std::uint64_t>());
  repeat(reader, reader.number<std::uint8_t>(), [&] {
    const auto attribute = static_cast<Attribute>(reader.number<std::uint8_t>());
    fields.subject.push_back({attribute, reader.short_text<std::uint16_t>()});
  });
  repeat(reader, reader.number<std::uint16_t>(), [&] { fields.names.push_back(reader.short_text<std::uint8_t>()); });
  repeat(reader, reader.number<std::uint8_t>(), [&] { fields.addresses.push_back(reader.short_text<std::uint8_t>()); });
  return fields;
}

}  // namespace

std::optional<std::string> encode_request(const Request& request) {
  const auto& fields = request.fields;
  if (!check(fields)) return std::nullopt;
  std::string out;
  put(out, request.number);
  put(out, static_cast<std::uint8_t>(fields.trusted ? 1 : 0));
  out += fields.public_key;
  put(out, static_cast<std::uint64_t>(fields.not_before));
  put(out, static_cast<std::uint64_t>(fields.not_after));
  put(out, static_cast<std::uint8_t>(fields.subject.size()));
  for (const auto& field : fields.subject) {
    put(out, static_cast<std::uint8_t>(field.attribute));
    put_text<std::uint16_t>(out, field.value);
  }
  put(out, static_cast<std::uint16_t>(fields.names.size()));
  for (const auto& name : fields.names) put_text<std::uint8_t>(out, name);
  put(out, static_cast<std::uint8_t>(fields.addresses.size()));
  for (const auto& address : fields.addresses) put_text<std::uint8_t>(out, address);
  if (out.size() > kMaxWire / 2) return std::nullopt;
  return out;
}

std::optional<Request> decode_request(std::string_view packet) {
  if (packet.size() > kMaxWire / 2) return std::nullopt;
  Reader reader(packet);
  Request request{.number = reader.number<std::uint64_t>(), .fields = {}};
  const auto trusted = reader.number<std::uint8_t>();
  request.fields = take_fields(reader, trusted);
  if (!reader.whole() || trusted > 1 || !check(request.fields)) return std::nullopt;
  return request;
}

std::string encode_answer(const Answer& answer) {
  std::string out;
  put(out, answer.number);
  put(out, static_cast<std::uint8_t>(answer.kind));
  out += answer.text;
  return out;
}

std::optional<Answer> decode_answer(std::string_view packet) {
  if (packet.size() > kMaxWire) return std::nullopt;
  Reader reader(packet);
  Answer answer;
  answer.number = reader.number<std::uint64_t>();
  const auto kind = reader.number<std::uint8_t>();
  answer.text = reader.rest();
  const bool known = kind >= std::to_underlying(Answered::certificate) && kind <= std::to_underlying(Answered::busy);
  if (!reader.whole() || !known) return std::nullopt;
  answer.kind = static_cast<Answered>(kind);
  if (answer.text.empty() != (answer.kind == Answered::busy)) return std::nullopt;
  return answer;
}

std::string encode_greeting(const Greeting& greeting) {
  std::string out;
  put_text<std::uint16_t>(out, greeting.trusted);
  put_text<std::uint16_t>(out, greeting.untrusted);
  return out;
}

std::optional<Greeting> decode_greeting(std::string_view packet) {
  Reader reader(packet);
  Greeting greeting{.trusted = reader.short_text<std::uint16_t>(), .untrusted = reader.short_text<std::uint16_t>()};
  if (!reader.whole() || greeting.trusted.empty() || greeting.untrusted.empty()) return std::nullopt;
  return greeting;
}

}  // namespace p3scan::authority
