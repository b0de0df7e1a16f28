# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""An IMAP server that does exactly what a test says."""
import re

from fakes import Leave, Server, Session  # noqa: F401

CAPABILITIES = b"IMAP4rev1 LITERAL+ SASL-IR IDLE UIDPLUS"


class ImapSession(Session):
    """One user, one mailbox. `commands` has what the server was sent, with literals."""

    def serve(self):
        self.send(self.server.greeting)
        while True:
            command = self.read_command()
            if command is None:
                continue
            tag, verb, rest = command
            answer = self.server.hook(self, tag, verb, rest) if self.server.hook else None
            if answer is None:
                answer = self.answer(tag, verb, rest)
            if answer:
                self.send(answer)
            if verb == b"LOGOUT":
                return

    def read_command(self):
        line = self.read_line()
        while match := re.search(rb"\{(\d+)(\+?)\}\Z", line):
            refusal = self.server.prompt(line) if self.server.prompt else None
            if refusal:
                self.send(refusal)
                return None
            if not match[2]:
                self.send(b"+ go on\r\n")
            octets = self.input.read(int(match[1]))
            if len(octets) < int(match[1]):
                raise EOFError
            more = self.read_line()
            self.commands.pop()
            line = self.commands[-1] = self.commands[-1] + b"\r\n" + octets + more
            if not re.search(rb"\{\d+\+?\}\Z", more):
                break
        tag, _, line = line.partition(b" ")
        verb, _, rest = line.partition(b" ")
        verb = verb.upper()
        if verb == b"UID":
            second, _, rest = rest.partition(b" ")
            verb += b" " + second.upper()
        return tag, verb, rest

    def answer(self, tag, verb, rest):
        done = tag + b" OK done\r\n"
        if verb == b"CAPABILITY":
            return b"* CAPABILITY " + self.server.capabilities + b"\r\n" + done
        if verb in (b"SELECT", b"EXAMINE"):
            return (b"* %d EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] ok\r\n"
                    b"* OK [PERMANENTFLAGS (\\Seen)] ok\r\n" % len(self.server.mails) +
                    tag + b" OK [READ-WRITE] done\r\n")
        if verb in (b"FETCH", b"UID FETCH"):
            return self.fetch(rest) + done
        if verb == b"APPEND":
            with self.server._lock:
                self.server.appended.append(rest.partition(b"\r\n")[2])
            return done
        if verb == b"LOGOUT":
            return b"* BYE\r\n" + done
        if verb in (b"LOGIN", b"NOOP", b"STORE", b"UID STORE", b"CLOSE", b"CHECK", b"ID", b"ENABLE", b"NAMESPACE"):
            return done
        return tag + b" BAD what?\r\n"

    def fetch(self, rest):
        """Every message in the set with UID, FLAGS, and what is asked for of RFC822.SIZE and BODY.PEEK[]."""
        numbers = set()
        for word in rest.split(b" ")[0].split(b","):
            first, _, last = word.partition(b":")
            count = len(self.server.mails)
            ends = [count if end == b"*" else int(end) for end in (first, last or first)]
            numbers.update(range(min(ends), max(ends) + 1))
        out = b""
        for number, mail in enumerate(self.server.mails, 1):
            if number not in numbers:
                continue
            out += b"* %d FETCH (UID %d FLAGS ()" % (number, number)
            if b"RFC822.SIZE" in rest:
                out += b" RFC822.SIZE %d" % len(mail)
            if b"BODY.PEEK[]" in rest:
                out += b" BODY[] {%d}\r\n" % len(mail) + mail
            out += b")\r\n"
        return out


class ImapServer(Server):
    """hook(session, tag, verb, rest) may answer a command itself; verb is in upper case, "UID FETCH" one of them.
    prompt(line) may refuse a literal: what it returns is said instead of "+"."""
    session_type = ImapSession

    def __init__(self, namespace, mails=(), piece=None, hook=None, prompt=None, port=143, greeting=None, tls=None,
                 capabilities=CAPABILITIES):
        self.mails = list(mails)
        self.appended = []
        self.piece = piece
        self.hook = hook
        self.prompt = prompt
        self.capabilities = capabilities
        self.greeting = greeting or b"* OK [CAPABILITY " + capabilities + b"] ready\r\n"
        super().__init__(namespace, port, tls)
