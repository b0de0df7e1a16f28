// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/verdict.h"

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace p3scan::scan {
namespace {

/// How much a verdict outweighs another one; by position in the variant.
constexpr std::array<int, std::variant_size_v<Verdict>> kWeight = {0, 3, 1, 2};

constexpr std::array<std::string_view, std::variant_size_v<Verdict>> kNames = {"clean", "infected", "unscannable",
                                                                               "failed"};

void join(std::string& a, std::string_view b, std::string_view between) {
  if (a == b || b.empty()) return;
  if (!a.empty()) a += between;
  a += b;
}

void merge(Clean& /*a*/, const Clean& /*b*/) {}
void merge(Infected& a, const Infected& b) {
  join(a.name, b.name, " & ");
  join(a.engine, b.engine, " & ");
  if (a.notification.empty()) a.notification = b.notification;
}
void merge(Unscannable& a, const Unscannable& b) { join(a.reason, b.reason, "; "); }
void merge(Failed& a, const Failed& b) { join(a.reason, b.reason, "; "); }

}  // namespace

Verdict combine(Verdict a, Verdict b) {
  if (a.index() != b.index()) return kWeight.at(a.index()) > kWeight.at(b.index()) ? std::move(a) : std::move(b);
  std::visit([&](auto& kept) { merge(kept, std::get<std::decay_t<decltype(kept)>>(b)); }, a);
  return a;
}

std::string_view kind_name(const Verdict& verdict) { return kNames.at(verdict.index()); }

}  // namespace p3scan::scan
