// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cassert>
#include <numeric>
#include <vector>

#include "base/ascii.h"
#include "config/option.h"

namespace p3scan::config {
namespace {

constexpr std::size_t kMaxName = 64;  // no known name is longer; bounds the work on a mistyped one

template <class Visit>
void for_each_option(Visit visit) {
  for (const auto& option : options()) visit(option);
}

bool is_called(const Option& option, std::string_view name) {
  return option.name == name || (!name.empty() && std::ranges::find(option.aliases, name) != option.aliases.end());
}

bool begins_with(const Option& option, std::string_view start) {
  const auto fits = [start](std::string_view name) { return name.starts_with(start); };
  return fits(option.name) || std::ranges::any_of(option.aliases, fits);
}

/// The number of letters to insert, drop, change or swap with their neighbour, ignoring case: the
/// optimal string alignment distance. Three rows of the matrix are enough.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  // NOLINTNEXTLINE(modernize-use-ranges): libstdc++ 12 has no std::ranges::iota
  std::iota(row.begin(), row.end(), 0U);
  const auto same = [&](std::size_t i, std::size_t j) { return ascii::upper(a[i]) == ascii::upper(b[j]); };
  for (std::size_t i = 0; i < a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j] + (same(i, j) ? 0 : 1), above[j + 1] + 1, row[j] + 1});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j)) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

std::string names_of(const std::vector<const Option*>& found) {
  std::string names;
  for (const auto* option : found) names.append(names.empty() ? "" : ", ").append(option->name);
  return names;
}

}  // namespace

Match find_option(std::string_view name) {
  const Option* exact = nullptr;
  std::vector<const Option*> found;
  for_each_option([&](const Option& option) {
    if (is_called(option, name)) exact = &option;
    if (!name.empty() && option.section != Section::hidden && begins_with(option, name)) found.push_back(&option);
  });
  if (exact != nullptr) return {exact, {}};
  if (found.size() > 1) {
    // What was unambiguous in 2.3.2 stays so, however many options came later.
    const auto is_old = [name](const Option* option) { return option->of_2_3_2 && option->name.starts_with(name); };
    if (std::ranges::count_if(found, is_old) == 1) return {*std::ranges::find_if(found, is_old), {}};
    return {nullptr, names_of(found)};
  }
  return {found.empty() ? nullptr : found.front(), {}};
}

const Option* find_letter(char letter) {
  const Option* found = nullptr;
  for_each_option([&](const Option& option) {
    if (letter != 0 && option.letter == letter) found = &option;
  });
  return found;
}

const Option& option_named(std::string_view exact_name) {
  const auto found = std::ranges::find(options(), exact_name, &Option::name);
  assert(found != options().end());
  return *found;
}

std::string_view nearest_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName) return {};
  std::string_view nearest;
  auto best = std::max<std::size_t>(name.size() / 3, 1) + 1;  // further away is no mistyping
  const auto consider = [&](std::string_view known) {
    if (known.empty()) return;
    if (const auto distance = edit_distance(name, known); distance < best) {
      best = distance;
      nearest = known;
    }
  };
  for_each_option([&](const Option& option) {
    if (option.section == Section::hidden) return;
    consider(option.name);
    std::ranges::for_each(option.aliases, consider);
  });
  return nearest;
}

std::string_view word_of(Compat kind) {
  switch (kind) {
    case Compat::fresh: return "new";
    case Compat::same: return "same";
    case Compat::repaired: return "repaired";
    case Compat::no_effect: return "no-effect";
  }
  return "";
}

std::string_view title_of(Section section) {
  switch (section) {
    case Section::interception: return "Interception";
    case Section::protocol: return "Protocols";
    case Section::tls: return "TLS";
    case Section::scanning: return "Scanning";
    case Section::policy: return "Policies";
    case Section::attachment: return "Attachments";
    case Section::spam: return "Spam";
    case Section::html: return "HTML";
    case Section::lists: return "Lists of senders";
    case Section::notification: return "Notification";
    case Section::outcome: return "Outcome";
    case Section::time: return "Time";
    case Section::limits: return "Limits";
    case Section::spool: return "Spool";
    case Section::daemon: return "Daemon";
    case Section::command: return "Command line only";
    case Section::hidden: return "";
  }
  return "";
}

}  // namespace p3scan::config
