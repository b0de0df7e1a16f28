// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The client's half of the dialog: commands, SASL responses, and the login that names the server.
#include <utility>

#include "base/ascii.h"
#include "proto/pop3/dialog.h"
#include "proto/pop3/login_url.h"

namespace p3scan::proto::pop3 {
namespace {

constexpr std::size_t kLongestUser = 255;  // octets of a user name that are kept

bool breaks_lines(std::string_view line) { return line.contains('\0') || line.contains('\r'); }

}  // namespace

bool Dialog::may_take_command() const {
  if (quit_ || tls_ == Tls::wanted || tls_ == Tls::asked) return false;
  if (sasl_ != Sasl::none) return sasl_ == Sasl::client_turn;
  const bool listening = phase_ == Phase::relaying || phase_ == Phase::url_login;
  return listening && expected_.size() < options_.maxpipeline;
}

Dialog::Step Dialog::take_commands(Inbox& in, Outbox& out) {
  while (may_take_command()) {
    std::string_view line;
    switch (client_lines_.next(in.client, line)) {
      case LineReader::Status::need_more: return std::nullopt;
      case LineReader::Status::too_long:
        if (auto step = on_long_line(out)) return step;
        break;
      case LineReader::Status::line:
        if (auto step = sasl_ == Sasl::client_turn ? on_sasl_line(line, out) : on_line(line, out)) return step;
        break;
    }
  }
  return std::nullopt;
}

/// In a SASL exchange the server waits for a line; "*" cancels it (RFC 5034 section 4).
Dialog::Step Dialog::on_long_line(Outbox& out) {
  if (sasl_ == Sasl::client_turn) return on_sasl_line("*", out);
  refuse("Line too long");
  return std::nullopt;
}

Dialog::Step Dialog::on_line(std::string_view line, Outbox& out) {
  if (const auto flaw = command_flaw(line); !flaw.empty()) {
    refuse(flaw);
    return std::nullopt;
  }
  if (phase_ == Phase::url_login) return on_url_line(line);
  const auto command = parse_command(line);
  if (command.verb == Verb::stls) return on_stls(command);
  out.server.append(line).append("\r\n");
  expect(command.shape);
  switch (command.verb) {
    case Verb::user: return login(command.arguments);
    case Verb::apop: {
      auto words = command.arguments;
      return login(ascii::take_word(words));
    }
    case Verb::auth: return command.shape == ReplyShape::sasl ? on_auth(command.arguments) : std::nullopt;
    case Verb::quit: quit_ = true; break;
    case Verb::stls:
    case Verb::other: break;
  }
  return std::nullopt;
}

/// Only what the administrator's mode allows. Whether the server offers it is for the server to say.
Dialog::Step Dialog::on_stls(const Command& command) {
  if (tls_ == Tls::inside) {
    refuse("TLS is in use already");
  } else if (tls_ == Tls::hidden) {
    refuse("TLS is not available");
  } else if (!command.arguments.empty()) {
    refuse("STLS takes no arguments");
  } else {
    tls_ = Tls::wanted;
  }
  return std::nullopt;
}

/// A reply that is still to come in plain text could not be told from one that was smuggled in.
void Dialog::ask_for_tls(Outbox& out) {
  if (tls_ != Tls::wanted || !expected_.empty() || fetch_.state != Fetch::State::none) return;
  tls_ = Tls::asked;
  out.server += "STLS\r\n";
  expected_.push_back({Reply::stls});
}

void Dialog::expect(ReplyShape shape) {
  switch (shape) {
    case ReplyShape::single_line: return expected_.push_back({Reply::single_line});
    case ReplyShape::multi_line: return expected_.push_back({Reply::multi_line});
    case ReplyShape::capabilities: return expected_.push_back({Reply::capabilities});
    case ReplyShape::message: return expected_.push_back({Reply::message});
    case ReplyShape::sasl: return expected_.push_back({Reply::sasl});
  }
}

Dialog::Step Dialog::on_auth(std::string_view arguments) {
  mechanism_ = mechanism(ascii::take_word(arguments));
  sasl_ = Sasl::server_turn;
  const auto initial_response = ascii::trim(arguments);
  first_response_ = initial_response.empty();
  return first_response_ ? std::nullopt : login(sasl_user(mechanism_, initial_response));
}

/// Whatever it looks like, this line is data.
Dialog::Step Dialog::on_sasl_line(std::string_view line, Outbox& out) {
  out.server.append(breaks_lines(line) ? "*" : line).append("\r\n");
  sasl_ = Sasl::server_turn;
  return std::exchange(first_response_, false) ? login(sasl_user(mechanism_, line)) : std::nullopt;
}

Dialog::Step Dialog::on_url_line(std::string_view line) {
  const auto command = parse_command(line);
  if (command.verb == Verb::quit) {
    answer("+OK Bye\r\n");
    quit_ = true;
    return std::nullopt;
  }
  if (command.shape == ReplyShape::capabilities) {
    answer("+OK\r\nUSER\r\nRESP-CODES\r\n.\r\n");
    return std::nullopt;
  }
  const auto url = command.verb == Verb::user ? parse_login_url(command.arguments) : std::nullopt;
  if (!url) {
    refuse("Log in with USER name#server or name#server:port");
    return std::nullopt;
  }
  url_user_ = url->user;
  url_host_ = url->host;
  url_port_ = url->port;
  phase_ = Phase::url_connect;
  return login(url->user);
}

Dialog::Step Dialog::login(std::string_view user) {
  if (user.empty()) return std::nullopt;
  return Login{std::string(user.substr(0, kLongestUser))};
}

void Dialog::answer(std::string text) { expected_.push_back({Reply::ours, std::move(text)}); }

void Dialog::refuse(std::string_view why) { answer("-ERR " + std::string(why) + "\r\n"); }

}  // namespace p3scan::proto::pop3
