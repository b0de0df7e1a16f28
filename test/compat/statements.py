# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the description of versions 2.3.2 and 3.0 states, section by section, and the cases that answer for it. A statement
without a case, a case that is none, and a case that no statement leads to are mistakes.
"""

TABLE = """
3.1 HOSTNAME: 3.1.9
3.1 DOMAINNAME: 3.1.9
3.1 PROGNAME, VERSION: 3.1.1
3.1 CLIENTIP, CLIENTPORT, SERVERIP, SERVERPORT: 3.1.2
3.1 PROTOCOL: 3.1.3 3.1.17 3.1.18 9.2.16
3.1 VDINFO, run for each connection, until the first virus: 3.1.11
3.1 VDINFO, its length: 3.1.15
3.1 VDINFO of the internal ClamAV: 3.1.16
3.1 USERNAME, USER: 3.1.4
3.1 USERNAME, its length: 3.1.13
3.1 USERNAME, APOP, MAIL FROM (3.0): 3.1.14 5.6.1
3.1 MAILDATE: 3.1.8
3.1 MAILFROM, SUBJECT, MAILTO: 3.1.5
3.1 VIRUSNAME, also without one: 3.1.6 8.1.6
3.1 MAILFILE: 3.1.7
3.1 P3SCANID, its slash, justdelete: 3.1.10 3.7.1
3.1 what is unset after a virus, and what is inherited: 3.1.12 3.1.11
3.1 FILESTATUS, which does not exist: 3.3.1
3.2 upper and lower case, exactly one blank, no unfolding, no decoding: 3.2.2
3.2 the last occurrence: 3.2.3
3.2 a header line over 65534 octets: 3.2.4
3.2 X-RCPT-TO, without its brackets: 3.2.1
3.2 X-RCPT-TO for spam and HTML: 3.2.5
3.3 lines over 4095 octets, a last line without line end: 3.3.4
3.3 case of names, unknown names: 3.3.1
3.3 every occurrence, unset ones: 3.3.5 3.1.12
3.3 no second expansion: 3.3.3
3.3 line ends: 3.3.2
3.4 it begins with header lines, and may end in a dot: 3.4.1
3.4 no line with a dot, a dot without line end: 3.4.4
3.4 lines that begin with a dot: 3.4.2
3.4 the English default: 3.4.5
3.4 charsets: 3.4.6 3.4.7
3.4 a template that is missing: 3.4.3
3.5 1, +OK P3Scan'ing...: 13.5.4
3.5 2, header lines up to Subject, MIME, Content: 3.5.1
3.5 2, none of these: 3.5.8
3.5 2, lines behind are lost: 3.5.4
3.5 2, CR and LF: 3.5.7
3.5 3, Date, From, To; (null): 3.5.2 3.5.4
3.5 4, Subject: 3.5.3
3.5 4, Subject of the template: 3.5.5
3.5 4, Subject with altvnmsg: 3.5.9
3.5 5, the template, or vnmsg: 3.5.6
3.5 blacklist (3.0): 7.4.2 7.4.3
3.6 p3scan.extra, or the notification: 3.6.1 3.6.4
3.6 the command: 3.6.1 3.6.2
3.6 the fixed subject: 3.6.1
3.6 a blank p3scan.extra: 3.6.5
3.6 nothing for SMTP: 3.6.3
3.7 justdelete: 3.7.1
3.8 POP3, POP3S: 3.8.1
3.8 the rest of the mail: 3.8.2
3.8 SMTP: 3.8.3
3.8 SMTP, before the scan: 3.8.4
3.8 SMTP, lines of footer: 3.8.5
3.8 SMTP, run a second time, lines that are not empty: 3.8.6
3.8 X-AV (3.0): 3.8.7
3.8 headers of other tools: 3.8.8
3.9 which mail gets it: 3.9.2 3.9.3
3.9 its lines: 3.9.1
3.9 the combinations: 3.9.4
3.9 a file without footer: 3.9.5
4.5 clean: 4.5.1
4.5 virus: 4.5.2
4.5 virus, but the notification failed: 4.5.5
4.5 virus, template unreadable: 4.5.7 3.4.3
4.5 scanner error: 4.5.3 4.5.11
4.5 critical, no space in the middle: 4.5.8
4.5 critical, the client can't be written to: 4.5.9
4.5 not enough space when the child starts: 4.5.4
4.5 init1 failed: 4.5.6 8.1.9
4.5 init2 failed: 4.5.10
5.1 250-PIPELINING: 5.1.1
5.1 STARTTLS, CHUNKING, 8BITMIME, SMTPUTF8, AUTH, DSN, SIZE: 5.1.2
5.1 354: 5.1.3
5.1 all else: 5.1.4
5.2 what is counted: 5.2.3
5.2 RSET, EHLO, rejections: 5.2.1
5.2 checksize: 5.2.2
5.2 checksize, the log: 5.2.4 9.2.38
5.2 no SIZE: 5.2.5
5.3 1, DATA by its beginning: 5.3.7
5.3 2, 354 of the proxy: 5.1.3 5.3.13
5.3 3, lines end a mail: 5.3.6
5.3 3, no keep-alive: 5.3.10
5.3 4, virus scan only: 5.3.8
5.3 4, altvnmsg and disk: 5.3.11 5.3.14
5.3 5, clean: 5.3.4
5.3 6, virus, 554 and the log: 5.3.1 5.3.2
5.3 6, the name behind 554 (3.0): 5.3.9
5.3 6, RSET and QUIT, the session afterwards: 5.3.3 5.3.12
5.3 7, scanner error: 5.3.5
5.4 the second mail: 5.4.1
5.5 forwarded: 5.5.2
5.5 RSET and the count: 5.5.1
5.6 MAIL FROM as user: 5.6.1
5.6 the text of 354: 5.3.13
7.1 1, keep-alive: 7.1.4
7.1 2, altvnmsg: 7.1.5
7.1 3, free space: 7.1.3
7.1 4, renattach, POP3 only: 7.2.1 5.3.8
7.1 5, demime: 8.9.1 8.9.2
7.1 6 to 8, scan, spam, HTML, POP3 only: 7.1.1 5.3.8
7.1 7, ispspam: 7.1.6
7.1 9, no name: 8.1.6
7.1 the order in the configuration's comments: 7.1.7
7.1 lists come first: 7.4.1 7.4.7
7.1 the quarantined file is the mail behind renattach: 7.1.2
7.2 the shell, stderr, 512 octets: 7.2.8 7.2.9
7.2 pieces of 4094 characters, NUL: 7.2.10
7.2 no timeout: 7.2.7
7.2 renattach: 7.2.1
7.2 spamcheck, any output: 7.2.4
7.2 spamcheck, lines with dots: 7.2.11
7.2 overwrite, its code: 7.2.3
7.2 a missing program: 7.2.2
7.2 dspamuser, htmluser: 7.2.12
7.2 nospampipe (3.0): 7.2.5
7.2 spamsubject (a maker's): 7.2.14
7.2 p3pmail, spamc: 7.2.13 7.2.6
7.3 all parts, no limit: 7.3.1 8.9.1
7.3 a file that can't be removed, or is none: 7.3.4
7.3 any virus, else any error: 7.3.3
7.3 critical results are OK: 8.9.3
7.3 names are joined: 7.3.2
7.4 files: 7.4.9
7.4 files of users, loaded at login: 7.4.4 7.4.5
7.4 blank ones: 7.4.11
7.4 From behind Subject: 7.4.12
7.4 text, pattern, expression: 7.4.6
7.4 blacklist first: 7.4.10
7.4 a hit on the blacklist: 7.4.2 7.4.3 7.4.7
7.4 a hit on the whitelist: 7.4.1
7.4 POP3 and IMAP only: 7.4.8
8.0 init1, init2: 4.5.6 4.5.10
8.0 other numbers: 8.9.3
8.0 the table of demime: 8.9.1 8.9.2 8.0.4
8.0 the line at the start: 8.0.1
8.1 no scanner: 8.1.9
8.1 the command line: 8.1.1 8.1.7
8.1 standard input: 8.1.12
8.1 the file: 8.1.2 8.1.3
8.1 lines of output: 8.1.13
8.1 virusregexp: 8.1.5
8.1 virusregexp, several lines, 1000 octets: 8.1.10
8.1 virusregexp, a bad one: 8.1.14
8.1 virusregexp, none: 8.1.11
8.1 exit status, its order: 8.1.4 8.1.17
8.1 a signal: 8.1.8 8.1.16
8.1 names alone never decide: 8.1.10
8.1 goodcode has 0: 8.1.4
8.1 viruscode 0, 256, 16 of them: 8.1.15
8.2 as basic: 8.2.5
8.2 arguments: 8.2.1
8.2 (null): 8.2.2 8.2.3
8.2 apostrophes: 8.2.2
8.2 lines of VDINFO: 8.2.4
8.2 altvnmsg, and its race: 8.2.6 7.1.5
8.2 the sample script: 8.2.5
8.3 ip:port: 8.3.1
8.3 the default: 8.3.3
8.3 STREAM: 8.3.2
8.3 which answers are viruses: 8.3.4
8.3 no connection, errors: 8.3.2 8.3.4
8.3 viruscode, goodcode, virusregexp: 8.3.5
8.3 the shared buffer: 8.3.6
8.4 socket: 8.4.2
8.4 request: 8.4.1
8.4 reply, both widths, the name: 8.4.4
8.4 codes: 8.4.1 8.4.3
8.5 AvpCtl, then aveserver: 8.5.1
8.5 none: 8.5.3
8.5 the protocol of aveserver: 8.5.2
8.6 the protocol: 8.6.1
8.6 no connection: 8.6.2
8.7 clamav, limits: 8.7.1
8.7 clamav, a new database: 8.7.3
8.7 clamav, the line at the start: 8.0.2
8.7 sophie: 8.7.2 8.0.3 8.4.2
8.8 sample: 8.8.1
8.9 order and quoting of bash: 8.2.1 8.2.2
8.9 basic by /bin/sh: 8.1.7
8.9 order of codes, ungreedy, join: 8.1.4 8.1.5
8.9 the file: 8.1.2 8.1.3
8.9 path below virusdir: 8.0.4
8.9 demime with a directory: 8.9.2
8.9 unknown codes: 8.9.4
9.2 P3Scan Version: 9.2.1
9.2 Selected scannertype: 9.2.2
9.2 Listen now on: 9.2.3
9.2 Changing uid, Running as user: 9.2.4
9.2 started, with quiet: 9.2.22
9.2 signalled, terminates: 9.2.20
9.2 Caught HUP (3.0): 9.2.21
9.2 POP3 Connection from: 9.2.5
9.2 SMTP Connection from: 9.2.16
9.2 POP3S Connection from: 9.2.28
9.2 IMAP Connection from (3.0): 9.2.45
9.2 the virus line of IMAP (3.0): 9.2.46
9.2 Real-server address is: 9.2.6
9.2 USER: 9.2.7 9.2.39
9.2 Session done, Clean Exit: 9.2.9
9.2 Session done, Critical abort: 9.2.18
9.2 Session done without Bytes: 9.2.31
9.2 Connection timeout: 9.2.29
9.2 the virus line: 9.2.8
9.2 raw values: 9.2.10
9.2 (null): 9.2.13
9.2 older words: 9.2.44
9.2 554: 9.2.17
9.2 MAX_CHILDS: 9.2.30
9.2 RETR msg, TOP msg: 9.2.19
9.2 Ignoring ...: 9.2.40
9.2 SMTP Message too large for scanning: 9.2.38
9.2 abnormal signal, returned neither: 9.2.37
9.2 no scanner was defined, Scanner init failed, Can't initialize scanner: 9.2.32
9.2 Unable to find destination: 9.2.27
9.2 No IP-Conntrack-data: 9.2.26
9.2 Oops, that would loop!: 9.2.15
9.2 Cannot connect to real-server, and what the client is told: 9.2.11 9.2.12
9.2 Cannot open socket, Can't send, Writing to client, Client disappeared, Sending mail: 9.2.41
9.2 Can't bind to socket: 9.2.23
9.2 Unknown User: 9.2.24
9.2 PID file exists: 9.2.25
9.2 Not enough space: 9.2.33
9.2 Critical error opening file, Virusaction failed, Can't create newmsg, Exiting now: 9.2.42
9.2 Can't open mail notification template: 9.2.34
9.2 Can't start spammer: 9.2.35
9.2 Unable to remove: 9.2.43
9.2 Attention: 9.2.36
9.2 what quiet leaves out: 9.2.14
13 1, every option: 13.1.3
13 1, the grammar of the file: 13.1.1 13.1.2
13 2, paths: 13.2.1
13 2, pid file, -l: 13.2.2 13.2.3
13 2, exit codes, -v, -h: 13.3.1 13.3.2 13.3.5
13 3, log lines, ident, facility: 13.3.3 13.3.4
13 4, templates, notification, quarantine, arguments, codes, regexp: 3.3.1 3.5.1 3.1.10 8.2.1 8.1.4 8.1.5
13 5, protocol by port: 13.5.1
13 5, +OK P3Scan'ing..., 554: 13.5.4 5.3.1
13 5, what is hidden: 13.5.3 5.1.1 5.1.2
13 5, POP3S: 13.5.2
13 6, what is not kept: 13.6.1 13.6.2
"""
SECTIONS = ("3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 4.5 5.1 5.2 5.3 5.4 5.5 5.6 7.1 7.2 7.3 7.4 "
            "8.0 8.1 8.2 8.3 8.4 8.5 8.6 8.7 8.8 8.9 9.2 13").split()


def mistakes(all_numbers):
    """What is wrong with the table, given the numbers of all cases."""
    numbers = set(all_numbers)
    found = [f"case {number} is there twice" for number in numbers if all_numbers.count(number) > 1]
    named, sections = set(), set()
    for line in TABLE.strip().splitlines():
        statement, _, cases = line.rpartition(": ")
        sections.add(statement.split()[0])
        if not statement or not cases.split():
            found.append(f"no case for: {line}")
        found += [f"no case {case} for: {statement}" for case in cases.split() if case not in numbers]
        named.update(cases.split())
    found += [f"no statements of section {section}" for section in SECTIONS if section not in sections]
    found += [f"statements of an unknown section {section}" for section in sorted(sections - set(SECTIONS))]
    return found + [f"no statement leads to case {number}" for number in sorted(numbers - named)
                    if not number.startswith("10.")]
