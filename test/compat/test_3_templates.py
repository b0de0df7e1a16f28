# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 3, 3.1 to 3.4: template variables, where they come from, how a template is expanded."""
import re

import certificates
import mails
import netns
from cases import kept, proven_elsewhere, repaired
from fakes import Pop3Server
from fakes_tls import TlsWire, server
from notifying import OLD_TEMPLATE, Notifying, values


class Templates(Notifying):
    @kept("3.1.1", "%PROGNAME% is P3Scan, %VERSION% the version")
    @kept("3.1.2", "%CLIENTIP% %CLIENTPORT% are the client's, %SERVERIP% %SERVERPORT% the real destination")
    @kept("3.1.3", "%PROTOCOL% is POP3 on other ports than these of SMTP and POP3S")
    @kept("3.1.4", "%USERNAME% is the argument of USER")
    @kept("3.1.5", "%MAILFROM% %SUBJECT% %MAILTO% come from the header of the mail")
    @kept("3.1.6", "%VIRUSNAME% is what the scanner found")
    @kept("3.1.7", "%MAILFILE% is the path of the quarantined file")
    @kept("3.1.8", "%MAILDATE% is the time of scanning, as in a Date field")
    @repaired("3.1.9", "%HOSTNAME% is gethostname(), %DOMAINNAME% the NIS domain, mostly (none)",
              "both come from the host's name; without a domain it is localdomain")
    @repaired("3.1.10", "%P3SCANID% is the name in the quarantine with a slash in front (2.3.2) or without (3.0)",
              "without the slash")
    def test_variables(self):
        got = values(self.notification())
        self.assertEqual(got["PROGNAME"], "P3Scan")
        self.assertRegex(got["VERSION"], r"^4\.")
        self.assertEqual((got["CLIENTIP"], got["SERVERIP"], got["SERVERPORT"]), (netns.CLIENT4, netns.FAKE4, "110"))
        self.assertTrue(got["CLIENTPORT"].isdigit())
        self.assertEqual((got["PROTOCOL"], got["USERNAME"]), ("POP3", "alice"))
        self.assertEqual((got["MAILFROM"], got["MAILTO"], got["SUBJECT"]),
                         ("Ann <ann@sender.test>", "Bob <bob@example.test>", "hello"))
        self.assertRegex(got["VIRUSNAME"], "Eicar")
        self.assertEqual(got["MAILFILE"], str(self.running.quarantine()[0]))
        self.assertEqual(got["P3SCANID"], self.running.quarantine()[0].name)
        self.assertRegex(got["MAILDATE"], r"^\w{3}, \d{2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$")
        self.assertTrue(got["HOSTNAME"] and got["DOMAINNAME"])
        self.assertNotIn("none", got["DOMAINNAME"])

    @repaired("3.1.11", "%VDINFO% is the output of the footer command, run for every connection, and empty from the second "
              "virus of a session on", "known for all mails of a session; the command is run at most once a minute")
    def test_vdinfo(self):
        got = values(self.notification(footer="/bin/echo Engine 1.2"))
        self.assertEqual(got["VDINFO"], "Engine 1.2")
        self.assertEqual(values(self.pop3.multiline(b"RETR 2")[1])["VDINFO"], "Engine 1.2")

    @repaired("3.1.12", "values of an earlier mail of the session are inherited by a mail without that field",
              "a value that a mail does not have is empty")
    def test_nothing_is_inherited(self):
        bare = mails.INFECTED.replace(b"To: Bob <bob@example.test>\r\n", b"")
        self.assertEqual(values(self.notification(mail=bare))["MAILTO"], "")

    @kept("3.2.1", "X-RCPT-TO names the user when the login does not")
    def test_user_of_rcpt_to(self):
        self.start_with()
        self.pop3_server([b"X-RCPT-TO: <carol@example.test>\r\n" + mails.INFECTED])
        wire = self.wire()
        wire.line()
        self.assertTrue(wire.ask(b"APOP").startswith(b"+OK"))
        self.assertEqual(values(wire.multiline(b"RETR 1")[1])["USERNAME"], "carol@example.test")

    @repaired("3.2.2", "header fields are found only with exactly one blank behind the colon and are not unfolded",
              "any blanks, folded lines and encoded words are read")
    def test_header_fields(self):
        mail = mails.INFECTED.replace(b"Subject: hello", b"subject:\r\n  =?utf-8?q?hal=6Co?=\r\n there")
        self.assertEqual(values(self.notification(mail=mail))["SUBJECT"], "hallo there")

    @kept("3.3.1", "names of variables are matched with their case, unknown ones stay as they are")
    @kept("3.3.2", "lines of a notification end in CRLF")
    @kept("3.4.1", "a template begins with header lines, and may end in a line with a dot")
    def test_expansion(self):
        wire = self.notification()
        self.assertIn(b"%virusname% %NOBODY% end\r\n", wire)
        self.assertEqual(wire.count(b"\n"), wire.count(b"\r\n"))
        self.assertFalse(wire.rstrip(b"\r\n").endswith(b"."), wire[-40:])
        self.assertTrue(self.pop3.ask(b"NOOP").startswith(b"+OK"))

    @kept("3.3.3", "what a variable stands for is not expanded again")
    def test_no_second_expansion(self):
        mail = mails.INFECTED.replace(b"Subject: hello", b"Subject: %VIRUSNAME%")
        self.assertEqual(values(self.notification(mail=mail))["SUBJECT"], "%VIRUSNAME%")

    @repaired("3.3.4", "a template line over 4095 octets ends the expansion, a last line without line end is lost",
              "lines of any length, and the last one, count")
    @repaired("3.4.2", "body lines of a template that begin with a dot end the mail early", "they are dot-stuffed")
    def test_lines_of_a_template(self):
        text = "\n.hidden dot\n" + "x" * 5000 + "\nlast %VIRUSNAME%"
        wire = self.notification(text)
        self.assertIn(b"\r\n..hidden dot\r\n", wire)
        self.assertIn(b"x" * 900, wire)
        self.assertRegex(wire, rb"last \S*Eicar")

    @repaired("3.4.3", "a missing template is noticed at the first virus and stops the daemon",
              "a template that is named and missing is an error at the start")
    def test_missing_template(self):
        with self.assertRaises(AssertionError) as failed:
            self.start_gateway({"template": str(self.place / "none.mail")})
        self.assertIn("none.mail", str(failed.exception))

    @repaired("3.1.13", "%USERNAME% is cut at 63 octets", "it is whole, up to 400")
    def test_long_user(self):
        user = "u" * 100
        self.assertEqual(values(self.notification(user=user))["USERNAME"], user)

    @kept("3.1.14", "%USERNAME% is the name of APOP, too (3.0)")
    def test_apop(self):
        self.start_with()
        self.pop3_server([mails.INFECTED])
        wire = self.wire()
        wire.line()
        self.assertTrue(wire.ask(b"APOP carol c4c9334bac560ecc979e58001b3e22fb").startswith(b"+OK"))
        self.assertEqual(values(wire.multiline(b"RETR 1")[1])["USERNAME"], "carol")

    @repaired("3.1.15", "%VDINFO% is at most 511 octets", "all lines, each up to 400 octets")
    def test_long_vdinfo(self):
        program = self.program("version", f"echo {'a' * 390}\necho {'b' * 390} >&2\n")
        got = self.notification(footer=program)
        self.assertIn(b"[" + b"a" * 390 + b"\r\n" + b"b" * 390 + b"]", got)

    @kept("3.1.16", "without a footer command %VDINFO% is what the internal ClamAV says of itself (3.0)")
    def test_vdinfo_of_the_engine(self):
        self.assertRegex(values(self.notification())["VDINFO"], r"^ClamAV \d")

    @repaired("3.2.3", "of a field that occurs several times the last one counts", "the first one, as mail programs show it")
    def test_field_that_occurs_twice(self):
        mail = mails.INFECTED.replace(b"Subject: hello", b"Subject: first\r\nSubject: second")
        self.assertEqual(values(self.notification(mail=mail))["SUBJECT"], "first")

    @repaired("3.2.4", "a header line over 65534 octets ends the reading of the header", "the fields in front of it and behind "
              "it are known, within the first 64 KiB")
    def test_long_header_line(self):
        mail = b"X-Long: " + b"y" * 50000 + b"\r\n" + mails.INFECTED
        self.assertEqual(values(self.notification(mail=mail))["SUBJECT"], "hello")

    @kept("3.2.5", "the address of X-RCPT-TO is the user of the spam filter, too")
    def test_spam_user_of_rcpt_to(self):
        spam = self.program("spam", 'echo "X-Spam-For: $1"\ncat\n')
        self.start_with(checkspam=None, spamcheck=f"{spam} dspamuser", xheader="no")
        self.pop3_server([b"X-RCPT-TO: <carol@example.test>\r\n" + mails.PLAIN])
        wire = self.wire()
        wire.line()
        wire.ask(b"APOP")
        self.assertIn(b"X-Spam-For: carol@example.test\r\n", wire.multiline(b"RETR 1")[1])

    @kept("3.3.5", "every occurrence in a line is replaced, and an unset variable by nothing")
    def test_several_in_a_line(self):
        mail = mails.INFECTED.replace(b"To: Bob <bob@example.test>\r\n", b"")
        wire = self.notification("\n%PROGNAME% %PROGNAME%%PROGNAME% <%MAILTO%>\n", mail=mail)
        self.assertIn(b"P3Scan P3ScanP3Scan <>\r\n", wire)

    @repaired("3.4.4", "a template without a line with a dot gets one with LF alone (2.3.2); a dot without a line end is lost",
              "with or without, the mail is whole and the session in step")
    def test_ends_of_a_template(self):
        for end in ("text", "text\n", "text\n.", "text\n.\n"):
            with self.subTest(end):
                wire = self.notification("\n" + end)
                self.assertTrue(wire.endswith(b"\r\n\r\ntext\r\n"), wire[-60:])
                self.assertTrue(self.pop3.ask(b"NOOP").startswith(b"+OK"))
                self.doCleanups()

    @kept("3.4.5", "the English default: greeting, host, explanation, then what was found, sender, recipient, date, subject, "
          "connection, file, scanner, and the program's name behind a signature separator")
    def test_default(self):
        self.running = self.start_gateway({"language": "en"})
        self.pop3_server([mails.INFECTED])
        text = self.pop3_login().multiline(b"RETR 1")[1].decode()
        host = self.running.quarantine()[0].name
        values = (r"\S*Eicar\S*", r"Ann <ann@sender\.test>", r"Bob <bob@example\.test>", r"\w{3}, \d\d .*", "hello",
                  r"POP3, 192\.0\.2\.2:\d+ -> [\d.]+:110", host, "ClamAV .*")
        self.assertRegex(text, r"(?s)\r\n\r\nHello alice,\r\n" + "".join(rf".*\r\n    {value}\r\n" for value in values) +
                         r".*-- \r\nP3Scan 4\.[\d.]+\r\n$")


