# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The programs people use, against real servers: each fetches and sends a clean and an infected mail."""
import os
import re
import shutil
import smtplib
import tempfile

import mails
import netns
from dovecot import PASSWORD
from postfix import DOMAIN
from support import E2E, SENDER, XHEADER

CLEAN = mails.text(b"A clean mail.\r\n.with dots\r\n..\r\n", subject=b"clean one")
INFECTED = mails.INFECTED_KINDS["base64"].replace(b"Subject: hello", b"Subject: bad one")


def with_crlf(mail):
    return mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Fetch:
    """Each test fetches both mails with one program and returns them as that program stored them."""

    def setUp(self):
        self.lab.dovecot.fill("alice", CLEAN, INFECTED)
        directory = tempfile.TemporaryDirectory(dir=self.lab.directory)
        self.addCleanup(directory.cleanup)
        self.home = directory.name
        self.mark = self.gateway.mark()
        self.quarantined = self.gateway.quarantine()

    def write(self, name, content):
        path = os.path.join(self.home, name)
        with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(content)
        return path

    def run_client(self, *words, **options):
        done = self.client.run(*words, cwd=self.home, env=os.environ | {"HOME": self.home, "FETCHMAILHOME": self.home},
                               **options)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def stored(self, *folders):
        found = []
        for folder in folders:
            for name in sorted(os.listdir(os.path.join(self.home, folder))):
                with open(os.path.join(self.home, folder, name), "rb") as file:
                    found.append(file.read())
        return found

    def check(self, fetched, deleted=True):
        self.assertEqual(len(fetched), 2)
        clean, notification = sorted(map(with_crlf, fetched), key=lambda mail: b"clean one" not in mail)
        self.assertEqual(len(XHEADER.findall(clean)), 1)
        self.assertIn(CLEAN[CLEAN.index(b"From: "):CLEAN.index(b"\r\n\r\n")], clean)
        self.assertTrue(clean.rstrip(b"\r\n").endswith(CLEAN[CLEAN.index(b"\r\n\r\n"):].rstrip(b"\r\n")), clean)
        self.assert_notification(notification)
        kept = [path for path in self.gateway.quarantine() if path not in self.quarantined]
        self.assertEqual(len(kept), 1)
        self.assert_same(kept[0].read_bytes(), INFECTED, "quarantine")
        self.gateway.wait_log(rf"POP3 from {netns.CLIENT4}:\d+ to {netns.SERVER4}:110 from .*ann@sender.test.* "
                              rf"user: alice virus: .*Eicar.* file: .*{kept[0].name}", since=self.mark)
        if deleted:
            self.assertEqual(self.lab.dovecot.received("alice", 0), [])

    def test_fetchmail(self):
        mda = "/bin/sh -c 'cat > out/$$'"
        os.mkdir(os.path.join(self.home, "out"))
        rc = self.write("rc", f'poll {netns.SERVER4} protocol POP3 user "alice" password "{PASSWORD}" '
                              f'sslproto "" nokeep fetchall mda "{mda}"\n')
        code, said = self.run_client("fetchmail", "-f", rc, "--nodetach", "--nosyslog", "--invisible", "--pidfile",
                                     os.path.join(self.home, "pid"))
        self.assertEqual(code, 0, said)
        self.check(self.stored("out"))

    def test_getmail6(self):
        for name in ("", "/cur", "/new", "/tmp"):
            os.mkdir(os.path.join(self.home, "Maildir" + name))
        self.write("getmailrc", f"[retriever]\ntype = SimplePOP3Retriever\nserver = {netns.SERVER4}\n"
                                f"username = alice\npassword = {PASSWORD}\n"
                                f"[destination]\ntype = Maildir\npath = {self.home}/Maildir/\n"
                                "[options]\ndelete = true\ndelivered_to = false\nreceived = false\n")
        for path in (self.home, f"{self.home}/getmailrc", *(f"{self.home}/Maildir{name}" for name in
                                                            ("", "/cur", "/new", "/tmp"))):
            shutil.chown(path, "nobody")          # it refuses to deliver as root
        code, said = self.run_client("getmail", f"--getmaildir={self.home}", "--rcfile=getmailrc",
                                     user="nobody", group="nogroup", extra_groups=[])
        self.assertEqual(code, 0, said)
        self.check(self.stored("Maildir/new"))

    def test_mpop(self):
        for name in ("", "/cur", "/new", "/tmp"):
            os.mkdir(os.path.join(self.home, "Maildir" + name))
        rc = self.write("rc", f"account default\nhost {netns.SERVER4}\nuser alice\npassword {PASSWORD}\ntls off\n"
                              f"auth user\nkeep off\nreceived_header off\ndelivery maildir {self.home}/Maildir\n"
                              f"uidls_file {self.home}/uidls\n")
        code, said = self.run_client("mpop", "-C", rc)
        self.assertEqual(code, 0, said)
        self.check(self.stored("Maildir/new"))

    def test_curl(self):
        fetched = []
        for number in ("1", "2"):
            done = self.client.run("curl", "-sS", "--user", f"alice:{PASSWORD}", f"pop3://{netns.SERVER4}/{number}")
            self.assertEqual(done.returncode, 0, done.stderr)
            fetched.append(done.stdout)
        self.check(fetched, deleted=False)

    def test_poplib(self):
        connection = self.poplib("alice")
        self.assertEqual(connection.stat(), (2, len(CLEAN) + len(INFECTED)))
        fetched = []
        for number in (1, 2):
            fetched.append(b"\r\n".join(connection.retr(number)[1]) + b"\r\n")
            connection.dele(number)
        connection.quit()
        self.check(fetched)


