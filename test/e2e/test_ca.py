# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The CA: where its keys are and where not, its life, and the page for those who install its certificate."""
import contextlib
import glob
import http.client
import os
import plistlib
import pwd
import re
import signal
import ssl
import subprocess

import gateway as product
import wait
from support import E2E


def run(*words, **options):
    return subprocess.run((product.PROGRAM, *words), capture_output=True, timeout=30, **options)


def name_of(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/comm") as file:
        return file.read().strip()
    return ""


def descriptors(pid):
    for path in glob.glob(f"/proc/{pid}/fd/*"):
        with contextlib.suppress(OSError):
            yield os.readlink(path)


def has_in_memory(pid, octets):
    """Whether the private writable memory of a process has these octets somewhere."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            first, last = (int(number, 16) for number in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                with contextlib.suppress(OSError, ValueError, OverflowError):
                    memory.seek(first)
                    if octets in memory.read(last - first):
                        return True
    return False


class Ca(E2E):
    def setUp(self):
        self.directory = self.lab.gateway_directory()
        self.directory.mkdir()
        os.chmod(self.directory, 0o755)
        self.ca = self.directory / "ca"
        self.configuration = self.directory / "ca.conf"
        self.configuration.write_text(f"cadir = {self.ca}\n")

    def command(self, *words, code=0):
        done = run("ca", *words, "-f", self.configuration)
        self.assertEqual(done.returncode, code, done.stderr)
        return (done.stdout if code == 0 else done.stderr).decode()

    def started(self, **options):
        return self.start_gateway({"cadir": self.ca, **options})

    def process(self, gateway, name):
        def found():
            return [pid for pid in gateway.processes() if name_of(pid) == name]
        return wait.until(found, name)[0]

    def scalar(self, name="ca.key"):
        """The private number itself, as any copy of the key would have it."""
        text = subprocess.run(("openssl", "pkey", "-in", self.ca / name, "-noout", "-text"), capture_output=True,
                              text=True, check=True).stdout
        return bytes.fromhex(re.search(r"priv:\s*([0-9a-f:\s]+)pub:", text)[1].replace(":", "").replace("\n", "")
                             .replace(" ", ""))[-32:]


class Keys(Ca):
    def test_only_the_signer_has_them(self):
        self.command("init")
        gateway = self.started()
        signer = self.process(gateway, "p3scan-signer")
        wait.until(lambda: not [path for path in descriptors(signer) if str(self.ca) in path], "the files to be closed")
        wait.until(lambda: gateway.scanners(), "workers")
        master = gateway.process.pid
        others = [pid for pid in gateway.processes() if pid not in (master, signer)]
        self.assertGreaterEqual({name_of(pid) for pid in others}, {"p3scan-gateway", "p3scan-loader", "p3scan-worker"})
        for pid in others:
            self.assertEqual([path for path in descriptors(pid) if str(self.ca) in path], [], name_of(pid))
        self.assertEqual(len([path for path in descriptors(master) if str(self.ca) in path]), 4)
        for key in ("ca.key", "untrusted.key"):
            scalar = self.scalar(key)
            for pid in (master, *others):
                self.assertFalse(self.remembers(pid, scalar), name_of(pid))
            self.assertTrue(self.remembers(signer, scalar), "or the test looks for the wrong thing")

    @staticmethod
    def remembers(pid, scalar):
        """OpenSSL keeps numbers in words, the lowest first; a file or DER has them the other way round."""
        return has_in_memory(pid, scalar) or has_in_memory(pid, scalar[::-1])

    def test_the_gateways_user_can_not_get_at_them(self):
        self.command("init")
        gateway = self.started()
        self.process(gateway, "p3scan-signer")
        master = gateway.process.pid
        numbers = [path for path in glob.glob(f"/proc/{master}/fd/*") if str(self.ca) in os.readlink(path)]
        self.assertEqual(len(numbers), 4)
        user = pwd.getpwnam(product.USER)
        for path in (self.ca / "ca.key", self.ca / "ca.pem", self.ca / "untrusted.key", *numbers):
            done = subprocess.run(("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "cat",
                                   path), capture_output=True)
            self.assertNotEqual(done.returncode, 0, path)
            self.assertEqual(done.stdout, b"")

    def test_the_signer_is_locked_in(self):
        self.command("init")
        gateway = self.started()
        signer = self.process(gateway, "p3scan-signer")

        def status():
            with open(f"/proc/{signer}/status") as file:
                return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        wait.until(lambda: status()["Seccomp"] == "2", "seccomp")
        found = status()
        self.assertEqual(found["NoNewPrivs"], "1")
        self.assertEqual(found["CapEff"], "0" * 16)
        self.assertEqual(found["Uid"].split()[0], str(pwd.getpwnam(product.USER).pw_uid))

    def test_bad_modes_and_owners_are_refused(self):
        for change, words in ((lambda: os.chmod(self.ca / "ca.key", 0o640), "ca.key: others may use it (mode 0640)"),
                              (lambda: os.chmod(self.ca, 0o770), "others may change it (mode 0770)"),
                              (lambda: os.chown(self.ca / "ca.key", pwd.getpwnam(product.USER).pw_uid, 0),
                               "ca.key: it belongs to user"),
                              (lambda: (self.ca / "untrusted.key").unlink(), "untrusted.key: No such file")):
            subprocess.run(("rm", "-rf", self.ca), check=True)
            self.command("init")
            change()
            with self.subTest(words):
                with self.assertRaises(AssertionError) as refused:
                    self.started()
                self.assertIn(words, str(refused.exception))
                self.assertIn(words, self.command("show", code=1))


class Life(Ca):
    def test_a_signer_that_dies_comes_again(self):
        self.command("init")
        gateway = self.started()
        first = self.process(gateway, "p3scan-signer")
        os.kill(first, signal.SIGKILL)
        gateway.wait_log(rf"ERR: The signer \(process {first}\) was killed by signal 9")
        wait.until(lambda: self.process(gateway, "p3scan-signer") != first, "another signer")

    def test_a_gateway_that_dies_gets_a_new_one(self):
        self.command("init")
        gateway = self.started()
        first = self.process(gateway, "p3scan-signer")
        os.kill(self.process(gateway, "p3scan-gateway"), signal.SIGKILL)
        wait.until(lambda: not os.path.exists(f"/proc/{first}") or name_of(first) != "p3scan-signer", "its end")
        self.assertNotEqual(self.process(gateway, "p3scan-signer"), first)

    def test_rotate_and_hangup(self):
        """Root has been given up long before, and the new key is taken all the same."""
        self.command("init")
        gateway = self.started()
        first = self.process(gateway, "p3scan-signer")
        gateway.signal(signal.SIGHUP)
        gateway.wait_log("Caught HUP, ...done")
        self.assertEqual(self.process(gateway, "p3scan-signer"), first, "nothing has changed")
        self.command("rotate")
        mark = gateway.mark()
        gateway.signal(signal.SIGHUP)
        gateway.wait_log(r"The CA in \S+ is taken into use", mark)
        wait.until(lambda: name_of(first) == "", "the end of the signer with the old key")
        scalar = self.scalar()
        wait.until(lambda: Keys.remembers(self.process(gateway, "p3scan-signer"), scalar), "the new key")

    def test_a_first_ca_while_it_runs(self):
        gateway = self.started()
        self.assertNotIn("p3scan-signer", [name_of(pid) for pid in gateway.processes()])
        self.command("init")
        gateway.signal(signal.SIGHUP)
        self.process(gateway, "p3scan-signer")

    def test_a_ca_that_is_gone_or_spoiled_later(self):
        self.command("init")
        gateway = self.started()
        first = self.process(gateway, "p3scan-signer")
        os.chmod(self.ca / "ca.key", 0o644)
        gateway.signal(signal.SIGHUP)
        gateway.wait_log(r"ERR: \S+ca.key: others may use it \(mode 0644\); the CA of before stays in use")
        subprocess.run(("rm", "-rf", self.ca), check=True)
        gateway.signal(signal.SIGHUP)
        gateway.wait_log(r"ERR: \S+ does not exist; the CA of before stays in use")
        self.assertEqual(self.process(gateway, "p3scan-signer"), first)
        os.kill(first, signal.SIGKILL)      # the files are still open
        wait.until(lambda: self.process(gateway, "p3scan-signer") != first, "another signer")
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.wait_end(), 0)

    def test_nothing_is_left_running(self):
        self.command("init")
        gateway = self.started()
        family = gateway.processes()
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.wait_end(), 0)
        for pid in family:
            self.assertNotIn("p3scan", name_of(pid))


class Command(Ca):
    def test_init_show_export_rotate(self):
        self.command("show", code=1)
        made = self.command("init", "--name=Our CA", "--permit=example.com")
        print_of_first = re.search(r"Fingerprint: (\S+)", made)[1]
        self.assertIn("Certifies:   example.com", made)
        self.assertIn("rotate", self.command("init", code=1))
        self.assertIn(print_of_first, self.command("show"))
        certificate = ssl.PEM_cert_to_DER_cert(self.command("export"))
        for name in ("x.crt", "x.pem", "x.mobileconfig"):
            self.command("export", self.directory / name)
            self.assertEqual((self.directory / name).stat().st_mode & 0o777, 0o644)
        self.assertEqual((self.directory / "x.crt").read_bytes(), certificate)
        profile = plistlib.loads((self.directory / "x.mobileconfig").read_bytes())
        self.assertEqual(profile["PayloadContent"][0]["PayloadContent"], certificate)
        self.assertEqual(profile["PayloadContent"][0]["PayloadType"], "com.apple.security.root")
        made = self.command("rotate")
        self.assertIn("Name:        Our CA", made)
        self.assertIn("Certifies:   example.com", made)
        self.assertIn(f"Before:      {print_of_first}", self.command("show"))
        self.assertEqual(self.command("export").count("BEGIN CERTIFICATE"), 2, "and the one before")
        self.assertIn("CA: Our CA, ", run("-t", "-f", self.configuration).stdout.decode())

    def test_modes(self):
        self.command("init")
        self.assertEqual(self.ca.stat().st_mode & 0o7777, 0o700)
        for path in self.ca.iterdir():
            self.assertEqual(path.stat().st_uid, 0)
            self.assertEqual(path.stat().st_mode & 0o7777, 0o600 if path.suffix == ".key" else 0o644)


class Serve(Ca):
    def setUp(self):
        super().setUp()
        self.command("init", "--name=Our <CA>")
        self.server = self.router.start(product.PROGRAM, "ca", "serve", "127.0.0.1:0", "-f", self.configuration,
                                        stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.terminate)
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", self.server.stdout.readline())[1])

    def ask(self, path, method="GET", **options):
        with self.router:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            connection.request(method, path, **options)
        answer = connection.getresponse()
        self.addCleanup(connection.close)
        return answer, answer.read()

    def test_documents(self):
        certificate = ssl.PEM_cert_to_DER_cert(self.command("export"))
        answer, page = self.ask("/")
        self.assertEqual((answer.status, answer.getheader("Content-Type")), (200, "text/html; charset=utf-8"))
        self.assertIn(b"Our &lt;CA&gt;", page)
        self.assertIn(re.search(r"Fingerprint: (\S+)", self.command("show"))[1].encode(), page.replace(b"<wbr>", b""))
        for link in re.findall(rb'href="([^"]*)"', page):
            self.assertEqual(self.ask(link.decode())[0].status, 200, link)
        answer, body = self.ask("/p3scan.crt")
        self.assertEqual((answer.getheader("Content-Type"), body), ("application/x-x509-ca-cert", certificate))
        answer, body = self.ask("/p3scan.pem")
        self.assertEqual(ssl.PEM_cert_to_DER_cert(body.decode()), certificate)
        answer, body = self.ask("/p3scan.mobileconfig")
        self.assertEqual(answer.getheader("Content-Type"), "application/x-apple-aspen-config")
        self.assertEqual(plistlib.loads(body)["PayloadContent"][0]["PayloadContent"], certificate)

    def test_nothing_else(self):
        for path in ("/ca.key", "/../ca/ca.key", "/%2e%2e/ca.key", "//etc/passwd", "/untrusted.pem", "/x" * 3000):
            answer, body = self.ask(path)
            self.assertIn(answer.status, (400, 404), path)
            self.assertNotIn(b"PRIVATE", body)
        self.assertEqual(self.ask("/", "POST")[0].status, 405)
        self.assertEqual(self.ask("/", "HEAD")[1], b"")

    def test_it_is_not_root_and_has_no_key(self):
        with open(f"/proc/{self.server.pid}/status") as file:
            status = file.read()
        uid = pwd.getpwnam(product.USER).pw_uid
        self.assertRegex(status, rf"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n")
        self.assertRegex(status, r"CapPrm:\t0+\n")
        self.assertEqual([path for path in descriptors(self.server.pid) if str(self.ca) in path], [])
        self.assertFalse(Keys.remembers(self.server.pid, self.scalar()))
