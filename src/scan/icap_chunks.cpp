// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/icap_chunks.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::size_t kLineMax = 4096;

/// "1f;extension": the number, or nothing.
bool parse_size(std::string_view line, std::uint64_t& size) {
  line = ascii::trim(line.substr(0, line.find(';')));
  const auto* const end = line.data() + line.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): its end is given
  const auto parsed = std::from_chars(line.data(), end, size, 16);
  return !line.empty() && parsed.ec == std::errc{} && parsed.ptr == end;
}

}  // namespace

IcapChunks::State IcapChunks::skip(std::string_view& octets) {
  while (!octets.empty() && at_ != At::end && at_ != At::nonsense) {
    if (at_ == At::data) {
      const auto n = std::min<std::uint64_t>(left_, octets.size());
      octets.remove_prefix(static_cast<std::size_t>(n));
      left_ -= n;
      if (left_ == 0) at_ = At::data_end;
      continue;
    }
    take(octets.front());
    octets.remove_prefix(1);
  }
  if (at_ == At::nonsense) return State::nonsense;
  return at_ == At::end ? State::end : State::more;
}

void IcapChunks::take(char c) {
  if (c != '\n') {
    line_ += c;
    if (line_.size() > kLineMax) at_ = At::nonsense;
    return;
  }
  if (line_.ends_with('\r')) line_.pop_back();
  take_line(line_);
  line_.clear();
}

void IcapChunks::take_line(std::string_view line) {
  if (at_ == At::data_end) {
    at_ = line.empty() ? At::size : At::nonsense;
  } else if (at_ == At::trailer) {
    if (line.empty()) at_ = At::end;
  } else if (!parse_size(line, left_)) {
    at_ = At::nonsense;
  } else {
    at_ = left_ == 0 ? At::trailer : At::data;
  }
}

}  // namespace p3scan::scan
