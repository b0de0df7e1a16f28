# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Mails to try: odd ones that must pass octet for octet, and infected ones that must not pass."""
import base64
import binascii
import io
import os
import random
import subprocess
import tempfile
import zipfile

from clamd import EICAR  # noqa: F401

CRLF = b"\r\n"


def head(*lines, sender=b"Ann <ann@sender.test>", to=b"Bob <bob@example.test>", subject=b"hello"):
    return CRLF.join((b"From: " + sender, b"To: " + to, b"Subject: " + subject,
                      b"Date: Tue, 1 Sep 2026 10:00:00 +0200", b"Message-ID: <1@sender.test>") + lines) + CRLF


def text(body, *lines, **fields):
    return head(*lines, **fields) + CRLF + body


def lined(data, width=76):
    return b"".join(data[i:i + width] + CRLF for i in range(0, len(data), width))


def multipart(*parts, boundary=b"=_b0", kind=b"mixed", preamble=b"", **fields):
    body = preamble + b"".join(b"--" + boundary + CRLF + part + CRLF for part in parts) + b"--" + boundary + b"--\r\n"
    return text(body, b"MIME-Version: 1.0", b'Content-Type: multipart/%s; boundary="%s"' % (kind, boundary), **fields)


def attachment(data, name=b"file.bin"):
    return (b"Content-Type: application/octet-stream; name=%s\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: attachment; filename=%s\r\n\r\n" % (name, name) + lined(base64.b64encode(data)))


def zipped(data, name="inner.com"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 9, 1, 10, 0, 0)), data)
    return buffer.getvalue()


def encrypted_zip(data, name="secret.txt"):
    """Python can't write these; Info-ZIP can."""
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, name), "wb") as file:
            file.write(data)
        subprocess.run(("zip", "-q", "-P", "sesame", "out.zip", name), cwd=directory, check=True)
        with open(os.path.join(directory, "out.zip"), "rb") as file:
            return file.read()


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


