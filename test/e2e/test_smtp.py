# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""SMTP: what the client is told is what the server said; nothing infected and nothing smuggled reaches the server."""
import base64

import mails
import netns
import wait
from dovecot import PASSWORD
from fakes import stuff
from postfix import DOMAIN
from support import E2E, XHEADER

SECOND = (b"MAIL FROM:<smuggler@sender.test>\r\nRCPT TO:<victim@example.test>\r\nDATA\r\n"
          b"Subject: smuggled\r\n\r\nyou were smuggled\r\n")
SMUGGLING = {
    "LF dot LF": b"\n.\n", "LF dot CRLF": b"\n.\r\n", "LF dot CR": b"\n.\r", "CR dot CR": b"\r.\r",
    "CR dot LF": b"\r.\n", "CR dot CRLF": b"\r.\r\n", "CRLF dot CR": b"\r\n.\r", "CRLF dot LF": b"\r\n.\n",
    "CRLF NUL dot CRLF": b"\r\n\0.\r\n", "CRLF dot NUL CRLF": b"\r\n.\0\r\n", "CRLF dot CR CRLF": b"\r\n.\r\r\n",
    "CR CRLF dot CR CRLF": b"\r\r\n.\r\r\n", "LF NUL dot LF": b"\n\0.\n", "LF dot NUL LF": b"\n.\0\n",
    "CRLF NUL dot NUL CRLF": b"\r\n\0\0.\0\r\n",
}


