// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/message_files.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/unique_fd.h"
#include "spool/spool_file.h"

namespace p3scan {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t kTemplateMax = std::size_t{256} * 1024;

std::string random_letters() {
  std::array<unsigned char, 6> random{};
  [[maybe_unused]] const auto n = ::getrandom(random.data(), random.size(), 0);  // the directory is ours alone anyway
  std::string name;
  for (const auto r : random) name += kLetters[r % kLetters.size()];
  return name;
}

}  // namespace

Result<std::unique_ptr<MessageFiles>, int> MessageFiles::create(const std::string& directory) {
  auto path = directory + "/XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return fail(errno);
  std::unique_ptr<MessageFiles> files(new MessageFiles(std::move(path)));  // the constructor is private
  if (::chmod(files->directory_.c_str(), kDirectoryMode) != 0) return fail(errno);
  return files;
}

MessageFiles::MessageFiles(std::string directory)
    : directory_(std::move(directory)), mail_(directory_ + "/p3scan." + random_letters()) {}

MessageFiles::~MessageFiles() {
  ::unlink(mail_.c_str());
  if (::rmdir(directory_.c_str()) == 0) return;
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

Result<void, SpoolError> MessageFiles::link(Message& message) {
  const auto linked = message.link_as(mail_, kFileMode);
  shared_ = !message.in_memory();
  before_ = look();
  return linked;
}

bool MessageFiles::was_changed() const {
  if (!shared_) return false;
  const auto now = look();
  return now && before_ && *now != *before_;
}

std::optional<MessageFiles::State> MessageFiles::look() const {
  struct stat status{};
  if (::stat(mail_.c_str(), &status) != 0) return std::nullopt;  // moved or removed: our octets are not touched
  return State{status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

bool MessageFiles::offer_template(std::string_view text) const {
  return spool::name_file({.fd = -1, .bytes = text, .size = text.size()}, template_path(),
                          {.mode = kFileMode, .durable = false})
      .has_value();
}

std::string MessageFiles::edited_template() const {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  const UniqueFd fd(::open(template_path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  std::string text(kTemplateMax + 1, '\0');
  const auto n = spool::read_at(fd.get(), 0, text);
  if (!n || *n > kTemplateMax) return {};
  text.resize(*n);
  return text;
}

}  // namespace p3scan
