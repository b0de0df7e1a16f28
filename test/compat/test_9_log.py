# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 9.2: the lines that log parsers know, in their exact shape."""
import os
import signal

import mails
import netns
import wait
from cases import dropped, kept, proven_elsewhere, repaired
from syslog_reader import Syslog
from support import E2E


class Log(E2E):
    options = {"xheader": "no"}

    @kept("9.2.1", "P3Scan Version <version>")
    @kept("9.2.2", "Selected scannertype: <name> (<description>)")
    @kept("9.2.3", "Listen now on <ip>:<port>")
    @kept("9.2.4", "Changing uid (we are root) and Running as user: <name>")
    def test_start(self):
        for line in (r": P3Scan Version 4\.\d+\.\d+$", r": Selected scannertype: libclamav \(.+\)$",
                     r": Listen now on \S+:\d+$", r": Changing uid \(we are root\)$", r": Running as user: mail$"):
            self.gateway.wait_log(line)

    @kept("9.2.5", "POP3 Connection from <ip>:<port>")
    @kept("9.2.6", "Real-server address is <ip>:<port>")
    @kept("9.2.7", "USER '<name>'")
    @kept("9.2.8", "the virus line: protocol, addresses, from, to, user, virus, file")
    @kept("9.2.9", "Session done (Clean Exit). Mails: <n> Bytes: <n>")
    @repaired("9.2.10", "header text stands in the log as it is, control characters too", "these are escaped")
    def test_session(self):
        mark = self.gateway.mark()
        self.pop3_server([mails.INFECTED.replace(b"Ann <ann", b"An\x1b[1mn <ann")])
        wire = self.pop3_login()
        wire.multiline(b"RETR 1")
        wire.ask(b"QUIT")
        for line in (r": POP3 Connection from 192\.0\.2\.2:\d+$", r": Real-server address is [\d.]+:110$", r": USER 'alice'$",
                     r": POP3 from 192\.0\.2\.2:\d+ to [\d.]+:110 from An\\x1b\[1mn <ann@sender\.test> to "
                     r"Bob <bob@example\.test> user: alice virus: \S*Eicar\S* file: p3scan\.\w{6}$",
                     r": Session done \(Clean Exit\)\. Mails: 1 Bytes: \d+$"):
            self.gateway.wait_log(line, since=mark)

    @kept("9.2.11", "ERR: Cannot connect to real-server: <ip>")
    @repaired("9.2.12", "the client is told nothing", "the client gets an error reply")
    def test_no_server(self):
        mark = self.gateway.mark()
        self.assertTrue(self.wire().rest().startswith(b"-ERR"))
        self.gateway.wait_log(r": ERR: Cannot connect to real-server: [\d.]+", since=mark)

    @kept("9.2.16", "SMTP Connection from <ip>:<port>")
    @kept("9.2.17", "the virus line of a sent mail, and then 554 <smtprset>")
    def test_smtp(self):
        mark = self.gateway.mark()
        self.smtp_sink()
        self.submit(self.smtp_hello(), mails.INFECTED)
        self.gateway.wait_log(r": SMTP Connection from 192\.0\.2\.2:\d+$", since=mark)
        self.gateway.wait_log(r": 554 Virus detected! P3scan rejected message!$", since=mark)
        said = self.gateway.lines(" virus: |: 554 ", since=mark)
        self.assertRegex(said[0], r": SMTP from 192\.0\.2\.2:\d+ to [\d.]+:25 from Ann .* to Bob .* user: ann@sender\.test "
                         "virus: ")
        self.assertRegex(said[1], ": 554 ")

    @kept("9.2.18", "Session done (Critical abort). Mails: <n> Bytes: <n>")
    def test_abort(self):
        mark = self.gateway.mark()
        server = self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        wire.reset()
        self.gateway.wait_log(r": Session done \((Critical abort|Clean Exit)\)\. Mails: 0 Bytes: 0$", since=mark)
        server.hook = lambda session, line: b"." * 200000
        wire = self.wire()
        wire.send(b"USER alice\r\n")
        wire.rest()
        self.gateway.wait_log(r": Session done \(Critical abort\)\. Mails: 0 Bytes: 0$", since=mark)

    @repaired("9.2.19", "RETR msg <n> (<1) !!!! and TOP msg: the numbers of mails are looked at",
              "the server answers for its numbers")
    def test_numbers(self):
        server = self.pop3_server([mails.PLAIN])
        wire = self.pop3_login()
        for command in (b"RETR 0", b"RETR -1", b"TOP 0 1"):
            self.assertEqual(wire.ask(command), b"-ERR no such message\r\n")
            self.assertIn(command, server.commands())

    @kept("9.2.13", "a value that is not known is (null)")
    def test_null(self):
        mark = self.gateway.mark()
        self.pop3_server([mails.INFECTED.replace(b"To: Bob <bob@example.test>\r\n", b"")])
        self.pop3_login().multiline(b"RETR 1")
        self.gateway.wait_log(r" to \(null\) user: alice virus: ", since=mark)


