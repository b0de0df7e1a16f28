// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/rules/steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/rules/iptables.h"
#include "app/rules/nft.h"
#include "base/ascii.h"

namespace p3scan::app::rules {
namespace {

using Words = std::vector<std::string>;

std::vector<Family> families(bool ipv6) {
  return ipv6 ? std::vector{Family::ipv4, Family::ipv6} : std::vector{Family::ipv4};
}

/// "ip -4 ..." in words.
Words ip(Family family, std::string_view rest) {
  Words words{"ip", family == Family::ipv4 ? "-4" : "-6"};
  for (auto word = ascii::take_word(rest); !word.empty(); word = ascii::take_word(rest)) words.emplace_back(word);
  return words;
}

Words iptables(Family family, std::string_view rest) {
  Words words{family == Family::ipv4 ? "iptables" : "ip6tables", "-w"};
  for (auto word = ascii::take_word(rest); !word.empty(); word = ascii::take_word(rest)) words.emplace_back(word);
  return words;
}

Question rule_exists(Family family) {
  return {.words = ip(family, fmt::format("rule list priority {}", kRulePriority)), .must_print = true};
}

/// Marked packets are delivered on this host, whatever address they go to.
void route_marked(std::vector<Step>& steps, Family family) {
  steps.push_back({.words = ip(family, fmt::format("route replace local default dev lo table {}", kRouteTable))});
  steps.push_back({.words = ip(family, fmt::format("rule add priority {0} fwmark {1:#x}/{1:#x} lookup {2}",
                                                   kRulePriority, kMark, kRouteTable)),
                   .question = rule_exists(family),
                   .run_if = false});
}

void forget_routes(std::vector<Step>& steps, Family family) {
  steps.push_back({.words = ip(family, fmt::format("rule del priority {}", kRulePriority)),
                   .question = rule_exists(family),
                   .run_if = true});
  const auto table = fmt::format("table {}", kRouteTable);
  steps.push_back({.words = ip(family, "route flush " + table),
                   .question = {.words = ip(family, "route list " + table), .must_print = true},
                   .run_if = true});
}

struct Jump {
  std::string_view from;
  std::string_view to;
};
constexpr Jump kJumps[] = {{.from = "PREROUTING", .to = "P3SCAN"}, {.from = "OUTPUT", .to = "P3SCAN_LOCAL"}};

void jump_to_chains(std::vector<Step>& steps, Family family, std::string_view table) {
  for (const auto& jump : kJumps) {
    const auto rule = fmt::format("{} -j {}", jump.from, jump.to);
    steps.push_back({.words = iptables(family, fmt::format("-t {} -A {}", table, rule)),
                     .question = {.words = iptables(family, fmt::format("-t {} -C {}", table, rule))},
                     .run_if = false});
  }
}

void forget_chains(std::vector<Step>& steps, Family family, std::string_view table) {
  for (const auto& jump : kJumps) {
    const auto rule = fmt::format("{} -j {}", jump.from, jump.to);
    steps.push_back({.words = iptables(family, fmt::format("-t {} -D {}", table, rule)),
                     .question = {.words = iptables(family, fmt::format("-t {} -C {}", table, rule))},
                     .run_if = true});
    const Question exists{.words = iptables(family, fmt::format("-t {} -S {}", table, jump.to))};
    for (const auto* const act : {"-F", "-X"})
      steps.push_back({.words = iptables(family, fmt::format("-t {} {} {}", table, act, jump.to)),
                       .question = exists,
                       .run_if = true});
  }
}

void fill_chains(std::vector<Step>& steps, const Interception& wanted, Family family) {
  const auto* const restore = family == Family::ipv4 ? "iptables-restore" : "ip6tables-restore";
  steps.push_back({.words = {restore, "-w", "--noflush"}, .input = iptables_chains(wanted, family)});
  jump_to_chains(steps, family, iptables_table(wanted));
}

bool plain(char c) { return ascii::is_alnum(c) || std::string_view("-_./:=+,@").contains(c); }

std::string quoted(const std::string& word) {
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string line_of(const Words& words) {
  std::string out;
  for (const auto& word : words) out += fmt::format("{}{}", out.empty() ? "" : " ", quoted(word));
  return out;
}

/// Never false in the end because there was nothing to do: a script with "set -e" goes on.
std::string condition(const Step& step) {
  if (step.question.words.empty()) return {};
  return fmt::format("{}{}{} || ", step.run_if ? "! " : "", line_of(step.question.words),
                     step.question.must_print ? " 2>/dev/null | grep -q ." : " >/dev/null 2>&1");
}

}  // namespace

std::vector<Step> steps_to_apply(Tool tool, const Interception& wanted, bool ipv6) {
  std::vector<Step> steps;
  if (wanted.tproxy)
    for (const auto family : families(ipv6)) route_marked(steps, family);
  if (tool == Tool::nft) steps.push_back({.words = {"nft", "-f", "-"}, .input = nft_rules(wanted)});
  for (const auto family : families(ipv6)) {
    if (tool == Tool::iptables) {
      fill_chains(steps, wanted, family);
      forget_chains(steps, family, wanted.tproxy ? "nat" : "mangle");
    }
    if (!wanted.tproxy) forget_routes(steps, family);
  }
  return steps;
}

std::vector<Step> steps_to_remove(Tool tool, bool ipv6) {
  std::vector<Step> steps;
  if (tool == Tool::nft) steps.push_back({.words = {"nft", "-f", "-"}, .input = nft_removal()});
  for (const auto family : families(ipv6)) {
    if (tool == Tool::iptables)
      for (const auto* const table : {"nat", "mangle"}) forget_chains(steps, family, table);
    forget_routes(steps, family);
  }
  return steps;
}

std::string shell_script(const std::vector<Step>& steps) {
  std::string out;
  for (const auto& step : steps) {
    out += condition(step) + line_of(step.words);
    out += step.input.empty() ? "\n" : fmt::format(" <<'P3SCAN_END'\n{}P3SCAN_END\n", step.input);
  }
  return out;
}

std::string printed(Tool tool, const Interception& wanted) {
  if (tool == Tool::iptables)
    return "#!/bin/sh\n# Redirects mail connections to p3scan. Run by root; may be run again.\nset -e\n" +
           shell_script(steps_to_apply(tool, wanted, true));
  std::string out =
      "#!/usr/sbin/nft -f\n# Redirects mail connections to p3scan. Loaded by root; may be loaded again.\n";
  if (wanted.tproxy) {
    std::vector<Step> routing;
    for (const auto family : families(true)) route_marked(routing, family);
    out += "# Needed besides, once after each boot (p3scan rules --apply does it):\n";
    for (const auto& step : routing) out += "#   " + line_of(step.words) + "\n";
  }
  return out + nft_rules(wanted);
}

}  // namespace p3scan::app::rules
