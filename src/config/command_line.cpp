// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include "config/given.h"

namespace p3scan::config {
namespace {

class Splitter {
 public:
  explicit Splitter(std::span<const char* const> words) : words_(words) {}

  std::vector<Given> run() {
    bool only_words = false;
    while (next_ < words_.size()) {
      const std::string_view word = words_[next_++];
      if (only_words || !word.starts_with('-') || word == "-") {
        found_.push_back({.error = fmt::format("Unknown option {}", in_quotes(word))});
      } else if (word == "--") {
        only_words = true;
      } else if (word.starts_with("--")) {
        long_option(word.substr(2));
      } else {
        short_options(word.substr(1));
      }
    }
    return std::move(found_);
  }

 private:
  bool word_follows() const { return next_ < words_.size() && *words_[next_] != '-' && *words_[next_] != '\0'; }

  static bool needs_value(const Option& option) { return option.takes_value() && option.bare.empty(); }

  void long_option(std::string_view text) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    const auto match = find_option(name);
    if (match.option == nullptr) {
      found_.push_back({.error = unknown_option(name, match)});
      return;
    }
    Given given{.option = match.option, .name = "--" + std::string(name)};
    if (equals != std::string_view::npos)
      given.value = text.substr(equals + 1);
    else if (needs_value(*match.option) && next_ < words_.size())
      given.value = words_[next_++];
    found_.push_back(std::move(given));
  }

  void short_options(std::string_view letters) {
    while (!letters.empty()) {
      const char letter = letters.front();
      letters.remove_prefix(1);
      const auto* option =
          letter == 't' && letters.empty() && !word_follows() ? &option_named("check") : find_letter(letter);
      if (option == nullptr) {
        found_.push_back({.error = fmt::format("Option {} isn't known; see p3scan --help", in_quotes({&letter, 1}))});
        continue;
      }
      Given given{.option = option, .name = fmt::format("-{}", letter)};
      if (option->takes_value() && !letters.empty())
        given.value = std::exchange(letters, {});
      else if (needs_value(*option) && next_ < words_.size())
        given.value = words_[next_++];
      found_.push_back(std::move(given));
    }
  }

  std::span<const char* const> words_;
  std::size_t next_ = 0;
  std::vector<Given> found_;
};

}  // namespace

std::vector<Given> split_command_line(std::span<const char* const> argv) {
  return Splitter(argv.subspan(argv.empty() ? 0 : 1)).run();
}

std::string unknown_option(std::string_view name, const Match& match) {
  if (!match.candidates.empty())
    return fmt::format("Option {} is ambiguous: write out one of {}", in_quotes(name), match.candidates);
  const auto nearest = nearest_name(name);
  if (nearest.empty())
    return fmt::format("Option {} isn't known; see p3scan --help or p3scan.conf(5)", in_quotes(name));
  return fmt::format("Option {} isn't known; did you mean '{}'?", in_quotes(name), nearest);
}

}  // namespace p3scan::config
