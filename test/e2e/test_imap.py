# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""IMAP with a real server: everything that is clean looks as it does without the gateway."""
import base64

import mails
import netns
from dovecot import PASSWORD
from imap import Literal
from imap_case import ImapCase, quoted

SECRET = PASSWORD.encode()
OPTIONS = {}
HIDDEN = (b"COMPRESS", b"CATENATE", b"URLAUTH", b"CONVERT", b"NOTIFY", b"PREVIEW", b"SNIPPET", b"REPLACE", b"UIDONLY",
          b"STARTTLS")
KEPT = (b"IMAP4REV1", b"IDLE", b"LITERAL+", b"SASL-IR", b"ENABLE", b"ID")
KEPT_LATER = KEPT + (b"UIDPLUS", b"CONDSTORE", b"QRESYNC", b"MOVE", b"NAMESPACE", b"BINARY", b"ESEARCH", b"MULTIAPPEND",
                     b"UNSELECT", b"CHILDREN", b"SORT", b"LIST-EXTENDED", b"LIST-STATUS")

FORMS = (
    b"BODY.PEEK[]", b"BODY.PEEK[]<0.100>", b"BODY.PEEK[]<50.100000>", b"BODY.PEEK[]<99999999.1>",
    b"BODY.PEEK[TEXT]", b"BODY.PEEK[TEXT]<1.10>", b"BODY.PEEK[HEADER]", b"BODY.PEEK[HEADER]<0.20>",
    b"BODY.PEEK[HEADER.FIELDS (Subject From)]", b'BODY.PEEK[HEADER.FIELDS ("X-None")]',
    b"BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT)]", b"RFC822.HEADER", b"RFC822.SIZE",
    b"BODY.PEEK[1]", b"BODY.PEEK[1]<0.5>", b"BODY.PEEK[2]", b"BODY.PEEK[1.1]", b"BODY.PEEK[2.1]", b"BODY.PEEK[9]",
    b"BODY.PEEK[1.MIME]", b"BODY.PEEK[2.MIME]", b"BODY.PEEK[1.HEADER]", b"BODY.PEEK[1.TEXT]",
    b"BODY.PEEK[1.HEADER.FIELDS (Subject)]", b"BODY.PEEK[1.1.MIME]",
    b"ENVELOPE", b"BODYSTRUCTURE", b"BODY", b"FULL", b"ALL", b"FAST",
    b"(FLAGS BODY.PEEK[] RFC822.SIZE)", b"(BODY.PEEK[HEADER.FIELDS (To)] BODYSTRUCTURE BODY.PEEK[1]<0.9>)",
    b"(INTERNALDATE BODY.PEEK[1] BODY.PEEK[1.MIME] UID MODSEQ)",
)


class Login(ImapCase):
    options = OPTIONS

    def setUp(self):
        self.user = self.twins(mails.PLAIN)[0].encode()
        self.mark = self.gateway.mark()

    def check_logged_in(self, connection):
        self.assertEqual(connection.expect(b"SELECT", b"INBOX").named(b"EXISTS")[0].number, 1)
        self.assertIn(b"BYE", [response.name for response in connection.expect(b"LOGOUT").untagged])
        self.assertEqual(connection.wire.rest(), b"")

    def test_words(self):
        for name, word in ((self.user, SECRET), (quoted(self.user), quoted(SECRET)),
                           (Literal(self.user), Literal(SECRET)), (quoted(self.user), Literal(SECRET))):
            connection = self.imap()
            connection.expect(b"LOGIN", name, word)
            self.check_logged_in(connection)

    def test_literal_plus(self):
        connection = self.imap()
        connection.wire.send(b"x LOGIN {%d+}\r\n%s {%d+}\r\n%s\r\n" % (len(self.user), self.user, len(SECRET), SECRET))
        self.assertEqual(connection.finish(b"x").status, b"OK")
        self.check_logged_in(connection)

    def test_authenticate(self):
        plain = base64.b64encode(b"\0" + self.user + b"\0" + SECRET)
        one = self.imap()
        one.expect(b"AUTHENTICATE", b"PLAIN", plain)
        self.check_logged_in(one)
        two = self.imap()
        two.wire.send(b"x AUTHENTICATE PLAIN\r\n")
        self.assertTrue(two.wire.line().startswith(b"+ "))
        two.wire.send(plain + b"\r\n")
        self.assertEqual(two.finish(b"x").status, b"OK")
        self.check_logged_in(two)
        three = self.imap()
        three.wire.send(b"x AUTHENTICATE LOGIN\r\n")
        for word in (self.user, SECRET):
            self.assertTrue(three.wire.line().startswith(b"+ "))
            three.wire.send(base64.b64encode(word) + b"\r\n")
        self.assertEqual(three.finish(b"x").status, b"OK")
        self.check_logged_in(three)

    def test_refused_and_again(self):
        connection = self.imap()
        self.assertEqual(connection.command(b"LOGIN", self.user, b"wrong").status, b"NO")
        connection.wire.send(b"x AUTHENTICATE PLAIN\r\n")
        connection.wire.line()
        connection.wire.send(b"*\r\n")
        self.assertEqual(connection.finish(b"x").status, b"BAD")
        connection.expect(b"LOGIN", self.user, SECRET)
        self.check_logged_in(connection)

    def test_pipelined(self):
        connection = self.imap()
        connection.wire.send(b"a LOGIN %s %s\r\nb SELECT INBOX\r\nc FETCH 1 BODY.PEEK[]\r\nd NOOP\r\ne LOGOUT\r\n" %
                             (self.user, SECRET))
        for tag in (b"a", b"b"):
            self.assertEqual(connection.finish(tag).status, b"OK")
        self.assert_same(connection.finish(b"c").fetched()[1][b"BODY[]"], mails.PLAIN)
        for tag in (b"d", b"e"):
            self.assertEqual(connection.finish(tag).status, b"OK")
        self.assertEqual(connection.wire.rest(), b"")

    def test_octet_by_octet(self):
        connection = self.imap()
        connection.wire.send(b"a LOGIN {%d}\r\n" % len(self.user), piece=1)
        self.assertTrue(connection.wire.line().startswith(b"+"))
        connection.wire.send(b"%s %s\r\nb SELECT INBOX\r\nc FETCH 1 BODY[]\r\n" % (self.user, SECRET), piece=1)
        for tag in (b"a", b"b", b"c"):
            self.assertEqual(connection.finish(tag).status, b"OK")