def large(size, seed=7):
    """About `size` octets: one attachment of noise. Noise, because an engine looks longer at text."""
    block = lined(base64.b64encode(noise(57 * 1000, seed)))
    body = (block * (size // len(block) + 1))[:size - size % 78]
    return multipart(b"Content-Type: text/plain\r\n\r\nsee attachment\r\n",
                     b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body)


PLAIN = text(b"Hello Bob,\r\n\r\nthis is a clean mail.\r\n\r\nAnn\r\n")
INFECTED = text(EICAR + CRLF)

INFECTED_KINDS = {
    "plain": INFECTED,
    "base64": multipart(b"Content-Type: text/plain\r\n\r\nsee attachment\r\n", attachment(EICAR, b"eicar.com")),
    "zip": multipart(attachment(zipped(EICAR, "eicar.com"), b"eicar.zip")),
    "nested": multipart(b"Content-Type: message/rfc822\r\n\r\n" +
                        multipart(attachment(zipped(EICAR)), boundary=b"=_in")),
    "dots": text(b".\r\n..\r\n" + EICAR + b"\r\n.\r\n"),
}

ENCRYPTED = multipart(attachment(encrypted_zip(b"nobody can look at this"), b"secret.zip"))


def odd():
    """name -> mail. All end in CRLF (or are empty), so that every way of transport can carry them."""
    mails = {
        "plain": PLAIN,
        "empty body": head() + CRLF,
        "header only, no blank line": head(),
        "no header, body only": CRLF + b"just a body\r\n",
        "one blank line": CRLF,
        "two blank lines": CRLF + CRLF,
        "one word": b"hello\r\n",
        "lone dots": text(b".\r\n..\r\n...\r\n.\r\n"),
        "dot lines": text(b".a\r\n..b\r\n...c\r\na.\r\n.\r\n.end\r\n"),
        "begins with dot": b".first\r\nSubject: x\r\n\r\nbody\r\n",
        "blank lines": text(CRLF * 40 + b"end" + CRLF * 3),
        "trailing space": text(b"a \r\n\t\r\n b\t\r\n"),
        "998 octets": text(b"x" * 998 + CRLF),
        "1000 octets": text(b"y" * 1000 + CRLF),
        "4095 to 4097": text(b"".join(b"z" * n + CRLF for n in (4094, 4095, 4096, 4097))),
        "65535 to 65537": text(b"".join(b"l" * n + CRLF for n in (65534, 65535, 65536, 65537))),
        "1 MiB line": text(b"m" * (1 << 20) + CRLF),
        "long line of dots": text(b"." * 70000 + CRLF),
        "NUL": text(b"a\0b\r\n\0\r\n.\0\r\n" + b"\0" * 300 + CRLF),
        "8-bit": text(bytes(range(128, 256)) + CRLF + "Grüße aus Köln\r\n".encode("latin-1")),
        "all octets": text(bytes(b for b in range(256) if b not in b"\r\n") + CRLF),
        "control characters": text(b"\x01\x02\x07\x08\x0b\x0c\x1a\x1b[31m\x7f\r\n"),
        "UTF-8 header": text("Grüße\r\n".encode(), "X-Ort: Köln".encode(), subject="Überraschung ✓".encode()),
        "RFC 2047": text(b"x\r\n", subject=b"=?utf-8?B?w5xiZXJyYXNjaHVuZw==?= =?iso-8859-1?Q?K=F6ln?="),
        "broken RFC 2047": text(b"x\r\n", subject=b"=?utf-8?B?w5x=?= =?nonsense?Q?=ZZ?= =?utf-8?Q?"),
        "folded": text(b"x\r\n", b"X-Long: a\r\n\tb\r\n c", subject=b"one\r\n two\r\n\tthree"),
        "no colon in header": head() + b"this is no field\r\nX-After: yes\r\n\r\nbody\r\n",
        "spaces before colon": head(b"X-A : b", b"X-B\t: c") + b"\r\nbody\r\n",
        "duplicate fields": text(b"x\r\n", b"Subject: again", b"From: other@sender.test", b"To: third@example.test"),
        "mbox From": b"From ann@sender.test Tue Sep  1 10:00:00 2026\r\n" + PLAIN,
        "escaped From": text(b"From here on\r\n>From there\r\n"),
        "huge header": text(b"x\r\n", *(b"X-Field-%d: %s" % (n, b"v" * 900) for n in range(300))),
        "header line of 64 KiB": text(b"x\r\n", b"X-Long: " + b"w" * 65600),
        "thousand fields": text(b"x\r\n", *(b"Received: from a by b id %d" % n for n in range(1000))),
        "X-P3Scan there already": text(b"x\r\n", b"X-P3Scan: forged", b"X-P3Scan: twice"),
        "base64": multipart(b"Content-Type: text/plain\r\n\r\nhi\r\n", attachment(noise(50000), b"noise.bin")),
        "quoted-printable": text(b"a=3Db=\r\nc=0D=0A.=\r\n.=20\r\n", b"MIME-Version: 1.0",
                                 b"Content-Transfer-Encoding: quoted-printable"),
        "uuencode": text(b"begin 644 x\r\n" + b"".join(binascii.b2a_uu(noise(45, n)).rstrip(b"\n") + CRLF
                                                       for n in range(20)) + b"`\r\nend\r\n"),
        "zip": multipart(attachment(zipped(b"harmless " * 4000, "a.txt"), b"a.zip")),
        "nested 10": _nested(10),
        "message/rfc822": multipart(b"Content-Type: message/rfc822\r\n\r\n" + PLAIN),
        "alternative": multipart(b"Content-Type: text/plain\r\n\r\na\r\n",
                                 b"Content-Type: text/html\r\n\r\n<b>a</b>\r\n",
                                 kind=b"alternative", preamble=b"preamble\r\n"),
        "missing end boundary": multipart(b"\r\na\r\n").replace(b"--=_b0--\r\n", b""),
        "boundary without parts": text(b"nothing\r\n", b"MIME-Version: 1.0",
                                       b"Content-Type: multipart/mixed; boundary=q"),
        "empty boundary": text(b"--\r\n\r\n----\r\n", b'Content-Type: multipart/mixed; boundary=""'),
        "signed": multipart(b"Content-Type: text/plain; charset=us-ascii\r\n\r\nsigned text  \r\n",
                            b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n"
                            b"iQEz=\r\n-----END PGP SIGNATURE-----\r\n", kind=b"signed"),
        "DKIM": text(b"x\r\n", b"DKIM-Signature: v=1; a=rsa-sha256; d=sender.test; s=k;\r\n\tb=abc/def+;\r\n\tbh=xyz="),
        "apostrophes": text(b"Subject: it's not one\r\n", subject=b"it's Ann's mail"),
        "SMTP words": text(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nRSET\r\nQUIT\r\n"),
        "POP3 words": text(b"+OK\r\n-ERR\r\nRETR 1\r\nNOOP\r\nTOP 1 0\r\n"),
        "HTML": text(b"<html><body><img src=x onerror=y><!-- -->\r\n" + b"<div>" * 3000 + CRLF,
                     b"MIME-Version: 1.0", b"Content-Type: text/html; charset=utf-8"),
        "no To": b"From: a@sender.test\r\nSubject: no recipient\r\n\r\nx\r\n",
        "250 KiB": large(250 << 10),
        "5 MB": large(5 << 20),
    }
    assert len(mails) >= 50 and all(mail.endswith(CRLF) for mail in mails.values())
    return mails


# Carried exactly by POP3 only from a server that does not tidy up, and never by SMTP, which forbids them.
def bare():
    return {
        "bare LF": text(b"a\nb\n\nc\r\n"),
        "bare CR": text(b"a\rb\r\rc\r\n"),
        "LF dot LF": text(b"a\n.\nb\r\n"),
        "LF dot CRLF": text(b"a\n.\r\nb\r\n"),
        "CR dot CR": text(b"a\r.\rb\r\n"),
        "CRLF dot CR": text(b"a\r\n.\rb\r\n"),
        "CRLF dot LF": text(b"a\r\n.\nb\r\n"),
        "NUL dot": text(b"a\r\n\0.\r\nb\r\n"),
        "CR CR LF": text(b"a\r\r\n.\r\r\nb\r\n"),
        "bare LF in the header": b"From: a@sender.test\nTo: b@example.test\nSubject: unix\n\nbody\r\n",
        "mixed header ends": b"From: a@sender.test\nTo: b@example.test\r\nSubject: mixed\n\r\nbody\r\n",
    }


def _nested(depth):
    part = b"Content-Type: text/plain\r\n\r\ninnermost\r\n"
    for n in range(depth):
        boundary = b"=_n%d" % n
        part = (b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n' % (boundary, boundary) + part +
                b"\r\n--%s--\r\n" % boundary)
    return head(b"MIME-Version: 1.0") + part


def without_trace(mail):
    """A delivered mail without what Postfix puts in front (Return-Path ... Received) and with CRLF."""
    lines = mail.split(b"\n")
    index = 0
    names = (b"Return-Path:", b"X-Original-To:", b"Delivered-To:", b"Received:")
    while index < len(lines) and lines[index].startswith(names):
        index += 1
        while index < len(lines) and lines[index].startswith((b" ", b"\t")):
            index += 1
    return b"\n".join(lines[index:]).replace(b"\r\n", b"\n").replace(b"\n", CRLF)
