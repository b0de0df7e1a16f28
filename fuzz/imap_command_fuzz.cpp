// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "imap/command_reader.h"
#include "imap/strings.h"

namespace {

using namespace p3scan::imap;
using Status = CommandReader::Status;

constexpr std::size_t kLimit = 200;

void require(bool condition) {
  if (!condition) std::abort();
}

/// The text is lines that end with CRLF and the literals it says it has: whoever counts them as RFC 9051 wants finds the
/// same ones.
void check(const Command& command) {
  const std::string_view text = command.text;
  require(text.ends_with("\r\n") && text.starts_with(command.tag + " ") && command.arguments <= text.size());
  std::size_t line = 0;
  for (const auto& literal : command.literals) {
    require(literal.at >= line + 5 && literal.at <= text.size());
    const auto announcement = text.substr(line, literal.at - line - 2);
    const auto tail = command_tail(announcement);
    require(tail.kind == Tail::Kind::literal && tail.size == literal.size && tail.sync == literal.sync);
    require(!announcement.contains('\n') && !announcement.contains('\r') && !announcement.contains('\0'));
    line = literal.at + (literal.message ? 0 : literal.size);
  }
  const auto last = text.substr(line, text.size() - line - 2);
  require(command_tail(last).kind == Tail::Kind::none && !last.contains('\n') && !last.contains('\r'));
  std::string joined;
  for (const auto& piece : sync_pieces(command)) joined += piece;
  require(joined.size() <= text.size());
  static_cast<void>(mailbox_of(command));
  static_cast<void>(login_name(command));
}

std::string read(std::string_view wire, std::size_t step, std::uint8_t refusals) {
  CommandReader reader(kLimit);
  std::string log;
  std::string buffer;
  unsigned events = 0;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    buffer += wire.substr(at, step);
    std::string_view view = buffer;
    for (;;) {
      const auto status = reader.next(view);
      if (status == Status::need_more) break;
      require(reader.command().text.size() <= kLimit + 1);
      if (status == Status::broken) return log + "broken";
      if (status == Status::octets) {
        log += reader.octets();
        continue;
      }
      log += static_cast<char>('0' + static_cast<int>(status));
      if (status == Status::command) check(reader.command());
      if (status == Status::command) log += reader.command().text;
      if (status == Status::refused) log += reader.command().tag;
      const bool may_refuse = status == Status::literal || status == Status::message || status == Status::message_end;
      if (may_refuse && ((refusals >> (events++ % 8)) & 1U) != 0) reader.refuse();
    }
    require(view.empty());
    buffer.clear();
  }
  return log;
}

}  // namespace

/// The same commands come out of every chunking, none larger than the limit, and only whole ones.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::size_t step = 1 + (data[0] % 9);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view wire(reinterpret_cast<const char*>(data) + 2, size - 2);
  require(read(wire, size, data[1]) == read(wire, step, data[1]));
  return 0;
}
