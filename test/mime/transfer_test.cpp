// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;

struct Name {
  std::string_view value;
  Encoding encoding;
};

constexpr Name kNames[] = {
    {"base64", Encoding::base64},
    {" BASE64 ", Encoding::base64},
    {"\r\n base64", Encoding::base64},
    {"\"base64\"", Encoding::base64},
    {"(a comment) base64; x=y", Encoding::base64},
    {"Quoted-Printable", Encoding::quoted_printable},
    {"quoted-printable(comment)", Encoding::quoted_printable},
    {"7bit", Encoding::identity},
    {"8BIT", Encoding::identity},
    {"binary", Encoding::identity},
    {"", Encoding::identity},
    {"(", Encoding::identity},
    {"base 64", Encoding::other},
    {"x-uuencode", Encoding::other},
};

TEST(EncodingName, IsReadAsMailProgramsDo) {
  for (const auto& n : kNames) EXPECT_EQ(encoding_of(n.value), n.encoding) << n.value;
}

struct Case {
  const char* name;
  Encoding encoding;
  std::string_view raw;
  std::string_view decoded;
};

constexpr auto kB = Encoding::base64;
constexpr auto kQ = Encoding::quoted_printable;

constexpr Case kDecoded[] = {
    {"empty", kB, "", ""},
    {"identity", Encoding::identity, "a=3D\r\n", "a=3D\r\n"},
    {"other", Encoding::other, "a=3D\r\n", "a=3D\r\n"},
    {"b", kB, "SGVsbG8=", "Hello"},
    {"b_two_pads", kB, "SGVsbA==", "Hell"},
    {"b_lines", kB, "SGVs\r\nbG8=\r\n", "Hello"},
    {"b_junk", kB, "S-G!V.s\n b\0G8="sv, "Hello"},
    {"b_without_padding", kB, "SGVsbG8", "Hello"},
    {"b_half_a_group", kB, "SGVsS", "Hel"},
    {"b_padding_in_the_middle", kB, "SGVsbA==SGVsbG8=", "HellHello"},
    {"b_one_pad_of_two", kB, "SGVsbA=SGVs", "HellHel"},
    {"b_pads_alone", kB, "====SGVs", "Hel"},
    {"b_pad_behind_one", kB, "S=SGVs", "Hel"},
    {"q_escape", kQ, "a=3Db=e4", "a=b\xe4"},
    {"q_soft_breaks", kQ, "a=\r\nb=\nc", "abc"},
    {"q_soft_break_and_blanks", kQ, "a= \t\r\nb", "ab"},
    {"q_soft_break_at_the_end", kQ, "a=", "a"},
    {"q_soft_break_at_the_end_cr", kQ, "a= \r", "a"},
    {"q_bad_hex", kQ, "=G1=1G=", "=G1=1G"},
    {"q_half_an_escape_at_the_end", kQ, "a=4", "a=4"},
    {"q_half_an_escape_at_a_line_end", kQ, "a=A\nb=\r\n", "a=A\nb"},
    {"q_equals_text", kQ, "a= b == c=\rd", "a= b == c=\rd"},
    {"q_blanks_at_line_ends", kQ, "a \t\r\nb  \nc  ", "a\r\nb\nc"},
    {"q_blanks_inside", kQ, "a  b\t\tc", "a  b\t\tc"},
    {"q_cr_alone", kQ, "a \rb\r\rc\r", "a \rb\r\rc\r"},
    {"q_equals_after_blank", kQ, "a =20=\n b", "a   b"},
    {"q_nul", kQ, "a\0=00b"sv, "a\0\0b"sv},
};

std::string decode_in_pieces(Encoding encoding, std::string_view raw, std::size_t step) {
  Decoder decoder(encoding);
  std::string out;
  for (; !raw.empty(); raw.remove_prefix(std::min(step, raw.size()))) decoder.feed(raw.substr(0, step), out);
  decoder.finish(out);
  return out;
}

std::string encode_in_pieces(Encoding encoding, std::string_view ending, std::string_view text, std::size_t step) {
  Encoder encoder(encoding, ending);
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) encoder.feed(text.substr(0, step), out);
  encoder.finish(out);
  return out;
}

