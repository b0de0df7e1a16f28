# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Listed senders: whitelist, blacklist, lists of users, changes without a restart."""
import re

import mails
import wait
from fakes import stuff, unstuff
from support import E2E, XHEADER

FRIEND = mails.text(mails.EICAR + b"\r\n", sender=b"Friend <friend@good.test>")
ENEMY = mails.text(b"buy\r\n", sender=b"Shop <sales@shop.test>")
BOTH = mails.text(mails.EICAR + b"\r\n", b"From: sales@shop.test", sender=b"friend@good.test")
OTHER = mails.text(b"greetings\r\n", sender=b"other@else.test")


class Lists(E2E):
    def setUp(self):
        self.place = self.lab.directory / f"lists-{self.id().rsplit('.', 1)[1]}"
        self.place.mkdir(mode=0o755)
        self.options = {"whitelist": self.place / "white", "blacklist": self.place / "black"}

    def write(self, name, text):
        (self.place / name).write_text(text)

    def fetch(self, served, options=None, user="alice"):
        gateway = self.start_gateway(self.options | (options or {}))
        with self.pop3_server(served):
            wire = self.pop3_login(user=user)
            got = [unstuff(wire.multiline(b"RETR %d" % number)[1]) for number in range(1, len(served) + 1)]
        gateway.close()
        return got, gateway

    def test_white_passes_with_no_change(self):
        self.write("white", "# friends\nfriend@good.test\n")
        (friend, both, other), gateway = self.fetch([FRIEND, BOTH, OTHER])
        self.assert_same(friend, FRIEND)
        self.assert_notification(both)
        self.assertRegex(other, XHEADER)
        self.assertEqual(len(gateway.quarantine()), 1)

    def test_black_is_replaced(self):
        self.write("white", "@shop.test\n")
        self.write("black", "*@shop.*\n")
        (enemy, both, other), gateway = self.fetch([ENEMY, BOTH, OTHER], {"blacksubj": "[No] mail to you:"})
        for got in enemy, both:
            self.assertNotIn(b"EICAR", got)
            self.assertNotRegex(got, rb"(?m)^buy\r$")
            self.assertEqual(len(re.findall(rb"(?m)^Subject: ", got)), 1)
            self.assertIn(b"[No] mail to you:", got)
            self.assertIn(b"sales@shop.test", got)
        self.assertIn(b"greetings", other)
        self.assertEqual(len(gateway.quarantine()), 2)

    def test_blackshort(self):
        self.write("black", "shop.test\n")
        (enemy,), _ = self.fetch([ENEMY], {"blackshort": None})
        head, _, body = enemy.partition(b"\r\n\r\n")
        self.assertEqual(body, b"")
        self.assertIn(b"Subject: ", head)

    def test_users(self):
        self.write("p3scan.blacklist.alice", "sales@shop.test\n")
        (enemy,), _ = self.fetch([ENEMY], {"userlist": self.place})
        self.assertNotRegex(enemy, rb"(?m)^buy\r$")
        (enemy,), _ = self.fetch([ENEMY], {"userlist": self.place}, user="bob")
        self.assertRegex(enemy, rb"(?m)^buy\r$")

    def test_change_without_restart(self):
        self.start_gateway(self.options | {"xheader": "no"})
        self.pop3_server([OTHER])
        wire = self.pop3_login()
        self.assert_same(wire.multiline(b"RETR 1")[1], stuff(OTHER))
        self.write("black", "other@else.test\n")
        wait.until(lambda: b"greetings" not in unstuff(wire.multiline(b"RETR 1")[1]), "the new list")
