# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""IMAP servers and clients that play tricks: nothing unlooked at comes through, and nobody else is hurt."""
import threading

import mails
import netns
from imap import Literal
from imap_case import ImapCase

VIRUS = b"EICAR-STANDARD"
BODY = b"BODY[] {%d}\r\n%s" % (len(mails.INFECTED), mails.INFECTED)
UNASKED = {
    "content": b"* 1 FETCH (UID 1 " + BODY + b")\r\n",
    "content without UID": b"* 1 FETCH (" + BODY + b")\r\n",
    "old content": b"* 1 FETCH (RFC822 {%d}\r\n%s)\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "text": b"* 1 FETCH (BODY[TEXT] {%d}\r\n%s)\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "part": b"* 1 FETCH (BODY[1]<0> {%d}\r\n%s)\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "binary": b"* 1 FETCH (BINARY[1] ~{%d}\r\n%s)\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "quoted": b'* 1 FETCH (BODY[] "%s")\r\n' % VIRUS,
    "unknown item": b"* 1 FETCH (X-MAIL {%d}\r\n%s)\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "name in quotes": b'* 1 FETCH ("BODY[]" {%d}\r\n%s)\r\n' % (len(mails.INFECTED), mails.INFECTED),
    "UIDFETCH": b"* 1 UIDFETCH (" + BODY + b")\r\n",
    "unknown response": b"* XMAIL {%d}\r\n%s\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "literal in a text": b"* OK hello {%d}\r\n%s\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "literal in a tagged text": b"t2 OK hello {%d}\r\n%s\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "literal in a prompt": b"+ {%d}\r\n%s\r\n" % (len(mails.INFECTED), mails.INFECTED),
    "literal in quotes": b'* LIST () "/" "x {%d}\r\n%s"\r\n' % (len(mails.INFECTED), mails.INFECTED),
    "LITERAL+ of a server": b'* LIST () "/" {%d+}\r\n%s\r\n' % (len(mails.INFECTED), mails.INFECTED),
}
BROKEN = {
    "huge literal": b"* 1 FETCH (UID 1 FLAGS () BODY[] {4294967295}\r\n" + mails.INFECTED,
    "larger than 64 bits": b"* 1 FETCH (UID 1 FLAGS () BODY[] {99999999999999999999}\r\n" + mails.INFECTED,
    "literal too short": b"* 1 FETCH (UID 1 FLAGS () BODY[] {5}\r\n" + VIRUS[:4] + b")\r\n%s OK done\r\n",
    "literal too long": b"* 1 FETCH (UID 1 FLAGS () BODY[] {5}\r\n" + VIRUS + b")\r\n%s OK done\r\n",
    "no end": b"* 1 FETCH (UID 1 FLAGS () BODY[] {5}\r\nhello\r\n%s OK done\r\n",
    "two contents": b"* 1 FETCH (UID 1 FLAGS () BODY[] {5}\r\nhello BODY[] {5}\r\nEICAR)\r\n%s OK done\r\n",
    "bare LF": b"* 1 FETCH (UID 1 FLAGS ())\n* OK EICAR\n%s OK done\r\n",
    "tag that nobody gave": b"zz OK done\r\n",
    "not IMAP": b"+OK EICAR\r\n",
    "NUL": b"* OK a\0EICAR\r\n%s OK done\r\n",
    "deep": b"* 1 FETCH (BODY " + b"(" * 100000 + b"\r\n",
    "unknown long word": b'* 1 FETCH (X-MAIL "EICAR%s")\r\n%%s OK done\r\n' % (b"x" * 2000),
    "endless line": b"* OK " + b"x" * (8 << 20),
    "endless list": b"* LIST () " + b'"/" ' * (2 << 20),
}


