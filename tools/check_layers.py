#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Fails when an #include under src points against the layers, or a pure layer reaches for I/O.

doc/ARCHITECTURE.md explains the layers; src/*/CMakeLists.txt links them, but headers are on one
path, so the compiler alone would not notice.
"""
import pathlib
import re
import sys

MAY_USE = {
    'base': set(),
    'proto': {'base'},
    'mime': {'base'},
    'imap': {'base', 'proto', 'mime'},
    'scan': {'base'},
    'config': {'base'},
    'net': {'base'},
    'spool': {'base'},
    'scanner': {'base', 'mime', 'scan', 'spool', 'net'},
    'html': {'base'},
    'attach': {'base'},
    'filter': {'base', 'mime', 'scan', 'html', 'attach', 'net', 'spool', 'scanner'},
    'notify': {'base', 'proto', 'mime', 'scan', 'net', 'spool', 'scanner'},
    'worker': {'base', 'scan'},
    'authority': {'base', 'mime', 'net'},
    'session': {'base', 'proto', 'mime', 'imap', 'scan', 'config', 'net', 'spool', 'scanner', 'filter',
                'notify', 'authority'},
    'app': {'base', 'authority', 'imap', 'config', 'scan', 'net', 'spool', 'scanner', 'filter', 'notify', 'worker', 'session', 'proto',
            'mime', 'html', 'attach'},
}
PURE = {'proto', 'mime', 'imap', 'scan', 'config', 'html', 'attach'}
IO_HEADER = re.compile(r'boost/asio|base/asio|base/log\.h|^sys/|^fcntl\.h|^unistd\.h|^poll\.h|^fstream$|^filesystem$')


def main(src):
    errors = []
    for path in sorted(src.rglob('*')):
        if path.suffix not in ('.h', '.cpp'):
            continue
        layer = path.relative_to(src).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^">]+)', line)
            if not match:
                continue
            target = match.group(1)
            other = target.split('/')[0]
            if other in MAY_USE and other != layer and other not in MAY_USE[layer]:
                errors.append(f'{path}:{number}: {layer} must not include {target}')
            if layer in PURE and IO_HEADER.search(target) and path.name != 'file.cpp':
                errors.append(f'{path}:{number}: {layer} is pure and must not include {target}')
    print('\n'.join(errors) or 'layers: in order')
    return 1 if errors else 0


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1])))
