// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/registry.h"

#include <gtest/gtest.h>

#include "base/asio/asio.h"
#include "spool/scratch.h"

namespace p3scan {
namespace {

TEST(Registry, NamesOfTheOldProgram) {
  EXPECT_EQ(name_of(ScannerKind::libclamav), "libclamav");
  EXPECT_EQ(name_of(ScannerKind::clamd), "clamd");
  EXPECT_EQ(name_of(ScannerKind::basic), "basic");
  EXPECT_EQ(name_of(ScannerKind::avpd_new), "avpd_new");
  EXPECT_EQ(description_of(ScannerKind::avpd), "Kaspersky AVPDaemon");
  EXPECT_EQ(description_of(ScannerKind::avpd_new), "Kaspersky Anti-Virus 5.x Daemon");
  EXPECT_EQ(description_of(ScannerKind::trophie), "Trophie antivirus daemon (for Trend Antivirus)");
  EXPECT_EQ(description_of(ScannerKind::bash), "Bash file invocation scanner");
  EXPECT_EQ(description_of(ScannerKind::clamd), "ClamAV TCP Daemon");
  EXPECT_EQ(description_of(ScannerKind::basic), "Basic file invocation scanner");
}

TEST(Registry, MakesAndChecks) {
  struct Row {
    ScannerKind kind;
    std::vector<std::string> targets;
    bool right;
  };
  const Row rows[] = {
      {ScannerKind::libclamav, {}, true},
      {ScannerKind::clamd, {"127.0.0.1:3310", "[::1]:3310", "/run/clamd"}, true},
      {ScannerKind::clamd, {}, false},
      {ScannerKind::clamd, {"127.0.0.1:3310", "127.0.0.1:x"}, false},
      {ScannerKind::basic, {"true"}, true},
      {ScannerKind::basic, {"/nowhere 'scanner"}, false},
      {ScannerKind::basic, {}, false},
      {ScannerKind::bash, {"true"}, true},
      {ScannerKind::bash, {}, false},
      {ScannerKind::avpd, {}, true},
      {ScannerKind::avpd, {"/run/kav"}, true},
      {ScannerKind::avpd_new, {"/run/kav"}, true},
      {ScannerKind::icap, {"icap://127.0.0.1:1344/av", "http://127.0.0.1/av"}, false},
      {ScannerKind::trophie, {}, true},
      {ScannerKind::sophie, {}, true},
      {ScannerKind::sophie, {"/run/sophie"}, true},
      {ScannerKind::icap, {"icap://127.0.0.1:1344/av", "icap://[::1]/av"}, true},
      {ScannerKind::icap, {"icap://127.0.0.1:1344/"}, false},
      {ScannerKind::icap, {}, false},
      {ScannerKind::fprot, {"true"}, true},
      {ScannerKind::fprot, {"true 'x"}, false},
      {ScannerKind::fsecure, {"true --archive=yes"}, true},
  };
  const test::Scratch dir;
  asio::io_context io;
  const asio::any_io_executor executor = io.get_executor();
  asio::thread_pool blocking(1);
  WorkerPool workers(executor, UniqueFd());
  for (const auto& row : rows) {
    const ScannerSettings settings{.kind = row.kind,
                                   .targets = row.targets,
                                   .viruscode = {1},
                                   .goodcode = {},
                                   .virusregexp = {},
                                   .virusregexp_part = 1,
                                   .directory = dir.path(),
                                   .altvnmsg_template = {}};
    EXPECT_EQ(check_scanner(settings).has_value(), row.right) << name_of(row.kind);
    const auto made = make_scanner(settings, {executor, workers, blocking});
    ASSERT_EQ(made.has_value(), row.right) << name_of(row.kind);
    if (made) EXPECT_EQ((*made)->name(), name_of(row.kind));
  }
}

TEST(Registry, PathsOfSocketsMustFit) {
  for (const auto kind : {ScannerKind::avpd, ScannerKind::avpd_new, ScannerKind::trophie, ScannerKind::sophie}) {
    ScannerSettings settings;
    settings.kind = kind;
    for (const auto& [path, right] : {std::pair{"/run/" + std::string(80, 'x'), true},
                                      {"/run/" + std::string(120, 'x'), false},
                                      {std::string("run/x"), false}}) {
      settings.targets = {path};
      EXPECT_EQ(check_scanner(settings).has_value(), right) << path;
    }
  }
  ScannerSettings settings;
  settings.kind = ScannerKind::avpd;
  settings.targets = {"/run/" + std::string(98, 'x')};
  EXPECT_FALSE(check_scanner(settings)) << "no room for the name of the socket";
}

}  // namespace
}  // namespace p3scan
