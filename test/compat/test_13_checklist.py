# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 13: what a drop-in has to do."""
import subprocess

from cases import dropped, kept, proven_elsewhere, repaired
from gateway import PROGRAM
from support import E2E


class CommandLine(E2E):
    @kept("13.3.1", "-v: an empty line, P3Scan and the version, two lines of copyright, an empty line; status 0")
    def test_version(self):
        done = subprocess.run((PROGRAM, "-v"), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\A\nP3Scan 4\.\d+\.\d+\n.+\n.+\n\n\Z")

    @kept("13.3.2", "an unknown option: status 1, two lines that begin Commandline options/configfile are not ok on stdout, "
          "[cmdlineparm] on stderr")
    def test_unknown_option(self):
        done = subprocess.run((PROGRAM, "--no-such-thing"), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.startswith("Commandline options/configfile are not ok"), done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn("\t[cmdlineparm] ", done.stderr)

    @kept("13.1.1", "long options may be abbreviated, written with = or without")
    @repaired("13.1.2", "at most 48 lines of a file count, a long line or a blank one ends it, the last line needs a line end",
              "files of any size; a licence block /* */ at the top is skipped")
    def test_file(self):
        file = self.lab.directory / "long.conf"
        text = "/*\n * a licence\n */\n \t \n" + "\n".join(f"useurlallow = 198.51.100.{n}" for n in range(60))
        file.write_text(text + "\ntimeo = 7\nsubject = " + "x" * 800 + "\nmaxchilds=77")
        done = subprocess.run((PROGRAM, "--settings", "-f", str(file)), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"timeout\W+7\b")
        self.assertRegex(done.stdout, r"maxchilds\W+77\b")
        self.assertIn("198.51.100.59", done.stdout)


proven_elsewhere("13.2.1", "the same paths: configuration, template, pid file, quarantine", "kept",
                 "test_upgrade.CmakeInstall.test_over_2_3_2")
proven_elsewhere("13.5.1", "the protocol by the destination port", "kept", "test_intercept.Ports.test_several_smtp_ports")
proven_elsewhere("13.5.2", "POP3S: plain text from the client, TLS to the server", "repaired",
                 "test_pop3s.LegacyPop3s.test_mail_is_scanned", "the server's certificate is verified, see tlsbad")
proven_elsewhere("13.5.3", "CAPA without STLS and PIPELINING", "repaired", "test_pop3.Conversation.test_capabilities",
                 "pipelining works and stays; only what breaks scanning is hidden")
dropped("13.5.4", "+OK P3Scan'ing... in place of the server's own reply to RETR",
        "mail programs read the size in the server's reply; it is held until the verdict and then sent as it is")
dropped("13.6.1", "user data in shell command lines, errors of filters mixed into the mail, characters one at a time as "
        "keep-alive", "security and correctness")
