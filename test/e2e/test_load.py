# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Much at once: sessions, descriptors, a very large mail, one that does not come."""
import os
import re
import select
import threading

import mails
import wait
from fakes import stuff, unstuff
from support import E2E


class Many(E2E):
    COUNT = 500

    def test_500_sessions_at_once(self):
        self.start_gateway({"maxperclient": 1000, "xheader": "no"})
        sizes = [mails.PLAIN, mails.INFECTED, mails.odd()["base64"]]
        self.pop3_server(sizes)
        wires = [self.wire() for _ in range(self.COUNT)]
        for wire in wires:
            self.assertTrue(wire.line().startswith(b"+OK"))
        for wire in wires:
            wire.send(b"USER a\r\nPASS b\r\nRETR 1\r\nRETR 2\r\nRETR 3\r\nQUIT\r\n")
        for wire in wires:
            wire.line()
            wire.line()
            self.assert_same(wire.multiline()[1], mails.PLAIN)
            self.assert_notification(unstuff(wire.multiline()[1]))
            self.assert_same(wire.multiline()[1], stuff(sizes[2]))
            self.assertEqual(wire.line(), b"+OK quit\r\n")
            self.assertEqual(wire.rest(), b"")

    def test_descriptors_run_out_and_come_back(self):
        gateway = self.start_gateway({"maxperclient": 1000, "xheader": "no"}, before=("prlimit", "--nofile=256:256"))
        self.pop3_server([mails.PLAIN])
        waiting = [self.wire() for _ in range(300)]
        served = []
        while waiting:                     # each session that ends makes room for one that waits, whichever
            ready, _, _ = select.select(waiting, [], [], wait.DEADLINE)
            self.assertTrue(ready, f"{len(waiting)} wait, nobody is served")
            for wire in ready:
                self.assertTrue(wire.line().startswith(b"+OK"))
                wire.send(b"RETR 1\r\nQUIT\r\n")
                served.append(wire.multiline()[1])
                self.assertEqual(wire.rest(), b"+OK quit\r\n")
                waiting.remove(wire)
        self.assertEqual(served, [mails.PLAIN] * 300)
        self.assertIsNone(gateway.process.poll())

        def descriptors():
            return max(len(os.listdir(f"/proc/{pid}/fd")) for pid in gateway.processes())
        wait.until(lambda: descriptors() < 100, "descriptors to be given back")


class Memory(E2E):
    """A mail of 100 MB costs no more memory than the spool's share, in either direction."""
    LIMIT = 16 * 1024          # KiB above idle

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail = mails.large(100 << 20)

    @classmethod
    def tearDownClass(cls):
        del cls.mail

    def watch(self, gateway, action):
        """The most that all processes held above the state before, in KiB of private and shared memory (what is
        mapped of the unlinked spool file lives in the page cache and is not counted), while action() ran."""
        def held():
            total = 0
            for pid in gateway.processes():
                try:
                    with open(f"/proc/{pid}/smaps_rollup") as file:
                        text = file.read()
                except OSError:
                    continue
                total += sum(int(n) for n in re.findall(r"^Pss_(?:Anon|Shmem):\s+(\d+)", text, re.M))
            return total
        idle, most, over = held(), [0], threading.Event()

        def sample():
            while not over.is_set():
                most[0] = max(most[0], held())
                over.wait(0.05)
        thread = threading.Thread(target=sample)
        thread.start()
        try:
            action()
        finally:
            over.set()
            thread.join()
        return most[0] - idle

    def try_both(self, options):
        gateway = self.start_gateway(options | {"xheader": "no"})
        self.pop3_server([mails.PLAIN, self.mail])
        sink = self.smtp_sink()
        pop3, smtp = self.pop3_login(), self.smtp_hello()
        self.assert_same(pop3.multiline(b"RETR 1")[1], mails.PLAIN)         # what is allocated once, is
        self.assertTrue(self.submit(smtp, mails.PLAIN).startswith(b"250"))
        pop3.socket.settimeout(120)
        smtp.socket.settimeout(120)

        def fetch():
            self.assert_same(pop3.multiline(b"RETR 2")[1], self.mail)

        def send():
            self.assertTrue(self.submit(smtp, self.mail).startswith(b"250"))
            self.assert_same(sink.mails[-1], self.mail)
        for action in (fetch, send):
            above = self.watch(gateway, action)
            print(f"           {action.__name__}: {above / 1024:.1f} MiB above idle", flush=True)
            self.assertLessEqual(above, self.LIMIT, f"{action.__name__}: {above} KiB above idle")

    def test_clamd(self):
        self.try_both({"scannertype": "clamd", "scanner": self.lab.clamd.socket})

    def test_embedded(self):
        self.try_both({})


class Large(E2E):
    """30 MB, and the virus is in the last attachment."""

    def try_both(self, options):
        mail = mails.large(30 << 20)
        mail = mail[:-len(b"--=_b0--\r\n")] + b"--=_b0\r\n" + mails.attachment(mails.EICAR) + b"\r\n--=_b0--\r\n"
        self.start_gateway(options)
        self.pop3_server([mail])
        self.assert_notification(unstuff(self.pop3_login().multiline(b"RETR 1")[1]))
        sink = self.smtp_sink()
        self.assertTrue(self.submit(self.smtp_hello(), mail).startswith(b"554"))
        self.assertEqual(sink.mails, [])

    def test_clamd(self):
        self.try_both({"scannertype": "clamd", "scanner": self.lab.clamd.socket})

    def test_embedded(self):
        self.try_both({})


class Slow(E2E):
    def test_slow_mail_does_not_hold_up_others(self):
        """One server stalls in mid-mail; other sessions of the same event loop go on."""
        go_on = threading.Event()
        self.addCleanup(go_on.set)

        def hook(session, line):
            if line != b"RETR 1":
                return None
            session.send(b"+OK\r\nFrom: a\r\n")
            go_on.wait(wait.DEADLINE)
            return b"\r\nlate\r\n.\r\n"
        self.start_gateway({"threads": 1, "xheader": "no"})
        self.pop3_server([mails.PLAIN, mails.PLAIN], hook=hook)
        slow, quick = self.pop3_login(), self.pop3_login()
        slow.send(b"RETR 1\r\n")
        for _ in range(20):
            self.assert_same(quick.multiline(b"RETR 2")[1], mails.PLAIN)
        go_on.set()
        self.assert_same(slow.multiline()[1], b"From: a\r\n\r\nlate\r\n")
