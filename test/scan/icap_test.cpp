// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <gtest/gtest.h>

#include "scan/icap_chunks.h"
#include "scan/icap_head.h"
#include "scan/icap_reply.h"
#include "scan/icap_target.h"

namespace p3scan::scan {
namespace {

IcapHead head(std::string_view text) {
  const auto parsed = parse_icap_head(text, "ICAP/1.");
  if (!parsed) throw std::runtime_error(parsed.error());
  return *parsed;
}
std::string lines(std::string_view status, std::string_view fields = "") {
  return "ICAP/1.0 " + std::string(status) + "\r\n" + std::string(fields) + "\r\n";
}
Verdict infected(std::string name) { return Infected{.name = std::move(name), .engine = "icap"}; }

TEST(IcapTarget, Rows) {
  struct Row {
    std::string_view text;
    std::string_view uri;  // empty: wrong
    std::string_view host;
    std::uint16_t port;
  };
  const Row rows[] = {
      {"icap://127.0.0.1:1345/avscan", "icap://127.0.0.1:1345/avscan", "127.0.0.1", 1345},
      {"icap://av.example/avscan", "icap://av.example:1344/avscan", "av.example", 1344},
      {"ICAP://[::1]:1344/avscan?x=1", "icap://[::1]:1344/avscan?x=1", "::1", 1344},
      {"icap://[::1]/a/b", "icap://[::1]:1344/a/b", "::1", 1344},
      {"", "", "", 0},
      {"http://h/s", "", "", 0},
      {"icap://", "", "", 0},
      {"icap://h", "", "", 0},
      {"icap://h/", "", "", 0},
      {"icap:///s", "", "", 0},
      {"icap://:1344/s", "", "", 0},
      {"icap://h:/s", "", "", 0},
      {"icap://h:0/s", "", "", 0},
      {"icap://h:65536/s", "", "", 0},
      {"icap://h:x/s", "", "", 0},
      {"icap://::1/s", "", "", 0},
      {"icap://[::1/s", "", "", 0},
      {"icap://[::1]1344/s", "", "", 0},
      {"icap://[::1]:/s", "", "", 0},
      {"icap://user@h/s", "", "", 0},
      {"icap://h/s#x", "", "", 0},
      {"icap://h/s x", "", "", 0},
      {"icap://h/s\r\nX: y", "", "", 0},
  };
  for (const auto& row : rows) {
    const auto target = parse_icap_target(row.text);
    ASSERT_EQ(target.has_value(), !row.uri.empty()) << row.text;
    if (!target) continue;
    EXPECT_EQ(target->uri, row.uri);
    EXPECT_EQ(target->host, row.host);
    EXPECT_EQ(target->port, row.port);
    EXPECT_EQ(target->uri.find(target->authority), 7U);
  }
}

TEST(IcapHead, Sizes) {
  const std::string whole = lines("200 OK", "ISTag: x\r\n");
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_EQ(icap_head_size(whole.substr(0, n)), std::nullopt) << n;
  EXPECT_EQ(icap_head_size(whole + "more\r\n\r\n"), whole.size());
  EXPECT_EQ(icap_head_size("ICAP/1.0 200 OK\n\nmore\r\n\r\n"), 17U);
}

TEST(IcapHead, Rows) {
  const auto parsed =
      head(lines("204 No Content", "A: 1\r\nb:  two \r\nC: x\r\n\t- \r\n  y\r\nC: OPTIONS, respmod ,z\r\n"));
  EXPECT_EQ(parsed.status, 204);
  EXPECT_EQ(*parsed.find("B"), "two");
  EXPECT_EQ(*parsed.find("c"), "x\n-\ny");
  EXPECT_EQ(parsed.find("d"), nullptr);
  EXPECT_TRUE(parsed.lists("C", "RESPMOD"));
  EXPECT_FALSE(parsed.lists("C", "RESP"));
  for (const std::string_view wrong :
       {"", "\r\n", "HTTP/1.1 200 OK\r\n\r\n", "ICAP/1.0 2040 OK\r\n\r\n", "ICAP/1.0 20 OK\r\n\r\n",
        "ICAP/1.0 -04 OK\r\n\r\n", "ICAP/1.x 204 OK\r\n\r\n", "ICAP/1.0 204 OK\r\nno field\r\n\r\n",
        "ICAP/1.0 204 OK\r\n: x\r\n\r\n", "ICAP/1.0 204 OK\r\n folded\r\n\r\n", "ICAP/1.0 204 OK\r\n",
        "ICAP/1.0 204 OK\r\nA: b", " ICAP/1.0 204 OK\r\n\r\n"}) {
    EXPECT_FALSE(parse_icap_head(wrong, "ICAP/1.")) << wrong;
  }
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "A: b\r\n";
  EXPECT_FALSE(parse_icap_head(lines("204 OK", many), "ICAP/1."));
}

TEST(IcapHead, Encapsulated) {
  struct Row {
    std::string_view value;
    bool right;
    std::size_t http_head;
    bool body;
  };
  const Row rows[] = {
      {"null-body=0", true, 0, false},
      {"res-hdr=0, res-body=137", true, 137, true},
      {"res-hdr=0,null-body=12", true, 12, false},
      {"req-hdr=0, res-hdr=10, res-body=20", true, 20, true},
      {"opt-body=0", true, 0, true},
      {"", false, 0, false},
      {"res-hdr=0", false, 0, false},
      {"res-hdr=9, res-body=3", false, 0, false},
      {"res-hdr=0, res-body=x", false, 0, false},
      {"res-hdr=0, res-body", false, 0, false},
      {"res-body=0, res-hdr=3", false, 0, false},
      {"res-hdr=0, res-body=99999999", false, 0, false},
      {"res-hdr=0, res-body=99999999999999999999999", false, 0, false},
  };
  for (const auto& row : rows) {
    const auto found = icap_encapsulated(head(lines("200 OK", "Encapsulated: " + std::string(row.value) + "\r\n")));
    ASSERT_EQ(found.has_value(), row.right) << row.value;
    if (!found) continue;
    EXPECT_EQ(found->http_head, row.http_head) << row.value;
    EXPECT_EQ(found->body, row.body) << row.value;
  }
  EXPECT_FALSE(icap_encapsulated(head(lines("204 OK")))->body);
}

TEST(IcapChunks, Rows) {
  using State = IcapChunks::State;
  struct Row {
    std::string_view octets;
    State state;
    std::string_view rest;
  };
  const Row rows[] = {
      {"0\r\n\r\nrest", State::end, "rest"},
      {"5\r\nhello\r\n0\r\n\r\n", State::end, ""},
      {"1;x=y\r\na\r\nA \r\n0123456789\r\n0; ieof\r\n\r\nx", State::end, "x"},
      {"0\r\nTrailer: x\r\n\r\nx", State::end, "x"},
      {"1\na\n0\n\nx", State::end, "x"},
      {"5\r\nhel", State::more, ""},
      {"0\r\n", State::more, ""},
      {"", State::more, ""},
      {"\r\n", State::nonsense, ""},
      {"x\r\n", State::nonsense, ""},
      {"-1\r\n", State::nonsense, ""},
      {"1\r\nab\r\n", State::nonsense, ""},
      {"11111111111111111\r\n", State::nonsense, ""},
  };
  for (const auto& row : rows) {
    IcapChunks whole;
    auto rest = row.octets;
    EXPECT_EQ(whole.skip(rest), row.state) << row.octets;
    EXPECT_EQ(rest, row.rest) << row.octets;
    IcapChunks trickled;
    auto state = State::more;
    std::size_t used = 0;
    while (used < row.octets.size() && state == State::more) {
      auto one = row.octets.substr(used++, 1);
      state = trickled.skip(one);
    }
    EXPECT_EQ(state, row.state) << row.octets;
    if (state == State::end) EXPECT_EQ(row.octets.substr(used), row.rest) << row.octets;
  }
  IcapChunks endless;
  const std::string line(10'000, '0');
  std::string_view rest = line;
  EXPECT_EQ(endless.skip(rest), State::nonsense);
}

TEST(IcapReply, Options) {
  const auto options = decode_icap_options(head(
      lines("200 OK", "Methods: REQMOD, RESPMOD\r\nPreview: 1024\r\nMax-Connections: 20\r\nOptions-TTL: 600\r\n")));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->preview, 1024U);
  EXPECT_EQ(options->connections, 20U);
  EXPECT_EQ(options->fresh, std::chrono::seconds(600));
  const auto bare = decode_icap_options(head(lines("200 OK", "Methods: RESPMOD\r\nPreview: x\r\nOptions-TTL: 1\r\n")));
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->preview, std::nullopt);
  EXPECT_EQ(bare->connections, 0U);
  EXPECT_EQ(bare->fresh, std::chrono::seconds(60));
  EXPECT_EQ(decode_icap_options(head(lines("200 OK", "Methods: RESPMOD\r\nPreview: 99999999\r\n")))->preview, 65536U);
  EXPECT_FALSE(decode_icap_options(head(lines("200 OK", "Methods: REQMOD\r\n"))));
  EXPECT_FALSE(decode_icap_options(head(lines("404 Not Found", "Methods: RESPMOD\r\n"))));
  EXPECT_FALSE(decode_icap_options(head(lines("204 No", "Methods: RESPMOD\r\n"))));
}

TEST(IcapReply, Verdicts) {
  struct Row {
    std::string_view status;
    std::string_view fields;
    int http;
    Verdict expected;
  };
  const auto failed = [](std::string_view why) { return Failed{"icap: " + std::string(why)}; };
  const Verdict other = failed("the service sent something else in the message's place and not why");
  const Row rows[] = {
      {"204 No Content", "", 0, Clean{}},
      {"204 No Content", "X-Violations-Found: 0\r\n", 0, Clean{}},
      {"204 No Content", "X-Infection-Found: Type=0; Resolution=0; Threat=A;\r\n", 0, infected("A")},
      {"200 OK", "X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test;\r\n", 403, infected("Eicar-Test")},
      {"200 OK", "X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test\r\n", 200, infected("Eicar-Test")},
      {"200 OK", "x-infection-found: Eicar\r\n", 200, infected("Eicar")},
      {"200 OK", "X-Infection-Found:\r\n", 200, infected(std::string(kUnnamedVirus))},
      {"200 OK", "X-Virus-ID: Eicar\r\n", 200, infected("Eicar")},
      {"200 OK", "X-Virus-Name: Eicar\r\n", 200, infected("Eicar")},
      {"200 OK", "X-Violations-Found: 1\r\n\t-\r\n\tEicar\r\n\t0\r\n\t0\r\n", 200, infected("Eicar")},
      {"200 OK", "X-Violations-Found: 1\r\n", 200, infected(std::string(kUnnamedVirus))},
      {"200 OK", "", 403, infected(std::string(kUnnamedVirus))},
      {"200 OK", "", 200, other},
      {"200 OK", "", 302, other},
      {"200 OK", "", 0, other},
      {"206 Partial", "", 200, failed("the service answers 206")},
      {"100 Continue", "", 0, failed("the service answers 100")},
      {"404 Not Found", "", 0, failed("the service answers 404")},
      {"500 Error", "", 0, failed("the service answers 500")},
      {"500 Error", "X-Infection-Found: Threat=A;\r\n", 0, infected("A")},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(icap_verdict(head(lines(row.status, row.fields)), row.http), row.expected) << row.status << row.fields;
  }
}

TEST(IcapReply, Requests) {
  const auto target = *parse_icap_target("icap://[::1]/av");
  EXPECT_EQ(icap_options_request(target),
            "OPTIONS icap://[::1]:1344/av ICAP/1.0\r\nHost: [::1]:1344\r\nUser-Agent: P3Scan\r\n\r\n");
  const auto text = icap_respmod_head(target, 1234, 30);
  EXPECT_TRUE(text.starts_with("RESPMOD icap://[::1]:1344/av ICAP/1.0\r\nHost: [::1]:1344\r\n")) << text;
  EXPECT_NE(text.find("\r\nPreview: 30\r\n"), std::string::npos);
  EXPECT_EQ(icap_respmod_head(target, 1, std::nullopt).find("Preview"), std::string::npos);
  // The offsets are those of the parts.
  const auto size = *icap_head_size(text);
  const auto parts = icap_encapsulated(IcapHead{
      .status = 0,
      .fields = {{"Encapsulated",
                  text.substr(text.find("Encapsulated: ") + 14, size - 4 - text.find("Encapsulated: ") - 14)}}});
  ASSERT_TRUE(parts);
  EXPECT_EQ(size + parts->http_head, text.size());
  EXPECT_TRUE(text.substr(size).starts_with("GET "));
  const auto answer = text.find("HTTP/1.1 200 OK\r\n");
  EXPECT_NE(text.find("res-hdr=" + std::to_string(answer - size) + ","), std::string::npos);
  EXPECT_TRUE(text.ends_with("Content-Length: 1234\r\n\r\n"));
}

}  // namespace
}  // namespace p3scan::scan
