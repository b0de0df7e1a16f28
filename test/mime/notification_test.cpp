// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/notification.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mime/early_header.h"
#include "mime/header.h"
#include "mime/rfc2047.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMail =
    "Received: from a by b;\r\n Mon\r\nFrom: Ann <ann@x.org>\r\nSubject: Hi\r\nTo: bob@y.org\r\nDate: "
    "old\r\n\r\nbody\r\n";
constexpr std::string_view kShort =
    "Content-Type: text/plain; charset=utf-8\r\n\r\n%VIRUSNAME%|%MAILFROM%|%SUBJECT%\r\n";

NotificationInput input_for(std::string_view mail, std::string_view text = default_template()) {
  NotificationInput input;
  input.head = mail;
  input.early = early_header(mail, true);
  input.template_text = text;
  input.subject = "[Virus] found in a mail to you:";
  input.values.virusname = "Eicar";
  input.values.maildate = "Thu, 01 Jan 1970 00:00:00 +0000";
  input.values.hostname = "gw.example.org";
  input.values.username = "bob";
  return input;
}

std::string header_of(std::string_view message) { return std::string(message.substr(0, message.find("\r\n\r\n") + 2)); }
std::string body_of(std::string_view message) { return std::string(message.substr(message.find("\r\n\r\n") + 4)); }

