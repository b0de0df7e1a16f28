# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The base of the tests of IMAP: twins, two users with the same mails, one read through the gateway and one directly."""
import os
import re
import shutil

import netns
from fake_imap import ImapServer
from imap import Imap
from support import E2E

PORTS = "110, 25, 143"
WHEN = 1790000000          # of the first mail


class ImapCase(E2E):
    _users = 0
    _fake = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab.network.redirect(PORTS)

    def twins(self, *mails):
        """Two new users with these mails, the same UIDs and dates: for the gateway, and for comparison."""
        ImapCase._users += 1
        names = (f"imap{ImapCase._users}", f"twin{ImapCase._users}")
        dovecot = self.lab.dovecot
        dovecot.fill(names[0], *mails)
        dovecot.folder(names[1])
        for place, path in enumerate(sorted((dovecot.mail / names[0] / "new").iterdir())):
            os.utime(path, (WHEN + place, WHEN + place))
            copy = dovecot.mail / names[1] / "new" / path.name
            shutil.copy2(path, copy)
            os.chown(copy, dovecot.owner.pw_uid, dovecot.owner.pw_gid)
        return names

    def imap(self, user=None, address=netns.SERVER4, **options):
        """Through the gateway."""
        connection = Imap(self.client, address, user=user, **options)
        self.addCleanup(connection.close)
        return connection

    def direct(self, user=None):
        connection = Imap(self.server, user=user)
        self.addCleanup(connection.close)
        return connection

    def pair(self, *mails, mailbox=b"INBOX"):
        """Connections of twins, with the mailbox selected."""
        users = self.twins(*mails)
        both = self.imap(users[0]), self.direct(users[1])
        for connection in both:
            connection.expect(b"SELECT", mailbox)
        return both

    def imap_server(self, mails=(), **options):
        """One at a time: the last one of this test ends."""
        if self._fake:
            self._close_fake(self._fake)
        else:
            self.addCleanup(lambda: self._close_fake(self._fake))
        self._fake = ImapServer(self.server, mails, **options)
        return self._fake

    def assert_same_answer(self, got, direct, what=""):
        self.assertEqual(got.status, direct.status, f"{what}: {got} instead of {direct}")
        self.assert_same_messages(got.fetched(), direct.fetched(), what)

    def assert_same_messages(self, got, direct, what=""):
        self.assertEqual(sorted(got), sorted(direct), what)
        for number in direct:
            self.assertEqual(sorted(got[number]), sorted(direct[number]), f"{what} of message {number}")
            for name, value in direct[number].items():
                seen = got[number][name]
                if isinstance(value, bytes) and isinstance(seen, bytes):
                    self.assert_same(seen, value, f"{what}, {name.decode()} of message {number}")
                elif name == b"FLAGS":
                    self.assertEqual(set(seen) - {rb"\Recent"}, set(value) - {rb"\Recent"}, f"{what} of {number}")
                else:
                    self.assertEqual(seen, value, f"{what}, {name.decode()} of message {number}")


def quoted(text):
    return b'"' + re.sub(rb'(["\\])', rb"\\\1", text) + b'"'
