# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The daemon itself: configuration, limits, privileges, pid file, signals."""
import os
import pwd
import signal
import socket
import subprocess

import gateway as product
import mails
import netns
import wait
from fakes import stuff
from support import E2E


def silent(wire, seconds=0.3):
    """Whether nothing comes. The one place where time must pass: that something does not happen."""
    wire.socket.settimeout(seconds)
    try:
        wire.buffer += wire.socket.recv(1)
        return False
    except socket.timeout:
        return True
    finally:
        wire.socket.settimeout(wait.DEADLINE)


class Configuration(E2E):
    def check(self, text, *arguments):
        return product.check(text, self.lab.directory, self.router, arguments)

    def test_good(self):
        done = self.check("/* an old\n * licence block\n */\n# comment\n; comment\n// comment\n   \n" + "# x\n" * 200 +
                          "port 8111\ntimeout=5\nip = 127.0.0.1\nbroken\nsubject = a = b # c\nmaxchilds = 7")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("127.0.0.1, port 8111", done.stdout)

    def test_bad(self):
        for text, expected in (
                ("\n\ntimeuot = 5\n", ("check.conf", "3", "timeout")),           # file, line, nearest name
                ("timeout = 0\n", ("timeout",)),
                ("timeout = soon\n", ("timeout",)),
                ("timeout =\n", ("timeout",)),
                ("ip = 300.1.1.1\n", ("ip",)),
                ("scannertype = magic\n", ("magic",)),
                ("scannertype = bash\n", ("bash", "scanner")),
                ("footer =\n", ("footer",)),
                ("justdelete = maybe\n", ("justdelete",)),
                ("barelf = eat\n", ("barelf",)),
                ("help\n", ("help",)),
                ("virusregexp = ((\nscannertype = basic\nscanner = /bin/true\n", ("virusregexp",))):
            with self.subTest(text):
                done = self.check(text)
                self.assertEqual(done.returncode, 1)
                for word in expected:
                    self.assertIn(word, done.stdout + done.stderr)

    def test_start_with_a_bad_file_fails(self):
        path = self.lab.directory / "bad.conf"
        path.write_text("nonsense = 1\n")
        with self.router:
            done = subprocess.run((product.PROGRAM, "-d", "-f", path), capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("nonsense", done.stdout + done.stderr)

    def test_version_and_help(self):
        done = subprocess.run((product.PROGRAM, "-v"), capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout.splitlines()[1], r"^P3Scan 4\.\d")
        done = subprocess.run((product.PROGRAM, "-h"), capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0)
        for option in ("--useurl", "--scannertype", "--barelf", "--onfailure", "-f"):
            self.assertIn(option, done.stdout)

    def test_command_line_wins(self):
        done = self.check("port = 8112\nvirusdir = /var/spool\n", "--port=8113", "-r", "/tmp/p3scan-nowhere")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("8113", done.stdout)
        self.assertIn("/tmp/p3scan-nowhere", done.stdout)

    def test_port_in_use(self):
        self.start_gateway({})
        path = self.lab.directory / "second.conf"
        path.write_text(f"virusdir = {self.lab.directory}\npidfile = {self.lab.directory}/second.pid\n")
        with self.router:
            done = subprocess.run((product.PROGRAM, "-d", "-f", path), capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("8110", done.stdout + done.stderr)


class Limits(E2E):
    def test_maxchilds_waits(self):
        gateway = self.start_gateway({"maxchilds": 2, "threads": 1})
        self.pop3_server([mails.PLAIN])
        first, second = self.pop3_login(), self.pop3_login()
        third = self.wire()
        gateway.wait_log(r"MAX_CHILDS \(2\) reached!")
        self.assertTrue(silent(third))
        self.assertTrue(first.ask(b"NOOP").startswith(b"+OK"))
        second.ask(b"QUIT")
        self.assertTrue(third.line().startswith(b"+OK"))
        self.assertTrue(first.ask(b"QUIT").startswith(b"+OK"))

    def test_maxchilds_over_all_threads(self):
        """However many event loops there are, the number is for all of them, and nobody is dropped."""
        self.start_gateway({"maxchilds": 4, "threads": 4})
        self.pop3_server([mails.PLAIN])
        wires = [self.wire() for _ in range(12)]
        served = 0
        while wires:
            greeted = [wire for wire in wires if wire.buffer or not silent(wire, 0.05)]
            self.assertLessEqual(len(greeted), 4)
            for wire in greeted:
                self.assertTrue(wire.line().startswith(b"+OK"))
                self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))
                wires.remove(wire)
                served += 1
        self.assertEqual(served, 12)

    def test_maxperclient(self):
        """One more from an address at its limit is told so; another address is served, and the first one later."""
        gateway = self.start_gateway({"maxperclient": 2})
        self.pop3_server([mails.PLAIN])
        self.smtp_sink()
        first, second = self.pop3_login(), self.pop3_login()
        self.assertRegex(self.wire().rest(), rb"^-ERR [^\r\n]*\r\n$")
        self.assertRegex(self.wire(port=25).rest(), rb"^421 [^\r\n]*\r\n$")
        gateway.wait_log("has too many connections")
        other = self.pop3_login(netns.FAKE6)
        self.assertTrue(other.ask(b"NOOP").startswith(b"+OK"))
        first.ask(b"QUIT")
        first.rest()

        def served():
            wire = self.wire()
            welcome = wire.line().startswith(b"+OK")
            wire.close()
            return welcome
        wait.until(served, "the place to be free again")
        self.assertTrue(second.ask(b"QUIT").startswith(b"+OK"))

    def test_maxmessage(self):
        self.start_gateway({"maxmessage": 100, "xheader": "no"})
        self.pop3_server([mails.odd()["250 KiB"], mails.PLAIN])
        wire = self.pop3_login()
        self.assertTrue(wire.ask(b"RETR 1").startswith(b"-ERR"))
        self.assert_same(wire.multiline(b"RETR 2")[1], mails.PLAIN)
        sink = self.smtp_sink()
        wire = self.smtp_hello()
        self.assertRegex(self.submit(wire, mails.odd()["250 KiB"]), rb"^[45]\d\d ")
        self.assertTrue(self.submit(wire, mails.PLAIN).startswith(b"250"))
        self.assertEqual(sink.mails, [mails.PLAIN])

    def test_idle_session_ends(self):
        gateway = self.start_gateway({"idletimeout": 10})
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        wire.rest()
        gateway.wait_log("Connection timeout")


