// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "imap/dialog.h"

namespace {

using namespace p3scan;
using namespace p3scan::proto;
using imap::ResponseReader;

constexpr int kMostCalls = 20000;  // for one input: more is going round in circles
/// The engine's part as far as a dialog can get it wrong. Every message is scanned; what its ruling does not let pass,
/// and what no ruling was about, may leave the dialog neither as words nor through an action.
class Session {
 public:
  explicit Session(imap::Dialog::Options options) : dialog_(std::move(options)) {}

  void feed(Side side, std::string_view bytes) {
    inbox(side) += bytes;
    run(false);
  }
  void tick() { run(in_message_); }
  void break_message() {
    if (in_message_ && !recalled_) error_ = MessageError::no_space;
    run(false);
  }
  void rule(Ruling::Kind kind, bool changed) {
    if (!scanning_) return;
    scanning_ = false;
    ruling_ = Ruling{.kind = kind, .text = "x", .size = size_, .changed = changed || kind == Ruling::Kind::replace};
    has_ruling_ = true;
    run(false);
  }
  void close(Side side) {
    (side == Side::client ? client_closed_ : server_closed_) = true;
    run(false);
  }
  bool ended() const { return ended_; }

 private:
  std::string& inbox(Side side) { return side == Side::client ? client_ : server_; }

  void run(bool tick) {
    for (int calls = 0; !ended_; ++calls) {
      if (calls > kMostCalls) std::abort();
      if (!step(tick)) return;
      tick = false;
    }
  }

  bool step(bool tick) {
    const std::vector<char> client(client_.begin(), client_.end());
    const std::vector<char> server(server_.begin(), server_.end());
    Inbox in;
    in.client = {client.data(), client.size()};
    in.server = {server.data(), server.size()};
    in.client_closed = client_closed_;
    in.server_closed = server_closed_;
    in.keepalive_due = tick;
    in.message_error = error_;
    in.ruling = has_ruling_ ? &ruling_ : nullptr;
    Outbox out;
    const auto action = dialog_.resume(in, out);
    if (!client_.ends_with(in.client) || !server_.ends_with(in.server)) std::abort();
    client_ = in.client;
    server_ = in.server;
    if (!out.content.empty() && (!in_message_ || complete_)) std::abort();
    for (const auto piece : out.content) size_ += piece.size();
    check_words(out);
    return act(action);
  }

  /// Content of a message goes through the engine only: while one is undecided nothing else is said to where it would go,
  /// and the dialog's own words to the client hold no content at any time.
  void check_words(const Outbox& out) {
    const bool undecided = in_message_ && !has_ruling_;
    if (undecided && direction_ == Direction::outgoing && !out.server.empty()) std::abort();
    if (undecided && direction_ == Direction::incoming) {
      std::string_view words = out.client;
      for (const auto line : {"* OK Still checking a message\r\n", "* BYE The mail server is gone\r\n"}) {
        if (words.starts_with(line)) words.remove_prefix(std::string_view(line).size());
      }
      if (!words.empty()) std::abort();
    }
    said_ += out.client;
    std::string_view said = said_;
    for (auto status = ResponseReader::Status::response; !unreadable_ && status != ResponseReader::Status::need_more;) {
      status = words_.next(said);
      unreadable_ = status == ResponseReader::Status::broken;
      if (status == ResponseReader::Status::literal && imap::names_content(words_.streamed().name)) std::abort();
      if (status != ResponseReader::Status::response) continue;
      for (const auto& datum : words_.response().data) {
        const bool content = imap::names_content(words_.response().name_of(datum));
        const auto value = words_.response().value_of(datum);
        if (content && value != "NIL" && value != "0") std::abort();
      }
    }
    said_ = said;
  }

  bool passes() const {
    return in_message_ && complete_ && has_ruling_ && error_ == MessageError::none &&
           (ruling_.kind == Ruling::Kind::deliver || ruling_.kind == Ruling::Kind::replace);
  }

  bool act(const Action& action) {
    if (std::holds_alternative<Wait>(action)) return false;
    if (const auto* begin = std::get_if<Begin>(&action)) this->begin(*begin);
    if (std::holds_alternative<Scan>(action)) {
      if (!in_message_ || complete_) std::abort();
      complete_ = scanning_ = true;
      return false;
    }
    if (const auto* deliver = std::get_if<Deliver>(&action)) {
      if (!passes() || direction_ != Direction::outgoing || deliver->to != Side::server) std::abort();
      if (ruling_.changed) std::abort();
      in_message_ = false;
    }
    if (const auto* show = std::get_if<Show>(&action)) this->show(*show);
    if (const auto* keep = std::get_if<Keep>(&action)) {
      if (!passes() || kept_.size() > 64) std::abort();
      kept_[keep->id] = {ruling_, direction_};
    }
    if (const auto* recall = std::get_if<Recall>(&action)) this->recall(*recall);
    if (const auto* forget = std::get_if<Forget>(&action); forget != nullptr && kept_.erase(forget->id) != 1)
      std::abort();
    if (std::holds_alternative<Drop>(action)) {
      if (!in_message_) std::abort();
      in_message_ = scanning_ = has_ruling_ = false;
      error_ = MessageError::none;
    }
    if (std::holds_alternative<Connect>(action)) std::abort();
    if (std::holds_alternative<StartTls>(action) && (in_message_ || !client_.empty() || !server_.empty()))
      ended_ = true;
    if (std::holds_alternative<End>(action)) ended_ = true;
    return !ended_;
  }

