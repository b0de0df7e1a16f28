// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/chunks.h"
#include "support/fake_engine.h"

// Transcripts of conversations, one step a line, blanks in front ignored:
//   C: text      the client sends the line (CRLF is added)       S: text     the server does
//   C~ text      ... the same without CRLF                       S~ text
//   C< text      the client has got this line next               S< text     the server has
//   C!           the client closes its side                      S!          the server does
//   quiet        neither side has got anything that was not looked at yet
//   tick         the keep-alive interval passes
//   scan: KIND text   the message was given to the scanners, and the ruling is KIND (deliver, edit, replace, refuse,
//                fail); edit is deliver of a changed version
//   kept: N      so many messages are kept
//   error: KIND  the message can't be kept (no_space, too_large, io)
//   tls          both sides go over to TLS, as the dialog has asked for, and the handshakes succeed
//   login: name  connect: host:port     were asked for
//   end: OUTCOME the dialog has ended so (finished, client_gone, server_gone, protocol_error, aborted)
//   # comment
// Escapes in text: \r \n \0 \\ \xNN. A * at the end of an expected line stands for anything (\x2a for the octet).
// Whatever a script leaves unlooked at is an error. When it does not end the dialog, both sides close then.
namespace p3scan::test {

struct ScriptStep {
  std::string verb;  // as written above
  std::string text;
  bool open_end = false;  // anything may follow the text
};

inline std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'x') {
      unsigned value = 0;
      std::from_chars(text.data() + i + 1, text.data() + std::min(i + 3, text.size()), value, 16);
      plain += static_cast<char>(value);
      i += 2;
    } else {
      plain += c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
    }
  }
  return plain;
}

/// Successive lines of one side become one step, so that the largest chunk is all of them.
inline std::vector<ScriptStep> parse_script(std::string_view script) {
  std::vector<ScriptStep> steps;
  while (!script.empty()) {
    auto line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(line.size() + 1, script.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const auto space = line.find(' ');
    std::string verb(line.substr(0, space));
    auto raw = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    const bool open_end = verb.ends_with('<') && raw.ends_with('*');
    if (open_end) raw.remove_suffix(1);
    auto text = unescape(raw);
    if (verb == "C:" || verb == "S:") text += "\r\n";
    if (verb == "C~" || verb == "S~") verb[1] = ':';
    const bool says = verb == "C:" || verb == "S:";
    if (says && !steps.empty() && steps.back().verb == verb) {
      steps.back().text += text;
    } else {
      steps.push_back({verb, text, open_end});
    }
  }
  return steps;
}

using MakeDialog = std::function<std::unique_ptr<proto::Dialog>()>;

/// One performance of a script.
class ScriptRun {
 public:
  /// What goes wrong after a step in a run that fails.
  enum class Failure { none, client_gone, server_gone, both_gone, message_error };

  ScriptRun(const MakeDialog& make, std::size_t chunk) : dialog_(make()), engine_(*dialog_), chunk_(chunk) {}

  /// Plays all of it and checks what the script expects.
  void play(const std::vector<ScriptStep>& steps);

  /// Lets `failure` happen after `events` pieces and other happenings and plays the rest without expectations: only
  /// the engine's checks count, and that it ends. False when the script has no such place.
  bool play_failing(const std::vector<ScriptStep>& steps, Failure failure, std::size_t events);

  FakeEngine& engine() { return engine_; }

 private:
  static proto::Side side(const ScriptStep& step) {
    return step.verb[0] == 'C' ? proto::Side::client : proto::Side::server;
  }
  bool happen(const ScriptStep& step);
  void say(proto::Side from, std::string_view text);
  void rule(std::string_view text);
  void event();
  void check(const ScriptStep& step);
  void check_line(const ScriptStep& step);
  void check_end(const std::string& outcome);
  static void check_front(std::deque<std::string>& queue, const std::string& text);

  std::unique_ptr<proto::Dialog> dialog_;
  FakeEngine engine_;
  std::size_t chunk_;
  Failure failure_ = Failure::none;
  std::size_t countdown_ = 0;
  bool failed_ = false;
};

/// Runs the dialog after something happened to it, and lets it fail when it is time.
inline void ScriptRun::event() {
  engine_.run();
  if (failure_ == Failure::none || failed_ || countdown_-- > 0) return;
  failed_ = true;
  if (failure_ == Failure::client_gone || failure_ == Failure::both_gone) engine_.close(proto::Side::client);
  if (failure_ == Failure::server_gone || failure_ == Failure::both_gone) engine_.close(proto::Side::server);
  if (failure_ == Failure::message_error && engine_.in_message()) engine_.message_error(proto::MessageError::no_space);
  engine_.run();
}

inline void ScriptRun::say(proto::Side from, std::string_view text) {
  while (!text.empty() && !engine_.is_closed(from) && !engine_.ended()) {
    const auto piece = text.substr(0, chunk_);
    text.remove_prefix(piece.size());
    engine_.feed(from, piece);
    event();
  }
}

inline void ScriptRun::rule(std::string_view text) {
  using Kind = proto::Ruling::Kind;
  const auto kind = ascii::take_word(text);
  if (failed_ && !engine_.scanning()) return;
  proto::Ruling ruling;
  ruling.changed = kind == "edit";
  ruling.kind = kind == "deliver" || kind == "edit" ? Kind::deliver
                : kind == "replace"                 ? Kind::replace
                : kind == "refuse"                  ? Kind::refuse
                                                    : Kind::fail;
  ruling.text = ascii::trim(text);
  engine_.rule(ruling);
  event();
}

/// Performs a step that is not an expectation; false if it is one.
inline bool ScriptRun::happen(const ScriptStep& step) {
  if (step.verb == "C:" || step.verb == "S:") {
    say(side(step), step.text);
  } else if (step.verb == "C!" || step.verb == "S!") {
    engine_.close(side(step));
    event();
  } else if (step.verb == "tick") {
    if (failed_ && !engine_.in_message()) return true;
    EXPECT_TRUE(engine_.in_message()) << "ticks come only while there is a message";
    engine_.tick();
    event();
  } else if (step.verb == "tls") {
    if (failed_ && !engine_.handshaking()) return true;
    engine_.secured();
    event();
  } else if (step.verb == "scan:") {
    rule(step.text);
  } else if (step.verb == "error:") {
    engine_.message_error(step.text == "no_space"    ? proto::MessageError::no_space
                          : step.text == "too_large" ? proto::MessageError::too_large
                                                     : proto::MessageError::io);
    event();
  } else {
    return false;
  }
  return true;
}

inline void ScriptRun::check_line(const ScriptStep& step) {
  auto& sent = engine_.sent(side(step));
  const auto end = sent.find("\r\n");
  const auto line = sent.substr(0, end);
  sent.erase(0, end == std::string::npos ? end : end + 2);
  EXPECT_EQ(step.open_end ? line.substr(0, step.text.size()) : line, step.text);
  EXPECT_NE(end, std::string::npos) << "the line is not there or has no end";
}

inline void ScriptRun::check_front(std::deque<std::string>& queue, const std::string& text) {
  ASSERT_FALSE(queue.empty()) << "was not asked for: " << text;
  EXPECT_EQ(queue.front(), text);
  queue.pop_front();
}

inline void ScriptRun::check_end(const std::string& outcome) {
  static constexpr const char* kNames[] = {"finished", "client_gone", "server_gone", "protocol_error", "aborted"};
  ASSERT_TRUE(engine_.ended()) << "has not ended";
  EXPECT_EQ(kNames[static_cast<std::size_t>(engine_.ended()->outcome)], outcome) << engine_.ended()->why;
}

inline void ScriptRun::check(const ScriptStep& step) {
  if (step.verb == "C<" || step.verb == "S<") return check_line(step);
  if (step.verb == "login:") return check_front(engine_.logins, step.text);
  if (step.verb == "connect:") return check_front(engine_.connects, step.text);
  if (step.verb == "end:") return check_end(step.text);
  if (step.verb == "kept:") {
    EXPECT_EQ(std::to_string(engine_.kept()), step.text);
    return;
  }
  ASSERT_EQ(step.verb, "quiet") << "no such step";
  EXPECT_EQ(engine_.sent(proto::Side::client), "");
  EXPECT_EQ(engine_.sent(proto::Side::server), "");
}

inline void ScriptRun::play(const std::vector<ScriptStep>& steps) {
  engine_.run();
  for (const auto& step : steps) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, step.verb + " " + step.text);
    if (!happen(step)) check(step);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(engine_.sent(proto::Side::client), "") << "the script did not look at this";
  EXPECT_EQ(engine_.sent(proto::Side::server), "") << "the script did not look at this";
  EXPECT_TRUE(engine_.logins.empty() && engine_.connects.empty()) << "the script did not look at all logins";
  engine_.close(proto::Side::client);
  engine_.close(proto::Side::server);
  engine_.run();
  EXPECT_TRUE(engine_.ended()) << "lives on without peers";
}

