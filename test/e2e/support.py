# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the tests share: one laboratory per run (network, Dovecot, Postfix, clamd) and the base of all test cases."""
import contextlib
import email
import email.policy
import errno
import hashlib
import os
import pathlib
import poplib
import re
import shutil
import smtplib
import tempfile
import unittest

import certificates
import netns
import wait
from clamd import Clamd
from dovecot import PASSWORD, Dovecot
from fakes import Pop3Server, SmtpSink, Wire
from gateway import Gateway
from postfix import DOMAIN, Postfix

poplib._MAXLINE = 1 << 22          # Python refuses what this product must carry

SENDER = "ann@sender.test"
SERVER_NAME = "mail.example.test"      # of Dovecot and Postfix, in their certificate
XHEADER = re.compile(rb"^X-P3Scan: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.M)


class Laboratory:
    """Servers are started when a test first asks for them and live until the end of the run."""

    def __init__(self):
        for old in pathlib.Path(tempfile.gettempdir()).glob("p3scan-e2e.*.*"):      # of a run that was killed
            if not os.path.exists(f"/proc/{old.name.split('.')[1]}"):
                shutil.rmtree(old, ignore_errors=True)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"p3scan-e2e.{os.getpid()}."))
        os.chmod(self.directory, 0o755)
        self._servers = {}
        self._gateways = 0
        self.network = None
        self.network = netns.Topology()

    @property
    def authority(self):
        """The root that the certificate of Dovecot and Postfix comes from."""
        if "authority" not in self._servers:
            self._servers["authority"] = certificates.Authority()
        return self._servers["authority"]

    @property
    def certificate(self):
        return self.authority.issue(SERVER_NAME, netns.SERVER4, netns.SERVER6)

    @property
    def dovecot(self):
        if "dovecot" not in self._servers:
            self._servers["dovecot"] = Dovecot(self.network.server, self.directory / "dovecot",
                                               (netns.SERVER4, netns.SERVER6), self.certificate)
        return self._servers["dovecot"]

    @property
    def postfix(self):
        if "postfix" not in self._servers:
            self._servers["postfix"] = Postfix(self.network.server, self.directory / "postfix", self.dovecot,
                                               (netns.SERVER4, netns.SERVER6), self.certificate)
        return self._servers["postfix"]

    @property
    def clamd(self):
        """Alive, even if a test killed the last one."""
        if "clamd" not in self._servers:
            self._servers["clamd"] = Clamd(self.network.router, self.directory / "clamd")
        elif self._servers["clamd"].process.poll() is not None:
            self._servers["clamd"].start()
        return self._servers["clamd"]

    def gateway_directory(self):
        self._gateways += 1
        return self.directory / f"gateway{self._gateways}"

    def close(self):
        if "postfix" in self._servers:
            self._servers["postfix"].close()
        if "authority" in self._servers:
            self._servers["authority"].close()
        if self.network:
            self.network.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class Verdicts:
    """A scanner for `scannertype = basic` that waits until the test tells it what it has found."""
    SCRIPT = """#!/bin/sh
read -r word < "$0.ask"
case $word in
  clean) exit 0 ;;
  infected) echo "$1: Eicar.Told FOUND"; exit 1 ;;
  *) exit 77 ;;
esac
"""

    def __init__(self, directory):
        self.program = directory / "told-scanner"
        self.fifo = directory / "told-scanner.ask"
        if not self.program.exists():
            self.program.write_text(self.SCRIPT)
            self.program.chmod(0o755)
            os.mkfifo(self.fifo)
            self.fifo.chmod(0o666)
        self.options = {"scannertype": "basic", "scanner": self.program, "virusregexp": ".*: (.*) FOUND"}

    def tell(self, word):
        """Waits until a scan waits, then ends it."""
        def opened():
            try:
                return os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                return None
        pipe = wait.until(opened, "a scan to begin")
        os.write(pipe, word.encode() + b"\n")
        os.close(pipe)

    def running(self, gateway):
        """Pids of the scans going on."""
        found = []
        for pid in gateway.processes():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
                if str(self.program).encode() in file.read():
                    found.append(pid)
        return found


_laboratory = None


def laboratory():
    global _laboratory
    if _laboratory is None:
        _laboratory = Laboratory()
    return _laboratory


def close_laboratory():
    global _laboratory
    if _laboratory is not None:
        _laboratory.close()
        _laboratory = None


