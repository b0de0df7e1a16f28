// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/spam_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "filter/message_view.h"
#include "filter/run_program.h"
#include "scanner/message_files.h"

namespace p3scan {
namespace {

constexpr std::string_view kPlaceholder = "dspamuser";
constexpr std::uint64_t kMayAdd = std::uint64_t{1} << 20;  // octets more than the message has
constexpr std::size_t kMaxUser = 200;
constexpr std::size_t kErrorsShown = 300;

/// A name that every program takes for a name.
std::string plain_user(std::string_view user) {
  std::string out(user.substr(0, kMaxUser));
  std::erase_if(out, [](char c) { return ascii::is_control(c); });
  return out.starts_with('-') ? std::string() : out;
}

bool has_placeholder(const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [](const std::string& word) { return word.contains(kPlaceholder); });
}

std::string with_errors(std::string text, std::string_view errors) {
  const auto said = ascii::trim(errors);
  if (said.empty()) return text;
  return text.append(text.empty() ? "" : ": ").append(printable(said, kErrorsShown));
}

/// What the program says of the mail, if its output is the mail with more header fields, or a report to which the whole
/// mail is attached. Of a report the spam fields are taken, the mail itself stays.
Result<SpamOpinion, std::string> compare(std::string_view original, std::string_view output) {
  const auto head = mime::header_block(original);
  const auto output_head = mime::header_block(output);
  auto changes = mime::header_changes(head, output_head);
  const bool same = mime::same_body(original.substr(head.size()), output.substr(output_head.size()));
  if (changes && same) return SpamOpinion{.changes = std::move(*changes), .words = {}};
  auto report = mime::only_spam_fields(head, output_head);
  if (report.spam && mime::is_wrapped(original, output)) return SpamOpinion{.changes = std::move(report), .words = {}};
  return fail("its output is not the mail: " + (changes ? "the body is different" : changes.error()));
}

}  // namespace

std::vector<std::string> SpamCommand::words_for(std::string_view user) const {
  const auto plain = plain_user(user);
  auto words = with_user(settings_.words, kPlaceholder, plain);
  if (settings_.add_user && !plain.empty() && !has_placeholder(settings_.words)) {
    words.insert(words.end(), {"--user", plain});
  }
  return words;
}

asio::awaitable<Result<SpamOpinion, std::string>> SpamCommand::look(const SpamMail& mail) {
  ProgramCall call{.words = words_for(mail.user), .limit = settings_.limit, .spool = settings_.spool};
  call.spool.largest = mail.bytes.size() + kMayAdd;
  std::unique_ptr<MessageFiles> files;
  if (files_) {
    auto made = MessageFiles::create(files_->path());
    if (!made || !(*made)->link(mail.message)) {
      co_return fail(fmt::format("the mail can't be given a name in {}", files_->path()));
    }
    files = std::move(*made);
    call.words.push_back(files->mail());
  }
  const auto program = call.words.front();
  const auto result = co_await run_program(mail.message, std::move(call));
  if (files && files->was_changed()) co_return fail(program + " changed the file");
  if (!result.failure.empty()) co_return fail(with_errors(result.failure, result.errors));
  if (result.code != 0) {
    co_return fail(with_errors(fmt::format("{} ended with code {}", program, result.code), result.errors));
  }
  if (result.output->size() == 0) co_return fail(with_errors(program + " printed nothing", result.errors));
  const auto output = MessageView::of(*result.output);
  if (!output) co_return fail(program + ": what it printed can't be read");
  auto opinion = compare(mail.bytes, output->bytes());
  if (!opinion) co_return fail(with_errors(fmt::format("{}: {}", program, opinion.error()), result.errors));
  opinion->words = with_errors({}, result.errors);
  co_return opinion;
}

}  // namespace p3scan
