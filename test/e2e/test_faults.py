# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What breaks, breaks one mail at most: engines, disks, clients, servers, descriptors, memory."""
import contextlib
import os
import signal
import threading

import mails
import netns
import wait
from clamd import Clamd
from fakes import Leave, stuff, unstuff
from support import E2E


def connections(namespace, port):
    """Of each connection whose own end is `port`: the octets that wait unread in it."""
    found = []
    with namespace:
        for table in ("/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"):
            with open(table) as file:
                for line in file.readlines()[1:]:
                    fields = line.split()
                    if fields[3] == "01" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                        found.append(int(fields[4].split(":")[1], 16))
    return found


class ClamdFaults(E2E):
    def setUp(self):
        self.clamd = self.lab.clamd
        self.addCleanup(lambda: self.clamd.signal(signal.SIGCONT))      # send_signal does nothing to a dead one
        self.gateway = self.start_gateway({"scannertype": "clamd", "scanner": f"127.0.0.1:{self.clamd.port}",
                                           "xheader": "no"})
        self.server_of_mails = self.pop3_server([mails.PLAIN, mails.INFECTED, mails.odd()["5 MB"]])

    def stop_mid_scan(self, wire, number):
        self.clamd.signal(signal.SIGSTOP)
        wire.send(b"RETR %d\r\n" % number)
        wait.until(lambda: any(connections(self.router, self.clamd.port)), "the mail to be at clamd")

    def test_killed_and_restarted(self):
        for number in (1, 3):
            with self.subTest(number):
                wire = self.pop3_login()
                self.stop_mid_scan(wire, number)
                self.clamd.kill()
                self.assertRegex(wire.line(), rb"^-ERR \[SYS/TEMP\] ")
                self.assertRegex(wire.ask(b"RETR 1"), rb"^-ERR \[SYS/TEMP\] ")       # still down
                self.lab.clamd                                                       # starts it again
                self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
                self.assert_notification(unstuff(wire.multiline(b"RETR 2")[1]))
                self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))

    def test_stopped_and_continued(self):
        wire = self.pop3_login()
        for number in (1, 2, 3):
            self.stop_mid_scan(wire, number)
            self.clamd.signal(signal.SIGCONT)
            status, body = wire.multiline()
            self.assertTrue(status.startswith(b"+OK"))
            if number == 2:
                self.assert_notification(unstuff(body))
            else:
                self.assert_same(body, stuff(self.server_of_mails.mails[number - 1]))

    def test_killed_smtp(self):
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.envelope(wire)
        wire.command(b"DATA")
        self.clamd.signal(signal.SIGSTOP)
        wire.send(mails.INFECTED + b".\r\n")
        wait.until(lambda: any(connections(self.router, self.clamd.port)), "the mail to be at clamd")
        self.clamd.kill()
        self.assertRegex(wire.reply(), rb"^451 4\.7\.1 ")
        self.lab.clamd
        self.assertTrue(self.submit(wire, mails.INFECTED).startswith(b"554"))
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])

    def test_client_leaves_mid_scan(self):
        """Its scan is given up: no connection to clamd stays, and the next mail is judged by its own octets."""
        wire = self.pop3_login()
        self.stop_mid_scan(wire, 2)
        wire.reset()
        self.assertTrue(self.server_of_mails.sessions[-1].over.wait(wait.DEADLINE))
        self.clamd.signal(signal.SIGCONT)
        wire = self.pop3_login()
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)


    def test_streams_while_the_mail_arrives(self):
        """A mail that has outgrown memory is at clamd before its end is at the gateway; then it goes on as usual."""
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        mail = mails.odd()["5 MB"]

        def hook(session, line):
            if line != b"RETR 3":
                return None
            session.send(b"+OK\r\n" + mail[:3 << 20])
            go_on.wait(wait.DEADLINE)
            return mail[3 << 20:] + b".\r\n"
        self.server_of_mails.hook = hook
        wire = self.pop3_login()
        self.stop_mid_scan(wire, 3)
        self.clamd.signal(signal.SIGCONT)
        go_on.set()
        self.assert_same(wire.multiline()[1], stuff(mail))

    def test_connection_is_kept(self):
        """Mail after mail over one connection."""
        wire = self.pop3_login()
        for number in (1, 2, 1, 3, 1):
            self.assertTrue(wire.multiline(b"RETR %d" % number)[0].startswith(b"+OK"))
        self.assertEqual(len(connections(self.router, self.clamd.port)), 1)

    def test_pool_survives_the_loss_of_one(self):
        """One of two goes: not one mail fails."""
        self.gateway.close()
        directory = self.lab.directory / f"clamd-{self.id()}"
        other = Clamd(self.router, directory, port=3320)
        self.addCleanup(netns.stop, other.process)
        self.start_gateway({"scannertype": "clamd", "scanner": f"127.0.0.1:3320, 127.0.0.1:{self.clamd.port}",
                            "xheader": "no"})
        wire = self.pop3_login()
        for number in range(30):
            if number == 10:
                other.kill()
            if number == 20:
                other.start()
            self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)


