// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <thread>

#include "session/harness.h"

namespace p3scan::session::test {
namespace {

/// A dialog that does one thing after the other; a step that gives nothing waits for something to change.
class SteppedDialog final : public proto::Dialog {
 public:
  using Step = std::function<std::optional<proto::Action>(proto::Inbox&, proto::Outbox&)>;
  explicit SteppedDialog(std::vector<Step> steps) : steps_(std::move(steps)) {}
  proto::Action resume(proto::Inbox& in, proto::Outbox& out) override {
    if (at_ == steps_.size()) return proto::End{proto::Outcome::finished};
    auto action = steps_[at_](in, out);
    if (!action) return proto::Wait{};
    ++at_;
    return *action;
  }

 private:
  std::vector<Step> steps_;
  std::size_t at_ = 0;
};

using Step = SteppedDialog::Step;

/// Says pieces of the message; notes the thread it was asked on, and the message.
class Cutting final : public proto::Answer {
 public:
  struct Seen {
    std::string message;
    std::thread::id thread;
  };
  Cutting(std::vector<proto::Piece> pieces, Seen& seen) : pieces_(std::move(pieces)), seen_(seen) {}
  std::vector<proto::Piece> make(std::string_view message) const override {
    seen_ = {.message = std::string(message), .thread = std::this_thread::get_id()};
    auto pieces = pieces_;
    for (auto& piece : pieces) piece.length = std::min<std::uint64_t>(piece.length, message.size() - piece.offset);
    return pieces;
  }

 private:
  std::vector<proto::Piece> pieces_;
  Seen& seen_;
};

Step doing(proto::Action action, std::string words = {}) {
  return [action, words](proto::Inbox& /*in*/, proto::Outbox& out) {
    out.client += words;
    return std::optional(action);
  };
}

/// All that the server says is the message, up to `size` octets.
Step arriving(std::size_t size) {
  return [size, got = std::size_t{0}](proto::Inbox& in, proto::Outbox& out) mutable -> std::optional<proto::Action> {
    if (!in.server.empty()) out.content.push_back(in.server);
    got += in.server.size();
    in.server = {};
    if (got < size) return std::nullopt;
    return proto::Action(proto::Again{});
  };
}

Step ruled(proto::Ruling& ruling) {
  return [&ruling](proto::Inbox& in, proto::Outbox& /*out*/) -> std::optional<proto::Action> {
    if (in.ruling == nullptr) return std::nullopt;
    ruling = *in.ruling;
    return proto::Action(proto::Again{});
  };
}

class EngineKept : public testing::Test {
 protected:
  static constexpr proto::Begin kImapLike{.mark = false};

  std::vector<Step> fetch(const std::string& mail, proto::Begin begin = kImapLike) {
    return {doing(begin), arriving(mail.size()), doing(proto::Scan{}), ruled(ruling)};
  }
  proto::Show show(std::vector<proto::Piece> pieces) {
    return {.to = proto::Side::client, .answer = std::make_shared<Cutting>(std::move(pieces), seen)};
  }
  proto::Show show_all() { return show({{.text = "{", .offset = 0, .length = UINT64_MAX}, {.text = "}"}}); }

  /// What the client gets while the server says these mails.
  std::string run(std::vector<Step> steps, const std::string& said) {
    harness.own_dialog = std::make_unique<SteppedDialog>(std::move(steps));
    std::string got;
    end = harness.run([&got](Wire& wire) -> asio::awaitable<void> { got = co_await wire.hear_all(); },
                      [said](Wire& wire) -> asio::awaitable<void> {
                        co_await wire.tell(said);
                        co_await wire.hear_all();
                      });
    return got;
  }
  std::string run_one(const std::string& mail, std::vector<Step> behind, proto::Begin begin = kImapLike) {
    auto steps = fetch(mail, begin);
    steps.insert(steps.end(), behind.begin(), behind.end());
    return run(std::move(steps), mail);
  }
  static std::string large_mail() {
    std::string mail = "Subject: large\r\n\r\n";
    for (int i = 0; mail.size() < 3'000'000; ++i) mail += "line " + std::to_string(i) + "\r\n";
    return mail;
  }

