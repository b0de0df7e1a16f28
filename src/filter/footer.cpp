// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/footer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/asio/asio.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "filter/edit_message.h"
#include "mime/footer.h"
#include "mime/structure.h"

namespace p3scan {
namespace {

constexpr std::size_t kMaxFile = std::size_t{64} * 1024;

/// The beginning of the file; an error is an errno value.
Result<std::string, int> read_file(const std::string& path) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return fail(errno);
  std::string text(kMaxFile, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto n = ::read(fd.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size);
  return text;
}

struct Work {
  FooterSettings settings;
  std::string scanner_info;

  Filtered operator()(std::string_view message, mime::Edits& edits, const std::atomic<bool>& /*stop*/) const {
    Filtered filtered;
    const auto file = read_file(settings.file);
    if (!file) {
      if (file.error() != ENOENT)
        filtered.note = fmt::format("{}: {}", settings.file, std::generic_category().message(file.error()));
      return filtered;
    }
    const auto footer = mime::footer_text({.file = *file, .host = settings.host, .scanner_info = scanner_info});
    const auto added = mime::add_footer(message, mime::read_structure(message), footer, edits);
    if (added == mime::FooterAdded::sealed) filtered.note = "no footer: the mail is signed or encrypted";
    return filtered;
  }
};

}  // namespace

FooterFilter::FooterFilter(FilterTools tools, FooterSettings settings)
    : tools_(std::move(tools)), settings_(std::move(settings)) {}

asio::awaitable<Filtered> FooterFilter::run(Message& message, const scan::MailFacts& facts) {
  if (facts.incoming) co_return Filtered{};
  co_return co_await edit_message(message, tools_, settings_.limit,
                                  Work{.settings = settings_, .scanner_info = facts.scanner_info});
}

}  // namespace p3scan
