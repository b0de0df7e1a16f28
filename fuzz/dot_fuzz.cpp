// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "proto/dot.h"

namespace {

struct Message {
  std::string content;
  std::vector<std::uint64_t> lone_dots;
  std::size_t used = 0;
  bool ended = false;
  bool operator==(const Message&) const = default;
};

/// Reads the first message of `wire` in chunks of `step` octets.
Message read(std::string_view wire, std::size_t step) {
  Message message;
  p3scan::proto::DotReader reader;
  while (message.used < wire.size() && !message.ended) {
    auto view = wire.substr(message.used, step);
    const auto before = view.size();
    std::vector<std::string_view> pieces;
    message.ended = reader.read(view, pieces, message.lone_dots);
    for (const auto piece : pieces) message.content += piece;
    message.used += before - view.size();
  }
  return message;
}

std::string write(const Message& message, std::size_t step) {
  std::string wire;
  p3scan::proto::DotWriter writer;
  const std::string_view content = message.content;
  for (std::size_t at = 0; at < content.size(); at += step) {
    std::vector<std::string_view> pieces;
    writer.write(content.substr(at, step), pieces, message.lone_dots, at);
    for (const auto piece : pieces) wire += piece;
  }
  return wire.append(writer.terminator());
}

}  // namespace

/// Chunked equals whole, and writing what was read gives the wire again.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + (data[0] % 9);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(wire, size);
  if (read(wire, step) != whole) std::abort();
  if (whole.ended && (write(whole, size) != wire.substr(0, whole.used) || write(whole, step) != write(whole, size))) {
    std::abort();
  }
  return 0;
}
