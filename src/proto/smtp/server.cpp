// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "proto/dialog.h"
#include "proto/smtp/capabilities.h"
#include "proto/smtp/line_ends.h"
#include "proto/smtp/reply.h"
#include "proto/smtp/smtp_dialog.h"

// SmtpDialog, the server's half: replies and the queue of those that are due.
namespace p3scan::proto::smtp {
namespace {

constexpr std::string_view kClosed = "the server closed the connection";

std::string_view reason(ReplyError error) {
  switch (error) {
    case ReplyError::malformed: return "the server's reply is malformed";
    case ReplyError::mixed_codes: return "the server's reply has lines with different codes";
    case ReplyError::too_long: return "the server's reply is too long";
  }
  return {};
}

}  // namespace

/// Between the go-ahead for a message, or a part of it, and the reply to it.
bool SmtpDialog::in_message() const {
  return phase_ == Phase::data || phase_ == Phase::chunk || phase_ == Phase::scanning || phase_ == Phase::sending;
}

std::string SmtpDialog::service_lost() const {
  return "421 4.4.2 " + options_.hostname + " Lost the connection to the mail server, closing channel\r\n";
}

void SmtpDialog::expect(Expected entry) {
  if (!entry.own()) ++visible_;
  expected_.push_back(std::move(entry));
}

/// Puts a command to the server.
void SmtpDialog::ask(Kind kind, std::string_view line, Outbox& out) {
  out.server.append(line).append("\r\n");
  expect({.kind = kind});
}

/// Our own reply to the command read last, in its place among the server's.
void SmtpDialog::say(std::string_view reply, Outbox& out) {
  const auto newest_first = expected_ | std::views::reverse;
  const auto before = std::ranges::find_if(newest_first, [](const auto& e) { return !e.own(); });
  if (before == newest_first.end()) {
    out.client += reply;
    return;
  }
  before->then += reply;
  ++before->held;
  ++held_;
}

void SmtpDialog::relay(const Expected& to, std::string_view text, Outbox& out) {
  out.client.append(text).append(to.then);
  held_ -= to.held;
}

SmtpDialog::Next SmtpDialog::read_server(Inbox& in, Outbox& out) {
  while (!lost_) {
    const auto parsed = replies_.next(in.server);
    if (!parsed) return lose(Outcome::protocol_error, reason(parsed.error()), service_lost(), out);
    const auto& reply = parsed.value();
    if (!reply && !in.server_closed) return std::nullopt;
    auto next = reply ? on_reply(*reply, out) : on_server_closed(out);
    if (next) return next;
  }
  in.server = {};  // nothing it may still say counts
  return std::nullopt;
}

SmtpDialog::Next SmtpDialog::on_reply(const Reply& reply, Outbox& out) {
  if (reply.code == 421) return on_closing_reply(reply, out);
  if (expected_.empty()) return lose(Outcome::protocol_error, "the server spoke unasked", service_lost(), out);
  const auto to = std::move(expected_.front());
  expected_.pop_front();
  if (!to.own()) --visible_;
  if (visible_ == 0 && phase_ == Phase::blocked) phase_ = Phase::command;
  return on_answer(to, reply, out);
}

SmtpDialog::Next SmtpDialog::on_answer(const Expected& to, const Reply& reply, Outbox& out) {
  const bool for_data = to.kind == Kind::data_asked || to.kind == Kind::data_sent;
  if (for_data) return on_data_answer(to, reply, out);
  const bool challenge = to.kind == Kind::auth && reply.code == 334;
  if (reply.intermediate() && !challenge)
    return lose(Outcome::protocol_error, "the server's reply does not fit the command", service_lost(), out);
  switch (to.kind) {
    case Kind::own_noop: noop_pending_ = false; return std::nullopt;
    case Kind::own_rset: return std::nullopt;
    case Kind::starttls: return on_tls_answer(to, reply, out);
    case Kind::ehlo:
      if (reply.positive()) {
        auto offered = carried(reply.text, options_.maxmessage, options_.offer_tls && !inside_tls_);
        tls_offered_ = offered.tls;
        chunking_ = offered.chunking;
        mail_ = {};
        relay(to, offered.text, out);
        return std::nullopt;
      }
      break;
    case Kind::quit: relay(to, reply.text, out); return End{.outcome = Outcome::finished};
    case Kind::auth:
      relay(to, reply.text, out);
      if (challenge) phase_ = Phase::sasl;
      if (!reply.positive() || sasl_.name().empty()) return std::nullopt;
      authenticated_ = true;
      return Login{sasl_.name()};
    default: break;
  }
  relay(to, reply.text, out);
  return on_transaction_answer(to, reply);
}

/// Everything that was learned in plain text is void (RFC 3207 section 4.2).
SmtpDialog::Next SmtpDialog::on_tls_answer(const Expected& to, const Reply& reply, Outbox& out) {
  if (reply.positive() && reply.code != 220)
    return lose(Outcome::protocol_error, "the server's reply does not fit STARTTLS", service_lost(), out);
  relay(to, reply.text, out);
  if (!reply.positive()) return std::nullopt;
  inside_tls_ = true;
  tls_offered_ = chunking_ = authenticated_ = false;
  mail_ = {};
  sasl_ = {};
  lines_ = LineReader(LineEnd::crlf_or_lf, options_.maxline);
  return StartTls{};
}

/// What an accepted command changes.
SmtpDialog::Next SmtpDialog::on_transaction_answer(const Expected& to, const Reply& reply) {
  if (to.kind == Kind::message) {
    end_transaction();
  }
  if (!reply.positive()) return std::nullopt;
  switch (to.kind) {
    case Kind::helo:
      chunking_ = tls_offered_ = false;
      mail_ = {};
      break;
    case Kind::rset: mail_ = {}; break;
    case Kind::rcpt: ++mail_.accepted; break;
    case Kind::mail:
      mail_ = {.unscanned = to.unscanned, .binary = to.binary};
      if (!authenticated_ && !to.sender.empty()) return Login{to.sender};
      break;
    default: break;
  }
  return std::nullopt;
}

SmtpDialog::Next SmtpDialog::on_data_answer(const Expected& to, const Reply& reply, Outbox& out) {
  if (reply.code != 354 && reply.code < 400)  // 250 to DATA would tell the client that its mail has been taken
    return lose(Outcome::protocol_error, "the server's reply does not fit DATA", service_lost(), out);
  if (to.kind == Kind::data_asked) {
    relay(to, reply.text, out);
    if (reply.code != 354) return std::nullopt;
    server_in_data_ = true;
    phase_ = Phase::data;
    return begin(options_.barelf, Transport::dotted);
  }
  if (reply.code == 354) {
    expect({.kind = Kind::message});
    return deliver(Framing::dot);
  }
  relay(to, reply.text, out);
  ask(Kind::own_rset, "RSET", out);  // the client takes the transaction for ended
  end_transaction();
  return drop_message();
}

/// 421: the server takes leave, at whatever time (RFC 5321 section 3.8).
SmtpDialog::Next SmtpDialog::on_closing_reply(const Reply& reply, Outbox& out) {
  const bool asked = !expected_.empty() && !expected_.front().own();
  if (!asked && in_message())
    return lose(Outcome::server_gone, "the server ended the session", std::string(reply.text), out);
  said_421_ = true;
  if (!asked) {
    out.client += reply.text;
    if (!expected_.empty()) expected_.pop_front();
    return std::nullopt;
  }
  const auto to = std::move(expected_.front());
  expected_.pop_front();
  --visible_;
  if (phase_ == Phase::blocked && visible_ == 0) phase_ = Phase::command;
  relay(to, reply.text, out);
  if (to.kind == Kind::quit) return End{.outcome = Outcome::finished};
  if (to.kind == Kind::data_sent || to.kind == Kind::message) {
    end_transaction();
    if (holding_) return drop_message();
  }
  return std::nullopt;
}

SmtpDialog::Next SmtpDialog::on_server_closed(Outbox& out) {
  if (phase_ == Phase::quitting) return End{.outcome = Outcome::finished};
  if (said_421_ && !in_message()) return End{.outcome = Outcome::server_gone, .why = kClosed};
  return lose(Outcome::server_gone, kClosed, service_lost(), out);
}

/// The session can't go on. A client in the middle of a message is told only after it, and never that it was taken.
SmtpDialog::Next SmtpDialog::lose(Outcome outcome, std::string_view why, std::string text, Outbox& out) {
  lost_ = End{.outcome = outcome, .why = why};
  if (phase_ == Phase::data || phase_ == Phase::chunk) return refuse_message(std::move(text));
  out.client += text;
  return *lost_;
}

}  // namespace p3scan::proto::smtp
