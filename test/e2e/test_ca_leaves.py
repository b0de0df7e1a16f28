# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The certificates that clients are shown, and what becomes of sessions when the signer fails them."""
import concurrent.futures
import os
import signal
import ssl
import subprocess

import gateway as product
import mails
import wait
from fakes_tls import careless, trusting
from test_ca import name_of
from test_tls import NAME, Tls


def decoded(der):
    done = subprocess.run(("openssl", "x509", "-inform", "DER", "-noout", "-text", "-nameopt", "RFC2253"), input=der,
                          capture_output=True, check=True)
    return done.stdout.decode()


class Leaves(Tls):
    def ca_command(self, *words):
        configuration = self.ca.directory.parent / "ca.conf"
        done = subprocess.run((product.PROGRAM, "ca", *words, "-f", configuration), capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def shown(self, context=None):
        """The certificate that a client gets, in DER."""
        wire = self.secured(995, context=context)
        self.assertTrue(wire.line().startswith(b"+OK"))
        return wire.socket.getpeercert(True)

    def signer(self, gateway):
        return wait.until(lambda: [pid for pid in gateway.processes() if name_of(pid) == "p3scan-signer"], "a signer")[0]

    def test_it_mirrors_the_real_one(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()
        shown = decoded(self.shown())
        self.assertIn(f"Subject: O=Test,CN={NAME}\n", shown)
        self.assertIn(f"DNS:{NAME}", shown)
        self.assertIn("CA:FALSE", shown)
        self.assertIn("TLS Web Server Authentication", shown)
        self.assertIn("OU=Made ", shown.split("Issuer: ", 1)[1].split("\n", 1)[0])
        gateway.wait_log(f"Signed: trusted certificate for {NAME}")

    def test_one_is_made_for_many(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            shown = {future.result() for future in [pool.submit(self.shown) for _ in range(40)]}
        self.assertEqual(len(shown), 1)
        self.assertEqual(len(gateway.lines("Signed: ")), 1)

    def test_rotated(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()
        before = self.shown()
        self.ca_command("rotate")
        self.assertEqual(self.shown(), before, "not before it is told")
        gateway.signal(signal.SIGHUP)
        gateway.wait_log("The CA in .* is taken into use")
        self.ca.root.write_bytes(self.ca_command("export"))
        wait.until(lambda: self.shown(careless()) != before, "a leaf of the new CA")
        self.assertNotEqual(self.shown(trusting(self.ca.root)), before)

    def test_a_signer_that_dies_again_and_again(self):
        """Each client is served or refused, none hangs; afterwards all are served."""
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()

        def attempt():
            try:
                self.shown()
                return "served"
            except (OSError, AssertionError) as error:
                return str(error)
        for _ in range(3):
            os.kill(self.signer(gateway), signal.SIGKILL)
            with concurrent.futures.ThreadPoolExecutor(20) as pool:
                outcomes = [future.result() for future in [pool.submit(attempt) for _ in range(20)]]
            for outcome in outcomes:
                self.assertRegex(outcome, "^served$|handshake failure")
            self.ca_command("rotate")
            self.ca.root.write_bytes(self.ca_command("export"))
            mark = gateway.mark()
            gateway.signal(signal.SIGHUP)
            gateway.wait_log("The CA in .* is taken into use", mark)
        wait.until(lambda: attempt() == "served", "service")

    def test_a_signer_that_does_not_answer(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()
        signer = self.signer(gateway)
        gateway.wait_log("Scanner ready")
        os.kill(signer, signal.SIGSTOP)
        self.addCleanup(os.kill, signer, signal.SIGCONT)
        with self.assertRaises(ssl.SSLError) as refused:
            self.shown()
        self.assertIn("HANDSHAKE_FAILURE", str(refused.exception).upper().replace(" ", "_"))
        gateway.wait_log(rf"TLS: client .* server .* \({NAME}\): no certificate for the client: the signing process does "
                         "not answer")

    def test_a_server_outside_the_domains(self):
        self.serve("POP3", 995, tls=self.good)
        self.ca_command("rotate", "--permit=other.example")
        self.addCleanup(self.restore)
        gateway = self.gateway_with()
        with self.assertRaises(ssl.SSLError):
            self.shown(careless())
        gateway.wait_log("no certificate for the client: no certificate is signed: the CA may only certify names in "
                         "other.example")
        self.assertEqual(gateway.lines("Signed: trusted"), [])

    def restore(self):
        subprocess.run(("rm", "-rf", self.ca.directory), check=True)
        self.ca_command("init")
        self.ca.root.write_bytes(self.ca_command("export"))

    def test_a_server_inside_the_domains(self):
        self.serve("POP3", 995, tls=self.good, served=(mails.PLAIN,))
        self.ca_command("rotate", f"--permit={NAME.split('.', 1)[1]}")
        self.addCleanup(self.restore)
        self.ca.root.write_bytes(self.ca_command("export"))
        self.gateway_with()
        self.assertIn(f"DNS:{NAME}", decoded(self.shown()))
        self.assertNotIn("IP Address", decoded(self.shown()), "addresses are in no domain")
