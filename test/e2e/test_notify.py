# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What readers and administrators are told: languages, templates, variables, copies, emergencies, floods."""
import email
import email.policy
import pathlib
import signal

import mails
import netns
import wait
from fakes import unstuff
from gateway import ROOT
from postfix import DOMAIN
from support import E2E

LANGUAGES = {"en": "Addressed to:", "de": "Gerichtet an:", "fr": "Adressé à :", "it": "Indirizzato a:",
             "es": "Dirigido a:", "pt-br": "Destinada a:", "pl": "Adresat:", "ru": "Кому:", "nl": "Gericht aan:",
             "tr": "Alıcı:", "cs": "Určeno pro:", "sv": "Adresserat till:", "ja": "宛先:", "zh": "收件人："}
TO_POSTFIX = {"notifysmtp": f"{netns.SERVER4}:25", "notifyfrom": f"gateway@{DOMAIN}"}


def text(parsed):
    return parsed.get_content().replace("\r\n", "\n")


def infected(*lines):
    return mails.text(mails.EICAR + b"\r\n", *lines)


class Readers(E2E):
    def fetch(self, options, *served):
        self.start_gateway(options)
        self.pop3_server(served)
        wire = self.pop3_login()
        return [unstuff(wire.multiline(b"RETR %d" % number)[1]) for number in range(1, len(served) + 1)]

    def test_german(self):
        mail, = self.fetch({"language": "de"}, infected())
        parsed = self.assert_notification(mail, subject="[Virus] in einer Mail an Sie gefunden:")
        self.assertIn("Hallo alice,", text(parsed))
        self.assertIn("Gerichtet an:\n    Bob <bob@example.test>\n", text(parsed))

    def test_the_mails_own_language(self):
        languages = list(LANGUAGES)
        served = [infected(b"Content-Language: " + language.encode()) for language in languages]
        served += [infected(b"Accept-Language: fi, ru;q=0.5"), infected(), infected(b"Content-Language: ../de")]
        fetched = self.fetch({"language": "auto:sv"}, *served)
        for language, mail in zip([*languages, "ru", "sv", "sv"], fetched):
            with self.subTest(language):
                parsed = self.assert_notification(mail, subject="[")
                self.assertEqual(parsed["Content-Type"].params["charset"], "utf-8")
                said = text(parsed)
                self.assertIn(LANGUAGES[language], said)
                self.assertNotIn("%", said)
                self.assertIn("ClamAV ", said)
                self.assertLess(max(map(len, mail.split(b"\r\n"))), 999)

    def test_a_template_is_the_administrators_last_word(self):
        template = pathlib.Path(self.lab.directory) / "own.mail"
        template.write_text("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n\nmine: %VIRUSNAME%\n.\n")
        mail, = self.fetch({"language": "de", "template": template, "subject": "Ours:"}, infected())
        parsed = self.assert_notification(mail, subject="Ours:")
        self.assertRegex(parsed.get_content(), r"^mine: .*Eicar.*\n$")

    def test_every_shipped_template(self):
        """As files, the way old installations have them."""
        for language, word in LANGUAGES.items():
            with self.subTest(language):
                gateway = self.start_gateway({"template": ROOT / f"data/templates/p3scan-{language}.mail"})
                with self.pop3_server([infected()]):
                    mail = unstuff(self.pop3_login().multiline(b"RETR 1")[1])
                self.assertIn(word, text(self.assert_notification(mail)))
                gateway.close()

    def test_altvnmsg(self):
        script = pathlib.Path(self.lab.directory) / "altvnmsg-scanner"
        script.write_text('#!/bin/sh\nnote=$(dirname "$1")/vnmsg\ngrep -q Hallo "$note" || exit 99\n'
                          'printf "Subject: from the script\\nMIME-Version: 1.0\\n\\nit was %%VIRUSNAME%%\\n" > "$note"\n'
                          'echo "$1: Made.Up FOUND"\nexit 1\n')
        script.chmod(0o755)
        mail, = self.fetch({"language": "de", "altvnmsg": "yes", "scannertype": "bash", "scanner": script,
                            "virusregexp": ".*: (.*) FOUND"}, mails.PLAIN)
        parsed = email.message_from_bytes(mail, policy=email.policy.default)
        self.assertEqual(parsed["Subject"], "from the script")
        self.assertEqual(text(parsed).strip(), "it was Made.Up")


