// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/attachments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <future>

#include "mime/structure.h"
#include "mime/transfer.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Action = AttachmentSettings::Action;
using OnSigned = AttachmentSettings::OnSigned;
using namespace std::string_literals;
using namespace std::chrono_literals;

const std::string kHead =
    "Return-Path: <a@b>\r\nReceived: by x\r\n\twith y\r\nFrom: A <a@b>\r\nTo: c@d\r\nSubject: =?utf-8?q?h=C3=A9?=\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"=_b\"\r\nX-Odd:   kept  \r\n\r\npreamble\r\n";

std::string base64(std::string_view octets) { return mime::encode_body(mime::Encoding::base64, "\r\n", octets); }

/// A mail with a text and one attachment, which has this header and body.
std::string mail(const std::string& header, const std::string& body) {
  return kHead + "--=_b\r\nContent-Type: text/plain\r\n\r\nhello\r\n.\r\n\r\n--=_b\r\n" + header + "\r\n" + body +
         "\r\n--=_b--\r\nepilogue";
}

class AttachmentsTest : public testing::Test {
 protected:
  Filtered filter(const std::string& text, bool incoming = true) {
    tools.spool = {.directory = dir.path(), .memory = memory, .keep_free = 0};
    tools.blocking = &pool;
    settings.virusdir = dir.path();
    AttachmentsFilter attachments(tools, settings);
    Message message(io.get_executor(), tools.spool);
    const std::array<std::string_view, 1> pieces = {text};
    EXPECT_TRUE(message.append(pieces));
    message.complete();
    scan::MailFacts facts;
    facts.incoming = incoming;
    return test::run(io, attachments.run(message, facts));
  }
  std::string edited(const std::string& text) {
    last = filter(text);
    EXPECT_FALSE(last.verdict);
    if (last.version == nullptr) return {};
    EXPECT_TRUE(last.version->is_complete());
    std::string all(last.version->size(), '\0');
    EXPECT_EQ(last.version->read(0, all), all.size());
    return all;
  }
  std::string quarantined() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      struct stat status{};
      ::stat(entry.path().c_str(), &status);
      EXPECT_EQ(status.st_mode & 0777U, 0600U);
      all += "[" + test::contents(entry.path()) + "]";
    }
    return all;
  }

  test::Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
  FilterTools tools;
  AttachmentSettings settings;
  std::size_t memory = 1 << 20;
  Filtered last;
};

const std::string kExe =
    "Content-Type: application/x-zip; name=\"x.exe\"\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment;\r\n filename=\"x.exe\"; size=3\r\nX-Other: kept\r\n";

TEST_F(AttachmentsTest, LeavesAHarmlessMailAlone) {
  for (const auto& text : {mail("Content-Type: application/pdf; name=\"x.pdf\"\r\n", "%PDF"), "Subject: x\r\n\r\nhi"s,
                           ""s, "no header"s, mail("Content-Type: text/plain; name=\"x.txt\"\r\n", "hi")}) {
    const auto got = filter(text);
    EXPECT_EQ(got.version, nullptr);
    EXPECT_FALSE(got.verdict);
    EXPECT_EQ(got.note, "");
    EXPECT_EQ(got.added, "");
  }
}

TEST_F(AttachmentsTest, RenamesInTheHeaderOfThePartAlone) {
  EXPECT_EQ(edited(mail(kExe, "TVqQ")),
            mail("Content-Type: application/x-zip;\r\n\tname=\"x.exe.bad\"\r\nContent-Transfer-Encoding: base64\r\n"
                 "Content-Disposition: attachment;\r\n\tsize=\"3\";\r\n\tfilename=\"x.exe.bad\"\r\nX-Other: kept\r\n",
                 "TVqQ"));
  EXPECT_EQ(last.note, "attachment renamed: x.exe (badattach: exe)");
  EXPECT_EQ(last.added, "");
}

