#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""End-to-end tests: real clients and servers in network namespaces, the gateway between them. Needs root.

    run.py [PATTERN]...     tests whose name contains one of the patterns; all without one
    run.py --list           their names

P3SCAN names another program than build/release/p3scan.
"""
import os
import resource
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway import PROGRAM           # noqa: E402: the path above
from support import close_laboratory  # noqa: E402


class Progress(unittest.TestResult):
    def __init__(self, started):
        super().__init__()
        self.started = started
        self.passed = 0

    def startTest(self, test):
        super().startTest(test)
        self._test_started = time.monotonic()

    def _say(self, word, test, text=""):
        now = time.monotonic()
        took = now - getattr(self, "_test_started", now)
        print(f"{now - self.started:7.1f} s  {word:6} {test.id() if hasattr(test, 'id') else test}  ({took:.1f} s)",
              flush=True)
        if text:
            print(text, flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self._say("ok", test)

    def _bad(self, word, test, error):
        self._say(word, test, self._exc_info_to_string(error, test))

    def addFailure(self, test, error):
        self.failures.append((test, error[1]))
        self._bad("FAILED", test, error)

    def addError(self, test, error):
        self.errors.append((test, error[1]))
        self._bad("FAILED", test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.failures.append((subtest, error[1]))
            self._bad("FAILED", subtest, error)


def tests(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from tests(entry)
        else:
            yield entry


def main(arguments, directory=os.path.dirname(os.path.abspath(__file__))):
    if os.geteuid() != 0:
        sys.exit("run.py: network namespaces need root")
    found = list(tests(unittest.defaultTestLoader.discover(str(directory))))
    if "--list" in arguments:
        print("\n".join(test.id() for test in found))
        return 0
    patterns = [argument for argument in arguments if not argument.startswith("-")]
    chosen = [test for test in found if not patterns or any(pattern in test.id() for pattern in patterns)]
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"run.py: no program {PROGRAM}; build it: cmake --preset release && cmake --build --preset release")
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))      # so that the laboratory is cleared away
    started = time.monotonic()
    print(f"e2e: {len(chosen)} tests of {PROGRAM}", flush=True)
    result = Progress(started)
    try:
        unittest.TestSuite(chosen).run(result)
    finally:
        close_laboratory()
    failed = len(result.failures) + len(result.errors)
    for test, _ in result.failures + result.errors:
        print(f"failed: {test.id() if hasattr(test, 'id') else test}")
    print(f"e2e: took {time.monotonic() - started:.0f} s")
    print(f"{result.passed} passed, {failed} failed")
    return 1 if failed or not result.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
