# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Scanners and what becomes of a mail that none of them could judge."""
import pathlib

import mails
import wait
from fakes import stuff, unstuff
from support import E2E, XHEADER

DEAD = {"scannertype": "clamd", "scanner": "127.0.0.1:3311"}


class Policy(E2E):
    def both_ways(self, mail, options):
        """Fetches and sends the mail: (POP3 status, POP3 octets, SMTP reply, octets at the SMTP server)."""
        gateway = self.start_gateway(options)
        self.pop3_server([mail])
        sink = self.smtp_sink()
        pop3 = self.pop3_login()
        status, body = pop3.multiline(b"RETR 1")
        self.assertTrue(pop3.ask(b"NOOP").startswith(b"+OK"))
        smtp = self.smtp_hello()
        reply = self.submit(smtp, mail)
        self.assertTrue(smtp.command(b"NOOP").startswith(b"250"))
        gateway.close()
        return status, unstuff(body) if body is not None else None, reply, sink.mails

    def test_failure_is_temporary_by_default(self):
        status, body, reply, sent = self.both_ways(mails.PLAIN, DEAD)
        self.assertRegex(status, rb"^-ERR \[SYS/TEMP\] ")
        self.assertRegex(reply, rb"^451 4\.7\.1 ")
        self.assertEqual(sent, [])

    def test_failure_deliver(self):
        status, body, reply, sent = self.both_ways(mails.INFECTED, DEAD | {"onfailure": "deliver"})
        self.assertTrue(status.startswith(b"+OK"))
        self.assertIn(mails.EICAR, body)
        self.assertTrue(reply.startswith(b"250"))
        self.assertIn(mails.EICAR, sent[0])

    def test_failure_by_direction(self):
        status, body, reply, sent = self.both_ways(mails.PLAIN, DEAD | {"onfailure": "in:deliver out:tempfail"})
        self.assertTrue(status.startswith(b"+OK"))
        self.assertTrue(reply.startswith(b"451"))

    def check_marked(self, options):
        status, body, reply, sent = self.both_ways(mails.ENCRYPTED, options)
        self.assertTrue(status.startswith(b"+OK"))
        self.assertTrue(reply.startswith(b"250"))
        for got in (body, sent[0]):
            marks = XHEADER.findall(got)
            self.assertTrue(any(b"ncrypted" in mark or b"not scanned" in mark.lower() for mark in marks), marks)
            self.assert_same(XHEADER.sub(b"", got), mails.ENCRYPTED)

    def test_encrypted_is_marked_by_default(self):
        self.check_marked({})

    def test_encrypted_is_marked_clamd(self):
        self.check_marked({"scannertype": "clamd", "scanner": self.lab.clamd.socket})

    def test_encrypted_is_marked_without_xheader(self):
        """The mark is not the ornament that xheader = no turns off."""
        self.check_marked({"xheader": "no"})

    def test_encrypted_notify_and_reject(self):
        status, body, reply, sent = self.both_ways(mails.ENCRYPTED, {"onunscannable": "in:notify out:reject"})
        self.assertTrue(status.startswith(b"+OK"))
        self.assertNotIn(b"UEsDB", body)
        self.assertRegex(reply, rb"^55\d ")
        self.assertEqual(sent, [])

    def test_encrypted_tempfail(self):
        status, body, reply, sent = self.both_ways(mails.ENCRYPTED, {"onunscannable": "tempfail"})
        self.assertRegex(status, rb"^-ERR \[SYS/TEMP\] ")
        self.assertRegex(reply, rb"^4\d\d ")
        self.assertEqual(sent, [])


