# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""IMAP: what becomes of infected mails, fetched and appended, and what a slow or broken scanner does."""
import itertools
import re

import mails
import netns
import wait
from imap import Literal
from imap_case import ImapCase
from support import Verdicts

OTHER = mails.text(b"another clean mail\r\n", subject=b"other")
CONTENT = (b"BODY.PEEK[]", b"BODY.PEEK[TEXT]", b"BODY.PEEK[1]", b"BODY.PEEK[2]", b"BODY.PEEK[]<10.100>", b"RFC822",
           b"RFC822.TEXT", b"BODY.PEEK[2.MIME]", b"BODY.PEEK[1.1]", b"BINARY.PEEK[]")

AGREEING = (b"RFC822.SIZE", b"BODYSTRUCTURE", b"BODY", b"ENVELOPE", b"BODY.PEEK[HEADER]", b"BODY.PEEK[TEXT]",
            b"BODY.PEEK[1]", b"BODY.PEEK[1.MIME]", b"BODY.PEEK[HEADER.FIELDS (Subject From Content-Type)]",
            b"RFC822.HEADER", b"(FLAGS UID RFC822.SIZE ENVELOPE)", b"BODY.PEEK[]<0.500>", b"BODY.PEEK[]<500.100000>",
            b"FULL", b"FAST", b"(BODY.PEEK[1] BODYSTRUCTURE RFC822.SIZE)")


class Infected(ImapCase):
    options = {}

    def setUp(self):
        self.mark = self.gateway.mark()
        self.quarantined = self.gateway.quarantine()

    def kept(self):
        return [path for path in self.gateway.quarantine() if path not in self.quarantined]

    def test_replaced_in_every_form(self):
        for kind, mail in mails.INFECTED_KINDS.items():
            for form in CONTENT:
                with self.subTest(kind=kind, form=form):
                    user = self.twins(mail)[0]
                    connection = self.imap(user)
                    connection.expect(b"SELECT", b"INBOX")
                    answer = connection.command(b"FETCH", b"1", form)
                    octets = b"".join(response.octets for response in answer.untagged)
                    for line in mail.partition(b"\r\n\r\n")[2].split(b"\r\n"):
                        if len(line) > 30:
                            self.assertNotIn(line, octets)
                    whole = connection.expect(b"FETCH", b"1", b"BODY.PEEK[]").fetched()[1][b"BODY[]"]
                    self.assert_notification(whole)
                    connection.close()

    def test_everything_agrees(self):
        """Sizes, structure, envelope and pieces are those of the notification, in this and in later sessions."""
        user = self.twins(mails.PLAIN, mails.INFECTED_KINDS["base64"], OTHER)[0]
        size = None
        for _ in range(2):
            connection = self.imap(user)
            connection.expect(b"SELECT", b"INBOX")
            if size is not None:        # known from the session before
                self.assertEqual(connection.expect(b"FETCH", b"2", b"RFC822.SIZE").fetched()[2][b"RFC822.SIZE"], size)
            whole = connection.expect(b"UID", b"FETCH", b"2", b"BODY.PEEK[]").fetched()[2][b"BODY[]"]
            self.assert_notification(whole)
            size = b"%d" % len(whole)
            # Dovecot itself says how the notification looks when it is a message like any other.
            copy = self.direct(self.twins(mails.PLAIN, whole, OTHER)[1])
            copy.expect(b"SELECT", b"INBOX")
            for form, number in itertools.product(AGREEING, (b"2", b"1", b"3")):
                got, expected = (c.expect(b"UID", b"FETCH", number, form).fetched() for c in (connection, copy))
                for answer in (got, expected):
                    for data in answer.values():
                        data.pop(b"INTERNALDATE", None)
                self.assert_same_messages(got, expected, form.decode())

    def test_log_and_quarantine(self):
        mail = mails.INFECTED_KINDS["base64"]
        user = self.twins(mail)[0]
        connection = self.imap(user)
        connection.expect(b"SELECT", b"INBOX")
        for form in (b"BODY[]", b"BODY[1]", b"RFC822", b"BODY.PEEK[]<0.100>", b"BODY.PEEK[TEXT]"):
            connection.expect(b"FETCH", b"1", form)
        self.assertEqual(len(self.kept()), 1)        # inspected once
        self.assert_same(self.kept()[0].read_bytes(), mail, "quarantine")
        self.gateway.wait_log(rf"IMAP from {netns.CLIENT4}:\d+ to {netns.SERVER4}:143 from .*ann@sender.test.* "
                              rf"user: {user} virus: .*Eicar.* file: .*{self.kept()[0].name}", since=self.mark)

    def test_others_in_the_same_command(self):
        both = self.pair(mails.PLAIN, mails.INFECTED, OTHER, mails.INFECTED_KINDS["zip"], mails.odd()["base64"])
        got, direct = (connection.expect(b"FETCH", b"1:*", b"(UID FLAGS BODY[] RFC822.SIZE)") for connection in both)
        got, direct = got.fetched(), direct.fetched()
        for number in (2, 4):
            self.assert_notification(got[number][b"BODY[]"])
            self.assertEqual(int(got[number][b"RFC822.SIZE"]), len(got[number][b"BODY[]"]))
            del got[number], direct[number]
        self.assert_same_messages(got, direct)

    def test_header_before_content(self):
        """Until its content is asked for nothing is known, and a listing costs nothing."""
        both = self.pair(mails.INFECTED)
        got, direct = (connection.expect(b"FETCH", b"1", b"(FLAGS RFC822.SIZE ENVELOPE)") for connection in both)
        self.assert_same_answer(got, direct)
        self.assertEqual(self.kept(), [])

    def test_copied_mail_is_infected_too(self):
        user = self.twins(mails.INFECTED)[0]
        connection = self.imap(user)
        connection.expect(b"SELECT", b"INBOX")
        connection.expect(b"FETCH", b"1", b"BODY[]")
        connection.expect(b"CREATE", b"Other")
        connection.expect(b"COPY", b"1", b"Other")
        connection.expect(b"SELECT", b"Other")
        self.assert_notification(connection.expect(b"FETCH", b"1", b"BODY[]").fetched()[1][b"BODY[]"])
        connection.expect(b"SELECT", b"INBOX")
        self.assert_notification(connection.expect(b"FETCH", b"1", b"RFC822").fetched()[1][b"RFC822"])


