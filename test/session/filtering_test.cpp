// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include <fstream>

#include "session/harness.h"
#include "support/temporary.h"

namespace p3scan::session::test {
namespace {

constexpr std::string_view kHeader = "Received: from x\r\nFrom: a@example.org\r\nTo: b@example.org\r\nSubject: hi\r\n";
constexpr std::string_view kBody = "\r\nbody\r\n";

/// Does what a test tells it to.
class ScriptedFilter final : public Filter {
 public:
  using Work = std::function<asio::awaitable<Filtered>(Message&)>;
  ScriptedFilter(Work work, bool required) : work_(std::move(work)), required_(required) {}
  std::string_view name() const override { return "scripted"; }
  bool required() const override { return required_; }
  asio::awaitable<Filtered> run(Message& message, const scan::MailFacts& /*facts*/) override {
    co_return co_await work_(message);
  }

 private:
  Work work_;
  bool required_;
};

std::shared_ptr<Message> message_of(const asio::any_io_executor& executor, std::string_view bytes) {
  auto made = std::make_shared<Message>(executor, SpoolLimits{.directory = {}, .memory = 1 << 20, .keep_free = 0});
  const std::array<std::string_view, 1> pieces = {bytes};
  EXPECT_TRUE(made->append(pieces));
  made->complete();
  return made;
}

/// The message with every `from` replaced.
ScriptedFilter::Work replacing(std::string from, std::string to) {
  return [from, to](Message& message) -> asio::awaitable<Filtered> {
    auto text = read_all(message);
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    co_return Filtered{.version = message_of(co_await asio::this_coro::executor, text)};
  };
}

ScriptedFilter::Work giving(Filtered what) {
  auto shared = std::make_shared<Filtered>(std::move(what));
  return [shared](Message& /*message*/) -> asio::awaitable<Filtered> { co_return *shared; };
}

asio::awaitable<Filtered> broken(Message& /*message*/) {
  throw std::runtime_error("the filter broke");
  co_return Filtered{};
}

asio::awaitable<Filtered> hanging(Message& /*message*/) {
  asio::steady_timer never(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await never.async_wait(asio::use_awaitable);
  co_return Filtered{};
}

class FilteringTest : public testing::Test {
 protected:
  enum class Stage { attachments, others };

  void add(Stage stage, ScriptedFilter::Work work, bool required = true) {
    auto filter = std::make_unique<ScriptedFilter>(std::move(work), required);
    auto& stages = harness.services->incoming_stages;
    (stage == Stage::attachments ? stages.attachments : stages.others).push_back(filter.get());
    harness.services->filters.push_back(std::move(filter));
  }

  /// What a POP3 client gets for RETR of this mail.
  std::string fetch(std::string mail) {
    harness.io.restart();
    std::string got;
    harness.run(
        [&](Wire& wire) -> asio::awaitable<void> {
          co_await wire.hear("\r\n");
          co_await wire.tell("RETR 1\r\nQUIT\r\n");
          if (gated) got = co_await wire.hear("Received: from x\r\n");
          seen.set();
          got += co_await wire.hear_all();
        },
        [mail](Wire& wire) -> asio::awaitable<void> {
          co_await wire.tell("+OK ready\r\n");
          co_await wire.hear("RETR 1\r\n");
          co_await wire.tell("+OK\r\n" + mail + ".\r\n");
          co_await wire.hear("QUIT\r\n");
          co_await wire.tell("+OK bye\r\n");
        });
    return got;
  }
  std::string fetch() { return fetch(std::string(kHeader).append(kBody)); }
  static std::string delivered(std::string_view header, std::string_view body = kBody) {
    return std::string("+OK\r\n").append(header).append(body).append(".\r\n+OK bye\r\n");
  }
  std::ptrdiff_t quarantined() { return std::distance(std::filesystem::directory_iterator(harness.directory()), {}); }

  /// Starts the work once the reader has been shown a field.
  ScriptedFilter::Work late(ScriptedFilter::Work work) {
    harness.services->config.timeout = std::chrono::seconds(1);
    gated = true;
    return [this, work](Message& message) -> asio::awaitable<Filtered> {
      co_await seen.wait();
      co_return co_await work(message);
    };
  }

  Harness harness;
  net::Event seen{harness.io.get_executor()};
  bool gated = false;
};

TEST_F(FilteringTest, EachWorksOnWhatTheOneBeforeMade) {
  add(Stage::attachments, replacing("body", "one"));
  add(Stage::others, replacing("one", "two"));
  EXPECT_EQ(fetch(), delivered(kHeader, "\r\ntwo\r\n"));
}

TEST_F(FilteringTest, AddedFieldsStandAtTheEndOfTheHeader) {
  add(Stage::attachments, replacing("Subject: hi", "Subject: a longer one"));
  add(Stage::others, giving({.added = "X-One: 1\r\nX-Two: a\r\n b\r\n"}));
  auto header = std::string(kHeader);
  header.replace(header.find("hi\r\n"), 2, "a longer one");
  EXPECT_EQ(fetch(), delivered(header + "X-One: 1\r\nX-Two: a\r\n b\r\n"));
}

TEST_F(FilteringTest, AddedFieldsTakeTheLineEndingOfTheMail) {
  add(Stage::others, giving({.added = "X-One: 1\r\n"}));
  const std::string got = fetch("From: a@example.org\nSubject: hi\n\nbody\r\n");
  EXPECT_EQ(got, "+OK\r\nFrom: a@example.org\nSubject: hi\nX-One: 1\n\nbody\r\n.\r\n+OK bye\r\n");
}

TEST_F(FilteringTest, InfectedMailMeetsNoFilter) {
  add(Stage::attachments, replacing("EICAR", "harmless"));
  add(Stage::others, replacing("EICAR", "harmless"));
  const auto got = fetch(std::string(kHeader) + "\r\nEICAR\r\n");
  EXPECT_EQ(got.find("harmless"), std::string::npos) << got;
  EXPECT_NE(got.find("Eicar-Test"), std::string::npos) << got;
  EXPECT_EQ(quarantined(), 1);
}

TEST_F(FilteringTest, WhatAnAttachmentFilterMakesIsScanned) {
  add(Stage::attachments, replacing("body", "EICAR"));
  const auto got = fetch();
  EXPECT_NE(got.find("Eicar-Test"), std::string::npos) << got;
  EXPECT_EQ(got.find("\r\nEICAR\r\n"), std::string::npos) << got;
}

TEST_F(FilteringTest, FailureOfARequiredFilterHoldsTheMailBack) {
  add(Stage::attachments, broken);
  EXPECT_TRUE(fetch().starts_with("-ERR [SYS/TEMP] "));
}

TEST_F(FilteringTest, WithoutAFilterThatIsNotRequiredTheMailPassesAsItWas) {
  add(Stage::others, broken, false);
  EXPECT_EQ(fetch(), delivered(kHeader));
}

TEST_F(FilteringTest, AFilterThatHangsIsCutOffWithTheMailsTime) {
  harness.services->config.scantimeout = std::chrono::seconds(1);
  add(Stage::others, hanging, false);
  add(Stage::others, replacing("body", "never"), false);
  EXPECT_EQ(fetch(), delivered(kHeader));
}

TEST_F(FilteringTest, ARequiredFilterThatHangsHoldsTheMailBack) {
  harness.services->config.scantimeout = std::chrono::seconds(1);
  add(Stage::attachments, hanging);
  EXPECT_TRUE(fetch().starts_with("-ERR [SYS/TEMP] "));
}

TEST_F(FilteringTest, AVerdictOfAFilterIsPolicysAffair) {
  add(Stage::attachments, giving({.verdict = scan::Infected{.name = "banned attachment: x.exe", .engine = {}}}));
  const auto got = fetch();
  EXPECT_NE(got.find("banned attachment: x.exe"), std::string::npos) << got;
  EXPECT_EQ(got.find("\r\nbody\r\n"), std::string::npos) << got;
  EXPECT_EQ(quarantined(), 1);
}

TEST_F(FilteringTest, AReplacementStandsInForTheMail) {
  add(Stage::others, giving({.replacement = "Received: from x\r\nSubject: gone\r\n\r\nspam\r\n"}));
  add(Stage::others, broken);
  EXPECT_EQ(fetch(), "+OK\r\nReceived: from x\r\nSubject: gone\r\n\r\nspam\r\n.\r\n+OK bye\r\n");
  EXPECT_EQ(quarantined(), 0);
}

TEST_F(FilteringTest, WhatTheReaderHasSeenStays) {
  add(Stage::others, late(replacing("body", "other")));
  EXPECT_EQ(fetch(), delivered(kHeader, "\r\nother\r\n"));
}

TEST_F(FilteringTest, AVersionThatChangesWhatTheReaderHasSeenIsAFailure) {
  add(Stage::others, late(replacing("Received: from x", "Received: from y")), false);
  EXPECT_EQ(fetch(), delivered(kHeader));
}

TEST_F(FilteringTest, AVersionMayChangeWhatNobodyHasSeen) {
  add(Stage::others, replacing("Received: from x", "Received: from y"));
  EXPECT_NE(fetch().find("Received: from y\r\nFrom:"), std::string::npos);
}

TEST_F(FilteringTest, LargeMailIsNotScannedWithSkipsizeAndSaysSo) {
  harness.services->config.skipsize = 1;
  const auto small = fetch(std::string(kHeader) + "\r\nEICAR\r\n");
  EXPECT_NE(small.find("Eicar-Test"), std::string::npos) << small;
  const auto large = fetch(std::string(kHeader) + "\r\nEICAR\r\n" + std::string(1024, 'x') + "\r\n");
  EXPECT_NE(large.find("X-P3Scan: Not scanned: larger than skipsize\r\n\r\nEICAR\r\n"), std::string::npos) << large;
}

class ListedTest : public FilteringTest {
 protected:
  /// A list with this entry.
  void list(std::string ListSettings::* which, std::string_view entry) {
    ListSettings settings;
    settings.*which = lists.path() + "/list";
    std::ofstream(settings.*which) << entry << "\n";
    harness.services->lists = std::make_unique<Lists>(std::move(settings), *harness.services->blocking);
  }

  const p3scan::test::TemporaryDirectory lists;
};

TEST_F(ListedTest, NothingIsRunOnWhitelistedMail) {
  list(&ListSettings::whitelist, "a@example.org");
  harness.services->config.xheader = true;
  add(Stage::others, replacing("EICAR", "harmless"));
  EXPECT_EQ(fetch(std::string(kHeader) + "\r\nEICAR\r\n"), delivered(kHeader, "\r\nEICAR\r\n"));
}

TEST_F(ListedTest, OnlyTheSenderMatters) {
  list(&ListSettings::whitelist, "b@example.org");
  EXPECT_NE(fetch(std::string(kHeader) + "\r\nEICAR\r\n").find("Eicar-Test"), std::string::npos);
}

TEST_F(ListedTest, BlacklistedMailIsReplacedAndKept) {
  list(&ListSettings::blacklist, "example.org");
  harness.services->config.blacksubj = "[Blacklisted] mail to you:";
  const auto got = fetch();
  EXPECT_NE(got.find("Subject: [Blacklisted] mail to you: a@example.org\r\n"), std::string::npos) << got;
  EXPECT_NE(got.find("Not a virus! Found in BlackList!"), std::string::npos) << got;
  EXPECT_EQ(got.find("\r\nbody\r\n"), std::string::npos) << got;
  EXPECT_EQ(quarantined(), 1);
}

TEST_F(ListedTest, BlackshortSendsNoText) {
  list(&ListSettings::blacklist, "example.org");
  harness.services->config.blackshort = true;
  const auto got = fetch();
  EXPECT_NE(got.find("\r\n\r\n.\r\n+OK bye"), std::string::npos) << got;
  EXPECT_EQ(got.find("BlackList!"), std::string::npos) << got;
}

}  // namespace
}  // namespace p3scan::session::test
