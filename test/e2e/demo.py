#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The main job, shown: a clean and an infected mail are fetched and sent through the gateway. Needs root.

Everything happens in network namespaces of this machine and is gone afterwards. Exits non-zero when anything
turns out differently from what it says.
"""
import os
import re
import smtplib
import stat
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import mails                                        # noqa: E402: the path above
import netns                                        # noqa: E402
import poplib                                       # noqa: E402
from dovecot import PASSWORD                        # noqa: E402
from gateway import PROGRAM, Gateway                # noqa: E402
from postfix import DOMAIN                          # noqa: E402
from support import XHEADER, Laboratory             # noqa: E402

STARTED = time.monotonic()
CLEAN = mails.text(b"Hello Bob,\r\n\r\nnothing to fear in this one.\r\n\r\nAnn\r\n", subject=b"Lunch on Friday")
INFECTED = mails.multipart(b"Content-Type: text/plain\r\n\r\nPlease run the attached program.\r\n",
                           mails.attachment(mails.EICAR, b"eicar.com"), subject=b"Your invoice")
failed = []


def say(text):
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def show(title, text):
    """A block of what somebody saw, indented."""
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    print(f"\n          {title}")
    for line in text.replace("\r\n", "\n").rstrip("\n").split("\n"):
        print(f"          | {line}")
    print(flush=True)


def expect(truth, what):
    say(("  ok: " if truth else "  WRONG, not so: ") + what)
    if not truth:
        failed.append(what)


def fetch(lab, gateway):
    say("A mail program fetches both from Dovecot by POP3; it has been told nothing of the gateway.")
    lab.dovecot.fill("alice", CLEAN, INFECTED)
    with lab.network.client:
        mailbox = poplib.POP3(netns.SERVER4, timeout=30)
    mailbox.user("alice")
    mailbox.pass_(PASSWORD)
    got = [b"\r\n".join(mailbox.retr(number)[1]) + b"\r\n" for number in (1, 2)]
    mailbox.quit()
    show("The client sees, first mail:", got[0])
    expect(len(XHEADER.findall(got[0])) == 1 and XHEADER.sub(b"", got[0]) == CLEAN,
           "the clean mail arrived octet for octet, with one X-P3Scan line added")
    show("The client sees, second mail:", got[1])
    expect(b"EICAR-STANDARD" not in got[1] and b"Eicar" in got[1], "a notification stands in for the infected mail")
    kept = gateway.quarantine()
    expect(len(kept) == 1 and kept[0].read_bytes() == INFECTED and stat.S_IMODE(kept[0].stat().st_mode) == 0o600,
           f"the original is in quarantine: {', '.join(path.name for path in kept)}, readable by user mail only")


def send(lab):
    say("The mail program sends the same two through Postfix by SMTP.")
    with lab.network.client:
        postfix = smtplib.SMTP(netns.SERVER4, 25, local_hostname="client.test", timeout=30)
    replies = []
    for mail in (CLEAN, INFECTED, CLEAN):
        try:
            postfix.sendmail("ann@sender.test", [f"bob@{DOMAIN}"], mail)
            replies.append("accepted")
        except smtplib.SMTPDataError as refused:
            replies.append(f"{refused.smtp_code} {refused.smtp_error.decode(errors='replace')}")
    postfix.quit()
    show("The client sees:", "\n".join(map(": ".join, zip(("clean", "infected", "clean"), replies))))
    expect(replies[0] == replies[2] == "accepted" and replies[1].startswith("554 "),
           "the infected mail was refused, the session went on")
    delivered = lab.dovecot.received("bob", 2)
    show("The server sees (Postfix log):", "\n".join(
        line for line in lab.postfix.read_log().splitlines() if re.search(r"connect from|status=|client=", line)))
    expect(len(delivered) == 2 and all(XHEADER.sub(b"", mails.without_trace(mail)) == CLEAN for mail in delivered),
           "both clean mails were delivered, nothing of the infected one")


def main():
    if os.geteuid() != 0:
        sys.exit("demo.py: network namespaces need root")
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"demo.py: no program {PROGRAM}; ./run builds it")
    say("Three network namespaces: client 192.0.2.2, router, server 198.51.100.2. nft redirects ports 110 and 25.")
    lab = Laboratory()
    try:
        lab.network.redirect()
        say("Dovecot and Postfix start on the server.")
        lab.dovecot
        lab.postfix
        lab.dovecot.folder("bob")
        say(f"P3Scan starts on the router, with the built-in engine: {PROGRAM} -d")
        gateway = Gateway(lab.network.router, lab.directory / "gateway")
        try:
            fetch(lab, gateway)
            send(lab)
            gateway.wait_log("Session done", count=2)
            show("The gateway logs:", gateway.log())
        finally:
            gateway.close()
    finally:
        lab.close()
    say("Stopped and cleared away. " + ("Everything was as it should be." if not failed else "NOT as it should be:"))
    for what in failed:
        print(f"  {what}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
