# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Where a connection was going, and that it gets there: REDIRECT, TPROXY, fixed target, useurl; loops."""
import socket
import time

import mails
import netns
from dovecot import PASSWORD
from postfix import DOMAIN
from support import E2E, SENDER

BOTH = ((netns.SERVER4, netns.CLIENT4, netns.ROUTER4_SERVERSIDE),
        (netns.SERVER6, netns.CLIENT6, netns.ROUTER6_SERVERSIDE))


class Passing:
    """Both protocols over both IP versions, through real servers, clean and infected."""
    sees_client = False

    def seen(self, client, router):
        return client if self.sees_client else router

    def test_pop3(self):
        for server, client, router in BOTH:
            with self.subTest(server):
                self.lab.dovecot.fill("alice", mails.PLAIN, mails.INFECTED)
                mark = self.gateway.mark()
                log_size = self.lab.dovecot.log.stat().st_size
                connection = self.poplib("alice", server)
                clean = b"\r\n".join(connection.retr(1)[1]) + b"\r\n"
                self.assertIn(b"this is a clean mail", clean)
                self.assert_notification(b"\r\n".join(connection.retr(2)[1]) + b"\r\n")
                connection.quit()
                shown = f"[{server}]" if ":" in server else server
                self.gateway.wait_log(r"POP3 Connection from \[?" + client, since=mark)
                self.gateway.wait_log(r"Real-server address is " + shown.replace("[", r"\[") + ":110", since=mark)
                self.gateway.wait_log(r"Session done \(Clean Exit\)\. Mails: 2 Bytes: \d+", since=mark)
                logged = self.lab.dovecot.log.read_text()[log_size:]
                self.assertIn(f"rip={self.seen(client, router)}, lip={server}", logged)

    def test_smtp(self):
        self.lab.postfix
        for server, client, router in BOTH:
            with self.subTest(server):
                self.lab.dovecot.empty("carol")
                connection = self.smtplib(server)
                connection.sendmail(SENDER, [f"carol@{DOMAIN}"], mails.PLAIN)
                with self.assertRaises(Exception):
                    connection.sendmail(SENDER, [f"carol@{DOMAIN}"], mails.INFECTED)
                connection.quit()
                (got,) = self.lab.dovecot.received("carol", 1)
                self.assertIn(b"this is a clean mail", got)
                address = self.seen(client, router)
                self.assertIn(f"[{'IPv6:' if ':' in address else ''}{address}]".encode(), got)


class Redirect(Passing, E2E):
    options = {}


class Tproxy(Passing, E2E):
    options = {"tproxy": None}
    sees_client = True

    def setUp(self):
        self.lab.network.tproxy()

    @classmethod
    def tearDownClass(cls):
        cls.lab.network.redirect()


class FixedTarget(E2E):
    def test_address(self):
        self.pop3_server([mails.PLAIN])
        for target in (netns.FAKE4, netns.FAKE6):
            with self.subTest(target):
                gateway = self.start_gateway({"targetip": target, "targetport": 110, "xheader": "no"})
                # The client asks for another machine; everything goes to the target.
                wire = self.pop3_login(netns.SERVER4)
                self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
                gateway.close()

    def test_direct_connection(self):
        """Not redirected: the client connects to the gateway itself."""
        sink = self.smtp_sink()
        self.start_gateway({"targetip": netns.FAKE4, "targetport": 25, "xheader": "no"})
        wire = self.smtp_hello(netns.ROUTER4, netns.GATEWAY_PORT)
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])

    def test_host_name(self):
        self.pop3_server([mails.PLAIN])
        self.start_gateway({"targetip": "localhost", "targetport": 110})
        # localhost is the router, where nothing listens on 110: the name was looked up and the session ends.
        wire = self.wire(netns.SERVER4)
        wire.rest()

    def test_target_is_itself(self):
        gateway = self.start_gateway({"targetip": netns.ROUTER4, "targetport": netns.GATEWAY_PORT})
        self.wire(netns.SERVER4).rest()
        gateway.wait_log(r"ERR: Oops, that would loop!")
        self.assertEqual(len(gateway.lines("loop")), 1)


class Ports(E2E):
    def test_several_smtp_ports(self):
        sink = self.smtp_sink(port=2525)
        self.start_gateway({"emailport": "25, 2525", "xheader": "no"})
        self.lab.network.redirect("110, 25, 2525")
        wire = self.smtp_hello(netns.FAKE4, 2525)
        self.assertTrue(self.submit(wire, mails.INFECTED).startswith(b"554"))
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])

    def test_protocol_by_greeting(self):
        """A port that nobody configured: the server's greeting tells."""
        sink = self.smtp_sink(port=2526)
        self.pop3_server([mails.INFECTED], port=1110)
        gateway = self.start_gateway({})
        self.lab.network.redirect("110, 25, 1110, 2526")
        wire = self.smtp_hello(netns.FAKE4, 2526)
        self.assertTrue(self.submit(wire, mails.INFECTED).startswith(b"554"))
        self.assertEqual(sink.mails, [])
        wire = self.wire(netns.FAKE4, 1110)
        wire.line()
        self.assertTrue(wire.ask(b"USER x").startswith(b"+OK"))
        self.assertTrue(wire.ask(b"PASS x").startswith(b"+OK"))
        status, body = wire.multiline(b"RETR 1")
        self.assert_notification(body)
        self.assertTrue(gateway.lines("SMTP Connection from"))

    def tearDown(self):
        self.lab.network.redirect()


