# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 3, 3.5 to 3.7: the notification, the copy for administrators, justdelete."""
import email
import email.policy
import re

import mails
import wait
from cases import kept, proven_elsewhere, repaired
from notifying import Notifying, values


class Notification(Notifying):
    @kept("3.5.1", "a notification begins with the header lines of the mail, up to the first Subject, MIME or Content line")
    @kept("3.5.2", "Date, From and To are added when they are not among these lines")
    @kept("3.5.3", "Subject is the option subject, a blank, the virus name")
    @repaired("3.5.4", "header lines behind the first Subject or MIME line are lost, unset values print (null)",
              "From, To and Date are taken from the whole header, exactly one of each")
    def test_order(self):
        mail = b"Received: from x\r\nX-First: 1\r\nSubject: hello\r\nX-Last: 2\r\nFrom: a@b.test\r\n\r\n" + \
            mails.INFECTED.partition(b"\r\n\r\n")[2]
        wire = self.notification(mail=mail)
        self.assertTrue(wire.startswith(b"Received: from x\r\nX-First: 1\r\n"), wire[:200])
        self.assertNotIn(b"X-Last", wire)
        parsed = email.message_from_bytes(wire, policy=email.policy.default)
        for name in ("From", "To", "Date", "Subject"):
            self.assertEqual(len(parsed.get_all(name, [])), 1, name)
        self.assertEqual(parsed["From"], "a@b.test")
        self.assertRegex(parsed["Subject"], r"^\[Virus\] found in a mail to you: \S*Eicar")
        self.assertNotIn(b"(null)", wire)

    @repaired("3.5.7", "each CR and each LF of these lines is sent as CRLF (2.3.2)", "the lines are as they came")
    @repaired("3.5.8", "a mail without Subject, MIME or Content field: all of its header, the X-P3Scan field included",
              "all of its header")
    def test_whole_header(self):
        lines = b"Received: from x\r\n by y\r\nX-First: 1\r\nFrom: a@b.test\r\nX-Last: 2\r\n"
        wire = self.notification(mail=lines + b"\r\n" + mails.EICAR + b"\r\n")
        self.assertTrue(wire.startswith(lines), wire[:200])
        self.assertNotIn(b"X-P3Scan", wire)

    @kept("3.5.5", "a template that begins with Subject: brings its own")
    def test_subject_of_the_template(self):
        wire = self.notification("Subject: beware of %VIRUSNAME%\n\ntext\n")
        self.assertEqual(len(re.findall(rb"^Subject:", wire, re.M)), 1)
        self.assertRegex(wire, rb"Subject: beware of \S*Eicar")

    @kept("3.6.1", "p3scan.extra or the notification goes to the addresses of extra, by xmail -s SUBJECT ADDRESSES")
    @repaired("3.6.2", "the user's name stands in a command line for the shell", "no shell is involved")
    @repaired("3.6.3", "nothing is sent for viruses in SMTP", "administrators are told of these, too")
    def test_extra(self):
        out = self.place / "out"
        out.mkdir()
        out.chmod(0o777)
        program = self.place / "xmail"
        program.write_text(f'#!/bin/sh\nn=$(ls {out} | wc -l)\n{{ printf "%s|" "$@"; echo; cat; }} > {out}/.$$\n'
                           f'mv {out}/.$$ {out}/mail.$n.$$\n')
        program.chmod(0o755)
        self.smtp_sink()
        self.notification(user="al'ice;touch", xmail=str(program), extra="root@localhost admin@example.test")
        first = wait.until(lambda: sorted(out.glob("mail.*")), "a mail to extra")[0].read_text()
        self.assertTrue(first.startswith("-s|[Virus] found in a mail to al"), first)
        self.assertIn("|root@localhost|admin@example.test|\n", first)
        self.assertIn("VIRUSNAME=[", first)
        self.assertTrue(self.submit(self.smtp_hello(), mails.INFECTED).startswith(b"554"))
        wait.until(lambda: len(list(out.glob("mail.*"))) == 2, "a mail about SMTP")

    @kept("3.7.1", "justdelete: nothing is kept, %P3SCANID% is the text of notify, and so is the file in the log")
    def test_justdelete(self):
        got = values(self.notification(justdelete=None, notify="gone for good"))
        self.assertEqual(got["P3SCANID"], "gone for good")
        self.assertEqual(self.running.quarantine(), [])
        self.running.wait_log(r" virus: \S+ file: gone for good$")


proven_elsewhere("3.5.6", "altvnmsg: a scanner may edit a copy of the template beside the mail; it is the notification",
             "kept", "test_engines.Programs.test_altvnmsg")
proven_elsewhere("3.5.9", "with altvnmsg Subject is never added", "kept", "test_notify.Readers.test_altvnmsg")
proven_elsewhere("3.6.4", "p3scan.extra is expanded and mailed to the addresses of extra", "kept",
                 "test_notify.Administrators.test_their_own_template")
proven_elsewhere("3.6.5", "ERR: p3scan.extra should not be blank", "kept", "test_notify.Administrators.test_a_blank_template")
