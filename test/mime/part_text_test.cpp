// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/part_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "mime/edited.h"
#include "mime/structure.h"
#include "mime/text_converter.h"
#include "mime/transfer.h"

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;
using test::Edited;

class Collect final : public TextReader {
 public:
  void feed(std::string_view text) override {
    EXPECT_FALSE(text.empty());
    EXPECT_LE(text.size(), 65536U);
    text_ += text;
  }
  void finish() override { finished_ = true; }
  std::string take() const { return finished_ ? text_ : "not finished"; }

 private:
  std::string text_;
  bool finished_ = false;
};

/// Replaces each "bad" by "GOOD", wherever the pieces are cut.
class Rewriter final : public TextRewriter {
 public:
  void feed(std::string_view text, Edits& edits) override {
    held_ += text;
    for (auto at = held_.find("bad"); at != std::string::npos; at = held_.find("bad", at)) {
      edits.replace(begin_ + at, 3, "GOOD");
      at += 3;
      drop(at);
      at = 0;
    }
    drop(held_.size() - std::min<std::size_t>(held_.size(), 2));
  }
  void finish(Edits& edits) override { edits.replace(begin_, 0, ""); }
  std::uint64_t settled() const override { return begin_; }

 private:
  void drop(std::size_t n) {
    held_.erase(0, n);
    begin_ += n;
  }
  std::string held_;
  std::uint64_t begin_ = 0;
};

std::string text_of(std::string_view message) {
  Collect collect;
  read_text(message, read_structure(message).parts.back(), collect);
  return collect.take();
}

std::string rewritten(std::string_view message, const TextTarget& target = {}) {
  Rewriter rewriter;
  Edited edited(message);
  const bool any = rewrite_text(message, read_structure(message).parts.back(), rewriter, edited, target);
  EXPECT_EQ(any, edited.count() > 0);
  return edited.result();
}

std::string utf16(std::string_view ascii, bool big) {
  std::string out;
  for (const char c : ascii) out.append(big ? std::string{'\0', c} : std::string{c, '\0'});
  return out;
}

struct Case {
  const char* name;
  std::string message;
  std::string text;
  std::string rewritten;
};

const Case kCases[] = {
    {"plain", "Content-Type: text/html\n\na bad text\n", "a bad text\n", "Content-Type: text/html\n\na GOOD text\n"},
    {"nothing_to_do", "Content-Transfer-Encoding: base64\n\nYSB0ZXh0\n", "a text",
     "Content-Transfer-Encoding: base64\n\nYSB0ZXh0\n"},
    {"empty", "X: y\n\n", "", "X: y\n\n"},
    {"base64", "Content-Transfer-Encoding: base64\r\n\r\nYSBiYWQg\r\ndGV4dA==\r\n", "a bad text",
     "Content-Transfer-Encoding: base64\r\n\r\nYSBHT09EIHRleHQ=\r\n"},
    {"base64_in_a_part",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\nYmFk\n--b--\n", "bad",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\nR09PRA==\n--b--\n"},
    {"quoted", "Content-Transfer-Encoding: quoted-printable\r\n\r\na=20b=\r\nad=E4\r\n", "a bad\xe4\r\n",
     "Content-Transfer-Encoding: quoted-printable\r\n\r\na GOOD=E4\r\n"},
    {"quoted_lf", "Content-Transfer-Encoding: quoted-printable\n\nba=64\nbad \nbad", "bad\nbad\nbad",
     "Content-Transfer-Encoding: quoted-printable\n\nGOOD\nGOOD\nGOOD"},
    {"utf7", "Content-Type: text/html; charset=\"utf-7\"; x=y\r\n\r\nbad +AOQ- +ADw-\r\n", "bad ä <\r\n",
     "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=utf-8; x=y\r\n\r\nGOOD =C3=A4 "
     "<\r\n"},
    {"utf7_nothing_to_do", "Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-\r\n", "<\r\n",
     "Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-\r\n"},
    {"iso2022",
     "Content-Type: text/html; charset=iso-2022-jp\nContent-Transfer-Encoding: 7bit\n\nbad \x1b$B%\"\x1b(B\n",
     "bad ア\n",
     "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGOOD =E3=82=A2\n"},
    {"utf16le",
     "Content-Type: text/html; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n" +
         encode_body(Encoding::base64, "\n", utf16("a bad text", false)) + "\n",
     "a bad text", "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nYSBHT09EIHRleHQ=\n"},
    {"utf16_by_its_mark",
     "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" +
         encode_body(Encoding::base64, "\n", "\xfe\xff" + utf16("bad", true)) + "\n",
     "bad", "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR09PRA==\n"},
    {"utf16_is_a_lie", "Content-Type: text/html; charset=utf-16\n\nbad\n", "bad\n",
     "Content-Type: text/html; charset=utf-16\n\nGOOD\n"},
    {"no_type",
     "X: y\nContent-Transfer-Encoding: base64\n\n" +
         encode_body(Encoding::base64, "\n", "\xff\xfe" + utf16("bad", false)) + "\n",
     "bad", "Content-Type: text/plain; charset=utf-8\nX: y\nContent-Transfer-Encoding: base64\n\nR09PRA==\n"},
    {"charset_in_sections", "Content-Type: text/html; charset*0=utf; charset*1=-7\n\nbad\n", "bad\n",
     "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html; charset=utf-8\n\nGOOD\n"},
    {"charset_twice", "Content-Type: text/html; charset=utf-7; charset=x\n\nbad\n", "bad\n",
     "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html; charset=utf-8; charset=utf-8\n\nGOOD\n"},
    {"type_twice", "Content-Type: text/html; charset=utf-7\nContent-Type: text/html\n\nbad\n", "bad\n",
     "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html; charset=utf-8\nContent-Type: text/html; "
     "charset=utf-8\n\nGOOD\n"},
};

