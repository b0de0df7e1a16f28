// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/footer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mime/edited.h"
#include "mime/transfer.h"

namespace p3scan::mime {
namespace {

using test::Edited;

constexpr std::string_view kFooter = "***\nfoot\n***\n";
constexpr std::string_view kUmlaut = "***\nB\xc3\xa4r \xe2\x82\xac <\n";

struct Case {
  const char* name;
  std::string_view footer;
  std::string message;
  std::string result;  // empty: stays as it is
  FooterAdded added = FooterAdded::yes;
};

const Case kCases[] = {
    {"plain", kFooter, "Subject: x\n\ntext\n", "Subject: x\n\ntext\n***\nfoot\n***\n"},
    {"crlf", kFooter, "Subject: x\r\n\r\ntext\r\n", "Subject: x\r\n\r\ntext\r\n***\r\nfoot\r\n***\r\n"},
    {"last_line_without_ending", kFooter, "X: y\n\ntext", "X: y\n\ntext\n***\nfoot\n***"},
    {"empty_text", kFooter, "X: y\n\n", "X: y\n\n***\nfoot\n***\n"},
    {"flowed", kFooter, "Content-Type: text/plain; format=flowed\n\ntext \n",
     "Content-Type: text/plain; format=flowed\n\ntext \n\n***\nfoot\n***\n"},
    {"base64", kFooter, "Content-Transfer-Encoding: base64\n\ndGV4dAo=\n",
     "Content-Transfer-Encoding: base64\n\n" + encode_body(Encoding::base64, "\n", "text\n***\nfoot\n***\n") + "\n"},
    {"html", kFooter, "Content-Type: text/html\n\n<html><body>a</BODY></html>\n",
     "Content-Type: text/html\n\n<html><body>a<div>***<br>\nfoot<br>\n***\n</div>\n</BODY></html>\n"},
    {"html_without_body", kFooter, "Content-Type: text/html\n\n<b>a</b></html >\n",
     "Content-Type: text/html\n\n<b>a</b><div>***<br>\nfoot<br>\n***\n</div>\n</html >\n"},
    {"html_fragment", kFooter, "Content-Type: text/html\n\na\n",
     "Content-Type: text/html\n\na\n<div>***<br>\nfoot<br>\n***\n</div>\n"},
    {"html_of_html", kFooter, "Content-Type: text/html\n\n</body></body></html>\n",
     "Content-Type: text/html\n\n</body><div>***<br>\nfoot<br>\n***\n</div>\n</body></html>\n"},
    {"html_characters", kUmlaut, "Content-Type: text/html; charset=koi8-r\n\na\n",
     "Content-Type: text/html; charset=koi8-r\n\na\n<div>***<br>\nB&#228;r &#8364; &lt;\n</div>\n"},
    {"alternative", kFooter,
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: text/html\n\n<p>\n--b--\n",
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\ntext\n***\nfoot\n***\n--b\nContent-Type: "
     "text/html\n\n<p>"
     "<div>***<br>\nfoot<br>\n***\n</div>\n\n--b--\n"},
    {"related", kFooter,
     "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n</body>\n--b\n\nother\n--b--\n",
     "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: "
     "text/html\n\n<div>***<br>\nfoot<br>\n***\n</div>\n</body>\n--b\n\n"
     "other\n--b--\n"},
    {"attachments_stay", kFooter,
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Disposition: "
     "attachment\n\na\n--b\nContent-Type: "
     "text/plain; name=x.txt\n\nb\n--b\nContent-Type: text/calendar\n\nc\n--b\nContent-Type: "
     "message/rfc822\n\n\nd\n--b--\n",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n***\nfoot\n***\n--b\nContent-Disposition: "
     "attachment\n\na\n--b\nContent-Type: "
     "text/plain; name=x.txt\n\nb\n--b\nContent-Type: text/calendar\n\nc\n--b\nContent-Type: "
     "message/rfc822\n\n\nd\n--b--\n"},
    {"last_of_several_texts", kFooter, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n***\nfoot\n***\n--b--\n"},
    {"empty_in_front_of_a_delimiter", kFooter, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b--\n",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n***\nfoot\n***\n\n--b--\n"},
    {"line_ends_of_the_part", kFooter, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\na\r\nb\r\n--b--\n",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\na\r\nb\r\n***\r\nfoot\r\n***\r\n--b--\n"},
    {"calendar_stays", kFooter, "Content-Type: text/calendar\n\nBEGIN\n", "", FooterAdded::nowhere},
    {"report_stays", kFooter, "Content-Type: multipart/report; boundary=b\n\n--b\n\ntext\n--b--\n", "",
     FooterAdded::nowhere},
    {"attachment_alone", kFooter, "Content-Disposition: attachment\n\ntext\n", "", FooterAdded::nowhere},
    {"uuencoded", kFooter, "Content-Transfer-Encoding: x-uuencode\n\ntext\n", "", FooterAdded::nowhere},
    {"signed", kFooter,
     "Content-Type: multipart/signed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: "
     "application/pgp-signature\n\nx\n--b--\n",
     "", FooterAdded::sealed},
    {"signed_inside", kFooter,
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/signed; "
     "boundary=b\n\n--b\n\ntext\n--b--\n--a\n\n"
     "x\n--a--\n",
     "", FooterAdded::sealed},
    {"signed_message_attached", kFooter,
     "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a\nContent-Type: message/rfc822\n\nContent-Type: "
     "multipart/signed; "
     "boundary=b\n\n--b\n\ntext\n--b--\n--a--\n",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n***\nfoot\n***\n--a\nContent-Type: "
     "message/rfc822\n\nContent-Type: multipart/signed; "
     "boundary=b\n\n--b\n\ntext\n--b--\n--a--\n"},
    {"smime", kFooter, "Content-Type: application/pkcs7-mime\n\nx\n", "", FooterAdded::sealed},
    {"pgp", kFooter, "X: y\n\n-----BEGIN PGP SIGNED MESSAGE-----\n", "", FooterAdded::sealed},
    {"dkim", kFooter, "DKIM-Signature: v=1\n\ntext\n", "", FooterAdded::sealed},
    {"present", kFooter, "X: y\n\ntext\n***\nfoot\n***\n\n", "", FooterAdded::present},
    {"present_in_base64", kFooter,
     "Content-Transfer-Encoding: base64\r\n\r\n" + encode_body(Encoding::base64, "\r\n", "text\r\n***\r\nfoot\r\n***"),
     "", FooterAdded::present},
    {"present_in_html", kFooter, "Content-Type: text/html\n\na<div>***<br>\nfoot<br>\n***\n</div>\n</body></html>\n",
     "", FooterAdded::present},
    {"quoted_in_an_answer", kFooter, "X: y\n\n> ***\n> foot\n> ***\ntext\n",
     "X: y\n\n> ***\n> foot\n> ***\ntext\n***\nfoot\n***\n"},
    {"many_semicolons", kFooter, "Content-Type: text/plain; a=b; c=d" + std::string(600, ';') + "\n\ntext\n",
     "Content-Type: text/plain; a=b; c=d" + std::string(600, ';') + "\n\ntext\n***\nfoot\n***\n"},
    {"utf8", kUmlaut, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\na\n",
     "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\na\n***\nB\xc3\xa4r \xe2\x82\xac <\n"},
    {"seven_bit_becomes_utf8", kUmlaut,
     "Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\na=\n",
     "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\na=3D\n***\nB=C3=A4r "
     "=E2=82=AC <\n"},
    {"no_header_at_all", kUmlaut, "\na\n",
     "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\na\n***\nB=C3=A4r "
     "=E2=82=AC <\n"},
    {"unknown_octets", kUmlaut, "X: y\nContent-Transfer-Encoding: 8bit\n\n\xe4\n",
     "X: y\nContent-Transfer-Encoding: 8bit\n\n\xe4\n***\nB?r ? <\n"},
    {"latin1", kUmlaut,
     "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n=E4\n",
     "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n=E4\n***\nB=E4r ? "
     "<\n"},
    {"latin9", kUmlaut, "Content-Type: text/plain; charset=iso-8859-15\nContent-Transfer-Encoding: 8bit\n\na\n",
     "Content-Type: text/plain; charset=iso-8859-15\nContent-Transfer-Encoding: 8bit\n\na\n***\nB\xe4r \xa4 <\n"},
    {"utf7", kUmlaut, "Content-Type: text/plain; charset=utf-7\n\n+AOQ-\n",
     "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\n=C3=A4\n***\nB=C3=A4r "
     "=E2=82=AC <\n"},
};

class FooterTest : public testing::TestWithParam<Case> {};

TEST_P(FooterTest, IsAddedWhereItBelongs) {
  const auto& c = GetParam();
  Edited edited(c.message);
  EXPECT_EQ(add_footer(c.message, read_structure(c.message), c.footer, edited), c.added);
  EXPECT_EQ(edited.result(), c.result.empty() ? c.message : c.result);
}

TEST_P(FooterTest, IsNotAddedTwice) {
  const auto& c = GetParam();
  Edited once(c.message);
  add_footer(c.message, read_structure(c.message), c.footer, once);
  const auto result = once.result();
  Edited twice(result);
  const auto again = add_footer(result, read_structure(result), c.footer, twice);
  EXPECT_EQ(again, c.added == FooterAdded::yes ? FooterAdded::present : c.added);
  EXPECT_EQ(twice.count(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Table, FooterTest, testing::ValuesIn(kCases), [](const auto& c) { return c.param.name; });

TEST(FooterText, HasTheOldLayout) {
  EXPECT_EQ(footer_text({.file = "one \r\n\r\ntwo", .host = "mail.example.org", .scanner_info = "clam 1\nclam 2\n"}),
            "**********\none\n\ntwo\nP3Scan " P3SCAN_VERSION
            " running on mail.example.org\nclam 1\nclam 2\n**********\n");
  EXPECT_EQ(footer_text({.file = "", .host = "a.b", .scanner_info = ""}),
            "**********\nP3Scan " P3SCAN_VERSION " running on a.b\n**********\n");
  EXPECT_EQ(footer_text({.file = "\xef\xbb\xbf"
                                 "B\xe4r\x1b[0m\n",
                         .host = "a.b",
                         .scanner_info = ""}),
            "**********\nB\xc3\xa4r [0m\nP3Scan " P3SCAN_VERSION " running on a.b\n**********\n");
}

TEST(FooterText, NotAddedToWhatIsNotKnown) {
  std::string message = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 2000; ++i) message += "--b\n\ntext\n";
  Edited edited(message);
  EXPECT_EQ(add_footer(message, read_structure(message), kFooter, edited), FooterAdded::nowhere);
  EXPECT_EQ(edited.count(), 0U);
}

TEST(FooterText, LongHtmlHasItInFrontOfTheLastBody) {
  std::string html = "Content-Type: text/html\n\n";
  for (int i = 0; i < 20'000; ++i) html += i % 100 == 0 ? "</body><" : "some text </bod ";
  const auto place = html.rfind("</body>");
  Edited edited(html);
  add_footer(html, read_structure(html), kFooter, edited);
  EXPECT_EQ(edited.result().find("<div>***"), place);
  EXPECT_EQ(edited.count(), 1U);
}

}  // namespace
}  // namespace p3scan::mime
