# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""While a scan lasts longer than `timeout`, both sides are kept alive without a word that is not true."""
import mails
import wait
from fakes import stuff, unstuff
from support import E2E, XHEADER, Verdicts

MAIL = (b"Received: from a by b\r\n\tfor <c@example.test>\r\nReturn-Path: <ann@sender.test>\r\n"
        b"From: Ann <ann@sender.test>\r\nTo: Bob <bob@example.test>\r\nDate: Tue, 1 Sep 2026 10:00:00 +0200\r\n"
        b"Subject: slow\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nslow body\r\n.\r\n..\r\nend\r\n")
SHORT = b"From: Ann <ann@sender.test>\r\nSubject: slow\r\n\r\nslow body\r\n"


class KeepAlive(E2E):
    def setUp(self):
        self.verdicts = Verdicts(self.lab.directory)
        self.gateway = self.start_gateway(self.verdicts.options | {"timeout": 1, "xheader": "no"})

    def begin(self, mail, lines, noops=None, **options):
        """Asks for the mail and waits until `lines` lines of it and `noops` NOOPs (a few less) have gone by."""
        server = self.pop3_server([mail, mails.PLAIN], **options)
        wire = self.pop3_login()
        wire.send(b"RETR 1\r\n")
        self.assertTrue(wire.line().startswith(b"+OK"))
        early = [wire.line() for _ in range(lines)]
        wait.until(lambda: len(server.commands(b"NOOP")) >= (noops or max(1, lines - 1)), "NOOPs at the server")
        return server, wire, b"".join(early)

    def check_in_step(self, wire):
        """Neither side is out of step: the next commands get their own replies."""
        self.assertTrue(wire.ask(b"UIDL 2").startswith(b"+OK 2 id2"))
        wire.send(b"RETR 2\r\n")
        self.verdicts.tell("clean")
        self.assert_same(wire.multiline()[1], mails.PLAIN)
        self.assertEqual(wire.ask(b"QUIT"), b"+OK quit\r\n")
        self.assertEqual(wire.rest(), b"")

    def test_clean(self):
        server, wire, early = self.begin(MAIL, 4)
        self.assertTrue(MAIL.startswith(early), early)
        self.verdicts.tell("clean")
        self.assert_same(early + wire.until(b"\r\n.\r\n")[:-3], stuff(MAIL))
        self.check_in_step(wire)

    def test_clean_after_the_header_lines_ran_out(self):
        server, wire, early = self.begin(SHORT, 3)
        self.assertTrue(early.startswith(b"From: Ann <ann@sender.test>\r\nX-P3Scan: "), early)
        self.assertNotIn(b"Subject", early)
        self.verdicts.tell("clean")
        got = early + wire.until(b"\r\n.\r\n")[:-3]
        self.assert_same(XHEADER.sub(b"", got), SHORT)
        self.check_in_step(wire)

    def test_slow_noop_replies_are_not_leaked(self):
        """The server answers its NOOPs only after the client's next command came."""
        held = []

        def hook(session, line):
            if line == b"NOOP":
                held.append(b"+OK held noop\r\n")
                return b""
            if line.startswith(b"UIDL"):
                return b"".join(held) + b"+OK 2 id2\r\n"
            return None
        server, wire, early = self.begin(MAIL, 3, noops=1, hook=hook)      # no second one while one is owed
        self.verdicts.tell("clean")
        self.assert_same(early + wire.until(b"\r\n.\r\n")[:-3], stuff(MAIL))
        self.check_in_step(wire)

    def test_infected(self):
        server, wire, early = self.begin(MAIL, 4)
        self.verdicts.tell("infected")
        notification = unstuff(early + wire.until(b"\r\n.\r\n")[:-3])
        self.assertTrue(notification.startswith(early))
        self.assert_notification(notification, virus=r"Eicar\.Told")
        self.assertNotIn(b"slow body", notification)
        self.check_in_step(wire)

    def test_infected_after_the_header_lines_ran_out(self):
        server, wire, early = self.begin(SHORT, 3)
        self.verdicts.tell("infected")
        notification = unstuff(early + wire.until(b"\r\n.\r\n")[:-3])
        self.assert_notification(notification, virus=r"Eicar\.Told")
        self.assertNotIn(b"slow body", notification)
        self.check_in_step(wire)

    def test_scan_fails(self):
        """Too late for -ERR: the connection is cut and the mail does not look complete."""
        server, wire, early = self.begin(MAIL, 2)
        self.verdicts.tell("failed")
        rest = wire.rest()
        self.assertNotIn(b"\r\n.\r\n", b"\r\n" + rest)
        self.assertNotIn(b"slow body", rest)
        self.assertTrue(server.sessions[-1].over.wait(wait.DEADLINE))
        self.gateway.wait_log(r"Session done \(Critical abort\)")

    def test_smtp_server_is_kept_alive(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        for word, code in (("clean", b"250"), ("infected", b"554"), ("failed", b"451 4.7.1"), ("clean", b"250")):
            before = len(sink.commands(b"NOOP"))
            self.envelope(wire)
            self.assertTrue(wire.command(b"DATA").startswith(b"354"))
            wire.send(MAIL.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            wait.until(lambda: len(sink.commands(b"NOOP")) >= before + 1, "NOOP at the server")
            self.verdicts.tell(word)
            self.assertTrue(wire.reply().startswith(code), word)
        self.assertEqual(sink.mails, [MAIL, MAIL])
        self.assertTrue(wire.command(b"QUIT").startswith(b"221"))
        self.assertEqual(wire.rest(), b"")

    def test_client_that_leaves_ends_the_scan(self):
        server, wire, early = self.begin(MAIL, 1)
        self.assertTrue(self.verdicts.running(self.gateway))
        wire.reset()
        wait.until(lambda: not self.verdicts.running(self.gateway), "the scan to be ended")
        self.assertTrue(server.sessions[-1].over.wait(wait.DEADLINE))


class Waiting(E2E):
    def test_error_before_the_first_sign_of_life(self):
        """Within `timeout` nothing was said yet, so a failure is an honest -ERR and the session goes on."""
        verdicts = Verdicts(self.lab.directory)
        self.start_gateway(verdicts.options | {"xheader": "no"})
        self.pop3_server([MAIL])
        wire = self.pop3_login()
        for word in ("failed", "clean"):
            wire.send(b"RETR 1\r\n")
            verdicts.tell(word)
            if word == "failed":
                self.assertRegex(wire.line(), rb"^-ERR \[SYS/TEMP\] ")
            else:
                self.assert_same(wire.multiline()[1], stuff(MAIL))
        self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))

    def test_scan_timeout(self):
        verdicts = Verdicts(self.lab.directory)
        gateway = self.start_gateway(verdicts.options | {"scantimeout": 1})
        self.pop3_server([MAIL])
        wire = self.pop3_login()
        self.assertRegex(wire.ask(b"RETR 1"), rb"^-ERR \[SYS/TEMP\] ")
        wait.until(lambda: not verdicts.running(gateway), "the scan to be ended")
        self.assertTrue(wire.ask(b"NOOP").startswith(b"+OK"))