class Conversation(E2E):
    options = {"xheader": "no"}

    def test_extensions(self):
        self.smtp_sink()
        wire = self.smtp_hello()
        for word in (b"PIPELINING", b"SIZE 209715200", b"8BITMIME", b"SMTPUTF8", b"DSN", b"ENHANCEDSTATUSCODES",
                     b"CHUNKING"):
            self.assertIn(word, wire.extensions)
        self.assertNotIn(b"STARTTLS", wire.extensions)

    def test_starttls_is_refused(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        wire.send(b"STARTTLS\r\nNOOP\r\n")
        self.assertRegex(wire.reply(), rb"^[45]\d\d ")
        self.assertTrue(wire.reply().startswith(b"250"))
        self.assertEqual(sink.commands(b"STARTTLS"), [])

    def test_pipelining_several_mails(self):
        """Three transactions, infected in the middle, each sent in two segments; then QUIT behind the last dot."""
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        for number, mail in enumerate((mails.PLAIN, mails.INFECTED, mails.odd()["lone dots"])):
            wire.send(b"MAIL FROM:<a@sender.test> SIZE=%d BODY=8BITMIME\r\nRCPT TO:<b@example.test>\r\n"
                      b"RCPT TO:<refused@example.test>\r\nRCPT TO:<c@example.test> NOTIFY=NEVER\r\nDATA\r\n"
                      % len(mail))
            self.assertEqual([wire.reply()[:3] for _ in range(5)], [b"250", b"250", b"550", b"250", b"354"])
            wire.send(stuff(mail) + b".\r\n" + (b"QUIT\r\n" if number == 2 else b""))
            self.assertTrue(wire.reply().startswith(b"554 " if number == 1 else b"250 "))
        self.assertTrue(wire.reply().startswith(b"221"))
        self.assertEqual(wire.rest(), b"")
        self.assertEqual(sink.mails, [mails.PLAIN, mails.odd()["lone dots"]])
        self.assertEqual(len(sink.commands(b"RSET")), 1)
        self.assertIn(b"RCPT TO:<c@example.test> NOTIFY=NEVER", sink.commands())

    def test_all_recipients_refused(self):
        """The server is asked for its own answer to DATA; no mail, and the session goes on."""
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        wire.send(b"MAIL FROM:<a@sender.test>\r\nRCPT TO:<refused@example.test>\r\nDATA\r\n")
        self.assertEqual([wire.reply()[:3] for _ in range(3)], [b"250", b"550", b"503"])
        self.assertTrue(wire.command(b"RSET").startswith(b"250"))
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])

    def test_out_of_order(self):
        self.smtp_sink()
        wire = self.smtp_hello()
        self.assertTrue(wire.command(b"DATA").startswith(b"503"))
        self.assertTrue(wire.command(b"RCPT TO:<x@example.test>").startswith(b"503"))
        self.assertTrue(wire.command(b"NONSENSE").startswith(b"500"))
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))

    def test_servers_final_reply_is_the_clients(self):
        self.smtp_sink(final=b"452-4.3.1 disk\r\n452 4.3.1 full\r\n")
        wire = self.smtp_hello()
        self.assertEqual(self.submit(wire, mails.PLAIN), b"452-4.3.1 disk\r\n452 4.3.1 full\r\n")

    def test_server_refuses_data(self):
        """The body must not be taken for commands by a server that did not say 354."""
        sink = self.smtp_sink(hook=lambda session, line: b"451 4.3.0 not now\r\n" if line.upper() == b"DATA" else None)
        wire = self.smtp_hello()
        reply = self.submit(wire, mails.odd()["SMTP words"])
        self.assertTrue(reply.startswith(b"451"), reply)
        self.assertTrue(wire.command(b"NOOP").startswith(b"250"))
        self.assertEqual(sink.mails, [])
        self.assertEqual(len(sink.commands(b"MAIL")), 1)

    def test_infected_in_every_disguise_then_clean(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        for name, mail in mails.INFECTED_KINDS.items():
            self.assertEqual(self.submit(wire, mail)[:4], b"554 ", name)
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])
        self.assertEqual(sink.broken, [])

    def test_log_line(self):
        self.smtp_sink()
        mark = self.gateway.mark()
        wire = self.smtp_hello()
        self.submit(wire, mails.INFECTED)
        wire.command(b"QUIT")
        match = self.gateway.wait_log(
            r"SMTP from (\S+):\d+ to (\S+):25 from (.*) to (.*) user: (.*) virus: (.*) file: ", since=mark)
        self.assertEqual(match.groups()[:4], (netns.CLIENT4, netns.FAKE4, "Ann <ann@sender.test>",
                                              "Bob <bob@example.test>"))
        self.assertIn("Eicar", match[6])
        self.gateway.wait_log(r"554 Virus detected! P3scan rejected message!", since=mark)
        self.gateway.wait_log(r"Session done \(Clean Exit\)", since=mark)

    def test_smtputf8_and_8bit(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        address = "jörg@exämple.test".encode()
        self.assertTrue(wire.command(b"MAIL FROM:<" + address + b"> SMTPUTF8 BODY=8BITMIME").startswith(b"250"))
        self.assertTrue(wire.command(b"RCPT TO:<" + address + b">").startswith(b"250"))
        self.assertTrue(wire.command(b"DATA").startswith(b"354"))
        mail = mails.odd()["UTF-8 header"]
        wire.send(mail + b".\r\n")
        self.assertTrue(wire.reply().startswith(b"250"))
        self.assertEqual(sink.mails, [mail])
        self.assertIn(b"RCPT TO:<" + address + b">", sink.commands())

    def test_auth(self):
        self.lab.postfix
        mark = self.gateway.mark()
        token = base64.b64encode(b"\0alice\0" + PASSWORD.encode())
        for words in ((b"AUTH PLAIN " + token,), (b"AUTH PLAIN", token),
                      (b"AUTH LOGIN", base64.b64encode(b"alice"), base64.b64encode(PASSWORD.encode()))):
            wire = self.smtp_hello(netns.SERVER4)
            for word in words[:-1]:
                self.assertTrue(wire.command(word).startswith(b"334"))
            self.assertTrue(wire.command(words[-1]).startswith(b"235"))
            self.assertTrue(self.submit(wire, mails.INFECTED).startswith(b"554"))
            self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
            self.assertTrue(wire.command(b"QUIT").startswith(b"221"))
        wire = self.smtp_hello(netns.SERVER4)
        self.assertTrue(wire.command(b"AUTH LOGIN").startswith(b"334"))
        self.assertRegex(wire.command(b"*"), rb"^501")
        self.gateway.wait_log("Session done", since=mark, count=3)
        for secret in (PASSWORD, token.decode(), base64.b64encode(PASSWORD.encode()).decode()):
            self.assertNotIn(secret, self.gateway.log())

    def test_client_leaves_in_data(self):
        """Half a mail is no mail."""
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.envelope(wire)
        self.assertTrue(wire.command(b"DATA").startswith(b"354"))
        wire.send(b"Subject: half\r\n\r\nhalf a mail")
        wire.close()
        self.assertTrue(sink.sessions[-1].over.wait(wait.DEADLINE))
        self.assertEqual((sink.mails, sink.broken), ([], []))


class Chunking(E2E):
    options = {"xheader": "no"}

    def bdat(self, wire, *chunks):
        """Sends the chunks, the last as LAST; all replies."""
        replies = []
        for number, chunk in enumerate(chunks, 1):
            wire.send(b"BDAT %d%s\r\n" % (len(chunk), b" LAST" if number == len(chunks) else b"") + chunk)
            replies.append(wire.reply())
        return replies

    def test_infected_then_clean(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.envelope(wire)
        half = len(mails.INFECTED) - 30          # the signature crosses the seam
        replies = self.bdat(wire, mails.INFECTED[:half], mails.INFECTED[half:])
        self.assertTrue(replies[-1].startswith(b"554"), replies)
        self.envelope(wire)
        self.assertTrue(self.bdat(wire, mails.PLAIN[:50], mails.PLAIN[50:], b"")[-1].startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])

    def test_bare_line_ends_and_missing_last_line_end(self):
        """BDAT is binary: the octets are the mail, nothing is normalised, no dot means anything."""
        sink = self.smtp_sink(lenient=True)
        wire = self.smtp_hello()
        mail = b"Subject: x\n\nbare\rCR\n.\nand\r\n.\r\nno last line end"
        self.envelope(wire)
        replies = self.bdat(wire, mail[:20], mail[20:])
        if replies[-1].startswith(b"250"):
            self.assertEqual(len(sink.mails), 1)
            self.assertEqual(len(sink.commands(b"MAIL")), 1)
        else:
            self.assertRegex(replies[-1], rb"^5\d\d")
            self.assertEqual(sink.mails, [])

    def test_empty_mail_and_pipelined_reset(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.envelope(wire)
        self.assertTrue(self.bdat(wire, b"")[-1].startswith(b"250"))
        self.envelope(wire)
        wire.send(b"BDAT 5\r\nhalf RSET\r\nNOOP\r\n".replace(b"half ", b"half\n"))
        self.assertEqual([wire.reply()[:3] for _ in range(3)], [b"250", b"250", b"250"])
        self.assertEqual(sink.mails, [b""])
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))

    def test_not_offered(self):
        """A client that tries anyway: refused, and the chunk is not obeyed as commands."""
        sink = self.smtp_sink(chunking=False)
        wire = self.smtp_hello()
        self.assertNotIn(b"CHUNKING", wire.extensions)
        self.envelope(wire)
        chunk = b"RSET\r\nMAIL FROM:<x@y.test>\r\nQUIT\r\n"
        wire.send(b"BDAT %d LAST\r\n" % len(chunk) + chunk + b"NOOP\r\n")
        self.assertRegex(wire.reply(), rb"^5\d\d ")
        self.assertTrue(wire.reply().startswith(b"250"))
        self.assertEqual(len(sink.commands(b"MAIL")), 1)
        self.assertEqual(sink.commands(b"BDAT"), [])

    def test_postfix(self):
        self.lab.postfix
        self.lab.dovecot.empty("dave")
        wire = self.smtp_hello(netns.SERVER4)
        self.envelope(wire, recipients=(f"dave@{DOMAIN}",))
        self.assertTrue(self.bdat(wire, mails.INFECTED)[-1].startswith(b"554"))
        self.envelope(wire, recipients=(f"dave@{DOMAIN}",))
        self.assertTrue(self.bdat(wire, mails.PLAIN[:77], mails.PLAIN[77:])[-1].startswith(b"250"))
        (got,) = self.lab.dovecot.received("dave", 1)
        self.assert_same(mails.without_trace(got), mails.PLAIN)


