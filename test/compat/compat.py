#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The proof that an installation of P3Scan 2.3.2 or 3.0 goes on working: runs the cases against the built program.

    compat.py [PATTERN]...     the tests whose name contains one of the patterns; all without one (as root)
    compat.py --document       prints doc/COMPATIBILITY.md
    compat.py --check FILE     fails if FILE is not that document, or if a statement about the old versions has no case

P3SCAN names another program than build/release/p3scan.
"""
import importlib
import operator
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import cases        # noqa: E402: the paths above
import document     # noqa: E402: the paths above
import run as e2e   # noqa: E402
import statements   # noqa: E402
from gateway import PROGRAM  # noqa: E402


def main(arguments):
    if "--document" in arguments or "--check" in arguments:
        for path in sorted(HERE.glob("test_*.py")):
            importlib.import_module(path.stem)
        for case in cases.cases():
            if "." in case.test:
                module, _, name = case.test.partition(".")
                operator.attrgetter(name)(importlib.import_module(module))      # the proof that it names is there
        if found := statements.mistakes([case.number for case in cases.cases()]):
            sys.exit("\n".join(found))
        text = document.document(PROGRAM)
        if "--document" in arguments:
            print(text, end="")
            return 0
        if pathlib.Path(arguments[-1]).read_text() == text:
            return 0
        sys.exit(f"{arguments[-1]} is not what {sys.argv[0]} --document prints: write it again")
    return e2e.main(arguments, HERE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
