// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/filtering.h"

#include <algorithm>
#include <array>

#include "mime/early_header.h"
#include "session/virus_report.h"

namespace p3scan::session {
namespace {

/// Where the header of a message ends. A message whose header can't be read is seen as one without end.
mime::HeaderEnd header_end_of(const Message& message) {
  mime::HeaderEnd end;
  end.feed(message.head());
  std::array<char, 4096> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  for (std::uint64_t at = message.head().size(); !end.found();) {
    const auto got = message.read(at, piece);
    if (!got || *got == 0) break;
    end.feed({piece.data(), *got});
    at += *got;
  }
  end.finish();
  return end;
}

/// Lines ended by CRLF, ended by `ending` instead.
std::string with_ending(std::string_view lines, std::string_view ending) {
  std::string text;
  while (!lines.empty()) {
    const auto end = std::min(lines.find("\r\n"), lines.size());
    text.append(lines.substr(0, end)).append(ending);
    lines.remove_prefix(std::min(end + 2, lines.size()));
  }
  return text;
}

}  // namespace

asio::awaitable<scan::Verdict> Filtering::run(std::span<Filter* const> filters, const bool& expired) {
  scan::Verdict verdict = scan::Clean{};
  for (auto* filter : filters) {
    verdict = scan::combine(std::move(verdict), co_await run_one(*filter, expired));
    if (settled() || std::holds_alternative<scan::Infected>(verdict)) break;
  }
  co_return verdict;
}

asio::awaitable<scan::Verdict> Filtering::run_one(Filter& filter, const bool& expired) {
  std::string why = "no time is left";
  if (!expired) {
    try {
      co_return take(filter, co_await filter.run(message(), facts_));
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& e) {
      why = e.what();
    }
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      if (!expired) throw boost::system::system_error(asio::error::operation_aborted);
      why = fmt::format("not done within {} seconds", services_.config.scantimeout.count());
    }
  }
  co_return failed(filter, why);
}

scan::Verdict Filtering::take(const Filter& filter, Filtered filtered) {
  if (filtered.version && !adopt(std::move(filtered.version))) {
    return failed(filter, "its header does not go on from what the reader has seen of it already");
  }
  if (!filtered.note.empty()) VirusReport(services_, mail_).log_note(filtered.note);
  added_ += filtered.added;
  replacement_ = std::move(filtered.replacement);
  refusal_ = std::move(filtered.refusal);
  return filtered.verdict.value_or(scan::Clean{});
}

scan::Verdict Filtering::failed(const Filter& filter, std::string_view why) const {
  if (filter.required()) return scan::Failed{fmt::format("{}: {}", filter.name(), why)};
  VirusReport(services_, mail_).log_note(fmt::format("was left as it was by {}: {}", filter.name(), why));
  return scan::Clean{};
}

/// False if the client was shown more of the old header than the new one begins with.
bool Filtering::adopt(std::shared_ptr<Message> version) {
  const auto old_head = message().head();
  const auto new_head = version->head();
  const auto same = std::ranges::mismatch(old_head, new_head).in1 - old_head.begin();
  const auto common = mime::early_header(new_head.substr(0, static_cast<std::size_t>(same)), false).size();
  if (mail_.early_shown > common) return false;
  mail_.early_limit = std::min(mail_.early_limit, common);
  version_ = std::move(version);
  return true;
}

Decided Filtering::delivered(std::string_view line) const {
  const auto end = version_ ? header_end_of(*version_) : mail_.header_end;
  Decided decided;
  decided.ruling.kind = proto::Ruling::Kind::deliver;
  decided.version = version_;
  decided.ruling.size = version_ ? version_->size() : mail_.message.size();
  decided.ruling.changed = version_ != nullptr;
  auto text = with_ending(added_ + std::string(line), end.line_ending());
  if (text.empty()) return decided;
  if (end.needs_break()) text.insert(0, end.line_ending());
  decided.ruling.size += text.size();
  decided.ruling.changed = true;
  decided.insertions.push_back({end.offset(), std::move(text)});
  return decided;
}

}  // namespace p3scan::session
