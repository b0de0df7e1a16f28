# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Every scannertype but the three that other files are about: clean mail passes, infected mail does not, and an engine
that says anything else stops the mail for now."""
import os
import pathlib
import tempfile
import unittest

import mails
import netns
from clamd import EICAR
from engines import Avpctl, Aveserver, CIcap, IcapService, Trophie
from fakes import stuff, unstuff
from support import E2E

DOTS = mails.text(b".\r\n..\r\nbare dots\r\n.\r\n")
# Seen by an engine that knows mail, or is given the parts.
ENCODED = mails.multipart(b"Content-Type: text/plain\r\n\r\nsee attachment\r\n",
                          mails.attachment(EICAR, b'"../../it\'s.com"'))


class Engines(E2E):
    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp(dir=self.lab.directory))
        self.place.chmod(0o755)

    def engine(self, made):
        self.addCleanup(self._close_engine, made)
        return made

    def _close_engine(self, made):
        made.close()
        self.assertEqual(getattr(made, "problems", []), [])

    running = None

    def start(self, options):
        """A gateway with these options, in the place of the one before."""
        if self.running:
            for closed in (self.pop3, self.smtp, self.running, self.mails, self.sink):
                closed.close()
        self.running = self.start_gateway({"xheader": "no"} | options)
        self.mails = self.pop3_server([mails.PLAIN, mails.INFECTED, DOTS, ENCODED])
        self.sink = self.smtp_sink()
        self.pop3, self.smtp = self.pop3_login(), self.smtp_hello()

    def check_works(self, virus="EICAR-Test-File"):
        self.assert_same(self.pop3.multiline(b"RETR 1")[1], mails.PLAIN)
        self.assert_notification(unstuff(self.pop3.multiline(b"RETR 2")[1]), virus=virus)
        self.assert_same(self.pop3.multiline(b"RETR 3")[1], stuff(DOTS))
        before = len(self.sink.mails)
        self.assertTrue(self.submit(self.smtp, mails.INFECTED).startswith(b"554"))
        self.assertTrue(self.submit(self.smtp, DOTS).startswith(b"250"))
        self.assertEqual(self.sink.mails[before:], [DOTS])
        self.assertEqual(self.running.left_over(), [])

    def check_refuses(self, number=1, mail=mails.PLAIN):
        """The engine has no verdict: nothing is delivered, and the session goes on."""
        before = len(self.sink.mails)
        self.assertRegex(self.pop3.ask(b"RETR %d" % number), rb"^-ERR \[SYS/TEMP\] ")
        self.assertRegex(self.submit(self.smtp, mail), rb"^451 4\.7\.1 ")
        self.assertEqual(self.sink.mails[before:], [])
        self.assertEqual(self.running.left_over(), [])

    def script(self, text, name="scanner"):
        path = self.place / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path


class Daemons(Engines):
    def check_daemon(self, daemon, kind, target, errors):
        self.start({"scannertype": kind, "scanner": target})
        self.check_works()
        self.assertTrue(all(path.startswith(f"{self.running.spool}/children/") for path in daemon.paths), daemon.paths)
        self.assertIn(DOTS, daemon.contents)
        for daemon.error in errors:
            with self.subTest(daemon.error):
                self.check_refuses()
        daemon.error = None
        self.check_works()
        daemon.close()
        self.check_refuses()

    def test_avpd(self):
        for width in (4, 8):
            with self.subTest(width):
                place = self.place / str(width)
                place.mkdir()
                daemon = self.engine(Avpctl(place, width=width))
                self.check_daemon(daemon, "avpd", place, (1, 7, 9, 0xf, 0x40, 0x80))

    def test_avpd_marks(self):
        """A modified virus is one; a corrupted object is unscannable and marked."""
        daemon = self.engine(Avpctl(self.place))
        self.start({"scannertype": "avpd", "scanner": self.place})
        daemon.error = 2
        self.assert_notification(unstuff(self.pop3.multiline(b"RETR 1")[1]), virus="<no virusinfo could be examined>")
        daemon.error = 8
        self.assertIn(b"X-P3Scan: Not scanned", self.pop3.multiline(b"RETR 1")[1])

    def test_avpd_new_version_4(self):
        self.check_daemon(self.engine(Avpctl(self.place)), "avpd_new", self.place, (1, 7))

    def test_avpd_new_version_5(self):
        for greeting in (b"201 aveserver ready\r\n", b""):
            with self.subTest(greeting):
                place = self.place / str(len(greeting))
                place.mkdir()
                daemon = self.engine(Aveserver(place, greeting=greeting))
                self.check_daemon(daemon, "avpd_new", place, (b"500 broken\r\n", b"324-x corrupted\r\n220 OK\r\n"))

    def test_trophie(self):
        path = self.place / "trophie"
        self.check_daemon(self.engine(Trophie(path)), "trophie", path, (b"-1\n", b"-1:no such file\n", b"2\n", b"\n"))

    def test_sophie(self):
        path = self.place / "sophie"
        self.check_daemon(self.engine(Trophie(path)), "sophie", path, (b"-1\n", b"OK\n"))

    def test_daemon_gets_each_part(self):
        """demime: without it a daemon that knows no mail sees nothing in an encoded part."""
        path = self.place / "trophie"
        daemon = self.engine(Trophie(path))
        options = {"scannertype": "trophie", "scanner": path}
        self.start(options)
        self.assert_same(self.pop3.multiline(b"RETR 4")[1], ENCODED)
        daemon.paths.clear()
        daemon.contents.clear()
        self.start(options | {"demime": None})
        self.assert_notification(unstuff(self.pop3.multiline(b"RETR 4")[1]), virus="EICAR-Test-File")
        self.assertEqual(len(daemon.paths), 3)
        self.assertEqual(daemon.contents[0], ENCODED)
        self.assertIn(EICAR, daemon.contents)
        for part in daemon.paths[1:]:
            self.assertRegex(part[len(daemon.paths[0]):], r"^\.dir/[0-9]{4}_[A-Za-z0-9._-]+$")
        daemon.paths.clear()
        self.check_works()
        daemon.error = b"-1\n"
        self.check_refuses(4, ENCODED)


class Programs(Engines):
    def test_bash(self):
        copy = self.place / "arguments"
        copy.touch()
        copy.chmod(0o666)
        script = self.script(f'for word; do printf "%s\\n" "$word"; done > {copy}\n'
                             'if grep -q EICAR-STANDARD "$1"; then echo "$1: Made.Up FOUND"; exit 1; fi\n')
        self.start({"scannertype": "bash", "scanner": script, "virusregexp": ".*: (.*) FOUND"})
        self.check_works(virus=r"Made\.Up")
        self.pop3.multiline(b"RETR 1")
        words = copy.read_text().splitlines()
        self.assertEqual(len(words), 14, words)
        self.assertRegex(words[0], rf"^{self.running.spool}/children/.*/p3scan\.\w{{6}}$")
        self.assertEqual(words[1:5], ["Ann <ann@sender.test>", "Bob <bob@example.test>", "alice", "hello"])
        self.assertRegex(words[5], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$")
        self.assertEqual(words[6:8], [netns.FAKE4, "110"])
        self.assertEqual(words[8], netns.CLIENT4)
        self.assertEqual(words[10:12], ["POP3", "P3Scan"])
        self.script("exit 3\n")
        self.check_refuses()
        self.script("kill -9 $$\n")
        self.check_refuses()

    def test_altvnmsg(self):
        """The script writes the notification of this mail."""
        script = self.script('vnmsg=$(dirname "$1")/vnmsg\n'
                             'grep -q EICAR-STANDARD "$1" || exit 0\n'
                             'printf "Subject: made by the script\\nFrom: %%MAILFROM%%\\n\\nIt was %%VIRUSNAME%%.\\n" > '
                             '"$vnmsg"\n'
                             'echo "$1: Made.Up FOUND"; exit 1\n')
        self.start({"scannertype": "bash", "scanner": script, "virusregexp": ".*: (.*) FOUND", "altvnmsg": None})
        self.assert_same(self.pop3.multiline(b"RETR 1")[1], mails.PLAIN)
        body = self.pop3.multiline(b"RETR 2")[1]
        self.assertIn(b"It was Made.Up.", body)
        self.assertNotIn(EICAR, body)
        self.assertEqual(self.running.left_over(), [])

    def test_program_gets_the_directory_once(self):
        count = self.place / "count"
        count.touch()
        count.chmod(0o666)
        script = self.script(f'echo "$1" >> {count}\n[ -d "$1" ] || exit 9\n'
                             'if grep -rq EICAR-STANDARD "$1"; then echo "$1: Made.Up FOUND"; exit 1; fi\n')
        for kind in ("basic", "bash"):
            with self.subTest(kind):
                count.write_text("")
                self.start({"scannertype": kind, "scanner": script, "virusregexp": ".*: (.*) FOUND", "demime": None})
                self.assert_notification(unstuff(self.pop3.multiline(b"RETR 4")[1]), virus=r"Made\.Up")
                self.assertRegex(count.read_text(), r"^/.*/p3scan\.\w{6}\.dir\n$")
                self.check_works(virus=r"Made\.Up")

    def test_presets(self):
        """One word knows codes and expressions of F-PROT and F-Secure."""
        rows = (("fprot", "fpscan", "[Found virus] <EICAR_Test_File (exact)> $last", 1, (4, 16, 32)),
                ("fprot", "f-prot", "$last  Infection: EICAR_Test_File", 3, (1, 2, 5, 7)),
                ("fsecure", "fsav", "$last: Infected: EICAR_Test_File [AVP]", 3, (1, 7, 130)))
        for kind, name, line, code, errors in rows:
            with self.subTest(name):
                text = (f'for last; do :; done\ngrep -q EICAR-STANDARD "$last" && {{ echo "{line}"; exit {code}; }}\nexit 0\n')
                program = self.script(text, name)
                self.start({"scannertype": kind, "scanner": program})
                self.check_works(virus="EICAR_Test_File")
                for error in errors:
                    self.script(f"exit {error}\n", name)
                    self.check_refuses()

    def test_nothing_is_left_by_a_crash(self):
        """Unpacked parts are gone with the next start."""
        fifo = self.place / "fifo"
        os.mkfifo(fifo)
        fifo.chmod(0o666)
        script = self.script(f"read -r word < {fifo}\n")
        self.start({"scannertype": "basic", "scanner": script, "demime": None})
        self.pop3.send(b"RETR 4\r\n")
        told = os.open(fifo, os.O_WRONLY)            # succeeds when the script reads: the parts are there
        self.assertNotEqual(self.running.left_over(), [])
        for pid in self.running.processes():
            os.kill(pid, 9)
        os.close(told)
        self.running.process.wait()
        kept = [path for path in self.running.spool.rglob("*") if path.is_file()]
        self.assertNotEqual(kept, [])
        again = self.start_gateway({"scannertype": "basic", "scanner": self.script("exit 0\n"),
                                    "virusdir": self.running.spool})
        self.assertEqual([path for path in kept if path.exists()], [])
        again.close()


class Icap(Engines):
    def test_icap(self):
        for preview, host in ((1024, "127.0.0.1"), (0, "::1"), (None, "127.0.0.1"), (1 << 20, "127.0.0.1")):
            with self.subTest(preview):
                service = self.engine(IcapService(self.router, preview=preview, host=host))
                self.start({"scannertype": "icap", "scanner": service.target})
                for _ in range(3):
                    self.check_works()
                self.assertLessEqual(service.connections, 2 * (os.cpu_count() or 1))
                self.assertIn(DOTS, service.messages)
                http = b"HTTP/1.1 200 OK\r\n\r\n"
                for service.error in (b"ICAP/1.0 500 Server error\r\n\r\n", b"ICAP/1.0 404 No\r\n\r\n", b"nonsense\r\n\r\n",
                                      b"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=%d\r\n\r\n" % len(http) +
                                      http + b"2\r\nhi\r\n0\r\n\r\n"):
                    self.check_refuses()
                service.error = None
                self.check_works()
                service.close()

    def test_icap_unreachable(self):
        self.start({"scannertype": "icap", "scanner": "icap://127.0.0.1:1355/av"})
        self.check_refuses()

    @unittest.skipUnless(os.path.exists(CIcap.PROGRAM) and os.path.exists(f"{CIcap.MODULES}/virus_scan.so"),
                         "c-icap and libc-icap-mod-virus-scan are not installed")
    def test_c_icap_with_clamav(self):
        server = self.engine(CIcap(self.router, self.place / "c-icap", self.lab.clamd))
        self.start({"scannertype": "icap", "scanner": server.target})
        for _ in range(3):
            self.check_works(virus="Eicar")
        self.assert_notification(unstuff(self.pop3.multiline(b"RETR 4")[1]), virus="Eicar")
        large = mails.odd()["5 MB"]
        self.assertTrue(self.submit(self.smtp, large).startswith(b"250"))
        self.assert_same(self.sink.mails[-1], large)
        self.lab.clamd.kill()
        self.check_refuses()
        self.lab.clamd
        self.check_works(virus="Eicar")
        server.close()
        self.check_refuses()

    @unittest.skipUnless(os.path.exists(CIcap.PROGRAM), "c-icap is not installed")
    def test_c_icap_echo(self):
        """It says 204 or gives the mail back, as it likes: the second is no word for clean."""
        server = self.engine(CIcap(self.router, self.place / "c-icap", self.lab.clamd))
        self.start({"scannertype": "icap", "scanner": server.target.replace("/avscan", "/echo")})
        for _ in range(20):
            for number, mail in ((1, mails.PLAIN), (3, stuff(DOTS))):
                status, body = self.pop3.multiline(b"RETR %d" % number)
                if body is None:
                    self.assertRegex(status, rb"^-ERR \[SYS/TEMP\] ")
                    self.running.wait_log("icap: the service sent something else in the message's place")
                else:
                    self.assert_same(body, mail)
