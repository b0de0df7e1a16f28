// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/transcript.h"

#include <gtest/gtest.h>

namespace p3scan::session {
namespace {

struct Case {
  const char* name;
  Log::Options log;
  std::string_view protocol;
  std::string_view shown;
};

constexpr Case kCases[] = {
    {"no_debug", {.foreground = true}, "POP3", ""},
    {"pop3", {.foreground = true, .debug = true}, "POP3", "<-- +OK hello|--> PASS <hidden>|<-- +OK|--> STAT|"},
    {"passwords",
     {.foreground = true, .debug = true, .passwords = true},
     "POP3",
     "<-- +OK hello|--> PASS secret|<-- +OK|--> STAT|"},
    {"smtp_only_on_demand", {.foreground = true, .debug = true}, "SMTP", ""},
    {"smtp",
     {.foreground = true, .debug = true, .debug_smtp = true},
     "SMTP",
     "<-- +OK hello|--> PASS <hidden>|<-- +OK|--> STAT|"},
    {"imap_only_on_demand", {.foreground = true, .debug = true, .debug_smtp = true}, "IMAP", ""},
};

class Transcripts : public testing::TestWithParam<Case> {};
TEST_P(Transcripts, ShowWhatIsSaid) {
  const Log log(GetParam().log);
  Conversation talk;
  talk.protocol = GetParam().protocol;
  Transcript transcript(log, talk);
  testing::internal::CaptureStderr();
  transcript.say(proto::Side::client, "+OK hello\r\n");
  transcript.say(proto::Side::server, "");
  transcript.say(proto::Side::server, "PASS secret\r\n");
  transcript.say(proto::Side::client, "+OK\r\n");
  transcript.say(proto::Side::server, "STAT\n");
  const auto output = testing::internal::GetCapturedStderr();
  std::string shown;  // without time and process number
  for (std::size_t begin = 0; begin < output.size();) {
    const auto end = output.find('\n', begin);
    const auto line = output.substr(begin, end - begin);
    shown += line.substr(line.find("]: ") + 3) + "|";
    begin = end + 1;
  }
  EXPECT_EQ(shown, GetParam().shown);
}
INSTANTIATE_TEST_SUITE_P(Table, Transcripts, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace p3scan::session