class Words(ImapCase):
    options = OPTIONS

    def test_capabilities(self):
        user = self.twins()[0]
        connection = self.imap()
        direct = self.direct()
        lists = [connection.greeting.text, connection.command(b"CAPABILITY").named(b"CAPABILITY")[0].text]
        for words in lists:
            words = words.upper()
            for word in HIDDEN:
                self.assertNotIn(word, words)
            for word in KEPT:
                self.assertIn(word, words.replace(b"]", b" ").split())
        self.assertNotIn(b"BINARY", direct.greeting.text)
        answer = connection.expect(b"LOGIN", user.encode(), SECRET)
        words = b" ".join([answer.text.replace(b"[", b" "), *(response.text for response in answer.named(b"CAPABILITY"))])
        words += b" " + connection.expect(b"CAPABILITY").named(b"CAPABILITY")[0].text
        for word in HIDDEN:
            self.assertNotIn(word, words.upper())
        for word in KEPT_LATER:
            self.assertIn(word, words.upper().replace(b"]", b" ").split())

    def test_hidden_commands(self):
        user = self.twins(mails.PLAIN)[0]
        connection = self.imap(user)
        connection.expect(b"SELECT", b"INBOX")
        for words in ((b"COMPRESS", b"DEFLATE"), (b"STARTTLS",), (b"NOTIFY", b"NONE"), (b"FETCH", b"1", b"PREVIEW"),
                      (b"FETCH", b"1", b"SNIPPET"), (b"GENURLAUTH", b"x"), (b"URLFETCH", b"x"),
                      (b"APPEND", b"INBOX", b"CATENATE", b'(URL "/INBOX/;UID=1")'), (b"XSOMETHING",)):
            self.assertIn(connection.command(*words).status, (b"BAD", b"NO"), words)
        connection.expect(b"NOOP")

    def test_mailboxes(self):
        """What has nothing to do with content is as without the gateway."""
        both = self.pair(mails.PLAIN, mails.INFECTED, mails.PLAIN)
        for words in ((b"CREATE", b"Work"), (b"CREATE", b"Work/a&AOQ-b"), (b"CREATE", quoted(b'a "b" {3}')),
                      (b"CREATE", Literal(b"lit eral")), (b"LIST", b'""', b'"*"'),
                      (b"LSUB", b'""', b"*"), (b"SUBSCRIBE", b"Work"), (b"LSUB", b'""', b"*"),
                      (b"LIST", b"(SUBSCRIBED)", b'""', b"*", b"RETURN", b"(CHILDREN STATUS (MESSAGES UNSEEN))"),
                      (b"STATUS", b"INBOX", b"(MESSAGES UNSEEN UIDNEXT)"), (b"NAMESPACE",), (b"ID", b"NIL"),
                      (b"COPY", b"1", b"Work"), (b"MOVE", b"3", b"Work"), (b"STORE", b"1", b"+FLAGS", rb"(\Flagged $x)"),
                      (b"SEARCH", b"FLAGGED"), (b"UID", b"SEARCH", b"RETURN", b"(COUNT)", b"ALL"),
                      (b"SEARCH", b"SUBJECT", Literal(b"hello")), (b"SORT", b"(DATE)", b"UTF-8", b"ALL"),
                      (b"THREAD", b"REFERENCES", b"UTF-8", b"ALL"), (b"UID", b"STORE", b"1", b"FLAGS.SILENT", rb"(\Deleted)"),
                      (b"EXPUNGE",), (b"ENABLE", b"CONDSTORE"), (b"RENAME", b"Work", b"Play"), (b"UNSELECT",),
                      (b"SELECT", b"Play"), (b"CLOSE",), (b"EXAMINE", b"INBOX"), (b"DELETE", b"nobody"), (b"NONSENSE",),
                      (b"FETCH", b"99", b"FLAGS"), (b"GETQUOTAROOT", b"INBOX"), (b"CHECK",)):
            got, direct = (connection.command(*words) for connection in both)
            self.assertEqual(got.status, direct.status, f"{words}: {got} instead of {direct}")
            if words[0] in (b"NONSENSE", b"ENABLE", b"ID", b"GETQUOTAROOT"):
                continue
            masked = [[self.masked(response) for response in answer.untagged] for answer in (got, direct)]
            self.assertEqual(masked[0], masked[1], words)

    @staticmethod
    def masked(response):
        """Without what differs between the twins by the time."""
        for name in (b"UIDVALIDITY", b"COPYUID", b"MAILBOXID", b"HIGHESTMODSEQ"):
            if name in response.octets:
                return name
        return response.octets

    def test_idle(self):
        user = self.twins(mails.PLAIN)[0]
        connection = self.imap(user)
        connection.expect(b"SELECT", b"INBOX")
        tag = connection.start(b"IDLE")
        self.assertEqual(connection.response().tag, b"+")
        other = self.direct(user)
        other.expect(b"APPEND", b"INBOX", Literal(mails.PLAIN))
        while connection.response().name != b"EXISTS":
            pass
        connection.wire.send(b"DONE\r\n")
        self.assertEqual(connection.finish(tag).status, b"OK")
        self.assert_same(connection.expect(b"FETCH", b"2", b"BODY[]").fetched()[2][b"BODY[]"], mails.PLAIN)

    def test_condstore(self):
        both = self.pair(mails.PLAIN, mails.text(b"two\r\n"), mails.text(b"three\r\n"))
        for connection in both:
            connection.expect(b"ENABLE", b"QRESYNC")
            connection.expect(b"STORE", b"2", b"+FLAGS", rb"(\Flagged)")
        for words in ((b"UID", b"FETCH", b"1:*", b"(FLAGS)", b"(CHANGEDSINCE 1)"),
                      (b"UID", b"FETCH", b"1:*", b"(FLAGS BODY.PEEK[])", b"(CHANGEDSINCE 1)"),
                      (b"UID", b"FETCH", b"1:*", b"(FLAGS)", b"(CHANGEDSINCE 1 VANISHED)"),
                      (b"FETCH", b"1:3", b"(MODSEQ BODY.PEEK[TEXT])")):
            got, direct = (connection.expect(*words) for connection in both)
            self.assert_same_answer(got, direct, words)


