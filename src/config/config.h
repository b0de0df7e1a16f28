// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace p3scan::config {

using std::chrono::seconds;

enum class Barelf { normalize, reject, pass };
enum class OnFailure { tempfail, deliver };
enum class OnUnscannable { deliver_marked, notify, tempfail, reject };
enum class ScannerType { libclamav, clamd, basic };

/// A policy may differ by the way a message travels ("in:notify out:reject"); one word sets both.
/// Never in it: incoming reject, outgoing notify.
template <class T>
struct PerDirection {
  T incoming;
  T outgoing;
  bool operator==(const PerDirection&) const = default;
};

struct ScannerConfig {
  ScannerType type = ScannerType::libclamav;
  /// clamd: pool of "host:port", "[v6]:port", "/path/socket"; basic: one command line; libclamav: none.
  std::vector<std::string> targets;
  bool operator==(const ScannerConfig&) const = default;
};

/// Every setting with its default. What a setting is called and means stands once, in options.cpp.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of their meaning
struct Config {
  // Interception
  std::vector<std::string> ip;  // listen addresses, IPv4 or IPv6 literals; none = all of both
  std::uint16_t port = 8110;
  bool tproxy = false;
  std::string targetip;  // host name or address; empty = transparent
  std::uint16_t targetport = 8110;
  bool useurl = false;
  std::vector<std::string> useurlallow;  // host names, addresses, networks (a.b.c.d/n, v6/n)
  std::vector<std::uint16_t> emailport = {25};

  // Time
  seconds timeout{30};       // keep-alive interval
  seconds idletimeout{600};  // session without traffic
  seconds connecttimeout{30};
  seconds scantimeout{300};  // one message, all engines
  seconds draintime{30};     // SIGTERM: grace for running sessions
  bool broken = false;       // accepted: keep-alive always sends whole lines

  // Limits
  std::uint32_t maxchilds = 1000;
  std::uint32_t maxperclient = 100;
  std::uint32_t maxline = 65536;       // octets of a command or reply line
  std::uint32_t maxpipeline = 1000;    // commands without their reply yet
  std::uint64_t maxmessage = 1048576;  // KB; 0 = no limit
  std::uint32_t threads = 0;           // event loops; 0 = one per core
  std::uint32_t workers = 0;           // scanning processes; 0 = one per core

  // Scanning
  std::vector<ScannerConfig> scanners;  // never empty after finish(): libclamav by default
  std::string clamdb = "/var/lib/clamav";
  bool clamdb_given = false;
  std::vector<int> viruscode = {1};
  std::vector<int> goodcode;
  std::string virusregexp;  // PCRE, ungreedy, without the /N
  int virusregexp_part = 1;
  PerDirection<OnFailure> onfailure = {OnFailure::tempfail, OnFailure::tempfail};
  PerDirection<OnUnscannable> onunscannable = {OnUnscannable::deliver_marked, OnUnscannable::deliver_marked};
  std::uint32_t checksize = 0;  // KB; SMTP mail announced larger is not scanned; 0 = scan all
  Barelf barelf = Barelf::normalize;
  bool enabletop = false;  // accepted: TOP is always scanned

  // Outcome
  std::string templatefile = "/etc/p3scan/p3scan.mail";  // "template"
  bool template_given = false;                           // else a built-in English text stands in for a missing file
  std::string virusdir = "/var/spool/p3scan";
  bool justdelete = false;
  std::string notify = "Per instruction, the message has been deleted.";
  std::string subject = "[Virus] found in a mail to you:";
  std::string smtprset = "Virus detected! P3scan rejected message!";
  bool xheader = true;

  // Spool
  std::uint32_t spoolmemory = 256;  // KB
  std::uint64_t bytesfree = 10000;  // KB

  // Daemon
  std::string configfile = "/etc/p3scan/p3scan.conf";
  std::string pidfile = "/var/run/p3scan/p3scan.pid";
  std::string user = "mail";
  bool debug = false;
  bool quiet = false;

  bool operator==(const Config&) const = default;
};

}  // namespace p3scan::config
