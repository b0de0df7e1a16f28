# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 8: scanner types; section 7: the pipeline."""
import mails
from cases import dropped, kept, proven_elsewhere, repaired
from gateway import check
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
        self.assertTrue(self.scan('cp "$1" "$0.seen"; exit 0')[0].startswith(b"+OK"))
        self.assert_same((self.place / "scanner.seen").read_bytes() if (self.place / "scanner.seen").exists() else
                         mails.PLAIN, mails.PLAIN)

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
                self.running.close()
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


proven_elsewhere("8.1.8", "basic: a scanner killed by a signal is an error", "kept", "test_policy.Scanners.test_basic_killed")
proven_elsewhere("8.1.9", "basic: without scanner all mail passes unscanned", "repaired", "test_policy.Scanners.test_basic_missing",
                 "the daemon does not start")
proven_elsewhere("8.2.1", "bash: 14 arguments in their order, (null) for what is not known, apostrophes replaced", "kept",
                 "test_engines.Programs.test_bash")
proven_elsewhere("8.3.1", "clamd: scanner = ip:port, default 127.0.0.1:3310", "kept", "test_policy.Scanners.test_clamd_addresses")
proven_elsewhere("8.3.2", "clamd: STREAM over a second connection; errors and short names are clean", "repaired",
                 "test_faults.ClamdFaults.test_killed_and_restarted",
                 "INSTREAM; only OK is clean; also unix sockets, names, IPv6 and pools")
proven_elsewhere("8.4.1", "avpd: <0>date:path to DIR/AvpCtl; 3 and 4 are viruses, all other codes clean", "repaired",
                 "test_engines.Daemons.test_avpd_marks", "only 0 is clean")
proven_elsewhere("8.5.1", "avpd_new: AvpCtl, else aveserver, in the directory", "kept", "test_engines.Daemons.test_avpd_new_version_4")
proven_elsewhere("8.5.2", "avpd_new: the aveserver protocol; a daemon that leaves makes it spin", "repaired",
                 "test_engines.Daemons.test_avpd_new_version_5", "that is an error")
proven_elsewhere("8.6.1", "trophie: 1:NAME, -1 or else clean", "repaired", "test_engines.Daemons.test_trophie", "only 0 is clean")
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
