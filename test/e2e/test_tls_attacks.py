# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Servers with bad certificates: each is refused or shown as bad to a client that trusts our CA, none is whitewashed."""
import re
import ssl

import mails
import netns
from bad_servers import FLAWS, NAME, NEVER_MIRRORED
from fakes_tls import TLS_PORTS, careless, trusting
from interception import PROTOCOLS, Intercepting

# What a client finds by itself in a certificate like the server's, whoever signed it.
SEEN_BY_ALL = ("expired", "wrong host")
REFUSED = (OSError, EOFError)           # ssl.SSLError among them


class BadCertificates(Intercepting):
    tlsbad = None

    def each(self, check):
        """check(flaw, protocol, upgraded) with every flaw on every way into TLS, and a server of it."""
        gateway = self.intercept({"tlsbad": self.tlsbad} if self.tlsbad else {})
        for flaw, words in FLAWS.items():
            for protocol in PROTOCOLS:
                for upgraded in (False, True):
                    with self.subTest(flaw, protocol=protocol, upgraded=upgraded):
                        mark = gateway.mark()
                        with self.serve_upgrade(protocol, flaw) if upgraded else self.serve_tls(protocol, flaw):
                            attempts = check(flaw, protocol, upgraded)
                        self.check_log(gateway, mark, words, attempts)
        self.check_works(gateway)

    def check_log(self, gateway, mark, words, attempts):
        """One line of each attempt, which says all."""
        # Not what is said of the client's alert at debug level, in much the same words.
        gateway.wait_log(f"TLS: (?!.*towards the client: ).*(?:{words})", since=mark, count=attempts, seconds=5)
        lines = [line for line in gateway.lines("TLS: ", since=mark) if not re.search(r"towards the (\w+ TLSv|client: )", line)]
        self.assertEqual(len(lines), attempts, "\n".join(line.partition(": ")[2] for line in lines))
        for line in lines:
            for part in (words, netns.CLIENT4, netns.FAKE4, NAME, "tls(bad|bypass|roots)"):
                self.assertRegex(line, part)

    def refuses(self, protocol, upgraded, context):
        with self.assertRaises(REFUSED) as refusal:
            self.secure(protocol, upgraded, context).fetch(protocol)
        return refusal.exception


class Mirrored(BadCertificates):
    def test_flaws(self):
        both = trusting(self.cadir / "ca.pem", self.cadir / "untrusted.pem")

        def check(flaw, protocol, upgraded):
            refusal = self.refuses(protocol, upgraded, self.trusted)
            if flaw in NEVER_MIRRORED:
                self.refuses(protocol, upgraded, careless())
                return 2
            self.assertIsInstance(refusal, ssl.SSLCertVerificationError)
            if flaw in SEEN_BY_ALL:
                self.assertIsInstance(self.refuses(protocol, upgraded, both), ssl.SSLCertVerificationError)
            else:
                self.secure(protocol, upgraded, both).fetch(protocol)       # only its signer is not to be trusted
            return 2
        self.each(check)

    def test_no_session_is_taken_up_again(self):
        """A client that was shown a good certificate may take up that session later without looking at one: it must not meet
        a bad server that way. With both versions, whose sessions come at different times."""
        gateway = self.intercept()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = trusting(self.cadir / "ca.pem")
            context.maximum_version = version
            for flaw in FLAWS:
                with self.subTest(flaw, version=version):
                    session = self.session(context)
                    with self.serve_tls("POP3"):                # the same again: this is how it should be
                        self.assertTrue(self.take_up(context, session).socket.session_reused)
                    with self.serve_tls("POP3", flaw) as server:
                        with self.assertRaises(REFUSED):
                            self.take_up(context, session).fetch("POP3")
                        self.assertEqual(server.commands(), [])
        self.check_works(gateway)

    def session(self, context):
        """Of a connection to the good server."""
        with self.serve_tls("POP3"):
            wire = self.secure("POP3", False, context)
            wire.fetch("POP3")                  # with TLS 1.3 it comes with the first octets of the server's
            session = wire.socket.session
            self.assertTrue(session.has_ticket)
            wire.close()
        return session

    def take_up(self, context, session):
        wire = self.tls_wire(TLS_PORTS["POP3"])
        wire.socket = context.wrap_socket(wire.socket, server_hostname=NAME, session=session)
        wire.greet("POP3")
        return wire

    def test_without_server_name(self):
        """Nobody says whom the client means: the chain is verified, and the names are those of the server, for the client
        to compare."""
        self.intercept()
        chain_only = trusting(self.cadir / "ca.pem")
        chain_only.check_hostname = False
        for flaw, shown in (("good", NAME), ("wrong host", "other.example.test"), ("expired", None), ("untrusted root", None)):
            with self.subTest(flaw), self.serve_tls("POP3", flaw):
                if shown is None:
                    with self.assertRaises(ssl.SSLCertVerificationError):
                        self.secure("POP3", False, chain_only, name=None)
                else:
                    wire = self.secure("POP3", False, chain_only, name=None)
                    self.assertEqual(wire.socket.getpeercert()["subjectAltName"], (("DNS", shown),))


class Refused(BadCertificates):
    tlsbad = "refuse"

    def test_flaws(self):
        def check(_, protocol, upgraded):
            self.refuses(protocol, upgraded, careless())
            return 1
        self.each(check)


class Accepted(BadCertificates):
    """As the administrator wants it: but what is wrong stays in sight."""
    tlsbad = "accept"

    def test_flaws(self):
        def check(flaw, protocol, upgraded):
            if flaw in NEVER_MIRRORED:
                self.refuses(protocol, upgraded, careless())
            elif flaw in SEEN_BY_ALL:
                self.assertIsInstance(self.refuses(protocol, upgraded, self.trusted), ssl.SSLCertVerificationError)
            else:
                self.secure(protocol, upgraded).fetch(protocol)
            return 1
        self.each(check)


class Legacy(Intercepting):
    """A client in the clear can't be warned."""

    def test_flaws(self):
        for tlsbad in ("mirror", "refuse"):
            gateway = self.intercept({"tlsbad": tlsbad, "tls": "995:legacy"})
            for flaw, words in FLAWS.items():
                if flaw == "wrong host":        # nobody says by what name the client knows the server
                    continue
                with self.subTest(flaw, tlsbad=tlsbad), self.serve_tls("POP3", flaw):
                    mark = gateway.mark()
                    wire = self.wire(port=995)
                    said = wire.rest()
                    self.assertTrue(said.startswith(b"-ERR"), said)
                    self.assertNotIn(b"ready", said)
                    gateway.wait_log(words, since=mark, seconds=5)
            with self.serve_tls("POP3"):
                wire = self.wire(port=995)
                self.assertTrue(wire.line().startswith(b"+OK"))
                self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
                wire.ask(b"QUIT")
            gateway.close()


class OldClients(Intercepting):
    def test_tls_1_1(self):
        """A client that can no better is told so by TLS, and the administrator by the log."""
        gateway = self.intercept()
        old = careless()
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        for protocol in PROTOCOLS:
            with self.subTest(protocol), self.serve_tls(protocol):
                mark = gateway.mark()
                with self.assertRaises(ssl.SSLError):
                    self.secure(protocol, False, old)
                line = gateway.wait_log(r"TLS: .*(?:version|protocol).*tlsbypass", since=mark, seconds=5).string
                self.assertIn(NAME, line)
        self.check_works(gateway)
