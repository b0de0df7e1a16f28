// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/rspamd.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxSymbols = 100;
constexpr std::size_t kShown = 100;
constexpr std::size_t kMaxField = 320;
constexpr auto kSpamActions =
    std::to_array<std::string_view>({"add header", "rewrite subject", "quarantine", "discard", "reject"});

std::string shown(std::string_view text) {
  std::string out(text.substr(0, kShown));
  std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

double number(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return 0;
  boost::system::error_code ec;
  const auto got = value->to_number<double>(ec);
  return ec || !std::isfinite(got) ? 0 : got;
}

std::string_view text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* string = value != nullptr ? value->if_string() : nullptr;
  return string != nullptr ? std::string_view(*string) : std::string_view{};
}

std::vector<std::string> symbols_of(const json::object& reply) {
  const auto* value = reply.if_contains("symbols");
  const auto* symbols = value != nullptr ? value->if_object() : nullptr;
  if (symbols == nullptr) return {};
  struct Symbol {
    std::string_view name;
    double score;
  };
  std::vector<Symbol> all;
  for (const auto& entry : *symbols) {
    const auto* details = entry.value().if_object();
    const auto score = details != nullptr ? number(*details, "score") : 0;
    if (score != 0) all.push_back({.name = entry.key(), .score = score});
  }
  std::ranges::sort(all, {}, [](const Symbol& s) { return std::pair(-std::abs(s.score), s.name); });
  std::vector<std::string> names;
  for (const auto& symbol : all)
    if (names.size() < kMaxSymbols) names.emplace_back(symbol.name);
  return names;
}

bool is_plain(std::string_view value) {
  return !value.empty() && value.size() <= kMaxField &&
         std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::vector<std::pair<std::string, std::string>> rspamd_fields(const MailFacts& facts, std::string_view user,
                                                               std::string_view sender) {
  std::vector<std::pair<std::string, std::string>> fields;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (is_plain(value)) fields.emplace_back(name, value);
  };
  add("From", sender);
  if (facts.incoming) {
    if (user.contains('@')) add("Rcpt", user);
  } else {
    add("IP", facts.client_ip);
    add("User", user);
  }
  return fields;
}

Result<RspamdReply, std::string> read_rspamd_reply(std::string_view body) {
  if (body.size() > kRspamdReplyMax) return fail(std::string("the reply is too long"));
  boost::system::error_code ec;
  const auto parsed =
      json::parse(json::string_view(body.data(), body.size()), ec, {}, json::parse_options{.max_depth = kMaxDepth});
  const auto* reply = ec ? nullptr : parsed.if_object();
  if (reply == nullptr) return fail(fmt::format("not a reply of rspamd: {}", shown(body)));
  if (const auto error = text(*reply, "error"); !error.empty()) return fail(shown(error));
  const auto action = text(*reply, "action");
  if (action.empty()) return fail(fmt::format("a reply without action: {}", shown(body)));
  const bool spam = std::ranges::any_of(kSpamActions, [&](auto known) { return ascii::equal_nocase(action, known); });
  // What it knows beforehand (GTUBE, a setting) it need not look at, either.
  const auto* skipped = reply->if_contains("is_skipped");
  const bool is_skipped = skipped != nullptr && skipped->is_bool() && skipped->get_bool();
  if (is_skipped && !spam) return fail(std::string("rspamd skipped the mail"));
  return RspamdReply{.spam = spam,
                     .action = shown(action),
                     .score = number(*reply, "score"),
                     .required = number(*reply, "required_score"),
                     .symbols = symbols_of(*reply)};
}

}  // namespace p3scan::scan
