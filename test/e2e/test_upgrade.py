# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""cmake --install: on a fresh host, and over an installation of 2.3.2 that had crashed; the init script; mail flows."""
import os
import pathlib
import subprocess

import gateway as product
import mails
import netns
import old_installation
import wait
from machine import PIDFILE, Machine
from support import E2E, XHEADER

BUILD = pathlib.Path(os.environ.get("P3SCAN_BUILD", product.PROGRAM.parent))
SCRIPT = "/etc/init.d/p3scan"


class Installed(E2E):
    """A host of its own that is the router, with the rules that the installed program sets."""

    def setUp(self):
        self.lab.network.direct()
        self.addCleanup(self.lab.network.redirect)      # which takes away what a failed test left
        self.machine = self.make_machine()
        self.addCleanup(self.machine.close)

    def make_machine(self):
        return Machine(self.router, self.lab.gateway_directory())

    def redirect(self):
        self.machine.run("/usr/sbin/p3scan", "rules", "nft", "r0", "--apply")
        self.addCleanup(self.machine.run, "/usr/sbin/p3scan", "rules", "nft", "--remove")

    def fetched(self, mail):
        """The mail as a client gets it."""
        server = self.pop3_server([mail])
        wire = self.pop3_login()
        body = wire.multiline(b"RETR 1")[1]
        wire.ask(b"QUIT")
        wire.rest()
        server.close()
        return body

    def sent(self, *sent):
        """The final replies to mails sent in one session, and what the server got."""
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        replies = [self.submit(wire, mail) for mail in sent]
        wire.command(b"QUIT")
        wire.rest()
        sink.close()
        return replies, sink.mails

    def mail_flows(self):
        """Clean mail passes both ways, infected mail does not; the notification's text."""
        self.assert_same(XHEADER.sub(b"", self.fetched(mails.PLAIN)), mails.PLAIN)
        notification = self.fetched(mails.INFECTED)
        replies, got = self.sent(mails.INFECTED, mails.PLAIN)
        self.assertTrue(replies[0].startswith(b"554 Virus detected! P3scan rejected message!"), replies)
        self.assertTrue(replies[1].startswith(b"250"), replies)
        self.assertEqual([XHEADER.sub(b"", mail) for mail in got], [mails.PLAIN])
        return self.assert_notification(notification, subject="[Virus] found in a mail to you: Eicar")

    def quarantine(self):
        return {str(path.relative_to(self.machine.root)) for path in
                self.machine.path("/var/spool/p3scan").glob("p3scan.??????")}


class CmakeInstall(Installed):
    def install(self):
        done = subprocess.run(("cmake", "--install", BUILD, "--prefix", "/usr"), capture_output=True, text=True,
                              env=os.environ | {"DESTDIR": str(self.machine.root)})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_fresh(self):
        self.install()
        for path in ("/usr/sbin/p3scan", "/usr/share/man/man8/p3scan.8", "/usr/share/man/man8/p3scan_readme.8",
                     "/usr/share/man/man5/p3scan.conf.5", "/usr/share/doc/p3scan/html/p3scan.8.html",
                     "/usr/share/doc/p3scan/html/p3scan.conf.5.html", "/usr/share/doc/p3scan/html/p3scan_readme.8.html",
                     "/usr/share/doc/p3scan/README.md", "/usr/share/p3scan/templates/p3scan-de.mail",
                     "/usr/lib/systemd/system/p3scan.service", "/usr/lib/systemd/system/p3scan-rules@.service",
                     "/usr/lib/tmpfiles.d/p3scan.conf", SCRIPT, "/etc/default/p3scan", "/etc/logrotate.d/p3scan",
                     "/etc/apparmor.d/usr.sbin.p3scan", "/etc/p3scan/p3scan.conf", "/etc/p3scan/p3scan.conf.sample"):
            self.assertGreater(self.machine.path(path).stat().st_size, 0, path)
        # Its own path and PIDFILE have nothing to do with where it was built.
        self.assertNotIn("usr/local/sbin", self.machine.path(SCRIPT).read_text())
        self.machine.run(SCRIPT, "start")
        self.machine.wait_serving()
        self.redirect()
        self.mail_flows()
        self.assertEqual(self.machine.owner("/var/spool/p3scan"), ("mail", "0700"))
        self.assertEqual(self.machine.owner("/var/spool/p3scan/children"), ("mail", "0700"))
        self.assertEqual(len(self.quarantine()), 1)

    def test_over_2_3_2(self):
        old_installation.lay(self.machine)
        before = self.quarantine()
        self.install()
        self.machine.run(SCRIPT, "start")
        self.machine.wait_serving()
        self.redirect()
        self.check_upgraded(before)

    def check_upgraded(self, before):
        """The old configuration, scanner and words are in use, nothing kept is lost, and litter is of no consequence."""
        notification = self.mail_flows()
        self.assertIn("wrote these words in 2005", notification.get_content())
        self.assertNotIn("\n.\n", notification.get_content())
        self.assertIn("Eicar-Test-Signature", notification.get_content())
        conf = "/etc/p3scan/p3scan.conf"
        self.assertEqual(self.machine.path(conf).read_text(), old_installation.CONFIGURATION)
        self.assertEqual(self.machine.owner(conf), ("root", "0600"))
        self.assertEqual(self.machine.owner("/etc/p3scan"), ("mail", "0700"))
        self.assertEqual(os.readlink(self.machine.path("/etc/p3scan/p3scan.mail")), "p3scan-en.mail")
        self.assertEqual(len(before), len(old_installation.OLD_QUARANTINE))
        self.assertEqual(len(self.quarantine() - before), 1)
        self.assertLessEqual(before, self.quarantine())
        for path in old_installation.OLD_QUARANTINE:
            self.assertEqual(self.machine.owner(path), ("mail", "0600"))
            self.assertIn(b"EICAR", self.machine.path(path).read_bytes())
        for path in old_installation.LEFT_BEHIND:
            self.assertFalse(self.machine.path(path).exists(), path)
        self.assertNotEqual(self.machine.path(PIDFILE).read_text(), "99999\n")


