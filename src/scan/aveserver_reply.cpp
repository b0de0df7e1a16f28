// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/aveserver_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "scan/avpd_reply.h"
#include "scan/printed.h"

namespace p3scan::scan {
namespace {

constexpr std::size_t kLineMax = 8192;
constexpr std::size_t kLinesMax = 10'000;
constexpr std::size_t kCode = 3;
constexpr std::size_t kText = 4;  // where it begins

bool has_code(std::string_view line) {
  return line.size() >= kCode && std::ranges::all_of(line.substr(0, kCode), ascii::is_digit) &&
         (line.size() == kCode || line[kCode] == '-' || line[kCode] == ' ');
}

}  // namespace

std::string aveserver_request(std::string_view path) {
  auto out = fmt::format("SCAN xmQPRSTUWabcdefghi {}\r\n", path);
  out += '\0';
  return out;
}

std::optional<std::string> AveserverReader::line() {
  const auto end = octets_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  auto text = octets_.substr(0, end);
  octets_.erase(0, end + 1);
  if (text.ends_with('\r')) text.pop_back();
  // A NUL ended the request; some send one back.
  text.erase(0, std::min(text.find_first_not_of('\0'), text.size()));
  return text;
}

std::optional<Verdict> AveserverReader::answer() {
  while (const auto text = line()) {
    ++lines_;
    if (auto verdict = judge(*text)) {
      lines_ = 0;
      verdict_ = Clean{};
      return verdict;
    }
  }
  if (octets_.size() > kLineMax || lines_ > kLinesMax) return Failed{engine_ + ": an endless reply"};
  return std::nullopt;
}

std::optional<Verdict> AveserverReader::judge(std::string_view line) {
  const auto text = line.substr(std::min(line.size(), kText));
  const auto failed = [&] { return Failed{fmt::format("{}: unexpected reply: {}", engine_, printed(line))}; };
  if (!has_code(line)) return combine(std::move(verdict_), failed());
  const bool last = line.size() == kCode || line[kCode] == ' ';
  if (line[2] == '2' && line[0] != '5') {
    verdict_ = combine(std::move(verdict_), Infected{.name = kaspersky_virus_name(text, path_), .engine = engine_});
  } else if (line[2] != '0' || line[0] == '5' || (last && line[0] != '2')) {
    verdict_ = combine(std::move(verdict_), failed());
  }
  if (!last) return std::nullopt;
  return std::move(verdict_);
}

}  // namespace p3scan::scan
