# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Servers and a client that do exactly what a test says, octet for octet, where the real ones are too polite."""
import contextlib
import re
import socket
import threading

import netns
import wait


class Wire:
    """The client's end of a connection: sends octets as given, reads lines and whole answers with a deadline."""

    def __init__(self, namespace, address, port, seconds=wait.DEADLINE):
        with namespace:
            self.socket = socket.create_connection((address, port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def reset(self):
        """Leaves with RST instead of FIN, as a program that crashed with unread data does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def send(self, data, piece=None):
        if piece is None:
            self.socket.sendall(data)
            return
        for start in range(0, len(data), piece):
            self.socket.sendall(data[start:start + piece])

    def until(self, end):
        """Reads up to and including `end`."""
        data = bytearray(self.buffer)
        searched = 0
        while (place := data.find(end, searched)) < 0:
            searched = max(0, len(data) - len(end) + 1)
            piece = self.socket.recv(1 << 20)
            if not piece:
                self.buffer = bytes(data)
                raise EOFError(f"peer left; read so far: {self.buffer[-300:]!r}")
            data += piece
        place += len(end)
        self.buffer = bytes(data[place:])
        return bytes(data[:place])

    def line(self):
        return self.until(b"\r\n")

    def reply(self):
        """One SMTP reply, all its lines."""
        lines = []
        while True:
            lines.append(self.line())
            if lines[-1][3:4] != b"-":
                return b"".join(lines)

    def ask(self, line):
        self.send(line + b"\r\n")
        return self.line()

    def command(self, line):
        self.send(line + b"\r\n")
        return self.reply()

    def multiline(self, line=None):
        """A POP3 answer with a body: (status line, body as on the wire without the terminator)."""
        if line is not None:
            self.send(line + b"\r\n")
        status = self.line()
        if not status.startswith(b"+OK"):
            return status, None
        body = self.until(b".\r\n") if self._at_dot() else self.until(b"\r\n.\r\n")
        return status, body[:-3]

    def _at_dot(self):
        while len(self.buffer) < 3:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError("peer left after the status line")
            self.buffer += data
        return self.buffer.startswith(b".\r\n")

    def rest(self):
        """All that comes until the peer closes."""
        data, self.buffer = self.buffer + wait.until_closed(self.socket), b""
        return data


def stuff(mail):
    """Dot-stuffing as RFC 1939 and 5321 have it: only what follows CRLF is the start of a line."""
    wire = mail.replace(b"\r\n.", b"\r\n..")
    return b"." + wire if wire.startswith(b".") else wire


def unstuff(wire):
    mail = wire.replace(b"\r\n.", b"\r\n")
    return mail[1:] if mail.startswith(b".") else mail


class Leave(Exception):
    """Thrown by a test's hook: the server closes the connection now."""


class Server:
    """Accepts on IPv4 and IPv6, one thread per connection; inside TLS if there is a context for it."""

    def __init__(self, namespace, port, tls=None):
        self.tls = tls
        self.sessions = []          # of each connection, in the order of their arrival
        self.peers = []
        self.errors = []
        self._lock = threading.Lock()
        self._connections = set()
        with namespace:
            self._listeners = [
                socket.create_server((netns.FAKE4, port), backlog=2000),
                socket.create_server((netns.FAKE6, port), family=socket.AF_INET6, backlog=2000)]
        for listener in self._listeners:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener):
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            session = self.session_type(self, connection)
            with self._lock:
                self._connections.add(connection)
                self.sessions.append(session)
                self.peers.append(peer)
            threading.Thread(target=self._serve, args=(session, connection), daemon=True).start()

    def _serve(self, session, connection):
        try:
            session.serve()
        except (Leave, EOFError, OSError):
            pass
        except Exception as error:      # a mistake of the test itself must not look like a server that left
            self.errors.append(error)
        finally:
            session.over.set()
            with self._lock:
                self._connections.discard(connection)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)       # close() alone waits for the reader made of it
            connection.close()

    def commands(self, verb=b""):
        """All command lines of all sessions that begin with `verb`."""
        with self._lock:
            return [line for session in self.sessions for line in session.commands
                    if line.upper().startswith(verb)]


