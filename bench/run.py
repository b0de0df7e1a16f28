#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Measures P3Scan beside HAProxy (TCP mode) and clamsmtp on this machine. bench/README.md tells what is measured."""
import argparse
import json
import os
import pathlib
import statistics
import sys
import time

import stand
from stand import BenchError, Stand, result

TARGET_HAPROXY = 0.4            # part of HAProxy's throughput to reach
NAMES = {2048: '2 KB', 51200: '50 KB', 5242880: '5 MB', 52428800: '50 MB'}
PROXIES = {'pop3': ('haproxy', 'p3scan'), 'smtp': ('haproxy', 'p3scan', 'clamsmtp')}
MAX_OCTETS = 10_500_000_000     # of the mails of one run: 200 of 50 MB


class Plan:
    """How long and how often: the whole run in under ten minutes, a quick one in under two."""

    def __init__(self, quick):
        self.quick = quick
        self.rounds = 2 if quick else 3
        self.latency_rounds = 3 if quick else 7
        self.ms = 300 if quick else 700
        self.idle = (1000,) if quick else (1000, 10000)
        self.flood_size = 5242880 if quick else 52428800

    def cells(self):
        for protocol in PROXIES:
            for size in stand.SIZES:
                for sessions in (1, 16, 200):
                    if not self.quick or sessions == 16 or (sessions == 200 and size == 2048):
                        yield protocol, size, sessions

    def rounds_of(self, size, sessions):
        return 1 if size * sessions > 2_000_000_000 else self.rounds


