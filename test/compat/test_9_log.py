# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 9.2: the lines that log parsers know, in their exact shape; section 10: the daemon's start and end."""
import mails
from cases import dropped, kept, proven_elsewhere, repaired
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

    @kept("9.2.13", "a value that is not known is (null)")
    def test_null(self):
        mark = self.gateway.mark()
        self.pop3_server([mails.INFECTED.replace(b"To: Bob <bob@example.test>\r\n", b"")])
        self.pop3_login().multiline(b"RETR 1")
        self.gateway.wait_log(r" to \(null\) user: alice virus: ", since=mark)


class Quiet(E2E):
    options = {"quiet": None}

    @kept("9.2.14", "quiet leaves out notices; viruses and errors are still told")
    def test_quiet(self):
        self.pop3_server([mails.INFECTED])
        self.pop3_login().multiline(b"RETR 1")
        self.gateway.wait_log(r" virus: ")


proven_elsewhere("9.2.15", "ERR: Oops, that would loop!", "kept", "test_intercept.Loops.test_connection_to_own_addresses")
proven_elsewhere("10.1.1", "a bad option or file: each mistake is named, exit status 1", "kept", "test_daemon.Configuration.test_bad")
proven_elsewhere("10.1.2", "a port in use ends the start with status 1, and kills the running daemon by its abort file", "repaired",
                 "test_daemon.Configuration.test_port_in_use", "the running daemon goes on")
proven_elsewhere("10.1.3", "the start returns when the daemon is in the background; pid file; SIGTERM ends it and removes the file",
                 "kept", "test_daemon.Background.test_life")
proven_elsewhere("10.2.1", "at maxchilds further connections wait", "kept", "test_daemon.Limits.test_maxchilds_waits")
proven_elsewhere("10.3.1", "SIGHUP reads the file again (3.0); removed keys stay as they were", "repaired",
                 "test_daemon.Signals.test_hup_is_for_new_sessions", "removed keys are at their defaults again")
dropped("10.4.1", "an error in one session stops the service by the abort file p3scan.abort",
        "an error costs one mail or one session; a stale abort file means nothing")
