// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/dot.h"

#include <algorithm>

namespace p3scan::proto {
namespace {

constexpr std::string_view kDot = ".";
constexpr std::string_view kCr = "\r";

}  // namespace

/// Goes over octets that are content as they are, up to a dot that starts a line or the end. Returns where it stopped.
std::size_t DotReader::read_text(std::string_view wire, std::size_t at) {
  auto from = at;
  bool line_start = state_ == State::line_start;
  while (from < wire.size()) {
    if (line_start && wire[from] == '.') break;
    const auto lf = wire.find('\n', from);
    if (lf == std::string_view::npos) {
      line_start = false;
      from = wire.size();
      break;
    }
    line_start = lf > at ? wire[lf - 1] == '\r' : state_ == State::cr;
    from = lf + 1;
  }
  if (from > at) {
    state_ = line_start ? State::line_start : State::text;
    if (wire[from - 1] == '\r') state_ = State::cr;
    octets_ += from - at;
  }
  return from;
}

/// Decides about a withheld dot by the octet after it (or after its CR). True: that octet ended the message.
bool DotReader::after_dot(char c, std::vector<std::uint64_t>& lone_dots) {
  if (state_ == State::dot && c == '\r') {
    state_ = State::dot_cr;
    return false;
  }
  if (state_ == State::dot_cr && c == '\n') {
    reset();
    return true;
  }
  if (state_ == State::dot_cr || c != '.') lone_dots.push_back(octets_);
  state_ = state_ == State::dot_cr ? State::cr : State::text;
  return false;
}

bool DotReader::read(std::string_view& wire, std::vector<std::string_view>& content,
                     std::vector<std::uint64_t>& lone_dots) {
  std::size_t at = 0;
  while (at < wire.size()) {
    const auto held = state_;
    if ((held == State::dot || held == State::dot_cr) && after_dot(wire[at], lone_dots)) {
      wire.remove_prefix(at + 1);
      return true;
    }
    if (state_ == State::dot_cr) {  // after_dot takes the CR and waits for the octet behind it
      ++at;
      continue;
    }
    if (held == State::dot_cr) {
      content.push_back(kCr);
      ++octets_;
    }
    const auto stop = read_text(wire, at);
    if (stop > at) content.push_back(wire.substr(at, stop - at));
    at = stop;
    if (at < wire.size()) {  // read_text stopped at a dot
      state_ = State::dot;
      ++at;
    }
  }
  wire.remove_prefix(at);
  return false;
}

void DotWriter::write_part(std::string_view content, std::vector<std::string_view>& wire) {
  std::size_t done = 0;
  std::size_t from = 0;
  bool line_start = state_ == State::line_start;
  while (from < content.size()) {
    if (line_start && content[from] == '.') {
      if (from > done) wire.push_back(content.substr(done, from - done));
      wire.push_back(kDot);
      done = from;
    }
    const auto lf = content.find('\n', from);
    line_start = lf != std::string_view::npos && (lf > 0 ? content[lf - 1] == '\r' : state_ == State::cr);
    from = lf == std::string_view::npos ? content.size() : lf + 1;
  }
  if (content.empty()) return;
  wire.push_back(content.substr(done));
  state_ = line_start ? State::line_start : State::text;
  if (content.ends_with('\r')) state_ = State::cr;
}

void DotWriter::write(std::string_view content, std::vector<std::string_view>& wire,
                      std::span<const std::uint64_t> lone_dots, std::uint64_t offset) {
  for (auto dot = std::ranges::lower_bound(lone_dots, offset); dot != lone_dots.end(); ++dot) {
    if (*dot - offset >= content.size()) break;
    write_part(content.substr(0, *dot - offset), wire);
    content.remove_prefix(*dot - offset);
    offset = *dot;
    wire.push_back(kDot);
    state_ = State::text;  // the dot is there already: the next octet is not doubled
  }
  write_part(content, wire);
}

}  // namespace p3scan::proto
