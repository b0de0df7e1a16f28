# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 8: scanner types; section 7: the pipeline."""
import re
import socket
import subprocess
import threading

import mails
from cases import dropped, kept, proven_elsewhere, repaired
from engines import Avpctl
from gateway import PROGRAM, check
from support import E2E


class Programs(E2E):
    def setUp(self):
        self.place = self.lab.gateway_directory()
        self.place.mkdir()
        self.place.chmod(0o755)

    def scan(self, script, mail=mails.PLAIN, **options):
        program = self.place / "scanner"
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        self.running = self.start_gateway({"xheader": "no", "scannertype": "basic", "scanner": str(program), **options})
        self.pop3_server([mail])
        return self.pop3_login().multiline(b"RETR 1")

    @kept("8.1.1", "basic: the command gets the path of the mail as last argument")
    @kept("8.1.2", "basic: the file is the complete mail")
    @repaired("8.1.3", "basic: LF line ends, dots doubled, a lone dot at the end of the file", "the octets of the mail")
    def test_path(self):
        (self.place / "scanner.seen").touch()
        (self.place / "scanner.seen").chmod(0o666)
        self.assertTrue(self.scan('cat "$1" > "$0.seen"')[0].startswith(b"+OK"))
        self.assert_same((self.place / "scanner.seen").read_bytes(), mails.PLAIN)

    @kept("8.1.4", "basic: viruscode, then goodcode, then 0, decide; any other code is an error")
    def test_codes(self):
        for code, options, expected in ((1, {}, "Infected"), (3, {"viruscode": "3 4"}, "Infected"), (0, {}, "clean"),
                                        (9, {"goodcode": "9"}, "clean"), (1, {"viruscode": "3"}, "failed"), (9, {}, "failed")):
            with self.subTest(code=code, **options):
                status, body = self.scan(f"echo x: Some.Virus FOUND; exit {code}", virusregexp=".*: (.*) FOUND", **options)
                if expected == "failed":
                    self.assertTrue(status.startswith(b"-ERR"), status)
                elif expected == "clean":
                    self.assert_same(body, mails.PLAIN)
                else:
                    self.assertIn(b"Some.Virus", body)
                self.doCleanups()

    @kept("8.1.5", "basic: virusregexp is ungreedy, /N chooses the sub-pattern, several names are joined with &")
    def test_names(self):
        body = self.scan("echo a: One FOUND; echo b: Two FOUND; exit 1", virusregexp="(.*): (.*) FOUND/2")[1]
        self.assertIn(b"One & Two", body)

    @kept("8.1.6", "basic: without a name it is <no virusinfo could be examined>")
    def test_no_name(self):
        self.assertIn(b"<no virusinfo could be examined>", self.scan("exit 1")[1])

    @repaired("8.1.7", "basic: the command line is for the shell", "it is split into words, which may be quoted; a line that "
              "needs a shell is an error at the start, with the way to write it")
    def test_no_shell(self):
        self.assertTrue(self.scan('[ "$1" = "two words" ]', scanner=f'{self.place}/scanner "two words"')[0].startswith(b"+OK"))
        refused = check({"scannertype": "basic", "scanner": f"{self.place}/scanner ; touch {self.place}/owned"}, self.place,
                        self.router)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("without a shell", refused.stderr + refused.stdout)
        self.assertFalse((self.place / "owned").exists())

    @kept("8.1.10", "basic: of every line that matches, the name is taken, up to 1000 octets; a name alone decides nothing")
    def test_many_names(self):
        program = "for n in $(seq 100); do echo x: Virus.Number.$n.of.many FOUND; done; exit "
        body = self.scan(program + "1", virusregexp=".*: (.*) FOUND")[1]
        names = re.search(rb"(?m)^    (Virus.Number.1.of.many & .*)\r$", body)[1].decode()
        self.assertLessEqual(len(names), 1000)
        self.doCleanups()
        self.assertTrue(self.scan(program + "0", virusregexp=".*: (.*) FOUND")[0].startswith(b"+OK"))
        self.assertEqual(self.running.quarantine(), [])

    @kept("8.1.11", "basic: without virusregexp there is no name, whatever is printed")
    def test_without_regexp(self):
        self.assertIn(b"<no virusinfo could be examined>", self.scan("echo x: One FOUND; exit 1")[1])

    @repaired("8.1.12", "basic: the daemon's standard input is the scanner's", "it has none")
    @repaired("8.1.13", "basic: lines of output over 4094 octets are broken into several",
              "names are looked for in the first 4094")
    def test_input_and_long_lines(self):
        body = self.scan("cat; printf '%5000s: Far.Away FOUND\\n%4000s: Near.By FOUND' x x; exit 1",
                         virusregexp=".*: (.*) FOUND")[1]
        self.assertIn(b"    Near.By\r\n", body)

    @repaired("8.1.14", "a virusregexp with a mistake: no names, and a message", "an error at the start")
    @repaired("8.1.15", "viruscode: 1 to 256, of which 256 never fits; 16 codes make the start hang",
              "1 to 255, any number of them")
    @repaired("8.8.1", "sample, the pattern for scanners to be written, can't be chosen",
              "an unknown type is an error that names those "
              "that there are")
    def test_mistakes(self):
        scanner = {"scannertype": "basic", "scanner": "/bin/true"}
        for options, words in ((scanner | {"virusregexp": "(("}, "virusregexp"), (scanner | {"viruscode": "0"}, "viruscode"),
                               (scanner | {"viruscode": "256"}, "viruscode"), ({"scannertype": "sample"}, "clamd")):
            with self.subTest(**options):
                done = check(options, self.place, self.router)
                self.assertEqual(done.returncode, 1)
                self.assertIn(words, done.stdout + done.stderr)
        done = check(scanner | {"viruscode": " ".join(map(str, range(1, 41)))}, self.place, self.router)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @kept("8.1.16", "Scanner returned abnormal signal (<n>)")
    @kept("8.1.17", "Your scanner returned neither 0, a viruscode, nor a good viruscode, but <n>")
    def test_words_for_errors(self):
        self.assertTrue(self.scan("kill -9 $$")[0].startswith(b"-ERR"))
        self.running.wait_log(r"Scanner returned abnormal signal \(9\)")
        self.doCleanups()
        self.assertTrue(self.scan("exit 42")[0].startswith(b"-ERR"))
        self.running.wait_log("Your scanner returned neither 0, a viruscode, nor a good viruscode, but 42")

    @kept("8.2.2", "bash: what is not known is (null), an apostrophe is a blank")
    @repaired("8.2.3", "bash: (null) is what a notification shows, too", "there it is empty")
    @kept("8.2.4", "bash: VDINFO may have several lines")
    @kept("8.2.5", "bash: exit code 1 is a virus, its name in a line with FOUND")
    def test_bash(self):
        mail = mails.INFECTED.replace(b"To: Bob <bob@example.test>\r\n", b"").replace(b"Subject: hello", b"Subject: it's")
        body = self.scan('for word; do printf "%s\\n" "<$word>" >> "$0.words"; done; echo "$1: Made.Up FOUND"; exit 1', mail,
                         scannertype="bash", virusregexp=".*: (.*) FOUND", footer="/usr/bin/printf 'one\\ntwo'",
                         template=str(self.template()))[1]
        words = (self.place / "scanner.words").read_text()
        self.assertRegex(words, r"\A</.*>\n<Ann <ann@sender.test>>\n<\(null\)>\n<alice>\n<it s>\n")
        self.assertTrue(words.endswith("<one\ntwo>\n"), words)
        self.assertIn(b"[] [it's] [Made.Up]", body)

    def template(self):
        (self.place / "scanner.words").touch()
        (self.place / "scanner.words").chmod(0o666)
        path = self.place / "template"
        path.write_text("\n[%MAILTO%] [%SUBJECT%] [%VIRUSNAME%]\n")
        return path


