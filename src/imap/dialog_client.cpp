// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// What the client says.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "imap/capabilities.h"
#include "imap/dialog.h"
#include "imap/status_line.h"
#include "imap/strings.h"

namespace p3scan::imap {
namespace {

using proto::End;
using proto::Outcome;
using Status = CommandReader::Status;

constexpr std::size_t kLongestUser = 256;
std::string_view arguments_of(const Command& command) {
  return ascii::trim(std::string_view(command.text).substr(std::min(command.arguments, command.text.size())));
}

constexpr std::size_t kMostRefused = 10;  // before login: who speaks something else is not listened to for long

}  // namespace

bool Dialog::may_take_command() const {
  if (greeted_ == Greeted::no || held_ || inside_ || logged_out_ || fetch_ || !pieces_.empty()) return false;
  if (append_) return append_->state == Append::State::reading || append_->state == Append::State::between;
  if (!sent_.empty() && sent_.back().handling != Handling::pass) return false;
  return sent_.size() < options_.maxpipeline;
}

Dialog::Step Dialog::take_commands(proto::Inbox& in, proto::Outbox& out) {
  if (sasl_ == Sasl::client_turn || idle_ == Idle::idling) return take_data(in, out);
  return may_take_command() ? take_command(in, out) : std::nullopt;
}

Dialog::Step Dialog::take_data(proto::Inbox& in, proto::Outbox& out) {
  switch (client_.next_data(in.client)) {
    case Status::data: return on_data(client_.data(), out);
    case Status::broken: return on_broken_command(out);
    default: return std::nullopt;
  }
}

Dialog::Step Dialog::on_data(std::string_view line, proto::Outbox& out) {
  moved_ = true;
  if (idle_ == Idle::idling) {
    if (!ascii::equal_nocase(line, "DONE")) return End{Outcome::protocol_error, "IDLE was not ended by DONE"};
    idle_ = Idle::done;
    out.server += "DONE\r\n";
    return std::nullopt;
  }
  sasl_ = Sasl::server_turn;
  out.server.append(line).append("\r\n");
  return std::exchange(first_response_, false) ? login(proto::pop3::sasl_user(mechanism_, line)) : std::nullopt;
}

Dialog::Step Dialog::take_command(proto::Inbox& in, proto::Outbox& out) {
  const auto status = client_.next(in.client);
  moved_ = moved_ || status != Status::need_more;
  switch (status) {
    case Status::need_more:
    case Status::data: return std::nullopt;
    case Status::command: return append_ ? send_append(client_.command(), out) : dispatch(client_.take(), out);
    case Status::literal: out.client += "+ Go on\r\n"; return std::nullopt;
    case Status::message: return begin_append(out);
    case Status::octets: out.content.push_back(client_.octets()); return std::nullopt;
    case Status::message_end: append_->state = Append::State::complete; return std::nullopt;
    case Status::refused: return on_refused_command(out);
    case Status::broken: return on_broken_command(out);
  }
  return std::nullopt;
}

Dialog::Step Dialog::on_broken_command(proto::Outbox& out) {
  out.client += status_line("*", "BYE", {}, client_.why());
  return End{Outcome::protocol_error, "a command that can't be told from its neighbours"};
}

Dialog::Step Dialog::on_refused_command(proto::Outbox& out) {
  const auto tag = client_.command().tag.empty() ? std::string("*") : client_.command().tag;
  if (append_) end_append();
  if (greeted_ != Greeted::authenticated) refused_ = kMostRefused;  // HTTP, say: no second look
  return refuse(tag, client_.why(), out);
}

Dialog::Step Dialog::refuse(const std::string& tag, std::string_view why, proto::Outbox& out) {
  out.client += status_line(tag, "BAD", {}, why);
  moved_ = true;
  if (greeted_ == Greeted::authenticated || ++refused_ <= kMostRefused) return std::nullopt;
  out.client += status_line("*", "BYE", {}, "This is IMAP");
  return End{Outcome::protocol_error, "the client does not speak IMAP"};
}

Dialog::Step Dialog::dispatch(Command command, proto::Outbox& out) {
  const auto handling = handling_of(command);
  if (handling == Handling::refuse) return refuse(command.tag, "This command does not pass the mail scanner", out);
  if (needs_turn(command, handling) && !sent_.empty()) {
    held_ = std::move(command);
    return std::nullopt;
  }
  return start(std::move(command), handling, out);
}

/// Whether it must wait for the answers to all others.
bool Dialog::needs_turn(const Command& command, Handling handling) const {
  if (std::ranges::find(sent_, command.tag, &Sent::tag) != sent_.end()) return true;
  if (handling == Handling::fetch) {
    const auto request = parse_fetch(command);
    return request && answers(*request);
  }
  return handling != Handling::pass && handling != Handling::unknown;
}

Dialog::Step Dialog::start(Command command, Handling handling, proto::Outbox& out) {
  const Sent sent{.tag = command.tag, .handling = handling};
  switch (handling) {
    case Handling::unknown:
      // A server could take what nobody knows for something else, and a literal of it for a mail to be kept.
      if (greeted_ != Greeted::authenticated || !command.literals.empty())
        return refuse(command.tag, "Unknown command", out);
      send(command, {.tag = command.tag}, out);
      return std::nullopt;
    case Handling::fetch: return start_fetch(command, out);
    case Handling::login:
    case Handling::authenticate: return start_login(command, handling, out);
    case Handling::select:
    case Handling::examine: start_select(command, handling, out); return std::nullopt;
    case Handling::enable: return start_enable(command, out);
    case Handling::starttls: return start_tls(command, out);
    case Handling::idle: idle_ = Idle::asked; break;
    case Handling::append: return refuse(command.tag, "APPEND of no message", out);
    case Handling::pass:
    case Handling::close:
    case Handling::logout:
    case Handling::unauthenticate:
    case Handling::refuse: break;
  }
  send(command, sent, out);
  return std::nullopt;
}

/// Literals wait for the server's "+", whatever the client did.
void Dialog::send(const Command& command, Sent sent, proto::Outbox& out) {
  auto pieces = sync_pieces(command);
  out.server += pieces.front();
  pieces_.assign(std::next(pieces.begin()), pieces.end());
  sent_.push_back(std::move(sent));
}

Dialog::Step Dialog::login(std::string_view user) {
  if (user.empty()) return std::nullopt;
  user_ = user.substr(0, kLongestUser);
  return proto::Login{user_};
}

Dialog::Step Dialog::start_login(const Command& command, Handling handling, proto::Outbox& out) {
  send(command, {.tag = command.tag, .handling = handling}, out);
  if (handling == Handling::login) {
    return login(login_name(command).value_or(std::string()));
  }
  auto arguments = arguments_of(command);
  mechanism_ = proto::pop3::mechanism(ascii::take_word(arguments));
  sasl_ = Sasl::server_turn;
  const auto initial_response = ascii::trim(arguments);
  first_response_ = initial_response.empty();
  if (first_response_) return std::nullopt;
  return login(proto::pop3::sasl_user(mechanism_, initial_response));
}

void Dialog::start_select(const Command& command, Handling handling, proto::Outbox& out) {
  Selected selecting;
  selecting.mailbox = {
      .server = options_.server, .user = user_, .name = mailbox_of(command).value_or(std::string()), .validity = 0};
  selecting.writable = handling == Handling::select;
  selecting_ = std::move(selecting);
  send(command, {.tag = command.tag, .handling = handling}, out);
}

/// RFC 5161: nothing may be switched on that is hidden.
Dialog::Step Dialog::start_enable(const Command& command, proto::Outbox& out) {
  auto arguments = arguments_of(command);
  while (!arguments.empty()) {
    if (is_hidden_capability(ascii::take_word(arguments), {.starttls = false, .referrals = true}))
      return refuse(command.tag, "This extension does not pass the mail scanner", out);
  }
  send(command, {.tag = command.tag, .handling = Handling::enable}, out);
  return std::nullopt;
}

Dialog::Step Dialog::start_tls(const Command& command, proto::Outbox& out) {
  if (tls_ || !options_.starttls || greeted_ == Greeted::authenticated)
    return refuse(command.tag, "STARTTLS is not available", out);
  if (server_has_starttls_ && !*server_has_starttls_) {
    out.client += status_line(command.tag, "NO", {}, "The mail server does not offer TLS");
    return std::nullopt;
  }
  send(command, {.tag = command.tag, .handling = Handling::starttls}, out);
  return std::nullopt;
}

}  // namespace p3scan::imap