  void begin(const Begin& begin) {
    if (in_message_ || !begin.scan || begin.mark) std::abort();
    if (begin.edit != (begin.direction == Direction::incoming)) std::abort();
    in_message_ = true;
    recalled_ = complete_ = scanning_ = has_ruling_ = false;
    error_ = MessageError::none;
    direction_ = begin.direction;
    size_ = 0;
  }

  void show(const Show& show) {
    if (!passes() || direction_ != Direction::incoming || show.to != Side::client || !show.answer) std::abort();
    const std::string message = "Subject: x\r\n\r\nbody\r\n";
    for (const auto& piece : show.answer->make(message)) {
      if (piece.offset > message.size() || piece.length > message.size() - piece.offset) std::abort();
    }
  }

  void recall(const Recall& recall) {
    const auto found = kept_.find(recall.id);
    if (in_message_ || found == kept_.end()) std::abort();
    in_message_ = complete_ = recalled_ = has_ruling_ = true;
    scanning_ = false;
    error_ = MessageError::none;
    ruling_ = found->second.ruling;
    direction_ = found->second.direction;
  }

  struct Kept {
    Ruling ruling;
    Direction direction = Direction::incoming;
  };
  imap::Dialog dialog_;
  imap::ResponseReader words_{std::size_t{1} << 20U};  // of the dialog to the client
  std::string said_;
  bool unreadable_ = false;
  std::string client_;
  std::string server_;
  bool client_closed_ = false;
  bool server_closed_ = false;
  std::map<std::uint64_t, Kept> kept_;
  Ruling ruling_;
  std::uint64_t size_ = 0;
  Direction direction_ = Direction::incoming;
  MessageError error_ = MessageError::none;
  bool has_ruling_ = false;
  bool in_message_ = false;
  bool recalled_ = false;
  bool complete_ = false;
  bool scanning_ = false;
  bool ended_ = false;
};

/// Knows some messages of every mailbox.
class SomeChanged final : public imap::ChangedMessages {
 public:
  void add(const imap::Mailbox& /*mailbox*/, std::uint32_t uid) override { last_ = uid; }
  void remove(const imap::Mailbox& /*mailbox*/, std::uint32_t /*uid*/) override { last_ = 0; }
  std::vector<std::uint32_t> uids(const imap::Mailbox& /*mailbox*/) const override {
    return last_ == 0 ? std::vector<std::uint32_t>{} : std::vector{last_};
  }

 private:
  std::uint32_t last_ = 7;
};

/// Runs the events of `text`, which \x1e ends: > and what the client says, < and what the server says (both in chunks
/// of `step` octets), t for a tick, e for a message that can't be kept, anything else for a ruling.
void play(std::string_view text, std::size_t step, bool starttls) {
  SomeChanged changed;
  Session session({.maxline = 256,
                   .maxresponse = 1024,
                   .maxpipeline = 4,
                   .maxmessage = 4096,
                   .maxappend = 3,
                   .starttls = starttls,
                   .kept = {.count = 2, .octets = 1000},
                   .server = "s",
                   .changed = &changed});
  while (!text.empty() && !session.ended()) {
    const auto event = text.substr(0, text.find('\x1e'));
    text.remove_prefix(std::min(event.size() + 1, text.size()));
    if (event.empty()) continue;
    const auto side = event[0] == '>' ? Side::client : Side::server;
    if (event[0] == '>' || event[0] == '<') {
      for (std::size_t at = 1; at < event.size(); at += step) session.feed(side, event.substr(at, step));
    } else if (event[0] == 't') {
      session.tick();
    } else if (event[0] == 'e') {
      session.break_message();
    } else {
      session.rule(static_cast<Ruling::Kind>(static_cast<unsigned>(event[0]) % 4), event.size() > 1);
    }
  }
  session.rule(Ruling::Kind::replace, false);
  session.close(Side::server);
  session.rule(Ruling::Kind::fail, false);
  session.close(Side::client);
  session.rule(Ruling::Kind::fail, false);
  if (!session.ended()) std::abort();
}

}  // namespace

/// Any conversation ends when its peers do, in any chunking, with no more than what was ruled to pass.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool starttls = (data[0] & 1U) != 0;
  play(text, size, starttls);
  play(text, 1 + (data[0] >> 1U) % 5, starttls);
  return 0;
}