class Send:
    """Each test sends both mails with one program; the server must have got the clean one only."""

    def setUp(self):
        self.lab.postfix
        self.lab.dovecot.empty("bob")
        self.lab.dovecot.folder("bob")
        directory = tempfile.TemporaryDirectory(dir=self.lab.directory)
        self.addCleanup(directory.cleanup)
        self.files = {}
        for name, mail in (("clean", CLEAN), ("infected", INFECTED)):
            self.files[name] = os.path.join(directory.name, name)
            with open(self.files[name], "wb") as file:
                file.write(mail)
        self.mark = self.gateway.mark()

    def check(self):
        (got,) = self.lab.dovecot.received("bob", 1)
        got = mails.without_trace(got)
        self.assertEqual(len(XHEADER.findall(got)), 1)
        self.assertIn(b"Subject: clean one", got)
        self.assertTrue(got.rstrip().endswith(CLEAN[CLEAN.index(b"\r\n\r\n"):].rstrip()), got)
        self.gateway.wait_log(rf"SMTP from {netns.CLIENT4}:\d+ to {netns.SERVER4}:25 from .* virus: .*Eicar",
                              since=self.mark)
        self.assertEqual(len(self.lab.dovecot.received("bob", 1)), 1)

    def test_swaks(self):
        for name, expected in (("infected", 26), ("clean", 0)):       # 26: refused after DATA
            done = self.client.run("swaks", "--server", netns.SERVER4, "--from", SENDER, "--to", f"bob@{DOMAIN}",
                                   "--helo", "client.test", "--data", f"@{self.files[name]}")
            self.assertEqual(done.returncode, expected, done.stdout)
            if expected:
                self.assertIn(b"554 ", done.stdout)
        self.check()

    def test_swaks_pipelining_with_auth(self):
        for name, expected in (("infected", 26), ("clean", 0)):
            done = self.client.run("swaks", "--server", netns.SERVER4, "--from", SENDER, "--to", f"bob@{DOMAIN}",
                                   "--helo", "client.test", "--pipeline", "--auth", "PLAIN", "--auth-user", "alice",
                                   "--auth-password", PASSWORD, "--data", f"@{self.files[name]}")
            self.assertEqual(done.returncode, expected, done.stdout)
            self.assertIn(b"PIPELINING", done.stdout)
        self.check()
        self.assertNotIn(PASSWORD, self.gateway.log())

    def test_msmtp(self):
        for name, expected in (("infected", False), ("clean", True)):
            with open(self.files[name], "rb") as mail:
                done = self.client.run("msmtp", f"--host={netns.SERVER4}", "--port=25", "--tls=off", "--auth=off",
                                       f"--from={SENDER}", "--domain=client.test", f"bob@{DOMAIN}", stdin=mail)
            self.assertEqual(done.returncode == 0, expected, done.stderr)
            if not expected:
                self.assertIn(b"554", done.stderr)
        self.check()

    def test_curl(self):
        for name, expected in (("infected", False), ("clean", True)):
            done = self.client.run("curl", "-sS", "--mail-from", SENDER, "--mail-rcpt", f"bob@{DOMAIN}",
                                   "--upload-file", self.files[name], f"smtp://{netns.SERVER4}/client.test")
            self.assertEqual(done.returncode == 0, expected, done.stderr)
        self.check()

    def test_smtplib(self):
        connection = self.smtplib()
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            connection.sendmail(SENDER, [f"bob@{DOMAIN}"], INFECTED)
        self.assertEqual(refused.exception.smtp_code, 554)
        self.assertEqual(re.sub(rb"^\d\.\d\.\d ", b"", refused.exception.smtp_error),
                         b"Virus detected! P3scan rejected message!")
        connection.sendmail(SENDER, [f"bob@{DOMAIN}"], CLEAN)
        connection.quit()
        self.check()


class Clamd:
    options = {}

    @classmethod
    def class_options(cls):
        return {"scannertype": "clamd", "scanner": f"{cls.lab.clamd.host}:{cls.lab.clamd.port}"}


class FetchEmbedded(Fetch, E2E):
    options = {}


class FetchClamd(Clamd, Fetch, E2E):
    pass


class SendEmbedded(Send, E2E):
    options = {}


class SendClamd(Clamd, Send, E2E):
    pass
