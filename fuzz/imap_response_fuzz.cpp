// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "imap/response_reader.h"

namespace {

using namespace p3scan::imap;
using Status = ResponseReader::Status;

constexpr std::size_t kLimit = 200;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Log {
  std::string events;
  std::string octets;       // all of them, in their order: what a client would get if nothing were held back
  std::size_t written = 0;  // of the response
};

/// The pairs follow each other inside the text.
void check(const Response& response) {
  std::size_t at = response.rest;
  for (const auto& datum : response.data) {
    require(datum.name >= at && datum.name_length > 0 && datum.value > datum.name + datum.name_length - 1);
    at = datum.value + datum.value_length;
    require(datum.value_length > 0 && at < response.text.size());
    static_cast<void>(string_value(response.value_of(datum)));
    require(!datum.streamed || names_content(response.name_of(datum)) || names_header(response.name_of(datum)));
  }
  if (const auto code = response_code(response)) require(code->at + code->length <= response.text.size());
}

bool event(Log& log, ResponseReader& reader, Status status) {
  const auto& response = reader.response();
  require(response.text.size() <= kLimit + 1);
  if (status == Status::broken) {
    log.events += "broken";
    return false;
  }
  if (status == Status::octets) {
    log.octets += reader.octets();
    return true;
  }
  log.octets += std::string_view(response.text).substr(log.written);
  log.written = status == Status::response ? 0 : response.text.size();
  log.events += std::to_string(static_cast<int>(status)) + response.tag + response.name;
  if (status == Status::literal) {
    require(reader.streamed().at == response.text.size());
    log.events += reader.streamed().name;
  }
  if (status == Status::response) check(response);
  return true;
}

Log read(std::string_view wire, std::size_t step) {
  ResponseReader reader(kLimit);
  Log log;
  std::string buffer;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    buffer += wire.substr(at, step);
    std::string_view view = buffer;
    for (;;) {
      const auto status = reader.next(view);
      if (status == Status::need_more) break;
      if (!event(log, reader, status)) return log;
    }
    require(view.empty());
    buffer.clear();
  }
  return log;
}

}  // namespace

/// The same responses come out of every chunking, none larger than the limit, and together they are what the server said.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = 1 + (data[0] % 9);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(wire, size);
  const auto parts = read(wire, step);
  require(whole.octets == parts.octets && whole.events == parts.events);
  require(wire.starts_with(whole.octets));
  return 0;
}
