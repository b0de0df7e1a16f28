# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 7: filters, their order, and lists."""
import pathlib
import subprocess

import mails
from cases import dropped, kept, proven_elsewhere, repaired
from engines import Trophie
from fakes import stuff
from gateway import PROGRAM
from notifying import Notifying, values

ENEMY = mails.text(b"buy\r\n", sender=b"Shop <sales@shop.test>")


class Filters(Notifying):
    def fetch(self, mail, user=b"alice", **options):
        self.running = self.start_gateway({"xheader": "no", **options})
        self.pop3_server([mail, mail])
        self.pop3 = self.wire()
        self.pop3.line()
        if user:
            self.assertTrue(self.pop3.ask(b"USER " + user).startswith(b"+OK"))
        return self.pop3.multiline(b"RETR 1")[1]

    @repaired("7.2.8", "what a filter writes on its standard error is mixed into the mail", "it goes to the log")
    @repaired("7.2.9", "a command line over 512 octets writes past its buffer", "any length")
    @repaired("7.2.10", "of what a filter prints, lines over 4094 octets are broken and lose one, a last line without LF loses "
              "one, NUL ends a line", "every octet")
    def test_output(self):
        program = self.program("renattach", 'echo "a word" >&2\n[ ${#1} = 700 ] && exec sed s/clean/renamed/\n')
        mail = mails.PLAIN + b"x" * 9000 + b"\r\na\0b\r\nend\r\n"
        self.assert_same(self.fetch(mail, renattach=f"{program} {'w' * 700}"), mail.replace(b"clean", b"renamed"))
        self.running.wait_log("a word")

    @repaired("7.2.11", "lines . of what a spam filter prints are left out, and lines .. if its command contains dspam",
              "they are the mail's own")
    def test_dots(self):
        mail = mails.text(b".\r\n..\r\n...\r\nend\r\n")
        program = self.program("dspam", 'echo "X-Spam-Seen: yes"\nexec cat\n')
        got = self.fetch(mail, checkspam=None, spamcheck=program)
        self.assertIn(b"X-Spam-Seen: yes\r\n", got)
        self.assert_same(got.replace(b"X-Spam-Seen: yes\r\n", b""), stuff(mail))

    @repaired("7.2.12", "dspamuser and htmluser are replaced in a command line for the shell, once per session; without a name "
              "htmluser ends the session", "each is one word of the command, for every mail; without a name it stays")
    def test_user(self):
        program = self.program("html", 'exec sed "1i X-For: <$1> $#"\n')
        for user, shown in ((b"al'ice;$(touch x)", b"<al'ice;$(touch x)> 1"), (None, b"<htmluser> 1")):
            with self.subTest(user):
                got = self.fetch(mails.PLAIN, user, overwrite=f"{program} htmluser")
                self.assertTrue(got.startswith(b"X-For: " + shown + b"\r\n"), got[:80])
                self.assert_same(self.pop3.multiline(b"RETR 2")[1], got)
                self.doCleanups()

    @repaired("7.3.1", "demime unpacks without a limit of its own",
              "within limits; a mail beyond them is one that can't be looked into")
    def test_nesting(self):
        mail = mails.PLAIN
        for _ in range(300):
            mail = mails.text(mail, b"MIME-Version: 1.0", b"Content-Type: message/rfc822")
        got = self.fetch(mail, scannertype="basic", scanner="/bin/true", demime=None)
        self.assertIn(b"X-P3Scan: Not scanned", got)

    @kept("7.3.2", "demime: the names found in several parts are joined with &")
    def test_names(self):
        class Namer(Trophie):
            def answer(self, request):
                data = pathlib.Path(request.decode()).read_bytes()
                return next((b"1:%s\n" % name for name in (b"First", b"Second") if data.startswith(name)), b"0\n")
        daemon = Namer(self.place / "trophie")
        self.addCleanup(daemon.close)
        mail = mails.multipart(*(mails.attachment(name + b" part\n") for name in (b"First", b"harmless", b"Second")))
        got = self.fetch(mail, scannertype="trophie", scanner=str(daemon.path), demime=None)
        self.assertIn(b"First & Second", got)


