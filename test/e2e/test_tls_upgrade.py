# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The step into TLS under attack: plain text slipped in on either side, servers that go back on their word, junk."""
import re
import ssl

import mails
from fakes import Leave
from fakes_tls import AGREED, ASK, PORTS, TLS_PORTS
from interception import PROTOCOLS, Intercepting
from test_tls_attacks import REFUSED

SECOND = {"POP3": b"USER injected\r\n", "SMTP": b"MAIL FROM:<injected@sender.test>\r\n", "IMAP": b"a2 LOGIN injected x\r\n"}
INJECTED = {"POP3": b"+OK injected\r\n", "SMTP": b"250 injected\r\n", "IMAP": b"* OK injected\r\na2 OK injected\r\n"}
REFUSALS = (b"-ERR", b"4", b"5", b"a1 NO", b"a1 BAD", b"* BYE")
SAYS_NO = {"POP3": b"-ERR not today\r\n", "SMTP": b"454 4.7.0 not today\r\n", "IMAP": b"a1 NO not today\r\n"}


class Injection(Intercepting):
    def setUp(self):
        self.gateway = self.intercept()

    def test_by_the_client(self):
        """Commands behind the one that asks for TLS, in the same segment: none is obeyed, before or after."""
        for protocol in PROTOCOLS:
            with self.subTest(protocol), self.serve_upgrade(protocol) as server:
                wire = self.tls_wire(PORTS[protocol])
                wire.greet(protocol)
                wire.send(ASK[protocol] + b"\r\n" + SECOND[protocol])
                said = wire.rest()
                self.assertNotIn(b"+OK go", said)
                self.assertEqual([line for line in server.commands() if b"injected" in line], [])

    def test_by_the_client_in_two_segments(self):
        """The second arrives while the server is being asked: no ClientHello, so the session ends."""
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                asked = []

                def hook(session, line, protocol=protocol, asked=asked):
                    if line.upper().startswith(ASK[protocol].split(b" ")[-1]) or line.upper().endswith(b" STARTTLS"):
                        wire.send(SECOND[protocol])
                        asked.append(line)
                    return None
                with self.serve_upgrade(protocol, hook=hook) as server:
                    wire = self.tls_wire(PORTS[protocol])
                    wire.greet(protocol)
                    wire.send(ASK[protocol] + b"\r\n")
                    self.assertNotIn(b"injected", wire.rest())
                    self.assertEqual([line for line in server.commands() if b"injected" in line], [])

    def test_by_the_server(self):
        """A reply behind the one that agrees, in the same segment: the client never sees it."""
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                with self.serve_upgrade(protocol, agreed=AGREED[protocol] + INJECTED[protocol]):
                    wire = self.tls_wire(PORTS[protocol])
                    wire.greet(protocol)
                    with self.assertRaises(REFUSED):
                        reply = wire.ask_for_tls(protocol)
                        self.assertNotIn(b"injected", reply + wire.buffer)
                        wire.start_tls(self.trusted, "mail.example.test")
                        said = wire.fetch(protocol)
                        self.fail(f"went on: {said}")
                    self.assertNotIn(b"injected", wire.buffer)

    def tearDown(self):
        self.gateway.wait_log("plain text behind the agreement on TLS|no ClientHello from the client", count=len(PROTOCOLS))
        self.check_works(self.gateway)


class Words(Intercepting):
    """Servers whose words about TLS are not kept."""

    def setUp(self):
        self.gateway = self.intercept()

    def attempt(self, protocol, hook=None, starttls=None):
        """Asks for TLS of such a server: the reply, the wire, the server."""
        server = self.serve(protocol, hook=hook, starttls=starttls)
        wire = self.tls_wire(PORTS[protocol])
        offered = wire.greet(protocol)
        return offered, wire, server

    @staticmethod
    def asks(protocol, line):
        return line.upper().endswith(ASK[protocol].rsplit(b" ")[-1])

    def test_not_offered(self):
        """A man in the middle who takes the offer away: it is not made in the server's name, and asking is refused."""
        for protocol in PROTOCOLS:
            def hook(session, line, protocol=protocol):
                if b"EHLO" in line:
                    return b"250-sink\r\n250 HELP\r\n"
                if b"CAPA" in line:
                    return b"+OK\r\nUSER\r\n.\r\n" if protocol == "POP3" else b"* CAPABILITY IMAP4rev1\r\na0 OK done\r\n"
                return None
            with self.subTest(protocol):
                offered, wire, server = self.attempt(protocol, hook)
                self.assertNotIn(b"STLS", offered)
                self.assertNotIn(b"STARTTLS", offered)
                reply = wire.ask_for_tls(protocol)
                self.assertTrue(reply.startswith(REFUSALS), reply)
                server.close()

    def test_offered_and_refused(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                _, wire, server = self.attempt(
                    protocol, lambda _, line, protocol=protocol: SAYS_NO[protocol] if self.asks(protocol, line) else None)
                reply = wire.ask_for_tls(protocol)
                self.assertTrue(reply.startswith(REFUSALS), reply)
                self.assertEqual(server.secured, 0)
                server.close()

    def test_offered_and_left(self):
        for protocol in PROTOCOLS:
            def hook(session, line, protocol=protocol):
                if self.asks(protocol, line):
                    raise Leave
                return None
            with self.subTest(protocol):
                _, wire, server = self.attempt(protocol, hook)
                wire.send(ASK[protocol] + b"\r\n")
                self.check_refused(wire)
                server.close()

    def test_junk_in_place_of_tls(self):
        """The server agrees and then speaks anything but TLS: the client's TLS fails, nothing of it is passed on."""
        for protocol in PROTOCOLS:
            for junk in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28",
                         b"\x16\x03\x01\xff\xff" + b"x" * 70000, b"\x00" * 100, b""):
                def hook(session, line, protocol=protocol, junk=junk):
                    if not self.asks(protocol, line):
                        return None
                    session.send(AGREED[protocol])
                    session.connection.recv(1)              # the ClientHello has begun
                    session.send(junk)
                    raise Leave
                with self.subTest(protocol, junk=junk[:20]):
                    _, wire, server = self.attempt(protocol, hook)
                    with self.assertRaises(REFUSED):
                        self.assertFalse(wire.ask_for_tls(protocol).startswith(REFUSALS), "the server has agreed")
                        wire.start_tls(self.trusted, "mail.example.test")
                        self.fail("TLS with nobody")
                    server.close()

    def check_refused(self, wire):
        said = wire.rest()
        self.assertTrue(said == b"" or said.startswith(REFUSALS), said)

    def test_capabilities_are_forgotten(self):
        """What was offered in the clear counts no more: POP3 and SMTP servers tell anew, and see none of the old commands."""
        for protocol in PROTOCOLS:
            with self.subTest(protocol), self.serve_upgrade(protocol) as server:
                wire = self.secure(protocol, True)
                wire.fetch(protocol)
                self.assertEqual(server.secured, 1)
                for line in server.plain_commands():
                    self.assertNotRegex(line, b"LOGIN|USER|MAIL")

    def test_a_second_time(self):
        """TLS within TLS is refused, and not offered."""
        for protocol in PROTOCOLS:
            with self.subTest(protocol), self.serve_upgrade(protocol) as server:
                wire = self.secure(protocol, True)
                if protocol == "SMTP":
                    self.assertNotIn(b"STARTTLS", wire.command(b"EHLO again"))
                reply = wire.ask_for_tls(protocol)
                self.assertTrue(reply.startswith(REFUSALS), reply)
                self.assertEqual(server.secured, 1)

    def tearDown(self):
        self.check_works(self.gateway)


