# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""doc/COMPATIBILITY.md from the list of cases and from what the program says about its options."""
import subprocess

import cases

SECTIONS = {
    "3": "Templates, notification, headers",
    "4": "POP3",
    "5": "SMTP",
    "7": "Scan pipeline",
    "8": "Scanner types",
    "9": "Log lines",
    "10": "Daemon",
    "13": "Drop-in checklist",
}
HEAD = """# Compatibility with P3Scan 2.3.2 and 3.0

Made by `test/compat/compat.py --document` from the cases that `test/compat/compat.py` runs against the built program; do not
edit. Numbers are sections of the description of the old versions' behaviour. *kept*: as it was. *repaired*: works, with
the named difference. *dropped*: no more, for the named reason.
"""


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def options(program):
    """The fate of every option of the earlier versions, from the option table of the program itself."""
    text = subprocess.run((program, "--dump-compat"), capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in text.splitlines()]
    return "\n".join(["\n## Options\n", "| option | fate | note |", "|---|---|---|"] +
                     [f"| `{row[0]}` | {row[1]} | {cell(row[2]) if len(row) > 2 else ''} |" for row in rows]) + "\n"


def document(program):
    text = HEAD
    section = None
    for case in cases.cases():
        chapter = case.number.split(".")[0]
        if chapter != section:
            section = chapter
            text += f"\n## {SECTIONS[chapter]}\n\n| case | before | fate | now |\n|---|---|---|---|\n"
        text += f"| {case.number} | {cell(case.before)} | {case.fate} | {cell(case.now)} |\n"
    return text + options(program)
