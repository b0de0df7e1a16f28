// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "mime/template.h"
#include "session/dialogs.h"
#include "session/engine.h"

// A session over loopback sockets, with a scanner that says what the test wants.
namespace p3scan::session::test {

/// Says what `answer` gives once the message is complete; until then, and while it gives nothing, it waits.
class ScriptedScanner final : public Scanner {
 public:
  using Answer = std::function<asio::awaitable<scan::Verdict>(Message&)>;
  explicit ScriptedScanner(Answer answer) : answer_(std::move(answer)) {}
  std::string_view name() const override { return "scripted"; }
  asio::awaitable<scan::Verdict> scan(Message& message, const scan::MailFacts& /*facts*/) override {
    co_return co_await answer_(message);
  }

 private:
  Answer answer_;
};

inline std::string read_all(Message& message) {
  std::string text(message.size(), '\0');
  const auto got = message.read(0, text);
  text.resize(got ? *got : 0);
  return text;
}

/// Infected if EICAR's name is in it.
inline asio::awaitable<scan::Verdict> look_for_eicar(Message& message) {
  while (!message.is_complete() && !message.is_abandoned()) co_await message.grown(UINT64_MAX);
  if (!message.is_complete()) co_return scan::Failed{"incomplete"};
  if (read_all(message).find("EICAR") != std::string::npos) co_return scan::Infected{"Eicar-Test", "scripted"};
  co_return scan::Clean{};
}

/// One end of a connection, as a test speaks there.
class Wire {
 public:
  explicit Wire(net::Socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<void> tell(std::string words) { co_await asio::async_write(socket_, asio::buffer(words), kNothrow); }
  /// What the peer says, up to and including `end`. Fails the test when it closes before.
  asio::awaitable<std::string> hear(std::string end) {
    const auto [ec, n] = co_await asio::async_read_until(socket_, asio::dynamic_buffer(held_), end, kNothrow);
    if (ec) ADD_FAILURE() << "no '" << end << "' but: " << held_;
    auto heard = held_.substr(0, ec ? held_.size() : n);
    held_.erase(0, heard.size());
    co_return heard;
  }
  /// Everything until the peer closes.
  asio::awaitable<std::string> hear_all() {
    co_await asio::async_read(socket_, asio::dynamic_buffer(held_), kNothrow);
    co_return std::exchange(held_, {});
  }
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  net::Socket socket_;
  std::string held_;
};

class Harness {
 public:
  using Part = std::function<asio::awaitable<void>(Wire&)>;

  explicit Harness(Protocol protocol = Protocol::pop3) : protocol_(protocol) {
    services->config.virusdir = directory();
    services->config.xheader = false;
    services->hostname = "gateway";
    services->spool.directory = directory();
    services->template_text = mime::default_template();
    services->own_connections = &own_;
    services->blocking = &blocking_;
    scanner(look_for_eicar);
  }
  ~Harness() { std::filesystem::remove_all(directory()); }
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;
  Harness(Harness&&) = delete;
  Harness& operator=(Harness&&) = delete;

  void scanner(ScriptedScanner::Answer answer) {
    services->scanners.clear();
    services->scanners.push_back(std::make_unique<ScriptedScanner>(std::move(answer)));
  }

  /// Runs the session with these two at its ends until all three have ended.
  proto::End run(Part client, Part server) {
    auto [client_end, our_client] = connected();
    auto [server_end, our_server] = connected();
    Activity activity;
    Peer client_peer(io.get_executor(), activity, kBuffer);
    Peer server_peer(io.get_executor(), activity, kBuffer);
    client_peer.attach(std::move(our_client));
    server_peer.attach(std::move(our_server));
    Conversation talk;
    talk.protocol = name_of(protocol_);
    const auto dialog =
        own_dialog ? std::move(own_dialog) : make_dialog(protocol_, *services, {.server = "192.0.2.1:143"});
    proto::End end{proto::Outcome::aborted, "never ended"};
    auto session = [&]() -> asio::awaitable<void> {
      Engine engine(io.get_executor(), services,
                    {.client = client_peer,
                     .server = server_peer,
                     .activity = activity,
                     .conversation = talk,
                     .connector = {},
                     .idle_limit = idle_limit,
                     .upgrader = [&] { return upgrade(client_peer, server_peer); }});
      end = co_await engine.run(*dialog);
      client_had_closed = client_peer.closed();
      client_peer.abort();
      server_peer.abort();
    };
    const auto rethrow = [](const std::exception_ptr& failed) {
      if (failed) std::rethrow_exception(failed);
    };
    asio::co_spawn(io, session(), rethrow);
    asio::co_spawn(io, play(std::move(client_end), std::move(client)), rethrow);
    asio::co_spawn(io, play(std::move(server_end), std::move(server)), rethrow);
    io.restart();
    io.run_for(std::chrono::seconds(20));
    mails = talk.mails;
    return end;
  }

  asio::io_context io;
  std::chrono::seconds idle_limit{0};
  std::unique_ptr<proto::Dialog> own_dialog;  // for the next run, instead of the protocol's
  std::shared_ptr<Services> services =
      std::make_shared<Services>(config::Config{}, Log({.foreground = true, .debug = false, .quiet = true}));
  std::function<asio::awaitable<std::optional<proto::End>>(Peer& client, Peer& server)> upgrade;
  std::uint64_t mails = 0;
  bool client_had_closed = false;  // when the dialog ended

  const std::string& directory() {
    if (directory_.empty()) {
      std::string name = testing::TempDir() + "p3scan-session-XXXXXX";
      directory_ = ::mkdtemp(name.data());
    }
    return directory_;
  }

 private:
  static constexpr std::size_t kBuffer = std::size_t{64} * 1024;

  static asio::awaitable<void> play(net::Socket socket, Part part) {
    Wire wire(std::move(socket));
    co_await part(wire);
    wire.close();
  }

  std::pair<net::Socket, net::Socket> connected() {
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    net::Socket one(io);
    one.connect(acceptor.local_endpoint());
    return {std::move(one), acceptor.accept()};
  }

  Protocol protocol_;
  std::string directory_;
  net::OwnConnections own_;
  asio::thread_pool blocking_{1};
};

}  // namespace p3scan::session::test
