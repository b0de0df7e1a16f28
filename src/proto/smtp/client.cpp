// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstddef>
#include <optional>
#include <string_view>

#include "proto/dialog.h"
#include "proto/smtp/command.h"
#include "proto/smtp/line_ends.h"
#include "proto/smtp/smtp_dialog.h"

// SmtpDialog, the client's half: commands and AUTH dialogues.
namespace p3scan::proto::smtp {
namespace {

/// Most that one call says to the client: short commands could ask for much more than they are.
constexpr std::size_t kMostWords = 65536;

constexpr std::string_view kTooLong = "500 5.5.2 Line too long\r\n";
constexpr std::string_view kStrayOctet = "500 5.5.2 Bare CR or NUL in a command\r\n";
constexpr std::string_view kChunksRunning = "503 5.5.1 The chunks of a message are not complete\r\n";

}  // namespace

SmtpDialog::Next SmtpDialog::read_client(Inbox& in, Outbox& out) {
  for (;;) {
    const auto phase = phase_;
    const auto left = in.client.size();
    Next next;
    switch (phase_) {
      case Phase::command: next = read_commands(in, out); break;
      case Phase::sasl: next = read_sasl(in, out); break;
      case Phase::data: next = read_data(in, out); break;
      case Phase::chunk: next = read_chunk(in, out); break;
      case Phase::quitting: in.client = {}; break;
      case Phase::blocked:
      case Phase::scanning:
      case Phase::sending: break;
    }
    if (next) return next;
    if (phase == phase_ && left == in.client.size()) return std::nullopt;
  }
}

bool SmtpDialog::room(const Outbox& out) const {
  return visible_ + held_ < options_.maxpipeline && out.client.size() < kMostWords;
}

/// These need to know what became of the commands before them.
bool SmtpDialog::must_wait(Verb verb) const {
  const bool tls = verb == Verb::starttls && options_.offer_tls;
  return visible_ > 0 && (tls || verb == Verb::data || verb == Verb::bdat);
}

SmtpDialog::Next SmtpDialog::read_commands(Inbox& in, Outbox& out) {
  // A server without PIPELINING may mind a command before it has answered ours.
  while (phase_ == Phase::command && in_step() && room(out)) {
    auto input = in.client;
    auto lines = lines_;
    std::string_view line;
    const auto status = lines.next(input, line);
    const auto command = status == LineReader::Status::line ? parse_command(line) : Command{};
    if (must_wait(command.verb)) return std::nullopt;
    in.client = input;
    lines_ = lines;
    if (status == LineReader::Status::need_more) return std::nullopt;
    if (status == LineReader::Status::too_long) {
      say(kTooLong, out);
    } else if (has_stray_octet(line)) {
      say(kStrayOctet, out);
    } else if (auto next = on_line(line, command, out)) {
      return next;
    }
  }
  if (phase_ == Phase::command && out.client.size() >= kMostWords) return Again{};
  return std::nullopt;
}

SmtpDialog::Next SmtpDialog::on_line(std::string_view line, const Command& command, Outbox& out) {
  switch (command.verb) {
    case Verb::ehlo: return on_reset(Kind::ehlo, line, out);
    case Verb::helo: return on_reset(Kind::helo, line, out);
    case Verb::rset: return on_reset(Kind::rset, line, out);
    case Verb::quit: phase_ = Phase::quitting; return on_reset(Kind::quit, line, out);
    case Verb::mail:
    case Verb::rcpt: return on_mail(line, command, out);
    case Verb::data: return on_data(command, out);
    case Verb::bdat: return on_bdat(command, out);
    case Verb::auth:
      sasl_.start(command.arguments);
      ask(Kind::auth, line, out);
      phase_ = Phase::blocked;
      return std::nullopt;
    case Verb::starttls: return on_starttls(command, out);
    case Verb::noop:
    case Verb::query: ask(Kind::other, line, out); return std::nullopt;
    case Verb::refused:
    case Verb::unknown: say(command.refusal, out); return std::nullopt;
  }
  return std::nullopt;
}

SmtpDialog::Next SmtpDialog::on_mail(std::string_view line, const Command& command, Outbox& out) {
  if (mail_.chunks) {
    say(kChunksRunning, out);
    return std::nullopt;
  }
  if (command.verb == Verb::rcpt) {
    ask(Kind::rcpt, line, out);
    return std::nullopt;
  }
  const auto mail = parse_mail(command.arguments);
  if (mail.per_recipient_replies) {
    say("555 5.5.4 PRDR not offered\r\n", out);
    return std::nullopt;
  }
  ask(Kind::mail, line, out);
  auto& entry = expected_.back();
  entry.sender = mail.sender.substr(0, SaslName::kLongest);
  entry.binary = mail.binary;
  entry.unscanned = options_.checksize > 0 && mail.size.value_or(0) / 1024 > options_.checksize;
  return std::nullopt;
}

/// Commands that end a transaction, and so a message that came in chunks and isn't complete.
SmtpDialog::Next SmtpDialog::on_reset(Kind kind, std::string_view line, Outbox& out) {
  ask(kind, line, out);
  if (!mail_.chunks) return std::nullopt;
  mail_.chunks = false;
  mail_.failed = true;  // until the server has agreed
  return drop_message();
}

SmtpDialog::Next SmtpDialog::on_data(const Command& command, Outbox& out) {
  if (!command.arguments.empty()) {
    say("501 5.5.4 DATA takes no arguments\r\n", out);
    return std::nullopt;
  }
  if (mail_.chunks) {  // RFC 3030 section 2: never both in one transaction
    say(kChunksRunning, out);
    return fail_chunks(out);
  }
  if (mail_.accepted == 0) {  // the server says best what is wrong
    ask(Kind::data_asked, "DATA", out);
    phase_ = Phase::blocked;
    return std::nullopt;
  }
  say("354 End data with <CR><LF>.<CR><LF>\r\n", out);
  phase_ = Phase::data;
  return begin(options_.barelf, Transport::dotted);
}

SmtpDialog::Next SmtpDialog::on_bdat(const Command& command, Outbox& out) {
  const auto chunk = parse_chunk(command.arguments);
  if (!chunk && chunk.error() == ChunkError::too_large) {  // where the next command begins is anybody's guess
    say("552 5.3.4 Chunk too large\r\n", out);
    return End{.outcome = Outcome::protocol_error, .why = "BDAT with a size that can't be counted"};
  }
  if (!chunk) {
    say("501 5.5.4 Syntax: BDAT size [LAST]\r\n", out);
    return mail_.chunks ? fail_chunks(out) : std::nullopt;
  }
  chunk_ = *chunk;
  chunk_left_ = chunk_.octets;
  phase_ = Phase::chunk;
  if (!chunking_) {
    refusal_ = "502 5.5.1 BDAT not offered\r\n";
  } else if (mail_.failed) {
    refusal_ = "503 5.5.1 A chunk has failed, RSET first\r\n";
  } else if (mail_.accepted == 0) {
    refusal_ = "503 5.5.1 No valid recipients\r\n";
  }
  if (!refusal_.empty() || mail_.chunks) return std::nullopt;
  mail_.chunks = true;
  return begin(mail_.binary ? BareLf::pass : options_.barelf, Transport::counted);
}

SmtpDialog::Next SmtpDialog::on_starttls(const Command& command, Outbox& out) {
  if (!options_.offer_tls) {
    say("502 5.5.1 STARTTLS not offered\r\n", out);
  } else if (inside_tls_) {
    say("503 5.5.1 TLS is in use already\r\n", out);
  } else if (!command.arguments.empty()) {
    say("501 5.5.4 STARTTLS takes no arguments\r\n", out);
  } else if (mail_.chunks) {
    say(kChunksRunning, out);
  } else if (!tls_offered_) {
    say("454 4.7.0 The mail server does not offer TLS\r\n", out);
  } else {
    ask(Kind::starttls, "STARTTLS", out);
    phase_ = Phase::blocked;
  }
  return std::nullopt;
}

/// One answer in an AUTH dialogue: opaque, whatever it looks like.
SmtpDialog::Next SmtpDialog::read_sasl(Inbox& in, Outbox& out) {
  std::string_view line;
  const auto status = lines_.next(in.client, line);
  if (status == LineReader::Status::need_more) return std::nullopt;
  const bool usable = status == LineReader::Status::line && !has_stray_octet(line);
  if (usable) sasl_.respond(line);
  ask(Kind::auth, usable ? line : "*", out);  // "*" cancels: the server then says that it failed
  phase_ = Phase::blocked;
  return std::nullopt;
}

}  // namespace p3scan::proto::smtp
