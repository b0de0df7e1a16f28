#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Measures IMAP beside no proxy and two stunnels in a row. bench/README.md tells what is measured."""
import argparse
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time

import stand
from stand import BenchError, Proxy, Stand, wait_for_port

LISTING = b'(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)'
WHOLE = b'(UID BODY.PEEK[])'
TARGET = 1.2                    # times the listing without a proxy
LITERAL = re.compile(rb'\{(\d+)\}\r\n')
DOVECOT = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{dir}/mail
passdb {{
  driver = static
  args = password=x
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


class ImapStand(Stand):
    """The far side is a Dovecot of its own with one mailbox."""

    def __init__(self, options):
        super().__init__(options)
        self.server_port, *self.imap_near = stand.free_ports(12)[8:]
        top = self.dir / 'dovecot'
        owner = pwd.getpwnam('nobody')
        for folder in (top, top / 'mail', top / 'mail/new', top / 'mail/cur', top / 'mail/tmp'):
            folder.mkdir(mode=0o755)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        for number in range(options.mails):
            path = top / 'mail/cur' / f'{1790000000 + number}.M{number}.bench:2,'
            path.write_bytes(b'From: Ann <ann@sender.example>\r\nTo: Bob <bob@example.org>\r\nSubject: mail %d\r\n'
                             b'Date: Tue, 1 Sep 2026 10:00:00 +0200\r\nMessage-ID: <%d@sender.example>\r\n\r\n'
                             % (number, number) + b'A line of text that says nothing at all.\r\n' * options.lines)
            os.chown(path, owner.pw_uid, owner.pw_gid)
        config = top / 'conf'
        config.write_text(DOVECOT.format(dir=top, uid=owner.pw_uid, gid=owner.pw_gid, port=self.server_port))
        log = self._log('dovecot')
        server = self._start(['dovecot', '-F', '-c', config], stdout=log, stderr=log)
        wait_for_port(self.server_port, server, log)
        self.proxies = {'direct': Proxy('direct', {'imap': self.server_port}, {})}

    def add_stunnel(self):
        """One begins TLS, the next one ends it: what carries IMAP unread, twice."""
        program = shutil.which('stunnel4', path=os.environ['PATH'] + ':/usr/bin')
        if not program:
            raise BenchError('stunnel is missing: apt-get install stunnel4')
        near, between = self.imap_near[:2]
        pem = self.dir / 'stunnel.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-subj', '/CN=bench', '-keyout', pem, '-out', self.dir / 'stunnel.crt'],
                       check=True, capture_output=True)
        pem.write_text(pem.read_text() + (self.dir / 'stunnel.crt').read_text())
        for name, text, port in (('end', f'accept = 127.0.0.1:{between}\nconnect = 127.0.0.1:{self.server_port}\n'
                                         f'cert = {pem}\n', between),
                                 ('begin', f'client = yes\naccept = 127.0.0.1:{near}\n'
                                           f'connect = 127.0.0.1:{between}\n', near)):
            config = self.dir / f'stunnel.{name}'
            config.write_text(f'foreground = yes\npid =\ndebug = 3\n[{name}]\n{text}')
            log = self._log(f'stunnel.{name}')
            wait_for_port(port, self._start([program, config], stdout=log, stderr=log), log)
        self.proxies['stunnel'] = Proxy('stunnel', {'imap': near}, {})

    def add_p3scan(self):
        port = self.imap_near[2]
        spool = self.dir / 'virusdir.imap'
        spool.mkdir(0o700)
        os.chown(spool, pwd.getpwnam('mail').pw_uid, pwd.getpwnam('mail').pw_gid)
        config = self.dir / 'p3scan.imap.conf'
        config.write_text(f'ip = 127.0.0.1\nport = {port}\ntargetip = 127.0.0.1\ntargetport = {self.server_port}\n'
                          f'imapport = {self.server_port}\nscannertype = clamd\nscanner = {self.engine}\n'
                          f'virusdir = {spool}\npidfile = {self.dir}/p3scan.imap.pid\n')
        log = self._log('p3scan.imap')
        process = self._start([self.p3scan, '-d', '-f', config], stdout=log, stderr=log)
        wait_for_port(port, process, log)
        self.proxies['p3scan'] = Proxy('p3scan', {'imap': port}, {'imap': process})