class WorkerFaults(E2E):
    def setUp(self):
        self.gateway = self.start_gateway({"workers": 1, "xheader": "no"})
        self.pop3_server([mails.PLAIN, mails.INFECTED, mails.odd()["5 MB"]])

    def worker(self):
        return wait.until(self.gateway.scanners, "a scanning process")[0]

    def has_work(self, pid):
        """Whether something waits unread in a socket of this process."""
        listed = self.router.sh("ss", "-xpnH")
        return any(f"pid={pid}," in line and int(line.split()[2]) > 0 for line in listed.splitlines())

    def test_killed_mid_scan(self):
        for number, mail in ((1, mails.PLAIN), (3, mails.odd()["5 MB"])):
            with self.subTest(number):
                wire = self.pop3_login()
                self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
                worker = self.worker()
                os.kill(worker, signal.SIGSTOP)
                wire.send(b"RETR %d\r\n" % number)
                wait.until(lambda: self.has_work(worker), "the mail to be at the worker")
                os.kill(worker, signal.SIGKILL)
                self.assertRegex(wire.line(), rb"^-ERR \[SYS/TEMP\] ")
                self.assert_same(wire.multiline(b"RETR %d" % number)[1], stuff(mail))
                self.assert_notification(unstuff(wire.multiline(b"RETR 2")[1]))
                self.assertNotEqual(self.worker(), worker)

    def test_other_sessions_do_not_notice(self):
        """All workers die while nothing is scanned: no mail suffers."""
        wire = self.pop3_login()
        for _ in range(3):
            os.kill(self.worker(), signal.SIGKILL)
            status, body = wire.multiline(b"RETR 1")
            if status.startswith(b"-ERR"):         # the gateway may learn of it only by trying
                self.assertRegex(status, rb"^-ERR \[SYS/TEMP\] ")
                status, body = wire.multiline(b"RETR 1")
            self.assert_same(body, mails.PLAIN)


class PeerFaults(E2E):
    options = {"xheader": "no"}

    def still_works(self):
        server = self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
        wire.close()
        server.close()
        self.assertEqual(self.gateway.left_over(), [])

    def test_pop3_server_leaves(self):
        steps = {
            "greeting": (lambda line: False, b""), "USER": (lambda line: line.startswith(b"USER"), b""),
            "PASS": (lambda line: line.startswith(b"PASS"), b"+O"), "RETR": (lambda line: line == b"RETR 1", b""),
            "status": (lambda line: line == b"RETR 1", b"+OK 100"), "header": (lambda line: line == b"RETR 1",
                                                                              b"+OK\r\nFrom: a\r\n"),
            "body": (lambda line: line == b"RETR 1", b"+OK\r\nFrom: a\r\n\r\nhalf\r\n"),
            "dot": (lambda line: line == b"RETR 1", b"+OK\r\nFrom: a\r\n\r\nhalf\r\n.\r"),
        }
        for name, (applies, last_words) in steps.items():
            with self.subTest(name):
                def hook(session, line):
                    if applies(line):
                        session.send(last_words)
                        raise Leave
                    return None
                greeting = b"+OK" if name == "greeting" else b"+OK ready\r\n"
                server = self.pop3_server([mails.PLAIN], hook=hook, greeting=greeting)
                wire = self.wire()
                if name == "greeting":
                    wait.until(lambda: server.sessions, "the connection")
                    server.close()
                    said = wire.rest()
                else:
                    wire.send(b"USER alice\r\nPASS x\r\nRETR 1\r\n")
                    said = wire.rest()
                    server.close()
                self.assertNotIn(b"\r\n.\r\n", said)
                self.assertNotIn(b"half", said)
        self.still_works()

    def test_smtp_server_leaves(self):
        for step in (b"EHLO", b"MAIL", b"RCPT", b"DATA", b"354", b"body"):
            with self.subTest(step):
                def hook(session, line):
                    if step == b"354" and line == b"DATA":
                        session.send(b"354 go\r\n")
                        raise Leave
                    if step == b"body" and line == b"DATA":
                        session.send(b"354 go\r\n")
                        while session.read_line() != b".":
                            pass
                        raise Leave
                    if line.startswith(step):
                        raise Leave
                    return None
                sink = self.smtp_sink(hook=hook)
                wire = self.wire(port=25)
                replies = [wire.reply()]
                try:
                    for line in (b"EHLO x", b"MAIL FROM:<a@sender.test>", b"RCPT TO:<b@example.test>", b"DATA"):
                        replies.append(wire.command(line))
                    wire.send(stuff(mails.PLAIN) + b".\r\n")
                    replies.append(wire.reply())
                except (EOFError, OSError):
                    pass
                wire.close()
                sink.close()
                if len(replies) == 6:
                    self.assertRegex(replies[5], rb"^4\d\d ", "never success without the server's word")
                self.assertEqual(sink.mails, [])
        self.still_works()

    def test_client_leaves(self):
        mail = mails.odd()["5 MB"]
        server = self.pop3_server([mail])
        for step in range(5):
            for way in ("close", "reset"):
                with self.subTest(step=step, way=way):
                    wire = self.wire()
                    if step > 0:
                        wire.line()
                    if step > 1:
                        wire.send(b"USER al")
                    if step > 2:
                        wire.send(b"ice\r\nPASS x\r\nRETR 1\r\n")
                        wire.line()
                    if step > 3:
                        wire.line()
                        wire.line()
                        wire.socket.recv(1000)
                    wait.until(lambda: server.sessions and not server.sessions[-1].over.is_set(), "the session")
                    session = server.sessions[-1]
                    getattr(wire, way)()
                    self.assertTrue(session.over.wait(wait.DEADLINE))
        server.close()
        self.still_works()

    def test_client_half_closes(self):
        """A client that asked and then only listens still gets its answers."""
        self.pop3_server([mails.PLAIN])
        wire = self.wire()
        wire.send(b"USER a\r\nPASS b\r\nRETR 1\r\nQUIT\r\n")
        wire.socket.shutdown(1)
        said = wire.rest()
        self.assertIn(b"+OK quit", said)
        self.assertIn(stuff(mails.PLAIN) + b".\r\n", said)


