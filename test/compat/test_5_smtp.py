# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 5: SMTP."""
import mails
from cases import kept, proven_elsewhere, repaired
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


proven_elsewhere("5.1.3", "the server's 354 is swallowed, and one of the proxy's own sent before the server agreed", "repaired",
                 "test_smtp.Conversation.test_server_refuses_data",
                 "nothing of a mail reaches the server before it is found clean; its own replies decide")
proven_elsewhere("5.2.2", "checksize: a mail announced larger by SIZE= is not scanned, nor is the rest of the session", "repaired",
                 "test_smtp.Checksize.test_announced_size_decides", "only that mail, which is marked")
proven_elsewhere("5.3.4", "a clean mail follows, and the server's final reply is the client's", "kept",
                 "test_smtp.Conversation.test_servers_final_reply_is_the_clients")
proven_elsewhere("5.3.5", "a scanner error cuts the connection (2.3.2), or the mail is sent unscanned (3.0)", "repaired",
                 "test_policy.Policy.test_failure_is_temporary_by_default", "451, see onfailure")
proven_elsewhere("5.3.6", "a body line with bare LF or a NUL can end the mail for one side only", "repaired",
                 "test_smtp.Normalize.test_smuggling", "only CRLF.CRLF ends a mail, see barelf")