class Session:
    def __init__(self, server, connection):
        self.server = server
        self.connection = connection
        self.input = connection.makefile("rb", buffering=65536)
        self.commands = []
        self.over = threading.Event()

    def send(self, data):
        piece = self.server.piece
        if piece is None:
            self.connection.sendall(data)
            return
        for start in range(0, len(data), piece):
            self.connection.sendall(data[start:start + piece])

    def read_line(self):
        line = self.input.readline(1 << 20)
        if not line:
            raise EOFError
        self.commands.append(line.rstrip(b"\r\n"))
        return self.commands[-1]


class Pop3Session(Session):
    def serve(self):
        self.send(self.server.greeting)
        while True:
            line = self.read_line()
            verb, _, argument = line.partition(b" ")
            verb = verb.upper()
            answer = self.server.hook(self, line) if self.server.hook else None
            if answer is None:
                answer = self.answer(verb, argument)
            self.send(answer)
            if verb == b"QUIT":
                return

    def answer(self, verb, argument):
        mails = self.server.mails
        if verb == b"CAPA":
            return b"+OK\r\nUSER\r\nTOP\r\nUIDL\r\nPIPELINING\r\nSTLS\r\nSASL PLAIN\r\nUTF8\r\n.\r\n"
        if verb in (b"USER", b"PASS", b"APOP", b"NOOP", b"RSET", b"DELE", b"QUIT", b"UTF8"):
            return b"+OK " + verb.lower() + b"\r\n"
        if verb == b"STAT":
            return b"+OK %d %d\r\n" % (len(mails), sum(map(len, mails)))
        if verb in (b"LIST", b"UIDL") and not argument:
            rows = [b"%d %d\r\n" % (n + 1, len(m)) if verb == b"LIST" else b"%d id%d\r\n" % (n + 1, n + 1)
                    for n, m in enumerate(mails)]
            return b"+OK\r\n" + b"".join(rows) + b".\r\n"
        number, _, lines = argument.partition(b" ")
        if not number.isdigit() or not 1 <= int(number) <= len(mails):
            return b"-ERR no such message\r\n"
        mail = mails[int(number) - 1]
        if verb in (b"LIST", b"UIDL"):
            return b"+OK %s %d\r\n" % (number, len(mail)) if verb == b"LIST" else b"+OK %s id%s\r\n" % (number, number)
        if verb == b"RETR":
            return b"+OK %d octets\r\n" % len(mail) + stuff(mail) + b".\r\n"
        if verb == b"TOP":
            head, _, body = mail.partition(b"\r\n\r\n")
            shown = b"".join(body.splitlines(True)[:int(lines or 0)])
            return b"+OK\r\n" + stuff(head + b"\r\n\r\n" + shown) + b".\r\n"
        return b"-ERR unknown command\r\n"


class Pop3Server(Server):
    """Serves `mails` octet for octet; each must end in CRLF. hook(session, line) may answer a command itself."""
    session_type = Pop3Session

    def __init__(self, namespace, mails, piece=None, hook=None, port=110, greeting=b"+OK ready <1.2@test>\r\n",
                 tls=None):
        self.mails = list(mails)
        self.piece = piece
        self.hook = hook
        self.greeting = greeting
        super().__init__(namespace, port, tls)


# A lone dot for somebody who takes CR and LF each for the end of a line and does not see NUL at all.
LENIENT_END = re.compile(rb"(?:^|[\r\n])\0*\.\0*[\r\n]+")
STRICT_END = re.compile(rb"(?:^|\r\n)\.\r\n")


