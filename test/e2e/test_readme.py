# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The README and the administrator's manual: every command in them is run, or it is said here why not."""
import json
import re
import subprocess

import gateway as product
import mails
import netns
from booted import BootedMachine
from support import E2E
from test_upgrade import CmakeInstall, Installed

README = (product.ROOT / "README.md").read_text()
MANUAL = (product.ROOT / "doc/p3scan_readme.8").read_text()
# What the README says, and what it is here.
HERE = {"eth1": "r0", "mail.example.net": netns.FAKE4}


def commands(text):
    """The lines of the indented blocks, without their comments."""
    lines = re.findall(r"^    (\S.*)$", text, re.M)
    return [re.sub(r"\s{2,}#.*", "", line).strip() for line in lines]


def tour():
    return commands(README[README.index("## Five minutes"):README.index("## Where to read on")])


class Tour(Installed):
    """From nothing to a gateway that scans, as the README has it, on a host where systemd runs."""

    def make_machine(self):
        return BootedMachine(self.router, self.lab.gateway_directory())

    def test_every_command(self):
        self.sink = self.smtp_sink()
        self.addCleanup(self.machine.systemctl, "stop", "p3scan-rules@r0")
        acts = {"./setup build run": self.built_before, "sudo cmake --install": self.install,
                "sudo freshclam": self.not_reachable, "printf": self.at_the_client, "curl": self.refused,
                "journalctl": self.logged, "sudo ls": self.listed, "sudo systemctl stop": self.stopped,
                "sudo systemctl restart": self.restarted, "sudo p3scan ca export": self.exported, "sudo systemctl enable --now p3scan-rules": self.redirected,
                "sudo": self.on_the_router}
        done = []
        for command in tour():
            act = next((act for begin, act in acts.items() if command.startswith(begin)), None)
            self.assertIsNotNone(act, f"nobody tests: {command}")
            done.append(act)
            act(self.here(command))
        self.assertEqual(set(done), set(acts.values()))

    @staticmethod
    def here(command):
        for there, this in HERE.items():
            command = command.replace(there, this)
        return command.replace("sudo ", "")

    def on_the_router(self, command):
        return self.machine.run("sh", "-c", command).stdout

    def built_before(self, command):
        """Whoever runs this has done it; the words are right."""
        presets = json.loads((product.ROOT / "CMakePresets.json").read_text())
        for kind, words in (("configurePresets", "cmake --preset release"), ("buildPresets", "cmake --build --preset release")):
            self.assertIn(words, command)
            self.assertIn("release", [preset["name"] for preset in presets[kind]])
        groups = re.match(r"\./setup ([a-z ]+) &&", command)[1].split()
        setup = (product.ROOT / "setup").read_text()
        for group in groups:
            self.assertRegex(setup, rf"(?m)^    {group}\) wanted")

    def install(self, command):
        """Into the machine, which sees this host's files but not that it is built elsewhere."""
        self.assertEqual(command, "cmake --install build/release && systemctl daemon-reload")
        CmakeInstall.install(self)
        self.machine.systemctl("daemon-reload")

    def not_reachable(self, command):
        """There is no network to fetch from. The program is there."""
        self.machine.run("sh", "-c", f"command -v {command}")

    def redirected(self, command):
        self.on_the_router(command)
        self.assertIn("redirect", self.router.sh("nft", "list", "table", "inet", "p3scan"))

    def at_the_client(self, command):
        with self.client:
            subprocess.run(("sh", "-c", command), cwd=self.machine_directory(), check=True)

    def machine_directory(self):
        path = self.lab.directory / "client"
        path.mkdir(exist_ok=True)
        return path

    def refused(self, command):
        done = self.client.run("sh", "-c", command, cwd=self.machine_directory())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"554 Virus detected!", done.stderr)
        self.assertEqual(self.sink.mails, [])

    def logged(self, command):
        said = self.on_the_router(command)
        self.assertIn("SMTP Connection from", said)
        self.assertIn("Eicar", said)

    def listed(self, command):
        """A mail that was fetched is kept; one that was sent is where it came from."""
        server = self.pop3_server([mails.INFECTED])
        wire = self.pop3_login()
        self.assert_notification(wire.multiline(b"RETR 1")[1])
        wire.ask(b"QUIT")
        wire.rest()
        server.close()
        self.assertRegex(self.on_the_router(command), r"(?m)^-rw------- .* p3scan\.\w{6}$")

    def stopped(self, command):
        self.on_the_router(command)
        self.sink.close()
        self.sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.assertTrue(self.submit(wire, mails.INFECTED).startswith(b"250"))      # straight to the server
        wire.close()

    def exported(self, command):
        self.on_the_router(f"cd /etc/p3scan && {command}")
        text = self.machine.path("/etc/p3scan/p3scan-ca.pem").read_text()
        self.assertTrue(text.startswith("-----BEGIN CERTIFICATE-----"), text)
        rules = self.router.sh("nft", "list", "table", "inet", "p3scan")
        for port in ("143", "465", "587", "993", "995"):
            self.assertRegex(rules, rf"\b{port}\b")

    def restarted(self, command):
        conf = self.machine.path("/etc/p3scan/p3scan.conf")
        if not conf.read_text().endswith("\ntproxy\n"):
            conf.write_text(conf.read_text() + "tproxy\n")
        self.on_the_router(command)
        self.assertIn("tproxy", self.router.sh("nft", "list", "table", "inet", "p3scan"))
        wire = self.smtp_hello()
        self.assertTrue(self.submit(wire, mails.INFECTED).startswith(b"554"))
        wire.close()