class Fetch(ImapCase):
    options = OPTIONS

    def test_all_forms(self):
        odd = mails.odd()
        both = self.pair(*odd.values())
        for form in FORMS:
            with self.subTest(form=form):
                got, direct = (connection.command(b"FETCH", b"1:*", form) for connection in both)
                self.assert_same_answer(got, direct, f"{form.decode()} ({list(odd)})")

    def test_bare_line_ends(self):
        both = self.pair(*mails.bare().values())
        for form in FORMS:
            with self.subTest(form=form):
                got, direct = (connection.command(b"UID", b"FETCH", b"1:*", form) for connection in both)
                self.assert_same_answer(got, direct, form.decode())

    def test_binary(self):
        # In all but BINARY Dovecot has 0x80 for NUL, and that is the mail that was looked at.
        both = self.pair(*(mail for mail in mails.odd().values() if b"\0" not in mail))
        count = both[1].expect(b"STATUS", b"INBOX", b"(MESSAGES)")
        count = int(count.named(b"STATUS")[0].text.split(b" ")[-1].strip(b")"))
        for form in (b"BINARY.PEEK[1]", b"BINARY.SIZE[1]", b"BINARY.PEEK[2]", b"BINARY.PEEK[1]<2.7>", b"BINARY.PEEK[]"):
            with self.subTest(form=form):
                for number in range(1, count + 1):
                    got, direct = (connection.command(b"FETCH", b"%d" % number, form) for connection in both)
                    if direct.status == b"OK":
                        self.assert_same_answer(got, direct, f"{form.decode()} of {number}")

    def test_seen(self):
        """The gateway's own fetching sets nothing; what the client asks for does, as without it."""
        both = self.pair(*[mails.text(b"%d\r\n" % n) for n in range(12)])
        for number, form in enumerate((b"BODY.PEEK[]", b"BODY[]", b"BODY[1]", b"BODY[]<0.1>", b"RFC822", b"RFC822.TEXT",
                                       b"RFC822.HEADER", b"BODY[HEADER]", b"BODY.PEEK[TEXT]", b"BINARY[1]",
                                       b"(BODY.PEEK[1] BODY[2])", b"ENVELOPE"), 1):
            got, direct = (connection.expect(b"FETCH", b"%d" % number, form) for connection in both)
            self.assert_same_answer(got, direct, form)
            got, direct = (connection.expect(b"FETCH", b"1:*", b"FLAGS") for connection in both)
            self.assert_same_answer(got, direct, form)

    def test_examined_mailbox_stays_unseen(self):
        users = self.twins(mails.PLAIN)
        both = self.imap(users[0]), self.direct(users[1])
        for connection in both:
            connection.expect(b"EXAMINE", b"INBOX")
        for words in ((b"FETCH", b"1", b"BODY[]"), (b"FETCH", b"1", b"FLAGS")):
            got, direct = (connection.expect(*words) for connection in both)
            self.assert_same_answer(got, direct, words)

    def test_sets(self):
        both = self.pair(*[mails.text(b"mail %d\r\n" % n) for n in range(20)])
        for words in ((b"FETCH", b"1,3,5:7"), (b"FETCH", b"*"), (b"FETCH", b"18:*"), (b"FETCH", b"*:18"), (b"FETCH", b"20:18"),
                      (b"UID", b"FETCH", b"2,4,99"), (b"UID", b"FETCH", b"99:*"), (b"UID", b"FETCH", b"500:600"),
                      (b"FETCH", b"3,3,3"), (b"FETCH", b"99")):
            for items in (b"BODY.PEEK[]", b"(UID BODY.PEEK[TEXT])", b"(FLAGS)"):
                got, direct = (connection.command(*words, items) for connection in both)
                self.assert_same_answer(got, direct, words)

    def test_one_inspection_for_all_pieces(self):
        user = self.twins(mails.odd()["base64"])[0]
        connection = self.imap(user)
        connection.expect(b"SELECT", b"INBOX")
        whole = b""
        for start in range(0, 100000, 7000):
            piece = connection.expect(b"UID", b"FETCH", b"1", b"BODY.PEEK[]<%d.7000>" % start)
            whole += piece.fetched()[1][b"BODY[]<%d>" % start]
        self.assert_same(whole, mails.odd()["base64"])
        for part in (b"BODY.PEEK[1]", b"BODY.PEEK[2]", b"BODY.PEEK[2.MIME]"):
            connection.expect(b"FETCH", b"1", part)

    def test_expunged_elsewhere(self):
        """The two sides agree on numbers while another connection takes messages away."""
        users = self.twins(*[mails.text(b"mail %d\r\n" % n) for n in range(6)])
        both = self.imap(users[0]), self.direct(users[1])
        others = [self.direct(user) for user in users]
        for connection in (*both, *others):
            connection.expect(b"SELECT", b"INBOX")
        for other in others:
            other.expect(b"STORE", b"2,4", b"+FLAGS.SILENT", rb"(\Deleted)")
            other.expect(b"EXPUNGE")
        for words in ((b"FETCH", b"1:6", b"(UID BODY.PEEK[])"), (b"NOOP",), (b"FETCH", b"1:*", b"(UID BODY.PEEK[TEXT])"),
                      (b"UID", b"FETCH", b"1:*", b"BODY.PEEK[1]")):
            got, direct = (connection.command(*words) for connection in both)
            self.assert_same_answer(got, direct, words)

    def test_large(self):
        large = mails.large(30 << 20)
        user = self.twins(large)[0]
        connection = self.imap(user, seconds=60)
        connection.expect(b"SELECT", b"INBOX")
        self.assert_same(connection.expect(b"FETCH", b"1", b"BODY.PEEK[]").fetched()[1][b"BODY[]"], large)
        self.assertEqual(connection.expect(b"FETCH", b"1", b"BODY.PEEK[]<1000000.9>").fetched()[1][b"BODY[]<1000000>"],
                         large[1000000:1000009])

    def test_ipv6(self):
        user = self.twins(mails.PLAIN)[0]
        connection = self.imap(user, netns.SERVER6)
        connection.expect(b"SELECT", b"INBOX")
        self.assert_same(connection.expect(b"FETCH", b"1", b"RFC822").fetched()[1][b"RFC822"], mails.PLAIN)
