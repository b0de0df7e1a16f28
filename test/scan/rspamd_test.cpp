// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/rspamd.h"

#include <gtest/gtest.h>

namespace p3scan::scan {
namespace {

using Names = std::vector<std::string>;

TEST(RspamdReply, Results) {
  struct Row {
    std::string_view json;
    bool spam;
    double score;
    double required;
    Names symbols;
  };
  const Row rows[] = {
      {R"({"is_skipped":false,"score":15.5,"required_score":15.0,"action":"reject",
          "symbols":{"GTUBE":{"name":"GTUBE","score":0.0},"B":{"score":-2},"A":{"score":1.5},"C":"x"}})",
       true,
       15.5,
       15,
       {"B", "A"}},
      {R"({"score":7,"required_score":15,"action":"add header","symbols":{}})", true, 7, 15, {}},
      {R"({"action":"Rewrite Subject"})", true, 0, 0, {}},
      {R"({"is_skipped":true,"score":15,"required_score":15,"action":"reject"})", true, 15, 15, {}},
      {R"({"action":"no action","score":"1"})", false, 0, 0, {}},
      {R"({"action":"greylist","score":4.25})", false, 4.25, 0, {}},
      {R"({"action":"soft reject","symbols":[1]})", false, 0, 0, {}},
  };
  for (const auto& row : rows) {
    const auto reply = read_rspamd_reply(row.json);
    ASSERT_TRUE(reply) << row.json << ": " << reply.error();
    EXPECT_EQ(reply->spam, row.spam) << row.json;
    EXPECT_EQ(reply->score, row.score) << row.json;
    EXPECT_EQ(reply->required, row.required) << row.json;
    EXPECT_EQ(reply->symbols, row.symbols) << row.json;
  }
}

TEST(RspamdReply, NoResult) {
  struct Row {
    std::string_view json;
    std::string_view error;
  };
  const Row rows[] = {
      {"", "not a reply of rspamd: "},
      {"<html>", "not a reply of rspamd: <html>"},
      {"[]", "not a reply of rspamd: []"},
      {R"({"action":"no action")", R"(not a reply of rspamd: {"action":"no action")"},
      {R"({"error":"no\nworkers"})", "no?workers"},
      {R"({"action":"no action","is_skipped":true})", "rspamd skipped the mail"},
      {R"({"score":1})", R"(a reply without action: {"score":1})"},
      {R"({"action":7})", R"(a reply without action: {"action":7})"},
  };
  for (const auto& row : rows) {
    const auto reply = read_rspamd_reply(row.json);
    ASSERT_FALSE(reply) << row.json;
    EXPECT_EQ(reply.error(), row.error);
  }
  EXPECT_FALSE(read_rspamd_reply(std::string(1000, '[')));
  EXPECT_EQ(read_rspamd_reply(std::string(kRspamdReplyMax + 1, ' ')).error(), "the reply is too long");
}

TEST(RspamdReply, ManySymbolsAreCut) {
  std::string json = R"({"action":"reject","symbols":{)";
  for (int i = 0; i < 500; ++i) json += "\"S" + std::to_string(i) + "\":{\"score\":" + std::to_string(i) + "},";
  const auto reply = read_rspamd_reply(json + R"("T":{"score":1000}}})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->symbols.size(), 100U);
  EXPECT_EQ(reply->symbols.front(), "T");
}

TEST(RspamdFields, ByWay) {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  MailFacts facts;
  facts.client_ip = "192.0.2.1";
  EXPECT_EQ(rspamd_fields(facts, "joe", ""), Fields{});
  EXPECT_EQ(rspamd_fields(facts, "joe@example.org", "s@evil.test"),
            (Fields{{"From", "s@evil.test"}, {"Rcpt", "joe@example.org"}}));
  facts.incoming = false;
  EXPECT_EQ(rspamd_fields(facts, "joe", ""), (Fields{{"IP", "192.0.2.1"}, {"User", "joe"}}));
  EXPECT_EQ(rspamd_fields(facts, "joe\r\nX: y", "a b"), (Fields{{"IP", "192.0.2.1"}}));
}

}  // namespace
}  // namespace p3scan::scan