class Lists(Notifying):
    def setUp(self):
        super().setUp()
        self.black = self.place / "black"

    def is_replaced(self, wire, number):
        return b"\r\nbuy\r\n" not in wire.multiline(b"RETR %d" % number)[1]

    @repaired("7.4.6", "each line of a list is tried in the From line as a text, as a pattern with *, ? and |, and as a "
              "regular "
              "expression", "as an address, a host, a pattern with *, ? and |, or a text; never in a display name if it "
              "is an address")
    def test_entries(self):
        self.black.write_text("cheap offers\n*@shop.*\nann@x.test|bob@x.test\nexample.test\n")
        rows = ((b"Cheap Offers <a@b.test>", True), (b"a@shop.test", True), (b"Bob <bob@x.test>", True),
                (b"a@sub.example.test", True), (b"cheap@offers.test", False), (b'"bob@x.test" <other@x.test>', False), (b"c@x.test", False))
        self.start_gateway({"blacklist": str(self.black)})
        self.pop3_server([mails.text(b"buy\r\n", sender=sender) for sender, _ in rows])
        wire = self.pop3_login()
        for number, (sender, black) in enumerate(rows, 1):
            with self.subTest(sender):
                self.assertEqual(self.is_replaced(wire, number), black)

    @kept("7.4.7", "blacklisted: the virus is named Not a virus! Found in BlackList!, the mail is kept or deleted like an "
          "infected "
          "one, not scanned, with no virus line in the log and no mail to extra")
    @kept("7.4.8", "only fetched mail is looked up")
    def test_blacklisted(self):
        self.black.write_text("shop.test\n")
        scanned, told = self.place / "scanned", self.place / "told"
        scan = self.program("scan", f"echo >> {scanned}\n")
        self.place.chmod(0o777)
        self.start_with(blacklist=str(self.black), extra="root@localhost", xmail=self.program("xmail", f"touch {told}\n"),
                        scannertype="basic", scanner=scan)
        self.pop3_server([ENEMY])
        sink = self.smtp_sink()
        wire = self.pop3_login()
        self.assertEqual(values(wire.multiline(b"RETR 1")[1])["VIRUSNAME"], "Not a virus! Found in BlackList!")
        self.assertEqual(wire.ask(b"QUIT")[:3], b"+OK")
        self.assertEqual([path.read_bytes() for path in self.running.quarantine()], [ENEMY])
        self.assertFalse(scanned.exists())
        self.running.wait_log("Session done")
        self.assertEqual(self.running.lines(" virus: "), [])
        self.assertTrue(self.submit(self.smtp_hello(), ENEMY).startswith(b"250"))
        self.assertTrue(scanned.exists())
        self.assertEqual(len(sink.mails), 1)
        self.assertFalse(told.exists())

    @kept("7.4.9", "the lists are p3scan.whitelist and p3scan.blacklist beside the configuration")
    def test_places(self):
        done = subprocess.run((PROGRAM, "--settings", "-f", "/dev/null"), capture_output=True, text=True, check=True)
        for kind in ("whitelist", "blacklist"):
            self.assertRegex(done.stdout, rf"(?m)^{kind}: /etc/p3scan/p3scan\.{kind}\b")


proven_elsewhere("7.1.1", "order: renattach, virus scan, spam, HTML; spam and HTML see no infected mail", "kept",
                 "test_spam.Spam.test_infected_is_not_checked")
proven_elsewhere("7.1.2", "the quarantined file is the mail behind renattach", "repaired",
                 "test_attachments.Attachments.test_infected_mail_is_not_edited",
                 "an infected mail is not edited: it is kept as it came; what renattach makes of a mail is scanned, too")
