# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Mails on which stores and clients could differ about what is in them: chosen ones, and random ones from a seed."""
import base64
import random

HEAD = b"From: Ann <ann@sender.test>\nTo: Bob <bob@example.test>\nSubject: hello\nDate: Tue, 1 Sep 2026 10:00:00 +0200\n"
MIME = b"MIME-Version: 1.0\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGr\xc3\xbc\xc3\x9fe\n"
HTML = b"Content-Type: text/html\n\n<p>x</p>\n"


def multi(*parts, boundary=b"b", kind=b"mixed", head=HEAD + MIME, preamble=b"", epilogue=b"", last=True):
    out = head + b"Content-Type: multipart/" + kind + b"; boundary=\"" + boundary + b"\"\n\n" + preamble
    for part in parts:
        out += b"--" + boundary + b"\n" + part + b"\n"
    return out + (b"--" + boundary + b"--\n" if last else b"") + epilogue


def nested(depth):
    part = TEXT
    for n in range(depth):
        part = multi(part, boundary=b"n%d" % n, head=b"")
    return HEAD + MIME + part


FIELDS = [
    b"To: group: a@b.test, C D <c@d.test>;, e@f.test", b"To: undisclosed-recipients:;", b"To: empty: ;",
    b"To: \"Quoted, Name\" <q@x.test>", b"To: \"a \\\"b\\\" c\" <q@x.test>", b"To: =?utf-8?Q?K=C3=B6ln?= <k@x.test>",
    "To: Köln <k@x.test>".encode(), b"To: <only@angles.test>", b"To: plain@x.test (a comment)", b"To: (c1) a@b (c2)",
    b"To: a@b, , c@d", b"To: a@b c@d", b"To: nobody", b"To: <>", b"To: x <>", b"To: <@r1,@r2:a@b>", b"To: <@r:a@b> x",
    b"To: a@[1.2.3.4]", b"To: a . b @ c . d", b"To: \"local part\"@x.test", b"To: broken <a@b", b"To: a@b>", b"To: @b",
    b"To: ,", b"To:", b"To: ", b"To: a@", b"To: a b c <d@e>, f g", b"To: a.b.c. <x@y>", b"To: x y: z@w",
    b"To: a,\n b,\n\tc@d", b"To: \"unfinished", b"To: (unfinished", b"To: a@b;c@d", b"To: a@b\nTo: c@d",
    b"Cc: \"\" <e@f>", b"Bcc: hidden@x.test", b"Sender: s@x.test", b"Reply-To: r@x.test", b"Reply-To: ", b"Sender: <>",
    b"Subject: one\n two\n\tthree", b"Subject:   spaces   inside  ", b"Subject:", b"Subject: \"quoted\" \\ back",
    "Subject: Grüße".encode(), b"Subject: =?utf-8?B?w5xiZXI=?=", b"Subject: tab\there", b"Subject: a\nSubject: b",
    b"Message-ID: <1@x.test>", b"Message-ID:\n <folded@x.test>", b"In-Reply-To: <a@b>\n <c@d>", b"In-Reply-To: \"q\"",
    "Message-ID: <ü@x>".encode(), b"Message-Id : <blank@x>", b"no colon here", b"X-Long: " + b"v" * 9000, b"X: a\n b",
    b"Date: \"\\\"\\\"\\\"\\\"\\\"", b"Date:", b"From: a@b, c@d", b"From:", b"FROM: UPPER@X", b": no name", b"X:",
    b"Content-ID: <id@x>", b"Content-Description: some\n words", "Content-Description: Größe".encode(),
    b"Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==", b"Content-Language: de, en-GB", b"Content-Language: ", b"Content-Language: (c) fr",
    b"Content-Language: de en", b"Content-Location: http://x.test/a\n b", b"Content-Disposition: inline",
    b"Content-Disposition: attachment; filename=\"a b.txt\"", b"Content-Disposition: attachment; filename=a b.txt; size=5",
    b"Content-Disposition: attachment; filename*0=a; filename*1=b.txt",
    b"Content-Disposition: attachment; filename*0*=utf-8''%C3%BC; filename*1=\"%20b\"; filename*2*=%41",
    b"Content-Disposition: attachment; filename*=utf-8''%e4; filename=x",
    b"Content-Disposition: attachment; filename*1=b; filename*3=d", b"Content-Disposition: \"quoted\"",
    b"Content-Disposition: ; filename=x", b"Content-Disposition:", b"Content-Disposition: inline\nContent-Disposition: attachment; a=b",
    b"Content-Transfer-Encoding: BASE64", b"Content-Transfer-Encoding: 7bit (c)", b"Content-Transfer-Encoding: x y",
    b"Content-Transfer-Encoding: \"8bit\"", b"Content-Transfer-Encoding:", b"Content-Transfer-Encoding: quoted-printable;",
]

