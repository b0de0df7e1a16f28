// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

namespace p3scan::attach {

/// What badattach bans unless configured: extensions of files that run something when they are opened on Windows,
/// macOS or a desktop of Linux, and of disk images that carry such files past the mark of the web. Chosen from what
/// mail programs themselves refuse to open; left out are those that people send each other to read (certificates,
/// databases, web pages, sources of languages without a double-click).
inline constexpr std::string_view kBadExtensions[] = {
    // programs and their parts
    "exe", "com", "scr", "pif", "cpl", "dll", "ocx", "sys", "drv", "ax", "vxd", "xll", "wll", "gadget", "msi", "msp",
    "mst", "msu", "msix", "msixbundle", "appx", "appxbundle", "appinstaller", "application", "appref-ms", "ex_",
    // scripts
    "bat", "cmd", "btm", "vb", "vbs", "vbe", "vbscript", "js", "jse", "ws", "wsf", "wsc", "wsh", "sct", "hta", "ps1",
    "ps1xml", "ps2", "ps2xml", "psc1", "psc2", "psm1", "psd1", "psdm1", "msh", "msh1", "msh2", "mshxml", "msh1xml",
    "msh2xml", "bas", "a3x", "ahk", "pyw", "pyz", "pyzw", "pyc", "jar", "jnlp", "class",
    // what makes the shell do something
    "lnk", "url", "scf", "shs", "shb", "reg", "inf", "ins", "isp", "its", "chm", "hlp", "cnt", "msc", "pcd", "prf",
    "diagcab", "diagcfg", "diagpkg", "theme", "themepack", "desktopthemepackfile", "library-ms", "search-ms",
    "searchconnector-ms", "settingcontent-ms", "website", "wsb", "xbap", "xnk", "osd", "mcf", "vsmacros", "vsw",
    "webpnp", "printerexport", "iqy", "slk", "rdp", "udl",
    // Access and Office with code in them
    "ade", "adp", "app", "mda", "mde", "mad", "maf", "mam", "maq", "mar", "mas", "mau", "mav", "maw", "mdz", "ops",
    // other systems
    "command", "workflow", "action", "scpt", "scptd", "applescript", "pkg", "mpkg", "dmg", "apk", "ipa", "desktop",
    "appimage", "run", "deb", "rpm",
    // disk images
    "iso", "img", "vhd", "vhdx", "vmdk", "udf"};

/// What badtype bans unless configured. message/partial (RFC 2046 5.2.2) is a mail in pieces that no scanner sees whole.
inline constexpr std::string_view kBadTypes[] = {"application/x-msdownload",
                                                 "application/x-msdos-program",
                                                 "application/x-ms-dos-executable",
                                                 "application/x-dosexec",
                                                 "application/x-exe",
                                                 "application/exe",
                                                 "application/x-winexe",
                                                 "application/vnd.microsoft.portable-executable",
                                                 "application/x-executable",
                                                 "application/x-sharedlib",
                                                 "application/x-elf",
                                                 "application/x-mach-binary",
                                                 "application/x-msi",
                                                 "application/x-ms-installer",
                                                 "application/x-ms-shortcut",
                                                 "application/x-mswinurl",
                                                 "application/x-ms-application",
                                                 "application/hta",
                                                 "application/x-bat",
                                                 "application/bat",
                                                 "application/x-vbs",
                                                 "text/vbscript",
                                                 "text/vbs",
                                                 "text/x-vbscript",
                                                 "text/scriptlet",
                                                 "application/java-archive",
                                                 "application/x-java-archive",
                                                 "application/x-java-jnlp-file",
                                                 "application/java-vm",
                                                 "application/vnd.android.package-archive",
                                                 "application/x-apple-diskimage",
                                                 "application/x-iso9660-image",
                                                 "application/x-cd-image",
                                                 "message/partial"};

}  // namespace p3scan::attach
