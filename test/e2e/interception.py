# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the tests of interception share: a CA of the gateway's, servers good and bad, every port redirected."""
import os
import subprocess

import mails
import netns
from bad_servers import NAME, BadServers
from fakes_tls import PORTS, TLS_PORTS, TlsWire, server, trusting
from gateway import PROGRAM
from support import E2E

REDIRECTED = ", ".join(str(port) for port in sorted({*PORTS.values(), *TLS_PORTS.values()}))
PROTOCOLS = ("POP3", "SMTP", "IMAP")


class Intercepting(E2E):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab.network.redirect(REDIRECTED)
        cls.addClassCleanup(cls.lab.network.redirect)
        cls.bad = BadServers()
        cls.addClassCleanup(cls.bad.close)
        cls.cadir = cls.lab.directory / f"ca-{cls.__module__}-{cls.__name__}"
        cls.make_ca()

    @classmethod
    def make_ca(cls):
        configuration = cls.lab.directory / f"{cls.cadir.name}.conf"
        configuration.write_text(f"cadir = {cls.cadir}\n")
        subprocess.run((PROGRAM, "ca", "init", "-f", configuration), check=True, capture_output=True, timeout=60)
        cls.trusted = trusting(cls.cadir / "ca.pem")

    def intercept(self, options=None, **more):
        """A gateway that has the CA and knows the good servers."""
        return self.start_gateway({"cadir": self.cadir, "tlsroots": self.bad.roots, "tlscrl": self.bad.crls, "xheader": "no",
                                   **(options or {})}, **more)

    def serve(self, protocol, port=None, **options):
        made = server(protocol, self.server, [mails.PLAIN, mails.INFECTED], port=port, **options)
        self.addCleanup(made.close)
        return made

    def serve_tls(self, protocol, flaw="good", **options):
        return self.serve(protocol, TLS_PORTS[protocol], tls=self.bad.context(flaw), **options)

    def serve_upgrade(self, protocol, flaw="good", **options):
        return self.serve(protocol, starttls=self.bad.context(flaw), **options)

    def tls_wire(self, port):
        wire = TlsWire(self.client, netns.FAKE4, port)
        self.addCleanup(wire.close)
        return wire

    def secure(self, protocol, upgraded, context=None, name=NAME):
        """Inside TLS, in either way, after the greeting."""
        wire = self.tls_wire(PORTS[protocol] if upgraded else TLS_PORTS[protocol])
        if upgraded:
            wire.greet(protocol)
            reply = wire.ask_for_tls(protocol)
            if not reply.startswith((b"+OK", b"220", b"a1 OK")):
                raise EOFError(f"refused: {reply}")
        wire.start_tls(context or self.trusted, name)
        if not upgraded:
            wire.greet(protocol)
        return wire

    def check_works(self, gateway=None):
        """A well-behaved client of a good server is served."""
        with self.serve_tls("POP3"):
            self.assert_same(self.secure("POP3", False).fetch("POP3"), mails.PLAIN)
        if gateway:
            self.assertIsNone(gateway.process.poll())


def descriptors(gateway):
    """Of the process of it that has the most."""
    return max(len(os.listdir(f"/proc/{pid}/fd")) for pid in gateway.processes())
