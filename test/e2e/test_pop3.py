# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""POP3: commands and replies in step, what the client is shown, quarantine, notification and log."""
import base64
import email
import email.policy
import poplib
import re
import stat

import mails
import netns
from clamd import EICAR
from dovecot import PASSWORD
from fakes import stuff, unstuff
from support import E2E

HOSTILE = mails.multipart(
    mails.attachment(EICAR), sender=b"=?utf-8?Q?Eve_=C3=A9?= <eve@sender.test>",
    to=b"=?utf-8?B?Qm9iCkJjYzogeEB5?= <b@c.test>",
    subject=b"%VIRUSNAME% =?utf-8?Q?evil=0D=0ABcc:=20victim@example.test=0D=0A=0D=0Abody?= \x01\x1b[31m")


class Conversation(E2E):
    options = {"xheader": "no"}

    def test_capabilities(self):
        self.pop3_server([mails.PLAIN])
        wire = self.wire()
        wire.line()
        status, body = wire.multiline(b"capa")
        words = body.split(b"\r\n")
        self.assertTrue(status.startswith(b"+OK"))
        for word in (b"USER", b"TOP", b"UIDL", b"PIPELINING", b"SASL PLAIN", b"UTF8"):
            self.assertIn(word, words)
        self.assertNotIn(b"STLS", words)

    def test_stls_is_refused(self):
        server = self.pop3_server([mails.PLAIN])
        wire = self.wire()
        wire.line()
        self.assertTrue(wire.ask(b"STLS").startswith(b"-ERR"))
        self.assertTrue(wire.ask(b"USER x").startswith(b"+OK"))
        self.assertEqual(server.commands(b"STLS"), [])

    def test_pipelining(self):
        """Everything at once, in one segment: the replies come in the order of the commands."""
        served = [mails.PLAIN, mails.INFECTED, mails.odd()["lone dots"], mails.INFECTED_KINDS["zip"]]
        self.pop3_server(served)
        wire = self.pop3_login()
        wire.send(b"STAT\r\nLIST\r\nLIST 2\r\nUIDL\r\nRETR 1\r\nNOOP\r\nRETR 2\r\nrEtR 3\r\nRETR 9\r\nRETR 4\r\n"
                  b"TOP 1 0\r\nDELE 1\r\nXYZZY\r\nCAPA\r\nRSET\r\nRETR 1\r\nQUIT\r\n")
        self.assertRegex(wire.line(), rb"^\+OK 4 \d+\r\n")
        self.assertEqual(wire.multiline()[1].count(b"\r\n"), 4)
        self.assertEqual(wire.line(), b"+OK 2 %d\r\n" % len(mails.INFECTED))
        self.assertEqual(wire.multiline()[1].count(b"\r\n"), 4)
        self.assert_same(wire.multiline()[1], stuff(served[0]))
        self.assertEqual(wire.line(), b"+OK noop\r\n")
        self.assert_notification(unstuff(wire.multiline()[1]))
        self.assert_same(wire.multiline()[1], stuff(served[2]))
        self.assertTrue(wire.line().startswith(b"-ERR"))
        self.assert_notification(unstuff(wire.multiline()[1]))
        self.assertTrue(wire.multiline()[0].startswith(b"+OK"))
        self.assertEqual(wire.line(), b"+OK dele\r\n")
        self.assertTrue(wire.line().startswith(b"-ERR"))
        self.assertIn(b"UIDL", wire.multiline()[1])
        self.assertEqual(wire.line(), b"+OK rset\r\n")
        self.assert_same(wire.multiline()[1], stuff(served[0]))
        self.assertEqual(wire.line(), b"+OK quit\r\n")
        self.assertEqual(wire.rest(), b"")

    def test_pipelining_dovecot(self):
        self.lab.dovecot.fill("bob", *[mails.PLAIN] * 20, *[mails.INFECTED] * 5)
        wire = self.wire(netns.SERVER4)
        wire.line()
        wire.send(b"USER bob\r\nPASS %s\r\n" % PASSWORD.encode() + b"".join(b"RETR %d\r\nDELE %d\r\n" % (n, n)
                                                                         for n in range(1, 26)) + b"QUIT\r\n")
        self.assertTrue(wire.line().startswith(b"+OK"))
        self.assertTrue(wire.line().startswith(b"+OK"))
        for number in range(25):
            body = unstuff(wire.multiline()[1])
            if number < 20:
                self.assert_same(body, mails.PLAIN)
            else:
                self.assert_notification(body)
            self.assertTrue(wire.line().startswith(b"+OK"))
        self.assertTrue(wire.line().startswith(b"+OK"))
        self.assertEqual(self.lab.dovecot.received("bob", 0), [])

    def test_top(self):
        """Nothing of an infected mail leaks, a clean one is shown as the server shows it."""
        self.pop3_server([mails.PLAIN, mails.INFECTED, mails.INFECTED_KINDS["base64"]])
        wire = self.pop3_login()
        status, body = wire.multiline(b"TOP 1 1")
        self.assertTrue(status.startswith(b"+OK"))
        self.assertIn(b"Subject: hello", body)
        self.assertIn(b"Hello Bob", body)
        self.assertNotIn(b"this is a clean", body)
        for number in (2, 3):
            status, body = wire.multiline(b"TOP %d 20" % number)
            self.assertNotIn(b"EICAR", body or b"")
            self.assertNotIn(base64.b64encode(EICAR)[:40], body or b"")
        self.assertTrue(wire.ask(b"NOOP").startswith(b"+OK"))

    def test_sasl(self):
        """With and without initial response; a response that looks like a command is data."""
        self.lab.dovecot.fill("alice", mails.INFECTED)
        token = base64.b64encode(b"\0alice\0" + PASSWORD.encode())
        for words in ((b"AUTH PLAIN " + token,), (b"AUTH PLAIN", token),
                      (b"AUTH LOGIN", base64.b64encode(b"alice"), base64.b64encode(PASSWORD.encode()))):
            wire = self.wire(netns.SERVER4)
            wire.line()
            for word in words[:-1]:
                self.assertTrue(wire.ask(word).startswith(b"+ "), word)
            self.assertTrue(wire.ask(words[-1]).startswith(b"+OK"))
            self.assert_notification(unstuff(wire.multiline(b"RETR 1")[1]))
            wire.ask(b"QUIT")
        server = self.pop3_server([mails.INFECTED], hook=lambda session, line:
                                  b"+ \r\n" if line.startswith(b"AUTH") else
                                  b"+OK welcome\r\n" if session.commands[-2:-1] == [b"AUTH X"] else None)
        wire = self.wire()
        wire.line()
        self.assertEqual(wire.ask(b"AUTH X"), b"+ \r\n")
        self.assertEqual(wire.ask(b"RETR 1"), b"+OK welcome\r\n")
        self.assertEqual(server.commands(b"RETR"), [b"RETR 1"])
        self.assertEqual(wire.ask(b"NOOP"), b"+OK noop\r\n")
        self.assert_notification(unstuff(wire.multiline(b"RETR 1")[1]))

    def test_apop_and_cancelled_auth(self):
        self.lab.dovecot.fill("alice", mails.PLAIN)
        wire = self.wire(netns.SERVER4)
        wire.line()
        self.assertTrue(wire.ask(b"AUTH PLAIN").startswith(b"+ "))
        self.assertTrue(wire.ask(b"*").startswith(b"-ERR"))
        with self.client:
            connection = poplib.POP3(netns.SERVER4, timeout=20)
        connection.apop("alice", PASSWORD)
        self.assertEqual(len(connection.list()[1]), 1)
        connection.quit()

    def test_long_and_binary_commands(self):
        server = self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        for line in (b"XLONG " + b"a" * 3000, b"X\x01Y\x80\xff", b""):
            self.assertTrue(wire.ask(line).startswith(b"-ERR"), line)
        self.assertIn(b"X\x01Y\x80\xff", server.commands())
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)

    def test_commands_that_hide_commands(self):
        """What one side takes for one line and the other for two never reaches the server."""
        server = self.pop3_server([mails.INFECTED])
        for line in (b"NOOP\nRETR 1", b"NOOP\rRETR 1", b"NOOP\0\r\nRETR 1", b"\nRETR 1"):
            wire = self.pop3_login()
            wire.send(line + b"\r\nQUIT\r\n")
            self.assertNotIn(b"EICAR", wire.rest())
        self.assertEqual([command for command in server.commands() if b"\r" in command or b"\0" in command], [])

