# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Section 7: filters, their order, and lists; proven by the end-to-end tests of these."""
from cases import dropped, proven_elsewhere

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
dropped("7.2.7", "dspamuser and htmluser are replaced in a command line for the shell, once per session",
        "each is one word of the command, replaced for every mail by the login name")
proven_elsewhere("7.4.1", "a whitelisted sender: nothing is run", "repaired", "test_lists.Lists.test_white_passes_with_no_change",
                 "nothing is added to the mail either")
proven_elsewhere("7.4.2", "a blacklisted sender: the mail is replaced, Subject by blacksubj", "kept",
                 "test_lists.Lists.test_black_is_replaced")
proven_elsewhere("7.4.3", "blackshort: header and Subject only", "kept", "test_lists.Lists.test_blackshort")
proven_elsewhere("7.4.4", "userlist: lists of each user", "kept", "test_lists.Lists.test_users")
proven_elsewhere("7.4.5", "only a From field before Subject is looked at, lists are read at login", "repaired",
                 "test_lists.Lists.test_change_without_restart", "every From field; changes count at once")