/// What holds for every notification, whatever the mail and the template are.
void expect_sound(const std::string& message, std::string_view early) {
  EXPECT_TRUE(message.starts_with(early));
  EXPECT_TRUE(message.ends_with("\r\n"));
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '\n') EXPECT_TRUE(i > 0 && message[i - 1] == '\r') << "bare LF";
    if (message[i] == '\r') EXPECT_TRUE(i + 1 < message.size() && message[i + 1] == '\n') << "bare CR";
    EXPECT_NE(message[i], '\0');
  }
  const auto header = header_of(message);
  for (const auto* name : {"Subject", "From", "To", "Date"})
    EXPECT_EQ(count_fields(header, name), 1U) << name << "\n" << header;
  for (const auto* name : {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
    EXPECT_LE(count_fields(header, name), 1U) << name;
  EXPECT_EQ(count_fields(header, "Bcc"), count_fields(early, "Bcc"));
  std::size_t octets = 0;  // nothing in the header that is not part of a field
  Fields fields(header);
  while (const auto field = fields.next()) octets += field->length;
  for (std::string_view rest = header; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
    EXPECT_LE(rest.find('\n'), 998U);
  EXPECT_EQ(octets, header.size());
}

TEST(Notification, CompletesTheEarlyHeader) {
  EXPECT_EQ(notification(input_for(kMail, kShort)),
            "Received: from a by b;\r\n Mon\r\nFrom: Ann <ann@x.org>\r\n"
            "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nTo: bob@y.org\r\n"
            "Subject: [Virus] found in a mail to you: Eicar\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\nEicar|Ann <ann@x.org>|Hi\r\n");
}

TEST(Notification, StartsFreshWhenNothingMayBeSentEarly) {
  auto input = input_for("Subject: x\r\nFrom: a@b\r\n\r\n", kShort);
  ASSERT_TRUE(input.early.empty());
  input.values.hostname = "(none)";
  const auto message = notification(input);
  expect_sound(message, "");
  EXPECT_EQ(find_field(message, "From")->value, " a@b");
  EXPECT_EQ(find_field(message, "To")->value, " undisclosed-recipients:;");
}

TEST(Notification, AMailWithoutHeaderGetsOne) {
  for (const auto mail : {""sv, "\r\nbody"sv, "hello\r\nworld\r\n"sv}) {
    const auto message = notification(input_for(mail));
    expect_sound(message, "");
    EXPECT_EQ(find_field(message, "From")->value, " P3Scan <postmaster@gw.example.org>");
    EXPECT_FALSE(message.contains("(null)"));
  }
  auto input = input_for("");
  input.values.hostname = "a b\r\nc";
  EXPECT_EQ(find_field(notification(input), "From")->value, " P3Scan <postmaster@localhost>");
}

TEST(Notification, AScannersOwnTextMayHaveNoSubject) {
  auto input = input_for(kMail, "X-By: script\n\nhi\n");
  input.automatic_subject = false;
  EXPECT_EQ(count_fields(notification(input), "Subject"), 0U);
  input.template_text = "Subject: mine\nX-By: script\n\nhi\n";
  EXPECT_EQ(find_field(notification(input), "Subject")->value, " mine");
}

TEST(Notification, CopiesForAdministratorsAreAddressedToThem) {
  for (const auto text :
       {default_template(), "Subject: x\nFrom: %MAILFROM%\nTo: a@b\nDate: now\nAuto-Submitted: no\n\nhi\n"sv}) {
    auto input = input_for(kMail, text);
    const std::string subject = "[Virus] found in a mail to b\r\nBcc: x\xc3\xa4";
    const auto message = copy_for_administrators(
        input, {.from = "postmaster@gw", .to = {"root@localhost", "admin@x.org"}, .subject = subject});
    expect_sound(message, "");
    EXPECT_EQ(find_field(message, "From")->value, " postmaster@gw");
    EXPECT_EQ(unfold(find_field(message, "To")->value), "root@localhost, admin@x.org");
    EXPECT_EQ(decode(find_field(message, "Subject")->value), "[Virus] found in a mail to b  Bcc: xä");
    EXPECT_EQ(find_field(message, "Auto-Submitted")->value, " auto-generated");
    EXPECT_EQ(count_fields(message, "Received"), 0U) << "nothing of the original's header";
  }
}

TEST(Notification, UnsetValuesAreEmpty) {
  NotificationInput input;
  input.template_text = "[%MAILFROM%][%SUBJECT%][%VDINFO%][%USERNAME%]\n%VIRUSNAME%\n";
  const auto message = notification(input);
  expect_sound(message, "");
  EXPECT_EQ(body_of(message), "[][][][]\r\n<no virusinfo could be examined>\r\n");
}

TEST(Notification, AnEmptyFromOfTheTemplateIsFilledIn) {
  auto input = input_for("", "From: %USERNAME%\nTo: %MAILTO%\n\nhi\n");
  input.values.username = "";
  const auto message = notification(input);
  expect_sound(message, "");
  EXPECT_EQ(find_field(message, "From")->value, " P3Scan <postmaster@gw.example.org>");
  EXPECT_EQ(find_field(message, "To")->value, " undisclosed-recipients:;");
}

struct TemplateCase {
  const char* name;
  std::string_view text;
  std::string_view header;  // behind our Subject
  std::string_view body;
};

constexpr TemplateCase kTemplates[] = {
    {"old_format", "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n\nhi\n.\n",
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n", "hi\r\n"},
    {"dot_without_newline", "MIME-Version: 1.0\n\nhi\n.", "MIME-Version: 1.0\r\n", "hi\r\n"},
    {"dot_and_empty_lines", "MIME-Version: 1.0\n\nhi\n.\n\n\n", "MIME-Version: 1.0\r\n", "hi\r\n"},
    {"stuffed", "MIME-Version: 1.0\n\n..hi\n.x\n.\n", "MIME-Version: 1.0\r\n", ".hi\r\n.x\r\n"},
    {"dots_without_end", "MIME-Version: 1.0\n\n..hi\n.\nx\n", "MIME-Version: 1.0\r\n", "..hi\r\n.\r\nx\r\n"},
    {"only_a_dot", "MIME-Version: 1.0\n\n.\n", "MIME-Version: 1.0\r\n", ""},
    {"no_header", "hi there\nyou\n", "", "hi there\r\nyou\r\n"},
    {"empty_line_first", "\nhi\n", "", "hi\r\n"},
    {"greeting_that_looks_like_a_field", "Attention:\n\nhi\n", "", "Attention:\r\n\r\nhi\r\n"},
    {"blanks_end_the_header", "MIME-Version: 1.0\n  \nhi\n", "MIME-Version: 1.0\r\n", "hi\r\n"},
    {"text_ends_the_header", "MIME-Version: 1.0\nhi there\n", "MIME-Version: 1.0\r\n", "hi there\r\n"},
    {"byte_order_mark", "\xef\xbb\xbfMIME-Version: 1.0\n\nhi\n", "MIME-Version: 1.0\r\n", "hi\r\n"},
    {"empty", "", "", ""},
    {"header_only", "MIME-Version: 1.0\n", "MIME-Version: 1.0\r\n", ""},
    {"folded", "Content-Type: text/plain;\n charset=utf-8\n\nhi\n",
     "MIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n", "hi\r\n"},
    {"repeated_fields", "X-A: 1\nX-A: 2\nMIME-Version: 1.0\nMIME-Version: 1.0\n\nhi\n",
     "X-A: 1\r\nX-A: 2\r\nMIME-Version: 1.0\r\n", "hi\r\n"},
    {"seven_bit_is_corrected",
     "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7Bit\n\nä\n",
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "ä\r\n"},
    {"seven_bit_stays_when_true", "MIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n\na\n",
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 7bit\r\n", "a\r\n"},
    {"eight_bit_without_header", "ä\n",
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "ä\r\n"},
    {"latin1_without_header", "\xe4\n",
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n",
     "\xe4\r\n"},
    {"eight_bit_without_charset", "Content-Type: text/plain\n\nä\n",
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "ä\r\n"},
    {"variable_in_header", "X-Virus: %VIRUSNAME%\n\nhi\n", "X-Virus: Eicar\r\n", "hi\r\n"},
};

class NotificationTemplateTest : public testing::TestWithParam<TemplateCase> {};
TEST_P(NotificationTemplateTest, EveryOldFormWorks) {
  const auto input = input_for(kMail, GetParam().text);
  const auto message = notification(input);
  expect_sound(message, input.early);
  constexpr auto kSubject = "Subject: [Virus] found in a mail to you: Eicar\r\n"sv;
  const auto header = header_of(message);
  const auto at = header.find(kSubject);
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(header.substr(at + kSubject.size()), GetParam().header);
  EXPECT_EQ(body_of(message), GetParam().body);
}
INSTANTIATE_TEST_SUITE_P(Table, NotificationTemplateTest, testing::ValuesIn(kTemplates),
                         [](const auto& c) { return c.param.name; });

TEST(Notification, TheTemplateMayBringItsOwnFields) {
  const auto input =
      input_for(kMail, "Subject: %VIRUSNAME% für %USERNAME%\nTo: J\xc3\xbcrg <j@z>\nFrom: x@y\nDate: now\n\nhi\n");
  const auto message = notification(input);
  expect_sound(message, input.early);
  EXPECT_EQ(decode(find_field(message, "Subject")->value), "Eicar für bob");
  EXPECT_EQ(find_field(message, "Subject")->value.find("\xc3"), std::string::npos);
  EXPECT_EQ(find_field(message, "To")->value, " =?utf-8?B?SsO8cmc=?= <j@z>");
  EXPECT_EQ(find_field(message, "Date")->value, " now");
  EXPECT_EQ(find_field(message, "From")->value, " Ann <ann@x.org>") << "sent early, so it can't be changed";
}

struct CharsetCase {
  const char* name;
  std::string_view header;
  std::string_view value;  // of %SUBJECT% "Bär €"
};

constexpr CharsetCase kCharsets[] = {
    {"utf8", "Content-Type: text/plain; charset=utf-8", "Bär €"},
    {"utf8_old_name", "Content-Type: text/plain; charset=\"utf8\"", "Bär €"},
    {"latin1", "Content-Type: text/plain; charset=ISO-8859-1", "B\xe4r ?"},
    {"latin2", "Content-Type: text/plain; charset=iso-8859-2", "B\xe4r ?"},
    {"latin9", "Content-Type: text/plain;\n CHARSET=iso-8859-15; format=flowed", "B\xe4r \xa4"},
    {"ascii", "Content-Type: text/plain; charset=us-ascii", "B?r ?"},
    {"koi8", "Content-Type: text/plain; charset=koi8-r", "B?r ?"},
    {"unknown", "Content-Type: text/plain; charset=x-klingon", "B?r ?"},
    {"quoted_printable", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
     "B=C3=A4r =E2=82=AC"},
};

class NotificationCharsetTest : public testing::TestWithParam<CharsetCase> {};
TEST_P(NotificationCharsetTest, ValuesAreInTheCharsetOfTheTemplate) {
  const std::string text = "MIME-Version: 1.0\n" + std::string(GetParam().header) + "\n\n%SUBJECT%\n.\n";
  const auto input = input_for("From: a@b\r\nSubject: =?utf-8?Q?B=C3=A4r_=E2=82=AC?=\r\n\r\n", text);
  const auto message = notification(input);
  expect_sound(message, input.early);
  EXPECT_EQ(body_of(message), std::string(GetParam().value) + "\r\n");
}
INSTANTIATE_TEST_SUITE_P(Table, NotificationCharsetTest, testing::ValuesIn(kCharsets),
                         [](const auto& c) { return c.param.name; });

TEST(Notification, HtmlTemplatesShowValuesAsText) {
  for (const auto* type : {"text/html; charset=utf-8", "multipart/alternative; boundary=x"}) {
    const std::string text =
        "Content-Type: " + std::string(type) + "\n\n--x\nContent-Type: text/html; charset=utf-8\n\n%SUBJECT%\n";
    const auto message = notification(input_for("Subject: <img src='a\"b'>&\r\n\r\n", text));
    EXPECT_TRUE(message.contains("&lt;img src=&#39;a&quot;b&#39;&gt;&amp;")) << message;
    EXPECT_FALSE(body_of(message).contains("<img"));
  }
}

TEST(Notification, EngineInfoKeepsItsLines) {
  auto input = input_for(kMail, "X-Info: %VDINFO%\n\n%VDINFO%\n");
  input.values.vdinfo = "ClamAV 1\nBcc: x\r\n.\nend";
  const auto message = notification(input);
  expect_sound(message, input.early);
  EXPECT_EQ(body_of(message), "ClamAV 1\r\nBcc: x\r\n.\r\nend\r\n");
  EXPECT_EQ(unfold(find_field(message, "X-Info")->value), "ClamAV 1  Bcc: x  .  end");
}

/// Every place of a mail or of the surroundings that an attacker can write to.
TEST(Notification, NothingCanBeInjected) {
  const std::string_view kAttacks[] = {
      "x\r\nBcc: evil@x\r\nSubject: y",
      "x\nBcc: evil@x",
      "x\rBcc: evil@x",
      "x\r\n\r\nbody",
      "x\0\r\nBcc: evil@x"sv,
      "=?utf-8?Q?x=0D=0ABcc:_evil@x?=",
      "=?utf-8?B?eA0KQmNjOiBldmlsQHg=?=",
      "=?utf-7?Q?+AA0-+AAo-Bcc:_evil@x?=",
      "=?utf-16?B?AA0ACgBCAGMAYw==?=",
      "=?utf-8?Q?=3D=3Futf-8=3FQ=3F=0D=0ABcc:_x=3F=3D?=",
      "\xff\xfe\x80\r\n\xe4",
      "x\xc2\x85"
      "Bcc: evil@x",
      "x\xe2\x80\xa8"
      "Bcc: evil@x",
      "\"unfinished",
      "(((((((",
      "<<<>>>",
      "a\r\n b\r\n\tc",
      " \r\n \r\n ",
  };
  std::vector<std::string> values(std::begin(kAttacks), std::end(kAttacks));
  values.emplace_back(70'000, 'x');
  values.emplace_back(70'000, '\xe4');
  values.push_back("a " + std::string(70'000, ' '));
  constexpr auto kAll =
      "Content-Type: text/plain; charset=utf-8\nX-Sub: %SUBJECT%\nX-User: %USERNAME%\n\n"
      "%VIRUSNAME%|%MAILFROM%|%MAILTO%|%SUBJECT%|%USERNAME%|%HOSTNAME%|%VDINFO%|%P3SCANID%\n"sv;
  for (const auto& value : values) {
    for (const auto text : {default_template(), kAll, "Subject: %MAILFROM%\nFrom: %USERNAME%\n\nhi\n"sv}) {
      const std::string mail =
          "X-First: 1\r\nSubject: " + value + "\r\nFrom: " + value + "\r\nTo: " + value + "\r\n\r\n";
      auto input = input_for(mail, text);
      for (const auto& variable : kTemplateVariables) input.values.*variable.value = value;
      const std::string subject = value;
      input.subject = subject;
      const auto message = notification(input);
      expect_sound(message, input.early);
      EXPECT_LE(message.size(), 40'000U);
      EXPECT_TRUE(is_utf8(message));
    }
  }
}

}  // namespace
}  // namespace p3scan::mime