class Bench:
    def __init__(self, options):
        self.options = options
        self.plan = Plan(options.quick)
        self.begun = time.monotonic()
        self.record = {'throughput': [], 'latency': [], 'overlap': [], 'idle': [], 'flood': []}

    def say(self, text=''):
        print(text, flush=True)

    def build_stand(self, **kwargs):
        here = Stand(self.options, **kwargs)
        for name in ('haproxy', 'clamsmtp', 'p3scan'):
            if name not in self.options.without:
                getattr(here, f'add_{name}')()
        return here

    def proxies(self, protocol):
        return [name for name in PROXIES[protocol] if name not in self.options.without]

    def measure(self, here, proxy, protocol, size, sessions, **limits):
        """One run. That P3Scan scanned each mail is checked with the engine."""
        if proxy == 'clamsmtp':
            # Its backlog holds five connections, and a client that was dropped from it waits for ever.
            limits |= {'logins': 2, 'mails': 1000000}
        before = here.counters()
        figures = result(here.load(proxy, protocol, size, sessions, **limits))
        after = here.counters()
        scans = after['scans'] - before['scans']
        if proxy == 'p3scan' and scans < figures['mails']:
            raise BenchError(f'p3scan moved {figures["mails"]} mails and asked the engine {scans} times')
        return figures

    def throughput(self, here, title, cells):
        self.say(f'\n{title}')
        self.say(f'{"":5}{"mail":>6}{"sessions":>9} |{"HAProxy":>18} |{"P3Scan":>18} |{"clamsmtp":>18} |'
                 f'{"P3Scan/HAProxy":>15}{"P3Scan/clamsmtp":>16} | CPU/mail us: HAProxy, P3Scan')
        for protocol, size, sessions in cells:
            runs = {}
            for _ in range(self.plan.rounds_of(size, sessions)):
                for proxy in self.proxies(protocol):
                    if proxy == 'clamsmtp' and size * sessions > 2_000_000_000:
                        continue        # a minute for one run
                    runs.setdefault(proxy, []).append(
                        self.measure(here, proxy, protocol, size, sessions, ms=self.plan.ms,
                                     count=max(MAX_OCTETS // size, sessions)))
            row = {'title': title, 'protocol': protocol, 'size': size, 'sessions': sessions, 'runs': runs}
            self.record['throughput'].append(row)
            self.say(throughput_row(row))

    def latency(self, here):
        self.say('\nLatency of a 2 KB mail, one session (ms, median; added = beyond no proxy at all)')
        for protocol in PROXIES:
            runs = {}
            for _ in range(self.plan.latency_rounds):
                for proxy in ['direct', *self.proxies(protocol)]:
                    figures = self.measure(here, proxy, protocol, 2048, 1, ms=self.plan.ms // 2)
                    runs.setdefault(proxy, []).append(figures)
            self.record['latency'].append({'protocol': protocol, 'runs': runs})
            direct = median(runs, 'direct', 'median_ms')
            for proxy in runs:
                value = median(runs, proxy, 'median_ms')
                self.say(f'{protocol:5} {proxy:9} {value:8.3f}   added {value - direct:8.3f}   '
                         f'p99 {median(runs, proxy, "p99_ms"):8.3f}')

    def overlap(self):
        """Scanning goes on while the mail arrives: the last octet is there when the slower of the two is done."""
        size = 5242880
        if 'p3scan' in self.options.without:
            return
        self.say('\nTime of a 5 MB mail through P3Scan when both the sender and the engine are slow (s)')
        for sending, scanning in ((size, 2 * size), (2 * size, size)):
            with self.build_stand(paces=(sending, scanning)) as here:
                for protocol in PROXIES:
                    figures = self.measure(here, 'p3scan', protocol, size, 1, count=1, ms=20000, pace=sending)
                    figures |= {'protocol': protocol, 'transfer': size / sending, 'scan': size / scanning}
                    self.record['overlap'].append(figures)
                    self.say(f'{protocol:5} transfer {figures["transfer"]:4.1f}   scan {figures["scan"]:4.1f}   '
                             f'all {figures["seconds"]:6.2f}')

    def idle(self):
        self.say('\nMemory of an idle session (KiB of PSS, growth of a fresh proxy); '
                 f'the limit of {self.options.descriptors} descriptors may allow fewer than 10 000')
        for sessions in self.plan.idle:
            for protocol in PROXIES:
                with self.build_stand() as here:
                    for proxy in self.proxies(protocol):
                        if proxy == 'clamsmtp':
                            continue    # a thread for each session, and no more than MaxConnections
                        figures = here.idle(proxy, protocol,
                                            min(sessions, stand.most_sessions(proxy, self.options.descriptors)))
                        self.record['idle'].append({'proxy': proxy, 'protocol': protocol} | figures)
                        self.say(f'{protocol:5} {proxy:9} {figures["sessions"]:6} sessions '
                                 f'{figures["pss_kib_each"]:8.2f} each, {figures["pss_kib"] / 1024:8.1f} MiB in all')

    def flood(self):
        """Peak memory while 100 mails are on their way at once."""
        size = self.plan.flood_size
        self.say(f'\nMemory with 100 mails of {NAMES[size]} at once (MiB of PSS, all processes)')
        for protocol in PROXIES:
            with self.build_stand() as here:
                for proxy in self.proxies(protocol):
                    if proxy == 'clamsmtp':
                        continue
                    pids = here.proxies[proxy].pids(protocol)
                    before = peak = stand.pss_kib(pids)
                    load = here.load(proxy, protocol, size, 100, count=100, ms=100000)
                    while load.poll() is None:
                        peak = max(peak, stand.pss_kib(pids))
                        time.sleep(0.05)
                    figures = result(load) | {'before_kib': before, 'peak_kib': peak}
                    self.record['flood'].append({'proxy': proxy, 'protocol': protocol, 'size': size} | figures)
                    self.say(f'{protocol:5} {proxy:9} idle {before / 1024:7.1f}   peak {peak / 1024:7.1f}   '
                             f'{figures["seconds"]:6.1f} s')

    def run(self):
        self.say(f'{machine()}; mails of {", ".join(NAMES.values())}; medians of {self.plan.rounds} interleaved runs')
        if os.getloadavg()[0] > 1:
            self.say(f'The machine is busy (load {os.getloadavg()[0]:.1f}): the ratios will wander.')
        with self.build_stand() as here:
            self.say(f'spool in {here.dir}; clamsmtp with MaxConnections {stand.CLAMSMTP_CONNECTIONS}')
            self.throughput(here, 'As they are (100 mails in a session)', self.plan.cells())
            self.latency(here)
        with self.build_stand(quickack=True) as here:
            self.throughput(here, 'Receivers acknowledge at once (no Nagle stall)',
                            [(protocol, size, 16) for protocol in PROXIES for size in (2048, 51200)])
        self.overlap()
        self.idle()
        self.flood()
        self.say(f'\n{time.monotonic() - self.begun:.0f} s')


def median(runs, proxy, key):
    return statistics.median(run[key] for run in runs[proxy])


def ratio(runs, proxy, other):
    """The median of the ratios of runs that followed each other, so that a slow minute of the machine counts little."""
    if proxy not in runs or other not in runs:
        return None
    return statistics.median(a['mails_per_s'] / b['mails_per_s'] for a, b in zip(runs[proxy], runs[other]))


def throughput_row(row):
    runs, size = row['runs'], row['size']
    text = f'{row["protocol"]:5}{NAMES[size]:>6}{row["sessions"]:9} |'
    for proxy in ('haproxy', 'p3scan', 'clamsmtp'):
        if proxy not in runs:
            text += f'{"-":>18} |'
        elif size < 1_000_000:
            text += f'{median(runs, proxy, "mails_per_s"):11.0f} mails/s |'
        else:
            text += f'{median(runs, proxy, "mb_per_s"):13.0f} MB/s |'
    against = ratio(runs, 'p3scan', 'haproxy')
    text += f'{"-":>14} ' if against is None else f'{against:14.2f}{"" if against >= TARGET_HAPROXY else "<":1}'
    against = ratio(runs, 'p3scan', 'clamsmtp')
    text += f'{"-":>16} |' if against is None else f'{against:16.1f} |'
    return text + ','.join(f'{median(runs, p, "cpu_us_per_mail"):10.1f}' if p in runs else f'{"-":>10}'
                           for p in ('haproxy', 'p3scan'))


def machine():
    model = next((line.partition(':')[2].strip() for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines()
                  if line.startswith('model name')), 'unknown')
    return f'{os.cpu_count()} x {model}, Linux {os.uname().release}'


def self_test(options):
    """The load programs against each other, without a proxy: every mail arrives, and is counted."""
    moved = {'pop3': 0, 'smtp': 0}
    with Stand(options) as here:
        for protocol in moved:
            for size in stand.SIZES[:3]:
                figures = result(here.load('direct', protocol, size, 5, count=23, mails=3, ms=20000))
                moved[protocol] += figures['mails']
            if here.idle('direct', protocol, 50)['sessions'] != 50:
                raise BenchError('not all idle sessions were opened')
        ask_engine(here)
        seen = here.counters()
    if (seen['sent'], seen['received'], seen['scans']) != (69, 69, 2) or moved != {'pop3': 69, 'smtp': 69}:
        raise BenchError(f'moved {moved}, the far side saw {seen}')
    print('the load programs and the far side agree')


def ask_engine(here):
    """One scan in each dialect that the fake clamd speaks."""
    with stand.socket.create_connection(('127.0.0.1', here.far['clamd']), 5) as engine:
        engine.sendall(b'zIDSESSION\0zPING\0zINSTREAM\0\0\0\0\3abc\0\0\0\0')
        expect(engine, b'1: PONG\x002: stream: OK\0')
    with stand.socket.socket(stand.socket.AF_UNIX) as engine:
        engine.settimeout(5)
        engine.connect(here.engine)
        engine.sendall(b'SESSION\nSCAN /a b\n')
        expect(engine, b'/a b: OK\n')


def expect(connection, answer):
    got = b''
    while len(got) < len(answer):
        got += connection.recv(1000) or b'(end)' * 10
    if got != answer:
        raise BenchError(f'the fake clamd said {got!r} instead of {answer!r}')


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--quick', action='store_true', help='fewer sizes and rounds: under two minutes, not ten')
    parser.add_argument('--build', type=pathlib.Path, default=root / 'build' / 'release', help='build folder')
    parser.add_argument('--p3scan', type=pathlib.Path, help='another p3scan than that of the build folder')
    parser.add_argument('--without', action='append', default=[], choices=('haproxy', 'p3scan', 'clamsmtp'))
    parser.add_argument('--spool', type=pathlib.Path, help="where the proxies' spools go (default: temporary folder)")
    parser.add_argument('--json', type=pathlib.Path, help='write every single run there')
    parser.add_argument('--self-test', action='store_true', help='check the load programs, measure nothing')
    options = parser.parse_args()
    options.descriptors = stand.raise_descriptor_limit()
    try:
        if options.self_test:
            self_test(options)
            return 0
        bench = Bench(options)
        bench.run()
        if options.json:
            options.json.write_text(json.dumps(bench.record, indent=1))
    except BenchError as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
