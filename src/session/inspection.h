// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <optional>

#include "filter/lists.h"
#include "net/event.h"
#include "scan/mail_facts.h"
#include "scan/policy.h"
#include "scan/verdict.h"
#include "session/decided.h"
#include "session/mail.h"
#include "session/services.h"

namespace p3scan::session {

class Filtering;
struct Kept;

/// Looks at one mail: engines, policy, then what the ruling needs (quarantine, notification, added header). Runs
/// beside the session; starts while a large mail still arrives. Everything on the session's executor.
class Inspection : public std::enable_shared_from_this<Inspection> {
 public:
  Inspection(std::shared_ptr<const Services> services, std::shared_ptr<Mail> mail)
      : services_(std::move(services)), mail_(std::move(mail)) {}

  /// `news` is set when the decision is there; it must live until then or until abandon().
  void start(const asio::any_io_executor& executor, net::Event& news);
  /// The deadline has passed: engines are cancelled, and policy decides about a failed scan.
  void expire();
  /// Nobody waits any more: engines are cancelled, nothing is reported.
  void abandon();

  /// Set once, when the inspection has ended.
  const Decided* decided() const { return decided_ ? &*decided_ : nullptr; }

 private:
  asio::awaitable<Decided> run();
  asio::awaitable<std::string> scanner_info();
  asio::awaitable<ListVerdict> look_up_sender();
  asio::awaitable<void> arrived();
  std::string clean_headers() const;
  asio::awaitable<Decided> replace_blacklisted(const ListVerdict& listed);
  asio::awaitable<std::optional<Kept>> keep(bool may_delete);
  asio::awaitable<scan::Verdict> scan();
  asio::awaitable<scan::Verdict> scan_message(Message& message);
  asio::awaitable<scan::Verdict> filter(Filtering& filtering, scan::Verdict verdict);
  scan::Decision decision_about(const scan::Verdict& verdict) const;
  asio::awaitable<Decided> decide(Filtering& filtering, scan::Verdict verdict);
  asio::awaitable<Decided> replace(scan::Verdict verdict, std::string name);

  std::shared_ptr<const Services> services_;
  std::shared_ptr<Mail> mail_;
  net::Event* news_ = nullptr;
  asio::cancellation_signal cancel_;
  scan::MailFacts facts_;
  bool expired_ = false;
  std::optional<Decided> decided_;
};

}  // namespace p3scan::session