TEST_F(AttachmentsTest, RenamesEveryFormOfAName) {
  struct Row {
    std::string fields;
    std::string expected;
  };
  const std::string cd = "Content-Disposition: attachment;\r\n\tfilename=\"x.exe.bad\"\r\n";
  const std::vector<Row> rows = {
      {"Content-Disposition: attachment; filename=x.exe\r\n", cd},
      {"Content-Disposition: attachment; filename*=utf-8''x%2Eexe\r\n", cd},
      {"Content-Disposition: attachment; filename*0=x.; filename*1=exe\r\n", cd},
      {"Content-Disposition: attachment; filename*0*=utf-8''x%2E; filename*1=exe; filename=ok.txt\r\n", cd},
      {"Content-Disposition: attachment; filename=\"=?utf-8?B?eC5leGU=?=\"\r\n", cd},
      {"Content-Disposition: attachment; filename=\"x.exe\"; filename=\"x.exe\"\r\n", cd},
      {"content-disposition:attachment;FILENAME=x.exe\r\nContent-Disposition: inline; filename=x.exe\r\n", cd},
      {"Content-Disposition: inline; filename=x.exe\r\n",
       "Content-Disposition: inline;\r\n\tfilename=\"x.exe.bad\"\r\n"},
      {"Content-Type: image/png; name=x.exe; charset=latin1\r\n",
       "Content-Type: image/png;\r\n\tcharset=\"latin1\";\r\n\tname=\"x.exe.bad\"\r\n" + cd},
      {"Content-Type: image/png; name*0*=''x%2e; name*1*=e%78e\r\n" + cd,
       "Content-Type: image/png;\r\n\tname=\"x.exe.bad\"\r\n" + cd},
      {"Content-Type: application/x-msdownload\r\n",
       "Content-Type: application/octet-stream;\r\n\tname=\"attachment.bad\"\r\n"
       "Content-Disposition: attachment;\r\n\tfilename=\"attachment.bad\"\r\n"},
      {"Content-Disposition: attachment; filename*=utf-8''%C3%A9.exe\r\n",
       "Content-Disposition: attachment;\r\n\tfilename=\"_.exe.bad\";\r\n\tfilename*=UTF-8''%C3%A9.exe.bad\r\n"},
  };
  for (const auto& row : rows) {
    const auto got = edited(mail("X-A: 1\r\n" + row.fields + "X-B: 2\r\n", "abc"));
    const bool at_the_end = row.expected.contains(cd) && !row.fields.contains("isposition");
    const bool both_new = row.expected.contains("attachment.bad");
    auto expected = row.expected;
    std::string tail = "X-B: 2\r\n";
    if (at_the_end || both_new) {  // a new field goes to the end of the header
      const auto at = expected.find("Content-Disposition");
      tail += expected.substr(at);
      expected.resize(at);
    }
    EXPECT_EQ(got, mail("X-A: 1\r\n" + expected + tail, "abc")) << row.fields;
  }
}

TEST_F(AttachmentsTest, PutsATextInThePlaceOfThePart) {
  settings.action = Action::remove;
  EXPECT_EQ(edited(mail(kExe, "TVqQ")),
            mail("X-Other: kept\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
                 "quoted-printable\r\nContent-Disposition: inline\r\n",
                 "The mail scanner has removed an attachment from this mail.\r\n\r\nFile name: x.exe\r\n"
                 "Reason: Files with such names are not allowed. (exe)\r\nIt was not kept.\r\n"));
  EXPECT_EQ(last.note, "attachment removed: x.exe (badattach: exe)");
  EXPECT_EQ(quarantined(), "");
}

TEST_F(AttachmentsTest, SpeaksTheReadersLanguage) {
  settings.action = Action::remove;
  settings.language = "de";
  EXPECT_THAT(edited(mail(kExe, "TVqQ")), HasSubstr("Dateiname: x.exe"));
}

TEST_F(AttachmentsTest, KeepsTheDecodedPart) {
  settings.action = Action::quarantine;
  const auto text = edited(mail(kExe, base64("MZ is kept\0"s)));
  EXPECT_EQ(quarantined(), "[MZ is kept\0]"s);
  EXPECT_THAT(text, HasSubstr("Kept as: p3scan."));
  EXPECT_THAT(text, Not(HasSubstr("It was not kept")));
}

TEST_F(AttachmentsTest, FailsWhenAPartCanNotBeKept) {
  settings.action = Action::quarantine;
  const auto path = dir.path() + "/file";
  std::ofstream(path) << "x";
  tools.blocking = &pool;
  tools.spool = {.directory = dir.path(), .keep_free = 0};
  settings.virusdir = path;  // no directory
  AttachmentsFilter attachments(tools, settings);
  Message message(io.get_executor(), tools.spool);
  const auto text = mail(kExe, "TVqQ");
  const std::array<std::string_view, 1> pieces = {text};
  ASSERT_TRUE(message.append(pieces));
  message.complete();
  const scan::MailFacts facts;
  EXPECT_THROW(test::run(io, attachments.run(message, facts)), std::runtime_error);
}

