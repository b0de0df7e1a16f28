# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLS that is not intercepted, or can't be: bypassed, passed, refused, learned; servers with a flaw."""
import ssl

import mails
import netns
from fakes_tls import careless, trusting
from tls_case import NAME, Tls


class NotIntercepted(Tls):
    def passed(self, gateway, why, port=995, name=NAME):
        wire = self.secured(port, name, trusting(self.authority.root))
        wire.line()
        wire.fetch("POP3")
        self.assert_same(wire.multiline(b"RETR 2")[1], mails.INFECTED)
        gateway.wait_log(r"TLS: client .* server .*: passes unscanned: " + why)

    def test_bypass(self):
        self.serve("POP3", 995, tls=self.good)
        for entry in (NAME, "*.example.test", netns.FAKE4, "client:" + netns.CLIENT4):
            with self.subTest(entry):
                gateway = self.gateway_with(tlsbypass=entry)
                self.passed(gateway, "tlsbypass has " + entry.replace("*", r"\*"))
                gateway.close()

    def test_port_that_passes(self):
        self.serve("POP3", 995, tls=self.good)
        self.passed(self.gateway_with(tls="995:pass"), "tls = 995:pass")

    def test_port_that_is_refused(self):
        self.serve("POP3", 993, tls=self.good)
        gateway = self.gateway_with(tls="993:refuse")
        self.assertEqual(self.connect(993).rest(), b"")
        gateway.wait_log("TLS: client .*: refused: tls = 993:refuse")

    def test_no_ca(self):
        self.serve("POP3", 993, tls=self.good)
        gateway = self.gateway_with(cadir="/nonexistent/ca")
        self.assertEqual(self.connect(993).rest(), b"")
        gateway.wait_log("TLS: client .*: refused: there is no CA; p3scan ca init")

    def reject(self, times):
        for _ in range(times):
            with self.assertRaises(ssl.SSLCertVerificationError):
                self.secured(995, context=trusting(self.authority.root))

    def test_a_client_that_rejects_us(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()
        self.reject(3)
        gateway.wait_log("TLS: .*towards the client: .*p3scan ca export", count=2)
        gateway.wait_log(f"TLS: .*3 times by now; tlsbypass = {NAME} or tlsbypass = client:{netns.CLIENT4}")
        self.reject(1)

    def test_learning(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with(tlslearn="yes")
        self.reject(3)
        gateway.wait_log("3 times by now; from now on it passes unscanned")
        self.passed(gateway, "tlslearn")

    def insisting(self, version):
        context = self.authority.server(NAME, netns.FAKE4)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.authority.root)
        context.maximum_version = context.minimum_version = version
        return context

    def client_with_certificate(self):
        certificate = self.authority.issue("client.test")
        context = trusting(self.authority.root)
        context.load_cert_chain(certificate.certificate, certificate.key)
        return context

    def test_server_that_insists_on_a_certificate(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version):
                server = self.serve("POP3", 995, tls=self.insisting(version))
                gateway = self.gateway_with()
                for _ in range(2):
                    wire = self.secured(995, context=self.client_with_certificate())
                    self.assertTrue(wire.line().startswith(b"+OK"))
                    wire.close()
                gateway.wait_log("passes unscanned: the server insists on a client's certificate", count=2)
                gateway.close()
                server.close()

    def test_server_that_insists_is_refused(self):
        self.serve("POP3", 995, tls=self.insisting(ssl.TLSVersion.TLSv1_2))
        gateway = self.gateway_with(tlsclientcert="refuse")
        with self.assertRaises(OSError):
            self.secured(995, context=self.client_with_certificate())
        gateway.wait_log("insists on a client's certificate; tlsclientcert = pass")


class BadServer(Tls):
    def test_expired(self):
        self.serve("POP3", 995, tls=self.authority.server(NAME, days=0))
        gateway = self.gateway_with()
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.secured(995)
        gateway.wait_log(r"TLS: .*certificate: .*expired.*tlsbad = accept")
        wire = self.secured(995, context=careless())         # a client that does not care gets in, as without us
        self.assertTrue(wire.line().startswith(b"+OK"))

    def test_refused(self):
        self.serve("POP3", 995, tls=self.authority.server(NAME, days=0))
        gateway = self.gateway_with(tlsbad="refuse")
        with self.assertRaises(OSError):
            self.secured(995, context=careless())
        gateway.wait_log(r"TLS: .*towards the server: certificate: .*expired.*tlsbad = mirror")

    def test_accepted(self):
        self.serve("POP3", 995, tls=self.authority.server(NAME))
        self.start_gateway({"xheader": "no", "cadir": str(self.ca.directory), "tlsbad": "accept"})
        self.assertTrue(self.secured(995).line().startswith(b"+OK"))

    def test_no_tls_behind_it(self):
        self.serve("POP3", 995)
        gateway = self.gateway_with()
        with self.assertRaises(OSError):
            self.secured(995)
        gateway.wait_log(r"TLS: .*towards the server: ")

    def test_nobody_there(self):
        gateway = self.gateway_with()
        with self.assertRaises(OSError):
            self.secured(995)
        gateway.wait_log(r"Cannot connect to real-server")
