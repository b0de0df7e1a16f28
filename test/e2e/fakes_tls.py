# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Servers that go into TLS when they are asked to, an IMAP server of a few words, and the client that does so, too."""
import ssl

import certificates
from fakes import Pop3Server, Pop3Session, Server, Session, SmtpSession, SmtpSink, Wire
from postfix import DOMAIN

PORTS = {"POP3": 110, "SMTP": 25, "IMAP": 143, "SUBMISSION": 587}
TLS_PORTS = {"POP3": 995, "SMTP": 465, "IMAP": 993}
ASK = {"POP3": b"STLS", "SMTP": b"STARTTLS", "IMAP": b"a1 STARTTLS"}
AGREED = {"POP3": b"+OK go\r\n", "SMTP": b"220 go\r\n", "IMAP": b"a1 OK go\r\n"}


class Upgrading:
    """A session that can go into TLS. `server.starttls`: the context for it; `server.agreed`: what it says in front."""
    secured = False

    def serve(self):
        try:
            super().serve()
        finally:
            self.connection.close()

    def start_tls(self, agreed):
        self.send(agreed if self.server.agreed is None else self.server.agreed)
        self.input.close()
        self.connection = self.server.starttls.wrap_socket(self.connection, server_side=True)
        with self.server._lock:
            self.server._connections.add(self.connection)
        self.input = self.connection.makefile("rb", buffering=65536)
        self.secured = True
        self.server.secured += 1
        return b""


class Secure:
    """What the servers have in common."""
    secured = 0

    def __init__(self, *arguments, starttls=None, agreed=None, **options):
        self.starttls, self.agreed = starttls, agreed
        super().__init__(*arguments, **options)

    def plain_commands(self):
        """What came in the clear, of all sessions."""
        return [line for session in self.sessions for line in session.commands[:session.clear]]


class Counted:
    """Knows which of its commands came in the clear."""
    clear = 0

    def read_line(self):
        line = super().read_line()
        if not self.secured:
            self.clear = len(self.commands)
        return line


class TlsPop3Session(Counted, Upgrading, Pop3Session):
    def answer(self, verb, argument):
        if verb == b"STLS" and self.server.starttls and not self.secured:
            return self.start_tls(b"+OK go\r\n")
        return super().answer(verb, argument)


class TlsPop3Server(Secure, Pop3Server):
    session_type = TlsPop3Session


class TlsSmtpSession(Counted, Upgrading, SmtpSession):
    def answer(self, verb, line):
        if verb == b"STARTTLS" and self.server.starttls and not self.secured:
            return self.start_tls(b"220 go\r\n")
        return super().answer(verb, line)


class TlsSmtpSink(Secure, SmtpSink):
    session_type = TlsSmtpSession


class ImapSession(Counted, Upgrading, Session):
    """LOGIN, one mailbox, FETCH of whole messages. No literals from the client."""

    def serve(self):
        try:
            self.send(self.server.greeting)
            while True:
                line = self.read_line()
                answer = self.server.hook(self, line) if self.server.hook else None
                if answer is None:
                    answer = self.answer(*(line.split(b" ", 2) + [b"", b""])[:3])
                self.send(answer)
                if b" LOGOUT" in line.upper():
                    return
        finally:
            self.connection.close()

    def answer(self, tag, verb, rest):
        verb, done = verb.upper(), tag + b" OK done\r\n"
        if verb == b"UID":
            verb, _, rest = rest.partition(b" ")
            verb = verb.upper()
        if verb == b"CAPABILITY":
            return b"* CAPABILITY IMAP4rev1" + (b"" if self.secured else b" STARTTLS") + b"\r\n" + done
        if verb == b"STARTTLS" and self.server.starttls and not self.secured:
            return self.start_tls(tag + b" OK go\r\n")
        if verb in (b"LOGIN", b"NOOP", b"STORE", b"ID"):
            return done
        if verb in (b"SELECT", b"EXAMINE"):
            return (b"* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 99] x\r\n" %
                    len(self.server.mails) + tag + b" OK [READ-WRITE] done\r\n")
        if verb == b"FETCH":
            asked = rest.partition(b" ")[0]
            rows = [b"* %d FETCH (UID %d FLAGS () BODY[] {%d}\r\n" % (n, n, len(mail)) + mail + b")\r\n"
                    for n, mail in enumerate(self.server.mails, 1) if asked in (b"%d" % n, b"1:*")]
            return b"".join(rows) + done
        if verb == b"LOGOUT":
            return b"* BYE\r\n" + done
        return tag + b" BAD what?\r\n"


class ImapServer(Secure, Server):
    session_type = ImapSession
    greeting = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"

    def __init__(self, namespace, mails, hook=None, port=143, piece=None, tls=None, **options):
        self.mails, self.hook, self.piece = list(mails), hook, piece
        super().__init__(namespace, port, tls, **options)


def server(protocol, namespace, mails, port=None, **options):
    """One for `protocol`, at its port in the clear unless another is given."""
    port = port or PORTS[protocol]
    if protocol == "SMTP":
        return TlsSmtpSink(namespace, port=port, **options)
    return {"POP3": TlsPop3Server, "IMAP": ImapServer}[protocol](namespace, mails, port=port, **options)


def trusting(*roots):
    """A client's context that believes these certificates and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for root in roots:
        context.load_verify_locations(root)
    return context


def careless():
    """One that takes anything, to see what is shown."""
    context = certificates.legacy_context(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class TlsWire(Wire):
    """A client that can go into TLS."""

    def start_tls(self, context, name=None):
        assert not self.buffer, self.buffer
        self.socket = context.wrap_socket(self.socket, server_hostname=name, suppress_ragged_eofs=True)
        return self

    def certificate(self):
        """What the server showed, in DER."""
        return self.socket.getpeercert(binary_form=True)

    def greet(self, protocol):
        """Reads the greeting and what the server can do, as clients do; the capabilities."""
        if protocol == "SMTP":
            self.reply()
            return self.command(b"EHLO client.test")
        greeting = self.line()
        if protocol == "POP3":
            assert greeting.startswith(b"+OK"), greeting
            return self.multiline(b"CAPA")[1]
        assert greeting.startswith(b"* OK"), greeting
        return self.tagged(b"a0 CAPABILITY")

    def tagged(self, line):
        """An IMAP command and all that comes up to its reply."""
        self.send(line + b"\r\n")
        said = self.line()
        while not said.rpartition(b"\r\n")[0].rpartition(b"\r\n")[2].startswith(line.split(b" ")[0] + b" "):
            said += self.line()
        return said

    def ask_for_tls(self, protocol):
        """The reply to the command that asks for TLS."""
        return self.command(ASK[protocol]) if protocol == "SMTP" else self.ask(ASK[protocol])

    def fetch(self, protocol):
        """One mail, or the reply to a mail that is sent: what proves that the session works."""
        if protocol == "POP3":
            assert self.ask(b"USER alice").startswith(b"+OK")
            assert self.ask(b"PASS x").startswith(b"+OK")
            return self.multiline(b"RETR 1")[1]
        if protocol == "IMAP":
            assert b"OK" in self.tagged(b"b1 LOGIN alice x")
            assert b"OK" in self.tagged(b"b2 SELECT INBOX")
            return self.tagged(b"b3 FETCH 1 BODY.PEEK[]")
        assert self.command(b"EHLO client.test").startswith(b"250")
        assert self.command(b"MAIL FROM:<ann@sender.test>").startswith(b"250")
        assert self.command(b"RCPT TO:<bob@%s>" % DOMAIN.encode()).startswith(b"250")
        assert self.command(b"DATA").startswith(b"354")
        return b""
