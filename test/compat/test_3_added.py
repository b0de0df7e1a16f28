# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 3, 3.8 and 3.9: headers added to clean mail, the footer of sent mail."""
import re

import mails
from cases import dropped, kept, proven_elsewhere, repaired
from support import E2E


class AddedHeaders(E2E):
    options = {}

    @kept("3.8.1", "POP3: an X-P3Scan field with the version at the end of the header of a clean mail")
    @repaired("3.8.2", "the rest of the mail is changed too: line ends, apostrophes in Subject, long lines",
              "every other octet stays")
    def test_pop3(self):
        mail = mails.PLAIN.replace(b"Subject: hello", b"Subject: it's")
        self.pop3_server([mail])
        got = self.pop3_login().multiline(b"RETR 1")[1]
        head, added, rest = re.match(rb"(.*?\r\n)(X-P3Scan: Version [^\r]*\r\n)(\r\n.*)$", got, re.S).groups()
        self.assertTrue(added)
        self.assert_same(head + rest, mail)

    @kept("3.8.3", "SMTP: X-P3Scan: v<version> ... No outbound virus detected.")
    @repaired("3.8.4", "SMTP: the field is written before the mail is scanned", "after the scan")
    def test_smtp(self):
        sink = self.smtp_sink()
        self.assertTrue(self.submit(self.smtp_hello(), mails.PLAIN).startswith(b"250"))
        self.assertRegex(sink.mails[0], rb"\r\nX-P3Scan: v4[^\r]* No outbound virus detected\.\r\n\r\n")


class FooterHeaders(E2E):
    options = {"footer": "/bin/echo Engine 1.2"}

    @kept("3.8.5", "SMTP: with footer, one X-P3Scan field for each line of its output")
    def test_lines(self):
        sink = self.smtp_sink()
        self.assertTrue(self.submit(self.smtp_hello(), mails.PLAIN).startswith(b"250"))
        self.assertIn(b"\r\nX-P3Scan: Engine 1.2\r\n", sink.mails[0])


proven_elsewhere("3.9.2", "the footer is left out of most multipart mail, and put into signed mail", "repaired",
                 "test_footer.Footer.test_both_alternatives", "it is put into the text and the HTML of a mail")
proven_elsewhere("3.9.3", "a footer breaks signatures", "repaired", "test_footer.Footer.test_signed_mail_stays",
                 "signed and encrypted mail has none")

class Footers(E2E):
    @kept("3.9.1", "the text of p3scan.footer, program, host and VDINFO between lines of stars at the end of a sent mail")
    @kept("3.9.4", "no file, footer: lines in the header only; a file, also an empty one, and footer: the text with these "
          "lines, "
          "too; neither: the version in the header")
    @repaired("3.9.5", "a file without footer ends in (null)", "that line is left out")
    def test_combinations(self):
        place = self.lab.gateway_directory()
        place.mkdir()
        place.chmod(0o755)
        stars, program = rb"\*{10}\r\n", rb"P3Scan 4[^\r]* running on [^\r]*\r\n"
        rows = ((None, True, b""), ("", True, stars + program + b"Engine 1.2\r\n" + stars),
                ("words\n", True, stars + b"words\r\n" + program + b"Engine 1.2\r\n" + stars), (None, False, b""),
                ("words\n", False, stars + b"words\r\n" + program + rb"(ClamAV [^\r]*\r\n)?" + stars))
        for text, footer, expected in rows:
            with self.subTest(text=text, footer=footer):
                file = place / "p3scan.footer"
                file.unlink(missing_ok=True)
                if text is not None:
                    file.write_text(text)
                self.start_gateway({"footerfile": str(file)} | ({"footer": "/bin/echo Engine 1.2"} if footer else {}))
                sink = self.smtp_sink()
                self.assertTrue(self.submit(self.smtp_hello(), mails.PLAIN).startswith(b"250"))
                head, _, body = sink.mails[0].partition(b"\r\n\r\n")
                self.doCleanups()
                self.assertEqual(head.count(b"\r\nX-P3Scan: "), 2 if footer else 1)
                added = body.removeprefix(mails.PLAIN.partition(b"\r\n\r\n")[2])
                self.assertRegex(added, b"^" + expected + b"$")


proven_elsewhere("3.8.6", "the footer command is run once more for each sent mail; empty lines of it are left out", "repaired",
                 "test_notify.ScannerInfo.test_footer", "it is run at most once a minute for all")
dropped("3.8.7", "an X-AV field about the internal ClamAV, whose line break ends the header early (3.0)",
        "footer = COMMAND adds such lines; the engine's version is in the log, and in %VDINFO%")
proven_elsewhere("3.8.8", "filters add fields of their own", "kept", "test_spam.Spam.test_spamc")
