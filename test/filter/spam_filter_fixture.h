// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "filter/fake_spam_server.h"
#include "filter/spam_filter.h"
#include "spool/scratch.h"
#include "support/temporary.h"

namespace p3scan {

inline constexpr std::string_view kMail =
    "Received: x\r\nX-Spam-Flag: NO\r\nFrom: a@b.test\r\nSubject: hi\r\n\r\nhello\r\n.\r\nworld\r\n";
inline constexpr std::string_view kWithoutFlag =
    "Received: x\r\nFrom: a@b.test\r\nSubject: hi\r\n\r\nhello\r\n.\r\nworld\r\n";

class SpamFilterTest : public testing::Test {
 protected:
  SpamFilterTest() {
    facts.user = "joe";
    facts.client_ip = "192.0.2.1";
    tools = {.spool = {.directory = dir.path(), .memory = 1 << 20, .keep_free = 0}, .blocking = &pool};
    one.answer = two.answer = [](const std::string&) { return std::string(); };
  }

  Filtered run(std::string_view bytes = kMail) {
    auto filter = make_spam_filter(settings, tools);
    EXPECT_TRUE(filter) << filter.error();
    Message message(io.get_executor(), tools.spool);
    const std::array<std::string_view, 1> pieces = {bytes};
    EXPECT_TRUE(message.append(pieces));
    message.complete();
    std::optional<Filtered> result;
    asio::co_spawn(io, (*filter)->run(message, facts), [&](std::exception_ptr error, Filtered value) {
      if (error) std::rethrow_exception(error);
      result = std::move(value);
    });
    io.restart();
    while (!result) io.run_one();
    return std::move(*result);
  }

  static std::string text_of(const Filtered& filtered) {
    return filtered.version ? std::string(filtered.version->bytes()) : std::string();
  }

  static bool is_nothing(const Filtered& filtered) {
    return !filtered.version && filtered.added.empty() && filtered.replacement.empty() && filtered.refusal.empty() &&
           !filtered.verdict;
  }

  /// A program of our own: a shell script.
  std::string script(std::string_view text) {
    const auto path = dir.path() + "/filter";
    test::write_file(path, "#!/bin/sh\n" + std::string(text) + "\n");
    ::chmod(path.c_str(), 0755);
    return path;
  }

  /// A spamd that finds `word` in spam and writes its header with the fields on top.
  static std::string spamd(const std::string& request, std::string_view word) {
    auto mail = request.substr(request.find("\r\n\r\n") + 4);
    const bool spam = mail.find(word) != std::string::npos;
    if (const auto at = mail.find("X-Spam-Flag: NO\r\n"); at != std::string::npos) mail.erase(at, 17);
    const auto head = mail.substr(0, mail.find("\r\n\r\n") + 4);
    const auto text = (spam ? "X-Spam-Flag: YES\r\nX-Spam-Status: Yes\r\n" : "X-Spam-Status: No\r\n") + head;
    return "SPAMD/1.1 0 EX_OK\r\nContent-length: " + std::to_string(text.size()) +
           "\r\nSpam: " + (spam ? "True" : "False") + " ; 7.5 / 5.0\r\n\r\n" + text;
  }
  void use_spamd(std::string_view word = "hello") {
    settings.kind = SpamKind::spamd;
    settings.servers = {one.target()};
    one.answer = two.answer = [word](const std::string& request) { return spamd(request, word); };
  }
  void use_rspamd(std::string_view json) {
    settings.kind = SpamKind::rspamd;
    settings.servers = {one.target()};
    one.answer = [json](const std::string&) {
      return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) +
             "\r\n\r\n" + std::string(json);
    };
  }

  test::Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
  test::FakeSpamServer one{io};
  test::FakeSpamServer two{io};
  FilterTools tools;
  SpamSettings settings;
  scan::MailFacts facts;
};

}  // namespace p3scan