  Harness harness;
  proto::Ruling ruling;
  Cutting::Seen seen;
  proto::End end{proto::Outcome::aborted, "never run"};
};

constexpr const char* kMail = "Subject: x\r\n\r\nbody\r\n";

TEST_F(EngineKept, PiecesOfASmallMessageAreShownInOrder) {
  harness.services->config.xheader = true;  // not for a message whose size was told before
  const auto got = run_one(
      kMail,
      {doing(show({{.text = "a", .offset = 14, .length = 4}, {.text = "b", .offset = 0, .length = 7}, {.text = "c"}}),
             "words ")});
  EXPECT_EQ(got, "words abodybSubjectc");
  EXPECT_EQ(seen.message, kMail);
  EXPECT_FALSE(ruling.changed);
  EXPECT_EQ(ruling.size, seen.message.size());
  EXPECT_EQ(harness.mails, 1U);
  EXPECT_EQ(end.outcome, proto::Outcome::finished);
}

TEST_F(EngineKept, LargeMessageIsReadOnAnotherThreadAndWrittenWhole) {
  const auto mail = large_mail();
  const auto got = run_one(mail, {doing(show_all())});
  EXPECT_EQ(got, "{" + mail + "}");
  EXPECT_NE(seen.thread, std::this_thread::get_id());
  EXPECT_EQ(seen.message, mail);
}

TEST_F(EngineKept, NothingOfAMessageIsShownWithoutARuling) {
  const auto got = run({doing(kImapLike), arriving(4), doing(show_all(), "words")}, "Subj");
  EXPECT_EQ(got, "");
  EXPECT_EQ(end.outcome, proto::Outcome::aborted);
  EXPECT_EQ(seen.message, "");
}

TEST_F(EngineKept, NothingOfAMessageIsShownAgainstItsRuling) {
  harness.scanner([](Message& /*message*/) -> asio::awaitable<scan::Verdict> { co_return scan::Failed{"down"}; });
  EXPECT_EQ(run_one(kMail, {doing(show_all(), "words")}), "");
  EXPECT_EQ(ruling.kind, proto::Ruling::Kind::fail);
  EXPECT_EQ(end.outcome, proto::Outcome::aborted);
  EXPECT_EQ(run_one(kMail, {doing(proto::Keep{1})}), "");
  EXPECT_EQ(end.outcome, proto::Outcome::aborted);
}

TEST_F(EngineKept, NotificationIsShownInsteadOfAnInfectedMessage) {
  const auto got = run_one("Subject: x\r\n\r\nEICAR body\r\n", {doing(show_all())});
  EXPECT_EQ(ruling.kind, proto::Ruling::Kind::replace);
  EXPECT_TRUE(ruling.changed);
  EXPECT_NE(got.find("Eicar-Test"), std::string::npos);
  EXPECT_EQ(got.find("EICAR body"), std::string::npos);
  EXPECT_EQ(ruling.size + 2, got.size());
}

TEST_F(EngineKept, AddedLineIsPartOfTheVersionAndItsOffsets) {
  harness.services->config.xheader = true;
  const auto got = run_one(kMail, {doing(show_all())}, {});
  EXPECT_TRUE(ruling.changed);
  EXPECT_TRUE(got.starts_with("{Subject: x\r\nX-P3Scan: ")) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\nbody\r\n}")) << got;
  EXPECT_EQ(seen.message.size(), ruling.size);
}

TEST_F(EngineKept, AddedLineInALargeMessageToo) {
  harness.services->config.xheader = true;
  const auto mail = large_mail();
  const auto got = run_one(mail, {doing(show_all())}, {});
  EXPECT_EQ(got.size(), ruling.size + 2);
  EXPECT_TRUE(got.starts_with("{Subject: large\r\nX-P3Scan: ")) << got.substr(0, 80);
  EXPECT_TRUE(got.ends_with(mail.substr(18) + "}"));
}

TEST_F(EngineKept, KeptMessagesAreRecalledInAnyOrderWithTheirRulings) {
  const std::string infected = "Subject: y\r\n\r\nEICAR body\r\n";
  auto steps = fetch(kMail);
  const auto second = fetch(infected);
  proto::Ruling again;
  steps.push_back(doing(proto::Keep{7}));
  steps.insert(steps.end(), {doing(proto::Drop{})});
  // The server's words of the second mail must not be taken as the first's.
  steps[1] = [](proto::Inbox& in, proto::Outbox& out) -> std::optional<proto::Action> {
    const auto size = std::string_view(kMail).size();
    if (in.server.size() < size) return std::nullopt;
    out.content.push_back(in.server.substr(0, size));
    in.server.remove_prefix(size);
    return proto::Action(proto::Again{});
  };
  steps.insert(steps.end(), second.begin(), second.end());
  steps.insert(steps.end(), {doing(proto::Keep{8}), doing(proto::Recall{7}), doing(show_all()), ruled(again),
                             doing(proto::Recall{8}), doing(show_all()), doing(proto::Recall{7}),
                             doing(proto::Forget{7}), doing(show_all()), doing(proto::Drop{})});
  const auto got = run(steps, kMail + infected);
  const std::string one = "{" + std::string(kMail) + "}";
  EXPECT_TRUE(got.starts_with(one)) << got;
  EXPECT_TRUE(got.ends_with(one)) << got;
  EXPECT_NE(got.find("Eicar-Test"), std::string::npos);
  EXPECT_EQ(got.find("EICAR body"), std::string::npos);
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.size, std::string_view(kMail).size());
  EXPECT_EQ(harness.mails, 2U) << "each once";
}

