# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A CA for the gateway."""
import pathlib
import subprocess
import tempfile

import gateway as product


class Ca:
    """A CA of the gateway in a directory of its own, made as an administrator would."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="p3scan-cadir.")
        base = pathlib.Path(self._directory.name)
        base.chmod(0o755)
        self.directory = base / "ca"
        self.root = base / "ca.pem"
        configuration = base / "ca.conf"
        configuration.write_text(f"cadir = {self.directory}\n")
        self._run("init", configuration)
        self.root.write_bytes(self._run("export", configuration))

    @staticmethod
    def _run(verb, configuration):
        done = subprocess.run([str(product.PROGRAM), "ca", verb, "-f", str(configuration)], capture_output=True, timeout=60)
        assert done.returncode == 0, done
        return done.stdout

    def close(self):
        self._directory.cleanup()
