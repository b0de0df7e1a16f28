// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "authority/certificate.h"

namespace p3scan::authority {
namespace {

constexpr std::size_t kLargestFile = 65536;
constexpr std::string_view kOld = "old-";

struct Pair {
  const char* certificate;
  const char* key;
};
constexpr Pair kTrusted{"ca.pem", "ca.key"};
constexpr Pair kUntrusted{"untrusted.pem", "untrusted.key"};

std::string why(int cause) { return std::generic_category().message(cause); }

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

/// A directory by descriptor, so that all files are of the same one.
class Directory {
 public:
  static Result<Directory, int> open(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return fail(errno);
    return Directory(path, std::move(fd));
  }

  int fd() const { return fd_.get(); }
  std::string path_of(std::string_view name) const { return fmt::format("{}/{}", path_, name); }
  const std::string& path() const { return path_; }

  UniqueFd open_file(const char* name) const {
    return UniqueFd(::openat(fd(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  }
  /// Not by access(), which forgets the rights that a master without root still has.
  bool has(const char* name) const {
    struct stat st{};
    return ::fstatat(fd(), name, &st, AT_SYMLINK_NOFOLLOW) == 0;
  }

  /// Whole and on disk before it has its name.
  Result<void, std::string> write(const std::string& name, std::string_view text, mode_t mode) const {
    const auto fresh = name + ".new";
    ::unlinkat(fd(), fresh.c_str(), 0);
    const UniqueFd file(::openat(fd(), fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    const bool written = file && ::write(file.get(), text.data(), text.size()) == std::ssize(text) &&
                         ::fsync(file.get()) == 0 && ::renameat(fd(), fresh.c_str(), fd(), name.c_str()) == 0;
    if (!written) return fail(fmt::format("Can't write {}: {}", path_of(name), why(errno)));
    return {};
  }

  std::vector<std::string> old_certificates() const {
    std::vector<std::string> names;
    UniqueFd again(::openat(fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, CloseDirectory> list(again ? ::fdopendir(again.get()) : nullptr);
    if (list != nullptr) again.release();
    while (list != nullptr) {
      const auto* const entry = ::readdir(list.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
      if (entry == nullptr) break;
      const std::string_view name(static_cast<const char*>(entry->d_name));
      if (name.starts_with(kOld) && name.ends_with(".pem")) names.emplace_back(name);
    }
    return names;
  }

 private:
  Directory(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  UniqueFd fd_;
};

/// From its beginning, whoever else has read from it: descriptors of a fork share their place.
Result<std::string, std::string> read_file(int fd) {
  std::string text(kLargestFile + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto n = ::pread(fd, text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (n < 0) return fail(why(errno));
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > kLargestFile) return fail(std::string("too large"));
  text.resize(size);
  return text;
}

/// Of a key, too: nothing of it stays behind in freed memory.
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&&) = delete;
  Secret& operator=(Secret&&) = delete;
  ~Secret() { OPENSSL_cleanse(text_.data(), text_.size()); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

enum class Guard { from_writers, from_readers };

Result<void, std::string> check_owner(const struct stat& st, uid_t owner, Guard guard) {
  if (st.st_uid != owner) return fail(fmt::format("it belongs to user {} instead of {}", st.st_uid, owner));
  const mode_t forbidden = guard == Guard::from_readers ? S_IRWXG | S_IRWXO : S_IWGRP | S_IWOTH;
  if ((st.st_mode & forbidden) == 0) return {};
  return fail(fmt::format("others may {} it (mode {:04o})", guard == Guard::from_readers ? "use" : "change",
                          st.st_mode & 07777U));
}

OpenError wrong(const std::string& path, std::string_view reason) {
  return {Missing::wrong, fmt::format("{}: {}", path, reason)};
}

/// Into `into`; complains about all but being there, private and plain.
Result<void, OpenError> open_one(const Directory& directory, const char* name, uid_t owner, UniqueFd& into) {
  const auto guard = std::string_view(name).ends_with(".key") ? Guard::from_readers : Guard::from_writers;
  into = directory.open_file(name);
  if (!into) return fail(wrong(directory.path_of(name), why(errno)));
  struct stat st{};
  if (::fstat(into.get(), &st) != 0 || !S_ISREG(st.st_mode))
    return fail(wrong(directory.path_of(name), "it is no plain file"));
  if (const auto safe = check_owner(st, owner, guard); !safe) return fail(wrong(directory.path_of(name), safe.error()));
  return {};
}

Result<Issuer, std::string> load_pair(int certificate_fd, int key_fd) {
  const auto pem = read_file(certificate_fd);
  if (!pem) return fail("certificate: " + pem.error());
  auto key_text = read_file(key_fd);
  if (!key_text) return fail("key: " + key_text.error());
  const Secret secret(std::move(*key_text));
  auto certificate = certificate_from_pem(*pem);
  if (!certificate) return fail(certificate.error());
  auto key = key_from_pem(secret.text());
  if (!key) return fail(key.error());
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    take_error();
    return fail(std::string("the key is not that of the certificate"));
  }
  if (EVP_PKEY_is_a(key->get(), "EC") != 1 && EVP_PKEY_is_a(key->get(), "RSA") != 1)
    return fail(std::string("the key is neither of EC nor of RSA"));
  if (X509_check_ca(certificate->get()) != 1 || (X509_get_key_usage(certificate->get()) & KU_KEY_CERT_SIGN) == 0)
    return fail(std::string("the certificate is not that of a CA"));
  return Issuer{std::move(*certificate), std::move(*key)};
}

Result<Certificate, std::string> read_certificate(const Directory& directory, const char* name) {
  const auto file = directory.open_file(name);
  if (!file) return fail(fmt::format("{}: {}", directory.path_of(name), why(errno)));
  const auto pem = read_file(file.get());
  if (!pem) return fail(fmt::format("{}: {}", directory.path_of(name), pem.error()));
  auto certificate = certificate_from_pem(*pem);
  if (!certificate) return fail(fmt::format("{}: {}", directory.path_of(name), certificate.error()));
  return certificate;
}

/// The key first: with a new key and an old certificate nothing is signed; the other way round neither.
Result<void, std::string> write_pair(const Directory& directory, const Pair& names, const CaPlan& plan) {
  const auto made = make_ca(plan);
  if (!made) return fail(made.error());
  const Secret key(key_to_pem(made->key.get()));
  if (auto written = directory.write(names.key, key.text(), 0600); !written) return written;
  return directory.write(names.certificate, to_pem(made->certificate.get()), 0644);
}

CaPlan untrusted_plan(const CaPlan& plan) {
  return {.name = "NOT TRUSTED: the mail server's certificate is bad", .permitted = {}, .now = plan.now};
}

bool complete(const Directory& directory, const Pair& names) {
  return directory.has(names.certificate) && directory.has(names.key);
}

/// One change at a time; the lock goes with the descriptor.
Result<Directory, std::string> open_to_change(const std::string& path) {
  auto directory = Directory::open(path);
  if (!directory) return fail(fmt::format("{}: {}", path, why(directory.error())));
  if (::flock(directory->fd(), LOCK_EX | LOCK_NB) != 0) return fail(fmt::format("{}: {}", path, why(errno)));
  struct stat st{};
  if (::fstat(directory->fd(), &st) != 0) return fail(fmt::format("{}: {}", path, why(errno)));
  if (const auto safe = check_owner(st, ::geteuid(), Guard::from_writers); !safe)
    return fail(fmt::format("{}: {}", path, safe.error()));
  return std::move(*directory);
}

Result<void, std::string> keep_old(const Directory& directory) {
  const auto current = read_certificate(directory, kTrusted.certificate);
  if (!current) return fail(current.error());
  auto print = fingerprint(current->get());
  std::erase(print, ':');
  return directory.write(fmt::format("{}{}.pem", kOld, print), to_pem(current->get()), 0644);
}

void drop_expired(const Directory& directory, std::int64_t now) {
  for (const auto& name : directory.old_certificates()) {
    const auto old = read_certificate(directory, name.c_str());
    if (old && ends(old->get()) < now) ::unlinkat(directory.fd(), name.c_str(), 0);
  }
}

}  // namespace

Result<OpenFiles, OpenError> open_files(const std::string& path, uid_t owner) {
  const auto directory = Directory::open(path);
  if (!directory) {
    const int cause = directory.error();
    if (cause == ENOENT) return fail(OpenError{Missing::absent, path + " does not exist"});
    return fail(
        OpenError{cause == EACCES ? Missing::unreadable : Missing::wrong, fmt::format("{}: {}", path, why(cause))});
  }
  if (!directory->has(kTrusted.certificate) && !directory->has(kTrusted.key)) {
    if (errno == EACCES) return fail(OpenError{Missing::unreadable, fmt::format("{}: {}", path, why(EACCES))});
    return fail(OpenError{Missing::absent, path + " has no CA"});
  }
  struct stat st{};
  if (::fstat(directory->fd(), &st) != 0) return fail(wrong(path, why(errno)));
  if (const auto safe = check_owner(st, owner, Guard::from_writers); !safe) return fail(wrong(path, safe.error()));
  OpenFiles files;
  const std::pair<const char*, UniqueFd*> all[] = {{kTrusted.certificate, &files.certificate},
                                                   {kTrusted.key, &files.key},
                                                   {kUntrusted.certificate, &files.untrusted_certificate},
                                                   {kUntrusted.key, &files.untrusted_key}};
  for (const auto& [name, into] : all)
    if (const auto opened = open_one(*directory, name, owner, *into); !opened) return fail(opened.error());
  return files;
}

Result<Issuers, std::string> load(const OpenFiles& files) {
  auto trusted = load_pair(files.certificate.get(), files.key.get());
  if (!trusted) return fail(fmt::format("{}, {}: {}", kTrusted.certificate, kTrusted.key, trusted.error()));
  auto untrusted = load_pair(files.untrusted_certificate.get(), files.untrusted_key.get());
  if (!untrusted) return fail(fmt::format("{}, {}: {}", kUntrusted.certificate, kUntrusted.key, untrusted.error()));
  if (EVP_PKEY_eq(trusted->key.get(), untrusted->key.get()) == 1)
    return fail(std::string("ca.key and untrusted.key are the same key"));
  return Issuers{std::move(*trusted), std::move(*untrusted)};
}

Result<std::vector<Certificate>, std::string> trusted_certificates(const std::string& path, std::int64_t now) {
  const auto directory = Directory::open(path);
  if (!directory) return fail(fmt::format("{}: {}", path, why(directory.error())));
  auto current = read_certificate(*directory, kTrusted.certificate);
  if (!current) return fail(current.error());
  std::vector<Certificate> old;
  for (const auto& name : directory->old_certificates()) {
    auto certificate = read_certificate(*directory, name.c_str());
    if (certificate && ends(certificate->get()) >= now) old.push_back(std::move(*certificate));
  }
  std::ranges::sort(old, std::greater{}, [](const Certificate& c) { return starts(c.get()); });
  old.insert(old.begin(), std::move(*current));
  return old;
}

Result<void, std::string> create(const std::string& path, const CaPlan& plan) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(fmt::format("Can't create {}: {}", path, why(errno)));
  const auto directory = open_to_change(path);
  if (!directory) return fail(directory.error());
  ::fchmod(directory->fd(), 0700);  // one that was made for us may be open to readers
  const bool trusted = complete(*directory, kTrusted);
  const bool untrusted = complete(*directory, kUntrusted);
  if (trusted && untrusted) return fail(path + " has a CA already; \"p3scan ca rotate\" replaces it");
  // One file alone may be the administrator's own, put there for half of the way.
  if (!trusted && (directory->has(kTrusted.certificate) || directory->has(kTrusted.key)))
    return fail(fmt::format("{} has only one of {} and {}", path, kTrusted.certificate, kTrusted.key));
  if (!untrusted)
    if (auto written = write_pair(*directory, kUntrusted, untrusted_plan(plan)); !written) return written;
  return trusted ? Result<void, std::string>{} : write_pair(*directory, kTrusted, plan);
}

Result<void, std::string> replace(const std::string& path, const CaPlan& plan) {
  const auto directory = open_to_change(path);
  if (!directory) return fail(directory.error());
  if (auto kept = keep_old(*directory); !kept) return kept;
  drop_expired(*directory, plan.now);
  if (auto written = write_pair(*directory, kUntrusted, untrusted_plan(plan)); !written) return written;
  return write_pair(*directory, kTrusted, plan);
}

}  // namespace p3scan::authority
