# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Certificates for the servers of the tests, made by openssl(1) when they are needed."""
import pathlib
import ssl
import subprocess
import tempfile


class Authority:
    """A root of our own, in a directory that goes with it."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="p3scan-ca.")
        self.directory = pathlib.Path(self._directory.name)
        self.directory.chmod(0o755)
        self.root = self.directory / "root.pem"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                      "-subj", "/CN=P3Scan test root", "-keyout", "root.key", "-out", "root.pem")

    def close(self):
        self._directory.cleanup()

    def server(self, *names, days=30):
        """The context of a server that is known by these names and addresses."""
        stem = "-".join(names).replace(":", "_") + f"-{days}"
        alternatives = ",".join(("IP:" if name[0].isdigit() else "DNS:") + name for name in names)
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                      f"/CN={names[0]}", "-addext", f"subjectAltName={alternatives}", "-keyout", f"{stem}.key", "-out",
                      f"{stem}.csr")
        if days > 0:
            self._openssl("x509", "-req", "-in", f"{stem}.csr", "-CA", "root.pem", "-CAkey", "root.key", "-copy_extensions",
                          "copy", "-days", str(days), "-out", f"{stem}.pem")
        else:
            self._sign_expired(stem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.directory / f"{stem}.pem", self.directory / f"{stem}.key")
        return context

    def _sign_expired(self, stem):
        """openssl x509 takes no days in the past, openssl ca any dates."""
        (self.directory / "index.txt").write_text("")
        (self.directory / "ca.conf").write_text(
            "[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256\n"
            "policy = p\ncopy_extensions = copy\n[p]\ncommonName = supplied\n")
        self._openssl("ca", "-batch", "-config", "ca.conf", "-create_serial", "-in", f"{stem}.csr", "-cert", "root.pem",
                      "-keyfile", "root.key", "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-notext",
                      "-out", f"{stem}.pem")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True)
