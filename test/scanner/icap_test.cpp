// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/icap.h"

#include <gtest/gtest.h>

#include "scanner/fake_daemon.h"
#include "scanner/fake_icap.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using scan::Clean;
using scan::Failed;
using scan::Infected;
using scan::Verdict;
using test::FakeIcap;
using test::noise;

const Verdict kEicar = Infected{.name = "Eicar", .engine = "icap"};
const Verdict kClean = Clean{};

class IcapTest : public testing::Test {
 protected:
  void use(std::initializer_list<std::string> targets, std::size_t loops = 1) {
    IcapSettings settings{.targets = {}, .event_loops = loops};
    for (const auto& target : targets) settings.targets.push_back(*scan::parse_icap_target(target));
    icap = std::make_unique<IcapScanner>(io.get_executor(), std::move(settings));
  }
  std::unique_ptr<Message> message(std::string_view bytes, std::size_t memory = 1 << 20) {
    auto made = std::make_unique<Message>(io.get_executor(),
                                          SpoolLimits{.directory = dir.path(), .memory = memory, .keep_free = 0});
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(made->append(pieces));
    made->complete();
    return made;
  }
  Verdict scan(std::string_view bytes, std::size_t memory = 1 << 20) {
    const auto whole = message(bytes, memory);
    return test::wait_for(io, icap->scan(*whole, facts));
  }
  bool fails(std::string_view bytes) { return std::holds_alternative<Failed>(scan(bytes)); }

  test::Scratch dir;
  asio::io_context io;
  FakeIcap server{io};
  FakeIcap other{io};
  const scan::MailFacts facts;
  std::unique_ptr<IcapScanner> icap;
};