class Descriptions(E2E):
    @kept("8.0.1", "Selected scannertype: basic, bash, clamd, trophie, avpd, avpd_new and their descriptions")
    @repaired("8.0.2", "Selected scannertype: clamav (Internal ClamAV) (3.0)", "libclamav; clamav means the same")
    @kept("8.0.3", "sophie (3.0)")
    def test_log(self):
        place = self.lab.gateway_directory()
        place.mkdir()
        rows = (("basic", "/bin/true", "basic (Basic file invocation scanner)"),
                ("bash", "/bin/true", "bash (Bash file invocation scanner)"),
                ("clamd", "127.0.0.1:3310", "clamd (ClamAV TCP Daemon)"),
                ("trophie", "/x", "trophie (Trophie antivirus daemon (for Trend Antivirus))"),
                ("avpd", "/x", "avpd (Kaspersky AVPDaemon)"), ("avpd_new", "/x", "avpd_new (Kaspersky Anti-Virus 5.x Daemon)"),
                ("ClamAV", None, "libclamav (Internal ClamAV)"), ("sophie", "/x", "sophie ("))
        for kind, scanner, expected in rows:
            with self.subTest(kind):
                file = place / "p3scan.conf"        # it says what is selected, then that there is no such user
                file.write_text(f"scannertype = {kind}\nuser = nobody-has-this-name\nport = 8115\n" +
                                (f"scanner = {scanner}\n" if scanner else ""))
                done = subprocess.run((PROGRAM, "-d", "-f", str(file)), capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f": Selected scannertype: {expected}", done.stderr)
                self.assertIn(": ERR: Unknown User 'nobody-has-this-name'", done.stderr)

    @kept("8.3.3", "clamd: without scanner it is at 127.0.0.1:3310")
    @kept("8.4.2", "avpd: without scanner its socket is in /var/run; trophie and sophie: /var/run/trophie, /var/run/sophie")
    def test_defaults(self):
        for kind, expected in (("clamd", "127.0.0.1:3310"), ("avpd", "/var/run/AvpCtl"), ("avpd_new", "/var/run/"),
                               ("trophie", "/var/run/trophie"), ("sophie", "/var/run/sophie")):
            with self.subTest(kind):
                gateway = self.start_gateway({"scannertype": kind})
                self.pop3_server([mails.PLAIN])
                self.assertTrue(self.pop3_login().ask(b"RETR 1").startswith(b"-ERR"))
                gateway.wait_log(rf"{kind}: .*{expected}", seconds=2)
                self.doCleanups()


