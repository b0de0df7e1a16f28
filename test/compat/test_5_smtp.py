# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 5: SMTP."""
import mails
from cases import dropped, kept, proven_elsewhere, repaired
from support import E2E


class Refusal(E2E):
    options = {"smtprset": "Not through this door!", "xheader": "no"}

    @kept("5.3.1", "an infected mail is answered 554 and the text of smtprset")
    @kept("5.3.2", "the log has the virus line and 554 with that text")
    @repaired("5.3.3", "the session is dead after a virus", "it goes on with the next mail")
    @repaired("5.4.1", "the second mail of a session hangs (2.3.2)", "any number of mails")
    def test_554(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.assertEqual(self.submit(wire, mails.INFECTED), b"554 Not through this door!\r\n")
        self.gateway.wait_log(r"SMTP from \S+:\d+ to \S+:25 from .* to .* user: .* virus: \S*Eicar")
        self.gateway.wait_log(r"\b554 Not through this door!$")
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(len(sink.mails), 2)

    @repaired("5.1.1", "250-PIPELINING is hidden, in one of its forms", "pipelining works and stays offered")
    @repaired("5.1.2", "STARTTLS, CHUNKING and other extensions pass that break the relay or hide mail from it",
              "only what is really scanned is offered; CHUNKING is scanned")
    def test_extensions(self):
        self.smtp_sink().extensions = [b"PIPELINING", b"STARTTLS", b"SIZE 1000000", b"8BITMIME", b"XCLIENT NAME"]
        wire = self.smtp_hello()
        self.assertIn(b"PIPELINING", wire.extensions)
        self.assertIn(b"8BITMIME", wire.extensions)
        self.assertIn(b"SIZE 1000000", wire.extensions)
        self.assertNotIn(b"STARTTLS", wire.extensions)
        self.assertNotIn(b"XCLIENT NAME", wire.extensions)

    @kept("5.1.4", "everything else is relayed, both ways")
    @kept("5.5.2", "RSET, QUIT and others are the server's business")
    def test_others(self):
        answers = {b"VRFY bob": b"252 2.1.5 who knows\r\n", b"HELP": b"214-first\r\n214 second\r\n", b"RSET": b"250 fresh\r\n",
                   b"MAIL FROM:<a@b.test> SIZE=5": b"452-4.3.1 not\r\n452 4.3.1 today\r\n", b"QUIT": b"221 so long\r\n"}
        sink = self.smtp_sink(hook=lambda session, line: answers.get(line))
        wire = self.smtp_hello()
        for line, answer in answers.items():
            self.assertEqual(wire.command(line), answer)
        self.assertEqual(sink.commands()[1:], list(answers))

    @repaired("5.2.3", "only MAIL FROM: and RCPT TO: with one blank are counted as commands of the envelope, and only 250 "
              "as their "
              "acceptance", "the commands as RFC 5321 has them, in upper and lower case; any 2xx accepts")
    @repaired("5.3.7", "a line that begins with DATA is DATA", "only DATA is; the answer to others is an error")
    def test_forms_of_the_envelope(self):
        def forwards(session, line):
            if line.startswith(b"rcpt") and session.answer(b"RCPT", line).startswith(b"250"):
                return b"251 2.1.5 forwarded\r\n"
            return None
        sink = self.smtp_sink(hook=forwards)
        wire = self.smtp_hello()
        self.assertTrue(wire.command(b"mail FROM:<a@sender.test>").startswith(b"250"))
        self.assertTrue(wire.command(b"rcpt to:<b@example.test>").startswith(b"251"))
        self.assertRegex(wire.command(b"DATAbase"), rb"^50\d ")
        self.assertTrue(wire.command(b"data").startswith(b"354"))
        wire.send(mails.PLAIN)
        self.assertTrue(wire.command(b".").startswith(b"250"))
        self.assert_same(sink.mails[0], mails.PLAIN)

    @repaired("5.2.1", "a rejected recipient, or RSET after it, makes DATA hang for 300 s", "the server's replies decide")
    @repaired("5.5.1", "RSET does not clear the count of commands", "there is no such count")
    def test_rejected_recipient(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        replies = self.envelope(wire, ("refused@example.test", "bob@example.test"))
        self.assertEqual([reply[:3] for reply in replies], [b"550", b"250"])
        self.assertTrue(wire.command(b"RSET").startswith(b"250"))
        self.envelope(wire)
        self.assertTrue(wire.command(b"DATA").startswith(b"354"))
        wire.send(mails.PLAIN)
        self.assertTrue(wire.command(b".").startswith(b"250"))
        self.assert_same(sink.mails[0], mails.PLAIN)

    @repaired("5.6.1", "the argument of MAIL FROM becomes the user (3.0), read past its end", "its address is the user")
    def test_user(self):
        self.smtp_sink()
        self.submit(self.smtp_hello(), mails.INFECTED)
        self.gateway.wait_log(r"user: ann@sender\.test virus:")


class Incoming(E2E):
    """Filters that are for mail that is fetched."""
    options = {"xheader": "no", "renattach": "/bin/false", "checkspam": None, "spamcheck": "/bin/false",
               "overwrite": "/bin/false", "smtprset": "No!"}

    @kept("5.3.8", "a sent mail is scanned for viruses only: no renattach, spam or HTML filter")
    @repaired("5.3.9", "the name of the virus in apostrophes behind the text of smtprset (3.0)",
             "the reply is that of 2.3.2, word for word; the name is in the log")
    def test_no_filters(self):
        mark = self.gateway.mark()
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assert_same(sink.mails[0], mails.PLAIN)
        self.assertEqual(self.submit(wire, mails.INFECTED), b"554 No!\r\n")
        self.assertEqual(self.gateway.lines("bin/false", since=mark), [])


class Size(E2E):
    options = {"checksize": "1", "xheader": "no"}

    @repaired("5.2.4", "SMTP Message too large for scanning: <KB announced>",
              "<KB of the mail>, and a line that says which mail")
    def test_log(self):
        mark = self.gateway.mark()
        self.smtp_sink()
        wire = self.smtp_hello()
        wire.command(b"MAIL FROM:<a@sender.test> siZE=5120")
        wire.command(b"RCPT TO:<b@example.test>")
        wire.command(b"DATA")
        wire.send(mails.INFECTED + b"x" * 3000 + b"\r\n.\r\n")
        self.assertTrue(wire.reply().startswith(b"250"))
        self.gateway.wait_log(r": SMTP Message too large for scanning: 3$", since=mark)
        self.gateway.wait_log(r": SMTP from .* passes unscanned: larger than checksize$", since=mark)


proven_elsewhere("5.1.3", "the server's 354 is swallowed, and one of the proxy's own sent before the server agreed", "repaired",
                 "test_smtp.Conversation.test_server_refuses_data",
                 "nothing of a mail reaches the server before it is found clean; its own replies decide")
proven_elsewhere("5.2.2", "checksize: a mail announced larger by SIZE= is not scanned, nor is the rest of the session",
                 "repaired",
                 "test_smtp.Checksize.test_announced_size_decides", "only that mail, which is marked")
proven_elsewhere("5.3.4", "a clean mail follows, and the server's final reply is the client's", "kept",
                 "test_smtp.Conversation.test_servers_final_reply_is_the_clients")
proven_elsewhere("5.3.5", "a scanner error cuts the connection (2.3.2), or the mail is sent unscanned (3.0)", "repaired",
                 "test_policy.Policy.test_failure_is_temporary_by_default", "451, see onfailure")
proven_elsewhere("5.3.6", "a body line with bare LF or a NUL can end the mail for one side only", "repaired",
                 "test_smtp.Normalize.test_smuggling", "only CRLF.CRLF ends a mail, see barelf")
proven_elsewhere("5.2.5", "a mail whose size is not announced is scanned", "kept",
                 "test_smtp.Checksize.test_announced_size_decides")
proven_elsewhere("5.3.10", "a slow scan sends the server nothing, so that it may leave", "repaired",
                 "test_keepalive.KeepAlive.test_smtp_server_is_kept_alive", "it gets NOOP")
proven_elsewhere("5.3.11", "the space on the disk is looked at", "kept", "test_faults.Disk.test_too_little_for_one_mail")
proven_elsewhere("5.3.12", "RSET and QUIT to the server after a virus", "repaired",
                 "test_smtp.Conversation.test_pipelining_several_mails", "RSET")
dropped("5.3.13", "354 P3Scan <version> accepting data.", "354 with the words of RFC 5321; no program may read more than "
        "its number")
dropped("5.3.14", "altvnmsg: the template is copied for sent mail, too, and never used",
        "a sent mail is refused, nobody is notified in its place; scanners get a copy for each mail all the same")