TYPES = [
    b"text/plain", b"TEXT/Plain; Charset=UTF-8", b"text", b"text/", b"text/plain; format=flowed; delsp=yes", b"text/html",
    b"text/plain; charset=\"iso-8859-1\"; name=\"a\\\"b.txt\"", b"text/plain;charset=x;;name=y", b"text/plain; name", b"text ; x=y",
    b"text/plain; name==?utf-8?b?w7w=?=; a=b", b"text/plain; name=\"unfinished", b"text/plain (comment); a=b (c); d=e",
    b"image/png; name*0=\"a\"; name*1*=%20b", b"image/png; name*=utf-8'en'%C3%BC.png", b"image", b"image/x y", b"", b"/",
    b"application/octet-stream; name=\"folded\n name.bin\"", b"text/plain;\n charset=utf-8;\n\tname=x", b"a/b/c", b"text/plain x",
    b"message/rfc822", b"message/partial; id=x; number=1; total=2", b"message/external-body; access-type=x", b"message/delivery-status",
    b"multipart/mixed", b"multipart/mixed; boundary", b"multipart/mixed; boundary=\"\"", b"multipart/", b"multipart/x; boundary=zz",
    b"multipart/digest; boundary=zz", b"multipart", "text/plain; name=\"Grüße\"".encode(), b"text/plain; a*=x; b*2=y; c*x=z",
    b"application/pdf; name=\"a\\\\\\\\\\\\\\\\\\\\b\"", b"text/plain; a=1; a=2", b"text/plain; charset=", b"\"text/plain\"", b"text/plain\n",
]


