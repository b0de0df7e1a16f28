// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/structure.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::mime {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;

/// "0 multipart/mixed[...]": depth, type and, of leaves, the body, one line per part.
std::string outline(std::string_view message, const Structure& structure) {
  std::string out;
  for (const auto& part : structure.parts) {
    out += fmt::format("{} {}", part.depth, part.type);
    if (part.is_leaf) out += fmt::format(" [{}]", part.body_of(message));
    out += '\n';
  }
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

struct Case {
  const char* name;
  std::string_view message;
  std::string_view outline;
};

constexpr Case kCases[] = {
    {"empty", "", "0 text/plain []\n"},
    {"no_header", "\nbody\n", "0 text/plain [body\n]\n"},
    {"no_body", "Subject: x\n", "0 text/plain []\n"},
    {"plain", "Subject: x\n\nbody\n", "0 text/plain [body\n]\n"},
    {"no_mime_version", "Content-Type: text/html\n\nbody", "0 text/html [body]\n"},
    {"blanks_before_the_colon", "Content-Type \t: text/html\n\nbody", "0 text/html [body]\n"},
    {"capitals", "CONTENT-TYPE: TEXT/HTML\n\nbody", "0 text/html [body]\n"},
    {"folded", "Content-Type:\n text/html;\n charset=x\n\nbody", "0 text/html [body]\n"},
    {"odd_type", "Content-Type: html\n\nbody", "0 text/plain [body]\n"},
    {"mbox_line", "From a Mon\nContent-Type: text/html\n\nbody", "0 text/html [body]\n"},
    {"two_parts",
     "Content-Type: multipart/mixed; boundary=\"b\"\n\npreamble\n--b\n\none\n--b\nContent-Type: "
     "text/html\n\ntwo\n\n--b--\n"
     "epilogue\n",
     "0 multipart/mixed\n1 text/plain [one]\n1 text/html [two\n]\n"},
    {"no_preamble", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--",
     "0 multipart/mixed\n1 text/plain [one]\n"},
    {"no_end_boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n",
     "0 multipart/mixed\n1 text/plain [one]\n1 text/plain [two\n]\n"},
    {"blanks_behind_a_boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\none\n--b-- \n",
     "0 multipart/mixed\n1 text/plain [one]\n"},
    {"parts_behind_the_end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n\n--b\n\ntwo\n--b--\n",
     "0 multipart/mixed\n1 text/plain [one]\n1 text/plain [two]\n"},
    {"boundary_is_a_prefix",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; "
     "boundary=bb\n\n--bb\n\none\n"
     "--bb\n\ntwo\n--bb--\n--b\n\nthree\n--b--\n",
     "0 multipart/mixed\n1 multipart/alternative\n2 text/plain [one]\n2 text/plain [two]\n1 text/plain [three]\n"},
    {"same_boundary_inside",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; "
     "boundary=b\n\n--b\n\none\n--b--\n"
     "--b\n\ntwo\n--b--\n",
     "0 multipart/mixed\n1 multipart/mixed\n2 text/plain [one]\n1 text/plain [two]\n"},
    {"inner_does_not_end",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; "
     "boundary=b\n\n--b\n\none\n--a\n\ntwo\n"
     "--a--\n",
     "0 multipart/mixed\n1 multipart/mixed\n2 text/plain [one]\n1 text/plain [two]\n"},
    {"boundary_in_text", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n --b\nx--b\n--bc\n--b-\n--b\n",
     "0 multipart/mixed\n1 text/plain [ --b\nx--b\n--bc\n--b-]\n1 text/plain []\n"},
    {"boundary_ends_in_dashes", "Content-Type: multipart/mixed; boundary=b--\n\n--b--\n\none\n--b----\n",
     "0 multipart/mixed\n1 text/plain [one]\n"},
    {"empty_parts", "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b\nX: y\n--b--\n",
     "0 multipart/mixed\n1 text/plain []\n1 text/plain []\n1 text/plain []\n"},
    {"delimiter_in_an_empty_inner_part",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n--a--\n",
     "0 multipart/mixed\n1 multipart/mixed\n2 text/plain []\n"},
    {"no_boundary", "Content-Type: multipart/mixed\n\n--b\n\none\n", "0 multipart/mixed [--b\n\none\n]\n"},
    {"empty_boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n",
     "0 multipart/mixed [--\n\none\n]\n"},
    {"two_boundaries", "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\none\n--b\n\ntwo\n--a--\n",
     "0 multipart/mixed\n1 text/plain [one]\n1 text/plain [two]\n"},
    {"encoded_boundary",
     "Content-Type: multipart/mixed; boundary=\"=?us-ascii?Q?abc?=\"\n\n--abc\n\none\n--=?us-ascii?Q?abc?=\n\ntwo",
     "0 multipart/mixed\n1 text/plain [one]\n1 text/plain [two]\n"},
    {"comment_in_a_boundary",
     "Content-Type: multipart/mixed; boundary=a(c)b\n\n--ab\n\none\n--a(c)b\n\ntwo\n--a\n\nthree",
     "0 multipart/mixed\n1 text/plain [one]\n1 text/plain [two]\n1 text/plain [three]\n"},
    {"extended_boundary", "Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n--ab\n\none\n--ab--\n",
     "0 multipart/mixed\n1 text/plain [one]\n"},
    {"message", "Content-Type: message/rfc822\n\nContent-Type: text/html\n\nbody",
     "0 message/rfc822\n1 text/html [body]\n"},
    {"message_in_a_part",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; "
     "boundary=b\n\n--b\n\none\n--b--\n--a\n\ntwo\n--a--\n",
     "0 multipart/mixed\n1 message/rfc822\n2 multipart/mixed\n3 text/plain [one]\n1 text/plain [two]\n"},
    {"encoded_message", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQ29u",
     "0 message/rfc822 [Q29u]\n"},
    {"digest",
     "Content-Type: multipart/digest; boundary=b\n\n--b\n\nContent-Type: text/html\n\none\n--b\nContent-Type: "
     "text/plain\n\n"
     "two\n--b--\n",
     "0 multipart/digest\n1 message/rfc822\n2 text/html [one]\n1 text/plain [two]\n"},
    {"text_behind_a_boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b x\n\none\n--b-- y\n",
     "0 multipart/mixed\n1 text/plain [one]\n"},
    {"no_parts", "Content-Type: multipart/mixed; boundary=b\n\ntext\n", "0 multipart/mixed [text\n]\n"},
    {"no_field", "Subject: x\nno field\nContent-Type: text/html\n\nbody", "0 text/html [body]\n"},
};

class StructureTest : public testing::TestWithParam<Case> {};

TEST_P(StructureTest, HasTheParts) {
  const auto& c = GetParam();
  EXPECT_EQ(outline(c.message, read_structure(c.message)), c.outline);
}

TEST_P(StructureTest, HasTheSamePartsWithCrlf) {
  const auto message = with_crlf(GetParam().message);
  auto found = outline(message, read_structure(message));
  std::erase(found, '\r');
  EXPECT_EQ(found, GetParam().outline);
}

TEST_P(StructureTest, HoldsItsPromisesWhereverItIsCut) {
  const auto message = with_crlf(GetParam().message);
  for (std::size_t size = 0; size <= message.size(); ++size) {
    const auto structure = read_structure(std::string_view(message).substr(0, size));
    ASSERT_FALSE(structure.parts.empty());
    ASSERT_EQ(structure.parts[0].end, size);
    for (std::size_t i = 0; i < structure.parts.size(); ++i) {
      const auto& part = structure.parts[i];
      ASSERT_TRUE(part.begin <= part.body && part.body <= part.end && part.end <= size);
      ASSERT_EQ(part.parent == Part::kNoParent, i == 0);
      if (i == 0) continue;
      const auto& around = structure.parts.at(part.parent);
      ASSERT_LT(part.parent, i);
      ASSERT_TRUE(around.body <= part.begin && part.end <= around.end);
      const auto& before = structure.parts[i - 1];
      ASSERT_TRUE(before.end <= part.begin || before.end >= part.end);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, StructureTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

Structure of(std::string_view header) { return read_structure(std::string(header) + "\n\nbody"); }

TEST(Structure, LineEndingOfTheDelimiterIsNotThePart) {
  constexpr auto kMessage =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: y\r\n\r\none\r\n\r\n--b--\r\n"sv;
  const auto structure = read_structure(kMessage);
  ASSERT_EQ(structure.parts.size(), 2U);
  const auto& part = structure.parts[1];
  EXPECT_EQ(part.header_of(kMessage), "X: y\r\n\r\n");
  EXPECT_EQ(part.body_of(kMessage), "one\r\n");
  EXPECT_EQ(part.begin, kMessage.find("X: y"));
  EXPECT_EQ(structure.line_ending, "\r\n");
  EXPECT_EQ(read_structure("a: b\n").line_ending, "\n");
}

TEST(Structure, CollectsNames) {
  const auto part =
      of("Content-Type: a/b; name=\"=?utf-8?Q?B=C3=A4r.exe?=\"; name*=utf-8''c%2Eexe\n"
         "Content-Disposition: Attachment;\n filename=\"a.txt\"\nContent-Disposition: x; filename*0=d.; filename*1=com")
          .parts.front();
  EXPECT_THAT(part.names, ElementsAre("a.txt", "d.com", "Bär.exe", "=?utf-8?Q?B=C3=A4r.exe?=", "c.exe"));
  EXPECT_EQ(part.disposition, "attachment");
  EXPECT_TRUE(part.is_attachment);
  EXPECT_FALSE(part.is_ambiguous);
}

TEST(Structure, KeepsTheEndOfALongName) {
  const auto part =
      of("Content-Disposition: inline; filename=\"" + std::string(5000, 'a') + "\xc3\xa4.exe\"").parts.front();
  ASSERT_EQ(part.names.size(), 1U);
  EXPECT_EQ(part.names[0].size(), 1024U);
  EXPECT_TRUE(part.names[0].ends_with("ä.exe"));
  EXPECT_TRUE(part.is_ambiguous);
  EXPECT_FALSE(part.is_attachment);
}

TEST(Structure, KnowsTheRestOfTheHeader) {
  const auto part =
      of("Content-Type: Text/HTML; charset=\"UTF-8\"\nContent-Transfer-Encoding: Base64\nContent-ID: <a@b>").parts[0];
  EXPECT_EQ(part.charset, "utf-8");
  EXPECT_EQ(part.encoding, Encoding::base64);
  EXPECT_EQ(part.content_id, "a@b");
  EXPECT_TRUE(part.has_type("text/html"));
  EXPECT_TRUE(part.has_type("text/"));
  EXPECT_FALSE(part.has_type("text"));
  EXPECT_EQ(of("Content-ID: a@b").parts[0].content_id, "a@b");
  EXPECT_EQ(of("Content-ID: <a@b").parts[0].content_id, "a@b");
}

TEST(Structure, FindsWhatOnlyProgramsSeeThatEndLinesAtCr) {
  constexpr auto kHidden =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r--b\rX: y\rContent-Disposition: attachment; "
      "filename=x.exe\r\r\ntwo\r\n--b--\r\n"sv;
  const auto structure = read_structure(kHidden);
  ASSERT_EQ(structure.parts.size(), 3U);
  EXPECT_EQ(structure.parts[1].body_of(kHidden), "one");
  EXPECT_THAT(structure.parts[2].names, ElementsAre("x.exe"));
  EXPECT_THAT(of("Subject: x\rContent-Type: a/b; name=x.exe\rX: y").parts[0].names, ElementsAre("x.exe"));
  const auto twice = read_structure("X: y\r\r\nContent-Type: text/html\r\r\n\r\r\nbody\r\r\n");
  EXPECT_EQ(twice.parts[0].type, "text/html");
}

TEST(Structure, PartThatIsContentAndHoldsPartsIsOverALimit) {
  constexpr auto kWhy = "a part that is content and holds parts"sv;
  constexpr auto kParts = "\n\n--b\n\none\n--b--\n"sv;
  const auto why = [&](std::string_view header) { return read_structure(std::string(header).append(kParts)).why; };
  EXPECT_EQ(why("Content-Type: text/html\nContent-Type: multipart/mixed; boundary=b"), kWhy);
  EXPECT_EQ(why("Content-Type: multipart/mixed; boundary=b\nContent-Type: text/html"), kWhy);
  EXPECT_EQ(why("Content-Type: text/html\nContent-Type: message/rfc822"), kWhy);
  EXPECT_EQ(why("Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64"),
            kWhy);
  EXPECT_EQ(why("Content-Type: multipart/mixed; boundary=b\nContent-Type: multipart/related"), "");
  EXPECT_EQ(why("Content-Type: text/html\nContent-Type: multipart/mixed; boundary=c"), "");
}

TEST(Structure, CollectsWhatIsAmbiguous) {
  const auto types = of("Content-Type: text/plain\nContent-Type: text/html").parts[0];
  EXPECT_THAT(types.types, ElementsAre("text/plain", "text/html"));
  EXPECT_TRUE(types.is_ambiguous);
  const auto encodings = of("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64").parts[0];
  EXPECT_THAT(encodings.encodings, ElementsAre(Encoding::identity, Encoding::base64));
  EXPECT_TRUE(encodings.is_ambiguous);
  EXPECT_FALSE(of("Content-Type: text/html\nContent-Type: text/HTML").parts[0].is_ambiguous);
  for (const auto header : {"X: y\nno field", " folded: x", "Content-Type: html", "Content-Type: multipart/mixed",
                            "Content-Type: multipart/mixed; boundary=a; boundary=b"})
    EXPECT_TRUE(of(header).parts[0].is_ambiguous) << header;
  EXPECT_TRUE(read_structure("Subject: x\n").parts[0].is_ambiguous);
  EXPECT_FALSE(of("From a b\nX: y").parts[0].is_ambiguous);
}

struct Sealed {
  std::string_view message;
  std::vector<Seal> seals;  // of the parts
};

const Sealed kSealed[] = {
    {"\nplain", {Seal::none}},
    {"Content-Type: multipart/signed; boundary=b\n\n--b\n\none\n--b\nContent-Type: "
     "application/pgp-signature\n\ntwo\n--b--\n",
     {Seal::signed_parts, Seal::signed_parts, Seal::signed_parts}},
    {"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/signed; "
     "boundary=b\n\n--b\n\none\n--b--\n--a\n\n"
     "footer\n--a--\n",
     {Seal::none, Seal::signed_parts, Seal::signed_parts, Seal::none}},
    {"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\none", {Seal::encrypted_parts, Seal::encrypted_parts}},
    {"Content-Type: application/pkcs7-mime\n\nMII", {Seal::smime}},
    {"Content-Type: application/x-pkcs7-mime\n\nMII", {Seal::smime}},
    {"\n\n -----BEGIN PGP SIGNED MESSAGE-----\n", {Seal::pgp_text}},
    {"\n-----BEGIN PGP MESSAGE-----\n", {Seal::pgp_text}},
    {"Content-Transfer-Encoding: base64\n\nLS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tCg==\n", {Seal::pgp_text}},
    {"Content-Transfer-Encoding: quoted-printable\n\n=2D----BEGIN PGP MESSAGE-----\n", {Seal::pgp_text}},
    {"\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n", {Seal::none}},
    {"\ntext\n-----BEGIN PGP MESSAGE-----\n", {Seal::none}},
    {"Content-Type: text/html\n\n-----BEGIN PGP MESSAGE-----\n", {Seal::none}},
    {"Content-Type: text/html\nContent-Type: application/pkcs7-mime\n\nx", {Seal::none}},
};

TEST(Structure, KnowsWhatIsSealed) {
  for (const auto& c : kSealed) {
    const auto structure = read_structure(c.message);
    std::vector<Seal> seals;
    for (const auto& part : structure.parts) seals.push_back(part.seal);
    EXPECT_EQ(seals, c.seals) << c.message;
    const auto first = std::ranges::find_if(seals, [](Seal s) { return s != Seal::none; });
    EXPECT_EQ(structure.seal, first == seals.end() ? Seal::none : *first) << c.message;
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string nested(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i)
    out += fmt::format("Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n", i);
  return out;
}

TEST(Structure, IsLimited) {
  constexpr StructureLimits kLimits;
  const auto parts = [&](std::size_t n) {
    return read_structure("Content-Type: multipart/mixed; boundary=b\n\n" + repeated("--b\n\nx\n", n));
  };
  EXPECT_FALSE(parts(999).over_limit);
  EXPECT_EQ(parts(999).parts.size(), 1000U);
  EXPECT_TRUE(parts(1000).over_limit);
  EXPECT_EQ(parts(1000).parts.size(), 1000U);
  EXPECT_EQ(parts(1000).why, "too many parts");
  EXPECT_FALSE(read_structure(nested(30)).over_limit);
  EXPECT_EQ(read_structure(nested(31)).why, "parts nested too deep");
  EXPECT_EQ(read_structure(repeated("Content-Type: message/rfc822\n\n", 10'000)).why, "parts nested too deep");
  EXPECT_FALSE(read_structure("a: " + std::string(kLimits.header - 6, 'x') + "\n\n").over_limit);
  const auto long_header = read_structure("Content-Type: text/html\na: " + std::string(kLimits.header, 'x') + "\n\n");
  EXPECT_EQ(long_header.why, "a header that is too long");
  EXPECT_EQ(long_header.parts[0].type, "text/html");
  EXPECT_EQ(of("Content-Type: a/b" + repeated("; x", 1000)).why, "too many parameters of a part");
  std::string names = "Content-Disposition: attachment";
  for (int i = 0; i < 21; ++i) names += fmt::format("; filename=n{}", i);
  EXPECT_EQ(of(names).why, "too many names of a part");
  EXPECT_EQ(of(names).parts[0].names.size(), kLimits.names);
  std::string boundaries = "Content-Type: multipart/mixed";
  for (int i = 0; i < 5; ++i) boundaries += fmt::format("; boundary=n{}", i);
  EXPECT_EQ(of(boundaries).why, "too many boundaries of a part");
}

/// Processor time for messages of one and of four units. Loose: quadratic would be 16.
double growth(std::string_view front, std::string_view unit) {
  const auto ticks = [&](std::size_t size) {
    const auto message = std::string(front) + repeated(unit, size / unit.size());
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const auto start = std::clock();
      const auto structure = read_structure(message);
      const auto taken = static_cast<double>(std::clock() - start);
      best = std::min(best, structure.parts.empty() ? 0.0 : std::max(taken, 1.0));
    }
    return best;
  };
  constexpr std::size_t kUnit = std::size_t{256} << 10U;
  return ticks(4 * kUnit) / ticks(kUnit);
}

TEST(Structure, TimeGrowsAsTheMessageDoes) {
  constexpr auto kMultipart = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n"sv;
  for (const auto unit : {"\n"sv, "--\n"sv, "--b--\n"sv, "--bb\n"sv, "x\n"sv, "\r\n"sv, "-"sv})
    EXPECT_LT(growth(kMultipart, unit), 10) << unit;
  EXPECT_LT(growth(nested(30) + "\n", "--b\n--b29--\n"), 10);
  EXPECT_LT(growth("Content-Type: multipart/mixed; boundary=\"" + std::string(6'000, 'b') + "\"\n\n", "--bbbbbbb\n"),
            10);
}

}  // namespace
}  // namespace p3scan::mime
