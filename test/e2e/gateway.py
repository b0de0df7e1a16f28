# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The product under test: p3scan in the router namespace, with a configuration of its own and its log collected."""
import contextlib
import glob
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import threading

import netns
import wait

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("P3SCAN", ROOT / "build/release/p3scan"))
USER = "mail"


def family(pid):
    """The pid and all its descendants."""
    found = [pid]
    for parent in found:
        for path in glob.glob(f"/proc/{parent}/task/*/children"):       # each thread has its own
            with contextlib.suppress(OSError), open(path) as file:
                found += [int(child) for child in file.read().split()]
    return found


def memory(pid):
    """Proportional set size of one process in KiB: what it costs, shared pages counted once."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M)[1])


class Gateway:
    """Started by the constructor, ready when it returns. `options`: (key, value) lines, value None for a flag;
    given as a dict when no key repeats. Whatever is not given stays at its default."""

    def __init__(self, namespace, directory, options=None, arguments=(), before=()):
        self.namespace = namespace
        self.directory = pathlib.Path(directory)
        self.spool = self.directory / "spool"
        self.configuration = self.directory / "p3scan.conf"
        self.pidfile = self.directory / "run/p3scan.pid"
        self._lines = []
        self._new_line = threading.Condition()
        owner = pwd.getpwnam(USER)
        self.directory.mkdir(mode=0o755, exist_ok=True)
        for path in (self.spool, self.pidfile.parent):
            path.mkdir(mode=0o700, exist_ok=True)
            os.chown(path, owner.pw_uid, owner.pw_gid)
        self.configure(options or {})
        self.process = namespace.start(*before, str(PROGRAM), "-d", "-f", str(self.configuration), *arguments,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self._collector = threading.Thread(target=self._collect, daemon=True)
        self._collector.start()
        try:
            wait.until(self._serves, "a gateway process")
            wait.until_listening(namespace, "*", netns.GATEWAY_PORT)
        except BaseException as error:
            self.close()
            self._collector.join(wait.DEADLINE)          # its last words
            log = self.log().replace("\n", " / ")
            raise AssertionError(f"p3scan did not start: {error} {log}") from error

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def configure(self, options):
        lines = list(options.items()) if isinstance(options, dict) else list(options)
        lines += [(key, value) for key, value in (("virusdir", self.spool), ("pidfile", self.pidfile),
                                                  ("clamdb", self.directory / "database"), ("user", USER))
                  if key not in dict(lines)]
        # A database without anything to find: EICAR is known to the built-in engine without any.
        (self.directory / "database").mkdir(exist_ok=True)
        signature = b"p3scan tests never send this".hex()
        (self.directory / "database/nothing.ndb").write_text(f"Never.Found:0:*:{signature}\n")
        self.configuration.write_text("".join(f"{key}\n" if value is None else f"{key} = {value}\n"
                                              for key, value in lines))

    def _serves(self):
        """The master starts the gateway process when all its checks are done."""
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}")
        return len(self.processes()) > 1

    def _collect(self):
        for line in self.process.stderr:
            with self._new_line:
                self._lines.append(line.decode(errors="replace").rstrip("\n"))
                self._new_line.notify_all()
        with self._new_line:
            self._lines.append("")
            self._new_line.notify_all()

    def log(self):
        with self._new_line:
            return "\n".join(self._lines)

    def mark(self):
        """A place in the log: wait_log and lines after it."""
        with self._new_line:
            return len(self._lines)

    def lines(self, pattern, since=0):
        with self._new_line:
            return [line for line in self._lines[since:] if re.search(pattern, line)]

    def wait_log(self, pattern, since=0, count=1, seconds=wait.DEADLINE):
        """Waits for `count` lines that match; returns the last of them as a match object."""
        def found():
            matches = [match for line in self._lines[since:] if (match := re.search(pattern, line))]
            if len(matches) >= count:
                return matches[count - 1]
            return None
        return wait.until(found, f"{count} log lines like {pattern!r}; log:\n{self.log()[-3000:]}", seconds)

    def processes(self):
        return family(self.process.pid)

    def scanners(self):
        """Pids of the scanning processes."""
        def is_worker(pid):
            try:
                with open(f"/proc/{pid}/comm") as file:
                    return "worker" in file.read()
            except OSError:
                return False
        return [pid for pid in self.processes()[1:] if is_worker(pid)]

    def memory(self):
        """PSS of all its processes in KiB."""
        return sum(memory(pid) for pid in self.processes())

    def quarantine(self):
        return sorted(self.spool.glob("p3scan.??????"))

    def left_over(self):
        """Every file in the spool directory that is not quarantine."""
        kept = set(self.quarantine())
        return [path for path in self.spool.rglob("*") if path not in kept and not path.is_dir()]

    def signal(self, number):
        self.process.send_signal(number)

    def wait_end(self, seconds=wait.DEADLINE):
        return self.process.wait(seconds)

    def close(self):
        """Ends it the way an administrator does; kills what then remains."""
        family_of_it = self.processes() if self.process.poll() is None else []
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(0.5)           # sessions that a test left open are not waited for:
            except subprocess.TimeoutExpired:    # the second signal means at once
                pass
        netns.stop(self.process, grace=10)
        for pid in family_of_it[1:]:
            if os.path.exists(f"/proc/{pid}"):
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if b"p3scan" in file.read():
                        os.kill(pid, signal.SIGKILL)

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def check(options, directory, namespace, arguments=()):
    """Runs `p3scan -t` on a configuration; CompletedProcess with text."""
    path = pathlib.Path(directory) / "check.conf"
    path.write_text(options if isinstance(options, str) else
                    "".join(f"{key} = {value}\n" for key, value in options.items()))
    with namespace:
        return subprocess.run((str(PROGRAM), "-t", "-f", str(path), *arguments), capture_output=True, text=True,
                              timeout=30, errors="replace")