def chosen():
    mails = [
        b"", b"\n", b"\n\n", b"x", b"hello\n", HEAD, HEAD + b"\n", HEAD + b"\nbody", HEAD + b"\nbody\n", b"\nbody only\n",
        HEAD[:-1], HEAD.replace(b"\n", b"\r\n") + b"\r\nbody\r\n", HEAD + b"\r\nmixed\nends\r\n", HEAD + b"\na\rb\r\r\n",
        HEAD + TEXT, HEAD + MIME + TEXT, HEAD + MIME + b"\nno type\n", HEAD + MIME + HTML, HEAD + MIME,
        HEAD + b"Content-Disposition: attachment; filename=x\n\nno MIME-Version\n", b"\xff\xfe: x\n\n\xe4\n",
        multi(TEXT, HTML), multi(TEXT, HTML, kind=b"alternative", preamble=b"preamble\n", epilogue=b"epilogue\n"),
        multi(TEXT, HTML, last=False), multi(), multi(last=False), multi(last=False, preamble=b"only a preamble\n"),
        multi(TEXT)[:-1], multi(TEXT)[:-4], multi(b"\nno header\n"), multi(b""), multi(b"\n"), multi(b"Content-Type: text/html\n"),
        multi(b"Content-Type: text/html"), multi(TEXT, b"", TEXT), multi(TEXT, boundary=b"a b c"), multi(TEXT, boundary=b"x" * 100),
        multi(TEXT, boundary=b"b--"), multi(multi(TEXT, HTML, boundary=b"inner", head=b""), TEXT),
        multi(multi(TEXT, HTML, boundary=b"inner", head=b"", last=False), TEXT), multi(multi(TEXT, boundary=b"b2", head=b""), TEXT),
        multi(multi(TEXT, boundary=b"b", head=b""), TEXT), multi(multi(TEXT, boundary=b"bb", head=b"", last=False), TEXT, boundary=b"b"),
        multi(b"Content-Type: message/rfc822\n\n" + HEAD + MIME + TEXT), HEAD + b"Content-Type: message/rfc822\n\n" + HEAD + b"\nx\n",
        multi(b"Content-Type: message/rfc822\n\n" + multi(TEXT, HTML, boundary=b"in")),
        multi(b"Content-Type: message/rfc822\n\n" + multi(TEXT, HTML, boundary=b"in", last=False), TEXT),
        multi(b"Content-Type: message/rfc822\n\n", TEXT), multi(b"Content-Type: message/rfc822\n", TEXT), multi(b"Content-Type: message/rfc822", TEXT),
        multi(b"Content-Type: message/rfc822\n\n" + HEAD, TEXT), multi(b"Content-Type: message/rfc822\n\n" + HEAD[:-1], TEXT),
        multi(b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(HEAD + b"\nx\n"), TEXT),
        multi(b"\n" + HEAD + b"\nfirst\n", b"\n" + HEAD + b"\nsecond\n", b"Content-Type: text/plain\n\nthird\n", kind=b"digest"),
        multi(b"Subject: x\n\n" + HEAD + b"\nfirst\n", b"", kind=b"digest"),
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n--b--\n", HEAD + b"Content-Type: multipart/mixed; boundary=b\n--b\n\nx\n",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b--\n", HEAD + b"Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n",
        multi(TEXT).replace(b"--b\n", b"--b  \n"), multi(TEXT).replace(b"--b\n", b"--bxyz\n"), multi(TEXT, HTML).replace(b"--b--", b"--b--x"),
        multi(TEXT, epilogue=b"--b\n\nafter the end\n"), multi(TEXT) + b"--b--\n", multi(b"\n--c\nx\n"), nested(5), nested(20), nested(99), nested(120),
        multi(*[TEXT] * 60), multi(b"Content-Type: text/plain\n\n" + b"a\n" * 3000), multi(b"Content-Type: text/plain\n\n" + b"y" * 20000),
        multi(b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"octets\0" * 30)),
        multi(b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\na=3Db=\nc \n=e4=20\n"),
        multi(b"Content-Transfer-Encoding: x-uuencode\n\nx\n"), multi(b"Content-Transfer-Encoding: base64\n\n!!\n"),
        HEAD + MIME + b"Content-Transfer-Encoding: base64\n\naGVsbG8=\n", HEAD + b"Content-Transfer-Encoding: base64\n\naGVsbG8=\n",
        HEAD + MIME + b"Content-Transfer-Encoding: quoted-printable\n\nhello=\n world=21\n",
        HEAD.replace(b"To:", b"To: " + b", ".join(b"a%d@b.test" % n for n in range(1200)) + b"\nX-To:") + b"\nmany\n",
    ]
    for field in FIELDS:
        mails.append(b"Subject: base\nFrom: a@b\n" + field + b"\n\nbody\n")
        mails.append(b"From: a@b\n" + MIME + field + b"\n\nbody\n")
        mails.append(multi(field + b"\n\nbody\n", b"Content-Type: message/rfc822\n\n" + field + b"\n\nbody\n"))
    for kind in TYPES:
        mails.append(b"From: a@b\nContent-Type: " + kind + b"\n\nbody\n--zz\n\nx\n--zz--\n")
        mails.append(multi(b"Content-Type: " + kind + b"\n\nbody\n--zz\nSubject: x\n\nx\n--zz--\n", HTML))
    return mails


def _header(rng, kind):
    fields = rng.sample(FIELDS, rng.randrange(0, 5))
    if kind is not None:
        fields.insert(rng.randrange(len(fields) + 1), b"Content-Type: " + kind)
    if rng.random() < 0.5:
        fields.append(MIME[:-1])
    return b"".join(field + b"\n" for field in fields)


def _part(rng, depth):
    choice = rng.random()
    if depth > 0 and choice < 0.3:
        boundary = rng.choice([b"b", b"bb", b"b-", b"b--", b"inner", b"b b", b"-", b"zz"])
        kind = b"multipart/" + rng.choice([b"mixed", b"digest", b"x"]) + b"; boundary=\"" + boundary + b"\""
        out = _header(rng, kind) + b"\n" + rng.choice([b"", b"\n", b"pre\n", b"pre\n\n"])
        for _ in range(rng.randrange(4)):
            out += b"--" + boundary + rng.choice([b"", b"", b" ", b"x"]) + b"\n" + _part(rng, depth - 1) + rng.choice([b"", b"\n", b"\n", b"\n\n"])
        return out + rng.choice([b"", b"--" + boundary + b"--\n", b"--" + boundary + b"--", b"--" + boundary + b"--\nend\n"])
    if depth > 0 and choice < 0.45:
        return _header(rng, b"message/rfc822") + rng.choice([b"\n", b"\n", b""]) + _part(rng, depth - 1)
    kind = rng.choice([None, rng.choice(TYPES)])
    return _header(rng, kind) + rng.choice([b"\n", b"\n", b"\n", b""]) + rng.choice([b"", b"x", b"text\n", b"a\n\nb\n", b"--b\n", b"--", b"--inner\nx\n"])


def rand(count, seed=1):
    rng = random.Random(seed)
    return [_part(rng, 4) for _ in range(count)]
