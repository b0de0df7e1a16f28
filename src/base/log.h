// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace p3scan {

/// The old program knew these three; all reach syslog as LOG_NOTICE or above, see log.cpp.
enum class LogLevel { debug, notice, warning, error };

/// What debug lines tell only on demand.
enum class DebugTopic { imap, scanning, smtp };

/// How openlog(3) is to be called, for this process and its children.
struct SyslogOptions {
  int option = 3;     // LOG_PID | LOG_CONS
  int facility = 24;  // LOG_DAEMON
};
void open_syslog(SyslogOptions options);
/// Closes the connection, which is a descriptor, and opens it anew as before; for a process just forked.
void reopen_syslog();

/// Writes one line per event to syslog (ident p3scan, see open_syslog()) or, in the foreground, to
/// stderr. Safe from any thread. Control characters in the text are escaped here and only here, so
/// that no header, login or path can forge a line.
class Log {
 public:
  struct Options {
    bool foreground = false;  // stderr with time and pid instead of syslog
    bool debug = false;       // debug lines, too
    bool quiet = false;       // no notices
    bool debug_imap = false;  // topics of debug lines
    bool debug_scanning = false;
    bool debug_smtp = false;
    bool passwords = false;  // debug lines show them
  };

  explicit Log(Options options) : options_(options) {}

  bool enabled(LogLevel level) const {
    return level == LogLevel::debug ? options_.debug : level != LogLevel::notice || !options_.quiet || options_.debug;
  }
  bool shows(DebugTopic topic) const;
  bool shows_passwords() const { return options_.passwords; }
  void write(LogLevel level, std::string_view text) const;

  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) const {
    if (enabled(LogLevel::debug)) write(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void debug(DebugTopic topic, fmt::format_string<Args...> format, Args&&... args) const {
    if (shows(topic)) write(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void notice(fmt::format_string<Args...> format, Args&&... args) const {
    if (enabled(LogLevel::notice)) write(LogLevel::notice, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
  }
  /// Prefixed "ERR: " like the old program's.
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::error, "ERR: " + fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  Options options_;
};

/// `text` with control characters as \xNN, and \n, \r, \t by name; cut after `limit` octets.
std::string printable(std::string_view text, std::size_t limit = 4000);

}  // namespace p3scan
