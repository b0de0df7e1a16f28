// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "proto/dot.h"
#include "proto/smtp/line_ends.h"

namespace {

using namespace p3scan::proto;
using namespace p3scan::proto::smtp;

struct Text {
  std::string octets;
  bool good = true;
  bool operator==(const Text&) const = default;
};

Text filter(BareLf mode, Transport transport, std::string_view text, std::size_t step) {
  LineEnds lines(mode, transport);
  Text result;
  std::vector<std::string_view> out;
  const auto take = [&] {
    for (const auto piece : out) result.octets += piece;
    out.clear();
  };
  for (std::size_t at = 0; at < text.size() && result.good; at += step) {
    result.good = lines.add(text.substr(at, step), out);
    take();
  }
  result.good = result.good && lines.finish(out);
  take();
  if (!result.good) result.octets.clear();
  return result;
}

/// True if a reader that drops NULs and ends lines at CR, LF and CRLF would see the end before the end.
bool ends_early(std::string_view content) {
  DotWriter writer;
  std::vector<std::string_view> pieces;
  writer.write(content, pieces);
  std::string line;
  for (const auto piece : pieces) {
    for (const char c : piece) {
      if (c == '\0') continue;
      if (c != '\r' && c != '\n') {
        line += c;
        continue;
      }
      if (line == ".") return true;
      line.clear();
    }
  }
  return line == ".";
}

bool has_bare(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return true;
    if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return true;
  }
  return false;
}

}  // namespace

/// In every mode: chunked equals whole and no reader sees an early end. normalize: idempotent, no bare CR or LF left.
/// reject and pass: nothing changes.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = 1 + (data[0] % 9);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const auto mode : {BareLf::normalize, BareLf::reject, BareLf::pass}) {
    for (const auto transport : {Transport::dotted, Transport::counted}) {
      const auto whole = filter(mode, transport, text, size);
      if (filter(mode, transport, text, step) != whole) std::abort();
      if (!whole.good) continue;
      if (transport == Transport::dotted && ends_early(whole.octets)) std::abort();
      if (mode != BareLf::pass && has_bare(whole.octets)) std::abort();
      if (mode != BareLf::normalize && whole.octets != text) std::abort();
      if (filter(mode, transport, whole.octets, size) != whole) std::abort();
    }
    if (mode == BareLf::normalize && !filter(mode, Transport::dotted, text, size).good) std::abort();
  }
  return 0;
}
