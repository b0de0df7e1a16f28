# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The programs people read mail with, over IMAP: what each stores is what it stores without the gateway, but for the
infected mail."""
import imaplib
import os
import pty
import re
import shutil
import subprocess
import tempfile

import mails
import netns
from dovecot import PASSWORD
from imap_case import ImapCase

INFECTED = mails.INFECTED_KINDS["base64"].replace(b"Subject: hello", b"Subject: bad one")
# Of these some program makes something new each time, or nothing.
STRANGE = ("NUL", "one word", "one blank line", "boundary without parts", "empty boundary")
MAILBOX = [mail for name, mail in mails.odd().items() if name not in STRANGE] + [INFECTED]


def with_crlf(mail):
    return mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Programs(ImapCase):
    """Each test lets a program fetch the mailbox twice: a user's through the gateway, and his twin's directly."""
    options = {}

    def setUp(self):
        self.users = self.twins(*MAILBOX)
        directory = tempfile.TemporaryDirectory(dir=self.lab.directory)
        self.addCleanup(directory.cleanup)
        self.top = directory.name
        os.chmod(self.top, 0o755)
        self.quarantined = self.gateway.quarantine()

    def home(self, user):
        path = os.path.join(self.top, user)
        os.makedirs(path, exist_ok=True)
        return path

    def write(self, user, name, content):
        path = os.path.join(self.home(user), name)
        with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(content)
        return path

    def run_client(self, whose, *words, **options):
        namespace = self.client if whose == self.users[0] else self.server
        home = self.home(whose)
        done = namespace.run(*words, cwd=home, timeout=120,
                             env=os.environ | {"HOME": home, "FETCHMAILHOME": home, "TERM": "xterm"}, **options)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-2000:])
        return done.stdout

    def maildir(self, user, name="Maildir"):
        top = os.path.join(self.home(user), name)
        for folder in ("", "/cur", "/new", "/tmp"):
            os.makedirs(top + folder, exist_ok=True)
        return top

    def stored(self, user, *folders):
        found = []
        for folder in folders:
            for name in os.listdir(os.path.join(self.home(user), folder)):
                with open(os.path.join(self.home(user), folder, name), "rb") as file:
                    mail = with_crlf(file.read()).replace(user.encode(), b"USER")
                    found.append(re.sub(rb"X-TUID: [^\r]*\r\n", b"", mail))          # of mbsync
        return found

    def check(self, got, direct):
        self.assertEqual(len(got), len(direct))
        self.assertGreater(len(direct), len(MAILBOX) * 0.9)          # some programs leave out what they don't like
        notifications = [mail for mail in got if mail not in direct]
        missing = [mail for mail in direct if mail not in got]
        self.assertEqual(len(notifications), 1, [mail[:300] for mail in notifications])
        self.assertEqual(len(missing), 1)
        self.assertIn(b"Subject: bad one", missing[0])
        self.assertIn(b"[Virus] found in a mail to you:", notifications[0])
        self.assertNotIn(b"see attachment", notifications[0])
        kept = [path for path in self.gateway.quarantine() if path not in self.quarantined]
        self.assertEqual(len(kept), 1)
        self.assert_same(kept[0].read_bytes(), INFECTED, "quarantine")

    def test_fetchmail(self):
        for user in self.users:
            os.mkdir(os.path.join(self.home(user), "out"))
            rc = self.write(user, "rc", f'poll {netns.SERVER4} protocol IMAP user "{user}" password "{PASSWORD}" sslproto "" '
                                        f'keep fetchall no rewrite mda "/bin/sh -c \'cat > out/$$\'"\n')
            self.run_client(user, "fetchmail", "-f", rc, "--nodetach", "--nosyslog", "--invisible", "--pidfile",
                            os.path.join(self.home(user), "pid"))
        self.check(*(self.stored(user, "out") for user in self.users))

    def test_getmail6(self):
        for user in self.users:
            maildir = self.maildir(user)
            self.write(user, "getmailrc", f"[retriever]\ntype = SimpleIMAPRetriever\nserver = {netns.SERVER4}\n"
                                          f"username = {user}\npassword = {PASSWORD}\nmailboxes = (\"INBOX\",)\n"
                                          f"[destination]\ntype = Maildir\npath = {maildir}/\n"
                                          "[options]\ndelivered_to = false\nreceived = false\n")
            for path, folders, files in os.walk(self.home(user)):
                for name in ["", *folders, *files]:
                    shutil.chown(os.path.join(path, name), "nobody")          # it refuses to deliver as root
            self.run_client(user, "getmail", f"--getmaildir={self.home(user)}", "--rcfile=getmailrc",
                            user="nobody", group="nogroup", extra_groups=[])
        self.check(*(self.stored(user, "Maildir/new") for user in self.users))

    def test_curl(self):
        stored = []
        for user in self.users:
            url = f"imap://{netns.SERVER4}/INBOX"
            login = ("--user", f"{user}:{PASSWORD}", "-sS")
            stored.append([self.run_client(user, "curl", *login, f"{url};UID={number}")
                           for number in range(1, len(MAILBOX) + 1)])
        self.check(*stored)

    def test_curl_sections_and_upload(self):
        user = self.users[0]
        login = ("--user", f"{user}:{PASSWORD}", "-sS")
        text = self.run_client(user, "curl", *login, f"imap://{netns.SERVER4}/INBOX;UID=1;SECTION=TEXT")
        self.assert_same(text, MAILBOX[0].partition(b"\r\n\r\n")[2])
        for mail, code in ((mails.PLAIN, 0), (mails.INFECTED, None)):
            path = os.path.join(self.home(user), "mail")
            with open(path, "wb") as file:
                file.write(mail)
            done = self.client.run("curl", *login, "-T", path, f"imap://{netns.SERVER4}/INBOX")
            if code is None:
                self.assertNotEqual(done.returncode, 0)
            else:
                self.assertEqual(done.returncode, code, done.stderr)

    def test_mbsync(self):
        for user in self.users:
            maildir = self.maildir(user)
            rc = self.write(user, "rc", f"IMAPAccount a\nHost {netns.SERVER4}\nUser {user}\nPass {PASSWORD}\nSSLType None\n"
                                        "AuthMechs LOGIN\nTimeout 60\n\n"
                                        "IMAPStore far\nAccount a\n\n"
                                        f"MaildirStore near\nInbox {maildir}\n\n"
                                        "Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync All\n"
                                        "SyncState *\n")
            self.run_client(user, "mbsync", "-c", rc, "-a")
        self.check(*(self.stored(user, "Maildir/new", "Maildir/cur") for user in self.users))
        self.run_client(self.users[0], "mbsync", "-c", os.path.join(self.home(self.users[0]), "rc"), "-a")

    def test_offlineimap(self):
        for user in self.users:
            rc = self.write(user, "rc", "[general]\naccounts = a\nui = basic\nfsync = false\n"
                                        f"metadata = {self.home(user)}/meta\nsocktimeout = 60\n"
                                        "[Account a]\nlocalrepository = near\nremoterepository = far\n"
                                        f"[Repository near]\ntype = Maildir\nlocalfolders = {self.home(user)}/mail\n"
                                        f"[Repository far]\ntype = IMAP\nremotehost = {netns.SERVER4}\nssl = no\n"
                                        "starttls = no\nremoteport = 143\nauth_mechanisms = LOGIN\n"
                                        f"remoteuser = {user}\nremotepass = {PASSWORD}\n"
                                        "folderfilter = lambda name: name == 'INBOX'\n")
            self.run_client(user, "offlineimap", "-o", "-c", rc)
        self.check(*(self.stored(user, "mail/INBOX/new", "mail/INBOX/cur") for user in self.users))

    def test_imaplib(self):
        stored = []
        for user, namespace in zip(self.users, (self.client, self.server)):
            with namespace:
                connection = imaplib.IMAP4(netns.SERVER4, timeout=60)
            connection.login(user, PASSWORD)
            connection.select()
            numbers = connection.search(None, "ALL")[1][0].split()
            stored.append([connection.fetch(number, "(RFC822)")[1][0][1] for number in numbers])
            self.assertEqual(connection.append("INBOX", None, None, mails.PLAIN)[0], "OK")
            with self.assertRaises(imaplib.IMAP4.error) if user == self.users[0] else open(os.devnull):
                if connection.append("INBOX", None, None, mails.INFECTED)[0] != "OK":
                    raise imaplib.IMAP4.error("refused")
            connection.logout()
        self.check(*stored)

    def test_mutt(self):
        for user in self.users:
            box = os.path.join(self.home(user), "copy")
            os.mkdir(os.path.join(self.home(user), "Mail"))          # or it asks
            rc = self.write(user, "rc", f'set imap_user="{user}"\nset imap_pass="{PASSWORD}"\nset ssl_starttls=no\n'
                                        "set ssl_force_tls=no\nset quit=yes\nset confirmappend=no\nset confirmcreate=no\n"
                                        "set copy=no\nset mail_check=0\nset mbox_type=Maildir\nset imap_peek=yes\n"
                                        f"set header_cache=\"{self.home(user)}/cache\"\n"
                                        f"folder-hook . 'push \"<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>{box}<enter>"
                                        "<quit>\"'\n")
            self.on_terminal(user, "mutt", "-n", "-F", rc, "-f", f"imap://{netns.SERVER4}/INBOX")
        self.check(*(self.stored(user, "copy/new", "copy/cur") for user in self.users))

    def on_terminal(self, user, *words):
        namespace = self.client if user == self.users[0] else self.server
        home = self.home(user)
        words = ("timeout", "60", *words)
        master, slave = pty.openpty()
        try:
            process = namespace.start(*words, cwd=home, env=os.environ | {"HOME": home, "TERM": "xterm", "COLUMNS": "100",
                                                                          "LINES": "40"},
                                      stdin=slave, stdout=slave, stderr=slave)
            os.close(slave)
            said = b""
            try:
                while piece := os.read(master, 65536):
                    said += piece
            except OSError:
                pass
            try:
                self.assertEqual(process.wait(60), 0, said[-2000:])
            except subprocess.TimeoutExpired:
                self.fail(f"does not end: {said[-2000:]}")
        finally:
            os.close(master)
