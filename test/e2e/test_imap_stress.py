# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Random commands by two connections that change the same mailbox: whatever they are told is what they are told without the
gateway. IMAP_STRESS_SEED repeats a run, IMAP_STRESS_STEPS makes it longer."""
import os
import random

import mails
from imap import Answer, Literal
from imap_case import ImapCase

STEPS = int(os.environ.get("IMAP_STRESS_STEPS", "300"))
ITEMS = (b"FLAGS", b"UID", b"RFC822.SIZE", b"INTERNALDATE", b"ENVELOPE", b"BODYSTRUCTURE", b"BODY",
         b"BODY.PEEK[]", b"BODY.PEEK[TEXT]", b"BODY.PEEK[HEADER]", b"BODY.PEEK[1]", b"BODY.PEEK[2]", b"BODY.PEEK[1.MIME]",
         b"BODY.PEEK[1.1]", b"BODY.PEEK[]<0.50>", b"BODY.PEEK[]<40.1000>", b"BODY.PEEK[1]<3.9>", b"RFC822.HEADER",
         b"BODY.PEEK[HEADER.FIELDS (Subject)]", b"BODY[]", b"BODY[1]", b"BODY[TEXT]<0.5>", b"RFC822", b"RFC822.TEXT",
         b"BODY.PEEK[HEADER.FIELDS.NOT (From To)]")
BOXES = (b"INBOX", b"Work")


class Stress(ImapCase):
    options = {}

    def setUp(self):
        self.seed = int(os.environ.get("IMAP_STRESS_SEED", "0")) or random.SystemRandom().randrange(1 << 30)
        self.random = random.Random(self.seed)
        odd = mails.odd()
        self.mails = [mail for name, mail in odd.items() if name not in ("5 MB", "NUL", "huge header", "1 MiB line")]
        users = self.twins(*self.mails[:20])
        # Two connections each: those of the first user go through the gateway.
        self.pairs = [(self.imap(users[0]), self.direct(users[1])) for _ in range(2)]
        for connection in self.pairs[0]:
            connection.expect(b"CREATE", b"Work")
        for pair in self.pairs:
            for connection in pair:
                connection.expect(b"SELECT", b"INBOX")
        self.history = []

    def test_two_connections(self):
        for _ in range(STEPS):
            pair = self.random.choice(self.pairs)
            words = self.random.choice((self.fetch, self.fetch, self.fetch, self.uid_fetch, self.store, self.append, self.copy,
                                        self.expunge, self.select, self.search, self.pipeline))(pair)
            if words is None:
                continue
            self.both(pair, *words)

    def both(self, pair, *words):
        self.history = self.history[-11:] + [(self.pairs.index(pair), words)]
        what = f"seed {self.seed}, last commands {self.history}"
        # A mailbox is looked at anew first, so that both servers know the same when it matters.
        for connection in pair:
            connection.expect(b"NOOP")
        got, direct = (connection.command(*words) for connection in pair)
        self.assertEqual(got.status, direct.status, f"{what}: {got.tagged} instead of {direct.tagged}")
        self.assert_same_messages(self.without_flags(got), self.without_flags(direct), what)
        for name in (b"SEARCH", b"EXISTS", b"EXPUNGE"):
            if words[0] != b"FETCH":
                self.assertEqual([r.text for r in got.named(name)], [r.text for r in direct.named(name)], what)

    @staticmethod
    def without_flags(answer):
        """What was asked for: changes of flags come when the server finds them."""
        found = answer.fetched()
        for number, data in list(found.items()):
            data.pop(b"FLAGS", None)
            data.pop(b"UID", None)
            if not data:
                del found[number]
        return found

    def numbers(self):
        count = 30
        return self.random.choice((
            lambda: b"%d" % self.random.randint(1, count),
            lambda: b"%d:%d" % (self.random.randint(1, count), self.random.randint(1, count)),
            lambda: b",".join(b"%d" % self.random.randint(1, count) for _ in range(4)),
            lambda: b"%d:*" % self.random.randint(1, count),
            lambda: b"1:*"))()

    def items(self):
        chosen = self.random.sample(ITEMS, self.random.randint(1, 4))
        return b"(" + b" ".join(chosen) + b")"

    def fetch(self, pair):
        return b"FETCH", self.numbers(), self.items()

    def uid_fetch(self, pair):
        return b"UID", b"FETCH", self.numbers(), self.items()

    def store(self, pair):
        flags = rb"(%s)" % self.random.choice((rb"\Seen", rb"\Deleted", rb"\Flagged $a", rb"\Answered"))
        return b"UID", b"STORE", self.numbers(), self.random.choice((b"+FLAGS", b"-FLAGS", b"FLAGS.SILENT")), flags

    def append(self, pair):
        return b"APPEND", self.random.choice(BOXES), b'"24-Nov-2026 10:00:00 +0000"', Literal(self.random.choice(self.mails))

    def copy(self, pair):
        # A few at a time: a mailbox that doubles again and again is another test.
        first = self.random.randint(1, 30)
        return b"UID", b"COPY", b"%d:%d" % (first, first + 2), self.random.choice(BOXES)

    def expunge(self, pair):
        return (b"EXPUNGE",) if self.random.random() < 0.4 else None

    def select(self, pair):
        return (b"SELECT", self.random.choice(BOXES)) if self.random.random() < 0.3 else None

    def search(self, pair):
        return b"UID", b"SEARCH", self.random.choice((b"ALL", b"SEEN", b"SUBJECT hello", b"LARGER 500", b"DELETED"))

    def pipeline(self, pair):
        """Several commands in one segment."""
        commands = [b" ".join(self.fetch(pair)) for _ in range(self.random.randint(2, 5))]
        commands.insert(self.random.randrange(len(commands)), b"UID SEARCH ALL")
        self.history = self.history[-11:] + [(self.pairs.index(pair), commands)]
        answers = []
        for connection in pair:
            connection.expect(b"NOOP")
            connection.wire.send(b"".join(b"p%d %s\r\n" % (n, command) for n, command in enumerate(commands)))
            answers.append(self.all_answers(connection, len(commands)))
        what = f"seed {self.seed}, pipelined in {self.history}"
        self.assertEqual(answers[0][0], answers[1][0], what)
        self.assert_same_messages(*(self.without_flags(answer) for _, answer in answers), what)
        return None

    @staticmethod
    def all_answers(connection, count):
        """The status of each command, in whatever order the server does them, and what was said together."""
        status, untagged = {}, []
        while len(status) < count:
            response = connection.response()
            if response.tag.startswith(b"p"):
                status[response.tag] = response.name
            else:
                untagged.append(response)
        return status, Answer(response, untagged)
