// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "proto/dialog.h"
#include "proto/dot.h"

namespace p3scan::test {

/// Plays the engine's part in memory, as proto/dialog.h describes it, and checks the dialog's part of the contract:
///  - it takes octets off the front only, and keeps no view of them (each call gets fresh memory, for ASan);
///  - Wait means that nothing more can be done: asked again, it waits again and says nothing;
///  - content, Scan, Deliver and Drop come only when they have a message, Deliver only with a ruling that allows it;
///  - of a message only Deliver sends a terminator, and once header lines of it went out nothing else does but
///    Deliver, or an End that is not "finished";
///  - Show and Keep come only with a ruling that lets the message pass, Recall and Forget only of what is kept; without
///    a mark (IMAP) nothing of a message goes out early;
///  - StartTls comes without a message; plain text behind it ends the session, and its words are not said then;
///  - the word kSecret, which scripts put into infected mails, never leaves through the dialog's own words.
class FakeEngine {
 public:
  static constexpr std::string_view kSecret = "EICAR";
  static constexpr std::string_view kEdit = "X-Edited: yes\r\n";  // in front of what filters have changed
  static constexpr std::string_view kNotice = "Subject: [Virus] found\r\n\r\nReplaced.\r\n";

  explicit FakeEngine(proto::Dialog& dialog) : dialog_(dialog) {}

  void feed(proto::Side side, std::string_view bytes) { of(side).inbox += bytes; }
  void close(proto::Side side) { of(side).closed = true; }
  void tick() { tick_ = true; }
  void message_error(proto::MessageError error) { error_ = error; }
  void rule(proto::Ruling ruling);
  /// Both handshakes are done.
  void secured();
  bool handshaking() const { return handshaking_; }
  /// Resumes the dialog until it waits or ends.
  void run();

  bool scanning() const { return scanning_; }
  bool in_message() const { return in_message_; }
  const std::optional<proto::End>& ended() const { return ended_; }
  bool is_closed(proto::Side side) { return of(side).closed; }
  std::string& sent(proto::Side side) { return of(side).sent; }  // what a script has not looked at yet
  std::size_t resumes() const { return resumes_; }
  std::size_t kept() const { return kept_.size(); }

  std::deque<std::string> logins;
  std::deque<std::string> connects;

 private:
  struct End {
    std::string inbox;
    bool closed = false;
    std::string sent;
    std::string own;  // the dialog's own words since Begin
  };

  static constexpr int kMostCalls = 20000;  // without a Wait: the dialog goes round in circles

  End& of(proto::Side side) { return side == proto::Side::client ? client_ : server_; }
  proto::Action resume();
  void say(proto::Side side, const std::string& text);
  void keep(const proto::Outbox& out);
  bool act(const proto::Action& action);
  void begin(const proto::Begin& begin);
  void scan();
  void deliver(const proto::Deliver& deliver);
  void show(const proto::Show& show);
  void keep(const proto::Keep& keep);
  void recall(const proto::Recall& recall);
  void forget(const proto::Forget& forget);
  bool passes() const;
  std::string decided() const;
  void drop();
  void end(const proto::End& end);
  bool committed() const;
  void check_own_words() const;
  std::string early_header() const;
  void expect_idle();