class Life(E2E):
    @kept("9.2.20", "signalled, doing cleanup, and P3Scan terminates now")
    @kept("9.2.21", "Caught HUP, re-reading config... and Caught HUP, ...done. (3.0)")
    def test_signals(self):
        gateway = self.start_gateway({})
        gateway.signal(signal.SIGHUP)
        gateway.wait_log(r": Caught HUP, \.\.\.done\.$")
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.wait_end(), 0)
        gateway.wait_log(": P3Scan terminates now$")
        said = [line.split(": ", 1)[1] for line in gateway.lines("HUP|cleanup|terminates")]
        self.assertEqual(said, ["Caught HUP, re-reading config...", "Caught HUP, ...done.", "signalled, doing cleanup",
                                "P3Scan terminates now"])

    @kept("9.2.23", "ERR: Can't bind to socket <ip>:<port>")
    @kept("9.2.24", "ERR: Unknown User '<name>'")
    @kept("9.2.25", "ERR: PID file <file> exists! Aborting!")
    def test_starts_that_fail(self):
        running = self.start_gateway({})
        rows = (({"port": "8110"}, r": ERR: Can't bind to socket 0\.0\.0\.0:8110\b"),
                ({"user": "no-such-user"}, ": ERR: Unknown User 'no-such-user'$"),
                ({"port": "8119", "pidfile": str(running.pidfile)}, f": ERR: PID file {running.pidfile} exists! Aborting!"))
        for options, expected in rows:
            with self.subTest(expected), self.assertRaisesRegex(AssertionError, f"did not start.*{expected.removesuffix('$')}"):
                self.start_gateway(options)

    @repaired("9.2.36", "ERR: Attention: child with pid <p> died with abnormal termsignal (<s>)!",
              "worker in place of child; sessions "
              "are no processes any more")
    def test_killed_child(self):
        gateway = self.start_gateway({})
        worker = wait.until(gateway.scanners, "a worker")[-1]
        os.kill(worker, signal.SIGSEGV)
        gateway.wait_log(rf": ERR: Attention: worker with pid {worker} died with abnormal termsignal \(11\)!$")

    @kept("9.2.26", "ERR: No IP-Conntrack-data (getsockopt failed)")
    @repaired("9.2.27", "Unable to find destination ... (useurl)", "useurl: and what is wrong with it")
    def test_no_destination(self):
        gateway = self.start_gateway({"useurl": None, "useurlallow": "nowhere.invalid"})
        self.lab.network.direct()
        self.addCleanup(self.lab.network.redirect)
        wire = self.wire(netns.ROUTER4, netns.GATEWAY_PORT)
        wire.line()
        wire.send(b"USER alice#nowhere.invalid\r\n")
        wire.rest()
        gateway.wait_log(r": ERR: useurl: no address found for 'nowhere\.invalid'")
        gateway.close()
        gateway = self.start_gateway({})
        self.wire(netns.ROUTER4, netns.GATEWAY_PORT).rest()
        gateway.wait_log(r": ERR: No IP-Conntrack-data \(getsockopt failed\)")


class Stuck(E2E):
    def test_pidfile(self):
        gateway = self.start_gateway({})
        gateway.pidfile.parent.chmod(0o500)
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.wait_end(), 0)
        gateway.wait_log(f": ERR: Unable to remove {gateway.pidfile}$")


