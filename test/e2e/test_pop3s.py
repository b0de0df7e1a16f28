# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""POP3S as the old program had it: plain text from the mail program, TLS to the server."""
import certificates
import mails
import netns
from fakes import Pop3Server
from support import E2E


class LegacyPop3s(E2E):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = certificates.Authority()
        cls.addClassCleanup(cls.authority.close)
        cls.lab.network.redirect(ports="995, 9995")
        cls.addClassCleanup(cls.lab.network.direct)

    def serve(self, context, port=995, **options):
        server = Pop3Server(self.server, [mails.PLAIN, mails.INFECTED], port=port, tls=context, **options)
        self.addCleanup(server.close)
        return server

    def gateway_with(self, **options):
        return self.start_gateway({"xheader": "no", "tlsroots": str(self.authority.root), **options})

    def fetch(self, port=995):
        wire = self.wire(netns.FAKE4, port)
        self.assertTrue(wire.line().startswith(b"+OK"))
        self.assertTrue(wire.ask(b"USER alice").startswith(b"+OK"))
        self.assertTrue(wire.ask(b"PASS x").startswith(b"+OK"))
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
        body = wire.multiline(b"RETR 2")[1]
        self.assert_notification(body)
        self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))
        return body

    def refused(self, gateway, reason):
        self.assertTrue(self.wire(netns.FAKE4, 995).rest().startswith(b"-ERR"))
        gateway.wait_log(r"ERR: Cannot connect to real-server: .*TLS: " + reason + ".*tlsbad = accept")

    def test_mail_is_scanned(self):
        self.serve(self.authority.server(netns.FAKE4))
        gateway = self.gateway_with()
        self.assertIn(b"POP3S", self.fetch())
        gateway.wait_log("POP3S Connection from")
        gateway.wait_log(r"POP3S from .* virus: ")

    def test_records_of_one_octet(self):
        self.serve(self.authority.server(netns.FAKE4), piece=1)
        self.gateway_with()
        self.fetch()

    def test_another_sslport(self):
        self.serve(self.authority.server(netns.FAKE4), port=9995)
        self.gateway_with(sslport="9995")
        self.fetch(port=9995)

    def test_large_mail(self):
        large = mails.PLAIN + b"x" * 70 + b"\r\n"
        large += b"".join(b"line %d of a large mail\r\n" % n for n in range(200_000))
        server = Pop3Server(self.server, [large], port=995, tls=self.authority.server(netns.FAKE4))
        self.addCleanup(server.close)
        self.gateway_with()
        wire = self.wire(netns.FAKE4, 995)
        wire.line()
        self.assert_same(wire.multiline(b"RETR 1")[1], large)

    def test_unknown_root_is_refused(self):
        self.serve(self.authority.server(netns.FAKE4))
        self.refused(self.start_gateway({}), "certificate: ")

    def test_expired_certificate_is_refused(self):
        self.serve(self.authority.server(netns.FAKE4, days=0))
        self.refused(self.gateway_with(), "certificate: certificate has expired")

    def test_other_name_is_refused_with_targetip(self):
        self.serve(self.authority.server("198.51.100.99"))
        self.refused(self.gateway_with(targetip=netns.FAKE4, targetport="995"), "certificate: IP address mismatch")

    def test_any_certificate_if_the_administrator_wants(self):
        self.serve(self.authority.server(netns.FAKE4, days=0))
        self.start_gateway({"xheader": "no", "tlsbad": "accept"})
        self.fetch()

    def test_server_without_tls(self):
        server = Pop3Server(self.server, [mails.PLAIN], port=995)
        self.addCleanup(server.close)
        self.refused(self.gateway_with(), "")