TEST_F(EngineKept, ForgottenMessageCannotBeRecalled) {
  const auto got = run_one(kMail, {doing(proto::Keep{7}), doing(proto::Forget{7}), doing(proto::Recall{7})});
  EXPECT_EQ(got, "");
  EXPECT_EQ(end.outcome, proto::Outcome::aborted);
}

TEST_F(EngineKept, AnswerThatReachesBeyondTheMessageEndsTheSession) {
  class Beyond final : public proto::Answer {
   public:
    std::vector<proto::Piece> make(std::string_view message) const override {
      return {{.text = "x", .offset = message.size(), .length = 1}};
    }
  };
  const auto got =
      run_one(kMail, {doing(proto::Show{.to = proto::Side::client, .answer = std::make_shared<Beyond>()})});
  EXPECT_EQ(got, "");
  EXPECT_EQ(end.outcome, proto::Outcome::aborted);
}

TEST_F(EngineKept, MessageThatMayNotBeEditedIsLeftAsItIsByFilters) {
  class Shouting final : public Filter {
   public:
    std::string_view name() const override { return "shouting"; }
    asio::awaitable<Filtered> run(Message& /*message*/, const scan::MailFacts& /*facts*/) override {
      co_return Filtered{.added = "X-Shout: HEY\r\n"};
    }
  };
  Shouting filter;
  harness.services->incoming_stages.others.push_back(&filter);
  EXPECT_NE(run_one(kMail, {doing(show_all())}).find("X-Shout: HEY"), std::string::npos);
  EXPECT_TRUE(ruling.changed);
  EXPECT_EQ(run_one(kMail, {doing(show_all())}, {.mark = false, .edit = false}), "{" + std::string(kMail) + "}");
  EXPECT_FALSE(ruling.changed);
}

TEST_F(EngineKept, IdleLimitMayBeLongerThanConfigured) {
  harness.services->config.idletimeout = std::chrono::seconds(1);
  harness.idle_limit = std::chrono::seconds(3);
  const auto started = std::chrono::steady_clock::now();
  run({[](proto::Inbox& /*in*/, proto::Outbox& /*out*/) { return std::optional<proto::Action>(); }}, "x");
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(2900));
  EXPECT_EQ(end.why, "Connection timeout");
}

}  // namespace
}  // namespace p3scan::session::test