class Signals(E2E):
    def test_term_drains(self):
        gateway = self.start_gateway({"xheader": "no"})
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        gateway.signal(signal.SIGTERM)
        gateway.wait_log("signalled, doing cleanup")

        def refused():
            try:
                with self.client:
                    socket.create_connection((netns.FAKE4, 110), timeout=1).close()
                return False
            except (ConnectionRefusedError, socket.timeout):
                return True
        wait.until(refused, "new connections to be refused")
        self.assert_same(wire.multiline(b"RETR 1")[1], mails.PLAIN)
        self.assertIsNone(gateway.process.poll())
        self.assertTrue(wire.ask(b"QUIT").startswith(b"+OK"))
        self.assertEqual(gateway.wait_end(), 0)
        gateway.wait_log("P3Scan terminates now")
        self.assertFalse(gateway.pidfile.exists())

    def test_term_cuts_after_draintime(self):
        gateway = self.start_gateway({"draintime": 1})
        self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        gateway.signal(signal.SIGTERM)
        wire.rest()
        self.assertEqual(gateway.wait_end(), 0)

    def test_hup_is_for_new_sessions(self):
        gateway = self.start_gateway({"smtprset": "old words"})
        self.smtp_sink()
        old = self.smtp_hello()
        gateway.configure({"smtprset": "new words"})
        gateway.signal(signal.SIGHUP)

        def changed():
            wire = self.smtp_hello()
            reply = self.submit(wire, mails.INFECTED)
            wire.close()
            return b"new words" in reply
        wait.until(changed, "the new configuration")
        self.assertIn(b"old words", self.submit(old, mails.INFECTED))

    def test_hup_with_a_mistake_keeps_the_old_configuration(self):
        gateway = self.start_gateway({"smtprset": "old words"})
        self.smtp_sink()
        for mistake, said in (({"nonsense": 1}, "nonsense"),
                              ({"scannertype": "basic", "scanner": "/nonexistent/scanner"}, "/nonexistent/scanner")):
            gateway.configure({"smtprset": "new words"} | mistake)
            gateway.signal(signal.SIGHUP)
            gateway.wait_log(said)
            self.assertIn(b"old words", self.submit(self.smtp_hello(), mails.INFECTED))

    def test_systemd_is_told(self):
        path = str(self.lab.directory / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            os.chmod(path, 0o777)           # as systemd has it: who tells is no longer root
            self.addCleanup(os.unlink, path)
            notify.settimeout(wait.DEADLINE)
            gateway = self.start_gateway({}, before=("env", f"NOTIFY_SOCKET={path}"))
            self.assertIn(b"READY=1", notify.recv(1000))
            gateway.signal(signal.SIGHUP)
            self.assertIn(b"RELOADING=1", notify.recv(1000))
            self.assertIn(b"READY=1", notify.recv(1000))
            gateway.signal(signal.SIGTERM)
            self.assertIn(b"STOPPING=1", notify.recv(1000))
            self.assertEqual(gateway.wait_end(), 0)

    def test_kill_leaves_nothing(self):
        """All killed in the middle of a large mail: no process and no file remains."""
        gateway = self.start_gateway({"spoolmemory": 64})
        mail = mails.odd()["5 MB"]
        self.pop3_server([mail], hook=lambda session, line: (session.send(b"+OK\r\n" + mail[:3 << 20]), b"")[1]
                         if line.startswith(b"RETR") else None)
        wire = self.pop3_login()
        wire.send(b"RETR 1\r\n")
        processes = gateway.processes()

        def spooled():
            for pid in gateway.processes():
                for fd in os.scandir(f"/proc/{pid}/fd"):
                    try:
                        if str(gateway.spool) in os.readlink(fd.path) and os.stat(fd.path).st_size > 1 << 20:
                            return True
                    except OSError:
                        pass
            return False
        wait.until(spooled, "the mail to reach the disk")
        self.assertEqual(gateway.left_over(), [])
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        wire.rest()
        wait.until(lambda: not any(os.path.exists(f"/proc/{pid}") and pid != gateway.process.pid and
                                   open(f"/proc/{pid}/stat").read().split()[2] != "Z" for pid in processes),
                   "all its processes to be gone")
        self.assertEqual(gateway.left_over(), [])


class Background(E2E):
    """As the init script starts it: it goes into the background and is known by its pid file."""

    def setUp(self):
        self.directory = self.lab.gateway_directory()
        self.run_directory = self.directory / "run"
        mail = pwd.getpwnam("mail")
        for path in (self.directory, self.run_directory, self.directory / "spool"):
            path.mkdir()
        for path in (self.run_directory, self.directory / "spool"):
            os.chown(path, mail.pw_uid, mail.pw_gid)
        self.pidfile = self.run_directory / "p3scan.pid"
        self.configuration = self.directory / "p3scan.conf"
        self.configuration.write_text(f"pidfile = {self.pidfile}\nvirusdir = {self.directory}/spool\nuser = mail\n"
                                      "xheader = no\n")

    def start(self, *arguments):
        with self.router:
            return subprocess.run((product.PROGRAM, "-f", self.configuration, *arguments), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)

    def pid(self):
        def read():
            try:
                text = self.pidfile.read_text()
            except OSError:
                return None
            return int(text) if text.endswith("\n") and os.path.exists(f"/proc/{int(text)}") else None
        return wait.until(read, "a pid file that names a living process")

    def stop(self, pid):
        os.kill(pid, signal.SIGTERM)
        wait.until(lambda: not os.path.exists(f"/proc/{pid}"), "the daemon to end")

    def test_life(self):
        self.pidfile.write_text("4194300\n")                     # left behind by a crash
        done = self.start()
        self.assertEqual(done.returncode, 0, done.stdout)
        pid = self.pid()
        try:
            self.assertNotEqual(pid, 4194300)
            wait.until_listening(self.router, "*", netns.GATEWAY_PORT)
            self.pop3_server([mails.odd()["lone dots"]])
            wire = self.pop3_login()
            self.assert_same(wire.multiline(b"RETR 1")[1], stuff(mails.odd()["lone dots"]))
            wire.ask(b"QUIT")
            second = self.start("--port=8222")
            self.assertEqual(second.returncode, 1)
            self.assertIn(str(self.pidfile), second.stdout)
            self.assertEqual(self.pid(), pid)
            self.unprivileged(pid)
        finally:
            self.stop(pid)
        self.assertFalse(self.pidfile.exists())

    def unprivileged(self, pid):
        """No process of it is root, in any of its ids, nor in any group that `mail` is not in."""
        mail = pwd.getpwnam("mail")
        for one in product.family(pid):
            with open(f"/proc/{one}/status") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            self.assertEqual(set(status["Uid"].split()), {str(mail.pw_uid)}, one)
            self.assertEqual(set(status["Gid"].split()), {str(mail.pw_gid)}, one)
            self.assertNotIn("0", status["Groups"].split())
            self.assertEqual(int(status["CapEff"], 16) & (1 << 21 | 1 << 1 | 1 << 7), 0)   # no admin, dac, setuid
