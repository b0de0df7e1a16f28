# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A private clamd whose database is one signature made here: EICAR, wherever it stands in a file."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess

import wait

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
VIRUS = "Eicar-Test-Signature"

CONFIGURATION = """
Foreground yes
LogFile {dir}/log
LogTime yes
DatabaseDirectory {dir}/db
TCPSocket {port}
TCPAddr {host}
TCPAddr ::1
LocalSocket {dir}/socket
LocalSocketMode 666
User {user}
StreamMaxLength 200M
MaxScanSize 400M
MaxFileSize 200M
MaxThreads 20
IdleTimeout 60
ReadTimeout 30
SelfCheck 0
AlertEncrypted yes
ConcurrentDatabaseReload yes
"""


def write_database(directory):
    """A database of clamd's and libclamav's own kind: name, any file type, any place, octets in hexadecimal."""
    (directory / "eicar.ndb").write_text(f"{VIRUS}:0:*:{EICAR.hex()}\n")


class Clamd:
    def __init__(self, namespace, directory, host="127.0.0.1", port=3310):
        self.namespace = namespace
        self.directory = pathlib.Path(directory)
        self.socket = self.directory / "socket"
        self.host, self.port = host, port
        user = pwd.getpwnam("clamav")
        self.directory.mkdir(mode=0o755)
        os.chown(self.directory, user.pw_uid, user.pw_gid)
        (self.directory / "db").mkdir()
        write_database(self.directory / "db")
        # A copy: Debian's AppArmor profile for /usr/sbin/clamd would keep it out of a private directory.
        self._program = self.directory / "clamd"
        shutil.copy("/usr/sbin/clamd", self._program)
        self.configuration = self.directory / "clamd.conf"
        self.configuration.write_text(CONFIGURATION.format(dir=directory, host=host, port=port, user="clamav"))
        self.start()

    def start(self):
        self.process = self.namespace.start(str(self._program), "-c", str(self.configuration),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait.until_listening(self.namespace, self.host, self.port, seconds=60)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """As a crash would: at once, and the socket file stays."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
