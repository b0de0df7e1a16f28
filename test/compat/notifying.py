# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the tests of templates and notifications share: a gateway with a template of theirs, and an infected mail."""
import re

import mails
from support import E2E

VARIABLES = ("HOSTNAME DOMAINNAME PROGNAME VERSION CLIENTIP CLIENTPORT SERVERIP SERVERPORT PROTOCOL VDINFO USERNAME MAILDATE "
             "MAILFROM SUBJECT MAILTO VIRUSNAME MAILFILE P3SCANID").split()
OLD_TEMPLATE = ("MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset=iso-8859-1\n\n"
                + "".join(f"{name}=[%{name}%]\n" for name in VARIABLES) + "%virusname% %NOBODY% end\n.\n")


def values(wire):
    """The variables as an OLD_TEMPLATE shows them."""
    return dict(re.findall(r"^([A-Z0-9]+)=\[(.*)\]\r$", wire.decode("latin-1"), re.M))


class Notifying(E2E):
    def setUp(self):
        self.place = self.lab.gateway_directory()
        self.place.mkdir()
        self.place.chmod(0o755)
        self.template = self.place / "p3scan.mail"

    def start_with(self, template=OLD_TEMPLATE, **options):
        self.template.write_bytes(template if isinstance(template, bytes) else template.encode("latin-1"))
        self.running = self.start_gateway({"template": str(self.template), **options})

    def notification(self, template=OLD_TEMPLATE, mail=mails.INFECTED, user="alice", **options):
        """Retrieves the mail, twice in the server's list; the notification as on the wire."""
        self.start_with(template, **options)
        self.pop3_server([mail, mail])
        self.pop3 = self.pop3_login(user=user)
        return self.pop3.multiline(b"RETR 1")[1]

    def program(self, name, text):
        """A script that anybody may run; its path."""
        path = self.place / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(path)
