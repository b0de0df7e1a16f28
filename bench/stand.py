# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The test stand: the far side (bench_peer), the proxies under test and the load programs, all on 127.0.0.1."""
import contextlib
import json
import os
import pathlib
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SIZES = (2048, 51200, 5242880, 52428800)
CLAMSMTP_CONNECTIONS = 256      # its default of 64 cannot serve 200 sessions
DESCRIPTORS = 65536             # 10 000 sessions need 20 000 in a proxy

SPARE_DESCRIPTORS = 200         # of a proxy: log, listeners, event loops, engine


class BenchError(Exception):
    """Something of the stand does not work; the text is for the user."""


def raise_descriptor_limit():
    """Answers the limit: root may exceed the hard one it was started with, unless that was taken from it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, DESCRIPTORS), max(hard, DESCRIPTORS)))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def most_sessions(proxy, descriptors):
    """HAProxy needs two descriptors for a session; P3Scan takes no session in that it can't give a spool file and a
    connection to the engine."""
    return (descriptors - SPARE_DESCRIPTORS) // (4 if proxy == 'p3scan' else 2)


def free_ports(count):
    """Ports nobody listens on now, outside of the range that connections are given."""
    found = []
    for port in range(20000, 30000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(('127.0.0.1', port))
                found.append(port)
        if len(found) == count:
            return found
    raise BenchError('no free ports between 20000 and 30000')


def wait_for_port(port, process, log):
    for _ in range(200):
        if process.poll() is not None:
            log.seek(0)
            raise BenchError(f'{process.args[0]} ended at once with status {process.returncode}: {log.read()[-2000:]}')
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                return
        time.sleep(0.05)
    raise BenchError(f'{process.args[0]} does not listen on port {port}')


def process_tree(root):
    """`root` and all that descend from it."""
    children = {}
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                stat = pathlib.Path('/proc', entry, 'stat').read_text()
                children.setdefault(int(stat.rpartition(')')[2].split()[1]), []).append(int(entry))
    tree = [root]
    for pid in tree:
        tree += children.get(pid, [])
    return tree


def pss_kib(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines():
                if line.startswith('Pss:'):
                    total += int(line.split()[1])
    return total


class Proxy:
    """A proxy under test: one port for each protocol that it carries, one process (tree) for each or for both."""

    def __init__(self, name, ports, processes):
        self.name = name
        self.ports = ports              # protocol -> port
        self.processes = processes      # protocol -> Popen, or nothing for "direct"

    def pids(self, protocol):
        return process_tree(self.processes[protocol].pid) if self.processes else []


class Stand(contextlib.ExitStack):
    """Everything that runs. `quickack`: the far side and the load programs acknowledge every segment at once.
    `paces`: octets a second that the POP3 server sends and that the engine reads."""

    def __init__(self, options, quickack=False, paces=()):
        super().__init__()
        self.programs = pathlib.Path(options.build, 'bench')
        self.p3scan = options.p3scan or pathlib.Path(options.build, 'p3scan')
        self.quickack = quickack
        self.descriptors = options.descriptors
        self.dir = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix='bench.', dir=options.spool)))
        self.dir.chmod(0o755)
        self.spool = self.dir / 'spool'
        self.spool.mkdir()
        self.engine = str(self.dir / 'clamd.sock')
        ports = free_ports(8)
        self.far = dict(zip(('pop3', 'smtp', 'clamd'), ports))
        self.near = ports[3:]
        self.peer = self._start_peer(paces)
        self.proxies = {'direct': Proxy('direct', self.far, {})}
        self.logs = []

    def _start(self, command, **kwargs):
        process = subprocess.Popen([str(word) for word in command], **kwargs)
        self.callback(self._stop, process)
        return process

    @staticmethod
    def _stop(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()

    def _start_peer(self, paces):
        program = self.programs / 'bench_peer'
        if not program.exists():
            raise BenchError(f'{program} is not built: see bench/README.md')
        command = [program, '--sizes', ','.join(map(str, SIZES)), '--processes', 2, '--socket', self.engine,
                   '--quickack', int(self.quickack)]
        for name, pace in zip(('--send-pace', '--scan-pace'), paces):
            command += [name, pace]
        for protocol, port in self.far.items():
            command += [f'--{protocol}', port]
        peer = self._start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if peer.stdout.readline() != 'ready\n':
            raise BenchError('bench_peer does not start')
        return peer

    def counters(self):
        """What the far side has seen so far: mails sent, mails received, scans."""
        self.peer.stdin.write('\n')
        self.peer.stdin.flush()
        return json.loads(self.peer.stdout.readline())

    def _log(self, name):
        log = open(self.dir / f'{name}.log', 'w+', encoding='utf-8', errors='replace')
        self.callback(log.close)
        return log

    def add_haproxy(self):
        """TCP mode, two threads for the two cores, else its defaults."""
        program = shutil.which('haproxy', path=os.environ['PATH'] + ':/usr/sbin')
        if not program:
            raise BenchError('haproxy is missing: apt-get install haproxy')
        ports = {'pop3': self.near[0], 'smtp': self.near[1]}
        config = self.dir / 'haproxy.cfg'
        most = most_sessions('haproxy', self.descriptors)
        text = (f'global\n  nbthread 2\n  maxconn {most}\ndefaults\n  mode tcp\n  timeout connect 10s\n'
                '  timeout client 10m\n  timeout server 10m\n')
        for protocol, port in ports.items():
            text += (f'listen {protocol}\n  bind 127.0.0.1:{port} backlog 4096\n'
                     f'  server far 127.0.0.1:{self.far[protocol]}\n')
        config.write_text(text)
        log = self._log('haproxy')
        process = self._start([program, '-db', '-f', config], stdout=log, stderr=log)
        wait_for_port(ports['pop3'], process, log)
        self.proxies['haproxy'] = Proxy('haproxy', ports, dict.fromkeys(ports, process))

    def add_clamsmtp(self):
        program = shutil.which('clamsmtpd', path=os.environ['PATH'] + ':/usr/sbin')
        if not program:
            raise BenchError('clamsmtpd is missing: apt-get install clamsmtp')
        port = self.near[2]
        config = self.dir / 'clamsmtpd.conf'
        config.write_text(f'OutAddress: 127.0.0.1:{self.far["smtp"]}\nListen: 127.0.0.1:{port}\n'
                          f'ClamAddress: {self.engine}\nTempDirectory: {self.spool}\n'
                          f'MaxConnections: {CLAMSMTP_CONNECTIONS}\n')
        log = self._log('clamsmtp')
        process = self._start([program, '-d', '1', '-f', config], stdout=log, stderr=log)
        wait_for_port(port, process, log)
        self.proxies['clamsmtp'] = Proxy('clamsmtp', {'smtp': port}, {'smtp': process})

    def add_p3scan(self):
        """One gateway for each protocol, since each has a fixed target."""
        if not pathlib.Path(self.p3scan).exists():
            raise BenchError(f'{self.p3scan} is not built: see bench/README.md')
        processes, ports = {}, {}
        most = most_sessions('p3scan', self.descriptors)
        for protocol, port in zip(('pop3', 'smtp'), self.near[3:]):
            spool = self.dir / f'virusdir.{protocol}'
            spool.mkdir(0o700)
            if os.geteuid() == 0:
                os.chown(spool, pwd.getpwnam('mail').pw_uid, pwd.getpwnam('mail').pw_gid)
            config = self.dir / f'p3scan.{protocol}.conf'
            config.write_text(f'ip = 127.0.0.1\nport = {port}\ntargetip = 127.0.0.1\n'
                              f'targetport = {self.far[protocol]}\nemailport = {self.far["smtp"]}\n'
                              f'scannertype = clamd\nscanner = {self.engine}\nvirusdir = {spool}\n'
                              f'pidfile = {self.dir}/p3scan.{protocol}.pid\n'
                              f'maxchilds = {most}\nmaxperclient = {most}\n')
            log = self._log(f'p3scan.{protocol}')
            process = self._start([self.p3scan, '-d', '-f', config], stdout=log, stderr=log)
            wait_for_port(port, process, log)
            processes[protocol], ports[protocol] = process, port
        self.proxies['p3scan'] = Proxy('p3scan', ports, processes)

    def load(self, proxy, protocol, size, sessions, **limits):
        """Starts bench_load; result() of what this returns waits for it."""
        proxy = self.proxies[proxy]
        command = [self.programs / 'bench_load', '--protocol', protocol, '--port', proxy.ports[protocol],
                   '--size', size, '--mail', SIZES.index(size) + 1, '--sessions', sessions,
                   '--pids', ','.join(map(str, proxy.pids(protocol))), '--quickack', int(self.quickack)]
        for name, value in limits.items():
            command += [f'--{name}', value]
        return self._start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def idle(self, proxy, protocol, sessions):
        proxy = self.proxies[proxy]
        return result(self._start([self.programs / 'bench_idle', '--protocol', protocol, '--port',
                                   proxy.ports[protocol], '--sessions', sessions, '--pids',
                                   ','.join(map(str, proxy.pids(protocol)))],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))


def result(process):
    """The figures that a load program printed."""
    out, errors = process.communicate()
    if process.returncode != 0:
        command = ' '.join(process.args)
        raise BenchError(f'{command}: status {process.returncode}: {errors.strip()[-500:]} {out.strip()}')
    return json.loads(out)