TEST_F(AttachmentsTest, TakesAMailThatIsAllAttachment) {
  const std::string header = "From: a@b\r\nX-Odd: y\r\n";
  const std::string content = "Content-Type: application/pdf; name=x.scr\r\n";
  EXPECT_EQ(edited(header + content + "Subject: s\r\n\r\nbody\r\n"),
            header +
                "Content-Type: application/pdf;\r\n\tname=\"x.scr.bad\"\r\nSubject: s\r\n"
                "Content-Disposition: attachment;\r\n\tfilename=\"x.scr.bad\"\r\n\r\nbody\r\n");
  settings.action = Action::remove;
  const auto got = edited(header + content + "Subject: s\r\n\r\nbody\r\n");
  EXPECT_THAT(
      got,
      StartsWith(header + "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: quoted-printable\r\nContent-Disposition: inline\r\n\r\nThe "));
  // No empty line, and not even the end of the last field.
  EXPECT_THAT(edited(header + "Content-Type: application/pdf; name=x.scr"),
              StartsWith(header + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  // Lines that end in LF.
  EXPECT_THAT(edited("Subject: s\nContent-Type: application/pdf; name=x.scr\n\nbody\n"), Not(HasSubstr("\r")));
}

TEST_F(AttachmentsTest, FindsWhatIsBanned) {
  struct Row {
    std::string header;
    std::string body;
    std::string note;
  };
  const auto zip = "PK\x03\x04\x14\0"s + std::string(20, '\0') + "\x05\0\0\0"s + "a.exe" + "data";
  const std::string b64 = "Content-Transfer-Encoding: base64\r\n";
  const std::vector<Row> rows = {
      {"Content-Type: image/gif; name=\"x.gif\"\r\n" + b64, base64("MZ\x90\0\x03\0\0\0"s),
       "x.gif (badmagic: a Windows program)"},
      {"Content-Type: image/gif\r\n" + b64,
       base64("\x7f"
              "ELF\x02\x01\x01\0"s),
       "- (badmagic: a Linux program)"},
      {"Content-Type: text/plain; name=a.txt\r\n", "#!/bin/sh\r\n", "a.txt (badmagic: a script)"},
      {"Content-Type: application/x-msdownload; name=a.txt\r\n", "hi", "a.txt (badtype: application/x-msdownload)"},
      {"Content-Type: application/zip; name=a.zip\r\n" + b64, base64(zip), "a.zip (attachzip: a.exe)"},
      {"Content-Type: application/zip; name=a.zip\r\n" + b64, base64(std::string(100'000, 'x') + zip),
       "a.zip (attachzip: a.exe)"},
      {"Content-Type: application/octet-stream; name=a.dat\r\n" + b64, base64(zip), "a.dat (attachzip: a.exe)"},
      // Programs differ about the encoding.
      {"Content-Type: image/gif\r\nContent-Transfer-Encoding: 8bit\r\n" + b64, base64("MZ\x90\0\x03\0\0\0"s),
       "- (badmagic: a Windows program)"},
      {"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: image/gif; name=x.exe\r\n", "hi",
       "x.exe (badattach: exe)"},
      {"Content-Type: message/rfc822\r\n" + b64,
       base64("Subject: inner\r\nContent-Type: image/gif; name=x.exe\r\n\r\nhi"), "x.exe (badattach: exe)"},
      {"Content-Type: text/plain\r\n", "hi\r\nbegin 644 x.exe\r\n#0V%T\r\n`\r\nend\r\nbye", "x.exe (badattach: exe)"},
      {"Content-Type: image/gif; name=\"a\xE2\x80\xAEgif.exe\"\r\n", "hi", "a?gif.exe (badattach: direction override)"},
  };
  settings.action = Action::remove;
  for (const auto& row : rows) {
    edited(mail(row.header, row.body));
    EXPECT_EQ(last.note, "attachment removed: " + row.note) << row.header;
  }
  settings.bans = {.extensions = {"foo"}, .types = {"image/*"}, .content = false, .archives = false};
  for (const auto& row : rows) {
    edited(mail(row.header, row.body));
    EXPECT_EQ(!last.note.empty(), (row.header + row.body).contains("image/gif") || row.header.contains("rfc822"))
        << row.header;
  }
}

TEST_F(AttachmentsTest, TakesATextForAText) {
  EXPECT_EQ(edited("From: cron\r\nSubject: x\r\n\r\n#!/bin/sh\r\necho\r\n"), "");
}

TEST_F(AttachmentsTest, EditsFilesInTexts) {
  const auto text = [](const std::string& inside, const std::string& charset = "us-ascii") {
    return "Subject: s\r\nContent-Type: text/plain; charset=" + charset + "\r\n\r\nhi\r\n" + inside + "bye\r\n";
  };
  const std::string lines = "#0V%T\r\n`\r\nend\r\n";
  const std::string file = "begin 644 x.exe\r\n" + lines;
  EXPECT_EQ(edited(text(file)), text("begin 644 x.exe.bad\r\n" + lines));
  EXPECT_EQ(edited(text("begin 644 x.txt\r\n" + lines)), "");
  EXPECT_EQ(edited(text("begin 644 y.txt\r\n" + lines + file)),
            text("begin 644 y.txt\r\n" + lines + "begin 644 x.exe.bad\r\n" + lines));
  settings.action = Action::remove;
  settings.language = "de";
  EXPECT_EQ(edited(text(file)), text("The mail scanner has removed an attachment from this mail.\r\n\r\n"
                                     "File name: x.exe\r\nReason: Files with such names are not allowed. (exe)\r\n"
                                     "It was not kept.\r\n"));
  EXPECT_THAT(edited(text(file, "utf-8")), HasSubstr("Dateiname: x.exe"));
  settings.action = Action::quarantine;
  EXPECT_THAT(edited(text(file + file)), HasSubstr("Kept as: p3scan."));
  EXPECT_EQ(quarantined(), "[begin 644 x.exe\n" + lines + "][begin 644 x.exe\n" + lines + "]");
}

TEST_F(AttachmentsTest, FollowsOnsignedInSealedParts) {
  const auto text =
      "Subject: s\r\nContent-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\r\n\r\n--s\r\n"
      "Content-Type: application/pdf; name=x.exe\r\n\r\nhi\r\n--s\r\nContent-Type: "
      "application/pgp-signature\r\n\r\nsig\r\n--s--\r\n"s;
  auto got = filter(text);
  ASSERT_TRUE(got.verdict);
  EXPECT_EQ(*got.verdict, scan::Verdict(scan::Infected{.name = "banned attachment: x.exe", .engine = "attachments"}));
  EXPECT_EQ(got.version, nullptr);
  settings.on_signed = OnSigned::pass;
  got = filter(text);
  EXPECT_FALSE(got.verdict);
  EXPECT_EQ(got.version, nullptr);
  EXPECT_THAT(got.added, StartsWith("X-P3Scan: "));
  EXPECT_THAT(got.added, HasSubstr("banned attachment in a signed mail: x.exe"));
  EXPECT_EQ(got.note, "attachment of a signed mail passed: x.exe (badattach: exe)");
  settings.on_signed = OnSigned::edit;
  EXPECT_THAT(edited(text), HasSubstr("name=\"x.exe.bad\""));
}

TEST_F(AttachmentsTest, EditsBesideASignedPart) {
  settings.on_signed = OnSigned::pass;
  const std::string signed_part =
      "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\r\n\r\n--s\r\n"
      "Content-Type: application/pdf; name=x.exe\r\n\r\nhi\r\n--s\r\nContent-Type: "
      "application/pgp-signature\r\n\r\nsig\r\n--s--";
  const auto got =
      edited(mail(signed_part.substr(0, signed_part.find("\r\n\r\n") + 2),
                  signed_part.substr(signed_part.find("\r\n\r\n") + 4) + "\r\n--=_b\r\n" + kExe + "\r\nTVqQ"));
  EXPECT_THAT(got, HasSubstr("name=x.exe\r\n\r\nhi"));
  EXPECT_THAT(got, HasSubstr("filename=\"x.exe.bad\""));
  EXPECT_THAT(last.added, HasSubstr("banned"));
}

TEST_F(AttachmentsTest, LooksAtOutgoingMailOnlyWhenTold) {
  EXPECT_EQ(filter(mail(kExe, "TVqQ"), false).version, nullptr);
  settings.outgoing = true;
  EXPECT_NE(filter(mail(kExe, "TVqQ"), false).version, nullptr);
}

TEST_F(AttachmentsTest, CallsAMailBeyondALimitUnscannable) {
  std::string text = kHead;
  for (int i = 0; i < 1100; ++i) text += "--=_b\r\n\r\nx\r\n";
  const auto got = filter(text);
  ASSERT_TRUE(got.verdict);
  EXPECT_TRUE(std::holds_alternative<scan::Unscannable>(*got.verdict));
}

TEST_F(AttachmentsTest, EditsMailsInFiles) {
  memory = 1000;
  settings.action = Action::quarantine;
  const auto big = std::string(200'000, 'a') + "\r\n";
  const auto octets = test::noise(300'000);
  const auto got = edited(mail(kExe, base64(octets)) + big);
  EXPECT_THAT(got, HasSubstr("--=_b--\r\nepilogue" + big));
  EXPECT_EQ(quarantined(), "[" + octets + "]");
}

TEST_F(AttachmentsTest, EditsAllOfMany) {
  std::string text = kHead;
  for (int i = 0; i < 30; ++i) text += "--=_b\r\n" + kExe + "\r\nTVqQ\r\n";
  text += "--=_b--\r\n";
  for (const auto action : {Action::rename, Action::remove}) {
    settings.action = action;
    const auto got = edited(text);
    const auto structure = mime::read_structure(got);
    ASSERT_EQ(structure.parts.size(), 31U);
    for (const auto& part : structure.parts) {
      for (const auto& name : part.names) EXPECT_EQ(name, "x.exe.bad");
    }
    EXPECT_THAT(last.note, HasSubstr("; and 20 more"));
  }
}

/// Whatever the nesting, what is in front of and behind the part stays.
TEST_F(AttachmentsTest, KeepsEveryOtherOctet) {
  for (const auto action : {Action::rename, Action::remove}) {
    settings.action = action;
    for (const std::string ending : {"\r\n", "\n"}) {
      std::string text = mail(
          "Content-Type: multipart/related; boundary=\"=_b2\"\r\n",
          "--=_b2\r\n" + kExe + "\r\nTVqQ\r\n--=_b2\r\nContent-Type: image/png\r\n\r\n\x89PNG\0\r\r\xFF\r\n--=_b2--"s);
      if (ending == "\n") {
        for (std::size_t at = 0; (at = text.find("\r\n", at)) != std::string::npos;) text.replace(at, 2, "\n");
      }
      const auto begin = text.find("Content-Type: application/x-zip");
      const auto end = text.find(ending + "--=_b2", begin);
      const auto got = edited(text);
      ASSERT_FALSE(got.empty());
      EXPECT_EQ(got.substr(0, begin), text.substr(0, begin));
      EXPECT_EQ(got.substr(got.size() - (text.size() - end)), text.substr(end));
      EXPECT_EQ(got.contains("\r\n"), ending == "\r\n");
    }
  }
}

TEST_F(AttachmentsTest, EndsSoonWhenCancelled) {
  tools = {.spool = {.directory = dir.path(), .memory = 1 << 20, .keep_free = 0}, .blocking = &pool};
  AttachmentsFilter attachments(tools, settings);
  Message message(io.get_executor(), tools.spool);
  const auto text = mail(kExe, "TVqQ");
  const std::array<std::string_view, 1> pieces = {text};
  ASSERT_TRUE(message.append(pieces));
  message.complete();
  const scan::MailFacts facts;
  asio::cancellation_signal cancel;
  std::promise<void> hold;
  asio::post(pool, [&] { hold.get_future().wait(); });  // the only thread is busy
  bool thrown = false;
  asio::co_spawn(io, attachments.run(message, facts),
                 asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& failed, const Filtered&) {
                   thrown = failed != nullptr;
                 }));
  asio::post(io, [&] {
    cancel.emit(asio::cancellation_type::terminal);
    hold.set_value();
  });
  io.run();
  EXPECT_TRUE(thrown);
}

}  // namespace
}  // namespace p3scan
