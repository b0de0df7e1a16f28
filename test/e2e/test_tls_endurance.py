# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Interception under strain: clients that reject our certificates, few descriptors, a signer that dies or hangs, and where
the key is."""
import os
import pathlib
import re
import signal
import ssl
import subprocess
import threading

import mails
import netns
import wait
from bad_servers import NAME
from fakes_tls import TLS_PORTS, TlsWire, trusting
from interception import Intercepting, descriptors
from test_tls_attacks import REFUSED

# All 10 000 of them take a minute or two.
CLIENTS = int(os.environ.get("P3SCAN_REJECTING_CLIENTS", "300"))


class RejectingClients(Intercepting):
    THREADS = 8

    def test_leave_nothing_behind(self):
        gateway = self.intercept({"maxperclient": 1000, "maxchilds": 2000})
        self.check_works(gateway)
        before = descriptors(gateway)
        server = self.serve_tls("POP3")
        stranger = trusting(self.bad.stranger.root)
        problems = []

        def come_and_go():
            for _ in range(CLIENTS // self.THREADS):
                try:
                    wire = TlsWire(self.client, netns.FAKE4, TLS_PORTS["POP3"])
                    try:
                        wire.start_tls(stranger, NAME)
                        problems.append("it was believed")
                    except ssl.SSLCertVerificationError:
                        pass
                    finally:
                        wire.close()
                except (OSError, AssertionError) as error:
                    problems.append(error)
        threads = [threading.Thread(target=come_and_go) for _ in range(self.THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(problems[:3], [])
        server.close()
        wait.until(lambda: descriptors(gateway) <= before + 2, f"no more than {before} descriptors")
        gateway.wait_log("tlsbypass")
        self.assertLessEqual(len(gateway.lines("TLS: .*rejects")), CLIENTS, "one line each")
        self.check_works(gateway)

    def test_learned(self):
        """With tlslearn the pair of client and server is passed after three times: the client then sees the true server."""
        gateway = self.intercept({"tlslearn": "yes"})
        pinned = trusting(self.bad.roots)
        with self.serve_tls("POP3"):
            for _ in range(3):
                with self.assertRaises(ssl.SSLCertVerificationError):
                    self.secure("POP3", False, pinned)
            wait.until(lambda: self.sees_server(pinned), "the server itself")
        gateway.wait_log(NAME)

    def sees_server(self, pinned):
        try:
            self.assert_same(self.secure("POP3", False, pinned).fetch("POP3"), mails.PLAIN)
            return True
        except ssl.SSLError:
            return False


class Descriptors(Intercepting):
    COUNT = 150

    def test_run_out_and_come_back(self):
        gateway = self.intercept({"maxperclient": 1000}, before=("prlimit", "--nofile=256:256"))
        self.check_works(gateway)
        before = descriptors(gateway)
        with self.serve_tls("POP3"):
            wires = [self.tls_wire(TLS_PORTS["POP3"]) for _ in range(self.COUNT)]
            served = 0
            for wire in wires:
                wire.socket.settimeout(wait.DEADLINE)
            def attend(wire):
                nonlocal served
                try:
                    wire.start_tls(self.trusted, NAME)
                    wire.line()
                    if wire.multiline(b"RETR 1")[1] == mails.PLAIN and wire.ask(b"QUIT").startswith(b"+OK"):
                        served += 1
                except REFUSED as error:
                    failures.append(error)
                finally:
                    wire.close()
            failures = []
            threads = [threading.Thread(target=attend, args=(wire,)) for wire in wires]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(failures[:3], [])
        self.assertEqual(served, self.COUNT)
        wait.until(lambda: descriptors(gateway) <= before + 5, f"no more than {before} descriptors")
        self.check_works(gateway)


class Unfinished(Intercepting):
    """Peers that begin with TLS and then say nothing more: each is let go after connecttimeout."""
    COUNT = 20

    def setUp(self):
        self.gateway = self.intercept({"connecttimeout": "1", "tlswait": "1"})
        self.check_works(self.gateway)
        self.before = descriptors(self.gateway)

    def check_let_go(self, wires):
        for wire in wires:
            wire.rest()
        wait.until(lambda: descriptors(self.gateway) <= self.before + 2, f"no more than {self.before} descriptors")

    def tearDown(self):
        self.check_works(self.gateway)

    def hello(self):
        """What a client says first."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.trusted.wrap_bio(incoming, outgoing, server_hostname=NAME)
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            return outgoing.read()
        self.fail("no ClientHello")

    def test_half_a_hello(self):
        with self.serve_tls("POP3"):
            wires = [self.tls_wire(TLS_PORTS["POP3"]) for _ in range(self.COUNT)]
            for number, wire in enumerate(wires):
                wire.send(self.hello()[:1 + 10 * number])
            self.check_let_go(wires)

    def test_hello_and_no_more(self):
        with self.serve_tls("POP3"):
            wires = [self.tls_wire(TLS_PORTS["POP3"]) for _ in range(self.COUNT)]
            for wire in wires:
                wire.send(self.hello())
            self.check_let_go(wires)

    def test_hello_octet_by_octet(self):
        """A slow client is none that says nothing."""
        with self.serve_tls("POP3"):
            wire = self.tls_wire(TLS_PORTS["POP3"])
            for octet in self.hello():
                wire.send(bytes((octet,)))
            self.assertEqual(wire.socket.recv(1), b"\x16")

    def test_server_that_says_nothing(self):
        with self.serve("POP3", TLS_PORTS["POP3"]) as server:
            server.greeting = b""
            wires = [self.tls_wire(TLS_PORTS["POP3"]) for _ in range(self.COUNT)]
            for wire in wires:
                wire.send(self.hello())
            for wire in wires:
                self.assertTrue(wire.rest().startswith(b"\x15"), "an alert")
        self.check_let_go([])
        self.assertEqual(len(self.gateway.lines("TLS: .*towards the server: ")), self.COUNT)