class Append(ImapCase):
    options = {}

    def setUp(self):
        self.user = self.twins()[0]
        self.imap1 = self.imap(self.user)
        self.look = self.direct(self.user)
        self.mark = self.gateway.mark()

    def stored(self):
        self.look.expect(b"SELECT", b"INBOX")
        answer = self.look.command(b"FETCH", b"1:*", b"(BODY.PEEK[])")
        return [data[b"BODY[]"] for data in answer.fetched().values()]

    def test_clean(self):
        for name in ("plain", "lone dots", "base64", "8-bit", "250 KiB", "no header, body only"):
            answer = self.imap1.expect(b"APPEND", b"INBOX", rb"(\Seen)", b'"24-Nov-2026 10:00:00 +0000"',
                                       Literal(mails.odd()[name]))
            self.assertIn(b"APPENDUID", answer.text)
            self.assert_same(self.stored()[-1], mails.odd()[name], name)
        flags = self.look.expect(b"FETCH", b"1", b"(FLAGS INTERNALDATE)").fetched()[1]
        self.assertIn(rb"\Seen", flags[b"FLAGS"])
        self.assertEqual(flags[b"INTERNALDATE"], b"24-Nov-2026 10:00:00 +0000")

    def test_literal_plus(self):
        self.imap1.wire.send(b"x APPEND INBOX {%d+}\r\n%s\r\ny NOOP\r\n" % (len(mails.PLAIN), mails.PLAIN))
        self.assertEqual(self.imap1.finish(b"x").status, b"OK")
        self.assertEqual(self.imap1.finish(b"y").status, b"OK")
        self.assertEqual(self.stored(), [mails.PLAIN])

    def test_octet_by_octet(self):
        self.imap1.wire.send(b"x APPEND {5+}\r\nINBOX {%d+}\r\n%s\r\n" % (len(mails.PLAIN), mails.PLAIN), piece=1)
        self.assertEqual(self.imap1.finish(b"x").status, b"OK")
        self.assertEqual(self.stored(), [mails.PLAIN])

    def test_infected(self):
        for kind, mail in mails.INFECTED_KINDS.items():
            answer = self.imap1.expect(b"APPEND", b"INBOX", Literal(mail), status=b"NO")
            self.assertRegex(answer.text, rb"(?i)virus", kind)
        self.imap1.wire.send(b"x APPEND INBOX {%d+}\r\n%s\r\ny NOOP\r\n" % (len(mails.INFECTED), mails.INFECTED))
        self.assertEqual(self.imap1.finish(b"x").status, b"NO")
        self.assertEqual(self.imap1.finish(b"y").status, b"OK")
        self.imap1.expect(b"APPEND", b"INBOX", Literal(mails.PLAIN))
        self.assertEqual(self.stored(), [mails.PLAIN])
        self.gateway.wait_log(rf"IMAP from .* user: {self.user} virus: .*Eicar", since=self.mark)

    def multiappend(self, *parts):
        self.imap1.wire.send(b"x APPEND INBOX")
        for part in parts:
            self.imap1.wire.send(b" {%d}\r\n" % len(part))
            response = self.imap1.response()
            if response.tag != b"+":
                return response
            self.imap1.wire.send(part)
        self.imap1.wire.send(b"\r\n")
        return self.imap1.finish(b"x").tagged

    def test_multiappend(self):
        self.assertEqual(self.multiappend(mails.PLAIN, OTHER, mails.PLAIN).name, b"OK")
        self.assertEqual(self.stored(), [mails.PLAIN, OTHER, mails.PLAIN])

    def test_multiappend_infected(self):
        for parts in ((mails.INFECTED, OTHER), (mails.PLAIN, mails.INFECTED), (mails.PLAIN, mails.INFECTED, OTHER)):
            self.assertEqual(self.multiappend(*parts).name, b"NO")
            self.imap1.expect(b"NOOP")
        self.assertEqual(self.stored(), [])

    def test_refused_by_the_server(self):
        answer = self.imap1.expect(b"APPEND", b"Nowhere", Literal(mails.PLAIN), status=b"NO")
        self.assertIn(b"TRYCREATE", answer.text)
        self.imap1.expect(b"NOOP")

    def test_size_that_nobody_can_count(self):
        self.imap1.wire.send(b"x APPEND INBOX {99999999999999999999}\r\n")
        self.assertEqual(self.imap1.response().name, b"BAD")
        self.imap1.expect(b"NOOP")

    def test_others_go_on(self):
        """What was appended in one session is there for another."""
        self.imap1.expect(b"APPEND", b"INBOX", Literal(mails.PLAIN))
        self.imap1.expect(b"SELECT", b"INBOX")
        self.assert_same(self.imap1.expect(b"FETCH", b"1", b"BODY[]").fetched()[1][b"BODY[]"], mails.PLAIN)