class ScannerInfo(E2E):
    def script(self, text):
        path = pathlib.Path(self.lab.directory) / "footer"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def test_footer(self):
        runs = pathlib.Path(self.lab.directory) / "footer-runs"
        runs.touch()
        runs.chmod(0o666)
        self.start_gateway({"footer": self.script(f"echo x >> {runs}; echo Engine one; echo; echo 'Base $(2)' >&2\n"),
                            "threads": "1"})
        self.pop3_server([infected(), infected()])
        sink = self.smtp_sink()
        for _ in range(2):
            wire = self.pop3_login()
            for number in (1, 2):           # the old program forgot it after the first
                said = text(self.assert_notification(unstuff(wire.multiline(b"RETR %d" % number)[1])))
                self.assertIn("Engine one\n", said)
                self.assertIn("Base $(2)\n", said)
        self.assertTrue(self.submit(self.smtp_hello(), mails.PLAIN).startswith(b"250"))
        head = sink.mails[0].partition(b"\r\n\r\n")[0]
        self.assertIn(b"\r\nX-P3Scan: Engine one\r\nX-P3Scan: Base $(2)", head)
        self.assertEqual(runs.read_text(), "x\n")

    def test_footer_that_hangs(self):
        self.start_gateway({"footer": self.script("sleep 1000\n"), "xheader": "no"})
        self.pop3_server([mails.PLAIN])
        self.assert_same(self.pop3_login().multiline(b"RETR 1")[1], mails.PLAIN)


