# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Certificates for the servers of the tests, good and bad ones, made by openssl(1) when they are needed."""
import contextlib
import dataclasses
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading

import wait

KEYS = {"ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"), "rsa1024": ("-newkey", "rsa:1024"),
        "rsa2048": ("-newkey", "rsa:2048")}
LONG_AGO = ("20200101000000Z", "20210101000000Z")       # openssl x509 takes no days in the past, openssl ca any dates
NOW = ("20240101000000Z", "20391231235959Z")
CONFIGURATION = """[ca]
default_ca = d
[d]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = p
copy_extensions = copy
unique_subject = no
default_crl_days = 3000
[p]
commonName = supplied
organizationName = optional
[leaf]
basicConstraints = CA:FALSE
[ca_extensions]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
"""


def legacy_context(role=ssl.PROTOCOL_TLS_SERVER):
    """One that takes old keys, digests and versions."""
    context = ssl.SSLContext(role)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    return context


@dataclasses.dataclass
class Certificate:
    certificate: pathlib.Path
    key: pathlib.Path
    above: tuple = ()               # paths of what a server sends behind it

    def context(self):
        context = legacy_context()
        with tempfile.NamedTemporaryFile() as chain:
            for path in (self.certificate, *self.above):
                chain.write(path.read_bytes())
            chain.flush()
            context.load_cert_chain(chain.name, self.key)
        return context


class Authority:
    """A root of our own, in a directory that goes with it."""

    def __init__(self, name="P3Scan test root"):
        self._directory = tempfile.TemporaryDirectory(prefix="p3scan-ca.")
        self.directory = pathlib.Path(self._directory.name)
        self.directory.chmod(0o755)
        (self.directory / "index.txt").write_text("")
        (self.directory / "ca.conf").write_text(CONFIGURATION)
        self.root = self.directory / "root.pem"
        self._openssl("req", "-x509", *KEYS["ec"], "-nodes", "-days", "3000", "-subj", f"/CN={name}", "-keyout", "root.key",
                      "-out", "root.pem")
        self._made = {}

    def close(self):
        self._directory.cleanup()

    def server(self, *names, days=30):
        """The context of a server that is known by these names and addresses."""
        return self.issue(*names, dates=LONG_AGO if days <= 0 else NOW).context()

    def issue(self, *names, key="ec", digest="sha256", dates=NOW, issuer=None, extensions="leaf"):
        """A certificate by the root or by `issuer`, a Certificate."""
        wanted = (names, key, digest, dates, issuer and issuer.certificate, extensions)
        if wanted in self._made:
            return self._made[wanted]
        stem = f"c{len(self._made)}"
        alternatives = ",".join(("IP:" if name[0].isdigit() else "DNS:") + name for name in names)
        self._openssl("req", *KEYS[key], "-nodes", "-subj", f"/O=Test/CN={names[0]}", "-keyout", f"{stem}.key", "-out",
                      f"{stem}.csr", *(("-addext", f"subjectAltName={alternatives}") if extensions == "leaf" else ()))
        above = issuer or Certificate(self.root, self.directory / "root.key")
        self._openssl("ca", "-batch", "-config", "ca.conf", "-create_serial", "-in", f"{stem}.csr", "-cert",
                      str(above.certificate), "-keyfile", str(above.key), "-md", digest, "-startdate", dates[0], "-enddate",
                      dates[1], "-notext", "-extensions", extensions, "-out", f"{stem}.pem")
        made = Certificate(self.directory / f"{stem}.pem", self.directory / f"{stem}.key",
                           (above.certificate,) if issuer else ())
        self._made[wanted] = made
        return made

    def intermediate(self):
        return self.issue("P3Scan test intermediate", extensions="ca_extensions")

    def self_signed(self, name):
        self._openssl("req", "-x509", *KEYS["ec"], "-nodes", "-days", "3000", "-subj", f"/CN={name}", "-addext",
                      f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=CA:FALSE", "-keyout", "self.key", "-out",
                      "self.pem")
        return Certificate(self.directory / "self.pem", self.directory / "self.key")

    def revoke(self, certificate):
        self._openssl("ca", "-config", "ca.conf", "-revoke", str(certificate.certificate), "-cert", "root.pem", "-keyfile",
                      "root.key")

    def revocation_list(self):
        self._openssl("ca", "-config", "ca.conf", "-gencrl", "-cert", "root.pem", "-keyfile", "root.key", "-out", "crl.pem")
        return self.directory / "crl.pem"

    def staple(self, certificate):
        """The response of the root about its certificate (RFC 6960), as it is now."""
        self._openssl("ocsp", "-issuer", "root.pem", "-cert", str(certificate.certificate), "-reqout", "ask.der", "-no_nonce")
        self._openssl("ocsp", "-index", "index.txt", "-rsigner", "root.pem", "-rkey", "root.key", "-CA", "root.pem", "-reqin",
                      "ask.der", "-respout", "staple.der", "-ndays", "30")
        return self.directory / "staple.der"

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.directory, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr}")


class Stapled:
    """Stands for the context of a server that sends an OCSP response, which Python's can't: openssl(1) does it."""

    def __init__(self, certificate, response):
        self.certificate, self.response = certificate, response

    def wrap_socket(self, connection, **_):
        """What is inside the TLS of `connection`. openssl takes that at a port of its own, which it is relayed to."""
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        plain, its_side = socket.socketpair()
        with its_side:
            process = subprocess.Popen(
                ("openssl", "s_server", "-quiet", "-naccept", "1", "-accept", f"127.0.0.1:{port}", "-cert",
                 self.certificate.certificate, "-key", self.certificate.key, "-status_file", self.response),
                stdin=its_side, stdout=its_side, stderr=subprocess.DEVNULL)
        inner = wait.until(lambda: self._reach(port), "openssl s_server")
        done = threading.Event()
        for one, other in ((connection, inner), (inner, connection)):
            threading.Thread(target=self._relay, args=(one, other, done), daemon=True).start()
        threading.Thread(target=self._end, args=(process, done), daemon=True).start()
        return plain

    @staticmethod
    def _reach(port):
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port), timeout=wait.DEADLINE)

    @staticmethod
    def _relay(one, other, done):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        done.set()

    @staticmethod
    def _end(process, done):
        done.wait()
        process.terminate()
        process.wait()
