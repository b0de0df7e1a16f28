#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The Debian package: installed, upgraded and removed in an overlay of this system, between a real client and server.

    run.py PACKAGE.deb [PATTERN]...     needs root
"""
import os
import pathlib
import re
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import mails                                            # noqa: E402: the path above
import old_installation                                 # noqa: E402
import run as e2e                                       # noqa: E402
from booted import BootedMachine                        # noqa: E402
from support import close_laboratory                    # noqa: E402
from test_upgrade import SCRIPT, CmakeInstall, Installed  # noqa: E402
import wait                                             # noqa: E402

PACKAGE = None
CONFFILES = ("/etc/p3scan/p3scan.conf", "/etc/default/p3scan", "/etc/init.d/p3scan", "/etc/logrotate.d/p3scan",
             "/etc/apparmor.d/usr.sbin.p3scan")
MOST_EXPOSED = 3.0          # of systemd-analyze security


class Package(Installed):
    def setUp(self):
        super().setUp()
        self.machine.path("/usr/sbin/policy-rc.d").unlink(missing_ok=True)      # which may forbid to start services
        self.machine.write("/usr/sbin/runlevel", "#!/bin/sh\necho N 2\n", mode=0o755)     # no init runs in there
        self.machine.write("/tmp/p3scan.deb", PACKAGE.read_bytes())

    def dpkg(self, *words):
        return self.machine.run("dpkg", *words, DEBIAN_FRONTEND="noninteractive").stdout

    def install(self):
        return self.dpkg("--force-confold", "--install", "/tmp/p3scan.deb")

    def traces(self):
        """Everything with our name, but the user, documentation of dpkg itself aside."""
        found = self.machine.run("find", "/etc", "/usr", "/lib", "/var/spool", "/var/lib/dpkg/info", "/run", "-xdev",
                                 "-name", "*p3scan*").stdout.split()
        return sorted(found)


class Fresh(Package):
    def test_life(self):
        before = self.traces()
        self.install()
        self.machine.wait_serving()
        self.owners()
        self.assertEqual(self.router.sh("nft", "list", "table", "inet", "p3scan", check=False), "")
        self.redirect()
        self.mail_flows()
        (kept,) = self.quarantine()
        self.assertEqual(self.machine.owner(kept), ("p3scan", "0600"))
        self.assertEqual(self.dpkg("--verify", "p3scan"), "")
        self.removed(kept)
        self.assertEqual(self.traces(), sorted(before + ["/var/spool/p3scan", "/" + kept]))

    def owners(self):
        for path, expected in (("/etc/p3scan", ("root", "0750")), ("/etc/p3scan/p3scan.conf", ("root", "0640")),
                               ("/etc/p3scan/ca", ("root", "0700")),
                               ("/var/spool/p3scan", ("p3scan", "0700")),
                               ("/var/spool/p3scan/children", ("p3scan", "0700")),
                               ("/var/spool/p3scan/notify", ("p3scan", "0700")), ("/run/p3scan", ("p3scan", "0755")),
                               ("/usr/sbin/p3scan", ("root", "0755"))):
            self.assertEqual(self.machine.owner(path), expected, path)
        status = pathlib.Path(f"/proc/{self.machine.daemon()}/status").read_text()
        uid = self.machine.run("id", "-u", "p3scan").stdout.strip()
        self.assertIn(f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}", status)

    def removed(self, kept):
        """remove keeps what the administrator may have changed, purge everything but mails."""
        pid = self.machine.daemon()
        self.machine.run("/usr/sbin/p3scan", "rules", "nft", "--remove")
        self.dpkg("--remove", "p3scan")
        self.machine.wait_gone(pid)
        for path in CONFFILES + ("/" + kept,):
            self.assertTrue(self.machine.path(path).exists(), path)
        self.assertIn("was kept", self.dpkg("--purge", "p3scan"))
        self.assertTrue(self.machine.path(kept).exists())

    def redirect(self):
        """The test itself removes the rules, while there is a program that can."""
        self.machine.run("/usr/sbin/p3scan", "rules", "nft", "r0", "--apply")
        self.addCleanup(self.lab.network.direct)

    def test_purge_without_quarantine_leaves_nothing(self):
        before = self.traces()
        self.install()
        self.machine.wait_serving()
        self.dpkg("--purge", "p3scan")
        self.assertEqual(self.traces(), before)
        self.assertFalse(self.machine.path("/etc/p3scan").exists())

    def test_installed_again(self):
        """As an upgrade does: the changes of the administrator stay, and the new program runs."""
        self.install()
        first = self.machine.wait_serving()
        conf = self.machine.path("/etc/p3scan/p3scan.conf")
        conf.write_text(conf.read_text() + "smtprset = words of this house\n")
        self.install()
        self.assertNotEqual(self.machine.wait_serving(), first)
        self.assertIn("words of this house", conf.read_text())
        self.assertEqual(self.machine.owner("/etc/p3scan/p3scan.conf"), ("root", "0640"))


class Upgrade(Package):
    check_upgraded = CmakeInstall.check_upgraded

    def test_over_2_3_2(self):
        old_installation.lay(self.machine)
        before = self.quarantine()
        self.install()
        pid = self.machine.wait_serving()
        self.assertIn("\nUid:\t8\t8\t8\t8\n", pathlib.Path(f"/proc/{pid}/status").read_text())
        self.redirect()
        self.check_upgraded(before)
        self.machine.run(SCRIPT, "stop")


class Files(Package):
    """What other programs think of the files that are for them."""

    def setUp(self):
        super().setUp()
        self.install()

    def test_apparmor(self):
        profile = "/etc/apparmor.d/usr.sbin.p3scan"
        self.machine.run("apparmor_parser", "--skip-kernel-load", "--skip-cache", profile)
        good = self.machine.path(profile).read_text()
        self.machine.path(profile).write_text(good.replace("capability setuid", "capability nonsense"))
        self.assertNotEqual(self.machine.run("apparmor_parser", "-Q", "-K", profile, check=False).returncode, 0)

    def test_logrotate(self):
        self.machine.write("/var/log/p3scan.log", "words\n" * 100)
        self.machine.run("logrotate", "--force", "/etc/logrotate.d/p3scan")
        self.assertTrue(self.machine.path("/var/log/p3scan.log.1").exists())

    def test_units(self):
        for unit in ("p3scan.service", "p3scan-rules@eth1.service"):
            said = self.machine.run("systemd-analyze", "--man=no", "verify", unit, check=False).stdout
            self.assertNotIn("p3scan", said)
        for unit in ("p3scan.service", "p3scan-rules@.service"):
            said = self.machine.run("systemd-analyze", "security", "--offline=true", "--no-pager",
                                    f"/lib/systemd/system/{unit}").stdout
            self.assertLess(float(re.search(r"Overall exposure level for .*: ([\d.]+)", said)[1]), MOST_EXPOSED)

    def test_tmpfiles(self):
        owners = self.machine.owner("/var/spool/p3scan")
        self.machine.run(SCRIPT, "stop")
        self.machine.run("rm", "-r", "/run/p3scan")
        self.machine.run("systemd-tmpfiles", "--create", "p3scan.conf")
        self.assertEqual(self.machine.owner("/run/p3scan"), ("root", "0755"))
        self.assertEqual(self.machine.owner("/var/spool/p3scan"), owners)
        self.machine.run(SCRIPT, "start")
        self.machine.wait_serving()
        self.assertEqual(self.machine.owner("/run/p3scan"), ("p3scan", "0755"))

    def test_manual_pages(self):
        for page in ("p3scan.8", "p3scan_readme.8", "p3scan.conf.5"):
            text = self.machine.run("man", page).stdout
            self.assertGreater(len(text.splitlines()), 100, page)


class Systemd(Package):
    """The units, locked up as they are, on a host where systemd runs."""

    def make_machine(self):
        return BootedMachine(self.router, self.lab.gateway_directory())

    def setUp(self):
        super().setUp()
        self.machine.write("/opt/p3scan.deb", PACKAGE.read_bytes())
        self.dpkg("--install", "/opt/p3scan.deb")
        self.conf = self.machine.path("/etc/p3scan/p3scan.conf")

    def redirect(self):
        self.machine.systemctl("enable", "--now", "p3scan-rules@r0")

    def active(self, unit="p3scan"):
        return self.machine.systemctl("is-active", unit, check=False).strip()

    def reconfigure(self, text):
        self.conf.write_text(self.conf.read_text() + text)
        self.machine.systemctl("restart", "p3scan")

    def test_life(self):
        self.assertEqual(self.active(), "active")
        self.assertEqual(self.machine.systemctl("is-enabled", "p3scan").strip(), "enabled")
        self.redirect()
        self.mail_flows()
        (kept,) = self.quarantine()
        self.assertEqual(self.machine.owner(kept), ("p3scan", "0600"))
        self.conf.write_text(self.conf.read_text() + "smtprset = words of this house\n")
        pid = self.machine.daemon()
        self.machine.systemctl("reload", "p3scan")
        wait.until(lambda: b"words of this house" in self.sent(mails.INFECTED)[0][0], "the new configuration")
        self.assertEqual(self.machine.daemon(), pid)
        # Down, with the rules there: nothing passes. Without them: mail passes, and nobody looks at it.
        self.machine.systemctl("stop", "p3scan")
        self.pop3_server([mails.INFECTED])
        with self.assertRaises(ConnectionRefusedError):
            self.pop3_login()
        self.machine.systemctl("stop", "p3scan-rules@r0")
        self.assertIn(b"EICAR-STANDARD", self.pop3_login().multiline(b"RETR 1")[1])
        self.assertFalse(self.machine.path("/run/p3scan").exists())

    def test_tproxy(self):
        self.reconfigure("tproxy\n")
        self.redirect()
        self.assertIn("tproxy", self.router.sh("nft", "list", "table", "inet", "p3scan"))
        self.mail_flows()

    def test_low_port_and_programs(self):
        self.machine.write("/usr/local/bin/oldscan", old_installation.SCANNER, mode=0o755)
        self.reconfigure("port = 111\nscannertype = basic\nscanner = /usr/local/bin/oldscan\n"
                         "virusregexp = .*: (.*) FOUND\n")
        self.redirect()
        self.mail_flows()

    def test_upgrade_over_2_3_2(self):
        self.dpkg("--purge", "p3scan")
        old_installation.lay(self.machine)
        before = self.quarantine()
        self.dpkg("--force-confold", "--install", "/opt/p3scan.deb")
        self.redirect()
        CmakeInstall.check_upgraded(self, before)


def main(arguments):
    global PACKAGE
    if os.geteuid() != 0 or not arguments:
        sys.exit(__doc__.strip())
    PACKAGE = pathlib.Path(arguments[0])
    found = e2e.tests(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    ours = [test for test in found if type(test).__module__ == "__main__"]
    chosen = [test for test in ours if not arguments[1:] or any(word in test.id() for word in arguments[1:])]
    started = time.monotonic()
    result = e2e.Progress(started)
    try:
        unittest.TestSuite(chosen).run(result)
    finally:
        close_laboratory()
    failed = len(result.failures) + len(result.errors)
    print(f"package: took {time.monotonic() - started:.0f} s")
    print(f"{result.passed} passed, {failed} failed")
    return 1 if failed or not result.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