class Disk(E2E):
    """The spool on a file system of 3 MiB."""

    def setUp(self):
        self.directory = self.lab.directory / "small"
        self.directory.mkdir(exist_ok=True)
        netns.sh("mount", "-t", "tmpfs", "-o", "size=3m,mode=0700,uid=mail", "p3scan-e2e", str(self.directory))
        self.addCleanup(netns.sh, "umount", "-l", str(self.directory))

    def start(self, **options):
        gateway = self.start_gateway({"virusdir": self.directory, "bytesfree": 500, "spoolmemory": 64,
                                      "xheader": "no"} | options)
        self.pop3_server([mails.odd()["5 MB"], mails.PLAIN, mails.odd()["250 KiB"], mails.INFECTED])
        return gateway

    def files(self):
        return [path for path in self.directory.rglob("*") if path.is_file()]

    def test_too_little_for_one_mail(self):
        self.start()
        wire = self.pop3_login()
        for _ in range(2):
            self.assertRegex(wire.ask(b"RETR 1"), rb"^-ERR \[SYS/TEMP\] ")
            self.assert_same(wire.multiline(b"RETR 2")[1], mails.PLAIN)
            self.assert_same(wire.multiline(b"RETR 3")[1], stuff(mails.odd()["250 KiB"]))
        self.assertEqual(self.files(), [])
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.assertRegex(self.submit(wire, mails.odd()["5 MB"]), rb"^4[35][0-9] ")
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])

    def test_bytesfree(self):
        """Less free than asked for: whatever would be written is answered with a temporary error."""
        self.start(bytesfree=10000)
        wire = self.pop3_login()
        for number in (3, 1):
            self.assertRegex(wire.ask(b"RETR %d" % number), rb"^-ERR \[SYS/TEMP\] ")
        self.assert_same(wire.multiline(b"RETR 2")[1], mails.PLAIN)
        self.assertEqual(self.files(), [])

    def test_no_room_for_quarantine(self):
        """A notification that names a file which could not be written is never sent."""
        self.start(bytesfree=0)
        with open(self.directory / "junk", "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        wire = self.pop3_login()
        self.assertRegex(wire.ask(b"RETR 4"), rb"^-ERR \[SYS/TEMP\] ")
        (self.directory / "junk").unlink()
        self.assert_notification(unstuff(wire.multiline(b"RETR 4")[1]))
        self.assertEqual([path.read_bytes() for path in self.files()], [mails.INFECTED])
