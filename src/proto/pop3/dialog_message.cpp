// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The message's part of the dialog: from the server's +OK to its delivery.
#include <algorithm>
#include <utility>
#include <vector>

#include "proto/pop3/dialog.h"
#include "proto/pop3/reply.h"

namespace p3scan::proto::pop3 {
namespace {

std::string_view error_text(MessageError error) {
  switch (error) {
    case MessageError::no_space: return "[SYS/TEMP] No space left to check this message";
    case MessageError::too_large: return "[SYS/PERM] This message is too large to be checked";
    case MessageError::io:
    case MessageError::none: break;
  }
  return "[SYS/TEMP] This message can't be checked now";
}

/// The first header field of `header`, which holds whole fields, with its folded lines.
std::string_view first_field(std::string_view header) {
  for (auto end = header.find("\r\n"); end != std::string_view::npos; end = header.find("\r\n", end + 2)) {
    const auto next = end + 2;
    if (next >= header.size() || (header[next] != ' ' && header[next] != '\t')) return header.substr(0, next);
  }
  return {};
}

constexpr std::string_view kStillChecking = "X-P3Scan: this message is still being checked\r\n";
constexpr std::string_view kCut = "a message that had begun can't be finished";

}  // namespace

Dialog::Step Dialog::go_on_with_message(Inbox& in, Outbox& out) {
  switch (fetch_.state) {
    case Fetch::State::none:
    case Fetch::State::complete: return std::nullopt;
    case Fetch::State::reading: return read_message(in, out);
    case Fetch::State::scanning: return decide(in, out);
    case Fetch::State::swallowing: return swallow(in, out);
  }
  return std::nullopt;
}

Dialog::Step Dialog::read_message(Inbox& in, Outbox& out) {
  if (in.message_error != MessageError::none) {
    if (fetch_.committed) return End{Outcome::aborted, kCut};
    fetch_.state = Fetch::State::swallowing;
    fetch_.error = error_reply({}, error_text(in.message_error));
    return Drop{};
  }
  const bool ended = dots_.read(in.server, out.content, out.lone_dots);
  if (!out.lone_dots.empty()) fetch_.early_limit = std::min(fetch_.early_limit, out.lone_dots.front());
  if (ended) {
    fetch_.state = Fetch::State::complete;
    return std::nullopt;
  }
  if (!in.server_closed) return std::nullopt;
  if (!fetch_.committed) out.client += error_reply({}, "[SYS/TEMP] The mail server is gone");
  return End{Outcome::server_gone, "the server closed in the middle of a message"};
}

/// Takes the rest of a message that can't be kept. It has been dropped.
Dialog::Step Dialog::swallow(Inbox& in, Outbox& out) {
  std::vector<std::string_view> content;
  std::vector<std::uint64_t> lone_dots;
  const bool ended = dots_.read(in.server, content, lone_dots);
  if (!ended && !in.server_closed) return std::nullopt;
  out.client += fetch_.error;
  if (!ended) return End{Outcome::server_gone, "the server closed in the middle of a message"};
  fetch_ = {};
  return std::nullopt;
}

Dialog::Step Dialog::decide(const Inbox& in, Outbox& out) {
  if (in.message_error != MessageError::none) return give_up(error_reply({}, error_text(in.message_error)), out);
  if (in.ruling == nullptr) return std::nullopt;
  switch (in.ruling->kind) {
    case Ruling::Kind::deliver:
    case Ruling::Kind::replace: {
      if (!fetch_.committed) out.client += fetch_.status;
      const auto from = fetch_.early_sent;
      fetch_ = {};
      return Deliver{Side::client, from};
    }
    case Ruling::Kind::refuse: return give_up(error_reply("[SYS/PERM]", in.ruling->text), out);
    case Ruling::Kind::fail: return give_up(error_reply("[SYS/TEMP]", in.ruling->text), out);
  }
  return std::nullopt;
}

Dialog::Step Dialog::give_up(std::string_view reply, Outbox& out) {
  if (fetch_.committed) return End{Outcome::aborted, kCut};
  out.client += reply;
  fetch_ = {};
  return Drop{};
}

void Dialog::keep_alive(const Inbox& in, Outbox& out) {
  const bool scanning = fetch_.state == Fetch::State::scanning;
  const bool decided = in.message_error != MessageError::none || (scanning && in.ruling != nullptr);
  if (decided || (!scanning && fetch_.state != Fetch::State::reading)) return;
  // Before its first octet it is the server that keeps the client waiting, as it would without us.
  if (scanning || dots_.octets() > 0) send_early(in, out);
  if (scanning && in.server.empty() && !in.server_closed) wake_server(out);
}

/// NOOP, unless the server still owes a reply: then it is not idle, or would not hear us.
void Dialog::wake_server(Outbox& out) {
  const bool owed = std::ranges::any_of(expected_, [](const Expected& e) { return e.reply != Reply::ours; });
  if (owed) return;
  out.server += "NOOP\r\n";
  expected_.push_front({Reply::noop});  // in front of our own replies: they wait for the message
}

void Dialog::send_early(const Inbox& in, Outbox& out) {
  if (!std::exchange(fetch_.committed, true)) out.client += fetch_.status;
  const auto unsent = std::min<std::uint64_t>(fetch_.early_sent, in.early_header.size());
  const auto field = first_field(in.early_header.substr(unsent));
  // A field that needs a dot put before it is left to Deliver.
  const bool plain = !field.starts_with('.') && unsent + field.size() <= fetch_.early_limit;
  if (field.empty() || !plain) {
    out.client += kStillChecking;
    return;
  }
  out.client += field;
  fetch_.early_sent = unsent + field.size();
}

}  // namespace p3scan::proto::pop3