class Administrators(E2E):
    def setUp(self):
        self.postfix = self.lab.postfix
        for user in ("carol", "dave"):
            self.lab.dovecot.empty(user)

    def received(self, user, count):
        return [email.message_from_bytes(mail, policy=email.policy.default)
                for mail in self.lab.dovecot.received(user, count)]

    def retrieve(self, count):
        wire = self.pop3_login()
        for number in range(1, count + 1):
            self.assert_notification(unstuff(wire.multiline(b"RETR %d" % number)[1]), subject="[")

    def test_hear_of_both_directions(self):
        gateway = self.start_gateway({"extra": f"carol@{DOMAIN} dave@{DOMAIN}", "language": "de"} | TO_POSTFIX)
        self.pop3_server([infected()])
        sink = self.smtp_sink()
        self.retrieve(1)
        note, = self.received("carol", 1)
        self.assertEqual(note["Subject"], "[Virus] found in a mail to alice")
        self.assertEqual(note["From"], f"gateway@{DOMAIN}")
        self.assertEqual(note["To"], f"carol@{DOMAIN}, dave@{DOMAIN}")
        self.assertEqual(note["Return-Path"] or f"<gateway@{DOMAIN}>", f"<gateway@{DOMAIN}>")
        self.assertIsNotNone(note["Message-ID"])
        self.assertEqual(note["Auto-Submitted"], "auto-generated")
        self.assertIn(f"Aufbewahrt als:\n    {gateway.quarantine()[0].name}\n", text(note))
        self.assertEqual(len(self.received("dave", 1)), 1)
        self.assertTrue(self.submit(self.smtp_hello(), infected()).startswith(b"554"))
        self.assertEqual(sink.mails, [])
        note = self.received("carol", 2)[-1]
        self.assertIn("was refused", text(note))
        self.assertIn("Bob <bob@example.test>", text(note))

    def test_their_own_template(self):
        template = pathlib.Path(self.lab.directory) / "p3scan.extra"
        template.write_text("MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n\n"
                            "f\xfcr Euch: %VIRUSNAME% %MAILFILE%\n.\n", encoding="latin-1")
        self.start_gateway({"extra": f"carol@{DOMAIN}", "extratemplate": template} | TO_POSTFIX)
        self.pop3_server([infected()])
        self.retrieve(1)
        note, = self.received("carol", 1)
        self.assertRegex(text(note), r"^für Euch: \S*Eicar\S* /\S+/p3scan\.\w{6}\n$")

    def test_a_blank_template(self):
        template = pathlib.Path(self.lab.directory) / "blank.extra"
        template.write_text("\n  \n")
        gateway = self.start_gateway({"extra": f"carol@{DOMAIN}", "extratemplate": template} | TO_POSTFIX)
        gateway.wait_log(r"ERR: p3scan\.extra should not be blank")
        self.pop3_server([infected()])
        self.retrieve(1)
        note, = self.received("carol", 1)
        self.assertIn("Addressed to:", text(note))

    def test_flood(self):
        """50 infected mails: five copies, and one that sums up the rest, at the latest when the gateway ends."""
        gateway = self.start_gateway({"extra": f"carol@{DOMAIN}", "notifyrate": "5", "draintime": "1"} | TO_POSTFIX)
        self.pop3_server([infected()] * 50)
        self.retrieve(50)
        self.received("carol", 5)
        gateway.signal(signal.SIGTERM)
        gateway.wait_end()
        notes = self.received("carol", 6)
        self.assertEqual(len(notes), 6)
        summary, = [note for note in notes if "45 more mails" in note["Subject"]]
        self.assertRegex(text(summary), r"(?m)^45 x \S*Eicar")

    def test_emergency(self):
        gateway = self.start_gateway({"emergcon": f"dave@{DOMAIN}", "scannertype": "clamd",
                                      "scanner": "127.0.0.1:1", "draintime": "1"} | TO_POSTFIX)
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        for _ in range(5):
            self.assertTrue(wire.ask(b"RETR 1").startswith(b"-ERR"))
        note, = self.received("dave", 1)
        self.assertEqual(note["Subject"], "P3Scan: no scanner answers")
        self.assertIn("clamd", text(note))
        gateway.signal(signal.SIGTERM)
        gateway.wait_end()
        self.assertIn("4 more times", self.received("dave", 2)[-1].get_content())

    def test_mail_program(self):
        """Called like mail(1); what a mail or a login contains is never more than one argument."""
        directory = pathlib.Path(self.lab.directory) / "xmail"
        directory.mkdir()
        directory.chmod(0o777)
        program = directory / "mail"
        program.write_text(f'#!/bin/sh\nfor a in "$@"; do printf "<%s>\\n" "$a"; done > {directory}/new\n'
                           f'cat >> {directory}/new\nmv {directory}/new {directory}/$(date +%s%N).sent\n')
        program.chmod(0o755)
        mark = directory / "pwned"
        user = f"a';touch${{IFS}}{mark};'$(touch${{IFS}}{mark})"
        with self.assertRaisesRegex(AssertionError, "did not start.*'-oQ/tmp' isn't an address"):
            self.start_gateway({"extra": "carol -oQ/tmp", "xmail": program})
        gateway = self.start_gateway({"extra": "root@localhost |sh /etc/passwd carol", "xmail": f"{program} -v"})
        for address in (r"\|sh", "/etc/passwd"):       # addresses to us, a pipe and a file to mail programs
            gateway.wait_log(f"ERR: extra: mail can't be sent to '{address}'")
        self.pop3_server([mails.text(b"~!touch " + str(mark).encode() + b"\r\n" + mails.EICAR + b"\r\n",
                                     subject=b"~!touch " + str(mark).encode())])
        wire = self.pop3_login(user=user)
        self.assertTrue(wire.multiline(b"RETR 1")[0].startswith(b"+OK"))
        sent = wait.until(lambda: list(directory.glob("*.sent")), "a mail")[0].read_text()
        self.assertTrue(sent.startswith(f"<-v>\n<-s>\n<[Virus] found in a mail to {user}>\n<root@localhost>\n<carol>\n"),
                        sent)
        self.assertNotRegex(sent, r"(?m)^~")
        self.assertIn("Subject:\n    ~!touch", sent)
        self.assertFalse(mark.exists())

    def test_nobody_takes_the_mail(self):
        gateway = self.start_gateway({"extra": "root", "xmail": "/nonexistent/mail"})
        self.pop3_server([infected(), mails.PLAIN])
        self.retrieve(1)
        gateway.wait_log(r"ERR: Mail to administrators .* given up")
        self.assertTrue(self.pop3_login().multiline(b"RETR 2")[0].startswith(b"+OK"))
