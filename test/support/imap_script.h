// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imap/dialog.h"
#include "support/dialog_script.h"

namespace p3scan::imap {

/// The process-wide memory in short.
class FakeChanged final : public ChangedMessages {
 public:
  void add(const Mailbox& mailbox, std::uint32_t uid) override { all_[key(mailbox)].insert(uid); }
  void remove(const Mailbox& mailbox, std::uint32_t uid) override { all_[key(mailbox)].erase(uid); }
  std::vector<std::uint32_t> uids(const Mailbox& mailbox) const override {
    const auto found = all_.find(key(mailbox));
    if (found == all_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }

 private:
  static std::string key(const Mailbox& m) {
    return m.server + '|' + m.user + '|' + m.name + '|' + std::to_string(m.validity);
  }
  std::map<std::string, std::set<std::uint32_t>> all_;
};

struct Case {
  const char* name;
  std::string_view script;
};
constexpr auto kCaseName = [](const auto& c) { return std::string(c.param.name); };

inline constexpr std::string_view kGreeting = "S: * OK ready\nC< * OK ready\n";
inline constexpr std::string_view kLogin = R"(
  C: l LOGIN eve secret
  S< l LOGIN eve secret
  login: eve
  S: l OK done
  C< l OK done
)";
inline constexpr std::string_view kSelect = R"(
  C: s SELECT inbox
  S< s SELECT inbox
  S: * 9 EXISTS
  S: * OK [UIDVALIDITY 5] ok
  S: s OK [READ-WRITE] done
  C< * 9 EXISTS
  C< * OK [UIDVALIDITY 5] ok
  C< s OK [READ-WRITE] done
)";

/// Plays a script; each performance has a memory of its own, in which `known` UIDs of INBOX are changed.
inline void play_raw(std::string_view script, Dialog::Options options = {}, std::vector<std::uint32_t> known = {}) {
  std::vector<std::unique_ptr<FakeChanged>> memories;
  options.server = "192.0.2.1:143";
  const auto make = [&] {
    memories.push_back(std::make_unique<FakeChanged>());
    for (const auto uid : known) {
      memories.back()->add({.server = options.server, .user = "eve", .name = "INBOX", .validity = 5}, uid);
    }
    options.changed = memories.back().get();
    return std::make_unique<Dialog>(options);
  };
  test::play(make, script);
}
/// After the greeting.
inline void play(std::string_view script, const Dialog::Options& options = {}) {
  play_raw(std::string(kGreeting) + std::string(script), options);
}
/// After the login.
inline void play_in(std::string_view script, const Dialog::Options& options = {}) {
  play_raw(std::string(kGreeting) + std::string(kLogin) + std::string(script), options);
}
/// In INBOX.
inline void play_inbox(std::string_view script, const Dialog::Options& options = {},
                       std::vector<std::uint32_t> known = {}) {
  play_raw(std::string(kGreeting) + std::string(kLogin) + std::string(kSelect) + std::string(script), options,
           std::move(known));
}

}  // namespace p3scan::imap
