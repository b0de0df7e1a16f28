// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "config/check_text.h"
#include "config/given.h"

namespace p3scan::config {
namespace {

bool is_port(std::optional<std::string_view> value) {
  return value && (port_number(*value) || (!value->empty() && ascii::is_digit(value->front())));
}

bool is_numbers(std::optional<std::string_view> value) {
  const auto part_of_list = [](char c) { return ascii::is_digit(c) || ascii::is_blank(c) || c == ','; };
  return !value || std::ranges::all_of(*value, part_of_list);
}

/// A letter that means its own option only before a value like that, and else another one.
struct Homonym {
  char letter;
  std::string_view otherwise;
  bool (*is_own)(std::optional<std::string_view> value);
};
constexpr Homonym kHomonyms[] = {
    {'t', "check", [](std::optional<std::string_view> value) { return value.has_value(); }},
    {'s', "settings", [](std::optional<std::string_view> value) { return value.has_value(); }},
    {'p', "password", is_port},
    {'c', "configfile", is_numbers},
};

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
  /// What a letter could take as its value: the rest of its word, else a next word that is no option.
  std::optional<std::string_view> value_near(std::string_view rest) const {
    if (!rest.empty()) return rest;
    if (next_ < words_.size() && *words_[next_] != '-' && *words_[next_] != '\0') return words_[next_];
    return std::nullopt;
  }

  const Option* option_of(char letter, std::string_view rest) const {
    const auto* const homonym = std::ranges::find(kHomonyms, letter, &Homonym::letter);
    if (homonym == std::end(kHomonyms) || homonym->is_own(value_near(rest))) return find_letter(letter);
    return &option_named(homonym->otherwise);
  }

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
      const auto* option = option_of(letter, letters);
      if (option == nullptr) {
        found_.push_back({.error = fmt::format("Option {} isn't known; see p3scan --help", in_quotes({&letter, 1}))});
        continue;
      }
      Given given{.option = option, .name = fmt::format("-{}", letter)};
      if (needs_value(*option) && !letters.empty())
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