class Infected(E2E):
    options = {}

    def fetch(self, *served):
        self.pop3_server(served)
        wire = self.pop3_login()
        return [unstuff(wire.multiline(b"RETR %d" % n)[1]) for n in range(1, len(served) + 1)]

    def test_every_disguise(self):
        before = self.gateway.quarantine()
        for mail in self.fetch(*mails.INFECTED_KINDS.values()):
            self.assert_notification(mail)
        self.assertEqual(len(self.gateway.quarantine()) - len(before), len(mails.INFECTED_KINDS))

    def test_quarantine_and_log(self):
        before = set(self.gateway.quarantine())
        mark = self.gateway.mark()
        (notification,) = self.fetch(mails.INFECTED)
        (kept,) = set(self.gateway.quarantine()) - before
        self.assertRegex(kept.name, r"^p3scan\.[A-Za-z0-9]{6}$")
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        self.assertEqual(kept.owner(), "mail")
        self.assert_same(kept.read_bytes(), mails.INFECTED)
        self.assertIn(kept.name.encode(), notification)
        match = self.gateway.wait_log(
            r"p3scan\[\d+\]: POP3 from (\S+):(\d+) to (\S+):(\d+) from (.*) to (.*) user: (.*) virus: (.*) file: (.*)$",
            since=mark)
        self.assertEqual((match[1], match[3], match[4]), (netns.CLIENT4, netns.FAKE4, "110"))
        self.assertEqual((match[5], match[6], match[7]), ("Ann <ann@sender.test>", "Bob <bob@example.test>", "alice"))
        self.assertIn("Eicar", match[8])
        self.assertIn(kept.name, match[9])
        self.gateway.wait_log(r"USER 'alice'", since=mark)

    def test_notification_fields(self):
        (notification,) = self.fetch(mails.INFECTED)
        parsed = self.assert_notification(notification)
        self.assertEqual(parsed["From"], "Ann <ann@sender.test>")
        self.assertEqual(parsed["To"], "Bob <bob@example.test>")
        text = parsed.get_content()
        for expected in ("ann@sender.test", "bob@example.test", "hello", "alice", netns.CLIENT4, netns.FAKE4):
            self.assertIn(expected, text)
        self.assertNotRegex(text, r"%[A-Z]+%")

    def test_hostile_header_values(self):
        """Encoded line ends in header values make neither header lines nor log lines."""
        mark = self.gateway.mark()
        (notification,) = self.fetch(HOSTILE)
        parsed = email.message_from_bytes(notification)
        self.assertIsNone(parsed["Bcc"])
        for name in ("Subject", "From", "To", "Date"):
            self.assertEqual(len(parsed.get_all(name)), 1, name)
        self.assertNotIn(b"\r\nBcc:", notification)
        self.gateway.wait_log(r"user: alice virus: ", since=mark)
        for line in self.gateway.lines("", since=mark):
            self.assertNotRegex(line, r"[\x00-\x1f\x7f]")
            self.assertNotRegex(line, r"^Bcc")

    def test_header_only_mail_and_missing_fields(self):
        for mail in self.fetch(EICAR + b"\r\n", b"Subject: x\r\n\r\n" + EICAR + b"\r\n"):
            parsed = email.message_from_bytes(mail, policy=email.policy.default)
            self.assertEqual(len(parsed.get_all("Subject", [])), 1)
            self.assertNotIn(b"EICAR-STANDARD", mail)

    def test_passwords_are_not_logged(self):
        self.lab.dovecot.fill("alice", mails.PLAIN)
        self.poplib("alice").quit()
        wire = self.wire(netns.SERVER4)
        wire.line()
        token = base64.b64encode(b"\0alice\0" + PASSWORD.encode())
        self.assertTrue(wire.ask(b"AUTH PLAIN").startswith(b"+"))
        wire.ask(token)
        wire.ask(b"QUIT")
        self.gateway.wait_log("Session done", count=2)
        self.assertNotIn(PASSWORD, self.gateway.log())
        self.assertNotIn(token.decode(), self.gateway.log())