proven_elsewhere("7.1.3", "bytesfree is looked at for every mail", "kept", "test_faults.Disk.test_bytesfree")
proven_elsewhere("7.2.1", "renattach reads the mail and prints the one to deliver", "kept",
                 "test_attachments.Renattach.test_real_renattach")
proven_elsewhere("7.2.2", "a filter that is missing or fails replaces the mail by its error message", "repaired",
                 "test_attachments.Renattach.test_missing_or_failing_program_holds_the_mail_back",
                 "the mail stays on the server with a temporary error; errors go to the log")
proven_elsewhere("7.2.3", "overwrite: with an exit code other than 0 its output is ignored", "kept",
                 "test_attachments.Renattach.test_html_parser_that_fails_is_ignored")
proven_elsewhere("7.2.4", "spamcheck: the output replaces the mail, whatever it is", "repaired",
                 "test_spam.Spam.test_command_that_fails",
                 "it counts if it is the mail with added header fields; else the mail stays as it was and the log says so")
proven_elsewhere("7.2.5", "nospampipe: the command gets a file name (3.0)", "kept", "test_spam.Spam.test_no_pipe")
proven_elsewhere("7.2.6", "spamc marks spam", "kept", "test_spam.Spam.test_spamc")
proven_elsewhere("7.1.4", "the client is kept waiting with one character of the header at a time", "repaired",
                 "test_keepalive.KeepAlive.test_clean", "with whole lines")
proven_elsewhere("7.1.5", "altvnmsg: the copy of the template may not be complete when the scan begins", "repaired",
                 "test_notify.Readers.test_altvnmsg", "it is")
proven_elsewhere("7.1.6", "the text of ispspam turns the spam filter off for the rest of the session", "repaired",
                 "test_spam.Spam.test_command", "for the mail that has it")
dropped("7.1.7", "the comments of the configuration say that spam is looked for first", "they were wrong; viruses come first")
proven_elsewhere("7.2.7", "a filter that hangs holds the session for ever", "repaired",
                 "test_spam.Spam.test_command_that_fails",
                 "it is killed after filtertimeout")
proven_elsewhere("7.2.13", "p3pmail makes href and src harmless", "kept", "test_html.HtmlClean.test_p3pmail")
dropped("7.2.14", "only if a Subject has the text of spamsubject the output of the spam filter counts (a maker's own 3.0)",
        "spamsubject is the text that marks spam")
proven_elsewhere("7.3.3", "demime: any virus is one, else any error is one", "kept",
                 "test_engines.Daemons.test_daemon_gets_each_part")
proven_elsewhere("7.3.4", "demime: a part that can't be removed, or is no file, stops the daemon", "repaired",
                 "test_engines.Programs.test_nothing_is_left_by_a_crash",
                 "parts get names of our own, and what a crash left is removed at the next start")
proven_elsewhere("7.4.1", "a whitelisted sender: nothing is run", "repaired",
                 "test_lists.Lists.test_white_passes_with_no_change",
                 "nothing is added to the mail either")
proven_elsewhere("7.4.2", "a blacklisted sender: the mail is replaced, Subject by blacksubj", "kept",
                 "test_lists.Lists.test_black_is_replaced")
proven_elsewhere("7.4.3", "blackshort: header and Subject only", "kept", "test_lists.Lists.test_blackshort")
proven_elsewhere("7.4.4", "userlist: lists of each user", "kept", "test_lists.Lists.test_users")
proven_elsewhere("7.4.5", "lists are read at login", "repaired", "test_lists.Lists.test_change_without_restart",
                 "changes count at once")
proven_elsewhere("7.4.12", "a From field behind Subject is not looked at", "repaired",
                 "test_lists.Lists.test_black_is_replaced",
                 "every one is")
proven_elsewhere("7.4.10", "the blacklist is stronger", "kept", "test_lists.Lists.test_black_is_replaced")
dropped("7.4.11", "a message in the log about a list that is blank", "an empty list is one with nobody on it")