  proto::Dialog& dialog_;
  End client_;
  End server_;
  bool tick_ = false;
  bool ticked_ = false;  // early_header is given from now on
  proto::MessageError error_ = proto::MessageError::none;
  std::optional<proto::Ruling> ruling_;
  bool handshaking_ = false;
  bool in_message_ = false;
  bool scanning_ = false;
  bool complete_ = false;
  proto::Direction direction_ = proto::Direction::incoming;
  struct Kept {
    std::string decided;
    proto::Ruling ruling;
    proto::Direction direction;
  };
  std::map<std::uint64_t, Kept> kept_;
  bool recalled_ = false;
  bool mark_ = true;
  std::string message_;
  std::vector<std::uint64_t> lone_dots_;
  std::optional<proto::End> ended_;
  std::size_t resumes_ = 0;
};

inline void FakeEngine::rule(proto::Ruling ruling) {
  EXPECT_TRUE(scanning_) << "a ruling that nobody asked for";
  scanning_ = false;
  ruling_ = std::move(ruling);
  ruling_->changed = ruling_->changed || ruling_->kind == proto::Ruling::Kind::replace;
  ruling_->size = decided().size();
}

inline void FakeEngine::secured() {
  EXPECT_TRUE(ended_ || handshaking_) << "a handshake that nobody asked for";
  handshaking_ = false;
}

inline void FakeEngine::run() {
  if (handshaking_) {
    const bool smuggled = !client_.inbox.empty() || !server_.inbox.empty();
    const bool gone = client_.closed || server_.closed;
    if (smuggled || gone) ended_ = proto::End{proto::Outcome::protocol_error, "no TLS"};
    return;
  }
  for (int calls = 0; !ended_; ++calls) {
    if (calls == kMostCalls) {
      ADD_FAILURE() << "the dialog never waits";
      ended_ = proto::End{proto::Outcome::aborted, "stuck"};
      return;
    }
    if (act(resume())) continue;
    if (!ended_ && !handshaking_) expect_idle();
    return;
  }
}

inline void FakeEngine::expect_idle() {
  const auto before = client_.inbox.size() + server_.inbox.size() + client_.sent.size() + server_.sent.size();
  const auto again = resume();
  EXPECT_TRUE(std::holds_alternative<proto::Wait>(again)) << "had more to do after Wait: " << again.index();
  const auto after = client_.inbox.size() + server_.inbox.size() + client_.sent.size() + server_.sent.size();
  EXPECT_EQ(before, after) << "had more to say or to take after Wait";
}

inline proto::Action FakeEngine::resume() {
  // Fresh memory of the exact size, so that AddressSanitizer sees a dialog that looks at views of an earlier call.
  const std::vector<char> client(client_.inbox.begin(), client_.inbox.end());
  const std::vector<char> server(server_.inbox.begin(), server_.inbox.end());
  const auto header = ticked_ || tick_ ? early_header() : std::string();
  proto::Inbox in;
  in.client = {client.data(), client.size()};
  in.server = {server.data(), server.size()};
  in.client_closed = client_.closed;
  in.server_closed = server_.closed;
  in.keepalive_due = std::exchange(tick_, false);
  in.message_error = error_;
  in.early_header = header;
  in.ruling = ruling_ ? &*ruling_ : nullptr;
  ticked_ = ticked_ || in.keepalive_due;
  proto::Outbox out;
  auto action = dialog_.resume(in, out);
  ++resumes_;
  keep(out);
  EXPECT_TRUE(std::string_view(client.data(), client.size()).ends_with(in.client));
  EXPECT_TRUE(std::string_view(server.data(), server.size()).ends_with(in.server));
  client_.inbox.erase(0, client_.inbox.size() - in.client.size());
  server_.inbox.erase(0, server_.inbox.size() - in.server.size());
  const bool agreed = std::holds_alternative<proto::StartTls>(action);
  if (agreed && !(client_.inbox.empty() && server_.inbox.empty()))
    return proto::End{proto::Outcome::protocol_error, "plain text behind the agreement on TLS"};
  say(proto::Side::client, out.client);
  say(proto::Side::server, out.server);
  return action;
}

inline void FakeEngine::say(proto::Side side, const std::string& text) {
  if (text.empty()) return;
  of(side).sent += text;
  of(side).own += text;
}

inline void FakeEngine::keep(const proto::Outbox& out) {
  if (out.content.empty() && out.lone_dots.empty()) return;
  EXPECT_TRUE(in_message_) << "content of no message";
  EXPECT_FALSE(complete_) << "content after Scan";
  for (const auto piece : out.content) {
    EXPECT_FALSE(piece.empty());
    message_ += piece;
  }
  lone_dots_.insert(lone_dots_.end(), out.lone_dots.begin(), out.lone_dots.end());
}

/// False when there is nothing more to do now.
inline bool FakeEngine::act(const proto::Action& action) {
  if (std::holds_alternative<proto::Wait>(action)) return false;
  if (const auto* a = std::get_if<proto::Begin>(&action)) begin(*a);
  if (std::holds_alternative<proto::Scan>(action)) {
    scan();
    return false;
  }
  if (std::holds_alternative<proto::StartTls>(action)) {
    EXPECT_FALSE(in_message_) << "StartTls in the middle of a message";
    handshaking_ = true;
    return false;
  }
  if (const auto* a = std::get_if<proto::Deliver>(&action)) deliver(*a);
  if (const auto* a = std::get_if<proto::Show>(&action)) show(*a);
  if (const auto* a = std::get_if<proto::Keep>(&action)) keep(*a);
  if (const auto* a = std::get_if<proto::Recall>(&action)) recall(*a);
  if (const auto* a = std::get_if<proto::Forget>(&action)) forget(*a);
  if (std::holds_alternative<proto::Drop>(action)) drop();
  if (const auto* a = std::get_if<proto::Login>(&action)) logins.push_back(a->user);
  if (const auto* a = std::get_if<proto::Connect>(&action)) connects.push_back(a->host + ":" + std::to_string(a->port));
  if (const auto* a = std::get_if<proto::End>(&action)) end(*a);
  return !ended_;
}

inline void FakeEngine::begin(const proto::Begin& begin) {
  EXPECT_FALSE(in_message_) << "the last message was neither delivered nor dropped";
  check_own_words();
  in_message_ = true;
  complete_ = scanning_ = ticked_ = recalled_ = false;
  mark_ = begin.mark;
  direction_ = begin.direction;
  error_ = proto::MessageError::none;
  ruling_.reset();
  message_.clear();
  lone_dots_.clear();
  client_.own.clear();
  server_.own.clear();
}

inline void FakeEngine::scan() {
  EXPECT_TRUE(in_message_ && !complete_) << "Scan without a message to scan";
  complete_ = scanning_ = true;
}

inline void FakeEngine::deliver(const proto::Deliver& deliver) {
  using Kind = proto::Ruling::Kind;
  EXPECT_TRUE(in_message_ && complete_ && ruling_) << "Deliver before a ruling";
  if (!in_message_ || !ruling_) return;
  EXPECT_TRUE(ruling_->kind == Kind::deliver || ruling_->kind == Kind::replace) << "Deliver against the ruling";
  EXPECT_EQ(deliver.to, direction_ == proto::Direction::incoming ? proto::Side::client : proto::Side::server);
  check_own_words();
  const bool replace = ruling_->kind == Kind::replace;
  const auto decided = this->decided();
  EXPECT_LE(deliver.from, decided.size());
  const auto rest = std::string_view(decided).substr(deliver.from);
  auto& sent = of(deliver.to).sent;
  if (deliver.framing == proto::Framing::raw) {
    sent += rest;
  } else {
    proto::DotWriter writer;
    std::vector<std::string_view> pieces;
    if (replace) lone_dots_.clear();
    writer.write(rest, pieces, lone_dots_, deliver.from);
    for (const auto piece : pieces) sent += piece;
    sent += writer.terminator();
  }
  in_message_ = false;
}

/// What a ruling makes of the message.
inline std::string FakeEngine::decided() const {
  if (recalled_ || !ruling_) return message_;
  if (ruling_->kind == proto::Ruling::Kind::replace) return (mark_ ? early_header() : "") + std::string(kNotice);
  return ruling_->changed ? std::string(kEdit) + message_ : message_;
}

inline bool FakeEngine::passes() const {
  using Kind = proto::Ruling::Kind;
  return in_message_ && complete_ && ruling_ && (ruling_->kind == Kind::deliver || ruling_->kind == Kind::replace);
}

inline void FakeEngine::show(const proto::Show& show) {
  EXPECT_TRUE(passes()) << "Show against the ruling";
  if (!passes() || !show.answer) return;
  check_own_words();
  const auto octets = decided();
  for (const auto& piece : show.answer->make(octets)) {
    EXPECT_LE(piece.offset + piece.length, octets.size());
    of(show.to).sent += piece.text + octets.substr(piece.offset, piece.length);
  }
}

inline void FakeEngine::keep(const proto::Keep& keep) {
  EXPECT_TRUE(passes()) << "Keep against the ruling";
  if (passes()) kept_[keep.id] = {.decided = decided(), .ruling = *ruling_, .direction = direction_};
}

inline void FakeEngine::recall(const proto::Recall& recall) {
  EXPECT_FALSE(in_message_) << "the last message was neither delivered nor dropped";
  const auto found = kept_.find(recall.id);
  if (found == kept_.end()) {
    ADD_FAILURE() << "Recall of what is not kept";
    return;
  }
  in_message_ = complete_ = recalled_ = true;
  scanning_ = mark_ = false;
  message_ = found->second.decided;
  ruling_ = found->second.ruling;
  direction_ = found->second.direction;
  error_ = proto::MessageError::none;
  lone_dots_.clear();
}

inline void FakeEngine::forget(const proto::Forget& forget) {
  EXPECT_EQ(kept_.erase(forget.id), 1U) << "Forget of what is not kept";
}

inline void FakeEngine::drop() {
  EXPECT_TRUE(in_message_) << "Drop without a message";
  EXPECT_FALSE(committed()) << "dropped a message whose beginning the client has";
  check_own_words();
  in_message_ = scanning_ = false;
  ruling_.reset();
  error_ = proto::MessageError::none;
}

inline void FakeEngine::end(const proto::End& end) {
  if (in_message_ && committed()) EXPECT_NE(end.outcome, proto::Outcome::finished);
  check_own_words();
  ended_ = end;
}

/// Has the client more of the open message than one line?
inline bool FakeEngine::committed() const {
  const auto line = client_.own.find("\r\n");
  return mark_ && direction_ == proto::Direction::incoming && line != std::string::npos &&
         line + 2 < client_.own.size();
}

inline void FakeEngine::check_own_words() const {
  for (const auto* text : {&client_.own, &server_.own}) {
    EXPECT_EQ(text->find(kSecret), std::string::npos) << "leaked: " << *text;
    if (in_message_) {
      EXPECT_FALSE(text->starts_with(".\r\n") || text->contains("\r\n.\r\n")) << "terminator: " << *text;
    }
  }
}

/// Whole fields from the first octet on, up to Subject, MIME and Content ones or the end of the header.
inline std::string FakeEngine::early_header() const {
  std::size_t field = 0;
  std::size_t at = 0;
  const std::string_view text = message_;
  for (;;) {
    const auto end = text.find("\r\n", at);
    if (end == std::string_view::npos || end + 2 == text.size()) return message_.substr(0, field);
    at = end + 2;
    if (ascii::is_blank(text[at])) continue;
    for (const auto* stop : {"subject:", "mime-", "content-", "\r\n"}) {
      if (ascii::starts_with_nocase(text.substr(field), stop)) return message_.substr(0, field);
    }
    field = at;
  }
}

}  // namespace p3scan::test
