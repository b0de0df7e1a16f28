// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr Option kAttachmentRows[] = {
    {.name = "attachments", .field = &Config::attachments, .argument = "off|rename|delete|quarantine-part",
     .section = Section::attachment,
     .help = "what happens to dangerous attachments",
     .man = "rename gives them a name that nothing opens by itself. delete puts a short text in their place that says "
            "what was there. quarantine-part does the same and keeps the attachment in virusdir."},
    {.name = "badattach", .field = &Config::badattach, .argument = "EXTENSIONS", .section = Section::attachment,
     .check = check_extension, .example = "exe, scr, js",
     .help = "file name extensions that are dangerous",
     .man = "Repeat the option or separate several by commas. They replace the built-in list."},
    {.name = "badtype", .field = &Config::badtype, .argument = "TYPES", .section = Section::attachment,
     .check = check_mime_type, .example = "application/x-msdownload",
     .help = "MIME types that are dangerous",
     .man = "Repeat the option or separate several by commas. They replace the built-in list."},
    {.name = "badmagic", .field = &Config::badmagic, .section = Section::attachment,
     .help = "an attachment whose content is a program is dangerous, whatever its name"},
    {.name = "attachzip", .field = &Config::attachzip, .section = Section::attachment,
     .help = "look at the names inside zip archives"},
    {.name = "attachout", .field = &Config::attachout, .section = Section::attachment,
     .help = "look at the attachments of outgoing mail, too"},
    {.name = "onsigned", .field = &Config::onsigned, .argument = "pass|notify|edit", .section = Section::attachment,
     .help = "what happens to dangerous attachments of signed or encrypted mail",
     .man = "To edit such a mail breaks the signature. pass leaves it alone, notify replaces the whole mail by a "
            "notification, edit edits it all the same."},
    {.name = "renattach", .letter = 'a', .field = &Config::renattach, .argument = "COMMAND",
     .section = Section::attachment, .of_2_3_2 = true, .max = kMaxCommand,
     .example = "/usr/bin/renattach",
     .help = "program that edits the attachments of incoming mail",
     .man = "It reads the mail and writes the one to deliver. Words of the command may be quoted; no shell is "
            "involved.",
     .compat = {Compat::repaired,
                "no shell; output that is no whole mail, an error or a timeout leaves the mail as it was"}},
};

inline constexpr Option kSpamRows[] = {
    {.name = "checkspam", .letter = 'k', .field = CheckspamOption{}, .argument = "yes|no|COMMAND", .bare = "yes",
     .section = Section::spam, .of_2_3_2 = true, .max = kMaxCommand,
     .help = "look for spam",
     .man = "A command in place of yes is that of spamcheck.",
     .compat = {Compat::same, "a switch as in 2.x, or the command itself as in 3.0"}},
    {.name = "spamtype", .field = &Config::spamtype, .argument = "command|spamd|rspamd|dspam",
     .section = Section::spam,
     .help = "what looks for spam",
     .man = "command runs spamcheck. spamd and rspamd ask the daemons of that name at spamserver. dspam runs spamcheck "
            "for the user that logged in."},
    {.name = "spamcheck", .letter = 'z', .field = &Config::spamcheck, .argument = "COMMAND",
     .section = Section::spam, .of_2_3_2 = true, .max = kMaxCommand,
     .help = "program that looks for spam",
     .man = "It reads the mail and writes it with header lines added. The word dspamuser stands for the login name. "
            "Words of the command may be quoted; no shell is involved. spamc prints a mail unchanged, as if all were "
            "well, when it can't reach spamd: with -x it fails instead, and the log says that the mail was not checked.",
     .compat = {Compat::repaired,
                "no shell; output that is no whole mail, an error or a timeout leaves the mail as it was; the login "
                "name is one argument"}},
    {.name = "spamserver", .field = &Config::spamserver, .argument = "SERVER", .section = Section::spam,
     .check = check_server, .example = "127.0.0.1:783",
     .help = "where spamd or rspamd is",
     .man = "host:port, [IPv6]:port or /path/to/socket; repeat the option or separate several by commas. Without it "
            "spamd is expected at 127.0.0.1:783, rspamd at 127.0.0.1:11333."},
    {.name = "spamuser", .field = &Config::spamuser, .argument = "NAME", .section = Section::spam, .max = 255,
     .example = "nobody",
     .help = "user whose settings and statistics the spam filter takes",
     .man = "Without it the login name of the session."},
    {.name = "spamsize", .field = &Config::spamsize, .argument = "KB", .section = Section::spam, .max = UINT32_MAX,
     .unit = "KB",
     .help = "larger mail is not checked for spam",
     .man = "0 checks all."},
    {.name = "spamsubject", .field = &Config::spamsubject, .argument = "TEXT", .bare = "[ SPAM ]",
     .section = Section::spam, .max = 200, .example = "[ SPAM ]",
     .help = "begins the subject of spam",
     .man = "Without a value it is [ SPAM ]. Without the option the subject stays as it is."},
    {.name = "spamdelete", .field = &Config::spamdelete, .section = Section::spam,
     .help = "replace incoming spam by a notification"},
    {.name = "spamreject", .field = &Config::spamreject, .section = Section::spam,
     .help = "refuse outgoing spam",
     .man = "Outgoing mail is then checked, see spamout."},
    {.name = "spamout", .field = &Config::spamout, .section = Section::spam,
     .help = "look for spam in outgoing mail, too"},
    {.name = "ispspam", .letter = 'M', .field = &Config::ispspam, .argument = "TEXT", .section = Section::spam,
     .of_2_3_2 = true, .max = 900, .example = "X-Spam-Flag: YES",
     .help = "mail with this text in its header is not checked for spam",
     .compat = {Compat::repaired, "it holds for the mail that contains it, not for the rest of the session"}},
    {.name = "nospampipe", .field = &Config::nospampipe, .section = Section::spam,
     .help = "give spamcheck the name of a file with the mail instead of a pipe",
     .man = "The name is the last argument.",
     .compat = {Compat::repaired, "no shell"}},
};

