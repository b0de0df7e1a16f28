# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A private Postfix in the server namespace: SMTP on port 25, delivery into the Maildirs that Dovecot serves.

Lenient on purpose (bare newlines end a message): what the gateway lets through in this respect would be a second
transaction here.
"""
import os
import pathlib
import pwd
import subprocess

import wait

DOMAIN = "example.test"
USERS = ("alice", "bob", "carol", "dave", "odd")

MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/log
maillog_file_prefixes = {dir}
myhostname = mx.{domain}
mydestination =
local_transport = error:no local mail
alias_maps =
inet_interfaces = {addresses}
inet_protocols = all
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ {users} }}
virtual_mailbox_base = {mail}
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
message_size_limit = 209715200
mailbox_size_limit = 0
queue_minfree = 0
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_forbid_bare_newline = no
smtpd_client_connection_count_limit = 0
smtpd_delay_reject = no
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_error_sleep_time = 0
smtpd_tls_chain_files = {key}, {certificate}
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
default_process_limit = 600
line_length_limit = 4096
"""

MASTER = """
smtp      inet  n - n - - smtpd
587       inet  n - n - - smtpd -o smtpd_tls_security_level=encrypt
465       inet  n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    def __init__(self, namespace, directory, dovecot, addresses, certificate):
        self.namespace = namespace
        self.directory = pathlib.Path(directory)
        self.log = self.directory / "log"
        self.directory.mkdir(mode=0o755)
        (self.directory / "queue").mkdir()
        (self.directory / "data").mkdir()
        postfix = pwd.getpwnam("postfix")
        os.chown(self.directory / "data", postfix.pw_uid, postfix.pw_gid)
        for user in USERS:
            dovecot.folder(user)
        self.configuration = self.directory / "etc"
        self.configuration.mkdir()
        (self.configuration / "main.cf").write_text(MAIN.format(
            addresses=", ".join(addresses), dir=directory, certificate=certificate.certificate, key=certificate.key, domain=DOMAIN, mail=dovecot.mail, sasl=dovecot.sasl,
            uid=dovecot.owner.pw_uid, gid=dovecot.owner.pw_gid, users=", ".join(f"{{ {u}@{DOMAIN} = {u}/ }}" for u in USERS)))
        (self.configuration / "master.cf").write_text(MASTER)
        self._postfix("start")
        wait.until_listening(namespace, "*", 25)

    def _postfix(self, verb):
        done = self.namespace.run("postfix", "-c", str(self.configuration), verb, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"postfix {verb}: {done.stderr.decode()}")

    def read_log(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def close(self):
        if (self.directory / "queue/pid/master.pid").exists():
            subprocess.run(("postfix", "-c", str(self.configuration), "stop"), capture_output=True, timeout=60)
