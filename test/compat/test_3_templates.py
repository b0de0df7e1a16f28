# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 3: template variables and their expansion, the notification, headers added to clean mail; and 4.5 and 10
as far as a client sees them."""
import email
import email.policy
import re

import mails
import netns
from cases import dropped, kept, proven_elsewhere, repaired
from gateway import USER  # noqa: F401
from support import E2E

VARIABLES = ("HOSTNAME DOMAINNAME PROGNAME VERSION CLIENTIP CLIENTPORT SERVERIP SERVERPORT PROTOCOL VDINFO USERNAME MAILDATE "
             "MAILFROM SUBJECT MAILTO VIRUSNAME MAILFILE P3SCANID").split()
OLD_TEMPLATE = ("MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset=iso-8859-1\n\n"
                + "".join(f"{name}=[%{name}%]\n" for name in VARIABLES) + "%virusname% %NOBODY% end\n.\n")


class Templates(E2E):
    def setUp(self):
        self.place = self.lab.gateway_directory()
        self.place.mkdir()
        self.template = self.place / "p3scan.mail"

    def notification(self, template=OLD_TEMPLATE, mail=mails.INFECTED, user="alice", **options):
        self.template.write_bytes(template if isinstance(template, bytes) else template.encode("latin-1"))
        self.running = self.start_gateway({"template": str(self.template), **options})
        server = self.pop3_server([mail, mail])
        del server
        self.pop3 = self.pop3_login(user=user)
        return self.pop3.multiline(b"RETR 1")[1]

    def values(self, wire):
        return dict(re.findall(r"^([A-Z0-9]+)=\[(.*)\]\r$", wire.decode("latin-1"), re.M))

    @kept("3.1.1", "%PROGNAME% is P3Scan, %VERSION% the version")
    @kept("3.1.2", "%CLIENTIP% %CLIENTPORT% are the client's, %SERVERIP% %SERVERPORT% the real destination")
    @kept("3.1.3", "%PROTOCOL% is POP3, POP3S or SMTP")
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
        got = self.values(self.notification())
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
        got = self.values(self.notification(footer="/bin/echo Engine 1.2"))
        self.assertEqual(got["VDINFO"], "Engine 1.2")
        self.assertEqual(self.values(self.pop3.multiline(b"RETR 2")[1])["VDINFO"], "Engine 1.2")

    @repaired("3.1.12", "values of an earlier mail of the session are inherited by a mail without that field",
              "a value that a mail does not have is empty")
    def test_nothing_is_inherited(self):
        bare = mails.INFECTED.replace(b"To: Bob <bob@example.test>\r\n", b"")
        self.assertEqual(self.values(self.notification(mail=bare))["MAILTO"], "")

    @kept("3.2.1", "X-RCPT-TO names the user when the login does not")
    def test_user_of_rcpt_to(self):
        self.template.write_text(OLD_TEMPLATE)
        self.start_gateway({"template": str(self.template)})
        self.pop3_server([b"X-RCPT-TO: <carol@example.test>\r\n" + mails.INFECTED])
        wire = self.wire()
        wire.line()
        self.assertTrue(wire.ask(b"APOP").startswith(b"+OK"))
        self.assertEqual(self.values(wire.multiline(b"RETR 1")[1])["USERNAME"], "carol@example.test")

    @repaired("3.2.2", "header fields are found only with exactly one blank behind the colon and are not unfolded",
              "any blanks, folded lines and encoded words are read")
    def test_header_fields(self):
        mail = mails.INFECTED.replace(b"Subject: hello", b"subject:\r\n  =?utf-8?q?hal=6Co?=\r\n there")
        self.assertEqual(self.values(self.notification(mail=mail))["SUBJECT"], "hallo there")

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
        self.assertEqual(self.values(self.notification(mail=mail))["SUBJECT"], "%VIRUSNAME%")

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

    @kept("3.5.1", "a notification begins with the header lines of the mail, up to the first Subject, MIME or Content line")
    @kept("3.5.2", "Date, From and To are added when they are not among these lines")
    @kept("3.5.3", "Subject is the option subject, a blank, the virus name")
    @repaired("3.5.4", "header lines behind the first Subject or MIME line are lost, unset values print (null)",
              "From, To and Date are taken from the whole header, exactly one of each")
    def test_order(self):
        mail = b"Received: from x\r\nX-First: 1\r\nSubject: hello\r\nX-Last: 2\r\nFrom: a@b.test\r\n\r\n" + \
            mails.INFECTED.partition(b"\r\n\r\n")[2]
        wire = self.notification(mail=mail)
        self.assertTrue(wire.startswith(b"Received: from x\r\nX-First: 1\r\n"), wire[:200])
        self.assertNotIn(b"X-Last", wire)
        parsed = email.message_from_bytes(wire, policy=email.policy.default)
        for name in ("From", "To", "Date", "Subject"):
            self.assertEqual(len(parsed.get_all(name, [])), 1, name)
        self.assertEqual(parsed["From"], "a@b.test")
        self.assertRegex(parsed["Subject"], r"^\[Virus\] found in a mail to you: \S*Eicar")
        self.assertNotIn(b"(null)", wire)

    @kept("3.5.5", "a template that begins with Subject: brings its own")
    def test_subject_of_the_template(self):
        wire = self.notification("Subject: beware of %VIRUSNAME%\n\ntext\n")
        self.assertEqual(len(re.findall(rb"^Subject:", wire, re.M)), 1)
        self.assertRegex(wire, rb"Subject: beware of \S*Eicar")

    proven_elsewhere("3.5.6", "altvnmsg: a scanner may edit a copy of the template beside the mail; it is the notification",
                     "kept", "test_engines.Programs.test_altvnmsg")

    @kept("3.6.1", "p3scan.extra or the notification goes to the addresses of extra, by xmail -s SUBJECT ADDRESSES")
    @repaired("3.6.2", "the user's name stands in a command line for the shell", "no shell is involved")
    @repaired("3.6.3", "nothing is sent for viruses in SMTP", "administrators are told of these, too")
    def test_extra(self):
        out = self.place / "out"
        out.mkdir()
        out.chmod(0o777)
        program = self.place / "xmail"
        program.write_text(f'#!/bin/sh\nn=$(ls {out} | wc -l)\n{{ printf "%s|" "$@"; echo; cat; }} > {out}/.$$\n'
                           f'mv {out}/.$$ {out}/mail.$n.$$\n')
        program.chmod(0o755)
        import wait
        self.smtp_sink()
        self.notification(user="al'ice;touch", xmail=str(program), extra="root@localhost admin@example.test")
        first = wait.until(lambda: sorted(out.glob("mail.*")), "a mail to extra")[0].read_text()
        self.assertTrue(first.startswith("-s|[Virus] found in a mail to al"), first)
        self.assertIn("|root@localhost|admin@example.test|\n", first)
        self.assertIn("VIRUSNAME=[", first)
        self.assertTrue(self.submit(self.smtp_hello(), mails.INFECTED).startswith(b"554"))
        wait.until(lambda: len(list(out.glob("mail.*"))) == 2, "a mail about SMTP")

    @kept("3.7.1", "justdelete: nothing is kept, %P3SCANID% is the text of notify, and so is the file in the log")
    def test_justdelete(self):
        got = self.values(self.notification(justdelete=None, notify="gone for good"))
        self.assertEqual(got["P3SCANID"], "gone for good")
        self.assertEqual(self.running.quarantine(), [])
        self.running.wait_log(r" virus: \S+ file: gone for good$")


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


proven_elsewhere("3.9.1", "the text of p3scan.footer, program, host and VDINFO between lines of stars at the end of a sent mail",
                 "kept", "test_footer.Footer.test_plain_text")
proven_elsewhere("3.9.2", "the footer is left out of most multipart mail, and put into signed mail", "repaired",
                 "test_footer.Footer.test_both_alternatives", "it is put into the text and the HTML of a mail")
proven_elsewhere("3.9.3", "a footer breaks signatures", "repaired", "test_footer.Footer.test_signed_mail_stays",
                 "signed and encrypted mail has none")

proven_elsewhere("4.5.1", "a clean mail is delivered", "kept", "test_clients.FetchEmbedded.test_fetchmail")
proven_elsewhere("4.5.2", "an infected mail: notification, and the session goes on", "kept",
                 "test_pop3.Infected.test_every_disguise")
proven_elsewhere("4.5.3", "a scanner error ends the connection and the daemon (2.3.2), or the mail is delivered (3.0)", "repaired",
                 "test_policy.Policy.test_failure_is_temporary_by_default",
                 "a temporary error for this mail, the session goes on; see onfailure")
proven_elsewhere("4.5.4", "no space left stops the daemon", "repaired", "test_faults.Disk.test_bytesfree",
                 "a temporary error for this mail")
dropped("4.5.5", "-ERR Message n contains a virus, in the middle of the mail, when the notification fails",
        "a notification cannot fail; what cannot be quarantined stays on the server with a temporary error")
dropped("4.5.6", "all mail passes unscanned when the scanner cannot be set up", "the daemon does not start and says why")
