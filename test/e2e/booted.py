# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A machine with systemd running as its first process, in namespaces of its own: units act as they do on a real host."""
import os
import pathlib
import subprocess

import wait
from machine import Machine

# Only what a service needs comes up: the services of this host are not started a second time.
BOOT = """
set -e
mount -t tmpfs p3scan-test "$1"
cd "$1"
mkdir upper work root
mount -t overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" p3scan-test root
cd root
rm -rf etc/p3scan etc/*/p3scan etc/*/usr.sbin.p3scan var/spool/p3scan usr/sbin/p3scan var/lib/clamav
rm -rf etc/systemd/system/*.wants etc/rc[S0-6].d/[SK]*
mount -t proc p3scan-test proc
mount -t sysfs p3scan-test sys
mount -t cgroup2 p3scan-test sys/fs/cgroup
mount -t tmpfs -o mode=755 p3scan-test dev
for node in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"; done
mknod -m 666 dev/tty c 5 0
ln -s /proc/self/fd dev/fd
mkdir dev/pts dev/shm dev/mqueue
mount -t devpts -o newinstance,ptmxmode=666 p3scan-test dev/pts
ln -s pts/ptmx dev/ptmx
for place in dev/shm run tmp; do mount -t tmpfs p3scan-test "$place"; done
chmod 1777 dev/shm tmp
for unit in systemd-udevd systemd-udev-trigger systemd-networkd systemd-resolved systemd-timesyncd systemd-logind \\
    systemd-sysctl systemd-modules-load console-getty getty@tty1 networking; do
  ln -sf /dev/null "etc/systemd/system/$unit.service"
done
exec chroot . /usr/bin/env -i container=p3scan-test /lib/systemd/systemd --system --unit=multi-user.target
"""


def cgroup2():
    """Where this host has the unified hierarchy."""
    for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind = line.split()[:3]
        if kind == "cgroup2":
            return pathlib.Path(place)
    return None


class BootedMachine(Machine):
    def __init__(self, namespace, directory):      # pylint: disable=super-init-not-called
        self.namespace = namespace
        directory = pathlib.Path(directory)
        directory.mkdir()
        self._group = cgroup2() / f"p3scan-test.{os.getpid()}"
        self._group.mkdir(exist_ok=True)
        self._holder = namespace.start(
            "sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec unshare --mount --propagation private --pid --uts --ipc '
            '--cgroup --fork --kill-child sh -c "$1" sh "$2"', str(self._group), BOOT, str(directory),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        children = pathlib.Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children")
        self._init = wait.until(lambda: self._systemd(children), "systemd")
        self.root = pathlib.Path(f"/proc/{self._init}/root")
        wait.until(lambda: self.systemctl("is-system-running", check=False).strip() in ("running", "degraded"),
                   "a booted system", 60)

    @staticmethod
    def _systemd(children):
        for pid in children.read_text().split():
            if pathlib.Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                return int(pid)
        return None

    def run(self, *words, check=True, timeout=300, **environment):
        done = subprocess.run(("nsenter", f"--target={self._init}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup",
                               "--root", "--wd", *words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=timeout, errors="replace",
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"} | environment)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}")
        return done

    def systemctl(self, *words, check=True):
        return self.run("systemctl", "--no-pager", *words, check=check).stdout

    def daemon(self):
        """The main process of the service by its number in there."""
        return int(self.systemctl("show", "--value", "--property=MainPID", "p3scan.service").strip() or 0) or None

    def close(self):
        (self._group / "cgroup.kill").write_text("1")
        wait.until(lambda: "populated 0" in (self._group / "cgroup.events").read_text(), "all its processes to end")
        self._holder.wait()
        for place, _, _ in os.walk(self._group, topdown=False):
            os.rmdir(place)
