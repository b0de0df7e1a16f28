#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Compares what the gateway says of mails with what Dovecot says of them, octet for octet.

usage: oracle.py SHOW_MAILS [SEED [COUNT]]    ends with 77 where there is no Dovecot, or the user is not root

A Dovecot of its own is started on a port of 127.0.0.1, with its files in a directory that is removed afterwards.
"""
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import view_mails

USER = pwd.getpwnam("nobody")
CONFIGURATION = """
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
  args = uid={uid} gid={gid} home={dir}/mail
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
WHOLE = "BODY.PEEK[]"
STRUCTURE = ["ENVELOPE", "BODYSTRUCTURE", "BODY", "RFC822.SIZE"]
SECTIONS = ["BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]", "RFC822.HEADER", "BODY.PEEK[HEADER.FIELDS (TO FROM SUBJECT)]",
            "BODY.PEEK[HEADER.FIELDS.NOT (TO SUBJECT X)]", "BODY.PEEK[HEADER.FIELDS (NONE)]", "BODY.PEEK[]<0.20>",
            "BODY.PEEK[]<7.5>", "BODY.PEEK[]<99999999.1>", "BODY.PEEK[TEXT]<1.3>", "BODY.PEEK[1]<2.9>", "BODY.PEEK[1.MIME]<0.9>"]
NUMBERS = ["1", "2", "3", "1.1", "1.2", "2.1", "2.2", "1.1.1", "2.1.1", "2.2.1", "1.1.1.1", "3.1", "0"]
for number in NUMBERS[:-1]:
    SECTIONS += [f"BODY.PEEK[{number}]"] + [f"BODY.PEEK[{number}.{text}]" for text in ("MIME", "HEADER", "TEXT")]
    SECTIONS += [f"BODY.PEEK[{number}.HEADER.FIELDS (SUBJECT)]", f"BODY.PEEK[{number}.HEADER.FIELDS.NOT (SUBJECT)]"]
BINARY = [f"BINARY{what}[{number}]" for number in ["", *NUMBERS[:-1]] for what in (".PEEK", ".SIZE")] + ["BINARY.PEEK[1]<1.4>"]


class Imap:
    """A client that keeps every octet."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.number = 0
        self.command("LOGIN u x")
        self.command("SELECT INBOX")

    def command(self, text):
        """All untagged responses, and the tagged one."""
        self.number += 1
        tag = b"t%d" % self.number
        self.socket.sendall(tag + b" " + text.encode() + b"\r\n")
        found = []
        while True:
            response = self.file.readline()
            if not response:
                raise ConnectionError("the server hung up")
            while literal := re.search(rb"\{(\d+)\}\r\n$", response):
                response += self.file.read(int(literal[1])) + self.file.readline()
            if response.startswith(tag + b" "):
                return found, response
            found.append(response)

    def fetch(self, number, item):
        found, tagged = self.command(f"FETCH {number} ({item})")
        head = b"* %d FETCH (" % number
        for response in found if tagged.split()[1] == b"OK" else []:
            if response.startswith(head) and response.endswith(b")\r\n"):
                return response[len(head):-3]
        return tagged.split(b" ", 1)[1]


def start(directory, port):
    os.chmod(directory, 0o755)
    mail = directory / "mail"
    for name in ("", "cur", "new", "tmp"):
        (mail / name).mkdir()
        os.chown(mail / name, USER.pw_uid, USER.pw_gid)
    path = directory / "dovecot.conf"
    path.write_text(CONFIGURATION.format(dir=directory, uid=USER.pw_uid, gid=USER.pw_gid, port=port))
    return subprocess.Popen(["dovecot", "-F", "-c", str(path)])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def connect(port):
    deadline = time.monotonic() + 20
    while True:
        try:
            return Imap(port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def shown(program, jobs):
    """What the gateway says to each (file, item)."""
    text = "".join(f"{path}\t({item})\n" for path, item in jobs)
    out = subprocess.run([program], input=text.encode(), capture_output=True, check=True).stdout
    at = 0
    for _ in jobs:
        end = out.index(b"\n", at)
        size = int(out[at:end])
        yield out[end + 1:end + 1 + size]
        at = end + 1 + size


def binary_is_known(mail):
    """Dovecot's sizes don't match its octets where something empty, or something that holds parts, claims an encoding. A
    NUL it shows as \x80 in all else."""
    encodings = re.findall(rb"(?i)^content-transfer-encoding:[ \t]*(\S*)", mail, re.M)
    return b"\0" not in mail and len(encodings) < 3 and (not encodings or re.search(rb"(?i)^mime-version", mail, re.M)) and not re.search(
        rb"(?im)^content-transfer-encoding:[ \t]*(base64|quoted-printable).*\n(.+\n)*\n?(-|$|body)|rfc822", mail)


def compare(program, directory, port, mails):
    for number, mail in enumerate(mails):
        path = directory / "mail" / "new" / f"{number:08}.M{number}.tests"
        path.write_bytes(mail)
        os.chown(path, USER.pw_uid, USER.pw_gid)
    imap = connect(port)
    jobs, said = [], []
    for number, mail in enumerate(mails, 1):
        whole = imap.fetch(number, WHOLE)
        octets = whole[whole.index(b"\r\n") + 2:]
        path = directory / f"seen-{number}"
        path.write_bytes(octets)
        for item in STRUCTURE + SECTIONS + BINARY:
            if item.startswith("BINARY") and not binary_is_known(mail):
                continue
            jobs.append((path, item))
            said.append(imap.fetch(number, item))
    bad = {}
    for (path, item), theirs, ours in zip(jobs, said, shown(program, jobs)):
        refused = theirs.startswith((b"NO [UNKNOWN-CTE]", b"NO [PARSE]")) and (ours.endswith(b" NIL") or "SIZE" in item)
        if theirs != ours and not refused:
            bad.setdefault((re.sub(r"[\d.]+(?=[.\]])", "N", item)), []).append((path, item, theirs, ours))
    print(f"{len(mails)} mails, {len(jobs)} answers, {sum(map(len, bad.values()))} differ")
    for kind, cases in bad.items():
        print(f"{kind}: {len(cases)}")
        for path, item, theirs, ours in cases[:int(os.environ.get("SHOW", "3"))]:
            print(f"  {item} of {path.read_bytes()[:1500]!r}\n    Dovecot {theirs[:1500]!r}\n    gateway {ours[:1500]!r}")
    return 1 if bad else 0


def main():
    if os.geteuid() != 0 or not shutil.which("dovecot") or not os.path.exists("/usr/lib/dovecot/imap"):
        print("skipped: needs root and Dovecot with IMAP")
        return 77
    seed, count = (int(word) for word in (sys.argv[2:] + ["1", "300"][len(sys.argv[2:]):]))
    directory = pathlib.Path(tempfile.mkdtemp(prefix="imap-oracle."))
    port = free_port()
    process = start(directory, port)
    try:
        return compare(sys.argv[1], directory, port, view_mails.chosen() + view_mails.rand(count, seed))
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
