// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/html_clean.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/asio/asio.h"
#include "filter/html_part.h"
#include "mime/transfer.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using namespace std::string_view_literals;
using test::run;
using test::Scratch;

constexpr auto kBug = "<p>a<img src=\"http://e/x\"></p>"sv;
constexpr auto kDefused = "<p>a<img data-p3-src=\"http://e/x\"></p>"sv;

std::string octets(const Message& message) {
  std::string all(message.size(), '\0');
  EXPECT_EQ(message.read(0, all), all.size());
  return all;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

class HtmlFilterTest : public testing::Test {
 protected:
  Filtered clean(std::string_view mail, const HtmlSettings& settings = {}, bool incoming = true) {
    const SpoolLimits spool{.directory = dir.path(), .memory = memory, .largest = 0, .keep_free = 0};
    Message message(io.get_executor(), spool);
    const std::array<std::string_view, 1> pieces = {mail};
    EXPECT_TRUE(message.append(pieces));
    message.complete();
    HtmlFilter filter(settings, {.spool = spool, .blocking = &pool});
    scan::MailFacts facts;
    facts.incoming = incoming;
    return run(io, filter.run(message, facts));
  }

  /// The mail that is delivered.
  std::string cleaned(std::string_view mail, const HtmlSettings& settings = {}) {
    const auto filtered = clean(mail, settings);
    return filtered.version ? octets(*filtered.version) : std::string(mail);
  }

  std::size_t memory = 1'000'000;
  Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
};

TEST_F(HtmlFilterTest, DefusesHtmlOnly) {
  const auto mail =
      "Subject: <img src=http://e/x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
      "<img src=http://e/x>\r\n--b\r\nContent-Type: text/plain\r\n\r\n<img src=http://e/x>\r\n--b\r\n"
      "Content-Type: text/html; charset=utf-8\r\n\r\n" +
      std::string(kBug) + "\r\n--b--\r\n";
  for (const std::size_t most : {0U, 1'000'000U}) {
    memory = most;
    const auto filtered = clean(mail);
    ASSERT_NE(filtered.version, nullptr);
    EXPECT_EQ(octets(*filtered.version), replaced(mail, kBug, kDefused));
    EXPECT_EQ(filtered.note, "HTML defused: 1 place");
    EXPECT_FALSE(filtered.verdict);
  }
}

TEST_F(HtmlFilterTest, HarmlessMailIsNotTouched) {
  const auto filtered = clean("Content-Type: text/html\r\n\r\n<p><a href=http://e/>x</a><img src=cid:a>\r\n");
  EXPECT_EQ(filtered.version, nullptr);
  EXPECT_EQ(filtered.note, "");
}

TEST_F(HtmlFilterTest, OutgoingMailIsNotTouched) {
  EXPECT_EQ(clean("Content-Type: text/html\r\n\r\n" + std::string(kBug), {}, false).version, nullptr);
}

struct Case {
  const char* name;
  std::string_view header;
  mime::Encoding encoding = mime::Encoding::identity;
};

class EncodingTest : public HtmlFilterTest, public testing::WithParamInterface<Case> {};

TEST_P(EncodingTest, IsTakenOffAndPutOnAgain) {
  const auto& row = GetParam();
  const auto text = std::string(kBug) + "\r\n<p>\xe4\xf6\xfc = x" + std::string(5000, 'y') + "\r\n" + std::string(kBug);
  const auto mail = std::string(row.header) + "\r\n\r\n" + mime::encode_body(row.encoding, "\r\n", text);
  const auto got = cleaned(mail);
  ASSERT_TRUE(got.starts_with(row.header));
  const auto body = std::string_view(got).substr(row.header.size() + 4);
  EXPECT_EQ(mime::decode_body(row.encoding, body), replaced(text, kBug, kDefused));
}

INSTANTIATE_TEST_SUITE_P(
    Table, EncodingTest,
    testing::Values(Case{"none", "Content-Type: text/html; charset=iso-8859-1"},
                    Case{"eight_bit", "Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit"},
                    Case{"base64", "Content-Type: text/html\r\nContent-Transfer-Encoding: base64",
                         mime::Encoding::base64},
                    Case{"quoted", "Content-Type: TEXT/HTML\r\nContent-Transfer-Encoding: Quoted-Printable",
                         mime::Encoding::quoted_printable}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(HtmlFilterTest, Utf16IsRead) {
  std::string wide = "\xff\xfe";
  for (const char c : kBug) wide.append({c, '\0'});
  const auto mail = "Content-Type: text/html; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                    mime::encode_body(mime::Encoding::base64, "\r\n", wide);
  const auto got = cleaned(mail);
  ASSERT_TRUE(got.contains("utf-8"));
  const auto body = std::string_view(got).substr(got.find("\r\n\r\n") + 4);
  EXPECT_TRUE(mime::decode_body(mime::Encoding::base64, body).contains(kDefused));
}

TEST_F(HtmlFilterTest, Utf7IsRead) {
  const auto got = cleaned("Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-img src=+ACI-http://e/x+ACIAPg-\r\n");
  EXPECT_TRUE(got.contains("data-p3-src")) << got;
}

TEST_F(HtmlFilterTest, CleaningTwiceIsCleaningOnce) {
  const auto mail = "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                    mime::encode_body(mime::Encoding::base64, "\r\n", kBug);
  EXPECT_EQ(clean(cleaned(mail)).version, nullptr);
}

TEST_F(HtmlFilterTest, PartsAreCleanedOneByOne) {
  const auto got = cleaned(
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img src=\"http://e/\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nsecret\r\n--b\r\nContent-Type: text/html\r\n\r\n\">\r\n--b--\r\n");
  EXPECT_TRUE(got.contains("<img data-p3-src=\"http://e/\">\r\n--b\r\nContent-Type: text/plain\r\n\r\nsecret\r\n"))
      << got;
}

TEST_F(HtmlFilterTest, SignedPartsAreLeftUnlessTheyMayBeEdited) {
  const auto mail =
      "Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"\r\n\r\n--b\r\n"
      "Content-Type: text/html\r\n\r\n" +
      std::string(kBug) + "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n";
  const auto filtered = clean(mail);
  EXPECT_EQ(filtered.version, nullptr);
  EXPECT_EQ(filtered.note, "HTML left as it was in 1 signed or encrypted part");
  HtmlSettings edit;
  edit.edit_signed = true;
  EXPECT_EQ(cleaned(mail, edit), replaced(mail, kBug, kDefused));
}

TEST_F(HtmlFilterTest, WhatIsBeyondTheLimitsIsUnscannableInStrictMode) {
  std::string mail = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 5; ++i) mail += "--b\r\nContent-Type: text/html\r\n\r\n" + std::string(kBug) + "\r\n";
  mail += "--b--\r\n";
  HtmlSettings settings;
  settings.structure.parts = 3;
  const auto webbugs = clean(mail, settings);
  ASSERT_NE(webbugs.version, nullptr);
  EXPECT_FALSE(webbugs.verdict);
  EXPECT_TRUE(webbugs.note.contains("HTML may be left")) << webbugs.note;
  settings.mode = html::Mode::strict;
  const auto strict = clean(mail, settings);
  ASSERT_TRUE(strict.verdict);
  EXPECT_EQ(kind_name(*strict.verdict), "unscannable");
}

TEST_F(HtmlFilterTest, AnotherPlausibleEncodingIsLookedInto) {
  const auto mail =
      "Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      mime::encode_body(mime::Encoding::base64, "\r\n", kBug);
  HtmlSettings strict;
  strict.mode = html::Mode::strict;
  const auto filtered = clean(mail, strict);
  const bool defused = filtered.version && !octets(*filtered.version).contains(std::string_view(mail).substr(90));
  EXPECT_TRUE(filtered.verdict || defused) << filtered.note;
}

TEST_F(HtmlFilterTest, CancelledWorkEndsAndOwnsWhatItUses) {
  HtmlSettings settings;
  settings.limit = std::chrono::milliseconds(0);
  std::string mail = "Content-Type: text/html\r\n\r\n";
  for (int i = 0; i < 100'000; ++i) mail += kBug;
  EXPECT_ANY_THROW(clean(mail, settings));
  pool.join();
}

struct PartCase {
  const char* name;
  std::string_view header;
  std::string_view body;
  std::optional<html::Syntax> syntax;
};

constexpr PartCase kParts[] = {
    {"html", "Content-Type: text/html", "x", html::Syntax::html},
    {"html_attachment", "Content-Type: text/html\r\nContent-Disposition: attachment", "x", html::Syntax::html},
    {"xhtml", "Content-Type: application/xhtml+xml", "x", html::Syntax::xhtml},
    {"svg", "Content-Type: image/svg+xml", "x", html::Syntax::svg},
    {"svg_attachment", "Content-Type: image/svg+xml\r\nContent-Disposition: attachment", "x", std::nullopt},
    {"css", "Content-Type: text/css", "x", html::Syntax::css},
    {"xml_attachment", "Content-Type: application/xml\r\nContent-Disposition: attachment", "<html>", std::nullopt},
    {"plain", "Content-Type: text/plain", "<html>", std::nullopt},
    {"unknown_text", "Content-Type: text/foo", " \n<!DOCTYPE html>", html::Syntax::html},
    {"unknown_text_plain", "Content-Type: text/foo", "hello <b>", std::nullopt},
    {"octets_named", "Content-Type: application/octet-stream; name=\"A.HTML\"", "x", html::Syntax::html},
    {"octets_named_attachment",
     "Content-Type: application/octet-stream; name=a.html\r\nContent-Disposition: attachment", "x", std::nullopt},
    {"octets", "Content-Type: application/octet-stream", "\x01\x02", std::nullopt},
    {"octets_like_html", "Content-Type: application/octet-stream", "\xef\xbb\xbf<HTML>", html::Syntax::html},
    {"picture", "Content-Type: image/png; name=a.html", "<html>", std::nullopt},
};

TEST(HtmlPart, IsFoundByTypeNameOrBeginning) {
  for (const auto& row : kParts) {
    const auto message = std::string(row.header) + "\r\n\r\n" + std::string(row.body);
    const auto structure = mime::read_structure(message);
    EXPECT_EQ(html_syntax(message, structure.parts.front()), row.syntax) << row.name;
  }
}

}  // namespace
}  // namespace p3scan
