// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "args.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <exception>
#include <span>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"

namespace p3scan::bench {
namespace {

std::uint64_t to_number(std::string_view name, std::string_view text) {
  if (const auto number = ascii::number<std::uint64_t>(text)) return *number;
  throw std::invalid_argument(fmt::format("--{}: '{}' is not a number", name, text));
}

}  // namespace

Args::Args(int argc, char** argv, std::map<std::string, std::string> known) : known_(std::move(known)) {
  const std::span words(argv, static_cast<std::size_t>(argc));
  std::string usage = "arguments:";
  for (const auto& [name, meaning] : known_) usage += fmt::format("\n  --{:<10} {}", name, meaning);
  for (std::size_t i = 1; i < words.size(); i += 2) {
    const std::string name = words[i];
    if (!name.starts_with("--") || !known_.contains(name.substr(2)) || i + 1 == words.size())
      throw std::invalid_argument(fmt::format("{}: not understood; {}", name, usage));
    given_[name.substr(2)] = words[i + 1];
  }
}

std::string Args::text(const std::string& name, const std::string& fallback) const {
  const auto found = given_.find(name);
  return found == given_.end() ? fallback : found->second;
}

std::uint64_t Args::number(const std::string& name, std::uint64_t fallback) const {
  const auto found = given_.find(name);
  return found == given_.end() ? fallback : to_number(name, found->second);
}

std::uint16_t Args::port(const std::string& name) const {
  const auto number_given = number(name, 0);
  if (number_given > UINT16_MAX) throw std::invalid_argument(fmt::format("--{}: no port", name));
  return static_cast<std::uint16_t>(number_given);
}

std::vector<std::uint64_t> Args::numbers(const std::string& name) const {
  std::vector<std::uint64_t> list;
  const auto whole = text(name);
  for (std::string_view rest = whole; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    list.push_back(to_number(name, rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return list;
}

int run_main(int (*body)(int, char**), int argc, char** argv) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  try {
    return body(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", *argv, error.what());
    return 1;
  }
}

}  // namespace p3scan::bench
