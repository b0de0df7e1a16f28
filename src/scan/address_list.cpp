// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/address_list.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::size_t kMinText = 3;
constexpr std::size_t kMaxFromLine = 1000;
constexpr std::size_t kMaxUser = 200;

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), ascii::upper);
  return out;
}

/// Takes everything up to `stop` off the front of `text`, and the stop.
std::string_view take_until(std::string_view& text, char stop) {
  const auto piece = text.substr(0, text.find(stop));
  text.remove_prefix(std::min(text.size(), piece.size() + 1));
  return piece;
}

std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1))
    if (at == 0 || ascii::is_space(line[at - 1])) return line.substr(0, at);
  return line;
}

/// The address between brackets at the end; the entry itself if there are none.
std::string_view inside_brackets(std::string_view entry) {
  const auto open = entry.rfind('<');
  if (open == std::string_view::npos || !entry.ends_with('>')) return entry;
  const auto inside = ascii::trim(entry.substr(open + 1, entry.size() - open - 2));
  return inside.contains('@') ? inside : entry;
}

bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }
bool is_one_word(std::string_view text) { return text.find_first_of(" \t<>\"") == std::string_view::npos; }

bool is_host(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && dot != 0 && dot + 1 < text.size() && is_one_word(text);
}

}  // namespace

AddressList AddressList::parse(std::string_view text) {
  AddressList list;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) list.add_line(take_until(text, '\n'));
  return list;
}

void AddressList::add_line(std::string_view line) {
  line = without_comment(line);
  while (!line.empty()) {
    const auto entry = ascii::trim(take_until(line, '|'));
    if (!entry.empty()) add(entry);
  }
}

void AddressList::add(std::string_view entry) {
  if (entry.size() > kMaxEntry) {
    ++dropped_;
    return;
  }
  const auto wanted = has_wildcard(entry) ? entry : inside_brackets(entry);
  if (has_wildcard(wanted)) return add_pattern(wanted);
  const bool address = wanted.contains('@') && is_one_word(wanted) && wanted.size() > 1;
  if (address && !wanted.ends_with('@')) {
    exact_.emplace(upper_case(wanted), entry);
  } else if (!wanted.contains('@') && is_host(wanted)) {
    exact_.emplace("." + upper_case(wanted), entry);
  } else {
    add_text(wanted);
  }
}

void AddressList::add_pattern(std::string_view entry) {
  if (patterns_.size() >= kMaxPatterns) {
    ++dropped_;
    return;
  }
  const bool of_addresses_only = entry.contains('@') && is_one_word(entry);
  patterns_.push_back(
      {.text = upper_case(entry), .written = std::string(entry), .of_line = !of_addresses_only, .of_address = true});
}

void AddressList::add_text(std::string_view entry) {
  if (patterns_.size() >= kMaxPatterns || entry.size() < kMinText) {
    ++dropped_;
    return;
  }
  patterns_.push_back(
      {.text = "*" + upper_case(entry) + "*", .written = std::string(entry), .of_line = true, .of_address = false});
}

std::string_view AddressList::find(std::string_view address, std::string_view line) const {
  const auto whole = upper_case(address);
  if (const auto entry = find_exact(whole); !entry.empty()) return entry;
  const auto shown = upper_case(line.substr(0, kMaxFromLine));
  const auto found = std::ranges::find_if(patterns_, [&](const Pattern& p) {
    return (p.of_address && !whole.empty() && fits(p.text, whole)) || (p.of_line && fits(p.text, shown)) ||
           (p.of_line && fits(p.text, "FROM: " + shown));
  });
  return found == patterns_.end() ? std::string_view{} : std::string_view(found->written);
}

/// The address, its host, and the hosts above that.
std::string_view AddressList::find_exact(const std::string& address) const {
  const auto at = address.rfind('@');
  if (at == std::string::npos) return {};
  const auto get = [this](const std::string& key) {
    const auto found = exact_.find(key);
    return found == exact_.end() ? std::string_view{} : std::string_view(found->second);
  };
  if (const auto entry = get(address); !entry.empty()) return entry;
  if (const auto entry = get(address.substr(at)); !entry.empty()) return entry;
  auto host = address.substr(at);
  host.front() = '.';
  for (std::size_t dot = 0; dot != std::string::npos; dot = host.find('.', dot + 1))
    if (const auto entry = get(host.substr(dot)); !entry.empty()) return entry;
  return {};
}

bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last * seen, which takes up what does not fit
  std::size_t taken = 0;                      // where the text behind it is tried next
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string_view user_file_part(std::string_view user) {
  const bool safe = !user.empty() && user.size() <= kMaxUser && user.front() != '.' && user.front() != '-' &&
                    std::ranges::none_of(user, [](char c) { return c == '/' || ascii::is_control(c); });
  return safe ? user : std::string_view{};
}

}  // namespace p3scan::scan