class TransferDecoderTest : public testing::TestWithParam<Case> {};
TEST_P(TransferDecoderTest, SameForEveryChunking) {
  const auto& c = GetParam();
  EXPECT_EQ(decode_body(c.encoding, c.raw), c.decoded);
  for (const std::size_t step : {1U, 2U, 3U, 7U}) EXPECT_EQ(decode_in_pieces(c.encoding, c.raw, step), c.decoded);
}
INSTANTIATE_TEST_SUITE_P(Table, TransferDecoderTest, testing::ValuesIn(kDecoded),
                         [](const auto& c) { return c.param.name; });

TEST(TransferDecoder, HoldsNoMoreThanALineOfBlanks) {
  const auto raw = "a" + std::string(100'000, ' ') + "\nb=" + std::string(100'000, ' ') + "\nc";
  const auto decoded = decode_body(kQ, raw);
  EXPECT_GT(decoded.size(), 190'000U);
  EXPECT_EQ(decoded, decode_in_pieces(kQ, raw, 1));
}

struct Encoded {
  const char* name;
  Encoding encoding;
  std::string_view ending;
  std::string_view text;
  std::string_view raw;
};

constexpr Encoded kEncoded[] = {
    {"b", kB, "\r\n", "Hello", "SGVsbG8="},
    {"b_empty", kB, "\r\n", "", ""},
    {"q_line_ends", kQ, "\r\n", "a\r\nb\rc\nd", "a\r\nb=0Dc=0Ad"},
    {"q_lf_line_ends", kQ, "\n", "a\r\nb\n", "a=0D\nb\n"},
    {"q_blanks", kQ, "\r\n", "a b \r\n\t\r\n ", "a b=20\r\n=09\r\n=20"},
    {"q_blank_and_cr", kQ, "\r\n", "a \rb", "a =0Db"},
    {"q_cr_at_the_end", kQ, "\r\n", "a\r", "a=0D"},
    {"q_high", kQ, "\r\n", "\xe4=", "=E4=3D"},
};

TEST(TransferEncoder, WritesWhatTheStandardSays) {
  for (const auto& c : kEncoded) {
    EXPECT_EQ(encode_body(c.encoding, c.ending, c.text), c.raw) << c.name;
    EXPECT_EQ(encode_in_pieces(c.encoding, c.ending, c.text, 1), c.raw) << c.name;
    EXPECT_EQ(decode_body(c.encoding, c.raw), c.text) << c.name;
  }
}

std::string random_text(std::size_t size, std::uint32_t seed, std::string_view alphabet) {
  std::string out(size, '\0');
  for (auto& c : out) {
    seed = seed * 1664525U + 1013904223U;
    const auto value = seed >> 16U;
    c = alphabet.empty() ? static_cast<char>(value & 255U) : alphabet[value % alphabet.size()];
  }
  return out;
}

std::size_t longest_line(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    longest = std::max(longest, line.size() - (line.ends_with('\r') ? 1 : 0));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return longest;
}

TEST(TransferEncoder, DecoderGivesBackTheSameOctets) {
  for (const auto alphabet : {""sv, " \t\r\n="sv, "ab \r\n"sv, "abcdefgh"sv}) {
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
      const auto text = random_text(seed * 5U, seed, alphabet);
      for (const auto encoding : {kB, kQ, Encoding::identity}) {
        for (const auto ending : {"\r\n"sv, "\n"sv}) {
          const auto raw = encode_body(encoding, ending, text);
          ASSERT_EQ(decode_body(encoding, raw), text);
          ASSERT_EQ(encode_in_pieces(encoding, ending, text, 1), raw);
          if (encoding != Encoding::identity) {
            ASSERT_LE(longest_line(raw), 76U);
          }
          for (std::size_t cut = 0; cut <= raw.size() && seed < 20; ++cut) {
            Decoder decoder(encoding);
            std::string out;
            decoder.feed(std::string_view(raw).substr(0, cut), out);
            decoder.feed(std::string_view(raw).substr(cut), out);
            decoder.finish(out);
            ASSERT_EQ(out, text) << cut;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace p3scan::mime
