# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The footer of outgoing mail: in the text and in the HTML, never in signed mail, and the rest octet for octet."""
import email
import email.policy

import netns
from support import E2E

TEXT = b"From: a@example.org\r\nTo: b@example.net\r\nSubject: hi\r\n\r\nhello\r\n"
BOTH = (b"From: a@example.org\r\nTo: b@example.net\r\nSubject: hi\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        b"--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<html><body><p>hall=C3=B6</p></body></html>\r\n--x--\r\n")
SIGNED = (b"From: a@example.org\r\nSubject: hi\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=x;\r\n"
          b" protocol=\"application/pgp-signature\"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\n"
          b"Content-Type: application/pgp-signature\r\n\r\nabc\r\n--x--\r\n")


class Footer(E2E):
    def send(self, mail):
        directory = self.lab.gateway_directory()
        directory.mkdir(parents=True)
        footer = directory / "p3scan.footer"
        footer.write_text("Scanned at the gate.\n")
        sink = self.smtp_sink()
        self.lab.network.redirect()
        self.addCleanup(self.lab.network.direct)
        self.start_gateway({"xheader": "no", "footerfile": str(footer)})
        wire = self.wire(netns.FAKE4, 25)
        wire.reply()
        for line in (b"EHLO me", b"MAIL FROM:<a@example.org>", b"RCPT TO:<b@example.net>", b"DATA"):
            self.assertIn(wire.command(line)[:1], b"23")
        wire.send(mail)
        self.assertTrue(wire.command(b".").startswith(b"250"))
        return sink.mails[0]

    def test_plain_text(self):
        got = self.send(TEXT)
        self.assertTrue(got.startswith(TEXT))
        added = got[len(TEXT):]
        self.assertTrue(added.startswith(b"**********\r\nScanned at the gate.\r\nP3Scan 4"), added)
        self.assertTrue(added.endswith(b"**********\r\n"), added)

    def test_both_alternatives(self):
        got = self.send(BOTH)
        mail = email.message_from_bytes(got, policy=email.policy.default)
        plain, html = mail.iter_parts()
        self.assertIn("Scanned at the gate.", plain.get_content())
        self.assertIn("hallö", html.get_content())
        self.assertLess(html.get_content().index("Scanned at the gate."), html.get_content().index("</body>"))

    def test_signed_mail_stays(self):
        self.assert_same(self.send(SIGNED), SIGNED)
