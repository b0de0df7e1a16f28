// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include "base/ascii.h"
#include "config/given.h"

namespace p3scan::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  std::vector<Given> run() {
    while (!rest_.empty()) {
      const auto end = rest_.find('\n');
      const auto line = ascii::trim(rest_.substr(0, end));
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
      ++number_;
      take(comment_began_ == 0 ? line : after_comment(line));
    }
    // To ignore the rest of the file would be the worst way to read it.
    if (comment_began_ != 0)
      found_.push_back(
          {.line = comment_began_, .error = "The comment that begins here has no end: add a line with */"});
    return std::move(found_);
  }

 private:
  std::string_view after_comment(std::string_view line) {
    const auto end = line.find("*/");
    if (end == std::string_view::npos) return {};
    comment_began_ = 0;
    return ascii::trim(line.substr(end + 2));
  }

  void take(std::string_view line) {
    while (line.starts_with("/*")) {
      comment_began_ = number_;
      line = after_comment(line.substr(2));
    }
    if (line.empty() || line.starts_with("//") || line.find_first_of("#;=") == 0) return;
    const auto name = line.substr(0, line.find_first_of(" =\t"));
    const auto begin = line.find_first_not_of(" =\t", name.size());
    const auto match = find_option(name);
    if (match.option == nullptr) {
      // To look for the nearest name takes a while, and nobody reads more than this many.
      found_.push_back({.line = number_, .error = ++unknown_ > kMaxErrors ? "?" : unknown_option(name, match)});
      return;
    }
    Given given{.option = match.option, .name = std::string(name), .line = number_};
    if (begin != std::string_view::npos)
      given.value = line.substr(begin);
    else if (name.size() < line.size())
      given.value = "";  // "key =": not the same as "key"
    found_.push_back(std::move(given));
  }

  std::string_view rest_;
  std::size_t number_ = 0;
  std::size_t unknown_ = 0;
  std::size_t comment_began_ = 0;  // line; 0 = not in a comment
  std::vector<Given> found_;
};

}  // namespace

std::vector<Given> split_file(std::string_view text) { return Lines(text).run(); }

}  // namespace p3scan::config
