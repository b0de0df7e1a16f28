# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Private spamd and rspamd in the router's namespace. They use no network: local rules only."""
import os
import pathlib
import pwd
import shutil
import subprocess

import wait

GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

RSPAMD = """
options {{
  filters = "";
  dns {{ nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 0; }}
  tempdir = "{dir}"; rundir = "{dir}"; dbdir = "{dir}"; hs_cache_dir = "{dir}";
  pidfile = "{dir}/pid";
}}
logging {{ type = "file"; filename = "{dir}/log"; level = "info"; }}
metric {{ name = "default"; actions {{ reject = 15; add_header = 6; greylist = 4; }} }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; bind_socket = "{dir}/socket mode=0666"; count = 1; }}
"""


def private_directory(path, user):
    path = pathlib.Path(path)
    path.mkdir(mode=0o755)
    owner = pwd.getpwnam(user)
    os.chown(path, owner.pw_uid, owner.pw_gid)
    return path


class Spamd:
    """SpamAssassin with the rules of its package. `configuration`: lines of local.cf."""

    def __init__(self, namespace, directory, port=783, configuration=""):
        self.namespace, self.port = namespace, port
        self.directory = private_directory(directory, "nobody")
        self.socket = self.directory / "socket"
        (self.directory / "site").mkdir()
        for plugins in pathlib.Path("/etc/spamassassin").glob("*.pre"):
            shutil.copy(plugins, self.directory / "site")
        (self.directory / "site/local.cf").write_text(configuration)
        with open(self.directory / "log", "wb") as log:
            self.process = namespace.start(
                "/usr/sbin/spamd", "--local", "--nouser-config", "--max-children=2", "--username=nobody",
                f"--siteconfigpath={self.directory / 'site'}", "--listen=127.0.0.1", f"--port={port}",
                f"--socketpath={self.socket}", "--socketmode=0666", "--syslog=stderr",
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": str(self.directory)})
        wait.until_listening(namespace, "127.0.0.1", port, seconds=60)
        wait.until(self.socket.exists, "spamd's socket")

    def log(self):
        return (self.directory / "log").read_text(errors="replace")


class Rspamd:
    """rspamd with no module but what it has built in, which is enough to know GTUBE."""

    def __init__(self, namespace, directory, port=11333):
        self.namespace, self.port = namespace, port
        self.directory = private_directory(directory, "_rspamd")
        self.socket = self.directory / "socket"
        configuration = self.directory / "rspamd.conf"
        configuration.write_text(RSPAMD.format(dir=self.directory, port=port))
        self.process = namespace.start("/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c",
                                       str(configuration), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        wait.until_listening(namespace, "127.0.0.1", port, seconds=60)
        wait.until(self.socket.exists, "rspamd's socket")
