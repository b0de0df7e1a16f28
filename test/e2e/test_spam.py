# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Spam: the real spamd, spamc and rspamd, programs of our own, and what becomes of the mail."""
import email
import email.policy
import re

import mails
from fakes import unstuff
from spam import GTUBE, Rspamd, Spamd
from support import E2E, XHEADER

SPAM = mails.text(b"buy\r\n.\r\n" + GTUBE + b"\r\n", b"X-Spam-Flag: NO")
HAM = mails.text(b"Shall we meet at ten?\r\n.\r\nAnn\r\n", b"X-Spam-Status: No, forged")
FIELDS = re.compile(rb"^X-Spam[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.M)
_servers = {}


class Spam(E2E):
    def filter(self, kind, **options):
        """One of each kind for the whole run."""
        if kind not in _servers:
            _servers[kind] = kind(self.router, self.lab.directory / kind.__name__.lower(), **options)
        return _servers[kind]

    def fetch(self, options, served=(SPAM, HAM)):
        """What a client gets of these mails, without X-P3Scan fields, and the gateway."""
        gateway = self.start_gateway({"checkspam": None} | options)
        got = []
        with self.pop3_server(served):
            wire = self.pop3_login()
            for number in range(1, len(served) + 1):
                status, body = wire.multiline(b"RETR %d" % number)
                self.assertTrue(status.startswith(b"+OK"), status)
                got.append(XHEADER.sub(b"", unstuff(body)))
        gateway.close()
        return got, gateway

    def check_marked(self, got, mail, spam):
        """The mail as it was sent, but for the fields of spam filters."""
        self.assert_same(FIELDS.sub(b"", got), FIELDS.sub(b"", mail))
        parsed = email.message_from_bytes(got, policy=email.policy.default)
        self.assertEqual(parsed.get_all("X-Spam-Flag", []), ["YES"] if spam else [])
        status = parsed.get_all("X-Spam-Status")
        self.assertEqual(len(status), 1)
        self.assertTrue(status[0].startswith("Yes" if spam else "No"), status)
        self.assertNotIn(b"forged", got)

    def check_both(self, options):
        (spam, ham), gateway = self.fetch(options)
        self.check_marked(spam, SPAM, True)
        self.check_marked(ham, HAM, False)
        self.assertEqual(gateway.lines("was not checked"), [])
        self.assertEqual(len(gateway.lines("is spam for")), 1)
        self.assertEqual(gateway.left_over(), [])

    def test_spamd(self):
        spamd = self.filter(Spamd)
        for server in (f"127.0.0.1:{spamd.port}", spamd.socket, f"127.0.0.1:9, {spamd.socket}"):
            with self.subTest(server):
                self.check_both({"spamtype": "spamd", "spamserver": server})
        self.assertIn("for alice:", spamd.log())

    def test_spamc(self):
        """Spam comes back wrapped in a report, as Debian's spamd is configured."""
        spamd = self.filter(Spamd)
        self.check_both({"spamcheck": f"/usr/bin/spamc -U {spamd.socket} -u dspamuser"})

    def test_rspamd(self):
        rspamd = self.filter(Rspamd)
        for server in (f"127.0.0.1:{rspamd.port}", rspamd.socket):
            with self.subTest(server):
                self.check_both({"spamtype": "rspamd", "spamserver": server})

    def test_subject(self):
        spamd = self.filter(Spamd)
        (spam, ham), _ = self.fetch({"spamtype": "spamd", "spamserver": spamd.socket, "spamsubject": "[ SPAM ]"})
        self.assertEqual(re.findall(rb"^Subject: (.*)\r$", spam, re.M), [b"[ SPAM ] hello"])
        self.assertEqual(re.findall(rb"^Subject: (.*)\r$", ham, re.M), [b"hello"])

    def test_delete(self):
        rspamd = self.filter(Rspamd)
        (spam, ham), gateway = self.fetch({"spamtype": "rspamd", "spamserver": rspamd.socket, "spamdelete": None})
        self.assertNotIn(b"GTUBE", spam)
        parsed = email.message_from_bytes(spam, policy=email.policy.default)
        self.assertEqual(parsed.defects, [])
        self.assertEqual(parsed["Subject"], "[Spam] removed from your mail")
        self.assertIn("ann@sender.test", parsed.get_content())
        self.check_marked(ham, HAM, False)
        self.assertEqual(gateway.quarantine(), [])

    def test_sent(self):
        spamd = self.filter(Spamd)
        server = {"checkspam": None, "spamtype": "spamd", "spamserver": spamd.socket, "xheader": "no"}
        for options, reply, count in (({}, b"250", 2), ({"spamreject": None}, b"554", 1)):
            with self.subTest(options):
                gateway = self.start_gateway(server | options)
                with self.smtp_sink() as sink:
                    wire = self.smtp_hello()
                    self.assertTrue(self.submit(wire, SPAM).startswith(reply))
                    self.assertTrue(self.submit(wire, HAM).startswith(b"250"))
                    self.assertEqual(sink.mails[-1], HAM)
                    self.assertEqual(len(sink.mails), count)
                gateway.close()

    def test_no_server(self):
        """A mail that nobody could check passes as it was; the log says so."""
        for kind in ("spamd", "rspamd"):
            with self.subTest(kind):
                (spam, ham), gateway = self.fetch({"spamtype": kind, "spamserver": "127.0.0.1:9", "spamdelete": None})
                self.assert_same(spam, SPAM)
                self.assert_same(ham, HAM)
                self.assertEqual(len(gateway.lines(f"was not checked for spam by {kind}: 127.0.0.1:9: ")), 2)

    def script(self, text):
        path = self.lab.directory / f"filter-{self.id().rsplit('.', 1)[1]}"
        path.write_text("#!/bin/sh\n" + text + "\n")
        path.chmod(0o755)
        return path

    def test_command(self):
        program = self.script('echo "X-Spam-Flag: YES"; echo "X-Args: $*"; cat; echo "a word" >&2')
        (spam, ham), gateway = self.fetch({"spamcheck": f"{program} --user dspamuser", "ispspam": "forged"})
        self.assertIn(b"\r\nX-Args: --user alice\r\n", spam)
        self.assertIn(b"\r\nX-Spam-Flag: YES\r\n", spam)
        self.assert_same(ham, HAM, "spared by ispspam")
        self.assertEqual(len(gateway.lines("is spam for command .*a word")), 1)

    def test_command_that_fails(self):
        for text in ("exit 0", "cat; exit 1", "echo nonsense", "cat; echo more", "sed s/buy/sell/", "sleep 100"):
            with self.subTest(text):
                (spam,), gateway = self.fetch({"spamcheck": self.script(text), "filtertimeout": 1}, [SPAM])
                self.assert_same(spam, SPAM)
                self.assertEqual(len(gateway.lines("was not checked for spam by command")), 1)

    def test_no_pipe(self):
        program = self.script('echo "X-Spam-Flag: YES"; cat "$2"')
        (spam,), gateway = self.fetch({"spamcheck": f"{program} -f", "nospampipe": None}, [SPAM])
        self.assertIn(b"\r\nX-Spam-Flag: YES\r\n", spam)
        self.assertEqual(gateway.left_over(), [])

    def test_infected_is_not_checked(self):
        mark = self.lab.directory / "spam-filter-ran"
        program = self.script(f"touch {mark}; cat")
        (got,), _ = self.fetch({"spamcheck": program}, [mails.INFECTED])
        self.assert_notification(got)
        self.assertFalse(mark.exists())
