# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLS on both sides: from the first octet, by STLS and by STARTTLS."""
import contextlib
import socket
import ssl

import fakes_tls
import mails
import netns
from fakes_tls import trusting
from tls_case import NAME, Tls


class FromTheFirstOctet(Tls):
    def fetch(self, wire):
        self.assertTrue(wire.line().startswith(b"+OK"))
        self.assertTrue(wire.ask(b"USER alice").startswith(b"+OK"))
        self.assertTrue(wire.ask(b"PASS x").startswith(b"+OK"))
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
        body = wire.multiline(b"RETR 2")[1]
        self.assert_notification(body)
        self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))
        return body

    def test_mail_is_scanned(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()
        self.assertIn(b"POP3S", self.fetch(self.secured(995)))
        gateway.wait_log("POP3S Connection from")
        gateway.wait_log("POP3S from .* virus: ")
        gateway.wait_log("Session done .Clean Exit")

    def test_without_a_name(self):
        self.serve("POP3", 995, tls=self.good)
        self.gateway_with()
        context = trusting(self.ca.root)
        context.check_hostname = False
        self.fetch(self.secured(995, None, context))

    def test_versions(self):
        self.serve("POP3", 995, tls=self.good)
        self.gateway_with()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = trusting(self.ca.root)
            context.minimum_version = context.maximum_version = version
            self.fetch(self.secured(995, context=context))

    def test_no_less_than_the_client_wants(self):
        old = self.authority.server(NAME, netns.FAKE4)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        self.serve("POP3", 995, tls=old)
        gateway = self.gateway_with()
        context = trusting(self.ca.root)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        with self.assertRaises(OSError):
            self.secured(995, context=context)
        gateway.wait_log(rf"TLS: client .* server .* \({NAME}\): towards the server: .*version.*tlsbypass = {NAME}")

    def test_alpn_is_the_servers_choice(self):
        picky = self.authority.server(NAME, netns.FAKE4)
        picky.set_alpn_protocols(["pop3"])
        self.serve("POP3", 995, tls=picky)
        self.gateway_with()
        context = trusting(self.ca.root)
        context.set_alpn_protocols(["x-other", "pop3"])
        wire = self.secured(995, context=context)
        self.assertEqual(wire.socket.selected_alpn_protocol(), "pop3")
        self.fetch(wire)

    def test_the_client_sees_the_servers_names(self):
        self.serve("POP3", 995, tls=self.good)
        self.gateway_with()
        shown = self.secured(995).socket.getpeercert()
        self.assertIn(("DNS", NAME), shown["subjectAltName"])
        self.assertIn(("IP Address", netns.FAKE4), shown["subjectAltName"])
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.secured(995, "other.example.test")

    def test_sessions_resume(self):
        self.serve("POP3", 995, tls=self.good)
        self.gateway_with()
        context = trusting(self.ca.root)
        first = self.secured(995, context=context)
        self.fetch(first)
        again = self.connect(995)
        again.socket = context.wrap_socket(again.socket, server_hostname=NAME, session=first.socket.session)
        self.fetch(again)
        self.assertTrue(again.socket.session_reused)

    def test_a_long_hello_in_single_octets(self):
        self.serve("POP3", 995, tls=self.good)
        self.gateway_with()
        context = trusting(self.ca.root)
        context.set_alpn_protocols(["%0254d" % n for n in range(62)] + ["pop3"])       # all that a record holds
        wire = self.connect(995)
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname=NAME)
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        hello = outgoing.read()
        self.assertGreater(len(hello), 16000)
        for octet in hello:
            wire.socket.send(bytes((octet,)))
        for _ in range(100):
            incoming.write(wire.socket.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.do_handshake()
                break
        wire.socket.sendall(outgoing.read())
        greeting = b""
        while not greeting.endswith(b"\r\n"):
            with contextlib.suppress(ssl.SSLWantReadError):
                greeting += tls.read(100)
                continue
            incoming.write(wire.socket.recv(65536))
        self.assertTrue(greeting.startswith(b"+OK"))

    def test_smtps(self):
        self.serve("SMTP", 465, tls=self.good)
        gateway = self.gateway_with()
        wire = self.secured(465)
        wire.reply()
        wire.fetch("SMTP")
        wire.send(mails.INFECTED + b".\r\n")
        self.assertTrue(wire.reply().startswith(b"554"))
        gateway.wait_log("SMTPS Connection from")

    def test_imaps(self):
        self.serve("IMAP", 993, served=[mails.PLAIN], tls=self.good)
        gateway = self.gateway_with()
        wire = self.secured(993)
        self.assertTrue(wire.line().startswith(b"* OK"))
        self.assertIn(mails.PLAIN, wire.fetch("IMAP"))
        gateway.wait_log("IMAPS Connection from")

    def test_imaps_infected(self):
        self.serve("IMAP", 993, served=[mails.INFECTED], tls=self.good)
        gateway = self.gateway_with()
        wire = self.secured(993)
        wire.line()
        self.assertIn(b"IMAPS", wire.fetch("IMAP"))
        gateway.wait_log("IMAPS from .* virus: ")

    def test_a_port_that_says_nothing(self):
        self.serve("POP3", 4711, tls=self.good)
        gateway = self.gateway_with()
        self.fetch(self.secured(4711))
        gateway.wait_log("POP3S Connection from")
        self.assertEqual(gateway.lines("refused"), [])

    def test_plain_text_on_a_port_that_says_nothing(self):
        self.serve("POP3", 4711)
        self.gateway_with()
        self.fetch(self.connect(4711))

    def test_a_silent_client_of_old(self):
        self.serve("POP3", 995, tls=self.good)
        self.gateway_with(tlswait="1")
        self.fetch(self.connect(995))

    def test_http(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with()
        wire = self.connect(995)
        wire.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(wire.rest(), b"")
        gateway.wait_log("TLS: client .* refused: what the client says is not TLS")

    def test_http_to_every_port(self):
        """In the clear and, with the CA trusted, inside TLS: nothing reaches a server, nothing is reflected."""
        request = b"POST /reflected HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\nUSER x\r\na LOGIN x y\r\n"
        gateway = self.gateway_with()
        for protocol in fakes_tls.TLS_PORTS:
            for tls in (None, self.good):
                port = (fakes_tls.TLS_PORTS if tls else fakes_tls.PORTS)[protocol]
                server = self.serve(protocol, port, tls=tls)
                wire = self.secured(port) if tls else self.connect(port)
                wire.line()
                wire.send(request)
                self.assertEqual(wire.rest(), b"", (protocol, port))
                gateway.wait_log(f" to {netns.FAKE4}:{port} refused: the client speaks HTTP")
                self.assertEqual(server.commands(), [])

    def test_a_hello_that_never_ends(self):
        self.serve("POP3", 995, tls=self.good)
        gateway = self.gateway_with(connecttimeout="1")
        wire = self.connect(995)
        wire.send(b"\x16\x03\x01\x02\x00\x01")
        self.assertEqual(wire.rest(), b"")
        gateway.wait_log("TLS: client .* refused: what the client says is not TLS")


class ByUpgrade(Tls):
    def test_pop3(self):
        server = self.serve("POP3", starttls=self.good)
        gateway = self.gateway_with()
        wire = self.upgraded("POP3")
        self.assert_same(wire.fetch("POP3"), mails.PLAIN)
        body = wire.multiline(b"RETR 2")[1]
        self.assert_notification(body)
        self.assertIn(b"POP3+TLS", body)
        gateway.wait_log(r"POP3\+TLS from .* virus: ")
        self.assertEqual(server.plain_commands(), [b"CAPA", b"STLS"])

    def test_imap(self):
        server = self.serve("IMAP", served=[mails.INFECTED], starttls=self.good)
        gateway = self.gateway_with()
        wire = self.upgraded("IMAP")
        self.assertNotIn(b"STARTTLS", wire.tagged(b"a2 CAPABILITY"))
        self.assertIn(b"IMAP+TLS", wire.fetch("IMAP"))
        gateway.wait_log(r"IMAP\+TLS from .* virus: ")
        self.assertFalse([line for line in server.plain_commands() if b"LOGIN" in line or b"FETCH" in line])

    def test_smtp(self):
        for port in (25, 587):
            server = self.serve("SMTP", port, starttls=self.good)
            gateway = self.gateway_with()
            wire = self.upgraded("SMTP", port)
            wire.fetch("SMTP")
            wire.send(mails.INFECTED + b".\r\n")
            self.assertTrue(wire.reply().startswith(b"554"))
            gateway.wait_log(r"SMTP\+TLS from .* virus: ")
            self.assertEqual(len(server.plain_commands()), 2)
            gateway.close()

    def test_refused_by_the_server(self):
        self.serve("POP3")
        self.gateway_with()
        wire = self.connect(110)
        wire.greet("POP3")
        self.assertTrue(wire.ask_for_tls("POP3").startswith(b"-ERR"))
        self.assert_same(wire.fetch("POP3"), mails.PLAIN)

    def test_hidden_where_it_is_refused(self):
        self.serve("SMTP", starttls=self.good)
        self.gateway_with(tls="25:refuse")
        wire = self.connect(25)
        self.assertNotIn(b"STARTTLS", wire.greet("SMTP"))
        self.assertTrue(wire.ask_for_tls("SMTP").startswith(b"502"))

    def test_passed(self):
        self.serve("POP3", starttls=self.good)
        gateway = self.gateway_with(tls="110:pass")
        wire = self.upgraded("POP3", context=trusting(self.authority.root))     # the server's own certificate
        wire.fetch("POP3")
        self.assert_same(wire.multiline(b"RETR 2")[1], mails.INFECTED)
        gateway.wait_log(rf"TLS: client .* server .* \({NAME}\): passes unscanned: tls = 110:pass")

    def test_tls_where_plain_text_is_spoken(self):
        for protocol in ("POP3", "SMTP", "IMAP"):
            server = self.serve(protocol, starttls=self.good)
            gateway = self.gateway_with()
            with self.assertRaises(OSError):
                self.secured(fakes_tls.PORTS[protocol])
            gateway.wait_log("TLS: client .*: refused: the client begins with TLS where plain text is spoken")
            self.assertEqual(server.plain_commands(), [])
            gateway.close()

    def test_no_hello(self):
        self.serve("POP3", starttls=self.good)
        gateway = self.gateway_with()
        wire = self.connect(110)
        wire.greet("POP3")
        wire.ask_for_tls("POP3")
        wire.send(b"USER alice\r\n")
        self.assertEqual(wire.rest(), b"")
        gateway.wait_log("no ClientHello from the client where TLS was to begin")