class Smuggling:
    """Every variant, whole and octet by octet, against a server that falls for all of them."""

    def attempt(self, variant, piece):
        sink = self.smtp_sink(lenient=True)
        try:
            wire = self.smtp_hello()
            self.envelope(wire)
            self.assertTrue(wire.command(b"DATA").startswith(b"354"))
            wire.send(b"Subject: outer\r\n\r\nfirst" + variant + SECOND + b"\r\n.\r\n", piece=piece)
            reply = wire.reply()
            if not reply.startswith(b"421"):
                self.assertTrue(wire.command(b"NOOP").startswith(b"250"))
            wire.close()
            self.assertTrue(sink.sessions[-1].over.wait(wait.DEADLINE))
            self.assertEqual(len(sink.commands(b"MAIL")), 1, sink.commands())
            self.assertLessEqual(len(sink.mails), 1)
            self.assertNotIn(b"RCPT TO:<victim@example.test>", sink.commands())
            return reply, sink
        finally:
            sink.close()

    def test_smuggling(self):
        for name, variant in SMUGGLING.items():
            for piece in (None, 1):
                with self.subTest(name, piece=piece):
                    self.judge(*self.attempt(variant, piece), variant)

    def test_infected_behind_the_variant(self):
        """What is scanned is what is sent: nothing hides behind a dot that only some see."""
        for name, variant in SMUGGLING.items():
            with self.subTest(name):
                with self.smtp_sink() as sink:
                    wire = self.smtp_hello()
                    self.envelope(wire)
                    wire.command(b"DATA")
                    wire.send(b"Subject: outer\r\n\r\nfirst" + variant + mails.EICAR + b"\r\n.\r\n")
                    self.assertRegex(wire.reply(), rb"^5\d\d ")
                    self.assertEqual(sink.mails, [])