class E2E(unittest.TestCase):
    """A test with the network at hand. `options` set: one gateway for all tests of the class, REDIRECT on."""
    options = None
    gateway = None

    @classmethod
    def setUpClass(cls):
        cls.lab = laboratory()
        cls.client = cls.lab.network.client
        cls.server = cls.lab.network.server
        cls.router = cls.lab.network.router
        cls.lab.network.redirect()
        if cls.options is not None:
            cls.gateway = Gateway(cls.router, cls.lab.gateway_directory(), cls.class_options())
            cls.addClassCleanup(cls.gateway.close)

    @classmethod
    def class_options(cls):
        return cls.options

    def start_gateway(self, options=None, **more):
        gateway = Gateway(self.router, self.lab.gateway_directory(), options, **more)
        self.addCleanup(gateway.close)
        return gateway

    def pop3_server(self, mails, **options):
        server = Pop3Server(self.server, mails, **options)
        self.addCleanup(self._close_fake, server)
        return server

    def smtp_sink(self, **options):
        server = SmtpSink(self.server, **options)
        self.addCleanup(self._close_fake, server)
        return server

    def _close_fake(self, server):
        server.close()
        self.assertEqual(server.errors, [])

    def wire(self, address=netns.FAKE4, port=110):
        wire = Wire(self.client, address, port)
        self.addCleanup(wire.close)
        return wire

    def pop3_login(self, address=netns.FAKE4, user="alice"):
        """A raw POP3 connection, greeted and logged in."""
        wire = self.wire(address, 110)
        self.assertTrue(wire.line().startswith(b"+OK"))
        self.assertTrue(wire.ask(b"USER " + user.encode()).startswith(b"+OK"))
        self.assertTrue(wire.ask(b"PASS " + PASSWORD.encode()).startswith(b"+OK"))
        return wire

    def smtp_hello(self, address=netns.FAKE4, port=25):
        """A raw SMTP connection after EHLO; what the server offered is in wire.extensions."""
        wire = self.wire(address, port)
        self.assertTrue(wire.reply().startswith(b"220"))
        reply = wire.command(b"EHLO client.test")
        self.assertTrue(reply.startswith(b"250"), reply)
        wire.extensions = [line[4:].strip() for line in reply.splitlines()]
        return wire

    def envelope(self, wire, recipients=(f"bob@{DOMAIN}",)):
        self.assertTrue(wire.command(b"MAIL FROM:<%s>" % SENDER.encode()).startswith(b"250"))
        return [wire.command(b"RCPT TO:<%s>" % recipient.encode()) for recipient in recipients]

    def submit(self, wire, mail, **envelope):
        """A whole transaction with DATA; the final reply."""
        from fakes import stuff
        self.envelope(wire, **envelope)
        reply = wire.command(b"DATA")
        if not reply.startswith(b"354"):
            return reply
        wire.send(stuff(mail) + b".\r\n")
        return wire.reply()

    def poplib(self, user, address=netns.SERVER4):
        with self.client:
            connection = poplib.POP3(address, timeout=30)
        self.addCleanup(connection.close)
        connection.user(user)
        connection.pass_(PASSWORD)
        return connection

    def smtplib(self, address=netns.SERVER4, port=25):
        with self.client:
            connection = smtplib.SMTP(address, port, local_hostname="client.test", timeout=30)
        self.addCleanup(connection.close)
        return connection

    def assert_same(self, got, sent, what=""):
        """Octet for octet, with a message that stays short for long mails."""
        if got == sent:
            return
        place = next((i for i, (a, b) in enumerate(zip(got, sent)) if a != b), min(len(got), len(sent)))
        self.fail(f"{what}: {len(got)} octets (sha256 {hashlib.sha256(got).hexdigest()[:12]}) instead of {len(sent)} "
                  f"({hashlib.sha256(sent).hexdigest()[:12]}); first difference at {place}: "
                  f"{got[max(0, place - 20):place + 40]!r} instead of {sent[max(0, place - 20):place + 40]!r}")

    def assert_notification(self, mail, virus=r"Eicar", subject="[Virus] found in a mail to you:"):
        """One well-formed mail that says what happened, with nothing of the original's body in it."""
        self.assertNotIn(b"EICAR-STANDARD", mail)
        self.assertTrue(mail.endswith(b"\r\n"), mail[-80:])
        self.assertEqual(re.sub(rb"\r\n", b"", mail).count(b"\n") + re.sub(rb"\r\n", b"", mail).count(b"\r"), 0)
        parsed = email.message_from_bytes(mail, policy=email.policy.default)
        self.assertEqual(parsed.defects, [])
        for name in ("Subject", "From", "To", "Date"):
            self.assertEqual(len(parsed.get_all(name, [])), 1, f"{name} in {mail!r}")
        self.assertIn(subject, parsed["Subject"])
        self.assertRegex(parsed["Subject"], virus)
        self.assertRegex(parsed.get_content(), virus)
        return parsed
