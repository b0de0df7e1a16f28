#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Measures intercepted TLS beside HAProxy, which ends and begins TLS anew. bench/README.md tells what is measured."""
import argparse
import json
import os
import pathlib
import pwd
import statistics
import subprocess
import sys

import stand
from stand import BenchError, Proxy, Stand, result, wait_for_port

TARGET = 0.7                    # part of HAProxy's handshakes for each second of processor time
IDLE_KIB = 80
NAME = 'mail.bench.example'
# (what, whether the server takes sessions up again, whether the clients do)
KINDS = (('new on both sides', 0, 0), ('new to the client, taken up to the server', 1, 0),
         ('taken up on both sides', 1, 1))


def openssl(*words):
    done = subprocess.run(['openssl', *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f'openssl {words[0]}: {done.stderr.strip()[-500:]}')


class Authority:
    """A root and what it signs; everything on P-256, as P3Scan's own."""

    def __init__(self, folder):
        self.folder = folder
        self.root = folder / 'root.pem'
        self.key = folder / 'root.key'
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', 30,
                '-subj', '/CN=Bench root', '-keyout', self.key, '-out', self.root)

    def identity(self, name, chain):
        """A file with certificate, root if `chain`, and key."""
        key, request, leaf, extra = (self.folder / f'{name}.{ending}' for ending in ('key', 'csr', 'crt', 'ext'))
        openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', f'/CN={NAME}',
                '-keyout', key, '-out', request)
        extra.write_text(f'subjectAltName=DNS:{NAME},IP:127.0.0.1\nbasicConstraints=CA:FALSE\n')
        openssl('x509', '-req', '-in', request, '-CA', self.root, '-CAkey', self.key, '-CAcreateserial', '-days', 20,
                '-extfile', extra, '-out', leaf)
        pem = self.folder / f'{name}.pem'
        pem.write_text(leaf.read_text() + (self.root.read_text() if chain else '') + key.read_text())
        return pem


