# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A client of IMAP that hides nothing: every response as it came, and understood."""
import re
import time

import netns
import wait
from dovecot import PASSWORD
from fakes import Wire

LITERAL = re.compile(rb"~?\{(\d+)\}\r\n\Z")


class Literal(bytes):
    """An argument that is sent as a literal; the server is asked first."""


class Response:
    """`octets` as they came. Of "* 5 FETCH (...)": number 5, name FETCH, data {name: value}."""

    def __init__(self, octets):
        self.octets = octets
        head, _, rest = octets.partition(b" ")
        self.tag = head.rstrip(b"\r\n")
        word, _, after = rest.partition(b" ")
        self.number = int(word) if self.tag == b"*" and word.isdigit() else None
        if self.number is not None:
            word, _, after = after.partition(b" ")
        self.name = word.strip().upper()
        self.text = after[:-2]
        self.data = {}
        if self.name == b"FETCH" and self.number is not None:
            values = Parser(after[:-2]).value()
            # Servers differ in how they write the names of header fields back.
            names = [name.upper() for name in values[::2]]
            self.data = dict(zip(names, values[1::2], strict=True))

    def __repr__(self):
        return repr(self.octets[:300])


class Parser:
    """Values as Python has them: bytes, None for NIL, lists."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def value(self):
        text = self.text
        c = text[self.at:self.at + 1]
        if c == b"(":
            return self.list()
        if c == b'"':
            match = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.S).match(text, self.at)
            self.at = match.end()
            return re.sub(rb"\\(.)", rb"\1", match[1])
        if match := re.compile(rb"~?\{(\d+)\}\r\n").match(text, self.at):
            self.at = match.end() + int(match[1])
            return text[match.end():self.at]
        match = re.compile(rb"(?:[^\s()\[\]]|\[[^\]]*\])+").match(text, self.at)
        if not match:
            raise ValueError(f"no value at {text[self.at:self.at + 60]!r}")
        self.at = match.end()
        return None if match[0].upper() == b"NIL" else match[0]

    def list(self):
        found = []
        self.at += 1
        while self.text[self.at:self.at + 1] != b")":
            if self.text[self.at:self.at + 1] == b" ":
                self.at += 1
                continue
            if self.at >= len(self.text):
                raise ValueError("open list")
            found.append(self.value())
        self.at += 1
        return found


class Answer:
    """Of one command: its tagged response and the untagged ones before."""

    def __init__(self, tagged, untagged):
        self.tagged = tagged
        self.untagged = untagged
        self.status = tagged.name
        self.text = tagged.text

    def named(self, name):
        return [response for response in self.untagged if response.name == name]

    def fetched(self):
        """{number: {name: value}}, as a client puts several responses for one message together."""
        found = {}
        for response in self.named(b"FETCH"):
            found.setdefault(response.number, {}).update(response.data)
        return found

    def __repr__(self):
        return f"{self.tagged} after {self.untagged}"


class Imap:
    def __init__(self, namespace, address=netns.SERVER4, port=143, user=None, **options):
        self.wire = Wire(namespace, address, port, **options)
        self._count = 0
        self.greeting = self.response()
        if user:
            self.expect(b"LOGIN", user.encode(), PASSWORD.encode())

    def close(self):
        self.wire.close()

    def response(self):
        octets = self.wire.line()
        while match := LITERAL.search(octets[-30:]):
            octets += self.exactly(int(match[1])) + self.wire.line()
        return Response(octets)

    def exactly(self, count):
        data = self.wire.buffer
        while len(data) < count:
            piece = self.wire.socket.recv(1 << 20)
            if not piece:
                raise EOFError("peer left in a literal")
            data += piece
        self.wire.buffer = data[count:]
        return data[:count]

    def start(self, *words):
        """Sends a command, waiting for "+" where it has a Literal. Its tag."""
        self._count += 1
        tag = b"t%d" % self._count
        line = tag
        for word in words:
            if isinstance(word, Literal):
                self.wire.send(line + b" {%d}\r\n" % len(word))
                prompt = self.response()
                if prompt.tag != b"+":
                    raise AssertionError(f"no prompt for a literal but {prompt}")
                line = bytes(word)
            else:
                line += b" " + word
        self.wire.send(line + b"\r\n")
        return tag

    def finish(self, tag):
        untagged = []
        end = time.monotonic() + 4 * wait.DEADLINE          # signs of life alone are no answer
        while (response := self.response()).tag != tag:
            untagged.append(response)
            if time.monotonic() > end:
                raise AssertionError(f"no end of {tag}: {untagged[-5:]}")
        return Answer(response, untagged)

    def command(self, *words):
        return self.finish(self.start(*words))

    def expect(self, *words, status=b"OK"):
        answer = self.command(*words)
        if answer.status != status:
            raise AssertionError(f"{words} was answered {answer}")
        return answer

    def logout(self):
        self.expect(b"LOGOUT")
        return self.wire.rest()
