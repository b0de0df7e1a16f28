# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The system's log, as a daemon in the background writes it: a /dev of its own with our socket in it."""
import os
import pwd
import re
import signal
import socket
import subprocess
import threading

import wait
from gateway import PROGRAM, USER

OWN_DEV = """
set -e
mount -t tmpfs p3scan-test "$1"
mkdir "$1/upper" "$1/work"
mount -t overlay -o lowerdir=/dev,upperdir="$1/upper",workdir="$1/work" p3scan-test /dev
ln -s "$2" /dev/log
shift 2
exec "$@"
"""


class Syslog:
    def __init__(self, directory):
        self.directory = directory
        owner = pwd.getpwnam(USER)
        for path in (directory, directory / "dev", directory / "run", directory / "spool", directory / "database"):
            path.mkdir()
            os.chown(path, owner.pw_uid, owner.pw_gid)
        (directory / "database/nothing.ndb").write_text(f"Never.Found:0:*:{b'p3scan tests never send this'.hex()}\n")
        directory.chmod(0o755)
        self.lines = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(directory / "log"))
        (directory / "log").chmod(0o666)
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        while data := self._socket.recv(65536):
            self.lines.append(data.decode(errors="replace").rstrip("\0\n"))

    def close(self):
        self._socket.shutdown(socket.SHUT_RD)
        self._socket.close()

    def wait(self, pattern):
        wait.until(lambda: any(re.search(pattern, line) for line in self.lines), f"{pattern!r} in the system's log")

    def start(self, namespace, options):
        """Into the background; the pid in its pid file."""
        configuration, pidfile = self.directory / "p3scan.conf", self.directory / "run/p3scan.pid"
        options = {"pidfile": pidfile, "virusdir": self.directory / "spool", "clamdb": self.directory / "database",
                   "user": USER} | options
        configuration.write_text("".join(f"{key}\n" if value is None else f"{key} = {value}\n"
                                         for key, value in options.items()))
        with namespace:
            subprocess.run(("unshare", "--mount", "--propagation", "private", "sh", "-c", OWN_DEV, "sh",
                            self.directory / "dev", self.directory / "log", PROGRAM, "-f", configuration),
                           stdin=subprocess.DEVNULL, check=True, timeout=30)
        return int(pidfile.read_text())

    def stop(self, pid):
        """Until it has removed its pid file, the last thing it does."""
        os.kill(pid, signal.SIGTERM)
        wait.until(lambda: not (self.directory / "run/p3scan.pid").exists(), "the daemon to end")
