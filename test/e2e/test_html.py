# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""HTML that is fetched is defused (htmlclean), and nothing else of the mail changes."""
import base64

from fakes import unstuff
from support import E2E

BUG = b'<p>hallo<img src="http://e.example/x"><a href="http://e.example/">x</a></p>'
MAIL = (b"From: a@example.org\r\nTo: b@example.net\r\nSubject: hi\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n" + BUG +
        b"\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + BUG + b"\r\n--x--\r\n")


def defused(html):
    head, html_part = MAIL.rsplit(BUG, 1)
    return head + html + html_part


class HtmlClean(E2E):
    OPTIONS = {"xheader": "no"}

    def fetch(self, mail, mode):
        self.start_gateway({**self.OPTIONS, "htmlclean": mode})
        self.pop3_server([mail])
        return unstuff(self.pop3_login().multiline(b"RETR 1")[1])

    def test_webbugs(self):
        self.assert_same(self.fetch(MAIL, "webbugs"), defused(BUG.replace(b"src", b"data-p3-src")))

    def test_strict(self):
        expected = BUG.replace(b"src", b"data-p3-src").replace(b"href", b"data-p3-href")
        self.assert_same(self.fetch(MAIL, "strict"), defused(expected))

    def test_p3pmail(self):
        expected = BUG.replace(b"src", b"data-p3-src").replace(b"href", b"data-p3-href")
        self.assert_same(self.fetch(MAIL, "p3pmail"), defused(expected))

    def test_off(self):
        self.assert_same(self.fetch(MAIL, "off"), MAIL)

    def test_large_mail(self):
        """Some megabytes, so that the mail is in a file, and encoded."""
        body = base64.encodebytes((b"<div>" * 1_000_000) + BUG).replace(b"\n", b"\r\n")
        header = (b"From: a@example.org\r\nSubject: hi\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n"
                  b"Content-Transfer-Encoding: base64\r\n\r\n")
        got = self.fetch(header + body, "webbugs")
        self.assertTrue(got.startswith(header))
        self.assertTrue(base64.b64decode(got[len(header):]).endswith(BUG.replace(b"src", b"data-p3-src")))
