// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/ca/command.h"
#include "app/ca/page.h"
#include "app/ca/serve.h"
#include "authority/certificate.h"
#include "authority/mint.h"

namespace p3scan::app::ca {
namespace {

using Act = CommandLine::Act;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Result<CommandLine, std::string> parsed(std::vector<const char*> words) { return parse(words); }

TEST(CaCommand, Everything) {
  const auto line =
      parsed({"init", "--name=Our CA", "--permit", "example.com", "-f", "x.conf", "--permit=example.net"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->act, Act::init);
  EXPECT_EQ(line->name, "Our CA");
  EXPECT_THAT(line->permitted, ElementsAre("example.com", "example.net"));
  EXPECT_EQ(line->invocation.configfile, "x.conf");
  EXPECT_TRUE(line->invocation.configfile_given);
}

TEST(CaCommand, Acts) {
  struct Row {
    std::vector<const char*> words;
    Act act;
  };
  for (const auto& row : {Row{{"show"}, Act::show}, Row{{"export"}, Act::export_file}, Row{{"rotate"}, Act::rotate},
                          Row{{"serve"}, Act::serve}, Row{{"-f", "x", "show"}, Act::show}, Row{{"--help"}, Act::help},
                          Row{{"init", "-h"}, Act::help}}) {
    const auto line = parsed(row.words);
    ASSERT_TRUE(line) << line.error();
    EXPECT_EQ(line->act, row.act);
  }
}

TEST(CaCommand, Arguments) {
  EXPECT_EQ(parsed({"export", "x.crt"})->file, "x.crt");
  EXPECT_EQ(parsed({"serve"})->address, "127.0.0.1") << "nobody else's page without being asked";
  const auto v4 = parsed({"serve", "192.0.2.1:80"});
  EXPECT_EQ(v4->address, "192.0.2.1");
  EXPECT_EQ(v4->port, 80);
  EXPECT_EQ(parsed({"serve", "[2001:db8::1]:8080"})->address, "2001:db8::1");
}

TEST(CaCommand, Mistakes) {
  struct Row {
    std::vector<const char*> words;
    const char* error;
  };
  for (const auto& row : {Row{{}, "say init"}, Row{{"make"}, "'make' is none"}, Row{{"show", "x"}, "'x' is too much"},
                          Row{{"export", "x", "y"}, "'y' is too much"}, Row{{"init", "--permit"}, "needs a value"},
                          Row{{"init", "--permit="}, "needs a value"}, Row{{"init", "--force"}, "no option --force"},
                          Row{{"show", "--name=x"}, "for init and rotate"}, Row{{"serve", "80"}, "no ADDRESS:PORT"},
                          Row{{"serve", ":80"}, "no ADDRESS:PORT"}, Row{{"serve", "a:70000"}, "no ADDRESS:PORT"}}) {
    const auto line = parsed(row.words);
    ASSERT_FALSE(line) << row.error;
    EXPECT_THAT(line.error(), HasSubstr(row.error));
  }
}

CaFacts facts(const std::string& name, std::vector<std::string> permitted = {}) {
  const auto made = authority::make_ca({.name = name, .permitted = std::move(permitted), .now = 1795000000});
  return facts_of(made->certificate.get());
}

TEST(CaPage, TellsWhatThereIs) {
  const auto ours = facts("Our CA", {"example.com", "example.net"});
  auto text = page(ours);
  for (auto place = text.find("<wbr>"); place != std::string::npos; place = text.find("<wbr>")) text.erase(place, 5);
  for (const auto& word : {std::string("Our CA"), ours.fingerprint, std::string("2036-11-17"),
                           std::string("example.com, example.net"), std::string("Windows"), std::string("macOS"),
                           std::string("iPhone"), std::string("Android"), std::string("Thunderbird")})
    EXPECT_THAT(text, HasSubstr(word));
  EXPECT_THAT(page(facts("x")), Not(HasSubstr("Only for servers")));
}

TEST(CaPage, NothingFromElsewhereAndNoScripts) {
  const auto text = page(facts("<script>alert(1)</script> & \"x\""));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;"));
  for (const auto* word : {"<script", "src=", "http:", "https:", "url(", "@import", "<link"})
    EXPECT_THAT(text, Not(HasSubstr(word)));
}

TEST(CaPage, MobileconfigIsStable) {
  const auto ours = facts("A & B");
  EXPECT_EQ(mobileconfig(ours), mobileconfig(ours));
  EXPECT_NE(mobileconfig(ours), mobileconfig(facts("A & B")));
  EXPECT_THAT(mobileconfig(ours), HasSubstr("<string>A &amp; B</string>"));
}

TEST(CaPage, Documents) {
  const auto ours = facts("x");
  EXPECT_EQ(document("/p3scan.crt", ours)->type, "application/x-x509-ca-cert");
  EXPECT_EQ(document("/p3scan.crt", ours)->body, ours.der);
  EXPECT_THAT(document("/p3scan.pem?x=y", ours)->body, StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_EQ(document("/p3scan.mobileconfig", ours)->type, "application/x-apple-aspen-config");
  EXPECT_THAT(document("/", ours)->type, StartsWith("text/html"));
  for (const auto* path :
       {"", "*", "/x", "//", "/../p3scan.crt", "/ca.key", "/p3scan.crt/", "http://x/", "/%703scan.crt"})
    EXPECT_FALSE(document(path, ours)) << path;
}

/// What a client sends at once and what it gets until the end.
class Serve : public testing::Test {
 protected:
  std::string exchange(std::string_view sent, ServeLimits limits = {}) {
    asio::io_context io;
    Server server(io, facts("Our CA"), limits);
    EXPECT_TRUE(server.listen("127.0.0.1", 0));
    server.start();
    std::string got;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
          asio::ip::tcp::socket socket(io);
          co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), server.port()}, kNothrow);
          co_await asio::async_write(socket, asio::buffer(sent), kNothrow);
          co_await asio::async_read(socket, asio::dynamic_buffer(got), kNothrow);
          io.stop();
        },
        asio::detached);
    io.run_for(std::chrono::seconds(20));
    return got;
  }
};