class TlsStand(Stand):
    """The far side speaks TLS. `tickets`: it takes sessions up again."""

    def __init__(self, options, tickets):
        super().__init__(options)
        self.program = self.programs / 'bench_tls'
        self.authority = Authority(self.dir)
        self.server_port, *self.tls_near = stand.free_ports(11)[8:]
        log = self._log('server')
        server = self._start([self.program, '--role', 'server', '--port', self.server_port, '--tickets', tickets,
                              '--identity', self.authority.identity('server', False)], stdout=log, stderr=log)
        wait_for_port(self.server_port, server, log)
        self.proxies['direct'] = Proxy('direct', {'tls': self.server_port}, {})

    def add_haproxy(self):
        port = self.tls_near[0]
        most = stand.most_sessions('haproxy', self.descriptors)
        config = self.dir / 'haproxy.cfg'
        config.write_text(
            f'global\n  nbthread 2\n  maxconn {most}\ndefaults\n  mode tcp\n  timeout connect 10s\n'
            '  timeout client 10m\n  timeout server 10m\n'
            f'listen tls\n  bind 127.0.0.1:{port} backlog 4096 ssl crt {self.authority.identity("haproxy", True)}\n'
            f'  server far 127.0.0.1:{self.server_port} ssl verify required ca-file {self.authority.root} '
            f'sni str({NAME}) verifyhost {NAME}\n')
        log = self._log('haproxy')
        process = self._start(['haproxy', '-db', '-f', config], stdout=log, stderr=log)
        wait_for_port(port, process, log)
        self.proxies['haproxy'] = Proxy('haproxy', {'tls': port}, {'tls': process})

    def add_p3scan(self):
        port = self.tls_near[1]
        most = stand.most_sessions('p3scan', self.descriptors)
        spool, ca = self.dir / 'virusdir.tls', self.dir / 'ca'
        spool.mkdir(0o700)
        ca.mkdir(0o700)
        if os.geteuid() == 0:
            os.chown(spool, pwd.getpwnam('mail').pw_uid, pwd.getpwnam('mail').pw_gid)
        config = self.dir / 'p3scan.tls.conf'
        config.write_text(f'ip = 127.0.0.1\nport = {port}\ntargetip = 127.0.0.1\ntargetport = {self.server_port}\n'
                          f'sslport = {self.server_port}\ntls = {self.server_port}:intercept\ncadir = {ca}\n'
                          f'tlsroots = {self.authority.root}\nscannertype = clamd\nscanner = {self.engine}\n'
                          f'virusdir = {spool}\npidfile = {self.dir}/p3scan.tls.pid\n'
                          f'maxchilds = {most}\nmaxperclient = {most}\n')
        subprocess.run([self.p3scan, 'ca', 'init', '-f', config], check=True, capture_output=True)
        log = self._log('p3scan.tls')
        process = self._start([self.p3scan, '-d', '-f', config], stdout=log, stderr=log)
        wait_for_port(port, process, log)
        self.proxies['p3scan'] = Proxy('p3scan', {'tls': port}, {'tls': process})

    def call(self, proxy, role, **limits):
        proxy = self.proxies[proxy]
        command = [self.program, '--role', role, '--port', proxy.ports['tls'], '--pids',
                   ','.join(map(str, proxy.pids('tls')))]
        for name, value in limits.items():
            command += [f'--{name}', value]
        return result(self._start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def handshakes(options, record):
    print('Intercepted handshakes, TLS 1.3, P-256 on all sides: for each second of processor time of the proxy '
          '(by the clock)')
    for what, tickets, resume in KINDS:
        with TlsStand(options, tickets) as here:
            here.add_haproxy()
            here.add_p3scan()
            runs = {'haproxy': [], 'p3scan': []}
            for _ in range(options.rounds):
                for proxy, done in runs.items():
                    done.append(here.call(proxy, 'load', sessions=16, ms=options.ms, resume=resume))
            record['handshakes'].append({'what': what, 'runs': runs})
        ratio = statistics.median(p['per_cpu_s'] / h['per_cpu_s'] for p, h in zip(runs['p3scan'], runs['haproxy']))
        print(f'{what:45}' + ''.join(f'{proxy} {median(done, "per_cpu_s"):7.0f} ({median(done, "per_s"):6.0f})   '
                                     for proxy, done in runs.items()) +
              f'P3Scan / HAProxy {ratio:.2f}{"" if ratio >= TARGET else " <"}', flush=True)


def idle(options, record):
    print(f'Memory of an idle intercepted session (KiB of PSS; aim {IDLE_KIB})')
    for tickets, what in ((0, 'new to the server'), (1, 'taken up to the server')):
        for name in ('haproxy', 'p3scan'):
            with TlsStand(options, tickets) as here:
                getattr(here, f'add_{name}')()
                figures = here.call(name, 'idle', sessions=options.idle)
                record['idle'].append({'proxy': name, 'what': what} | figures)
                print(f'{what:45}{name} {figures["pss_kib_each"]:6.1f} each, '
                      f'{figures["pss_kib"] / 1024:6.1f} MiB in all', flush=True)


def self_test(options):
    """The clients against the server, without a proxy."""
    for tickets in (0, 1):
        with TlsStand(options, tickets) as here:
            figures = here.call('direct', 'load', sessions=4, ms=300, resume=1)
            if figures['errors'] or (figures['resumed'] > 0) != (tickets > 0):
                raise BenchError(f'tickets {tickets}: {figures}')
            if here.call('direct', 'idle', sessions=20, settle=1)['sessions'] != 20:
                raise BenchError('not all idle sessions were opened')
    print('clients and server agree')


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', type=pathlib.Path, default=root / 'build' / 'release', help='build folder')
    parser.add_argument('--p3scan', type=pathlib.Path, help='another p3scan than that of the build folder')
    parser.add_argument('--spool', type=pathlib.Path, help="where the proxies' spools go (default: temporary folder)")
    parser.add_argument('--rounds', type=int, default=5, help='interleaved runs (5)')
    parser.add_argument('--ms', type=int, default=2000, help='milliseconds of a run (2000)')
    parser.add_argument('--idle', type=int, default=1000, help='idle sessions (1000)')
    parser.add_argument('--json', type=pathlib.Path, help='write every single run there')
    parser.add_argument('--self-test', action='store_true', help='check the load programs, measure nothing')
    options = parser.parse_args()
    options.descriptors = stand.raise_descriptor_limit()
    record = {'handshakes': [], 'idle': []}
    try:
        if options.self_test:
            self_test(options)
            return 0
        handshakes(options, record)
        idle(options, record)
        if options.json:
            options.json.write_text(json.dumps(record, indent=1))
    except BenchError as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
