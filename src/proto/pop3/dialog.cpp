// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/pop3/dialog.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "proto/pop3/reply.h"

namespace p3scan::proto::pop3 {

Dialog::Dialog(Options options)
    : options_(std::move(options)),
      client_lines_(LineEnd::crlf_or_lf, options_.maxline),
      phase_(options_.useurl ? Phase::url_login : Phase::relaying),
      tls_(options_.offer_tls ? Tls::offered : Tls::hidden) {
  if (options_.useurl) {
    answer("+OK " + options_.product + " ready\r\n");
  } else {
    expected_.push_back({Reply::single_line});  // the greeting, APOP's time stamp in it
  }
}

Action Dialog::resume(Inbox& in, Outbox& out) {
  if (in.keepalive_due) keep_alive(in, out);
  for (;;) {
    const auto unread = in.client.size();
    // The server first: what it says can't be the answer to what it has not been told yet.
    if (auto step = go_on_with_message(in, out)) return *std::move(step);
    if (auto step = take_replies(in, out)) return *std::move(step);
    ask_for_tls(out);
    if (auto step = take_commands(in, out)) return *std::move(step);
    if (in.client.size() == unread) return rest(in, out);
  }
}

/// Nothing is left to take: scan, connect, end or wait.
Action Dialog::rest(const Inbox& in, Outbox& out) {
  if (fetch_.state == Fetch::State::complete) {
    fetch_.state = Fetch::State::scanning;
    return Scan{};
  }
  if (fetch_.state != Fetch::State::none) {
    // A mail program that leaves in the middle of a message without QUIT is gone: nothing is scanned for nobody. One
    // that has said all it wanted, QUIT included, may have closed its half only.
    if (in.client_closed && in.client.empty() && !quit_) return End{Outcome::client_gone};
    return Wait{};
  }
  if (quit_ && expected_.empty()) return End{Outcome::finished};
  if (phase_ == Phase::url_connect) {
    phase_ = Phase::url_connecting;
    expected_.push_back({Reply::url_greeting});
    return Connect{url_host_, url_port_};
  }
  if (in.server_closed && phase_ != Phase::url_login) {
    if (phase_ == Phase::url_connecting) out.client += "-ERR [SYS/TEMP] The mail server can't be reached\r\n";
    return End{Outcome::server_gone};
  }
  if (in.client_closed && (!server_owes() || sasl_ == Sasl::client_turn)) return End{Outcome::client_gone};
  return Wait{};
}

/// Does the client still have to hear from the server?
bool Dialog::server_owes() const {
  return std::ranges::any_of(expected_,
                             [](const Expected& e) { return e.reply != Reply::ours && e.reply != Reply::noop; });
}

Dialog::Step Dialog::take_replies(Inbox& in, Outbox& out) {
  while (!expected_.empty()) {
    const auto& next = expected_.front();
    // While a message is held only the answers to our own NOOPs may come out of the queue.
    if (fetch_.state != Fetch::State::none && next.reply != Reply::noop) return std::nullopt;
    if (next.reply == Reply::ours) {
      out.client += next.text;
      expected_.pop_front();
      continue;
    }
    const auto line = take_reply_line(in.server, options_.maxline);
    if (!line) {
      if (line.error() == ReplyError::need_more) return std::nullopt;
      return End{Outcome::protocol_error, "malformed line from the server"};
    }
    if (auto step = listing_ ? on_listing_line(*line, out) : on_status(*line, out)) return step;
  }
  return unasked(in);
}

/// Nothing is expected any more: what the server says now ends the session.
Dialog::Step Dialog::unasked(const Inbox& in) const {
  if (in.server.empty() || fetch_.state != Fetch::State::none || quit_) return std::nullopt;
  // Servers that grow tired of a client say -ERR before they close.
  if (in.server.front() == '-') return End{Outcome::server_gone, "the server ended the session"};
  return End{Outcome::protocol_error, "the server talks unasked"};
}

Dialog::Step Dialog::on_status(std::string_view line, Outbox& out) {
  const auto status = reply_status(line);
  const auto reply = expected_.front().reply;
  const bool challenge = status == ReplyStatus::challenge;
  if (status == ReplyStatus::none || (challenge && reply != Reply::sasl))
    return End{Outcome::protocol_error, "unexpected reply from the server"};
  const bool ok = status == ReplyStatus::ok;
  if (reply == Reply::url_greeting) return on_url_greeting(ok, line, out);
  if (reply == Reply::message && ok) {
    fetch_ = Fetch{.state = Fetch::State::reading, .status = std::string(line) + "\r\n"};
    dots_.reset();
    expected_.pop_front();
    return Begin{Direction::incoming};
  }
  if (reply == Reply::stls) return on_stls_answer(ok, line, out);
  if (reply != Reply::noop) out.client.append(line).append("\r\n");
  if (reply == Reply::sasl) sasl_ = challenge ? Sasl::client_turn : Sasl::none;
  listing_ = ok && (reply == Reply::multi_line || reply == Reply::capabilities);
  if (!listing_ && !challenge) expected_.pop_front();
  return std::nullopt;
}

/// What the client has said in plain text counts no more.
Dialog::Step Dialog::on_stls_answer(bool ok, std::string_view line, Outbox& out) {
  expected_.pop_front();
  out.client.append(line).append("\r\n");
  tls_ = ok ? Tls::inside : Tls::offered;
  client_lines_ = LineReader(LineEnd::crlf_or_lf, options_.maxline);
  return ok ? Step(StartTls{}) : std::nullopt;
}

Dialog::Step Dialog::on_url_greeting(bool ok, std::string_view line, Outbox& out) {
  phase_ = Phase::relaying;
  expected_.pop_front();
  if (ok) {
    out.server += "USER " + url_user_ + "\r\n";
    expected_.push_front({Reply::single_line});
  } else {
    out.client.append(line).append("\r\n");
  }
  return std::nullopt;
}

Dialog::Step Dialog::on_listing_line(std::string_view line, Outbox& out) {
  // TLS that the gateway takes no part in would blind it, so what offers it is hidden.
  auto words = line;
  const bool hidden = tls_ != Tls::offered && expected_.front().reply == Reply::capabilities &&
                      ascii::equal_nocase(ascii::take_word(words), "STLS");
  if (!hidden) out.client.append(line).append("\r\n");
  if (line == ".") {
    listing_ = false;
    expected_.pop_front();
  }
  return std::nullopt;
}

}  // namespace p3scan::proto::pop3
