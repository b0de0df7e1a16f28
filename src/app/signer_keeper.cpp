// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/signer_keeper.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <system_error>

#include "app/child.h"
#include "base/packet_socket.h"

namespace p3scan::app {
namespace {

using namespace std::chrono_literals;

bool same_file(const UniqueFd& a, const UniqueFd& b) {
  struct stat one{};
  struct stat other{};
  if (::fstat(a.get(), &one) != 0 || ::fstat(b.get(), &other) != 0) return false;
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_size == other.st_size &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

bool same(const authority::OpenFiles& a, const authority::OpenFiles& b) {
  return same_file(a.certificate, b.certificate) && same_file(a.key, b.key) &&
         same_file(a.untrusted_certificate, b.untrusted_certificate) && same_file(a.untrusted_key, b.untrusted_key);
}

Result<SocketPair, std::string> pair() {
  auto made = packet_sockets();
  if (!made) return fail(std::generic_category().message(made.error()));
  return std::move(*made);
}

}  // namespace

UniqueFd SignerKeeper::start() {
  due_.reset();
  if (!files_) return {};
  auto gateway = pair();
  auto control = pair();
  if (!gateway || !control) {
    due_ = Clock::now() + 1s;
    log_.error("Can't start the signer: {}", gateway ? control.error() : gateway.error());
    return {};
  }
  ChildPlan plan{.name = "p3scan-signer"};
  plan.keep = {files_->certificate.get(),   files_->key.get(),     files_->untrusted_certificate.get(),
               files_->untrusted_key.get(), gateway->theirs.get(), control->theirs.get()};
  plan.body = [&] {
    return role_({.files = std::move(*files_),
                  .gateway = std::move(gateway->theirs),
                  .control = std::move(control->theirs),
                  .log = log_});
  };
  const auto pid = start_child(plan);
  if (!pid) {
    due_ = Clock::now() + 1s;
    log_.error("Can't start the signer: {}", std::generic_category().message(pid.error()));
    return {};
  }
  pid_ = *pid;
  control_ = std::move(control->ours);
  started_ = Clock::now();
  return std::move(gateway->ours);
}

bool SignerKeeper::reopen(const std::string& directory) {
  auto fresh = authority::open_files(directory, owner_);
  if (fresh) {
    if (files_ && same(*files_, *fresh)) return false;
    files_ = std::move(*fresh);
    log_.notice("The CA in {} is taken into use", directory);
    return true;
  }
  const auto& error = fresh.error();
  if (error.kind == authority::Missing::absent && !files_) return false;
  const auto* const meaning = files_ ? "the CA of before stays in use" : "there is no CA";
  if (error.kind == authority::Missing::unreadable)
    log_.warning("{}: a changed CA is taken when p3scan is started anew; {}", error.text, meaning);
  else
    log_.error("{}; {}", error.text, meaning);
  return false;
}

void SignerKeeper::ended(int status, bool expected) {
  control_.reset();
  const auto pid = std::exchange(pid_, -1);
  if (expected) return;
  // That way it ends when its gateway let go of it, and a new gateway gets a new one.
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    due_ = Clock::now() + 1s;
    return;
  }
  const auto pause = backoff_.after_death(Clock::now() - started_);
  due_ = Clock::now() + pause;
  log_.error("The signer (process {}) {}; it is started again{}", pid, describe_end(status),
             pause > 0s ? fmt::format(" in {} s", pause.count()) : std::string{});
}

void SignerKeeper::kill() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

void SignerKeeper::log_signatures() {
  while (control_) {
    const auto packet = receive_packet(control_.get());
    if (!packet) return;
    if (packet->text.empty()) return control_.reset();
    log_.notice("Signed: {}", packet->text);
  }
}

}  // namespace p3scan::app
