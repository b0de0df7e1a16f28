// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/policy.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "scan/verdict.h"

namespace p3scan::scan {
namespace {

using Kind = Decision::Kind;

constexpr std::size_t kMaxReply = 200;  // RFC 5321 4.5.3.1.5 allows 512 octets, the code and other words included
constexpr std::string_view kTryLater = "The message could not be scanned, try again later";

/// Engines repeat words of a hostile message in their reasons; a reply must stay one line of ASCII.
std::string reply_text(std::string text) {
  if (text.size() > kMaxReply) text.resize(kMaxReply);
  std::ranges::replace_if(text, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text;
}

std::string cannot_scan(const Unscannable& found) {
  return found.reason.empty() ? "The message can not be scanned" : "The message can not be scanned: " + found.reason;
}

struct Rules {
  Way way;
  const Policy* policy;

  Decision operator()(const Clean& /*found*/) const { return {.kind = Kind::deliver, .text = {}}; }

  Decision operator()(const Infected& found) const {
    if (way == Way::outgoing) return {.kind = Kind::refuse, .text = reply_text(policy->refusal)};
    return {.kind = Kind::replace, .text = found.name.empty() ? std::string(kUnnamedVirus) : found.name};
  }

  Decision operator()(const Unscannable& found) const {
    switch (policy->on_unscannable) {
      case OnUnscannable::deliver_marked: return {.kind = Kind::deliver_marked, .text = found.reason};
      case OnUnscannable::notify:
        if (way == Way::outgoing) return {.kind = Kind::refuse, .text = reply_text(cannot_scan(found))};
        return {.kind = Kind::replace, .text = cannot_scan(found)};
      case OnUnscannable::tempfail: return {.kind = Kind::tempfail, .text = std::string(kTryLater)};
      case OnUnscannable::reject: return {.kind = Kind::refuse, .text = reply_text(cannot_scan(found))};
    }
    return {.kind = Kind::tempfail, .text = std::string(kTryLater)};
  }

  Decision operator()(const Failed& found) const {
    if (policy->on_failure != OnFailure::deliver) return {.kind = Kind::tempfail, .text = std::string(kTryLater)};
    // The reason names sockets and hosts of this house, which is nobody's business outside of it.
    return {.kind = Kind::deliver_marked, .text = way == Way::incoming ? found.reason : "the scanner failed"};
  }
};

}  // namespace

Decision decide(const Verdict& verdict, Way way, const Policy& policy) {
  return std::visit(Rules{.way = way, .policy = &policy}, verdict);
}

}  // namespace p3scan::scan