class Loops(E2E):
    options = {}

    def test_connection_to_own_addresses(self):
        """Straight to the gateway's port: the original destination is the gateway itself, on every address it has."""
        for address in (netns.ROUTER4, netns.ROUTER6, netns.ROUTER4_SERVERSIDE, netns.ROUTER6_SERVERSIDE):
            with self.subTest(address):
                mark = self.gateway.mark()
                self.wire(address, netns.GATEWAY_PORT).rest()
                self.gateway.wait_log(r"ERR: Oops, that would loop!", since=mark)
        self.pop3_server([mails.PLAIN])
        self.assertTrue(self.pop3_login().ask(b"NOOP").startswith(b"+OK"))
        self.assertEqual(len(self.gateway.lines("Oops, that would loop")), 4)

    def test_nobody_at_the_destination(self):
        mark = self.gateway.mark()
        started = time.monotonic()
        self.wire(netns.FAKE4, 110).rest()
        self.assertLess(time.monotonic() - started, 10)
        self.gateway.wait_log(r"ERR: Cannot connect to real-server", since=mark)


class UseUrl(E2E):
    options = {"useurl": None, "useurlallow": f"{netns.FAKE4}, {netns.SERVER4}", "xheader": "no"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab.network.direct()

    @classmethod
    def tearDownClass(cls):
        cls.lab.network.redirect()

    def login(self, name):
        wire = self.wire(netns.ROUTER4, netns.GATEWAY_PORT)
        self.assertTrue(wire.line().startswith(b"+OK"))
        wire.send(b"USER " + name + b"\r\n")
        return wire

    def test_with_and_without_port(self):
        self.lab.dovecot.fill("alice", mails.PLAIN, mails.INFECTED)
        for name in (f"alice#{netns.SERVER4}:110", f"alice#{netns.SERVER4}"):
            wire = self.login(name.encode())
            self.assertTrue(wire.line().startswith(b"+OK"))
            self.assertTrue(wire.ask(b"PASS " + PASSWORD.encode()).startswith(b"+OK"))
            status, body = wire.multiline(b"RETR 1")
            self.assert_same(body, mails.PLAIN)
            self.assert_notification(wire.multiline(b"RETR 2")[1])
            self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))
        self.assertTrue(self.gateway.lines(r"USER 'alice'"))

    def test_refused_without_login_host(self):
        wire = self.login(b"alice")
        self.assertTrue(wire.line().startswith(b"-ERR"))

    def test_not_allowed(self):
        self.pop3_server([mails.PLAIN], port=111)
        for name in (f"alice#{netns.CLIENT4}:110", "alice#127.0.0.1:110", "alice#localhost",
                     f"alice#[{netns.FAKE6}]:110"):
            with self.subTest(name):
                self.assertTrue(self.login(name.encode()).line().startswith(b"-ERR"))

    def test_other_commands_first(self):
        wire = self.wire(netns.ROUTER4, netns.GATEWAY_PORT)
        self.assertTrue(wire.line().startswith(b"+OK"))
        self.assertTrue(wire.ask(b"STAT").startswith(b"-ERR"))
        wire.send(b"QUIT\r\n")
        self.assertTrue(wire.line())
        wire.rest()

    def test_mail_address_as_login_names_the_server(self):
        self.pop3_server([mails.PLAIN], port=110)
        wire = self.login(f"alice@{netns.FAKE4}".encode())
        self.assertTrue(wire.line().startswith(b"+OK"))

    def test_authuser_knows_its_users(self):
        self.pop3_server([mails.PLAIN], port=110)
        users = self.lab.gateway_directory() / "users"
        users.mkdir(parents=True, mode=0o755)
        (users / f"alice#{netns.FAKE4}:110").touch()
        gateway = self.start_gateway({**self.options, "authuser": None, "usersdir": str(users), "port": "8112"})
        for user, answer in ((f"alice#{netns.FAKE4}", b"+OK"), (f"bob#{netns.FAKE4}", b"-ERR"),
                             (f"alice#{netns.FAKE4}:111", b"-ERR"), (f"../alice#{netns.FAKE4}", b"-ERR")):
            with self.subTest(user):
                wire = self.wire(netns.ROUTER4, 8112)
                wire.line()
                wire.send(b"USER " + user.encode() + b"\r\n")
                self.assertTrue(wire.line().startswith(answer))
        gateway.wait_log(r"USER 'bob' on \S+:110 refused .* authuser")


class UseUrlDefault(E2E):
    def test_private_addresses_are_refused(self):
        gateway = self.start_gateway({"useurl": None})
        with self.router:
            with socket.create_server(("127.0.0.1", 1100)) as listener:
                listener.settimeout(0)
                for host in ("127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "[::1]", "[fe80::1]", "169.254.1.1",
                             "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"):
                    with self.subTest(host):
                        wire = self.wire(netns.ROUTER4, netns.GATEWAY_PORT)
                        wire.line()
                        wire.send(f"USER x#{host}:1100\r\n".encode())
                        self.assertTrue(wire.line().startswith(b"-ERR"))
                with self.assertRaises(BlockingIOError):
                    listener.accept()
        self.assertIsNone(gateway.process.poll())


