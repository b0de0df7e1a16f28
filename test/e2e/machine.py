# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A copy of this system to install into: an overlay, seen by its own processes alone, gone with them.

What is installed, configured and started in there leaves no trace out here. It shares the network of a namespace of
the laboratory, so that it can be the router.
"""
import os
import pathlib
import pwd
import signal
import subprocess

import netns
import wait

MOUNT = """
set -e
mount -t tmpfs p3scan-test "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" p3scan-test "$1/root"
for place in proc sys dev; do mount --rbind "/$place" "$1/root/$place"; done
mount -t tmpfs p3scan-test "$1/root/tmp"
mount -t tmpfs p3scan-test "$1/root/run"
chmod 1777 "$1/root/tmp"
cd "$1/root"
rm -rf etc/p3scan etc/*/p3scan etc/*/usr.sbin.p3scan var/spool/p3scan usr/sbin/p3scan
rm -rf var/lib/clamav       # EICAR is known without any signatures, which take long to load
echo ready
exec cat
"""
PIDFILE = "/var/run/p3scan/p3scan.pid"


class Machine:
    """Ready when the constructor returns. `root` is its / as seen from out here."""

    def __init__(self, namespace, directory):
        self.namespace = namespace
        directory = pathlib.Path(directory)
        directory.mkdir()
        self._holder = namespace.start("unshare", "--mount", "--propagation", "private", "sh", "-c", MOUNT, "sh",
                                       str(directory), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self._holder.stdout.readline() != b"ready\n":
            raise AssertionError("no overlay")
        self._inside = f"{directory}/root"
        self.root = pathlib.Path(f"/proc/{self._holder.pid}/root{directory}/root")

    def path(self, path):
        """Where `path` is, seen from out here. An absolute link on the way would lead to the real system: it is
        followed within the machine, and a link at the end is the link itself."""
        done = self.root
        rest = str(path).strip("/").split("/")
        for _ in range(100):
            if len(rest) == 1:
                return done / rest[0]
            step, rest = done / rest[0], rest[1:]
            if step.is_symlink():
                target = os.readlink(step)
                if target.startswith("/"):
                    done = self.root
                rest = target.strip("/").split("/") + rest
            else:
                done = step
        raise AssertionError(f"{path}: too many links")

    def write(self, path, text, owner="root", mode=0o644):
        """A file, in a directory that is made if need be, in place of what was there."""
        file = self.path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.give(path, owner, mode)

    def give(self, path, owner, mode):
        user = pwd.getpwnam(owner)
        os.chown(self.path(path), user.pw_uid, user.pw_gid)
        os.chmod(self.path(path), mode)

    def owner(self, path):
        """("mail", "0700")"""
        status = self.path(path).lstat()
        names = dict((int(line.split(":")[2]), line.split(":")[0]) for line in
                     self.path("/etc/passwd").read_text().splitlines())
        return names[status.st_uid], f"{status.st_mode & 0o7777:04o}"

    def run(self, *words, check=True, timeout=300, **environment):
        """Runs a program in there to its end; CompletedProcess with all that it said in stdout."""
        with self.namespace:
            done = subprocess.run(("nsenter", "--mount", f"--target={self._holder.pid}", "chroot", self._inside, *words),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  timeout=timeout, errors="replace",
                                  env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"} | environment)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}")
        return done

    def daemon(self):
        """The number of the daemon in its pid file if it lives, else None."""
        try:
            pid = int(self.path(PIDFILE).read_text())
            return pid if pathlib.Path(f"/proc/{pid}/comm").read_text() == "p3scan\n" else None
        except (OSError, ValueError):
            return None

    def wait_serving(self, port=netns.GATEWAY_PORT):
        wait.until(self.daemon, "a daemon")
        wait.until_listening(self.namespace, "*", port)
        return self.daemon()

    def wait_gone(self, pid):
        wait.until(lambda: not os.path.exists(f"/proc/{pid}"), f"process {pid} to end")

    def close(self):
        if pid := self.daemon():
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGTERM)         # the second one means at once
            self.wait_gone(pid)
        self._holder.stdin.close()
        self._holder.wait()
        self._holder.stdout.close()