class Servers(ImapCase):
    options = {}

    def session(self, hook, **options):
        server = self.imap_server([mails.PLAIN, mails.PLAIN], hook=hook, **options)
        connection = self.imap(address=netns.FAKE4)
        connection.expect(b"LOGIN", b"alice", b"secret")
        connection.expect(b"SELECT", b"INBOX")
        return server, connection

    def all_of(self, connection):
        try:
            return connection.wire.rest()
        except (ConnectionError, EOFError):
            return b""

    def test_unasked(self):
        """In answer to a command that asked for nothing of the kind."""
        for name, octets in UNASKED.items():
            for verb, command in ((b"NOOP", b"NOOP"), (b"FETCH", b"FETCH 1 (FLAGS UID)"), (b"IDLE", b"IDLE")):
                with self.subTest(name=name, verb=verb):
                    def hook(session, tag, word, rest, octets=octets, verb=verb):
                        if word != verb:
                            return None
                        return (b"+ idling\r\n" if verb == b"IDLE" else b"") + octets + tag + b" OK done\r\n"
                    server, connection = self.session(hook)
                    connection.wire.send(b"x " + command + b"\r\n")
                    connection.wire.send(b"y LOGOUT\r\n")
                    self.assertNotIn(VIRUS, self.all_of(connection))

    def test_of_another_message(self):
        """The client asked for one message; the server answers with another one, or with one too many."""
        for number, uid in ((2, 2), (1, 2), (7, 7)):
            def hook(session, tag, word, rest, number=number, uid=uid):
                if b"FETCH" not in word:
                    return None
                return (b"* %d FETCH (UID %d FLAGS () " % (number, uid) + BODY + b")\r\n") * 2 + tag + b" OK done\r\n"
            server, connection = self.session(hook)
            connection.wire.send(b"x UID FETCH 1 BODY.PEEK[]\r\ny LOGOUT\r\n")
            self.assertNotIn(VIRUS, self.all_of(connection))

    def test_broken(self):
        for name, octets in BROKEN.items():
            with self.subTest(name=name):
                def hook(session, tag, word, rest, octets=octets):
                    if b"FETCH" not in word:
                        return None
                    return octets.replace(b"%s", tag)
                server, connection = self.session(hook)
                connection.wire.send(b"x FETCH 1 BODY.PEEK[]\r\ny NOOP\r\nz LOGOUT\r\n")
                if name == "huge literal":
                    connection.wire.reset()
                else:
                    self.assertNotIn(VIRUS[:5], self.all_of(connection))
        self.check_alive()

    def check_alive(self):
        connection = self.imap(self.twins(mails.PLAIN)[0])
        connection.expect(b"SELECT", b"INBOX")
        self.assert_same(connection.expect(b"FETCH", b"1", b"BODY[]").fetched()[1][b"BODY[]"], mails.PLAIN)

    def test_tag_used_again(self):
        """The answer to a command that is answered already."""
        def hook(session, tag, word, rest):
            return tag + b" OK done\r\n" + tag + b" OK EICAR\r\n" if word == b"NOOP" else None
        server, connection = self.session(hook)
        connection.wire.send(b"x NOOP\r\n")
        said = self.all_of(connection)
        self.assertTrue(said.startswith(b"x OK done\r\n"), said)
        self.assertNotIn(b"x OK EICAR", said)

    def test_greetings(self):
        for greeting, words in ((b"* BYE go away\r\n", b"BYE"), (b"* NO\r\n", b""), (b"a1 OK\r\n", b""), (b"+ \r\n", b""),
                                (b"* OK hello {300}\r\n", b""), (b"* 1 FETCH (" + BODY + b")\r\n", b"")):
            with self.subTest(greeting=greeting[:20]):
                server = self.imap_server([mails.PLAIN], greeting=greeting)
                wire = self.wire(port=143)
                said = wire.line() if words else wire.rest()
                self.assertIn(words, said)
                self.assertNotIn(VIRUS, said)
                wire.close()

    def test_preauth(self):
        """A mail in a mailbox that needs no login is looked at, too."""
        server = self.imap_server([mails.INFECTED], greeting=b"* PREAUTH ready\r\n")
        connection = self.imap(address=netns.FAKE4)
        self.assertEqual(connection.greeting.name, b"PREAUTH")
        connection.expect(b"SELECT", b"INBOX")
        self.assert_notification(connection.expect(b"FETCH", b"1", b"BODY[]").fetched()[1][b"BODY[]"])

    def test_bye_before_login(self):
        def hook(session, tag, word, rest):
            return b"* BYE not today\r\n" if word == b"LOGIN" else None
        self.imap_server(hook=hook)
        connection = self.imap(address=netns.FAKE4)
        connection.wire.send(b"x LOGIN alice secret\r\n")
        self.assertEqual(connection.response().name, b"BYE")

    def test_server_leaves_in_a_literal(self):
        def hook(session, tag, word, rest):
            if b"FETCH" not in word:
                return None
            session.send(b"* 1 FETCH (UID 1 FLAGS () BODY[] {500}\r\nhalf a mail")
            raise EOFError
        server, connection = self.session(hook)
        connection.wire.send(b"x FETCH 1 BODY[]\r\n")
        self.assertNotIn(b"half a mail", self.all_of(connection))

    def test_append_refused_instead_of_prompt(self):
        def refuse(line):
            return line.partition(b" ")[0] + b" NO [OVERQUOTA] full\r\n" if b"APPEND" in line else None
        server = self.imap_server(prompt=refuse)
        connection = self.imap(address=netns.FAKE4)
        connection.expect(b"LOGIN", b"alice", b"secret")
        answer = connection.expect(b"APPEND", b"INBOX", Literal(mails.PLAIN), status=b"NO")
        self.assertIn(b"OVERQUOTA", answer.text)
        connection.expect(b"NOOP")
        self.assertEqual(server.appended, [])

    def test_octet_by_octet(self):
        server, connection = self.session(None, piece=1)
        self.assert_same(connection.expect(b"FETCH", b"1", b"BODY[]").fetched()[1][b"BODY[]"], mails.PLAIN)