class Settings(E2E):
    def one_infected(self, options):
        self.pop3_server([mails.INFECTED])
        gateway = self.start_gateway(options)
        return gateway, unstuff(self.pop3_login().multiline(b"RETR 1")[1])

    def test_justdelete(self):
        gateway, notification = self.one_infected({"justdelete": None, "notify": "It is gone for good."})
        self.assert_notification(notification)
        self.assertIn(b"It is gone for good.", notification)
        self.assertEqual(gateway.quarantine(), [])
        gateway.wait_log(r"virus: .* file: It is gone for good\.")

    def test_subject_and_template(self):
        template = self.lab.directory / "template"
        template.write_text("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
                            "virus %VIRUSNAME% host %HOSTNAME%\n.\n..dots\n%PROTOCOL% %CLIENTIP%:%CLIENTPORT% "
                            "%SERVERIP%:%SERVERPORT%\n%USERNAME% %MAILFROM% %MAILTO% %SUBJECT%\n%PROGNAME% %VERSION%\n"
                            "%P3SCANID% %UNKNOWN%\n")
        gateway, notification = self.one_infected({"template": template, "subject": "Achtung:"})
        parsed = self.assert_notification(notification, subject="Achtung:")
        text = parsed.get_content()
        self.assertIn(f"POP3 {netns.CLIENT4}:", text)
        self.assertIn(f"{netns.FAKE4}:110", text)
        self.assertIn("alice Ann <ann@sender.test> Bob <bob@example.test> hello", text)
        self.assertIn("P3Scan 4.", text)
        self.assertIn("%UNKNOWN%", text)
        self.assertRegex(text, re.escape(gateway.quarantine()[0].name))
