# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What an installation of P3Scan 2.3.2 from its sources left on a host, after a crash: reference 2.1 to 2.6."""
import mails

CONFIGURATION = """/*
 * P3Scan's configuration as it was shipped: with the licence at its top,
 * which no version of the old program could read.
 *
 */
#
# PID File
#
pidfile = /var/run/p3scan/p3scan.pid

maxchilds = 10
ip = 0.0.0.0
port = 8110
targetip = 0.0.0.0
targetport = 8110
emailport = 25
user = mail
notifydir = /var/spool/p3scan/notify
virusdir = /var/spool/p3scan
; justdelete
// bytesfree
bytesfree = 1000
scannertype = basic
scanner = /usr/local/bin/oldscan
viruscode = 1
virusregexp = .*: (.*) FOUND
timeout = 30
broken
template = /etc/p3scan/p3scan.mail
subject = [Virus] found in a mail to you:
smtprset = Virus detected! P3scan rejected message!
quiet"""            # the last line has no end

# Ends with the line that ended the mail for the old program.
TEMPLATE = """MIME-Version: 1.0
Content-Type: text/plain; charset="iso-8859-1"

Hello %USERNAME%.

The postmaster of this house wrote these words in 2005.
Found: %VIRUSNAME%
From: %MAILFROM%
.
"""

SCANNER = """#!/bin/sh
if grep -q EICAR-STANDARD-ANTIVIRUS "$1"; then echo "$1: Eicar-Test-Signature FOUND"; exit 1; fi
exit 0
"""

OLD_QUARANTINE = ("/var/spool/p3scan/p3scan.aZ19Kp", "/var/spool/p3scan/p3scan.000000")
LEFT_BEHIND = ("/var/spool/p3scan/children/4711/p3scan.Xy12Zz", "/var/spool/p3scan/children/4711/p3shdr.Xy12Zz",
               "/var/spool/p3scan/children/4711/vnmsg", "/var/spool/p3scan/children/4712/p3scan.Ab34Cd.dir/textfile0")


def lay(machine):
    """Writes it all into `machine`."""
    machine.write("/usr/sbin/p3scan", "#!/bin/sh\necho the old program\n", mode=0o550)
    machine.write("/usr/local/bin/oldscan", SCANNER, mode=0o755)
    machine.write("/etc/p3scan/p3scan.conf", CONFIGURATION, mode=0o600)
    machine.write("/etc/p3scan/p3scan-en.mail", TEMPLATE)
    machine.path("/etc/p3scan/p3scan.mail").symlink_to("p3scan-en.mail")
    machine.give("/etc/p3scan", "mail", 0o700)
    for path in OLD_QUARANTINE:
        machine.write(path, mails.INFECTED.replace(b"\r\n", b"\n") + b".\n", "mail", 0o600)
    for path in LEFT_BEHIND:
        machine.write(path, "left behind\n", "mail", 0o600)
        machine.give(path.rsplit("/", 1)[0], "mail", 0o700)
    machine.write("/var/spool/p3scan/notify/4711.mailout", "left behind\n", "mail", 0o600)
    machine.write("/var/spool/p3scan/p3scan.abort", "", "mail", 0o600)
    for path in ("", "/children", "/children/4712", "/notify"):
        machine.give("/var/spool/p3scan" + path, "mail", 0o700)
    machine.write("/var/run/p3scan/p3scan.pid", "99999\n", "mail")
    machine.give("/var/run/p3scan", "mail", 0o755)
