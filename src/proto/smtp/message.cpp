// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "proto/dialog.h"
#include "proto/smtp/line_ends.h"
#include "proto/smtp/smtp_dialog.h"

// SmtpDialog: a message from its first octet to the reply for it.
namespace p3scan::proto::smtp {
namespace {

/// Octets looked at in one go, and pieces handed over in one call: an input of line feeds alone makes a piece of each.
constexpr std::size_t kSlice = 16384;
constexpr std::size_t kMostPieces = 4096;
constexpr std::size_t kLongestText = 400;  // RFC 5321 section 4.5.3.1.5: 512 octets of a reply line

constexpr std::string_view kNotPlain = "550 5.5.2 Bare CR or LF, or NUL before a dot, in the message\r\n";

std::string text_of(MessageError error) {
  switch (error) {
    case MessageError::too_large: return "552 5.3.4 Message too large\r\n";
    case MessageError::no_space: return "452 4.3.1 Not enough space, try again later\r\n";
    case MessageError::none:
    case MessageError::io: break;
  }
  return "451 4.3.0 Local error, try again later\r\n";
}

/// A reply line; the text can't make two of it.
std::string reply_line(std::string_view code, std::string_view text) {
  std::string line(code);
  line += text.substr(0, kLongestText);
  std::ranges::replace_if(line, ascii::is_control, ' ');
  return line + "\r\n";
}

}  // namespace

Action SmtpDialog::drop_message() {
  if (!std::exchange(holding_, false)) return Again{};
  return Drop{};
}

void SmtpDialog::end_transaction() {
  mail_ = {};
  server_in_data_ = false;
  phase_ = Phase::command;
}

Action SmtpDialog::deliver(Framing framing) {
  holding_ = false;
  return Deliver{.to = Side::server, .framing = framing};
}

SmtpDialog::Next SmtpDialog::begin(BareLf mode, Transport transport) {
  line_ends_ = LineEnds(mode, transport);
  holding_ = true;
  return Begin{.direction = Direction::outgoing, .scan = !mail_.unscanned};
}

/// From here on the message is swallowed and gets `reply`.
SmtpDialog::Next SmtpDialog::refuse_message(std::string reply) {
  refusal_ = std::move(reply);
  return drop_message();
}

bool SmtpDialog::keep(std::string_view piece, Outbox& out) {
  if (line_ends_.add(piece, out.content)) return true;
  out.content.clear();
  return false;
}

bool SmtpDialog::close_text(Outbox& out) { return line_ends_.finish(out.content); }

SmtpDialog::Next SmtpDialog::read_data(Inbox& in, Outbox& out) {
  if (refusal_.empty() && in.message_error != MessageError::none) return refuse_message(text_of(in.message_error));
  while (!in.client.empty()) {
    if (out.content.size() > kMostPieces) return Again{};
    const bool ended = read_slice(in.client, out);
    if (ended && !refusal_.empty()) return end_refused(out);
    if (ended) return scan(in);
    if (holding_ && !refusal_.empty()) return drop_message();
  }
  return std::nullopt;
}

/// True when the dot has been taken. Text that isn't acceptable sets refusal_.
bool SmtpDialog::read_slice(std::string_view& client, Outbox& out) {
  std::vector<std::string_view> pieces;
  // A dot that starts a line goes away even if the sender should have doubled it (RFC 5321 section 4.5.2). Putting it
  // back could make a line with a lone dot out of what line ends have become.
  std::vector<std::uint64_t> lone_dots;
  auto slice = client.substr(0, kSlice);
  const auto size = slice.size();
  const bool ended = dots_.read(slice, pieces, lone_dots);
  client.remove_prefix(size - slice.size());
  if (!refusal_.empty()) return ended;
  bool good = std::ranges::all_of(pieces, [&](auto piece) { return keep(piece, out); });
  if (good && ended) good = close_text(out);
  if (!good) refusal_ = kNotPlain;
  return ended;
}

/// The message is complete. Who closes without a QUIT behind it doesn't wait for its reply and will send it again
/// (RFC 5321 section 4.1.1.10: as if a temporary error had been received).
Action SmtpDialog::scan(const Inbox& in) {
  if (in.client_closed && in.client.empty()) return End{.outcome = Outcome::client_gone};
  phase_ = Phase::scanning;
  return Scan{};
}

/// The last octet of a message that won't pass has gone by, or its ruling is there.
SmtpDialog::Next SmtpDialog::end_refused(Outbox& out) {
  say(std::exchange(refusal_, {}), out);
  if (lost_) return *lost_;
  if (server_in_data_)
    return End{.outcome = Outcome::aborted, .why = "the server waits for a message that must not pass"};
  ask(Kind::own_rset, "RSET", out);
  end_transaction();
  return drop_message();
}

SmtpDialog::Next SmtpDialog::read_chunk(Inbox& in, Outbox& out) {
  if (refusal_.empty() && in.message_error != MessageError::none) return refuse_message(text_of(in.message_error));
  while (chunk_left_ > 0 && !in.client.empty()) {
    if (out.content.size() > kMostPieces) return Again{};
    const auto size = std::min<std::uint64_t>({chunk_left_, in.client.size(), kSlice});
    const auto piece = in.client.substr(0, size);
    in.client.remove_prefix(size);
    chunk_left_ -= size;
    if (refusal_.empty() && !keep(piece, out)) return refuse_message(std::string(kNotPlain));
  }
  if (chunk_left_ > 0) return std::nullopt;
  return end_chunk(in, out);
}

SmtpDialog::Next SmtpDialog::end_chunk(const Inbox& in, Outbox& out) {
  if (refusal_.empty() && chunk_.last && !close_text(out)) refusal_ = kNotPlain;
  if (refusal_.empty() && chunk_.last) return scan(in);
  phase_ = Phase::command;
  if (refusal_.empty()) {
    say("250 2.0.0 " + std::to_string(chunk_.octets) + " octets received\r\n", out);
    return std::nullopt;
  }
  say(std::exchange(refusal_, {}), out);
  if (lost_) return *lost_;
  return mail_.chunks ? fail_chunks(out) : std::nullopt;
}

/// RFC 3030 section 2: after a failed chunk nothing but errors until the client starts anew.
SmtpDialog::Next SmtpDialog::fail_chunks(Outbox& out) {
  ask(Kind::own_rset, "RSET", out);
  mail_ = {.failed = true};
  return drop_message();
}

/// The server must not think that its client is gone while a message comes in slowly or is looked at for long.
void SmtpDialog::keep_server_awake(Outbox& out) {
  const bool busy = noop_pending_ || server_in_data_ || lost_ || phase_ == Phase::sending;
  if (busy) return;
  ask(Kind::own_noop, "NOOP", out);
  noop_pending_ = true;
}

SmtpDialog::Next SmtpDialog::await_ruling(Inbox& in, Outbox& out) {
  if (!expected_.empty()) return std::nullopt;  // our NOOP: not every server takes commands before it has answered
  if (in.ruling != nullptr) return on_ruling(*in.ruling, out);
  if (in.message_error == MessageError::none) return std::nullopt;
  refusal_ = text_of(in.message_error);
  return end_refused(out);
}

SmtpDialog::Next SmtpDialog::on_ruling(const Ruling& ruling, Outbox& out) {
  switch (ruling.kind) {
    case Ruling::Kind::deliver: break;
    case Ruling::Kind::refuse: refusal_ = reply_line("554 ", ruling.text); return end_refused(out);
    case Ruling::Kind::replace:  // there is nobody here who could be given something else
    case Ruling::Kind::fail: refusal_ = reply_line("451 4.7.1 ", ruling.text); return end_refused(out);
  }
  phase_ = Phase::sending;
  if (mail_.chunks) {
    ask(Kind::message, "BDAT " + std::to_string(ruling.size) + " LAST", out);
    return deliver(Framing::raw);
  }
  if (server_in_data_) {
    expect({.kind = Kind::message});
    return deliver(Framing::dot);
  }
  ask(Kind::data_sent, "DATA", out);
  return std::nullopt;
}

}  // namespace p3scan::proto::smtp
