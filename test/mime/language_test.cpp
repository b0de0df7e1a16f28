// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/language.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "mime/header.h"
#include "mime/notification.h"
#include "mime/template.h"
#include "mime/template_text.h"
#include "mime/utf8.h"
#include "mime/words.h"

namespace p3scan::mime {
namespace {

constexpr std::array<std::string_view, 14> kLanguages = {"en", "de", "fr", "it", "es", "pt-br", "pl",
                                                         "ru", "nl", "tr", "cs", "sv", "ja",    "zh"};

struct TagCase {
  std::string_view tag;
  std::string_view language;  // empty: not known
};
constexpr TagCase kTags[] = {
    {"de", "de"},         {"DE", "de"}, {"de-AT", "de"}, {"pt", "pt-br"}, {"pt-BR", "pt-br"}, {"pt-PT", "pt-br"},
    {"zh-Hant-TW", "zh"}, {"", ""},     {"deutsch", ""}, {"ge", ""},      {"fi", ""},         {"*", ""},
    {"-de", ""},
};

TEST(Language, IsFoundByItsTag) {
  for (const auto& row : kTags) EXPECT_EQ(known_language(row.tag).value_or(""), row.language) << row.tag;
}

struct SettingCase {
  std::string_view setting;
  bool valid;
  std::string_view language;
};
constexpr SettingCase kSettings[] = {
    {"en", true, "en"},     {"de", true, "de"},       {"PT-BR", true, "pt-br"},   {"ge", true, "de"},
    {"sp", true, "es"},     {"auto", true, "en"},     {"auto:fr", true, "fr"},    {"AUTO:ge", true, "de"},
    {"auto:", false, "en"}, {"auto:xx", false, "en"}, {"automatic", false, "en"}, {"xx", false, "en"},
    {"", false, "en"},      {"d", false, "en"},       {"../de", false, "en"},     {"de.mail", false, "en"},
};

TEST(Language, SettingsAreChecked) {
  for (const auto& row : kSettings) {
    EXPECT_EQ(is_language_setting(row.setting), row.valid) << row.setting;
    EXPECT_EQ(default_language(row.setting), row.language) << row.setting;
  }
}

struct HeadCase {
  const char* name;
  std::string_view setting;
  std::string_view head;
  std::string_view language;
};
constexpr HeadCase kHeads[] = {
    {"fixed", "de", "Content-Language: fr\r\n\r\n", "de"},
    {"content", "auto", "Subject: x\r\ncontent-language: fr\r\n\r\n", "fr"},
    {"region", "auto", "Content-Language: de-CH\r\n\r\n", "de"},
    {"list", "auto", "Content-Language: fi, nl, sv\r\n\r\n", "nl"},
    {"content_before_accept", "auto", "Accept-Language: de\r\nContent-Language: pl\r\n\r\n", "pl"},
    {"unknown_content", "auto", "Accept-Language: de\r\nContent-Language: fi\r\n\r\n", "de"},
    {"accept", "auto", "Accept-Language: cs\r\n\r\n", "cs"},
    {"qualities", "auto", "Accept-Language: de;q=0.5, fr;q=0.75, it;q=0.75\r\n\r\n", "fr"},
    {"quality_one", "auto", "Accept-Language: de;q=0.999, fr; Q=1.000\r\n\r\n", "fr"},
    {"without_quality_is_one", "auto", "Accept-Language: de;q=0.9,ja\r\n\r\n", "ja"},
    {"refused", "auto", "Accept-Language: de;q=0, fr;q=0.001\r\n\r\n", "fr"},
    {"all_refused", "auto:es", "Accept-Language: de;q=0.000\r\n\r\n", "es"},
    {"wildcard", "auto:es", "Accept-Language: *, fr;q=0.1\r\n\r\n", "fr"},
    {"folded", "auto", "Accept-Language: fi,\r\n zh-CN;q=0.3\r\n\r\n", "zh"},
    {"blanks", "auto", "Accept-Language:\t fi ,  ru ; q=0.2 \r\n\r\n", "ru"},
    {"none", "auto:sv", "Subject: x\r\n\r\n", "sv"},
    {"empty_head", "auto", "", "en"},
    {"empty_value", "auto:sv", "Content-Language:\r\n\r\n", "sv"},
    {"in_the_body", "auto:sv", "Subject: x\r\n\r\nContent-Language: de\r\n", "sv"},
    {"quality_too_large", "auto:sv", "Accept-Language: de;q=1.001\r\n\r\n", "sv"},
    {"quality_too_long", "auto:sv", "Accept-Language: de;q=0.0001\r\n\r\n", "sv"},
    {"quality_no_number", "auto:sv", "Accept-Language: de;q=.5\r\n\r\n", "sv"},
    {"quality_negative", "auto:sv", "Accept-Language: de;q=-1\r\n\r\n", "sv"},
    {"quality_missing", "auto:sv", "Accept-Language: de;\r\n\r\n", "sv"},
    {"other_parameter", "auto:sv", "Accept-Language: de;level=1\r\n\r\n", "sv"},
    {"one_is_wrong", "auto:sv", "Accept-Language: de, f\xc3\xa4\r\n\r\n", "sv"},
    {"path", "auto:sv", "Content-Language: ../../etc/passwd\r\n\r\n", "sv"},
    {"control", "auto:sv", "Content-Language: de\x01\r\n\r\n", "sv"},
    {"subtag_too_long", "auto:sv", "Content-Language: de-abcdefghi\r\n\r\n", "sv"},
    {"digit_first", "auto:sv", "Content-Language: 1de\r\n\r\n", "sv"},
    {"dash_last", "auto:sv", "Content-Language: de-\r\n\r\n", "sv"},
    {"twice", "auto:sv", "Content-Language: de\r\nContent-Language: fr\r\n\r\n", "sv"},
    {"twice_then_accept", "auto:sv", "Content-Language: de\r\nContent-Language: fr\r\nAccept-Language: it\r\n\r\n",
     "it"},
};

class ReaderLanguageTest : public testing::TestWithParam<HeadCase> {};
TEST_P(ReaderLanguageTest, IsTheMailsOwn) {
  EXPECT_EQ(reader_language(GetParam().setting, GetParam().head), GetParam().language);
}
INSTANTIATE_TEST_SUITE_P(Table, ReaderLanguageTest, testing::ValuesIn(kHeads),
                         [](const auto& c) { return c.param.name; });

TEST(Language, LongFieldsSayNothing) {
  std::string value = "Content-Language: de";
  while (value.size() < 480) value += ",fi";
  EXPECT_EQ(reader_language("auto:sv", value + "\r\n\r\n"), "de");
  while (value.size() < 600) value += ",fi";
  EXPECT_EQ(reader_language("auto:sv", value + "\r\n\r\n"), "sv");
}

TEST(Language, TemplatesAndWordsAreThereForAll) {
  std::set<std::string_view> templates;
  std::set<std::string_view> worded;
  for (const auto& one : built_in_templates()) templates.insert(one.language);
  for (const auto& one : all_words()) worded.insert(one.language);
  const std::set<std::string_view> expected(kLanguages.begin(), kLanguages.end());
  EXPECT_EQ(templates, expected);
  EXPECT_EQ(worded, expected);
  EXPECT_EQ(words("xx").language, "en");
  EXPECT_EQ(words("tr").language, "tr");
  EXPECT_EQ(language_template("xx"), language_template("en"));
  EXPECT_EQ(default_template(), language_template("en"));
  EXPECT_NE(language_template("de"), language_template("en"));
}

class LanguageTest : public testing::TestWithParam<std::string_view> {};

TEST_P(LanguageTest, TheTemplateIsSound) {
  const auto text = language_template(GetParam());
  EXPECT_TRUE(is_utf8(text));
  EXPECT_FALSE(text.contains('\r'));
  EXPECT_TRUE(text.ends_with('\n'));
  const TemplateText parts(text);
  EXPECT_EQ(parts.charset(), "utf-8");
  for (const auto* name : {"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"})
    EXPECT_TRUE(parts.has(name)) << name;
  for (const auto& variable : kTemplateVariables) {
    if (variable.name == "MAILFILE") continue;  // a path is nothing for readers
    EXPECT_TRUE(parts.body().contains("%" + std::string(variable.name) + "%")) << variable.name;
  }
  EXPECT_FALSE(expand(text, {}).contains('%')) << "a variable that does not exist";
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
    EXPECT_LE(rest.find('\n'), 250U);
  // What is said comes in the old order, so that readers and programs find it.
  std::size_t at = 0;
  for (const auto* name : {"%USERNAME%", "%HOSTNAME%.%DOMAINNAME%", "%VIRUSNAME%", "%MAILFROM%", "%MAILTO%",
                           "%MAILDATE%", "%SUBJECT%", "%PROTOCOL%", "%P3SCANID%", "%VDINFO%", "%PROGNAME%"}) {
    const auto next = parts.body().find(name, at);
    ASSERT_NE(next, std::string::npos) << name;
    at = next;
  }
}

TEST_P(LanguageTest, TheLongestValuesFitTheLines) {
  NotificationInput input;
  input.template_text = language_template(GetParam());
  for (const auto& variable : kTemplateVariables) input.values.*variable.value = std::string(3000, 'x');
  const std::string mail = "Subject: " + std::string(3000, 's') + "\r\nFrom: " + std::string(3000, 'f') + "\r\n\r\n";
  input.head = mail;
  // The connection's line alone has five values, but none of those is the mail's.
  for (const auto member : {&TemplateValues::clientip, &TemplateValues::serverip})
    input.values.*member = std::string(45, 'a');
  for (const auto member : {&TemplateValues::clientport, &TemplateValues::serverport, &TemplateValues::protocol}) {
    input.values.*member = "65535";
  }
  const auto message = notification(input);
  for (std::string_view rest = message; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
    EXPECT_LE(rest.find('\n'), 998U);
}

TEST_P(LanguageTest, WordsAreOneLineEach) {
  const auto& w = words(GetParam());
  for (const auto word : {w.attachment_removed, w.file_name, w.reason, w.bad_name, w.bad_type, w.bad_content,
                          w.bad_archive, w.kept_as, w.not_kept, w.ask, w.spam_subject, w.spam_removed, w.blacklisted,
                          w.virus_subject, w.sender, w.recipient, w.date, w.subject}) {
    EXPECT_FALSE(word.empty());
    EXPECT_LE(word.size(), 200U);
    EXPECT_EQ(display_text(word), word);
  }
  for (const auto label : {w.file_name, w.reason, w.kept_as, w.sender, w.recipient, w.date, w.subject, w.virus_subject})
    EXPECT_TRUE(label.ends_with(':') || label.ends_with("：")) << label;
}

INSTANTIATE_TEST_SUITE_P(All, LanguageTest, testing::ValuesIn(kLanguages), [](const auto& c) {
  std::string name(c.param);
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace p3scan::mime