class Clients(ImapCase):
    options = {}

    def test_nonsense(self):
        """Answered or cut off, and never seen by the server."""
        for octets in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0\0\0\r\n", b"x" * 200000 + b"\r\n", b"a\rb NOOP\r\n",
                       b"(" * 1000000, b"a LOGIN {99999999999}\r\n", b"a LOGIN \"x {3}\r\n", b"\x16\x03\x01\x02\x00\x01"):
            with self.subTest(octets=octets[:20]):
                server = self.imap_server()
                connection = self.imap(address=netns.FAKE4)
                try:
                    connection.wire.send(octets + b"z LOGOUT\r\n")
                    connection.wire.rest()
                except (ConnectionError, AssertionError):
                    pass
                connection.close()
                for session in server.sessions:
                    self.assertTrue(session.over.wait(5))
                    for line in session.commands:
                        self.assertNotIn(b"\0", line)
                        self.assertNotIn(b"GET", line)

    def test_many_commands_at_once(self):
        server = self.imap_server([mails.PLAIN])
        connection = self.imap(address=netns.FAKE4, seconds=60)
        connection.expect(b"LOGIN", b"alice", b"secret")
        count = 20000
        sender = threading.Thread(target=lambda: connection.wire.send(b"".join(b"n%d NOOP\r\n" % n for n in range(count))))
        sender.start()
        for number in range(count):
            self.assertEqual(connection.response().tag, b"n%d" % number)
        sender.join()

    def test_smuggled_in_a_literal(self):
        """What the gateway takes for data the server takes for data, too."""
        server = self.imap_server([mails.PLAIN])
        connection = self.imap(address=netns.FAKE4)
        connection.expect(b"LOGIN", b"alice", b"secret")
        hidden = b"x\r\na FETCH 1 BODY[]\r\n"
        connection.wire.send(b"s SEARCH TEXT {%d+}\r\n%s\r\n" % (len(hidden), hidden))
        connection.finish(b"s")
        self.assertEqual([line for line in server.commands() if line.startswith(b"a ")], [])