class Http(Intercepting):
    """Browsers and port scanners, at either end."""
    REQUEST = b"GET / HTTP/1.1\r\nHost: mail.example.test\r\nUser-Agent: x\r\n\r\n"

    def test_client(self):
        gateway = self.intercept()
        for protocol in PROTOCOLS:
            for port, serve in ((PORTS[protocol], self.serve_upgrade), (TLS_PORTS[protocol], self.serve_tls)):
                with self.subTest(port), serve(protocol) as server:
                    wire = self.tls_wire(port)
                    wire.send(self.REQUEST)
                    wire.socket.shutdown(1)
                    said = wire.rest()
                    self.assertNotIn(b"HTTP/", said)
                    if port in TLS_PORTS.values():
                        self.assertEqual(server.commands(), [])
        self.check_works(gateway)

    def test_server(self):
        gateway = self.intercept()
        answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nno\n"
        for protocol in PROTOCOLS:
            for port in (PORTS[protocol], TLS_PORTS[protocol]):
                with self.subTest(port):
                    with self.serve("POP3", port) as server:
                        server.greeting = answer
                        server.hook = lambda *_: (_ for _ in ()).throw(Leave)
                        wire = self.tls_wire(port)
                        try:
                            if port in TLS_PORTS.values():
                                wire.start_tls(self.trusted, "mail.example.test")
                                self.fail("TLS with a server of HTTP")
                            wire.send(b"NOOP\r\n")
                            self.assertNotIn(b"no\n", wire.rest())
                        except (ssl.SSLError, OSError):
                            pass
        self.check_works(gateway)


class Names(Intercepting):
    """A mail of a session inside TLS is scanned as any other, and told by its protocol's name."""

    def infected(self, protocol, upgraded):
        """What the client gets of an infected mail."""
        wire = self.secure(protocol, upgraded)
        got = wire.fetch(protocol)
        if protocol == "POP3":
            return wire.multiline(b"RETR 2")[1]
        if protocol == "SMTP":
            wire.send(mails.INFECTED + b".\r\n")
            return wire.reply()
        return got + wire.tagged(b"b4 FETCH 2 BODY.PEEK[]")

    def test_infected(self):
        gateway = self.intercept()
        for protocol in PROTOCOLS:
            for upgraded, name in ((False, protocol + "S"), (True, protocol + "+TLS")):
                with self.subTest(name), self.serve_upgrade(protocol) if upgraded else self.serve_tls(protocol) as server:
                    mark = gateway.mark()
                    got = self.infected(protocol, upgraded)
                    self.assertNotIn(mails.EICAR, got)
                    gateway.wait_log(rf": {re.escape(name)} from .* virus: ", since=mark)
                    if protocol == "SMTP":
                        self.assertTrue(got.startswith(b"554"), got)
                        self.assertEqual(server.mails, [])
                    else:
                        self.assertIn(name.encode(), got)


class Preauth(Intercepting):
    """A man in the middle who says that the client is logged in already, so that it can't ask for TLS (RFC 9051 11.1)."""

    def test_starttls(self):
        gateway = self.intercept()
        server = self.serve_upgrade("IMAP")
        server.greeting = b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n"
        wire = self.tls_wire(PORTS["IMAP"])
        wire.send(ASK["IMAP"] + b"\r\n")
        said = wire.line()
        while said.startswith((b"* PREAUTH", b"* OK")):
            said = wire.line()
        self.assertTrue(said.startswith(REFUSALS), said)
        self.assertEqual(server.secured, 0)
        server.close()
        self.check_works(gateway)
