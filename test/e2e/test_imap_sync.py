# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A large mailbox, synchronised by programs through the gateway and directly: the same mails but for the infected ones,
and a second synchronisation finds nothing to do. P3SCAN_SYNC_MAILS says how many mails (default: 2000, which take
half a minute on a machine that does nothing else)."""
import base64
import imaplib
import os
import re
import tempfile
from collections import Counter

import mails
import netns
from dovecot import PASSWORD
from imap_case import ImapCase

COUNT = int(os.environ.get("P3SCAN_SYNC_MAILS", "2000"))
SPECIAL = 10          # infected ones, and as many ambiguous ones


def small(number):
    body = b"This is mail %d.\r\n" % number + mails.lined(base64.b64encode(mails.noise(20 + number % 400, number)))
    return mails.text(body, b"X-Number: %d" % number, subject=b"mail %d" % number)


def formatted(number):
    return mails.multipart(b"Content-Type: text/plain; charset=utf-8\r\n\r\nmail %d\r\n" % number,
                           b"Content-Type: text/html\r\n\r\n<p>mail %d\r\n" % number, kind=b"alternative",
                           subject=b"alternative %d" % number)


def nested(number):
    inner = formatted(number)
    for depth in range(1 + number % 5):
        inner = mails.multipart(b"Content-Type: message/rfc822\r\n\r\n" + inner, boundary=b"=_n%d" % depth,
                                subject=b"nested %d" % number)
    return inner


def ambiguous(number):
    """Mail programs differ in where its parts are, but nobody finds anything bad in it."""
    boundaries = (b'boundary="a"; boundary="b"', b"boundary=a; boundary*0=b", b'boundary="a\\b"', b"boundary=a(b)")
    return mails.text(b"--a\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--a\r\nContent-Type: text/html\r\n\r\nthree\r\n--a--\r\n",
                      b"MIME-Version: 1.0", b"Content-Type: multipart/mixed; " + boundaries[number % len(boundaries)],
                      subject=b"ambiguous %d" % number)


def infected(number):
    kinds = sorted(mails.INFECTED_KINDS)
    return mails.INFECTED_KINDS[kinds[number % len(kinds)]].replace(b"Subject: hello", b"Subject: bad %d" % number)


def mailbox(count):
    """Deterministic. The special ones are spread over it."""
    makers = (small, small, small, small, formatted, nested)
    found = [makers[number % len(makers)](number) for number in range(count - 2 * SPECIAL - 2)]
    special = [maker(number) for number in range(SPECIAL) for maker in (infected, ambiguous)]
    special += [mails.large(30_000_000), mails.head(subject=b"empty") + b"\r\n"]
    step = max(1, len(found) // len(special))
    for place, mail in enumerate(special):
        found.insert(place * (step + 1), mail)
    return found


def comparable(mail, user):
    """Without what a program adds, changes, or knows of the user."""
    mail = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(user.encode(), b"USER")
    return re.sub(rb"X-TUID: [^\r]*\r\n", b"", mail)


class LargeMailbox(ImapCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailbox = mailbox(COUNT)

    def setUp(self):
        directory = tempfile.TemporaryDirectory(dir=self.lab.directory)
        self.addCleanup(directory.cleanup)
        self.top = directory.name
        self.users = self.twins(*self.mailbox)
        self.quarantined = set(self.gateway.quarantine())

    def run_program(self, user, *words):
        namespace = self.client if user == self.users[0] else self.server
        done = namespace.run(*words, cwd=self.home(user), timeout=600, env=os.environ | {"HOME": self.home(user)})
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-2000:])

    def home(self, user):
        path = os.path.join(self.top, user)
        os.makedirs(path, exist_ok=True)
        return path

    def write(self, user, text):
        path = os.path.join(self.home(user), "rc")
        with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(text)
        return path

    def stored(self, user, box):
        """{file name: mail}"""
        found = {}
        for folder in ("new", "cur"):
            top = os.path.join(self.home(user), box, folder)
            for name in os.listdir(top):
                with open(os.path.join(top, name), "rb") as file:
                    found[name] = file.read()
        return found

    def check(self, got, direct):
        got = Counter(comparable(mail, self.users[0]) for mail in got)
        direct = Counter(comparable(mail, self.users[1]) for mail in direct)
        self.assertEqual(direct.total(), len(self.mailbox))
        added, missing = got - direct, direct - got
        self.assertEqual((added.total(), missing.total()), (SPECIAL, SPECIAL),
                         [mail[:300] for mail in [*added, *missing][:6]])
        for mail in missing:
            self.assertIn(b"Subject: bad ", mail)
        for mail in added:
            self.assertIn(b"[Virus] found in a mail to you:", mail)
            self.assertNotIn(b"EICAR-STANDARD", mail)
        # A mail that is looked at again, because it is not at hand any more when its size is asked for, is kept twice.
        kept = {path.read_bytes() for path in self.gateway.quarantine() if path not in self.quarantined}
        self.assertEqual(len(kept), SPECIAL)

    def twice(self, box, *words):
        """Both users' mailboxes; the user's again, which must change nothing."""
        for user in self.users:
            self.run_program(user, *words)
        first = self.stored(self.users[0], box)
        self.check(first.values(), self.stored(self.users[1], box).values())
        self.run_program(self.users[0], *words)
        self.assertEqual(self.stored(self.users[0], box), first)

    def test_mbsync(self):
        for user in self.users:
            for folder in ("new", "cur", "tmp"):
                os.makedirs(os.path.join(self.home(user), "Maildir", folder))
            self.write(user, f"IMAPAccount a\nHost {netns.SERVER4}\nUser {user}\nPass {PASSWORD}\nSSLType None\n"
                             "AuthMechs LOGIN\nTimeout 120\n\nIMAPStore far\nAccount a\n\n"
                             f"MaildirStore near\nInbox {self.home(user)}/Maildir\n\n"
                             "Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync All\nSyncState *\n")
        self.twice("Maildir", "mbsync", "-c", "rc", "-a")

    def test_offlineimap(self):
        for user in self.users:
            self.write(user, "[general]\naccounts = a\nui = quiet\nfsync = false\n"
                             f"metadata = {self.home(user)}/meta\nsocktimeout = 120\n"
                             "[Account a]\nlocalrepository = near\nremoterepository = far\n"
                             f"[Repository near]\ntype = Maildir\nlocalfolders = {self.home(user)}/mail\n"
                             f"[Repository far]\ntype = IMAP\nremotehost = {netns.SERVER4}\nssl = no\n"
                             "starttls = no\nremoteport = 143\nauth_mechanisms = LOGIN\n"
                             f"remoteuser = {user}\nremotepass = {PASSWORD}\n"
                             "folderfilter = lambda name: name == 'INBOX'\n")
        self.twice("mail/INBOX", "offlineimap", "-o", "-c", "rc")

    def test_imaplib(self):
        """All in one command; then the sizes told must be those of what was delivered."""
        stored = []
        for user, namespace in zip(self.users, (self.client, self.server)):
            with namespace:
                connection = imaplib.IMAP4(netns.SERVER4, timeout=120)
            connection.login(user, PASSWORD)
            connection.select()
            bodies = {int(item[0].split()[0]): item[1]
                      for item in connection.fetch("1:*", "(UID BODY.PEEK[])")[1] if isinstance(item, tuple)}
            listed = (re.match(rb"(\d+) .*RFC822\.SIZE (\d+)", item)
                      for item in connection.fetch("1:*", "(RFC822.SIZE)")[1])
            self.assertEqual({int(match[1]): int(match[2]) for match in listed},
                             {number: len(body) for number, body in bodies.items()})
            stored.append(bodies.values())
            connection.logout()
        self.check(*stored)
