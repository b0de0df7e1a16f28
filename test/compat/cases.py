# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What a case of compatibility is. A case is a statement about versions 2.3.2 and 3.0, numbered by the section of their
description that it comes from, and what became of it: kept and repaired ones are proven by a test, dropped ones say why.
"""
import dataclasses

KEPT, REPAIRED, DROPPED = "kept", "repaired", "dropped"


@dataclasses.dataclass(frozen=True)
class Case:
    number: str
    before: str         # what the old versions did
    fate: str
    now: str = ""       # repaired: what is done instead; dropped: why
    test: str = ""      # that proves it


_cases = []


def cases():
    """All of them, by section and number."""
    return sorted(_cases, key=lambda case: [int(part) for part in case.number.split(".")])


def _proven_by(function, number, before, fate, now=""):
    _cases.append(Case(number, before, fate, now, function.__name__))
    return function


def kept(number, before):
    return lambda function: _proven_by(function, number, before, KEPT)


def repaired(number, before, now):
    return lambda function: _proven_by(function, number, before, REPAIRED, now)


def dropped(number, before, why):
    _cases.append(Case(number, before, DROPPED, why))


def proven_elsewhere(number, before, fate, test, now=""):
    """`test`: the name of one in test/e2e, as MODULE.CLASS.METHOD."""
    _cases.append(Case(number, before, fate, now, test))
