# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""p3scan rules: what it sets, that mail then flows, and that nothing is left of it."""
import re
import subprocess

import gateway as product
import mails
import netns
from dovecot import PASSWORD
from fakes import Wire
from support import E2E
from test_intercept import Passing


class Ruled(E2E):
    """The gateway's own rules in place of the laboratory's; gone after each test."""
    tool = "nft"
    flags = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab.network.direct()
        cls.before = cls.state()

    @classmethod
    def tearDownClass(cls):
        cls.lab.network.redirect()

    @classmethod
    def state(cls):
        """All that `p3scan rules` may change, as text."""
        words = [("nft", "list", "ruleset")]
        words += [("ip", family, *rest) for family in ("-4", "-6")
                  for rest in (("rule", "list"), ("route", "list", "table", "all"))]
        return "\n".join(" ".join(command) + ":\n" + cls.router.sh(*command) for command in words)

    def rules(self, *words, tool=None):
        with self.router:
            return subprocess.run((product.PROGRAM, "rules", tool or self.tool, *words), capture_output=True,
                                  text=True, timeout=60)

    def apply(self, *words):
        done = self.rules("--apply", "-f", self.gateway.configuration, *self.flags, *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def remove(self):
        done = self.rules("--remove")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def gone(self):
        """iptables leaves its own empty tables and chains in the list of rules."""
        now = self.state()
        for trace in ("p3scan", "P3SCAN", "8110", "200000", "redirect", "tproxy"):
            self.assertNotIn(trace, now)
        if self.tool == "nft":
            self.assertEqual(now, self.before)

    def setUp(self):
        self.addCleanup(self.gone)
        self.addCleanup(self.remove)
        self.apply("r0")


class Nft(Passing, Ruled):
    options = {}

    def test_again(self):
        """Applied twice it is the same as once, and sessions under way go on."""
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        first = self.state()
        self.apply("r0")
        self.assertEqual(self.without_counters(self.state()), self.without_counters(first))
        self.assertTrue(wire.ask(b"NOOP").startswith(b"+OK"))
        self.assertTrue(wire.multiline(b"RETR 1")[0].startswith(b"+OK"))
        wire.ask(b"QUIT")
        self.gateway.wait_log("Session done")

    @staticmethod
    def without_counters(state):
        """Packet counters of iptables' chains change by themselves."""
        return re.sub(r"counter packets \d+ bytes \d+", "counter", state)

    def test_other_ports_and_interfaces_are_left_alone(self):
        self.pop3_server([mails.INFECTED], port=1110)
        wire = self.wire(netns.FAKE4, 1110)
        self.assertTrue(wire.line().startswith(b"+OK"))
        for command in (b"USER alice", b"PASS x"):
            self.assertTrue(wire.ask(command).startswith(b"+OK"))
        self.assertIn(b"EICAR", wire.multiline(b"RETR 1")[1])

    def test_printed(self):
        """What is printed does the same as --apply."""
        self.apply("r0")
        applied = self.without_counters(self.state())
        self.remove()
        printed = self.rules("-f", self.gateway.configuration, *self.flags, "r0")
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        with self.router:
            self.load(printed.stdout)
            self.load(printed.stdout)
        self.assertEqual(self.without_counters(self.state()), applied)

    def load(self, printed):
        for line in printed.splitlines():
            if line.startswith("#   ip "):
                subprocess.run(line[4:], shell=True, capture_output=True)
        netns.sh("nft", "-f", "-", stdin=printed)


class NftTproxy(Nft):
    options = {"tproxy": None}
    sees_client = True


class Iptables(Nft):
    tool = "iptables"

    def load(self, printed):
        netns.sh("sh", stdin=printed)

    def test_rules_of_others_stay(self):
        for command in ("iptables", "ip6tables"):
            self.router.sh(command, "-w", "-t", "nat", "-N", "OTHERS")
            self.addCleanup(self.router.sh, command, "-w", "-t", "nat", "-X", "OTHERS")
            self.addCleanup(self.router.sh, command, "-w", "-t", "nat", "-F", "PREROUTING")
            self.router.sh(command, "-w", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "9", "-j", "OTHERS")
        self.apply("r0")
        self.remove()
        for command in ("iptables", "ip6tables"):
            self.assertIn("--dport 9 -j OTHERS", self.router.sh(command, "-w", "-t", "nat", "-S", "PREROUTING"))


class IptablesTproxy(Iptables):
    options = {"tproxy": None}
    sees_client = True


class IptablesChange(Ruled):
    tool = "iptables"
    options = {}

    def test_from_one_way_to_the_other(self):
        """--apply for TPROXY takes the rules for REDIRECT away, and back."""
        for flags, used, unused in ((("--tproxy",), "mangle", "nat"), ((), "nat", "mangle")):
            self.apply("r0", *flags)
            self.assertIn("P3SCAN", self.router.sh("iptables", "-w", "-t", used, "-S"))
            self.assertNotIn("P3SCAN", self.router.sh("iptables", "-w", "-t", unused, "-S"))
            self.assertEqual("8110" in self.router.sh("ip", "rule", "list"), used == "mangle")


class OwnAddress:
    """With an ip option the connections go to that address, and the family without one is left alone."""

    def test_addresses(self):
        self.pop3_server([mails.INFECTED])
        self.assert_notification(self.fetched(netns.FAKE4))
        self.assertIn(b"EICAR-STANDARD", self.fetched(netns.FAKE6))

    def fetched(self, address):
        wire = self.pop3_login(address)
        body = wire.multiline(b"RETR 1")[1]
        wire.ask(b"QUIT")
        return body


class NftAddress(OwnAddress, Ruled):
    options = {"ip": netns.ROUTER4_SERVERSIDE}


class NftTproxyAddress(OwnAddress, Ruled):
    options = {"ip": netns.ROUTER4_SERVERSIDE, "tproxy": None}


class IptablesAddress(OwnAddress, Ruled):
    tool = "iptables"
    options = {"ip": netns.ROUTER4_SERVERSIDE}


class Local:
    """Clients on the gateway's own host; what the gateway itself connects to is never sent back to it."""
    flags = ("--local",)

    def test_client_of_this_host(self):
        self.pop3_server([mails.INFECTED, mails.PLAIN])
        for address in (netns.FAKE4, netns.FAKE6):
            with self.subTest(address):
                wire = Wire(self.router, address, 110)
                self.addCleanup(wire.close)
                self.assertTrue(wire.line().startswith(b"+OK"))
                for command in (b"USER alice", b"PASS " + PASSWORD.encode()):
                    self.assertTrue(wire.ask(command).startswith(b"+OK"))
                self.assert_notification(wire.multiline(b"RETR 1")[1])
                self.assertIn(b"this is a clean mail", wire.multiline(b"RETR 2")[1])
                wire.ask(b"QUIT")

    def test_client_behind_it(self):
        self.pop3_server([mails.INFECTED])
        wire = self.pop3_login()
        self.assert_notification(wire.multiline(b"RETR 1")[1])


class NftLocal(Local, Ruled):
    options = {}


class NftLocalTproxy(Local, Ruled):
    options = {"tproxy": None}


class IptablesLocal(Local, Ruled):
    tool = "iptables"
    options = {}


class IptablesLocalTproxy(Local, Ruled):
    tool = "iptables"
    options = {"tproxy": None}


class Refusals(E2E):
    def test_words(self):
        for words, said in ((("nft",), "interface"), (("pf", "eth1"), "neither nft nor iptables"),
                            (("nft", "eth1;reboot"), "can't be the name"), (("nft", "-x"), "no option"),
                            (("nft", "eth1", "--ports=0"), "port numbers"), ((), "nft or iptables"),
                            (("nft", "eth1", "--apply", "--remove"), "contradict"),
                            (("nft", "eth1", "-f", "/nonexistent/p3scan.conf"), "/nonexistent/p3scan.conf")):
            with self.subTest(words):
                done = subprocess.run((product.PROGRAM, "rules", *words), capture_output=True, text=True, timeout=20)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(said, done.stderr)

    def test_not_root(self):
        for act in ("--apply", "--remove"):
            done = subprocess.run((product.PROGRAM, "rules", "nft", "lo", act), capture_output=True, text=True,
                                  timeout=20, user="nobody")
            self.assertEqual(done.returncode, 1)
            self.assertIn("only root", done.stderr)