class SmtpSession(Session):
    def serve(self):
        self.send(b"220 sink ESMTP\r\n")
        self.accepted, self.in_mail = 0, False
        while True:
            line = self.read_line()
            verb = line.split(b" ")[0].split(b":")[0].upper()
            answer = self.server.hook(self, line) if self.server.hook else None
            if answer is None:
                answer = self.answer(verb, line)
            if answer:
                self.send(answer)
            if verb == b"QUIT":
                return

    def answer(self, verb, line):
        if verb == b"EHLO":
            self.accepted, self.in_mail = 0, False
            return b"250-sink\r\n" + b"".join(b"250-%s\r\n" % word for word in self.server.extensions) + b"250 HELP\r\n"
        if verb in (b"HELO", b"RSET"):
            self.accepted, self.in_mail = 0, False
            return b"250 2.0.0 ok\r\n"
        if verb == b"MAIL":
            self.in_mail, self.accepted = True, 0
            return b"250 2.1.0 ok\r\n"
        if verb == b"RCPT":
            if not self.in_mail:
                return b"503 5.5.1 MAIL first\r\n"
            if b"refused" in line:
                return b"550 5.1.1 no such user\r\n"
            self.accepted += 1
            return b"250 2.1.5 ok\r\n"
        if verb == b"DATA":
            return self.data()
        if verb == b"BDAT":
            return self.bdat(line)
        if verb == b"QUIT":
            return b"221 2.0.0 bye\r\n"
        if verb == b"NOOP":
            return b"250 2.0.0 noop\r\n"
        return b"500 5.5.2 what?\r\n"

    def data(self):
        if not self.accepted:
            return b"503 5.5.1 no valid recipients\r\n"
        self.send(b"354 go on\r\n")
        end = LENIENT_END if self.server.lenient else STRICT_END
        wire, searched = bytearray(), 0
        while not (match := end.search(wire, max(0, searched - 8))):
            searched = len(wire)
            piece = self.input.read1(1 << 20)
            if not piece:
                self.server.broken.append(bytes(wire))
                raise EOFError
            wire += piece
        # What follows the end that a lenient server sees are commands to it.
        self.input = _Joined(bytes(wire[match.end():]), self.input)
        first_octets = 2 if match[0].startswith(b"\r\n") else 1 if not match[0].startswith(b".") else 0
        mail = bytes(wire[:match.start() + first_octets])
        return self.keep(unstuff(mail))

    def bdat(self, line):
        words = line.split()
        octets = self.input.read(int(words[1]))
        self.chunks = getattr(self, "chunks", b"") + octets
        if words[-1].upper() != b"LAST":
            return b"250 2.0.0 %d octets\r\n" % len(octets)
        mail, self.chunks = self.chunks, b""
        return self.keep(mail)

    def keep(self, mail):
        self.accepted, self.in_mail = 0, False
        with self.server._lock:
            self.server.mails.append(mail)
        return self.server.final


class _Joined:
    """Octets read too far, then the rest of the stream."""

    def __init__(self, head, tail):
        self.head, self.tail = head, tail

    def readline(self, limit):
        if not self.head:
            return self.tail.readline(limit)
        line, newline, self.head = self.head.partition(b"\n")
        return line + newline if newline else line + self.tail.readline(limit)

    def read1(self, limit):
        if self.head:
            head, self.head = self.head, b""
            return head
        return self.tail.read1(limit)

    def read(self, count):
        head, self.head = self.head[:count], self.head[count:]
        return head + self.tail.read(count - len(head))


class SmtpSink(Server):
    """Takes every mail and keeps its octets. Lenient: any line end around a lone dot ends a mail, as with the
    servers that SMTP smuggling needs. hook(session, line) may answer a command itself."""
    session_type = SmtpSession

    def __init__(self, namespace, lenient=False, piece=None, hook=None, port=25, chunking=True,
                 final=b"250 2.0.0 queued\r\n", tls=None):
        self.mails = []
        self.broken = []            # mails whose client left before their end
        self.lenient = lenient
        self.piece = piece
        self.hook = hook
        self.final = final
        self.extensions = [b"PIPELINING", b"SIZE 209715200", b"8BITMIME", b"SMTPUTF8", b"DSN", b"STARTTLS",
                           b"ENHANCEDSTATUSCODES"] + ([b"CHUNKING"] if chunking else [])
        super().__init__(namespace, port, tls)
