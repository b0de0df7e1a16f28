// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/ca/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "app/ca/page.h"
#include "app/ca/serve.h"
#include "app/notification_services.h"
#include "app/privileges.h"
#include "authority/certificate.h"
#include "authority/files.h"
#include "mime/utf8.h"

namespace p3scan::app::ca {
namespace {

using Certificates = std::vector<authority::Certificate>;
using Act = CommandLine::Act;

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kEndsSoon = 90 * kDay;
constexpr std::size_t kLongestName = 64;

int refuse(std::string_view why) {
  fmt::print(stderr, "p3scan ca: {}\n", why);
  return EXIT_FAILURE;
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<config::Config, std::string> configuration(const config::Invocation& invocation) {
  const auto text = config::read_configfile(invocation);
  if (!text) return fail(fmt::format("{}", fmt::join(text.error(), "\n")));
  const std::array<const char*, 1> argv{"p3scan"};
  auto config = config::load(argv, *text, invocation.configfile);
  if (!config) return fail(fmt::format("{}", fmt::join(config.error(), "\n")));
  return *config;
}

std::string default_name() { return std::string(mime::utf8_prefix("P3Scan CA on " + host_names().host, kLongestName)); }

void tell(const X509* certificate) {
  const auto facts = facts_of(certificate);
  fmt::print("Name:        {}\nFingerprint: {} (SHA-256)\nValid:       {} to {}\n", facts.name, facts.fingerprint,
             date(authority::starts(certificate)), facts.valid_until);
  fmt::print("Certifies:   {}\n",
             facts.permitted.empty() ? std::string("any server") : fmt::format("{}", fmt::join(facts.permitted, ", ")));
}

int tell_made(const std::string& directory) {
  const auto certificates = authority::trusted_certificates(directory, now());
  if (!certificates) return refuse(certificates.error());
  tell(certificates->front().get());
  fmt::print("Directory:   {}\n", directory);
  fmt::print(
      "p3scan takes it with the next start, or on SIGHUP if it was started by root.\n"
      "Mail programs must know the certificate: see \"p3scan ca export\" and \"p3scan ca serve\".\n");
  return EXIT_SUCCESS;
}

int init(const CommandLine& line, const std::string& directory) {
  const auto made = authority::create(
      directory, {.name = line.name.empty() ? default_name() : line.name, .permitted = line.permitted, .now = now()});
  return made ? tell_made(directory) : refuse(made.error());
}

int rotate(const CommandLine& line, const std::string& directory) {
  const auto before = authority::trusted_certificates(directory, now());
  if (!before) return refuse(before.error());
  const auto* const old = before->front().get();
  const authority::CaPlan plan{.name = line.name.empty() ? authority::common_name(old) : line.name,
                               .permitted = line.permitted.empty() ? authority::permitted_domains(old) : line.permitted,
                               .now = now()};
  const auto made = authority::replace(directory, plan);
  return made ? tell_made(directory) : refuse(made.error());
}

int show(const Certificates& certificates, const std::string& directory) {
  tell(certificates.front().get());
  fmt::print("Directory:   {}\n", directory);
  for (std::size_t i = 1; i < certificates.size(); ++i)
    fmt::print("Before:      {}, valid to {}\n", authority::fingerprint(certificates[i].get()),
               date(authority::ends(certificates[i].get())));
  const auto left = authority::ends(certificates.front().get()) - now();
  if (left < kEndsSoon) fmt::print("It ends in {} days; \"p3scan ca rotate\" makes a new one.\n", left / kDay);
  const auto files = authority::open_files(directory, ::geteuid());
  if (!files) return refuse(files.error().text);
  if (const auto loaded = authority::load(*files); !loaded) return refuse(loaded.error());
  return EXIT_SUCCESS;
}

std::string exported(const Certificates& certificates, std::string_view file) {
  const auto facts = facts_of(certificates.front().get());
  if (file.ends_with(".crt") || file.ends_with(".cer") || file.ends_with(".der")) return facts.der;
  if (file.ends_with(".mobileconfig")) return mobileconfig(facts);
  std::string all;
  for (const auto& certificate : certificates) all += authority::to_pem(certificate.get());
  return all;
}

bool write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(fd, text.data(), text.size());
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

int write_export(const Certificates& certificates, const std::string& file) {
  const auto text = exported(certificates, file);
  if (file.empty()) return write_whole(STDOUT_FILENO, text) ? EXIT_SUCCESS : EXIT_FAILURE;
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (fd && write_whole(fd.get(), text) && ::fchmod(fd.get(), 0644) == 0) return EXIT_SUCCESS;
  return refuse(fmt::format("Can't write {}: {}", file, std::generic_category().message(errno)));
}

/// What the network talks to is neither root nor has it any way to the keys.
Result<void, std::string> give_up_rights(const config::Config& config) {
  if (!is_root()) return {};
  const auto account = find_account(config.user);
  if (!account) return fail(fmt::format("Unknown User '{}'", config.user));
  return become(*account, {});
}

int serve(const CommandLine& line, const config::Config& config, const Certificates& certificates) {
  asio::io_context io(1);
  Server server(io, facts_of(certificates.front().get()));
  if (const auto listening = server.listen(line.address, line.port); !listening) return refuse(listening.error());
  if (const auto given_up = give_up_rights(config); !given_up) return refuse(given_up.error());
  seal_process();
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](error_code, int) { io.stop(); });
  const bool v6 = line.address.contains(':');
  fmt::print("The page is at http://{}{}{}:{}/ until this program is ended.\n", v6 ? "[" : "", line.address,
             v6 ? "]" : "", server.port());
  static_cast<void>(std::fflush(stdout));
  server.start();
  io.run();
  return EXIT_SUCCESS;
}

int with_certificates(const CommandLine& line, const config::Config& config) {
  const auto certificates = authority::trusted_certificates(config.cadir, now());
  if (!certificates) return refuse(certificates.error() + "; \"p3scan ca init\" makes a CA");
  if (line.act == Act::show) return show(*certificates, config.cadir);
  if (line.act == Act::export_file) return write_export(*certificates, line.file);
  return serve(line, config, *certificates);
}

}  // namespace

int run(std::span<const char* const> words) {
  const auto line = parse(words);
  if (!line) return refuse(fmt::format("{}; p3scan ca --help tells more", line.error()));
  if (line->act == Act::help) {
    fmt::print("{}", usage());
    return EXIT_SUCCESS;
  }
  const auto config = configuration(line->invocation);
  if (!config) return refuse(config.error());
  switch (line->act) {
    case Act::init: return init(*line, config->cadir);
    case Act::rotate: return rotate(*line, config->cadir);
    default: return with_certificates(*line, *config);
  }
}

}  // namespace p3scan::app::ca
