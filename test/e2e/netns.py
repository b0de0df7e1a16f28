# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The little internet of the tests: a client and a server, and a router between them.

    client 192.0.2.2, 2001:db8:1::2 -- router -- 198.51.100.2 and .3, 2001:db8:2::2 and ::3 server

Three network namespaces of this machine. Nothing in them reaches the real network. Names carry the pid of the
run, so that runs do not meet and what a killed run left is recognised and removed.
"""
import contextlib
import ctypes
import os
import re
import signal
import subprocess
import time

CLIENT4, CLIENT6 = "192.0.2.2", "2001:db8:1::2"
ROUTER4, ROUTER6 = "192.0.2.1", "2001:db8:1::1"
ROUTER4_SERVERSIDE, ROUTER6_SERVERSIDE = "198.51.100.1", "2001:db8:2::1"
SERVER4, SERVER6 = "198.51.100.2", "2001:db8:2::2"      # Dovecot and Postfix
FAKE4, FAKE6 = "198.51.100.3", "2001:db8:2::3"          # fakes.py, on the same machine
GATEWAY_PORT = 8110
CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def sh(*words, stdin=None, check=True):
    """Runs a command; what it printed, or an exception that says why it failed."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Namespace:
    def __init__(self, name):
        self.name = name
        self.processes = []
        sh("ip", "netns", "add", name)
        self.fd = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
        with self:
            sh("ip", "link", "set", "lo", "up")
            # The resolver that the host's configuration names is not in here; programs need not wait to learn it.
            sh("nft", "-f", "-", stdin="""
                table inet no_resolver {
                  chain output { type filter hook output priority filter; meta l4proto { tcp, udp } th dport 53 reject; }
                }""")

    # "with namespace:" puts the calling thread inside: sockets it makes and processes it starts belong there.
    def __enter__(self):
        self._outside = getattr(self, "_outside", [])
        self._outside.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))
        _setns(self.fd)
        return self

    def __exit__(self, *error):
        outside = self._outside.pop()
        _setns(outside)
        os.close(outside)

    def sh(self, *words, **options):
        with self:
            return sh(*words, **options)

    def sysctl(self, name, value):
        with self, open("/proc/sys/" + name.replace(".", "/"), "w") as file:
            file.write(str(value))

    def start(self, *words, **options):
        """Starts a program in here. close() ends it at the latest."""
        with self:
            process = subprocess.Popen(words, **options)
        self.processes.append(process)
        return process

    def run(self, *words, timeout=30, **options):
        """Runs a client program to its end; returns CompletedProcess with bytes."""
        with self:
            return subprocess.run(words, capture_output=True, timeout=timeout, **options)

    def close(self):
        for process in self.processes:
            stop(process)
        _end_processes_of(self.name)
        os.close(self.fd)
        sh("ip", "netns", "del", self.name, check=False)


def stop(process, grace=5):
    """Ends a process that we started, politely at first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def _end_processes_of(name):
    """Ends what daemons left behind in a namespace of ours."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        for _ in range(100):
            pids = sh("ip", "netns", "pids", name, check=False).split()
            pids = [int(pid) for pid in pids if int(pid) != os.getpid()]
            if not pids:
                return
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, kind)
            time.sleep(0.02)


def remove_stale():
    """Removes namespaces of runs that no longer live."""
    for line in sh("ip", "netns", "list", check=False).splitlines():
        match = re.match(r"(p3t(\d+)[crs])\b", line)
        if match and not os.path.exists(f"/proc/{match[2]}"):
            _end_processes_of(match[1])
            sh("ip", "netns", "del", match[1], check=False)


class Topology:
    """Client, router and server, connected, with forwarding and no redirect yet."""

    def __init__(self):
        remove_stale()
        name = f"p3t{os.getpid()}"
        self._namespaces = []
        try:
            self.client = self._add(name + "c")
            self.router = self._add(name + "r")
            self.server = self._add(name + "s")
            self._wire()
        except BaseException:
            self.close()
            raise

    def _add(self, name):
        self._namespaces.append(Namespace(name))
        return self._namespaces[-1]

    def _wire(self):
        for space in self._namespaces:
            for name in ("all", "default"):
                space.sysctl(f"net.ipv6.conf.{name}.accept_dad", 0)
                space.sysctl(f"net.ipv6.conf.{name}.disable_ipv6", 0)
        self._cable(self.client, "c0", self.router, "r0")
        self._cable(self.server, "s0", self.router, "r1")
        for space, device, addresses in (
                (self.client, "c0", (f"{CLIENT4}/24", f"{CLIENT6}/64")),
                (self.router, "r0", (f"{ROUTER4}/24", f"{ROUTER6}/64")),
                (self.router, "r1", (f"{ROUTER4_SERVERSIDE}/24", f"{ROUTER6_SERVERSIDE}/64")),
                (self.server, "s0", (f"{SERVER4}/24", f"{SERVER6}/64", f"{FAKE4}/24", f"{FAKE6}/64"))):
            for address in addresses:
                nodad = ("nodad",) if ":" in address else ()
                space.sh("ip", "address", "add", address, "dev", device, *nodad)
            space.sh("ip", "link", "set", device, "up")
        for space, via4, via6 in ((self.client, ROUTER4, ROUTER6),
                                  (self.server, ROUTER4_SERVERSIDE, ROUTER6_SERVERSIDE)):
            space.sh("ip", "route", "add", "default", "via", via4)
            space.sh("ip", "-6", "route", "add", "default", "via", via6)
        self.router.sysctl("net.ipv4.ip_forward", 1)
        self.router.sysctl("net.ipv6.conf.all.forwarding", 1)
        for name in ("all", "default", "r0", "r1"):
            self.router.sysctl(f"net.ipv4.conf.{name}.rp_filter", 0)

    @staticmethod
    def _cable(one, device, other, other_device):
        sh("ip", "link", "add", device, "netns", one.name, "type", "veth",
           "peer", "name", other_device, "netns", other.name)

    def direct(self):
        """No interception: the client talks to the server itself."""
        self.router.sh("nft", "-f", "-", stdin="table inet p3scan\ndelete table inet p3scan\n")
        for family in ("-4", "-6"):
            self.router.sh("ip", family, "rule", "del", "fwmark", "1", check=False)
            self.router.sh("ip", family, "route", "flush", "table", "100", check=False)

    def redirect(self, ports="110, 25", port=GATEWAY_PORT):
        self.direct()
        self.router.sh("nft", "-f", "-", stdin=f"""
            table inet p3scan {{
              chain prerouting {{
                type nat hook prerouting priority dstnat;
                iifname "r0" tcp dport {{ {ports} }} redirect to :{port}
              }}
            }}""")

    def tproxy(self, ports="110, 25", port=GATEWAY_PORT):
        self.direct()
        for family, everything in (("-4", "0.0.0.0/0"), ("-6", "::/0")):
            self.router.sh("ip", family, "rule", "add", "fwmark", "1", "lookup", "100")
            self.router.sh("ip", family, "route", "add", "local", everything, "dev", "lo", "table", "100")
        # The second rule brings the server's answers, which go to the client's address, to the gateway's socket.
        self.router.sh("nft", "-f", "-", stdin=f"""
            table inet p3scan {{
              chain prerouting {{
                type filter hook prerouting priority mangle;
                iifname "r0" tcp dport {{ {ports} }} tproxy to :{port} meta mark set 1 accept
                meta l4proto tcp socket transparent 1 meta mark set 1 accept
              }}
            }}""")

    def close(self):
        for space in reversed(self._namespaces):
            space.close()
        self._namespaces = []
