# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A private Dovecot in the server namespace: POP3, IMAP, and SASL for Postfix. Any user, one password."""
import os
import pathlib
import pwd
import shutil

import wait

PASSWORD = "pa55-of-the-tests"
MAIL_USER = "nobody"

CONFIGURATION = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = pop3 imap
listen = {addresses}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 apop
first_valid_uid = 1
mail_location = maildir:{mail}/%n
pop3_uidl_format = %g
mail_max_userip_connections = 1000
default_process_limit = 1100
default_client_limit = 4000
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%n
}}
service pop3-login {{
  service_count = 0
  inet_listener pop3 {{
    port = 110
  }}
  inet_listener pop3s {{
    port = 995
  }}
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = 143
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener {dir}/sasl {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class Dovecot:
    def __init__(self, namespace, directory, addresses, certificate):
        self.namespace = namespace
        self.directory = pathlib.Path(directory)
        self.mail = self.directory / "mail"
        self.log = self.directory / "log"
        self.sasl = self.directory / "sasl"
        self._count = 0
        self.owner = pwd.getpwnam(MAIL_USER)
        self.directory.mkdir(mode=0o755)
        self.mail.mkdir()
        os.chown(self.mail, self.owner.pw_uid, self.owner.pw_gid)
        configuration = self.directory / "dovecot.conf"
        configuration.write_text(CONFIGURATION.format(
            dir=directory, mail=self.mail, password=PASSWORD, addresses=", ".join(addresses),
            uid=self.owner.pw_uid, gid=self.owner.pw_gid,
            certificate=certificate.certificate, key=certificate.key))
        self.process = namespace.start("dovecot", "-F", "-c", str(configuration))
        wait.until_listening(namespace, "*", 110)
        wait.until(self.sasl.exists, "Dovecot's SASL socket")

    def folder(self, user):
        """The user's Maildir, made when it is asked for first."""
        top = self.mail / user
        for path in (top, top / "cur", top / "new", top / "tmp"):
            path.mkdir(exist_ok=True)
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        return top

    def fill(self, user, *mails):
        """Gives the user exactly these mails, in this order. Octets are stored as they are, CRLF included."""
        self.empty(user)
        top = self.folder(user)
        for mail in mails:
            self._count += 1
            path = top / "tmp" / f"{self._count:010}.M{self._count}.tests"
            path.write_bytes(mail)
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
            path.rename(top / "new" / path.name)

    def empty(self, user):
        shutil.rmtree(self.mail / user, ignore_errors=True)
        self.folder(user)

    def received(self, user, count, seconds=wait.DEADLINE):
        """The mails that Postfix delivered to the user, once there are `count` of them."""
        top = self.folder(user)

        def files():
            found = [p for name in ("new", "cur") for p in (top / name).iterdir()]
            return found if len(found) >= count else None
        found = wait.until(files, f"{count} mails for {user}", seconds) if count else files() or []
        return [path.read_bytes() for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)]