TEST_F(IcapTest, VerdictsOnOneConnection) {
  use({server.target()});
  for (const std::size_t piece : {1UL, 7UL, 100'000UL}) {
    server.piece = piece;
    EXPECT_EQ(scan("a clean mail, longer than the preview"), kClean);
    EXPECT_EQ(scan("a mail with EICAR behind the preview"), kEicar);
    EXPECT_EQ(scan("EICAR"), kEicar) << "in the preview";
    EXPECT_EQ(scan("short"), kClean);
  }
  EXPECT_EQ(server.connections, 1);
  EXPECT_EQ(server.asked_options, 1);
  EXPECT_EQ(server.previews.front(), "a clean ma");
  EXPECT_EQ(server.messages.front(), "a clean mail, longer than the preview");
  EXPECT_TRUE(server.heads.front().starts_with("RESPMOD " + server.target() + " ICAP/1.0\r\n"));
  EXPECT_NE(server.heads.front().find("\r\nAllow: 204\r\n"), std::string::npos);
}

TEST_F(IcapTest, MessagesOfEverySizeArriveWhole) {
  use({server.target()});
  for (const std::string_view preview : {"", "Preview: 0\r\n", "Preview: 1024\r\n", "Preview: 4096\r\n"}) {
    server.options = "Methods: RESPMOD\r\n" + std::string(preview);
    use({server.target()});
    for (const std::size_t size : {0UL, 1UL, 1023UL, 1024UL, 1025UL, 131'072UL, 500'000UL}) {
      for (const std::size_t memory : {1UL << 20U, 1000UL}) {
        server.messages.clear();
        const auto bytes = noise(size);
        EXPECT_EQ(scan(bytes, memory), kClean) << preview << size;
        ASSERT_EQ(server.messages.size(), 1U) << preview << size;
        EXPECT_TRUE(server.messages.front() == bytes) << preview << size;
      }
    }
  }
}

TEST_F(IcapTest, AnAnswerToThePreviewIsEnough) {
  use({server.target()});
  server.judge_preview = [](const std::string&) { return FakeIcap::no_content(); };
  EXPECT_EQ(scan("a clean mail, longer than the preview"), kClean);
  server.judge_preview = [](const std::string&) { return FakeIcap::found("Early"); };
  EXPECT_EQ(scan("a mail, longer than the preview"), (Verdict{Infected{.name = "Early", .engine = "icap"}}));
  EXPECT_TRUE(server.messages.empty());
  EXPECT_EQ(server.connections, 1);
}

TEST_F(IcapTest, WhatIsNotCleanInSoManyWords) {
  use({server.target()});
  for (const auto& reply :
       {FakeIcap::modified("", "200 OK", ""), FakeIcap::modified("", "302 Found", ""),
        std::string("ICAP/1.0 500 Error\r\n\r\n"), std::string("ICAP/1.0 404 Not found\r\n\r\n"),
        std::string("ICAP/1.0 200 OK\r\nEncapsulated: null-body=0\r\n\r\n"),
        std::string("ICAP/1.0 100 Continue\r\n\r\n"), std::string("HTTP/1.0 204 No Content\r\n\r\n"),
        std::string("204\r\n\r\n"), std::string(100'000, 'x'),
        std::string("ICAP/1.0 204 No Content\r\nEncapsulated: res-hdr=9, res-body=1\r\n\r\n")}) {
    server.judge = [&](const std::string&) { return reply; };
    EXPECT_TRUE(fails("a mail, longer than the preview")) << reply.substr(0, 100);
    EXPECT_TRUE(fails("short")) << reply.substr(0, 100);
  }
  server.judge = [](const std::string&) { return FakeIcap::modified("", "403 Forbidden", noise(20'000)); };
  EXPECT_EQ(scan("a mail"), (Verdict{Infected{.name = std::string(scan::kUnnamedVirus), .engine = "icap"}}));
}

TEST_F(IcapTest, EveryBrokenReplyIsFailed) {
  use({server.target()});
  server.hangs_up = true;
  const auto whole = FakeIcap::no_content();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    server.judge = [&](const std::string&) { return whole.substr(0, n); };
    EXPECT_TRUE(fails("a mail, longer than the preview")) << n;
  }
}

TEST_F(IcapTest, AVirusIsOneEvenIfTheBodyNeverEnds) {
  use({server.target()});
  server.hangs_up = true;
  server.judge = [](const std::string&) {
    auto reply = FakeIcap::found("Eicar");
    reply.resize(reply.size() - 7);
    return reply;
  };
  EXPECT_EQ(scan("a mail"), kEicar);
}

TEST_F(IcapTest, AnAnswerBeforeTheEnd) {
  server.options = "Methods: RESPMOD\r\n";
  use({server.target()});
  server.early = FakeIcap::found("Eicar");
  EXPECT_EQ(scan(noise(20'000'000), 1000), kEicar);
  server.early = FakeIcap::no_content();
  EXPECT_TRUE(fails(noise(20'000'000)));
}

TEST_F(IcapTest, ClosedIdleConnectionsAreNoFault) {
  use({server.target()});
  server.hangs_up = true;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(scan("a mail, longer than the preview"), kClean);
  server.hangs_up = false;
  EXPECT_EQ(scan("a mail, longer than the preview"), kClean);
  server.breaks = 1;
  EXPECT_EQ(scan("a mail, longer than the preview"), kClean) << "asked anew on a new connection";
  server.breaks = 2;
  EXPECT_TRUE(fails("a mail, longer than the preview"));
}

TEST_F(IcapTest, ConnectionCloseIsObeyed) {
  use({server.target()});
  server.judge = [](const std::string&) { return std::string("ICAP/1.0 204 No Content\r\nConnection: close\r\n\r\n"); };
  EXPECT_EQ(scan("a mail"), kClean);
  EXPECT_EQ(scan("a mail"), kClean);
  EXPECT_EQ(server.connections, 2);
}

TEST_F(IcapTest, NoUseWithoutRespmod) {
  server.options = "Methods: REQMOD\r\n";
  use({server.target()});
  EXPECT_TRUE(fails("a mail"));
  server.options = "Methods: REQMOD, RESPMOD\r\n";
  EXPECT_EQ(scan("a mail"), kClean) << "asked again";
  server.options_status = "404 Not Found";
  use({server.target()});
  EXPECT_TRUE(fails("a mail"));
  EXPECT_TRUE(server.messages.size() == 1U);
}

TEST_F(IcapTest, TheNextServiceIfOneFails) {
  const auto first = server.target();
  const auto second = other.target();
  use({first, second});
  server.judge = [](const std::string&) { return std::string("ICAP/1.0 500 Error\r\n\r\n"); };
  EXPECT_EQ(scan("EICAR"), kEicar);
  const auto before = server.messages.size();
  EXPECT_EQ(scan("EICAR"), kEicar);
  EXPECT_EQ(server.messages.size(), before) << "not asked again so soon";
  server.stop();
  EXPECT_EQ(scan("a mail"), kClean);
  other.stop();
  use({first, second});
  EXPECT_TRUE(fails("a mail"));
}

TEST_F(IcapTest, NotMoreAtOnceThanTheServiceWants) {
  server.options = "Methods: RESPMOD\r\nPreview: 10\r\nMax-Connections: 4\r\n";
  use({server.target()}, 2);
  EXPECT_EQ(scan("a mail"), kClean);
  const auto whole = message("a mail, longer than the preview");
  int clean = 0;
  for (int i = 0; i < 10; ++i) {
    asio::co_spawn(io, icap->scan(*whole, facts),
                   [&](std::exception_ptr, const Verdict& v) { clean += std::holds_alternative<Clean>(v) ? 1 : 0; });
  }
  while (clean < 10) io.run_one();
  EXPECT_EQ(server.most_at_once, 2);
  EXPECT_EQ(server.connections, 2);
}

TEST_F(IcapTest, CancellingClosesTheConnection) {
  use({server.target()});
  server.hangs = true;
  const auto whole = message("a mail, longer than the preview");
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(io, icap->scan(*whole, facts),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const Verdict& verdict) {
                   ended = true;
                   EXPECT_TRUE(error || std::holds_alternative<Failed>(verdict));
                 }));
  while (server.messages.empty()) io.run_one();
  EXPECT_FALSE(ended);
  cancel.emit(asio::cancellation_type::all);
  while (!ended || server.closed != 1) io.run_one();
  server.hangs = false;
  EXPECT_EQ(scan("a mail"), kClean);
}

}  // namespace
}  // namespace p3scan
