# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the tests of TLS share."""
import certificates
import fakes_tls
import mails
import netns
from cadir import Ca
from fakes_tls import TlsWire, trusting
from support import SERVER_NAME, E2E

NAME = SERVER_NAME
PORTS = "25, 110, 143, 465, 587, 993, 995, 4711"


class Tls(E2E):
    """A server with a good certificate for NAME, a gateway with a CA, and clients that trust that CA alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = certificates.Authority()
        cls.addClassCleanup(cls.authority.close)
        cls.good = cls.authority.server(NAME, netns.FAKE4)
        cls.ca = Ca()
        cls.addClassCleanup(cls.ca.close)
        cls.lab.network.redirect(ports=PORTS)
        cls.addClassCleanup(cls.lab.network.direct)

    def gateway_with(self, **options):
        return self.start_gateway({"xheader": "no", "tlsroots": str(self.authority.root), "cadir": str(self.ca.directory),
                                   **options})

    def serve(self, protocol, port=None, served=(mails.PLAIN, mails.INFECTED), **options):
        server = fakes_tls.server(protocol, self.server, list(served), port=port, **options)
        self.addCleanup(server.close)
        return server

    def connect(self, port):
        wire = TlsWire(self.client, netns.FAKE4, port)
        self.addCleanup(wire.close)
        return wire

    def secured(self, port, name=NAME, context=None):
        return self.connect(port).start_tls(context or trusting(self.ca.root), name)

    def upgraded(self, protocol, port=None, name=NAME, context=None):
        wire = self.connect(port or fakes_tls.PORTS[protocol])
        wire.greet(protocol)
        self.assertRegex(wire.ask_for_tls(protocol), rb"^(\+OK|220|a1 OK)")
        return wire.start_tls(context or trusting(self.ca.root), name)
