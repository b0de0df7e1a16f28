// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/engine.h"

#include <clamav.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "scan/alert.h"
#include "scan/mail_magic.h"
#include "worker/base64.h"

namespace p3scan::worker {
namespace {

using namespace std::string_view_literals;

/// The EICAR test file, anywhere in a file; in hexadecimal so that scanners of this source file stay quiet.
constexpr auto kTestSignature =
    "Eicar-Test-Signature:0:*:58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e4441"
    "52442d414e544956495255532d544553542d46494c452124482b482a\n"sv;
constexpr auto kTestName = "Eicar-Test-Signature"sv;

/// libclamav computes with 32 bits in places.
constexpr std::uint64_t kLargestFile = (std::uint64_t{1} << 31) - 1;
/// All that comes out of a message together, as a multiple of the largest message.
constexpr std::uint64_t kUnpackedRatio = 4;

constexpr auto kMailType = "CL_TYPE_MAIL"sv;

/// libclamav's mail reader needs three times the memory of what it reads. Larger parts are looked at by themselves.
constexpr std::size_t kLargePart = std::size_t{1} << 20;
constexpr std::size_t kPiece = std::size_t{64} << 10;

/// What libclamav said last while it loaded; its handler has no other place to put it.
std::string& last_message() {
  static thread_local std::string text;
  return text;
}

void take_message(cl_msg severity, const char*, const char* text, void*) {
  if (severity != CL_MSG_INFO_VERBOSE) last_message() = text;
}

std::string error_text(cl_error_t error) {
  auto text = fmt::format("libclamav: {}", cl_strerror(error));
  auto& detail = last_message();
  while (!detail.empty() && detail.back() == '\n') detail.pop_back();
  if (!detail.empty()) text += fmt::format(" ({})", detail);
  detail.clear();
  return text;
}

/// Keeps the type of the outermost file, which libclamav tells first.
cl_error_t take_type(int, const char* type, void* context) {
  auto* const outermost = static_cast<std::string*>(context);
  if (outermost != nullptr && outermost->empty() && type != nullptr) *outermost = type;
  return CL_CLEAN;
}

cl_scan_options scan_options() {
  cl_scan_options options{};
  options.general = CL_SCAN_GENERAL_HEURISTICS;
  options.parse = ~0U;
  options.heuristic =
      CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE | CL_SCAN_HEURISTIC_ENCRYPTED_DOC;
  return options;
}

scan::Verdict verdict_of_error(cl_error_t error) {
  switch (error) {
    case CL_ETIMEOUT:
    case CL_EMAXREC:
    case CL_EMAXSIZE:
    case CL_EMAXFILES:
    case CL_EMEM: return scan::Unscannable{fmt::format("over a limit: {}", cl_strerror(error))};
    case CL_EFORMAT:
    case CL_EPARSE:
    case CL_EUNPACK: return scan::Unscannable{fmt::format("damaged: {}", cl_strerror(error))};
    default: return scan::Failed{fmt::format("libclamav: {}", cl_strerror(error))};
  }
}

scan::Verdict verdict_of(cl_error_t result, const char* name) {
  if (result == CL_VIRUS && name != nullptr) return scan::verdict_of_alert(name, "libclamav");
  return result == CL_SUCCESS ? scan::Verdict(scan::Clean{}) : verdict_of_error(result);
}

bool write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const auto n = ::write(fd, octets.data(), octets.size());
    if (n <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool write_file(const std::string& path, std::string_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return fd && write_all(fd.get(), text);
}

UniqueFd memory_file(std::string_view text) {
  UniqueFd fd(::memfd_create("message", MFD_CLOEXEC));
  if (fd && !write_all(fd.get(), text)) fd.reset();
  return fd;
}

/// The test file as an attachment: finding it takes the mail reader, base64 and the signature.
constexpr auto kTestMail =
    "From: p3scan@localhost\r\nTo: p3scan@localhost\r\nSubject: test\r\nMIME-Version: 1.0\r\n"
    "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNU\r\nLUZJTEUhJEgrSCo=\r\n"sv;

}  // namespace

void Engine::Free::operator()(cl_engine* engine) const { cl_engine_free(engine); }

Engine::Engine(std::unique_ptr<cl_engine, Free> engine, std::uint64_t largest_file)
    : engine_(std::move(engine)), largest_file_(largest_file) {}
Engine::Engine(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine, std::string> Engine::load(const EngineOptions& options, const std::string& directory) {
  cl_set_clcb_msg(take_message);
  if (const auto error = cl_init(CL_INIT_DEFAULT); error != CL_SUCCESS) return fail(error_text(error));
  const auto largest = options.largest == 0 ? kLargestFile : std::min(options.largest, kLargestFile);
  Engine engine(std::unique_ptr<cl_engine, Free>(cl_engine_new()), largest);
  if (!engine.engine_) return fail(std::string("libclamav: no memory"));
  if (auto prepared = engine.prepare(directory); !prepared) return fail(prepared.error());
  const auto signatures = engine.load_signatures(options, directory);
  if (!signatures) return fail(signatures.error());
  if (const auto error = cl_engine_compile(engine.engine_.get()); error != CL_SUCCESS) return fail(error_text(error));
  if (auto tested = engine.test_itself(directory); !tested) return fail(tested.error());
  const auto time_limit = std::max<std::int64_t>(1, std::chrono::milliseconds(options.scantimeout).count() / 10 * 9);
  if (const auto error = cl_engine_set_num(engine.engine_.get(), CL_ENGINE_MAX_SCANTIME, time_limit);
      error != CL_SUCCESS)
    return fail(error_text(error));
  const auto version = cl_engine_get_num(engine.engine_.get(), CL_ENGINE_DB_VERSION, nullptr);
  const auto time = cl_engine_get_num(engine.engine_.get(), CL_ENGINE_DB_TIME, nullptr);
  engine.description_ = fmt::format("{} signature{}", *signatures, *signatures == 1 ? "" : "s");
  if (version > 0)
    engine.description_ +=
        fmt::format(", database version {} of {:%Y-%m-%d}", version, fmt::gmtime(static_cast<std::time_t>(time)));
  return engine;
}

Result<void, std::string> Engine::prepare(const std::string& directory) {
  const struct {
    cl_engine_field field;
    std::uint64_t value;
  } settings[] = {
      {CL_ENGINE_MAX_FILESIZE, largest_file_},
      {CL_ENGINE_MAX_SCANSIZE, largest_file_ * kUnpackedRatio},
      {CL_ENGINE_MAX_SCANTIME, 0},  // none while it tests itself: a busy machine must not make that fail
      // Known-clean files are remembered by their MD5, which can be forged.
      {CL_ENGINE_DISABLE_CACHE, 1},
  };
  for (const auto& [field, value] : settings) {
    const auto error = cl_engine_set_num(engine_.get(), field, static_cast<long long>(value));
    if (error != CL_SUCCESS) return fail(error_text(error));
  }
  cl_engine_set_clcb_pre_cache(engine_.get(), take_type);
  work_in(directory);
  return {};
}

void Engine::work_in(const std::string& directory) {
  directory_ = directory;
  cl_engine_set_str(engine_.get(), CL_ENGINE_TMPDIR, directory.c_str());
}

Result<unsigned, std::string> Engine::load_signatures(const EngineOptions& options, const std::string& directory) {
  unsigned count = 0;
  const auto own = directory + "/p3scan.ndb";
  if (!write_file(own, kTestSignature))
    return fail(fmt::format("Can't write {}: {}", own, std::generic_category().message(errno)));
  // "Official" keeps the name without a suffix.
  const auto error = cl_load(own.c_str(), engine_.get(), &count, CL_DB_STDOPT | CL_DB_OFFICIAL);
  std::filesystem::remove(own);
  if (error != CL_SUCCESS) return fail(error_text(error));
  if (!has_database(options.database)) {
    if (options.database_required) return fail(fmt::format("clamdb = {}: no ClamAV database there", options.database));
    return count;
  }
  const auto loaded = cl_load(options.database.c_str(), engine_.get(), &count, CL_DB_STDOPT);
  if (loaded != CL_SUCCESS) return fail(fmt::format("clamdb = {}: {}", options.database, error_text(loaded)));
  return count;
}

/// Also makes libclamav, OpenSSL and the C library read all files that they read once, before a sandbox closes.
Result<void, std::string> Engine::test_itself(const std::string& directory) const {
  const auto mail = memory_file(kTestMail);
  if (!mail) return fail(fmt::format("Can't test the scanner in {}", directory));
  const auto verdict = scan(mail.get());
  const auto* const infected = std::get_if<scan::Infected>(&verdict);
  if (infected != nullptr && infected->name == kTestName) return {};
  return fail(fmt::format("libclamav does not find the test virus: {}", scan::kind_name(verdict)));
}

scan::Verdict Engine::scan(int fd) const {
  auto message = MessageMap::of(fd);
  if (!message)
    return scan::Failed{
        fmt::format("libclamav: the message can't be mapped: {}", std::generic_category().message(errno))};
  const auto size = message->bytes().size();
  if (size == 0) return scan::Clean{};
  if (size > largest_file_) return scan::Unscannable{fmt::format("over a limit: {} octets", size)};
  const auto parts = size < kLargePart ? std::vector<LargePart>{} : find_large_parts(message->bytes(), kLargePart);
  return parts.empty() ? scan_mail(*message) : scan_in_parts(message->bytes(), parts);
}

scan::Verdict Engine::scan_mail(MessageMap& message) const {
  std::string type;
  auto verdict = look_at(message.bytes(), type);
  if (type == kMailType || std::holds_alternative<scan::Infected>(verdict)) return verdict;
  // Mail programs read anything as a mail; libclamav only what begins like one (scan/mail_magic.h).
  const auto again = message.bytes_after(scan::mail_lead(), scan::blank_front(message.bytes()));
  if (!again) return scan::Failed{"libclamav: no memory for a second look"};
  return scan::combine(std::move(verdict), look_at(*again, type));
}

/// Each large part as a file, then the mail without them.
scan::Verdict Engine::scan_in_parts(std::string_view mail, const std::vector<LargePart>& parts) const {
  const auto rest = scratch_file();
  scan::Verdict verdict = scan::Clean{};
  std::size_t at = 0;
  for (const auto& part : parts) {
    const auto octets = mail.substr(part.offset, part.size);
    std::string type;
    verdict = scan::combine(std::move(verdict),
                            part.form == LargePart::Form::base64 ? look_at_decoded(octets) : look_at(octets, type));
    if (std::holds_alternative<scan::Infected>(verdict)) return verdict;
    if (!write_all(rest.get(), mail.substr(at, part.offset - at)))
      return scan::Failed{"libclamav: no space for temporary files"};
    at = part.offset + part.size;
  }
  if (!write_all(rest.get(), mail.substr(at))) return scan::Failed{"libclamav: no space for temporary files"};
  auto map = MessageMap::of(rest.get());
  return scan::combine(std::move(verdict),
                       map ? scan_mail(*map) : scan::Failed{"libclamav: the message can't be mapped"});
}

scan::Verdict Engine::look_at_decoded(std::string_view base64) const {
  const auto file = scratch_file();
  Base64Decoder decoder;
  while (!base64.empty()) {
    const auto piece = base64.substr(0, kPiece);
    if (!write_all(file.get(), decoder.decode(piece))) return scan::Failed{"libclamav: no space for temporary files"};
    base64.remove_prefix(piece.size());
  }
  const auto map = MessageMap::of(file.get());
  std::string type;
  return map ? look_at(map->bytes(), type) : scan::Failed{"libclamav: the message can't be mapped"};
}

UniqueFd Engine::scratch_file() const {
  const auto path = directory_ + "/part";
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  ::unlink(path.c_str());
  return fd;
}

scan::Verdict Engine::look_at(std::string_view octets, std::string& type) const {
  auto* const map = cl_fmap_open_memory(octets.data(), octets.size());
  if (map == nullptr) return scan::Failed{"libclamav: the message can't be mapped"};
  auto options = scan_options();
  const char* name = nullptr;
  unsigned long scanned = 0;  // NOLINT(google-runtime-int): libclamav's
  const auto result = cl_scanmap_callback(map, nullptr, &name, &scanned, engine_.get(), &options, &type);
  auto verdict = verdict_of(result, name);  // before the map goes: the name may be in it
  cl_fmap_close(map);
  return verdict;
}

bool has_database(const std::string& directory) {
  cl_stat files{};
  std::error_code failed;
  if (!std::filesystem::is_directory(directory, failed)) return false;
  if (cl_statinidir(directory.c_str(), &files) != CL_SUCCESS) return false;
  const bool any = files.entries > 0;
  cl_statfree(&files);
  return any;
}

}  // namespace p3scan::worker