inline constexpr Option kHtmlRows[] = {
    {.name = "htmlclean", .field = &Config::htmlclean, .argument = "off|webbugs|strict|p3pmail",
     .section = Section::html,
     .help = "defuse the HTML of incoming mail",
     .man = "webbugs keeps a mail from loading anything over the network when it is read, and from running programs. "
            "strict makes its links and forms harmless, too, and takes a mail with more parts than it can look into for "
            "unscannable. p3pmail disables each href and src, as that program did, and nothing else. Pictures that come "
            "with the mail stay in every mode. Signed and encrypted parts are left alone unless onsigned is edit."},
    {.name = "overwrite", .letter = 'o', .field = &Config::overwrite, .argument = "COMMAND",
     .section = Section::html, .aliases = {"parsehtml"}, .of_2_3_2 = true, .max = kMaxCommand,
     .example = "/usr/bin/p3pmail",
     .help = "program that edits the HTML of incoming mail",
     .man = "It reads the mail and writes the one to deliver. The word htmluser stands for the login name. Words of "
            "the command may be quoted; no shell is involved.",
     .compat = {Compat::repaired,
                "no shell; output that is no whole mail, an error or a timeout leaves the mail as it was; the login "
                "name is one argument"}},
};

inline constexpr Option kListRows[] = {
    {.name = "whitelist", .field = &Config::whitelist, .argument = "FILE", .section = Section::lists,
     .check = check_path,
     .help = "senders whose incoming mail is delivered unscanned",
     .man = "One per line: an address, a domain, or a pattern with * and ?. It is read again when it changes. A file "
            "that does not exist is an empty list."},
    {.name = "blacklist", .field = &Config::blacklist, .argument = "FILE", .section = Section::lists,
     .check = check_path,
     .help = "senders whose incoming mail is replaced by a notification",
     .man = "Written like whitelist, and stronger."},
    {.name = "userlist", .field = &Config::userlist, .argument = "DIRECTORY|~", .section = Section::lists,
     .max = 4000, .check = check_userlist, .example = "/etc/p3scan/lists",
     .help = "directory with lists of single users",
     .man = "For the login name USER the files p3scan.whitelist.USER and p3scan.blacklist.USER count instead of the "
            "general ones. ~ is the directory /home/USER.",
     .compat = {Compat::repaired, "a login name can't lead out of the directory"}},
    {.name = "blacksubj", .field = &Config::blacksubj, .argument = "TEXT", .section = Section::lists, .max = 900,
     .help = "begins the subject of a notification about blacklisted mail",
     .man = "The sender follows.",
     .compat = {Compat::same}},
    {.name = "blackshort", .field = &Config::blackshort, .section = Section::lists,
     .help = "a notification about blacklisted mail has no text",
     .compat = {Compat::same}},
};
// clang-format on

}  // namespace p3scan::config
