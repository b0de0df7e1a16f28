// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "base/log.h"

#include <fmt/chrono.h>
#include <syslog.h>
#include <unistd.h>

#include <ctime>

#include "base/ascii.h"

namespace p3scan {
namespace {

void append_printable(std::string& out, char c) {
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (ascii::is_control(c)) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  } else {
    out += c;
  }
}

/// The connection to syslog belongs to the whole process, and so do its options.
SyslogOptions& syslog_options() {
  static SyslogOptions options;
  return options;
}

int priority(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return LOG_DEBUG;
    case LogLevel::notice: return LOG_NOTICE;
    case LogLevel::warning: return LOG_WARNING;
    case LogLevel::error: return LOG_ERR;
  }
  return LOG_NOTICE;
}

void write_stderr(std::string_view text) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  static_cast<void>(localtime_r(&now, &local));
  const auto line = fmt::format("{:%H:%M:%S} p3scan[{}]: {}\n", local, getpid(), text);
  // One write, so that lines of several processes do not mix; nobody is left to tell if it fails.
  [[maybe_unused]] const auto n = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(std::min(text.size(), limit));
  for (const char c : text) {
    if (out.size() >= limit) return out + "...";
    append_printable(out, c);
  }
  return out;
}

void open_syslog(SyslogOptions options) {
  syslog_options() = options;
  ::openlog("p3scan", options.option, options.facility);
}

void reopen_syslog() {
  ::closelog();
  open_syslog(syslog_options());
}

bool Log::shows(DebugTopic topic) const {
  if (!options_.debug) return false;
  switch (topic) {
    case DebugTopic::imap: return options_.debug_imap;
    case DebugTopic::scanning: return options_.debug_scanning;
    case DebugTopic::smtp: return options_.debug_smtp;
  }
  return false;
}

void Log::write(LogLevel level, std::string_view text) const {
  const auto line = printable(text);
  if (options_.foreground) {
    write_stderr(line);
  } else {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): syslog has no other form
    syslog(priority(level), "%s", line.c_str());
  }
}

}  // namespace p3scan
