# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 10: the daemon's start, processes, signals and end."""
from cases import dropped, proven_elsewhere

proven_elsewhere("10.1.1", "a bad option or file: each mistake is named, exit status 1", "kept",
                 "test_daemon.Configuration.test_bad")
proven_elsewhere("10.1.2", "a port in use ends the start with status 1, and kills the running daemon by its abort file",
                 "repaired",
                 "test_daemon.Configuration.test_port_in_use", "the running daemon goes on")
proven_elsewhere("10.1.3", "the start returns when the daemon is in the background; pid file; SIGTERM ends it and removes "
                 "the file",
                 "kept", "test_daemon.Background.test_life")
proven_elsewhere("10.2.1", "at maxchilds further connections wait", "kept", "test_daemon.Limits.test_maxchilds_waits")
proven_elsewhere("10.3.1", "SIGHUP reads the file again (3.0); removed keys stay as they were", "repaired",
                 "test_daemon.Signals.test_hup_is_for_new_sessions", "removed keys are at their defaults again")
dropped("10.4.1", "an error in one session stops the service by the abort file p3scan.abort",
        "an error costs one mail or one session; a stale abort file means nothing")
dropped("10.4.2", "a mail P3Scan Terminating! to emergcon", "nothing ends the daemon but a signal; mails to emergcon say "
        "what is wrong")