inline bool ScriptRun::play_failing(const std::vector<ScriptStep>& steps, Failure failure, std::size_t events) {
  failure_ = failure;
  countdown_ = events;
  engine_.run();
  for (const auto& step : steps) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, step.verb + " " + step.text);
    happen(step);
  }
  if (!failed_) return false;
  if (engine_.scanning() && !engine_.ended()) rule("fail");
  // A login that names the server has none to lose before.
  const bool has_server = std::ranges::find(steps, "connect:", &ScriptStep::verb) == steps.end();
  if (failure == Failure::server_gone && has_server) EXPECT_TRUE(engine_.ended()) << "lives on without a server";
  engine_.close(proto::Side::client);
  engine_.close(proto::Side::server);
  engine_.run();
  EXPECT_TRUE(engine_.ended()) << "lives on without peers";
  return true;
}

/// Plays a script in every chunking, and then failing at every step in every way. Returns the resume calls that the
/// whole chunks needed.
inline std::size_t play(const MakeDialog& make, std::string_view script) {
  const auto steps = parse_script(script);
  std::size_t resumes = 0;
  for (const auto chunk : kChunkSizes) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, "in chunks of " + std::to_string(chunk));
    ScriptRun run(make, chunk);
    run.play(steps);
    resumes = run.engine().resumes();
    if (testing::Test::HasFailure()) return resumes;
  }
  using Failure = ScriptRun::Failure;
  for (const auto failure : {Failure::client_gone, Failure::server_gone, Failure::both_gone, Failure::message_error}) {
    for (std::size_t events = 0;; ++events) {
      const testing::ScopedTrace trace(
          __FILE__, __LINE__,
          "failure " + std::to_string(static_cast<int>(failure)) + " after " + std::to_string(events) + " events");
      ScriptRun run(make, 5);
      if (!run.play_failing(steps, failure, events)) break;
      if (testing::Test::HasFailure()) return resumes;
    }
  }
  return resumes;
}

}  // namespace p3scan::test
