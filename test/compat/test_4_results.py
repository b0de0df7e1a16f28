# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 4.5: what becomes of a mail, after each result."""
from cases import dropped, proven_elsewhere

proven_elsewhere("4.5.1", "a clean mail is delivered", "kept", "test_clients.FetchEmbedded.test_fetchmail")
proven_elsewhere("4.5.2", "an infected mail: notification, and the session goes on", "kept",
                 "test_pop3.Infected.test_every_disguise")
proven_elsewhere("4.5.3", "a scanner error ends the connection and the daemon (2.3.2), or the mail is delivered (3.0)",
                 "repaired",
                 "test_policy.Policy.test_failure_is_temporary_by_default",
                 "a temporary error for this mail, the session goes on; see onfailure")
proven_elsewhere("4.5.4", "no space left stops the daemon", "repaired", "test_faults.Disk.test_bytesfree",
                 "a temporary error for this mail")
dropped("4.5.5", "-ERR Message n contains a virus, in the middle of the mail, when the notification fails",
        "a notification cannot fail; what cannot be quarantined stays on the server with a temporary error")
dropped("4.5.6", "all mail passes unscanned when the scanner cannot be set up", "the daemon does not start and says why")
proven_elsewhere("4.5.7", "a virus, and the template can't be read: the daemon stops", "repaired",
                 "test_3_templates.Templates.test_missing_template", "a template that can't be read is an error at the start")
proven_elsewhere("4.5.8", "no space in the middle of a mail: Critical abort, this session only", "repaired",
                 "test_faults.Disk.test_too_little_for_one_mail", "a temporary error for this mail")
proven_elsewhere("4.5.9", "the client can't be written to: this session only", "kept",
                 "test_faults.PeerFaults.test_client_leaves")
proven_elsewhere("4.5.10", "a scanner that can't be reached when the session begins: the daemon stops", "repaired",
                 "test_engines.Daemons.test_trophie", "a temporary error for each mail until it is back")
proven_elsewhere("4.5.11", "an error while the mail is being shown already: the connection is cut", "kept",
                 "test_keepalive.KeepAlive.test_scan_fails")