class Words(E2E):
    def test_two_commands(self):
        """They are what runs this; here their words alone."""
        for command in commands(README[:README.index("## Five minutes")]):
            self.assertIn(command, ("./run", "./check"))
            subprocess.run(("bash", "-n", product.ROOT / command), check=True)
        for text in re.findall(r"`(\./[^`]*)`", README):
            program, *words = text.split()
            usage = (product.ROOT / program).read_text().split("set -euo")[0]
            if words:
                self.assertIn(f"{program} {words[0]}", usage, text)

    def test_links_and_places(self):
        for link in re.findall(r"\]\(([^)]+)\)", README):
            self.assertTrue((product.ROOT / link).exists(), link)
        generated = (product.ROOT / "cmake/P3scanInstall.cmake").read_text()
        self.assertIn("DATADIR}/p3scan", generated)

    def test_without_systemd(self):
        """p3scan rules as the README writes it; the script's words are in test_upgrade."""
        line = re.search(r"^Without systemd: (.*)$", README, re.M)[1]
        for command in re.findall(r"`(p3scan rules [^`]*)`", line):
            done = subprocess.run((product.PROGRAM, *command.replace("--apply", "-f /dev/null").split()[1:]),
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_configurations_of_the_manual(self):
        """Each example is a configuration that the program takes."""
        examples = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", MANUAL, re.M | re.S)
        self.assertGreater(len(examples), 5)
        for example in examples:
            with self.subTest(example):
                path = self.lab.directory / "example.conf"
                path.write_text(example)
                done = subprocess.run((product.PROGRAM, "rules", "nft", "eth1", "-f", path), capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_options_of_the_manual(self):
        """Each option that the manual names exists."""
        known = set(re.findall(r"^\.It Cm (\S+)", subprocess.run((product.PROGRAM, "--dump-man5"), capture_output=True,
                                                                text=True, check=True).stdout, re.M))
        for line in re.findall(r"^\.Cm (.*)$", MANUAL, re.M):
            name = re.split(r"[ =]", line)[0].removesuffix(",")
            self.assertIn(name, known)

    def test_programs_of_the_manual(self):
        """Each p3scan command in it has words that the program knows."""
        for command in re.findall(r"^\.(?:Ic|Dl) (p3scan .*)$", MANUAL, re.M):
            words = command.removesuffix(" .").removesuffix(" ,").replace("--apply", "").split()[1:]
            with self.subTest(command):
                if words[0] != "rules":
                    self.assertIn(words[0], ("-t", "-d"))
                elif "--remove" not in words:
                    done = subprocess.run((product.PROGRAM, *words, "-f", "/dev/null"), capture_output=True, text=True)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
