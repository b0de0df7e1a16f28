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

    @kept("13.1.3", "every option of 2.3.2, and every one of 3.0, in a file")
    def test_every_option(self):
        of_2_3_2 = """/* licence
 * of the program
 */
renattach = /bin/cat
altvnmsg
bytesfree = 10
broken
viruscode = 1, 2
checksize = 5
debug
extra = root@localhost
emailport = 25
footer = /bin/echo x
virusregexp = .*: (.*) FOUND/1
goodcode 3
ip = 0.0.0.0
targetip = 0.0.0.0
justdelete
enabletop
checkspam
emergcon root@localhost postmaster@localhost
pidfile = /var/run/p3scan/p3scan.pid
sslport = pop3s
maxchilds = 10
ispspam = X-Spam
notifydir = /var/spool/p3scan/notify
notify = gone
overwrite = /bin/cat
timeout = 30
port=8110
targetport = 8110
quiet
virusdir = /var/spool/p3scan
smtprset = no
scanner = /bin/true
subject = [Virus]
template = /etc/p3scan/p3scan.mail
scannertype = BASIC
user = mail
demime
xmail = /bin/true
spamcheck = /bin/cat"""
        of_3_0 = """altvnmsg
authuser
blackshort
blacksubj = [Black]
broken
checkspam = /bin/cat
cleankill
debug
debug-imap
debug-memory
debug-message
debug-scanning
debug-smtp
delete
delnotify = gone
demime
emergcon = root@localhost
extra = root@localhost
extrapgm = /bin/true
footer = /bin/echo x
freespace = 10
goodcode = 3
imapport = 143
ip = 0.0.0.0
ispspam = X-Spam
logopt = 3
logfac = 24
maxchilds = 10
noeom
nospampipe
notifydir = /var/spool/p3scan/notify
parsehtml = /bin/cat
pidfile = /var/run/p3scan/p3scan.pid
port = 8110
quiet
renattach = /bin/cat
scannertype = clamav
skipsize = 5
smtpport = 25
smtpsize = 5
smtprset = no
sslport = 995
subject = [Virus]
targetport = 8110
timeout = 30
useurl
user = mail
userlist = /etc/p3scan/lists
virusdir = /var/spool/p3scan"""
        for text in (of_2_3_2, of_3_0, "useurl\ntargetport = 1",
                     "viruscode = 1\nvirusregexp = (.*) FOUND\nscanner = /bin/true"):
            with self.subTest(text[:40]):
                file = self.lab.directory / "every.conf"
                file.write_text(text)
                done = subprocess.run((PROGRAM, "--settings", "-f", str(file)), capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                told = subprocess.run((PROGRAM, "--dump-compat"), capture_output=True, text=True, check=True).stdout
                for line in text.splitlines()[3 if text is of_2_3_2 else 0:]:
                    key = line.replace("=", " ").split()[0]
                    self.assertIn(f"{key}\t", told)

    @kept("13.3.5", "-h: version and use, status 0; help, version and configfile are not for the file")
    def test_help(self):
        done = subprocess.run((PROGRAM, "-h"), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("P3Scan 4.", done.stdout)
        for option in ("help", "version", "configfile = x"):
            file = self.lab.directory / "not-here.conf"
            file.write_text(option + "\n")
            done = subprocess.run((PROGRAM, "--settings", "-f", str(file)), capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"'{option.split()[0]}' is not allowed in configfile!", done.stderr)


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
proven_elsewhere("13.2.2", "the pid file: the number and a line end", "kept", "test_daemon.Background.test_life")
proven_elsewhere("13.2.3", "-l and a file that is there: no start", "repaired", "test_daemon.Background.test_life",
                 "a file that a crash left behind keeps nothing from starting, a running p3scan does")
dropped("13.6.2", "the abort file; 354 before the server has agreed; mail that passes when it could not be scanned",
        "availability, correctness and security; see 4.5.3, 5.1.3, 8.9.3 and 10.4.1")
