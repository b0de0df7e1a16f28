// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "authority/support.h"
#include "support/temporary.h"

namespace p3scan::authority {
namespace {

using namespace test;
using testing::HasSubstr;
namespace fs = std::filesystem;

const CaPlan kPlan{.name = "Test CA", .permitted = {}, .now = kNow};

class Files : public testing::Test {
 protected:
  Result<OpenFiles, OpenError> open() const { return open_files(path, ::geteuid()); }
  void make() const { ASSERT_TRUE(create(path, kPlan)); }
  unsigned mode(const std::string& name) const {
    struct stat st{};
    ::stat((path + "/" + name).c_str(), &st);
    return st.st_mode & 07777U;
  }
  std::string file(const std::string& name) const { return path + "/" + name; }
  void expect_wrong(const std::string& words) const {
    const auto opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, Missing::wrong);
    EXPECT_THAT(opened.error().text, HasSubstr(words));
  }

  p3scan::test::TemporaryDirectory temporary;
  std::string path = temporary.path() + "/ca";
};

TEST_F(Files, AbsentAtFirst) {
  ASSERT_FALSE(open());
  EXPECT_EQ(open().error().kind, Missing::absent);
  fs::create_directory(path);
  EXPECT_EQ(open().error().kind, Missing::absent);
}

TEST_F(Files, CreatesBothPairs) {
  ::umask(022);
  make();
  struct stat st{};
  ::stat(path.c_str(), &st);
  EXPECT_EQ(st.st_mode & 07777U, 0700U);
  EXPECT_EQ(mode("ca.key"), 0600U);
  EXPECT_EQ(mode("untrusted.key"), 0600U);
  const auto files = open();
  ASSERT_TRUE(files) << files.error().text;
  const auto issuers = load(*files);
  ASSERT_TRUE(issuers) << issuers.error();
  EXPECT_EQ(common_name(issuers->trusted.certificate.get()), "Test CA");
  EXPECT_THAT(common_name(issuers->untrusted.certificate.get()), HasSubstr("NOT TRUSTED"));
  ASSERT_TRUE(load(*files)) << "descriptors can be read again";
  const auto again = create(path, kPlan);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error(), HasSubstr("rotate"));
}

TEST_F(Files, DirectoryOpenToAWriterIsRefused) {
  make();
  fs::permissions(path, fs::perms(0770));
  expect_wrong("others may change it (mode 0770)");
  EXPECT_FALSE(replace(path, kPlan));
}

TEST_F(Files, KeysThatOthersCanReadAreRefused) {
  for (const auto* name : {"ca.key", "untrusted.key"})
    for (const unsigned bits : {0640U, 0604U, 0620U, 0601U}) {
      fs::remove_all(path);
      make();
      fs::permissions(file(name), fs::perms(bits));
      expect_wrong(std::string(name) + ": others may use it");
    }
}

TEST_F(Files, CertificatesMayBeReadButNotChanged) {
  make();
  fs::permissions(file("ca.pem"), fs::perms(0644));
  EXPECT_TRUE(open());
  fs::permissions(file("ca.pem"), fs::perms(0664));
  expect_wrong("ca.pem: others may change it");
}

TEST_F(Files, OfAnotherOwner) {
  make();
  const auto opened = open_files(path, ::geteuid() + 1);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text, HasSubstr("belongs to user"));
}

TEST_F(Files, LinksAndDevicesAreRefused) {
  make();
  fs::rename(file("ca.key"), file("elsewhere"));
  fs::create_symlink("elsewhere", file("ca.key"));
  expect_wrong("ca.key");
  fs::remove(file("ca.key"));
  ASSERT_EQ(::mkfifo(file("ca.key").c_str(), 0600), 0);
  expect_wrong("ca.key: it is no plain file");
}