class PartTextTest : public testing::TestWithParam<Case> {};
TEST_P(PartTextTest, IsRead) { EXPECT_EQ(text_of(GetParam().message), GetParam().text); }
TEST_P(PartTextTest, IsRewritten) { EXPECT_EQ(rewritten(GetParam().message), GetParam().rewritten); }
INSTANTIATE_TEST_SUITE_P(Table, PartTextTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(PartText, EightBitIsQuotedWhereItIsNotAnnounced) {
  constexpr TextTarget kTarget{.charset = {}, .eight_bit = true};
  EXPECT_EQ(rewritten("X: y\n\nbad=\n", kTarget), "Content-Transfer-Encoding: quoted-printable\nX: y\n\nGOOD=3D\n");
  EXPECT_EQ(rewritten("Content-Transfer-Encoding: 7bit\n\nbad\n", kTarget),
            "Content-Transfer-Encoding: quoted-printable\n\nGOOD\n");
  EXPECT_EQ(rewritten("Content-Transfer-Encoding: 8bit\n\nbad\n", kTarget),
            "Content-Transfer-Encoding: 8bit\n\nGOOD\n");
  EXPECT_EQ(rewritten("From a b\nX: y\n\nbad\n", {.charset = "utf-8"}),
            "From a b\nContent-Type: text/plain; charset=utf-8\nX: y\n\nGOOD\n");
  EXPECT_EQ(rewritten("X: y\n\ngood\n", kTarget), "X: y\n\ngood\n");
}

TEST(PartText, LargeOnesPassInPieces) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += i % 5000 == 4999 ? "bad line\r\n" : "a line that is good\r\n";
  auto expected = text;
  for (auto at = expected.find("bad"); at != std::string::npos; at = expected.find("bad"))
    expected.replace(at, 3, "GOOD");
  for (const auto* const name : {"base64", "quoted-printable", "8bit"}) {
    const auto encoding = encoding_of(name);
    const auto header = "Content-Transfer-Encoding: " + std::string(name) + "\r\n\r\n";
    const auto result = rewritten(header + encode_body(encoding, "\r\n", text));
    EXPECT_EQ(decode_body(encoding, std::string_view(result).substr(header.size())), expected);
  }
}

TEST(PartText, CharsetOfWhatIsRead) {
  const auto charset = [](std::string_view message) { return text_charset(message, read_structure(message).parts[0]); };
  EXPECT_EQ(charset("Content-Type: text/html; charset=KOI8-R\n\nx"), "koi8-r");
  EXPECT_EQ(charset("\nx"), "");
  EXPECT_EQ(charset("Content-Type: text/html; charset=utf-7\n\nx"), "utf-8");
}

struct Wide {
  const char* name;
  WideCharset charset;
  std::string_view octets;
  std::string_view text;
};

constexpr Wide kWide[] = {
    {"none", WideCharset::none, "\xff a", "\xff a"},
    {"be", WideCharset::utf16_be, "\0<\x20\xac"sv, "<€"},
    {"le", WideCharset::utf16_le, "<\0\xac\x20"sv, "<€"},
    {"mark", WideCharset::utf16_le, "\xff\xfe<\0\xff\xfe"sv, "<\xef\xbb\xbf"},
    {"pair", WideCharset::utf16_be, "\xd8\x3d\xde\x00"sv, "😀"},
    {"first_alone", WideCharset::utf16_be, "\xd8\x3d\0<"sv, "\xef\xbf\xbd<"},
    {"second_alone", WideCharset::utf16_be, "\xde\0\0<"sv, "\xef\xbf\xbd<"},
    {"first_at_the_end", WideCharset::utf16_be, "\xd8\x3d"sv, "\xef\xbf\xbd"},
    {"half", WideCharset::utf16_be, "\0<\0"sv, "<\xef\xbf\xbd"},
    {"utf7", WideCharset::utf7, "a+ADw-b+AOQ-", "a<bä"},
    {"utf7_not_valid", WideCharset::utf7, "a\xe4<", "a\xef\xbf\xbd<"},
    {"utf7_unfinished", WideCharset::utf7, "<+A", "<"},
    {"japanese", WideCharset::iso_2022_jp, "<\x1b$B%\"%$\x1b(B>", "<アイ>"},
    {"japanese_unfinished", WideCharset::iso_2022_jp, "<\x1b", "<\x1b"},
};

TEST(TextConverter, SameForEveryChunking) {
  for (const auto& c : kWide) {
    for (const std::size_t step : {1U, 2U, 3U, 100U}) {
      TextConverter converter(c.charset);
      std::string out;
      for (auto rest = c.octets; !rest.empty(); rest.remove_prefix(std::min(step, rest.size())))
        converter.feed(rest.substr(0, step), out);
      converter.finish(out);
      EXPECT_EQ(out, c.text) << c.name << " " << step;
    }
  }
}

}  // namespace
}  // namespace p3scan::mime
