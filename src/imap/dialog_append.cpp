// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// APPEND: from the client's literals to the server's reply.
#include <algorithm>
#include <utility>

#include "imap/dialog.h"
#include "imap/status_line.h"

namespace p3scan::imap {
namespace {

using proto::Ruling;
using State = Append::State;

std::string_view error_text(proto::MessageError error) {
  switch (error) {
    case proto::MessageError::no_space: return "No space left to check this message";
    case proto::MessageError::too_large: return "This message is too large to be checked";
    case proto::MessageError::io:
    case proto::MessageError::none: break;
  }
  return "This message can't be checked now";
}

constexpr std::uint64_t kIds = std::uint64_t{1} << 63U;  // those of kept messages are below

}  // namespace

/// A message of APPEND begins. Only who has logged in may fill the spool.
Dialog::Step Dialog::begin_append(proto::Outbox& out) {
  const auto& command = client_.command();
  const auto& literal = command.literals.back();
  if (!append_) {
    append_ = std::make_unique<Append>();
    append_->tag = command.tag;
  }
  append_->state = State::waiting;
  if (!sent_.empty()) return std::nullopt;
  if (greeted_ != Greeted::authenticated) return refuse_append("", "Log in first", out);
  if (append_->ids.size() >= options_.maxappend) return refuse_append("LIMIT", "Too many messages at once", out);
  if (options_.maxmessage != 0 && literal.size > options_.maxmessage)
    return refuse_append("LIMIT", "This message is too large to be checked", out);
  append_->state = State::reading;
  if (literal.sync) out.client += "+ Go on\r\n";
  moved_ = true;
  return proto::Begin{.direction = proto::Direction::outgoing, .scan = true, .mark = false, .edit = false};
}

Dialog::Step Dialog::go_on_appending(proto::Inbox& in, proto::Outbox& out) {
  switch (append_->state) {
    case State::waiting: return sent_.empty() ? begin_append(out) : std::nullopt;
    case State::reading:
      if (in.message_error == proto::MessageError::none) return std::nullopt;
      if (auto step = refuse_append("UNAVAILABLE", error_text(in.message_error), out)) return step;
      return proto::Drop{};
    case State::complete: append_->state = State::scanning; return proto::Scan{};
    case State::scanning: return decide_append(in, out);
    case State::keeping:
      append_->state = State::between;
      moved_ = true;
      return proto::Drop{};
    case State::recalling: append_->state = State::delivering; return proto::Recall{append_->ids[append_->delivered]};
    case State::delivering:
      append_->state = State::delivered;
      return proto::Deliver{.to = proto::Side::server, .from = 0, .framing = proto::Framing::raw};
    case State::delivered:
      ++append_->delivered;
      append_->state = State::sending;
      moved_ = true;
      out.server += append_->pieces.front();
      append_->pieces.pop_front();
      if (append_->pieces.empty()) append_->state = State::replying;
      return std::nullopt;
    case State::between:
    case State::sending:
    case State::replying: return std::nullopt;
  }
  return std::nullopt;
}

Dialog::Step Dialog::decide_append(const proto::Inbox& in, proto::Outbox& out) {
  const bool error = in.message_error != proto::MessageError::none;
  if (!error && in.ruling == nullptr) return std::nullopt;
  const bool passes = !error && in.ruling->kind == Ruling::Kind::deliver && !in.ruling->changed &&
                      in.ruling->size == client_.command().literals.back().size;
  if (passes) {
    append_->ids.push_back(kIds + append_->ids.size());
    append_->state = State::keeping;
    return proto::Keep{append_->ids.back()};
  }
  const bool refused = !error && in.ruling->kind == Ruling::Kind::refuse;
  const auto why = error ? error_text(in.message_error) : std::string_view(in.ruling->text);
  if (auto step = refuse_append(refused ? "CANNOT" : "UNAVAILABLE", why, out)) return step;
  return proto::Drop{};
}

/// The whole command: the server hears nothing of it.
Dialog::Step Dialog::refuse_append(std::string_view code, std::string_view why, proto::Outbox& out) {
  client_.refuse();
  moved_ = true;
  const auto tag = append_->tag;
  end_append();
  if (greeted_ != Greeted::authenticated) return refuse(tag, why, out);
  out.client += status_line(tag, "NO", code, why);
  return std::nullopt;
}

void Dialog::end_append() {
  if (!append_) return;
  forgotten_.insert(forgotten_.end(), append_->ids.begin(), append_->ids.end());
  append_.reset();
}

/// All its messages may pass.
Dialog::Step Dialog::send_append(const Command& command, proto::Outbox& out) {
  auto pieces = sync_pieces(command);
  append_->pieces.assign(std::next(pieces.begin()), pieces.end());
  for (const auto& literal : command.literals) append_->message_behind.push_back(literal.message);
  append_->state = State::sending;
  sent_.push_back({.tag = command.tag, .handling = Handling::append});
  out.server += pieces.front();
  return std::nullopt;
}

/// The server has said "+".
Dialog::Step Dialog::send_piece(proto::Outbox& out) {
  moved_ = true;
  if (append_->message_behind[append_->sent++]) {
    append_->state = State::recalling;
    return std::nullopt;
  }
  out.server += append_->pieces.front();
  append_->pieces.pop_front();
  return std::nullopt;
}

}  // namespace p3scan::imap