TEST_F(Serve, Answers) {
  struct Row {
    std::string sent;
    const char* status;
  };
  for (const auto& row :
       {Row{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK"}, Row{"GET /?q HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK"},
        Row{"GET /x HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404"},
        Row{"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405"},
        Row{"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 400"},
        Row{"GET / HTTP/1.1\r\nX: " + std::string(10000, 'x') + "\r\n\r\n", "HTTP/1.1 400"},
        Row{"\x16\x03\x01\x02\x03 what else\r\n\r\n", "HTTP/1.1 400"}}) {
    const auto got = exchange(row.sent);
    EXPECT_THAT(got, StartsWith(row.status)) << row.sent.substr(0, 50);
    EXPECT_THAT(got, HasSubstr("Content-Security-Policy: default-src 'none'"));
    EXPECT_THAT(got, HasSubstr("Connection: close"));
  }
}

TEST_F(Serve, HeadHasNoBody) {
  const auto got = exchange("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(got, HasSubstr("Content-Length: "));
  EXPECT_TRUE(got.ends_with("\r\n\r\n"));
}

TEST_F(Serve, WhoSaysNothingIsNotWaitedFor) { EXPECT_EQ(exchange("GET", {.patience = std::chrono::seconds(0)}), ""); }

TEST_F(Serve, OneAfterTheOtherWhenFull) {
  asio::io_context io;
  Server server(io, facts("x"), {.connections = 1});
  ASSERT_TRUE(server.listen("127.0.0.1", 0));
  server.start();
  int done = 0;
  for (int i = 0; i < 5; ++i)
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
          asio::ip::tcp::socket socket(io);
          co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), server.port()}, kNothrow);
          co_await asio::async_write(socket, asio::buffer(std::string_view("GET /x HTTP/1.1\r\n\r\n")), kNothrow);
          std::string got;
          co_await asio::async_read(socket, asio::dynamic_buffer(got), kNothrow);
          EXPECT_THAT(got, StartsWith("HTTP/1.1 404"));
          if (++done == 5) io.stop();
        },
        asio::detached);
  io.run_for(std::chrono::seconds(20));
  EXPECT_EQ(done, 5);
}

TEST_F(Serve, ListensOnAddressesOnly) {
  asio::io_context io;
  Server server(io, facts("x"));
  EXPECT_THAT(server.listen("localhost", 0).error(), HasSubstr("no address"));
  EXPECT_THAT(server.listen("192.0.2.254", 80).error(), HasSubstr("Can't listen on 192.0.2.254, port 80"));
}

}  // namespace
}  // namespace p3scan::app::ca
