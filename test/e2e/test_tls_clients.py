# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The programs people use, with TLS, against real servers, through a gateway whose CA they trust and no other."""
import os
import poplib
import smtplib
import ssl

import netns
from cadir import Ca
from dovecot import PASSWORD
from postfix import DOMAIN
from support import SENDER, SERVER_NAME, XHEADER, E2E
from test_clients import CLEAN, INFECTED, Fetch, Send


class Trusting:
    """The gateway of the class, with a CA that stands in a file for clients."""

    @classmethod
    def class_options(cls):
        cls.ca = Ca()
        cls.addClassCleanup(cls.ca.close)
        return {"cadir": str(cls.ca.directory), "tlsroots": str(cls.lab.authority.root)}

    def setUp(self):
        super().setUp()
        self.lab.network.redirect(ports="25, 110, 465, 587, 995")
        self.addCleanup(self.lab.network.redirect)

    def context(self):
        context = ssl.create_default_context(cafile=self.ca.root)
        self.assertEqual(len(context.get_ca_certs()), 1)
        return context


class FetchTls(Trusting, Fetch, E2E):
    """The same programs as without TLS, by STLS and from the first octet."""
    options = {}
    test_getmail6 = test_poplib = None

    def check_tls(self, fetched, protocol):
        self.assertEqual(len(fetched), 2)
        notification = next(mail for mail in fetched if b"clean one" not in mail)
        clean = next(mail for mail in fetched if b"clean one" in mail)
        self.assertEqual(len(XHEADER.findall(clean.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))), 1)
        self.assert_notification(notification.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        self.gateway.wait_log(protocol.replace("+", r"\+") + rf" from {netns.CLIENT4}:\d+ to {netns.SERVER4}:\d+ from .*"
                              r"user: alice virus: .*Eicar", since=self.mark)

    def fetchmail(self, protocol, settings):
        mda = "/bin/sh -c 'cat > out/$$'"
        os.mkdir(os.path.join(self.home, "out"))
        rc = self.write("rc", f'poll {netns.SERVER4} protocol POP3 user "alice" password "{PASSWORD}" {settings} '
                              f'sslcommonname "{SERVER_NAME}" sslcertck sslcertfile "{self.ca.root}" nokeep fetchall mda "{mda}"\n')
        code, said = self.run_client("fetchmail", "-f", rc, "--nodetach", "--nosyslog", "--invisible", "--pidfile",
                                     os.path.join(self.home, "pid"))
        self.assertEqual(code, 0, said)
        self.check_tls(self.stored("out"), protocol)

    def test_fetchmail(self):
        self.fetchmail("POP3+TLS", 'sslproto "TLS1.2+"')

    def test_fetchmail_pop3s(self):
        self.fetchmail("POP3S", "ssl")

    def mpop(self, protocol, settings):
        for name in ("", "/cur", "/new", "/tmp"):
            os.mkdir(os.path.join(self.home, "Maildir" + name))
        rc = self.write("rc", f"account default\nhost {netns.SERVER4}\nuser alice\npassword {PASSWORD}\ntls on\n{settings}"
                              f"tls_trust_file {self.ca.root}\nauth user\nkeep off\nreceived_header off\n"
                              f"delivery maildir {self.home}/Maildir\nuidls_file {self.home}/uidls\n")
        code, said = self.run_client("mpop", "-C", rc)
        self.assertEqual(code, 0, said)
        self.check_tls(self.stored("Maildir/new"), protocol)

    def test_mpop(self):
        self.mpop("POP3+TLS", "tls_starttls on\n")

    def test_mpop_pop3s(self):
        self.mpop("POP3S", "tls_starttls off\n")

    def curl(self, protocol, url, *words):
        fetched = []
        for number in ("1", "2"):
            done = self.client.run("curl", "-sS", "--cacert", str(self.ca.root), *words, "--user", f"alice:{PASSWORD}",
                                   f"{url}/{number}")
            self.assertEqual(done.returncode, 0, done.stderr)
            fetched.append(done.stdout)
        self.check_tls(fetched, protocol)

    def test_curl(self):
        self.curl("POP3+TLS", f"pop3://{netns.SERVER4}", "--ssl-reqd")

    def test_curl_pop3s_by_name(self):
        self.curl("POP3S", f"pop3s://{SERVER_NAME}", "--resolve", f"{SERVER_NAME}:995:{netns.SERVER4}")

    def test_curl_without_our_ca(self):
        done = self.client.run("curl", "-sS", "--cacert", str(self.lab.authority.root), "--user", f"alice:{PASSWORD}",
                               f"pop3s://{netns.SERVER4}/1")
        self.assertEqual(done.returncode, 60, done.stderr)          # peer certificate can't be authenticated
        self.gateway.wait_log(r"TLS: client .*towards the client: .*p3scan ca export", since=self.mark)

    def python(self, connect, protocol):
        def fetch():
            connection = connect()
            connection.user("alice")
            connection.pass_(PASSWORD)
            return [b"\r\n".join(connection.retr(number)[1]) + b"\r\n" for number in (1, 2)]
        with self.client:
            fetched = fetch()
        self.check_tls(fetched, protocol)

    def test_python_stls(self):
        def connect():
            connection = poplib.POP3(netns.SERVER4, timeout=30)
            self.assertIn("STLS", connection.capa())
            connection.stls(self.context())
            self.assertNotIn("STLS", connection.capa())
            return connection
        self.python(connect, "POP3+TLS")

    def test_python_pop3s(self):
        self.python(lambda: poplib.POP3_SSL(netns.SERVER4, context=self.context(), timeout=30), "POP3S")


class SendTls(Trusting, Send, E2E):
    options = {}
    test_swaks_pipelining_with_auth = test_smtplib = None

    def check_tls(self, protocol):
        (got,) = self.lab.dovecot.received("bob", 1)
        self.assertIn(b"Subject: clean one", got)
        self.gateway.wait_log(protocol.replace("+", r"\+") + rf" from {netns.CLIENT4}:\d+ to {netns.SERVER4}:\d+ from .* "
                              r"virus: .*Eicar", since=self.mark)

    def swaks(self, protocol, *words):
        for name, expected in (("infected", 26), ("clean", 0)):
            done = self.client.run("swaks", "--server", netns.SERVER4, *words, "--tls-verify", "--tls-ca-path",
                                   str(self.ca.root), "--from", SENDER, "--to", f"bob@{DOMAIN}", "--helo", "client.test",
                                   "--data", f"@{self.files[name]}")
            self.assertEqual(done.returncode, expected, done.stdout)
        self.check_tls(protocol)

    def test_swaks(self):
        self.swaks("SMTP+TLS", "--tls")

    def test_swaks_submission(self):
        self.swaks("SMTP+TLS", "--port", "587", "--tls", "--pipeline")

    def test_swaks_smtps(self):
        self.swaks("SMTPS", "--port", "465", "--tlsc")

    def msmtp(self, protocol, *words):
        for name, expected in (("infected", False), ("clean", True)):
            with open(self.files[name], "rb") as mail:
                done = self.client.run("msmtp", f"--host={netns.SERVER4}", *words, "--tls=on", "--auth=off",
                                       f"--tls-trust-file={self.ca.root}", f"--from={SENDER}", "--domain=client.test",
                                       f"bob@{DOMAIN}", stdin=mail)
            self.assertEqual(done.returncode == 0, expected, done.stderr)
        self.check_tls(protocol)

    def test_msmtp(self):
        self.msmtp("SMTP+TLS", "--port=587")

    def test_msmtp_smtps(self):
        self.msmtp("SMTPS", "--port=465", "--tls-starttls=off")

    def test_curl(self):
        for name, expected in (("infected", False), ("clean", True)):
            done = self.client.run("curl", "-sS", "--ssl-reqd", "--cacert", str(self.ca.root), "--mail-from", SENDER,
                                   "--mail-rcpt", f"bob@{DOMAIN}", "--upload-file", self.files[name],
                                   f"smtp://{netns.SERVER4}/client.test")
            self.assertEqual(done.returncode == 0, expected, done.stderr)
        self.check_tls("SMTP+TLS")

    def test_python(self):
        def send():
            connection = smtplib.SMTP(netns.SERVER4, local_hostname="client.test", timeout=30)
            connection.starttls(context=self.context())
            with self.assertRaises(smtplib.SMTPDataError):
                connection.sendmail(SENDER, [f"bob@{DOMAIN}"], INFECTED)
            connection.sendmail(SENDER, [f"bob@{DOMAIN}"], CLEAN)
            connection.quit()
        with self.client:
            send()
        self.check_tls("SMTP+TLS")
