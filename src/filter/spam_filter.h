// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/filter.h"
#include "filter/spam_engine.h"

namespace p3scan {

/// What becomes of spam.
struct SpamPolicy {
  std::uint64_t largest = std::uint64_t{512} * 1024;  // octets; larger mail is not checked; 0: all is
  std::string spared;           // ispspam: a mail whose header has this text is not checked; empty: none
  std::string subject;          // put in front of the Subject of spam; empty: the Subject stays
  bool remove = false;          // incoming spam is replaced by a notice
  bool outgoing = false;        // sent mail is checked, too
  bool refuse = false;          // sent spam is refused
  std::string user;             // whose settings count; empty: who logged in
  std::string language = "en";  // as the option says it, see mime/language.h
  std::string hostname;         // of the gateway, for the notice
};

/// Asks a spam engine about mails. Fields of spam filters that came with a mail are removed, the engine's are added.
/// Sent mail that is not spam stays as it is. Spam is no danger: a mail about which there is no opinion passes as it
/// was, also one that would be refused as spam, and the log says so.
class SpamFilter final : public Filter {
 public:
  SpamFilter(std::unique_ptr<SpamEngine> engine, SpamPolicy policy, FilterTools tools)
      : engine_(std::move(engine)), policy_(std::move(policy)), tools_(std::move(tools)) {}

  std::string_view name() const override { return "checkspam"; }
  bool required() const override { return false; }
  boost::asio::awaitable<Filtered> run(Message& message, const scan::MailFacts& facts) override;

 private:
  bool is_spared(std::string_view head) const;
  std::string notice(std::string_view bytes) const;
  boost::asio::awaitable<Filtered> carry_out(const SpamMail& mail, SpamOpinion opinion) const;

  std::unique_ptr<SpamEngine> engine_;
  SpamPolicy policy_;
  FilterTools tools_;
};

enum class SpamKind : std::uint8_t { command, spamd, rspamd, dspam };

struct SpamSettings {
  SpamKind kind = SpamKind::command;
  std::string command = "/usr/bin/spamc";  // command, dspam; of dspam empty: the client with its usual options
  std::vector<std::string> servers;        // spamd, rspamd; none: the usual port on this host
  bool pipe = true;                        // else the program gets the name of a file (nospampipe)
  std::string file_directory;              // for those files
  std::chrono::milliseconds limit{60'000};
  SpamPolicy policy;
};

/// The error names the option that is wrong.
Result<std::unique_ptr<Filter>, std::string> make_spam_filter(const SpamSettings& settings, const FilterTools& tools);

}  // namespace p3scan