class Normalize(Smuggling, E2E):
    options = {"xheader": "no"}

    def judge(self, reply, sink, variant):
        if reply.startswith(b"250"):
            self.assertEqual(len(sink.mails), 1)
            rest = sink.mails[0].replace(b"\r\n", b"")
            self.assertNotIn(b"\n", rest)
            self.assertNotIn(b"\r", rest)
            self.assertIn(b"you were smuggled", sink.mails[0])
        else:
            self.assertEqual(sink.mails, [])

    def test_bare_line_ends_become_line_ends(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.envelope(wire)
        wire.command(b"DATA")
        wire.send(b"Subject: x\n\nunix\nmac\rboth\r\n.\r\n")
        self.assertTrue(wire.reply().startswith(b"250"))
        self.assertEqual(sink.mails, [b"Subject: x\r\n\r\nunix\r\nmac\r\nboth\r\n"])


class Reject(Smuggling, E2E):
    options = {"barelf": "reject", "xheader": "no"}

    def judge(self, reply, sink, variant):
        if b"\r" in variant.replace(b"\r\n", b"") or b"\n" in variant.replace(b"\r\n", b""):
            self.assertRegex(reply, rb"^5\d\d ")
            self.assertEqual(sink.mails, [])


class Pass(Smuggling, E2E):
    options = {"barelf": "pass", "xheader": "no"}

    def judge(self, reply, sink, variant):
        pass

    def test_harmless_bare_line_ends_pass(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        for mail in (b"Subject: x\r\n\r\na\nb\rc\r\n", mails.bare()["bare LF"], mails.bare()["bare CR"]):
            self.assertTrue(self.submit(wire, mail).startswith(b"250"))
            self.assert_same(sink.mails[-1], mail)


class Checksize(E2E):
    def test_announced_size_decides(self):
        sink = self.smtp_sink()
        self.start_gateway({"checksize": 1, "xheader": "no"})
        wire = self.smtp_hello()
        large = mails.INFECTED + b"x" * 2000 + b"\r\n"
        for announced, expected in ((b" SIZE=%d" % len(large), b"250"), (b"", b"554"), (b" size=500", b"554")):
            wire.command(b"MAIL FROM:<a@sender.test>" + announced)
            wire.command(b"RCPT TO:<b@example.test>")
            wire.command(b"DATA")
            wire.send(large + b".\r\n")
            self.assertTrue(wire.reply().startswith(expected), announced)
        self.assertEqual(len(sink.mails), 1)
        self.assertIn(b"Not scanned", XHEADER.findall(sink.mails[0])[0])
        self.assert_same(XHEADER.sub(b"", sink.mails[0]), large)
