// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/interception.h"

#include <algorithm>

#include "session/dialogs.h"
#include "session/tunnel.h"

namespace p3scan::session {
namespace {

using namespace asio::experimental::awaitable_operators;
using config::TlsBad;
using config::TlsClientCert;
using net::TlsFailure;

constexpr int kFloor = 0x0303;  // TLS 1.2

/// A fatal alert handshake_failure, for a client that has nothing else of TLS yet (RFC 8446 6).
constexpr std::string_view kHandshakeFailure("\x15\x03\x01\x00\x02\x02\x28", 7);

constexpr std::string_view kInsists = "the server insists on a client's certificate";

}  // namespace

std::string Interception::wanted() const { return name().empty() ? net::text(parts_.talk.server.address()) : name(); }

std::string Interception::server_key() const { return fmt::format("{} {}", net::text(parts_.talk.server), name()); }

std::string Interception::line(std::string_view what) const {
  const auto& sni = first_.hello.server_name;
  return fmt::format("TLS: client {}, server {} ({}): {}", net::text(parts_.talk.client), net::text(parts_.talk.server),
                     sni.empty() ? "no server name" : sni, what);
}

std::string Interception::reason_to_pass() const {
  const auto& config = services_.config;
  const auto& talk = parts_.talk;
  const auto entry = services_.bypass.find(talk.client.address(), talk.server.address(), name());
  if (!entry.empty()) return fmt::format("tlsbypass has {}", entry);
  if (services_.tls_memory == nullptr) return {};
  const auto now = TlsMemory::Clock::now();
  if (config.tlslearn && services_.tls_memory->rejects(net::text(talk.client.address()), wanted(), now))
    return "tlslearn has seen the client reject p3scan's certificates for it";
  if (config.tlsclientcert == TlsClientCert::pass && services_.tls_memory->wants_client_certificate(server_key(), now))
    return fmt::format("{}, and tlsclientcert = pass", kInsists);
  return {};
}

asio::awaitable<Interception::Result> Interception::run() {
  if (const auto why = reason_to_pass(); !why.empty()) co_return co_await pass(why);
  if (!co_await secure_server()) {
    if (insists_) co_return co_await without_certificate();
    co_return co_await give_up(failure_);
  }
  co_return co_await secure_client();
}

asio::awaitable<Interception::Result> Interception::pass(std::string_view why) {
  services_.log.notice("{}", line(fmt::format("passes unscanned: {}", why)));
  co_await parts_.server.write(first_.octets);
  // What is inside may be a client of IMAP that waits for news.
  const auto idle = idle_limit(Protocol::imap, services_.config);
  const auto totals = co_await tunnel(parts_.client.socket(), parts_.server.socket(), parts_.activity, idle);
  services_.log.debug("{}", line(fmt::format("{} octets from the client and {} from the server passed unscanned",
                                             totals.from_client + first_.octets.size(), totals.from_server)));
  co_return Result::passed;
}

asio::awaitable<bool> Interception::secure_server() {
  const auto& config = services_.config;
  net::TlsOptions options;
  options.verify = {.required = config.tlsbad == TlsBad::refuse, .name = name()};
  options.alpn = first_.hello.alpn;
  options.floor = std::max<int>(kFloor, first_.hello.lowest);
  auto tls = net::TlsSession::make(services_.tls_client, parts_.server.socket(), std::move(options));
  if (!tls) {
    failure_ = tls.error();
    co_return false;
  }
  const auto done = co_await (*tls)->handshake(config.connecttimeout);
  if (!done) {
    insists_ = (*tls)->failure() == TlsFailure::wants_client_certificate;
    const bool certificate = (*tls)->failure() == TlsFailure::certificate;
    failure_ = fmt::format(
        "towards the server: {}; {}tlsbypass = {} passes it unscanned", done.error(),
        certificate ? "tlsroots adds trusted roots, tlsbad = mirror shows the flaw to the client, " : "", wanted());
    co_return false;
  }
  const bool asked = (*tls)->asked_for_certificate();
  services_.log.debug("{}", line(fmt::format("towards the server {}", (*tls)->describe())));
  parts_.server.attach_tls(std::move(*tls));
  if (asked && co_await refuses_without_certificate()) {
    insists_ = true;
    co_return false;
  }
  co_return true;
}

/// With TLS 1.3 a server says so only after its handshake, instead of its greeting. One that does not speak first
/// can't be waited for; its refusal is seen when the session ends.
asio::awaitable<bool> Interception::refuses_without_certificate() {
  if (!parts_.reconnect) co_return false;
  asio::steady_timer patience(co_await asio::this_coro::executor, services_.config.connecttimeout);
  co_await (parts_.server.fill() || patience.async_wait(kNothrow));
  co_return parts_.server.closed() && parts_.server.tls()->failure() == TlsFailure::wants_client_certificate;
}

/// The client's ClientHello has no answer yet: it can still go to the server itself.
asio::awaitable<Interception::Result> Interception::without_certificate() {
  if (services_.tls_memory != nullptr)
    services_.tls_memory->insists_on_client_certificate(server_key(), TlsMemory::Clock::now());
  if (services_.config.tlsclientcert == TlsClientCert::refuse)
    co_return co_await give_up(fmt::format("{}; tlsclientcert = pass passes it unscanned", kInsists));
  if (!parts_.reconnect)
    co_return co_await give_up(fmt::format("{}; from the next connection on it passes unscanned", kInsists));
  if (!co_await parts_.reconnect()) co_return co_await give_up("the server can't be reached a second time");
  co_return co_await pass(fmt::format("{}, and tlsclientcert = pass", kInsists));
}

void Interception::log_flaw(std::string_view flaw) const {
  const bool accepted = services_.config.tlsbad == TlsBad::accept;
  services_.log.warning(
      "{}", line(fmt::format("certificate: {}; {}", flaw,
                             accepted ? "taken all the same, as tlsbad = accept wants it"
                                      : "the client gets one that it will not trust either; tlsroots adds trusted "
                                        "roots, tlsbad = accept takes any certificate")));
}

asio::awaitable<Interception::Result> Interception::secure_client() {
  const auto& server = *parts_.server.tls();
  const auto flaw = server.flaw();
  if (flaw) log_flaw(*flaw);
  const bool trusted = !flaw || services_.config.tlsbad == TlsBad::accept;
  const auto identity = co_await services_.leaves->leaf(server.certificate(), trusted);
  if (!identity)
    co_return co_await give_up(fmt::format("no certificate for the client: {}; see p3scan ca", identity.error()));
  net::TlsOptions options;
  options.identity = *identity;
  if (const auto chosen = server.alpn(); !chosen.empty()) options.alpn = {chosen};
  options.received = std::move(first_.octets);
  auto tls = net::TlsSession::make(services_.tls_server, parts_.client.socket(), std::move(options));
  if (!tls) co_return co_await give_up(tls.error());
  const auto done = co_await (*tls)->handshake(services_.config.connecttimeout);
  if (!done) co_return client_failed(**tls, done.error());
  services_.log.debug("{}", line(fmt::format("towards the client {}", (*tls)->describe())));
  if (services_.tls_memory != nullptr)
    services_.tls_memory->accepted(net::text(parts_.talk.client.address()), wanted());
  parts_.client.attach_tls(std::move(*tls));
  co_return Result::secured;
}

/// A certificate with the server's own flaw is rejected with good reason.
Interception::Result Interception::client_failed(const net::TlsSession& tls, const std::string& why) {
  const auto& talk = parts_.talk;
  const auto& log = services_.log;
  if (parts_.server.tls()->flaw()) {  // which the log has told already
    log.debug("{}", line(fmt::format("towards the client: {}", why)));
    return Result::failed;
  }
  if (tls.failure() != TlsFailure::peer_rejected_us || services_.tls_memory == nullptr) {
    log.warning("{}", line(fmt::format("towards the client: {}; tlsbypass = {} passes it unscanned", why, wanted())));
    return Result::failed;
  }
  const auto client = net::text(talk.client.address());
  const auto times = services_.tls_memory->rejected(client, wanted(), TlsMemory::Clock::now());
  if (times < TlsMemory::kTooOften) {
    log.warning("{}",
                line(fmt::format("towards the client: {}; p3scan ca export gives the CA that it must trust", why)));
  } else {
    log.warning("{}", line(fmt::format("towards the client: {}, {} times by now; {}", why, times,
                                       services_.config.tlslearn
                                           ? std::string("from now on it passes unscanned, as tlslearn wants it")
                                           : fmt::format("tlsbypass = {} or tlsbypass = client:{} passes it unscanned",
                                                         wanted(), client))));
  }
  return Result::failed;
}

/// While the client waits for an answer to its ClientHello.
asio::awaitable<Interception::Result> Interception::give_up(std::string what) {
  services_.log.warning("{}", line(what));
  co_await parts_.client.write(kHandshakeFailure);
  co_return Result::failed;
}

}  // namespace p3scan::session
