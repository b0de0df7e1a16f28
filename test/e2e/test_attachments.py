# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Dangerous attachments of mails that are fetched and sent: renamed, removed, kept, by the gateway and by renattach."""
import base64
import email
import email.policy
import re

import mails
from fakes import unstuff
from support import E2E, XHEADER

MAIL = mails.multipart(b"Content-Type: text/plain\r\n\r\nhello\r\n.\r\n..dots\r\n",
                       mails.attachment(b"harmless", b"report.pdf"),
                       mails.attachment(b"do something", b"invoice.pdf.exe"),
                       mails.attachment(b"\x89PNG\r\n\x1a\n" + mails.noise(5000), b"picture.png"))
EXE = b"invoice.pdf.exe"


class Attachments(E2E):
    def fetch(self, mail, options):
        """The mail as the client gets it (None if it does not) and its status line."""
        self.gateway = self.start_gateway(options | {"xheader": "no"})
        server = self.pop3_server([mail])
        pop3 = self.pop3_login()
        status, body = pop3.multiline(b"RETR 1")
        self.assertTrue(pop3.ask(b"NOOP").startswith(b"+OK"))
        self.gateway.close()
        server.close()
        return status, None if body is None else unstuff(body)

    def send(self, mail, options):
        self.start_gateway(options | {"xheader": "no"})
        sink = self.smtp_sink()
        smtp = self.smtp_hello()
        return self.submit(smtp, mail), sink.mails

    def parts(self, mail):
        return list(email.message_from_bytes(mail, policy=email.policy.default).iter_parts())

    def check_untouched(self, got, begin=b"Content-Type: application/octet-stream; name=" + EXE):
        """All in front of and behind the dangerous part is as it was."""
        at = MAIL.index(begin)
        behind = MAIL.index(b"\r\n--=_b0", at)
        self.assert_same(got[:at], MAIL[:at])
        self.assertTrue(got.endswith(MAIL[behind:]))

    def test_rename(self):
        status, got = self.fetch(MAIL, {"attachments": "rename"})
        self.assertTrue(status.startswith(b"+OK"))
        self.check_untouched(got)
        names = [part.get_filename() for part in self.parts(got)]
        self.assertEqual(names, [None, "report.pdf", "invoice.pdf.exe.bad", "picture.png"])
        self.assertEqual(self.parts(got)[2].get_content(), b"do something")
        self.assertIn("attachment renamed: invoice.pdf.exe (badattach: exe)", self.gateway.log())

    def test_delete(self):
        status, got = self.fetch(MAIL, {"attachments": "delete", "language": "de"})
        self.check_untouched(got)
        text = self.parts(got)[2].get_content()
        self.assertIn("Dateiname: invoice.pdf.exe", text)
        self.assertNotIn(base64.b64encode(b"do something"), got)

    def test_quarantine_part(self):
        status, got = self.fetch(MAIL, {"attachments": "quarantine-part"})
        name = re.search(rb"p3scan\.[A-Za-z0-9]{6}", got).group().decode()
        kept = self.gateway.spool / name
        self.assertEqual(kept.read_bytes(), b"do something")
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)

    def test_off_and_harmless(self):
        for mail, options in ((MAIL, {}), (MAIL, {"attachments": "rename", "badattach": "foo", "badmagic": "no"}),
                              (mails.PLAIN, {"attachments": "delete"})):
            with self.subTest(options=options):
                status, got = self.fetch(mail, options)
                self.assert_same(got, mail)

    def test_names_inside_zip(self):
        mail = mails.multipart(b"\r\nhi", mails.attachment(mails.zipped(b"x", "evil.scr"), b"a.zip"))
        status, got = self.fetch(mail, {"attachments": "delete"})
        self.assertIn(b"File name: a.zip", got)
        status, got = self.fetch(mail, {"attachments": "delete", "attachzip": "no"})
        self.assert_same(got, mail)

    def test_infected_mail_is_not_edited(self):
        mail = mails.multipart(b"\r\nhi", mails.attachment(mails.EICAR, b"eicar.com"))
        status, got = self.fetch(mail, {"attachments": "rename"})
        self.assertNotIn(b"eicar.com.bad", got)
        self.assertIn(b"Eicar", got)

    def test_signed_mail_is_replaced(self):
        mail = mails.multipart(mails.attachment(b"x", b"a.exe"), b"Content-Type: application/pgp-signature\r\n\r\nx",
                               kind=b"signed")
        status, got = self.fetch(mail, {"attachments": "rename"})
        self.assertIn(b"banned attachment: a.exe", got)
        status, got = self.fetch(mail, {"attachments": "rename", "onsigned": "pass"})
        self.assertEqual(len(XHEADER.findall(got)), 1)
        self.assert_same(XHEADER.sub(b"", got), mail)

    def test_outgoing_by_option(self):
        reply, sent = self.send(MAIL, {"attachments": "rename"})
        self.assert_same(sent[0], MAIL)

    def test_outgoing(self):
        reply, sent = self.send(MAIL, {"attachments": "rename", "attachout": "yes"})
        self.assertTrue(reply.startswith(b"250"))
        self.check_untouched(sent[0])
        self.assertIn(b'filename="invoice.pdf.exe.bad"', sent[0])


class Renattach(E2E):
    fetch = Attachments.fetch
    parts = Attachments.parts

    def test_real_renattach(self):
        status, got = self.fetch(MAIL, {"renattach": "/usr/bin/renattach"})
        self.assertTrue(status.startswith(b"+OK"))
        self.assertEqual(got.replace(b"\r\n", b"").count(b"\n"), 0)
        names = [part.get_filename() for part in self.parts(got)]
        self.assertEqual(names, [None, "report.pdf", "invoice_pdf_exe.bad", "picture.png"])
        self.assertIn(b"\r\nhello\r\n.\r\n..dots\r\n", got)
        self.assertEqual(self.parts(got)[3].get_content(), b"\x89PNG\r\n\x1a\n" + mails.noise(5000))

    def test_missing_or_failing_program_holds_the_mail_back(self):
        for number, command in enumerate(("/bin/false", "/bin/true", "/bin/echo not a mail")):
            with self.subTest(command=command):
                status, got = self.fetch(MAIL, {"renattach": command})
                self.assertTrue(status.startswith(b"-ERR"), status)

    def test_html_parser_that_fails_is_ignored(self):
        status, got = self.fetch(MAIL, {"overwrite": "/bin/false"})
        self.assert_same(got, MAIL)
        self.assertIn("ERR: HTML Parser returned error! Ignoring it's output!", self.gateway.log())
