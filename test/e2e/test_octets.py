# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Clean mails pass octet for octet, in both directions, whatever is in them."""
import re

import mails
import netns
from fakes import stuff, unstuff
from postfix import DOMAIN
from support import E2E, XHEADER


FIELD = re.compile(rb"[!-9;-~]+:")


def with_xheader(mail, header):
    """Where the one added line belongs: at the end of the header, which ends in front of the first line that is no
    field (and no continuation of one, and not the "From " of a mailbox)."""
    lines = mail.splitlines(keepends=True)
    end = next((n for n, line in enumerate(lines) if not FIELD.match(line) and not (n and line[:1] in b" \t") and
                not (n == 0 and line.startswith(b"From "))), len(lines))
    return b"".join(lines[:end]) + header + b"".join(lines[end:])


class WithoutHeader(E2E):
    """xheader = no: nothing at all is changed."""
    options = {"xheader": "no"}

    def fetch_all(self, wire, served):
        for number, (name, mail) in enumerate(served.items(), 1):
            status, body = wire.multiline(b"RETR %d" % number)
            self.assertTrue(status.startswith(b"+OK"), f"{name}: {status}")
            self.assert_same(body, stuff(mail), name)

    def test_pop3_exact_server(self):
        served = mails.odd() | mails.bare()
        self.pop3_server(served.values())
        wire = self.pop3_login()
        self.fetch_all(wire, served)
        self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))

    def test_pop3_exact_server_ipv6(self):
        served = mails.odd()
        self.pop3_server(served.values())
        self.fetch_all(self.pop3_login(netns.FAKE6), served)

    def test_pop3_dovecot(self):
        """Dovecot's own idea of these mails is the measure: fetched without and with the gateway."""
        served = mails.odd()
        self.lab.dovecot.fill("odd", *served.values())
        self.lab.network.direct()
        self.addCleanup(self.lab.network.redirect)
        fetched = []
        for step in (self.lab.network.redirect, None):
            wire = self.pop3_login(netns.SERVER4, "odd")
            fetched.append([wire.multiline(b"RETR %d" % n)[1] for n in range(1, len(served) + 1)])
            wire.ask(b"QUIT")
            if step:
                step()
        for name, direct, scanned in zip(served, *fetched):
            self.assert_same(scanned, direct, name)
        self.assertIn("POP3 Connection from", self.gateway.log())

    def test_pop3_one_octet_segments(self):
        served = {name: mail for name, mail in (mails.odd() | mails.bare()).items() if len(mail) < 2000}
        self.pop3_server(served.values(), piece=1)
        wire = self.pop3_login()
        for number, (name, mail) in enumerate(served.items(), 1):
            wire.send(b"RETR %d\r\n" % number, piece=1)
            status, body = wire.multiline()
            self.assertTrue(status.startswith(b"+OK"), name)
            self.assert_same(body, stuff(mail), name)

    def test_pop3_sloppy_server_does_not_stuff(self):
        """Lone dots that a server forgot to double arrive as it sent them."""
        wire_form = mails.text(b".hidden\r\n..\r\n.x.\r\n")
        self.pop3_server([wire_form], hook=lambda session, line:
                         b"+OK\r\n" + wire_form + b".\r\n" if line.startswith(b"RETR") else None)
        status, body = self.pop3_login().multiline(b"RETR 1")
        self.assertTrue(status.startswith(b"+OK"))
        self.assert_same(body, wire_form)

    def test_smtp_sink(self):
        sink = self.smtp_sink()
        sent = mails.odd()
        wire = self.smtp_hello()
        for name, mail in sent.items():
            reply = self.submit(wire, mail)
            self.assertTrue(reply.startswith(b"250"), f"{name}: {reply}")
            self.assert_same(sink.mails[-1], mail, name)
        self.assertEqual(len(sink.mails), len(sent))

    def test_smtp_sink_ipv6_one_octet_segments(self):
        sink = self.smtp_sink(piece=1)
        wire = self.smtp_hello(netns.FAKE6)
        for name, mail in mails.odd().items():
            if len(mail) > 2000:
                continue
            self.envelope(wire)
            self.assertTrue(wire.command(b"DATA").startswith(b"354"))
            wire.send(stuff(mail) + b".\r\n", piece=1)
            reply = wire.reply()
            self.assertTrue(reply.startswith(b"250"), f"{name}: {reply}")
            self.assert_same(sink.mails[-1], mail, name)

    def test_smtp_bdat(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.assertIn(b"CHUNKING", wire.extensions)
        sent = mails.odd()
        for name, mail in sent.items():
            self.envelope(wire)
            half = len(mail) // 2
            reply = self._bdat(wire, mail, half)
            self.assertTrue(reply.startswith(b"250"), f"{name}: {reply}")
            self.assert_same(sink.mails[-1], mail, name)
        self.assertEqual(len(sink.mails), len(sent))

    def _bdat(self, wire, mail, half):
        """Two chunks in one segment, the seam anywhere."""
        wire.send(b"BDAT %d\r\n" % half + mail[:half] + b"BDAT %d LAST\r\n" % (len(mail) - half) + mail[half:])
        first = wire.reply()
        self.assertTrue(first.startswith(b"250"), first)
        return wire.reply()

    def test_smtp_postfix(self):
        """What Postfix makes of these mails is the measure: sent without and with the gateway."""
        sent = {name: mail for name, mail in mails.odd().items() if len(mail) < 1 << 20}
        self.lab.postfix
        self.addCleanup(self.lab.network.redirect)
        self.lab.network.direct()
        replies, delivered = self._through_postfix(sent)
        self.lab.network.redirect()
        replies_scanned, delivered_scanned = self._through_postfix(sent)
        self.assertEqual(replies, replies_scanned)
        self.assertGreaterEqual(len(delivered), 50)
        for number, name in enumerate(sent):
            self.assert_same(delivered_scanned.get(number, b""), delivered.get(number, b""), name)

    def _through_postfix(self, sent):
        """The code of each final reply, and what was delivered by the number of the mail."""
        self.lab.dovecot.empty("odd")
        wire = self.smtp_hello(netns.SERVER4)
        replies = []
        for number, mail in enumerate(sent.values()):
            # The sender tells which is which; Postfix delivers in any order.
            self.assertTrue(wire.command(b"MAIL FROM:<n%d@sender.test>" % number).startswith(b"250"))
            self.assertTrue(wire.command(b"RCPT TO:<odd@%s>" % DOMAIN.encode()).startswith(b"250"))
            self.assertTrue(wire.command(b"DATA").startswith(b"354"))
            wire.send(stuff(mail) + b".\r\n")
            replies.append(wire.reply()[:9])
        wire.command(b"QUIT")
        found = self.lab.dovecot.received("odd", len([reply for reply in replies if reply.startswith(b"250")]))
        return replies, {int(mail[len(b"Return-Path: <n"):].split(b"@")[0]): mails.without_trace(mail)
                         for mail in found}


class WithHeader(E2E):
    """By default: one line more, at the end of the header."""
    options = {}

    def check(self, name, got, sent):
        headers = [line for line in XHEADER.findall(got) if line not in sent]
        self.assertEqual(len(headers), 1, f"{name}: {got[:300]!r}")
        self.assert_same(got, with_xheader(sent, headers[0]), name)

    def test_pop3(self):
        served = mails.odd()
        self.pop3_server(served.values())
        wire = self.pop3_login()
        for number, (name, mail) in enumerate(served.items(), 1):
            status, body = wire.multiline(b"RETR %d" % number)
            self.assertTrue(status.startswith(b"+OK"), name)
            self.check(name, unstuff(body), mail)

    def test_smtp(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        for name, mail in mails.odd().items():
            self.assertTrue(self.submit(wire, mail).startswith(b"250"), name)
            self.check(name, sink.mails[-1], mail)
