// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/policy.h"

#include <algorithm>
#include <string_view>

namespace p3scan::scan {
namespace {

using Kind = Decision::Kind;

constexpr std::size_t kMaxReply = 200;  // RFC 5321 4.5.3.1.5 allows 512 octets, the code and other words included
constexpr std::string_view kTryLater = "The message could not be scanned, try again later";
constexpr std::string_view kNoName = "<no virusinfo could be examined>";

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
  const Policy& policy;

  Decision operator()(const Clean& /*found*/) const { return {Kind::deliver, {}}; }

  Decision operator()(const Infected& found) const {
    if (way == Way::outgoing) return {Kind::refuse, reply_text(policy.refusal)};
    return {Kind::replace, found.name.empty() ? std::string(kNoName) : found.name};
  }

  Decision operator()(const Unscannable& found) const {
    switch (policy.on_unscannable) {
      case OnUnscannable::deliver_marked: return {Kind::deliver_marked, found.reason};
      case OnUnscannable::notify:
        if (way == Way::outgoing) return {Kind::refuse, reply_text(cannot_scan(found))};
        return {Kind::replace, cannot_scan(found)};
      case OnUnscannable::tempfail: return {Kind::tempfail, std::string(kTryLater)};
      case OnUnscannable::reject: return {Kind::refuse, reply_text(cannot_scan(found))};
    }
    return {Kind::tempfail, std::string(kTryLater)};
  }

  Decision operator()(const Failed& found) const {
    if (policy.on_failure != OnFailure::deliver) return {Kind::tempfail, std::string(kTryLater)};
    // The reason names sockets and hosts of this house, which is nobody's business outside of it.
    return {Kind::deliver_marked, way == Way::incoming ? found.reason : "the scanner failed"};
  }
};

}  // namespace

Decision decide(const Verdict& verdict, Way way, const Policy& policy) {
  return std::visit(Rules{way, policy}, verdict);
}

}  // namespace p3scan::scan