class Signer(Intercepting):
    """Processes that come and go at the worst moment."""

    def setUp(self):
        self.gateway = self.intercept({"connecttimeout": "3"})

    def signer(self):
        """Its pid."""
        def found():
            for pid in self.gateway.processes():
                try:
                    if "signer" in pathlib.Path(f"/proc/{pid}/comm").read_text():
                        return pid
                except OSError:
                    pass
            return None
        return wait.until(found, "a signer")

    def attempt(self, name=NAME):
        """Whether a client is served; an error must come soon and be an honest one."""
        try:
            self.secure("POP3", False, name=name)
            return True
        except ssl.SSLCertVerificationError:
            self.fail("a certificate that is not to be trusted, for a good server")
        except REFUSED:
            return False

    def test_killed_before_the_first_certificate(self):
        with self.serve_tls("POP3"):
            os.kill(self.signer(), signal.SIGKILL)
            wait.until(self.attempt, "service again")
        self.check_works(self.gateway)

    def test_killed_again_and_again(self):
        """Whatever moment it hits: served or refused, never a hang, never a bad certificate."""
        with self.serve_tls("POP3"):
            for _ in range(4):          # after more of them it is started again less and less often
                pid = self.signer()
                waiter = threading.Thread(target=self.attempt)
                waiter.start()
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                waiter.join(wait.DEADLINE)
                self.assertFalse(waiter.is_alive())
            wait.until(self.attempt, "service again")

    def test_stopped(self):
        """It hangs: what is known goes on, what is new is refused in good time; then all is well again."""
        with self.serve_tls("POP3"):
            pid = self.signer()
            os.kill(pid, signal.SIGSTOP)
            try:
                self.assertFalse(self.attempt())
                self.gateway.wait_log(r"(?i)sign|certificate")
            finally:
                os.kill(pid, signal.SIGCONT)
            wait.until(self.attempt, "service again")
            os.kill(pid, signal.SIGSTOP)
            try:
                self.assertTrue(self.attempt(), "its certificate is known already")
            finally:
                os.kill(pid, signal.SIGCONT)

    def test_gateway_killed(self):
        """A new gateway gets a signer's service, too."""
        with self.serve_tls("POP3"):
            self.assertTrue(self.attempt())
            killed = [pid for pid in self.gateway.processes()[1:]
                      if "gateway" in pathlib.Path(f"/proc/{pid}/comm").read_text()]
            self.assertEqual(len(killed), 1)
            os.kill(killed[0], signal.SIGKILL)
            wait.until(self.attempt, "service again")

    def test_only_the_signer_has_the_key(self):
        """Not in the memory of any other process, nor open in one that talks to the network."""
        with self.serve_tls("POP3"):
            self.assertTrue(self.attempt())
        secrets = [self.secret(path) for path in (self.cadir / "ca.key", self.cadir / "untrusted.key")]
        signer = self.signer()
        self.assertTrue(self.holds(signer, secrets), "the test finds no key where one must be")
        for pid in self.gateway.processes():
            if pid == signer:
                continue
            self.assertFalse(self.holds(pid, secrets), pathlib.Path(f"/proc/{pid}/cmdline").read_text())
            if pid != self.gateway.process.pid:         # that one starts signers, and hands them the files
                for entry in os.scandir(f"/proc/{pid}/fd"):
                    self.assertNotRegex(os.readlink(entry.path), r"\.key$")

    @staticmethod
    def secret(path):
        """The number that is the key, in both orders of octets."""
        text = subprocess.run(("openssl", "pkey", "-in", path, "-noout", "-text"), check=True, capture_output=True,
                              text=True).stdout
        digits = re.search(r"priv:\n((?:\s+[0-9a-f:]+\n)+)", text)[1]
        number = bytes.fromhex(re.sub(r"[\s:]", "", digits))[-32:]
        return number, number[::-1]

    @staticmethod
    def holds(pid, secrets):
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in maps:
                start, end = (int(number, 16) for number in line.split()[0].split("-"))
                if "r" not in line.split()[1] or "[v" in line:
                    continue
                try:
                    memory.seek(start)
                    data = memory.read(end - start)
                except (OSError, OverflowError, ValueError):
                    continue
                if any(form in data for both in secrets for form in both):
                    return True
        return False