class Imap(Notifying):
    @kept("3.1.18", "%PROTOCOL% is IMAP on imapport, %USERNAME% the name of LOGIN (3.0)")
    @kept("9.2.45", "IMAP Connection from <ip>:<port> (3.0)")
    @repaired("9.2.46", "the virus line of IMAP without a To field leaves out its second to (3.0)", "it says (null) there")
    def test_protocol(self):
        self.lab.network.redirect(ports="143")
        self.addCleanup(self.lab.network.redirect)
        self.start_with()
        mail = mails.INFECTED.replace(b"To: Bob <bob@example.test>\r\n", b"")
        with server("IMAP", self.server, [mail]):
            wire = TlsWire(self.client, netns.FAKE4, 143)
            self.addCleanup(wire.close)
            wire.greet("IMAP")
            got = values(wire.fetch("IMAP"))
        self.assertEqual((got["PROTOCOL"], got["USERNAME"], got["SERVERPORT"]), ("IMAP", "alice", "143"))
        self.running.wait_log(r": IMAP Connection from 192\.0\.2\.2:\d+$")
        self.running.wait_log(r": IMAP from \S+ to \S+:143 from Ann <ann@sender\.test> to \(null\) user: alice virus: ")


class Pop3s(Notifying):
    @kept("3.1.17", "%PROTOCOL% is POP3S on sslport")
    def test_protocol(self):
        authority = certificates.Authority()
        self.addCleanup(authority.close)
        self.lab.network.redirect(ports="995")
        self.addCleanup(self.lab.network.redirect)
        pop3s = Pop3Server(self.server, [mails.INFECTED], port=995, tls=authority.server(netns.FAKE4))
        self.addCleanup(pop3s.close)
        self.start_with(tlsroots=str(authority.root))
        wire = self.wire(port=995)
        wire.line()
        self.assertEqual(values(wire.multiline(b"RETR 1")[1])["PROTOCOL"], "POP3S")


proven_elsewhere("3.4.6", "the templates that come with it are in iso-8859-1, the Polish one in iso-8859-2, the Russian "
                 "one in UTF-8",
                 "repaired", "test_notify.Readers.test_the_mails_own_language", "all are in UTF-8")
proven_elsewhere("3.4.7", "templates of the administrator's in these charsets", "kept",
                 "test_notify.Administrators.test_their_own_template")