class Daemons(E2E):
    def setUp(self):
        self.place = self.lab.gateway_directory()
        self.place.mkdir()
        self.place.chmod(0o755)

    @repaired("8.3.4", "clamd: a name of up to three characters, an answer that ends in CR or NUL, OK and all errors are clean",
              "only OK is clean, any name is a virus, an error is an error")
    @kept("8.3.5", "clamd: viruscode, goodcode and virusregexp mean nothing")
    def test_clamd(self):
        replies = (b"stream: OK\0", b"stream: ab FOUND\0", b"stream: broken ERROR\0", b"nonsense\0")
        with self.router:
            listener = socket.create_server(("127.0.0.1", 3399))
        self.addCleanup(listener.close)
        self.now = b""
        threading.Thread(target=self.clamd, args=(listener,), daemon=True).start()
        self.start_gateway({"scannertype": "clamd", "scanner": "127.0.0.1:3399", "xheader": "no", "viruscode": "3",
                            "goodcode": "1", "virusregexp": "nothing"})
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        for self.now in replies:
            with self.subTest(self.now):
                status, body = wire.multiline(b"RETR 1")
                if self.now.endswith(b"OK\0"):
                    self.assert_same(body, mails.PLAIN)
                elif b"FOUND" in self.now:
                    self.assertIn(b"    ab\r\n", body)
                else:
                    self.assertTrue(status.startswith(b"-ERR"), status)

    def clamd(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection, connection.makefile("rb") as stream:
            number = 0
            while command := b"".join(iter(lambda: stream.read(1).strip(b"\0"), b"")):
                if command == b"zVERSION":
                    connection.sendall(b"ClamAV 1.0\0")
                if command != b"zINSTREAM":
                    continue
                while size := int.from_bytes(stream.read(4), "big"):
                    stream.read(size)
                number += 1
                connection.sendall(b"%d: " % number + self.now)

    @repaired("8.4.3", "avpd: 2 (modified virus), 5 and 6 (disinfected, deleted), 7 and 8 are clean",
              "2 to 6 are viruses, 8 can't be "
              "looked into, all others but 0 are errors")
    def test_avpd(self):
        daemon = Avpctl(self.place)
        self.addCleanup(daemon.close)
        self.start_gateway({"scannertype": "avpd", "scanner": str(self.place), "xheader": "no"})
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        for daemon.error in range(16):
            with self.subTest(daemon.error):
                status, body = wire.multiline(b"RETR 1")
                if daemon.error in (2, 3, 4, 5, 6):
                    self.assertIn(b"<no virusinfo could be examined>", body)
                elif daemon.error == 0:
                    self.assert_same(body, mails.PLAIN)
                elif daemon.error == 8:
                    self.assertIn(b"X-P3Scan: Not scanned", body)
                else:
                    self.assertTrue(status.startswith(b"-ERR"), status)


proven_elsewhere("8.1.8", "basic: a scanner killed by a signal is an error", "kept", "test_policy.Scanners.test_basic_killed")
proven_elsewhere("8.1.9", "basic: without scanner all mail passes unscanned", "repaired",
                 "test_policy.Scanners.test_basic_missing",
                 "the daemon does not start")
proven_elsewhere("8.2.1", "bash: 14 arguments in their order, (null) for what is not known, apostrophes replaced", "kept",
                 "test_engines.Programs.test_bash")
proven_elsewhere("8.3.1", "clamd: scanner = ip:port, default 127.0.0.1:3310", "kept",
                 "test_policy.Scanners.test_clamd_addresses")
proven_elsewhere("8.3.2", "clamd: STREAM over a second connection; errors and short names are clean", "repaired",
                 "test_faults.ClamdFaults.test_killed_and_restarted",
                 "INSTREAM; only OK is clean; also unix sockets, names, IPv6 and pools")
proven_elsewhere("8.4.1", "avpd: <0>date:path to DIR/AvpCtl; 3 and 4 are viruses, all other codes clean", "repaired",
                 "test_engines.Daemons.test_avpd_marks", "only 0 is clean")
proven_elsewhere("8.5.1", "avpd_new: AvpCtl, else aveserver, in the directory", "kept",
                 "test_engines.Daemons.test_avpd_new_version_4")
proven_elsewhere("8.5.2", "avpd_new: the aveserver protocol; a daemon that leaves makes it spin", "repaired",
                 "test_engines.Daemons.test_avpd_new_version_5", "that is an error")
proven_elsewhere("8.6.1", "trophie: 1:NAME, -1 or else clean", "repaired", "test_engines.Daemons.test_trophie",
                 "only 0 is clean")
proven_elsewhere("8.7.1", "clamav: libclamav inside the program, its limits silent", "repaired",
                 "test_policy.Policy.test_encrypted_is_marked_by_default",
                 "in processes of their own; what it cannot look into is told, see onunscannable")
proven_elsewhere("8.7.2", "sophie, as trophie", "kept", "test_engines.Daemons.test_sophie")
proven_elsewhere("8.9.1", "demime: daemons are asked about each unpacked part", "kept",
                 "test_engines.Daemons.test_daemon_gets_each_part")
proven_elsewhere("8.9.2", "demime: programs get the directory of the parts once", "kept",
                 "test_engines.Programs.test_program_gets_the_directory_once")
dropped("8.9.3", "several codes and messages of scanners fall through as not a virus",
        "what is not explicitly clean is unscannable or failed")
proven_elsewhere("8.0.4", "the engine is told a path below virusdir", "kept", "test_engines.Daemons.test_sophie")
proven_elsewhere("8.2.6", "bash: a script may edit the copy of the template beside the mail", "kept",
                 "test_engines.Programs.test_altvnmsg")
dropped("8.3.6", "clamd: the text of a port shares its place with other numbers of the session", "each has its own")
proven_elsewhere("8.4.4", "avpd: numbers of 4 or of 8 octets, the path in front of the name", "repaired",
                 "test_engines.Daemons.test_avpd",
                 "both are understood; before, the width that the program was built with")
proven_elsewhere("8.5.3", "avpd_new: no daemon there: all mail passes unscanned", "repaired",
                 "test_engines.Daemons.test_avpd_new_version_4", "a temporary error for each mail until there is one")
proven_elsewhere("8.6.2", "trophie: it can't be reached: the daemon stops", "repaired", "test_engines.Daemons.test_trophie",
                 "a temporary error for each mail until it is there")
proven_elsewhere("8.7.3", "clamav: a new database is taken up (3.0)", "kept",
                 "test_policy.Scanners.test_database_from_disk_and_hot_reload")
proven_elsewhere("8.9.4", "an exit code that is not known: in the documents the mail is delivered with a warning, in "
                 "truth the daemon "
                 "stops", "repaired", "test_policy.Policy.test_failure_deliver",
                 "a temporary error; onfailure = deliver is as documented")