class System(E2E):
    """In the background, with the system's log in our hands."""

    def setUp(self):
        self.syslog = Syslog(self.lab.gateway_directory())
        self.addCleanup(self.syslog.close)

    def start(self, **options):
        pid = self.syslog.start(self.router, options)
        self.addCleanup(self.syslog.stop, pid)
        wait.until_listening(self.router, "*", netns.GATEWAY_PORT)

    @kept("9.2.14", "quiet leaves out notices; viruses and errors are still told")
    @repaired("9.2.22", "P3Scan <version> started. with quiet only", "with quiet nothing is said of a start that went well")
    def test_quiet(self):
        self.start(quiet=None)
        self.pop3_server([mails.INFECTED])
        wire = self.pop3_login()
        wire.multiline(b"RETR 1")
        self.syslog.wait(" virus: ")
        wire.ask(b"QUIT")
        wire.rest()
        self.assertEqual([line for line in self.syslog.lines if " virus: " not in line], [])

    @kept("13.3.3", "every line goes to syslog as p3scan[<pid>], facility daemon")
    @repaired("13.3.4", "every line has the priority notice", "warnings and errors have theirs")
    def test_ident(self):
        self.start()
        self.pop3_server([mails.INFECTED])
        wire = self.pop3_login()
        wire.multiline(b"RETR 1")
        self.syslog.wait(" virus: ")
        wire.ask(b"QUIT")
        wire.rest()
        for line in self.syslog.lines:
            self.assertRegex(line, r"^<(29|28)>\w{3} [ \d]\d \d\d:\d\d:\d\d p3scan\[\d+\]: ")
            self.assertEqual(line.startswith("<28>"), " virus: " in line)


proven_elsewhere("9.2.15", "ERR: Oops, that would loop!", "kept", "test_intercept.Loops.test_connection_to_own_addresses")
proven_elsewhere("9.2.28", "POP3S Connection from <ip>:<port>", "kept", "test_pop3s.LegacyPop3s.test_mail_is_scanned")
proven_elsewhere("9.2.29", "Connection timeout", "kept", "test_daemon.Limits.test_idle_session_ends")
proven_elsewhere("9.2.30", "MAX_CHILDS (<n>) reached!", "kept", "test_daemon.Limits.test_maxchilds_waits")
proven_elsewhere("9.2.31", "Session done without the Bytes field, when scanning is off", "repaired",
                 "test_policy.Scanners.test_basic_missing", "a daemon that can't scan does not start")
proven_elsewhere("9.2.32", "ERR: Scanner init failed! Check config and restart P3Scan; ERR: Can't initialize scanner!; no "
                 "scanner was "
                 "defined. scanning completely disabled", "repaired", "test_policy.Scanners.test_basic_missing",
                 "the start fails and names the program or option; a scanner that fails later is named with the mail")
proven_elsewhere("9.2.33", "ERR: Not enough space! Available space: <KB>", "repaired", "test_faults.Disk.test_bytesfree",
                 "the mail gets a temporary error")
proven_elsewhere("9.2.34", "ERR: Can't open mail notification template <file>", "kept",
                 "test_3_templates.Templates.test_missing_template")
proven_elsewhere("9.2.35", "ERR: Can't start spammer '<command>' !!!", "repaired", "test_spam.Spam.test_command_that_fails",
                 "the mail was not checked for spam by command, and why")
proven_elsewhere("9.2.37", "Scanner returned abnormal signal (<n>), WARNING: Your scanner returned neither 0, a "
                 "viruscode, nor a good "
                 "viruscode, but <n>", "kept", "test_8_scanners.Programs.test_words_for_errors")
proven_elsewhere("9.2.38", "SMTP Message too large for scanning: <KB>", "kept", "test_5_smtp.Size.test_log")
proven_elsewhere("9.2.39", "USER '<name>' is told with debug only (3.0)", "repaired",
                 "test_pop3.Infected.test_quarantine_and_log",
                 "as in 2.3.2")
dropped("9.2.40", "Ignoring client TOP request., Ignoring servers PIPELINING, TOP and STLS capability..., Ignoring SMTP "
        "servers "
        "PIPELINING capability...", "TOP and pipelining work; what is hidden for good reason is no event")
dropped("9.2.41", "ERR: Cannot open socket to real-server, Can't send to server!, Can't send to client, Writing to "
        "client!, Client "
        "disappeared during mail send!, Sending mail to client", "one line when the session ends says which side left, and why")
dropped("9.2.42", "ERR: Critical error opening file '<file>', Program aborted., Can't create newmsg!, Virusaction "
        "failed., Exiting now...",
        "these files and these ends are no more")
proven_elsewhere("9.2.43", "ERR: Unable to remove <pidfile>", "kept", "test_9_log.Stuck.test_pidfile")
dropped("9.2.44", "the words of 2.1 and older: Connection from, '<file>' contains a virus (<name>)!, Listening on (3.0)",
        "2.3.2's are what programs read today")