class Client:
    """Counts what it is told and throws it away, whole buffers at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port))
        self.file = self.socket.makefile('rb', buffering=1 << 18)
        self.file.readline()
        self.ask(b'LOGIN bench x')
        self.ask(b'SELECT INBOX')

    def ask(self, command):
        """(responses to FETCH, octets of all)"""
        self.socket.sendall(b't ' + command + b'\r\n')
        fetched = octets = 0
        while line := self.file.readline():
            octets += len(line)
            if line.startswith(b't '):
                if not line.startswith(b't OK'):
                    raise BenchError(f'{command}: {line}')
                return fetched, octets
            fetched += line.startswith(b'* ') and b' FETCH (' in line
            while (found := LITERAL.search(line[-20:])) and line.endswith(found[0]):
                octets += len(self.file.read(int(found[1])))
                line = self.file.readline()
                octets += len(line)
        raise BenchError(f'{command}: the server left')

    def close(self):
        self.file.close()
        self.socket.close()


def run(here, proxy, items, mails):
    client = Client(here.proxies[proxy].ports['imap'])
    begin = time.monotonic()
    fetched, octets = client.ask(b'FETCH 1:* ' + items)
    seconds = time.monotonic() - begin
    client.close()
    if fetched != mails:
        raise BenchError(f'{proxy}: {fetched} answers instead of {mails}')
    return {'proxy': proxy, 's': seconds, 'octets': octets}


def measure(options, here, what, items, aim):
    runs = {name: [] for name in here.proxies}
    client = Client(here.server_port)          # Dovecot reads the mails and fills its cache
    client.ask(b'FETCH 1:* ' + items)
    client.close()
    before = here.counters()
    for _ in range(options.rounds):
        for name, done in runs.items():
            done.append(run(here, name, items, options.mails))
    scans = here.counters()['scans'] - before['scans']
    if scans != (options.mails * options.rounds if items is WHOLE else 0):
        raise BenchError(f'{what}: {scans} scans')
    text = f'{what:16}'
    for name, done in runs.items():
        ratio = statistics.median(mine['s'] / first['s'] for mine, first in zip(done, runs['direct']))
        late = name == 'p3scan' and aim is not None and ratio > aim
        text += f'{name} {statistics.median(one["s"] for one in done):7.3f} s ({ratio:.2f}{" <" if late else ""})   '
    print(text, flush=True)
    return {'what': what, 'runs': runs}


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', type=pathlib.Path, default=root / 'build' / 'release', help='build folder')
    parser.add_argument('--p3scan', type=pathlib.Path, help='another p3scan than that of the build folder')
    parser.add_argument('--spool', type=pathlib.Path, help="where the proxies' spools go (default: temporary folder)")
    parser.add_argument('--rounds', type=int, default=5, help='interleaved runs (5)')
    parser.add_argument('--mails', type=int, default=10000, help='mails in the mailbox (10000)')
    parser.add_argument('--lines', type=int, default=45, help='lines of 42 octets in each (45)')
    parser.add_argument('--json', type=pathlib.Path, help='write every single run there')
    options = parser.parse_args()
    options.descriptors = stand.raise_descriptor_limit()
    if os.geteuid() != 0 or not shutil.which('dovecot'):
        print('bench: needs root and Dovecot (apt-get install dovecot-imapd)', file=sys.stderr)
        return 1
    try:
        with ImapStand(options) as here:
            here.add_stunnel()
            here.add_p3scan()
            print(f'{options.mails} mails, one session (times of no proxy)')
            record = [measure(options, here, 'listing', LISTING, TARGET),
                      measure(options, here, 'full download', WHOLE, None)]
        if options.json:
            options.json.write_text(json.dumps(record, indent=1))
    except BenchError as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