class SlowScanner(ImapCase):
    def setUp(self):
        self.verdicts = Verdicts(self.lab.directory)
        self.gateway = self.start_gateway(self.verdicts.options | {"timeout": 1})

    def logged_in(self, *mails_of_it):
        user = self.twins(*mails_of_it)[0]
        connection = self.imap(user)
        connection.expect(b"SELECT", b"INBOX")
        return connection

    def kept_alive(self, connection, times=2):
        """Reads the gateway's signs of life."""
        for _ in range(times):
            response = connection.response()
            self.assertEqual((response.tag, response.name), (b"*", b"OK"), response)

    def test_fetch(self):
        connection = self.logged_in(mails.PLAIN, OTHER)
        tag = connection.start(b"FETCH", b"1:2", b"(UID BODY.PEEK[])")
        self.kept_alive(connection)
        self.verdicts.tell("clean")
        self.assert_same(connection.response().data[b"BODY[]"], mails.PLAIN)
        self.kept_alive(connection)
        self.verdicts.tell("infected")
        answer = connection.finish(tag)
        self.assert_notification(answer.fetched()[2][b"BODY[]"], virus=r"Eicar\.Told")

    def test_fails(self):
        connection = self.logged_in(mails.PLAIN, OTHER)
        tag = connection.start(b"FETCH", b"1", b"BODY[]")
        self.kept_alive(connection, 1)
        self.verdicts.tell("failed")
        answer = connection.finish(tag)
        self.assertEqual(answer.status, b"NO")
        self.assertEqual([data for data in answer.fetched().values() if b"BODY[]" in data], [])
        tag = connection.start(b"FETCH", b"1", b"BODY.PEEK[TEXT]")       # a failure is not remembered
        self.verdicts.tell("clean")
        self.assertEqual(connection.finish(tag).fetched()[1][b"BODY[TEXT]"], mails.PLAIN.partition(b"\r\n\r\n")[2])
        flags = connection.expect(b"FETCH", b"1", b"FLAGS").fetched()[1][b"FLAGS"]
        self.assertNotIn(rb"\Seen", flags)

    def test_append(self):
        connection = self.logged_in()
        for word, status in (("clean", b"OK"), ("infected", b"NO"), ("failed", b"NO")):
            tag = connection.start(b"APPEND", b"INBOX", Literal(mails.PLAIN))
            self.kept_alive(connection, 1)
            self.verdicts.tell(word)
            self.assertEqual(connection.finish(tag).status, status, word)
        self.assertEqual(connection.expect(b"STATUS", b"INBOX", b"(MESSAGES)").named(b"STATUS")[0].text, b"INBOX (MESSAGES 1)")

    def test_client_that_leaves_ends_the_scan(self):
        connection = self.logged_in(mails.PLAIN)
        connection.start(b"FETCH", b"1", b"BODY[]")
        wait.until(lambda: self.verdicts.running(self.gateway), "a scan")
        connection.wire.reset()
        wait.until(lambda: not self.verdicts.running(self.gateway), "the scan to be ended")

    def test_commands_behind_wait(self):
        connection = self.logged_in(mails.PLAIN)
        tags = [connection.start(*words) for words in ((b"FETCH", b"1", b"BODY.PEEK[TEXT]"), (b"FETCH", b"1", b"BODY.PEEK[1]"),
                                                       (b"NOOP",), (b"LOGOUT",))]
        self.verdicts.tell("clean")
        answers = [connection.finish(tag) for tag in tags]
        self.assertEqual([answer.status for answer in answers], [b"OK"] * 4)
        self.assertRegex(answers[1].fetched()[1][b"BODY[1]"], re.compile(rb"clean mail"))