class InitScript(Installed):
    """What LSB says of an init script."""

    def setUp(self):
        super().setUp()
        CmakeInstall.install(self)
        self.machine.path("/etc/p3scan/p3scan.conf").write_text(
            "scannertype = basic\nscanner = /usr/local/bin/oldscan\nsmtprset = old words\n")
        self.machine.write("/usr/local/bin/oldscan", old_installation.SCANNER, mode=0o755)

    def script(self, word, status=0):
        done = self.machine.run(SCRIPT, word, check=False)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def refusal(self):
        wire = self.smtp_hello()
        reply = self.submit(wire, mails.INFECTED)
        wire.close()
        return reply

    def test_life(self):
        self.script("status", 3)
        self.script("stop")
        self.script("reload", 7)
        self.script("try-restart")
        self.assertIsNone(self.machine.daemon())
        self.script("start")
        pid = self.machine.wait_serving()
        self.assertIn(str(pid), self.script("status"))
        self.assertIn("already", self.script("start"))
        self.assertEqual(self.machine.daemon(), pid)
        self.script("restart")
        self.assertNotEqual(self.machine.wait_serving(), pid)
        self.machine.wait_gone(pid)
        self.script("stop")
        self.assertFalse(self.machine.path(PIDFILE).exists())
        self.script("status", 3)

    def test_reload(self):
        self.script("start")
        pid = self.machine.wait_serving()
        self.redirect()
        self.smtp_sink()
        self.assertIn(b"old words", self.refusal())
        conf = self.machine.path("/etc/p3scan/p3scan.conf")
        conf.write_text(conf.read_text().replace("old words", "new words"))
        self.script("reload")
        wait.until(lambda: b"new words" in self.refusal(), "the new configuration")
        self.assertEqual(self.machine.daemon(), pid)

    def test_restart_with_a_mistake_stops_nothing(self):
        self.script("start")
        pid = self.machine.wait_serving()
        self.machine.path("/etc/p3scan/p3scan.conf").write_text("nonsense = 1\n")
        self.assertIn("nonsense", self.script("restart", 1))
        self.assertEqual(self.machine.daemon(), pid)

    def test_somebody_elses_number(self):
        """A pid file that a crash left behind names a process that is no p3scan: it is not signalled."""
        other = self.router.start("sleep", "600")
        self.addCleanup(netns.stop, other)
        self.machine.write(PIDFILE, f"{other.pid}\n")
        self.assertIn("exists", self.script("status", 1))
        self.script("stop")
        self.assertIsNone(other.poll())
        self.script("start")
        self.machine.wait_serving()
        self.assertIsNone(other.poll())

    def test_options_of_the_host(self):
        self.machine.path("/etc/default/p3scan").write_text('P3SCAN_OPTIONS="--port=8111 -q"\n')
        self.script("start")
        self.machine.wait_serving(8111)

    def test_wrong_word(self):
        self.assertIn("Usage", self.script("frobnicate", 3))
