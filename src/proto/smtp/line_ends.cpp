// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp/line_ends.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace p3scan::proto::smtp {
namespace {

constexpr std::string_view kCrlf = "\r\n";
constexpr std::string_view kCr = "\r";
constexpr std::array<char, 1024> kNuls{};

}  // namespace

/// What one call of add() has written. Octets before `done` are in `out`, taken out, or kept back.
struct LineEnds::Output {
  std::string_view piece;
  std::vector<std::string_view>& out;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  std::size_t done = 0;

  void copy_to(std::size_t end) {
    if (end > done) out.push_back(piece.substr(done, end - done));
    done = std::max(done, end);
  }
  /// Puts `text` in the place of the octets up to `end`, which have not been copied.
  void put(std::string_view text, std::size_t end) {
    out.push_back(text);
    done = end;
  }
};

bool LineEnds::add(std::string_view piece, std::vector<std::string_view>& out) {
  Output output{piece, out};
  std::size_t lf = 0;  // the next LF; kept, so that many CRs don't search for it again and again
  for (std::size_t at = 0; at < piece.size(); ++at) {
    if (at_ == At::text) {
      if (lf < at || lf == 0) lf = std::min(piece.find('\n', at), piece.size());
      at += std::min(piece.substr(at, lf - at).find('\r'), lf - at);
      if (at == piece.size()) break;
    }
    if (!step(output, at)) return false;
  }
  if (at_ == At::cr && !held_cr_ && !piece.empty()) {
    output.copy_to(piece.size() - 1);
    held_cr_ = true;
  } else {
    output.copy_to(piece.size());
  }
  return true;
}

bool LineEnds::step(Output& output, std::size_t at) {
  const char c = output.piece[at];
  if (at_ == At::cr) {
    if (c == '\n') {
      if (held_cr_) output.put(kCrlf, at + 1);
      held_cr_ = false;
      at_ = At::fresh;
      return true;
    }
    if (!end_cr(output, at)) return false;
  }
  if (c == '\r' || c == '\n') return end_line(output, at);
  go_on(output, at);
  return true;
}

/// The CR before `at` turned out to be a bare one.
bool LineEnds::end_cr(Output& output, std::size_t at) {
  if (mode_ == BareLf::reject) return false;
  if (mode_ == BareLf::normalize) {
    if (!held_cr_) output.copy_to(at - 1);
    output.put(kCrlf, at);
  } else if (held_cr_) {
    output.put(kCr, at);
  }
  held_cr_ = false;
  at_ = mode_ == BareLf::normalize ? At::fresh : At::bare;
  return true;
}

/// A CR, or an LF without one before it.
bool LineEnds::end_line(Output& output, std::size_t at) {
  if (at_ == At::dot) return false;
  if (at_ == At::nuls) release_nuls(output.out);
  if (output.piece[at] == '\r') {
    at_ = At::cr;
    return true;
  }
  at_ = At::bare;
  if (mode_ != BareLf::normalize) return mode_ == BareLf::pass;
  output.copy_to(at);
  output.put(kCrlf, at + 1);
  at_ = At::fresh;
  return true;
}

/// An octet that ends no line.
void LineEnds::go_on(Output& output, std::size_t at) {
  const char c = output.piece[at];
  const bool line_start = at_ == At::fresh || at_ == At::bare || at_ == At::nuls;
  if (dotted_ && line_start && c == '\0') {
    output.copy_to(at);
    output.done = at + 1;
    ++held_nuls_;
    at_ = At::nuls;
    return;
  }
  if (at_ == At::dot && c == '\0') return;
  const bool dot = dotted_ && c == '.' && (at_ == At::bare || at_ == At::nuls);
  if (at_ == At::nuls) {
    if (dot && mode_ == BareLf::normalize) held_nuls_ = 0;
    release_nuls(output.out);
  }
  // Without the NULs the dot starts a line, which dot-stuffing protects.
  at_ = dot && mode_ != BareLf::normalize ? At::dot : At::text;
}

void LineEnds::release_nuls(std::vector<std::string_view>& out) {
  for (; held_nuls_ > 0; held_nuls_ -= std::min<std::uint64_t>(held_nuls_, kNuls.size()))
    out.emplace_back(kNuls.data(), std::min<std::uint64_t>(held_nuls_, kNuls.size()));
}

bool LineEnds::finish(std::vector<std::string_view>& out) {
  if (at_ == At::dot) return false;
  if (at_ == At::nuls) release_nuls(out);
  if (at_ != At::cr) return true;
  if (mode_ == BareLf::reject) return false;
  out.push_back(mode_ == BareLf::normalize ? kCrlf : kCr);
  return true;
}

}  // namespace p3scan::proto::smtp