class Scanners(E2E):
    def script(self, text):
        path = pathlib.Path(self.lab.directory) / f"scanner {self.id()}"      # with a blank in its name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return f"'{path}'"

    def fetch(self, mail, options):
        self.start_gateway(options)
        self.pop3_server([mail])
        return self.pop3_login().multiline(b"RETR 1")

    def test_basic_sees_the_true_mail(self):
        copy = self.lab.directory / "copy"
        copy.touch()
        copy.chmod(0o666)
        mail = mails.odd()["lone dots"]
        status, body = self.fetch(mail, {"xheader": "no", "scannertype": "basic", "scanner": self.script(
            f'[ "$1" = --flag ] && [ "$2" = "two words" ] && [ $# = 3 ] && cat "$3" > {copy}\n') +
            ' --flag "two words"'})
        self.assertTrue(status.startswith(b"+OK"), status)
        self.assert_same(body, stuff(mail))
        self.assert_same(copy.read_bytes(), mail)

    def test_basic_no_shell(self):
        """Shell characters on the command line mean nothing when quoted; unquoted they are a mistake."""
        mark = self.lab.directory / "pwned"
        script = self.script("exit 0\n")
        for evil in (f"; touch {mark}", f"$(touch {mark})", f"| `touch {mark}`", f"> {mark}"):
            with self.subTest(evil):
                gateway = self.start_gateway({"scannertype": "basic", "scanner": f"{script} '{evil}'", "xheader": "no"})
                with self.pop3_server([mails.PLAIN]):
                    self.assert_same(self.pop3_login().multiline(b"RETR 1")[1], mails.PLAIN)
                gateway.close()
                with self.assertRaisesRegex(AssertionError, "did not start.*without a shell"):
                    self.start_gateway({"scannertype": "basic", "scanner": f"{script} {evil}"})
                self.assertFalse(mark.exists())

    def test_basic_codes(self):
        text = 'code=$(sed -n "s/^X-Code: \\([0-9]*\\).*/\\1/p" "$1")\necho "$1: Made.Up.$code FOUND"\nexit $code\n'
        self.start_gateway({"scannertype": "basic", "scanner": self.script(text), "viruscode": "1, 9",
                            "goodcode": "10 11", "virusregexp": ".*: (.*) FOUND/1"})
        served = {code: mails.text(b"x\r\n", b"X-Code: %d" % code) for code in (0, 1, 9, 10, 11, 12, 2)}
        self.pop3_server(served.values())
        wire = self.pop3_login()
        for number, (code, mail) in enumerate(served.items(), 1):
            with self.subTest(code):
                status, body = wire.multiline(b"RETR %d" % number)
                if code in (1, 9):
                    self.assert_notification(unstuff(body), virus=rf"Made\.Up\.{code}")
                elif code in (0, 10, 11):
                    self.assertTrue(status.startswith(b"+OK"))
                    self.assertIn(b"X-Code: %d" % code, body)
                else:
                    self.assertRegex(status, rb"^-ERR \[SYS/TEMP\] ")

    def test_basic_missing(self):
        """At the start it is a mistake; if it vanishes later, each mail is a temporary error until it is back."""
        with self.assertRaisesRegex(AssertionError, "did not start.*/nonexistent/scanner"):
            self.start_gateway({"scannertype": "basic", "scanner": "/nonexistent/scanner"})
        program = self.lab.directory / "vanishing-scanner"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        self.start_gateway({"scannertype": "basic", "scanner": program, "xheader": "no"})
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
        program.rename(f"{program}.away")
        self.assertRegex(wire.ask(b"RETR 1"), rb"^-ERR \[SYS/TEMP\] ")
        (program.parent / f"{program.name}.away").rename(program)
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)

    def test_basic_killed(self):
        self.start_gateway({"scannertype": "basic", "scanner": self.script("kill -9 $$\n")})
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        self.assertRegex(wire.ask(b"RETR 1"), rb"^-ERR \[SYS/TEMP\] ")
        self.assertTrue(wire.ask(b"NOOP").startswith(b"+OK"))

    def test_several_must_all_say_clean(self):
        """The built-in engine and a program: either one is enough to condemn."""
        script = self.script('if grep -q condemned "$1"; then echo "$1: Made.Up FOUND"; exit 1; fi\n')
        self.start_gateway([("scannertype", "libclamav"), ("scannertype", "basic"), ("scanner", script),
                            ("virusregexp", ".*: (.*) FOUND"), ("xheader", "no")])
        self.pop3_server([mails.PLAIN, mails.INFECTED, mails.text(b"condemned\r\n")])
        wire = self.pop3_login()
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
        self.assert_notification(unstuff(wire.multiline(b"RETR 2")[1]))
        self.assert_notification(unstuff(wire.multiline(b"RETR 3")[1]), virus=r"Made\.Up")

    def test_clamd_addresses(self):
        clamd = self.lab.clamd
        for address in (f"127.0.0.1:{clamd.port}", f"[::1]:{clamd.port}", f"localhost:{clamd.port}", str(clamd.socket),
                        f"127.0.0.1:3311, {clamd.socket}"):
            with self.subTest(address):
                gateway = self.start_gateway({"scannertype": "clamd", "scanner": address, "xheader": "no"})
                with self.pop3_server([mails.PLAIN, mails.INFECTED]):
                    wire = self.pop3_login()
                    self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
                    self.assert_notification(unstuff(wire.multiline(b"RETR 2")[1]))
                gateway.close()

    def test_database_from_disk_and_hot_reload(self):
        """Signatures beside the built-in one; a changed database is taken up without a pause."""
        database = self.lab.directory / "signatures"
        database.mkdir()
        (database / "one.ndb").write_text(f"Test.One:0:*:{b'first marker'.hex()}\n")
        gateway = self.start_gateway({"clamdb": database, "xheader": "no"})
        self.pop3_server([mails.text(b"first marker\r\n"), mails.text(b"second marker\r\n"), mails.INFECTED])
        wire = self.pop3_login()
        self.assert_notification(unstuff(wire.multiline(b"RETR 1")[1]), virus=r"Test\.One")
        self.assertIn(b"second marker", wire.multiline(b"RETR 2")[1])
        self.assert_notification(unstuff(wire.multiline(b"RETR 3")[1]))
        (database / "two.ndb").write_text(f"Test.Two:0:*:{b'second marker'.hex()}\n")
        found = wait.until(lambda: (body := wire.multiline(b"RETR 2")[1]) and b"second marker" not in body and body,
                           "the new signature", seconds=60)
        self.assert_notification(unstuff(found), virus=r"Test\.Two")
        self.assertEqual(gateway.lines("ERR:"), [])