TEST_F(Files, Incomplete) {
  for (const auto* name : {"ca.pem", "ca.key", "untrusted.pem", "untrusted.key"}) {
    fs::remove_all(path);
    make();
    fs::remove(file(name));
    expect_wrong(name);
  }
  EXPECT_TRUE(create(path, kPlan)) << "the second pair is no loss";
  EXPECT_TRUE(open());
  fs::remove(file("ca.key"));
  EXPECT_FALSE(create(path, kPlan)) << "the certificate may be in use";
}

TEST_F(Files, AnAdministratorsOwnCa) {
  fs::create_directory(path);
  fs::permissions(path, fs::perms(0700));
  const auto own = ca({"example.com"});
  p3scan::test::write_file(file("ca.pem"), to_pem(own.certificate.get()));
  p3scan::test::write_file(file("ca.key"), key_to_pem(own.key.get()));
  fs::permissions(file("ca.key"), fs::perms(0600));
  fs::permissions(file("ca.pem"), fs::perms(0644));
  ASSERT_TRUE(create(path, kPlan));
  const auto issuers = load(*open());
  ASSERT_TRUE(issuers);
  EXPECT_EQ(fingerprint(issuers->trusted.certificate.get()), fingerprint(own.certificate.get()));
}

TEST_F(Files, LoadRefuses) {
  make();
  const auto other = ca();
  auto leaf_key = new_key();
  auto wanted = fields();
  wanted.public_key = public_point(leaf_key->get());
  const auto leaf = minted(plain_ca(), wanted);
  const std::string good_pem = to_pem(plain_ca().certificate.get());
  const std::string good_key = key_to_pem(plain_ca().key.get());
  struct Row {
    std::string pem, key, words;
  };
  for (const auto& row :
       {Row{good_pem, key_to_pem(other.key.get()), "not that of the certificate"},
        Row{to_pem(leaf.get()), key_to_pem(leaf_key->get()), "not that of a CA"}, Row{"", good_key, "no certificate"},
        Row{good_pem, "", "no private key"}, Row{good_pem, std::string(70000, 'x'), "too large"},
        Row{good_pem, good_pem, "no private key"}}) {
    p3scan::test::write_file(file("ca.pem"), row.pem);
    p3scan::test::write_file(file("ca.key"), row.key);
    const auto files = open();
    ASSERT_TRUE(files);
    const auto loaded = load(*files);
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error(), HasSubstr(row.words));
  }
}

TEST_F(Files, TheSameKeyForBothIsRefused) {
  make();
  for (const auto* end : {".pem", ".key"})
    fs::copy_file(file(std::string("ca") + end), file(std::string("untrusted") + end),
                  fs::copy_options::overwrite_existing);
  const auto loaded = load(*open());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error(), HasSubstr("same key"));
}

TEST_F(Files, ReplaceKeepsTheOldCertificate) {
  make();
  const auto held = open();
  const auto before = fingerprint(trusted_certificates(path, kNow)->front().get());
  auto later = kPlan;
  later.now += 100;
  ASSERT_TRUE(replace(path, later));
  auto all = trusted_certificates(path, kNow);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_NE(fingerprint(all->front().get()), before);
  EXPECT_EQ(fingerprint(all->back().get()), before);
  ASSERT_TRUE(load(*open()));
  const auto old = load(*held);
  ASSERT_TRUE(old) << "who held the old files still can read them";
  EXPECT_EQ(fingerprint(old->trusted.certificate.get()), before);
  later.now += 100;
  ASSERT_TRUE(replace(path, later));
  EXPECT_EQ(trusted_certificates(path, kNow)->size(), 3U);
  EXPECT_EQ(trusted_certificates(path, kNow + 4000 * kDay)->size(), 1U) << "the present one, whatever it is";
  later.now += 4000 * kDay;
  ASSERT_TRUE(replace(path, later));
  EXPECT_EQ(trusted_certificates(path, kNow)->size(), 1U) << "those that were over are gone";
}

TEST_F(Files, ReplaceWithoutCa) {
  EXPECT_FALSE(replace(path, kPlan));
  fs::create_directory(path);
  EXPECT_FALSE(replace(path, kPlan));
}

}  // namespace
}  // namespace p3scan::authority
