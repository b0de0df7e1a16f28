// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>

#include "session/inspection.h"
#include "session/peer.h"
#include "session/transcript.h"
#include "session/whole.h"

namespace p3scan::session {

/// Runs any Dialog over two peers. Coroutines on one executor: one reads each peer, one steps the dialog, one keeps
/// the time; nothing here needs a lock.
class Engine {
 public:
  /// Connects the server peer to what a login named (useurl); false when that failed or is not permitted.
  using Connector = std::function<asio::awaitable<bool>(std::string host, std::uint16_t port)>;
  /// Takes both peers, which nobody reads meanwhile, into TLS. Nothing: they are, and the dialog goes on.
  using Upgrader = std::function<asio::awaitable<std::optional<proto::End>>()>;

  struct Parts {
    Peer& client;
    Peer& server;
    Activity& activity;
    Conversation& conversation;
    Connector connector;
    std::chrono::seconds idle_limit{0};  // without traffic; 0: the configured one
    Upgrader upgrader = {};              // none: TLS is never agreed upon
  };

  /// Why a session ends whose client begins with TLS where plain text is spoken: no dialog could make sense of it.
  static constexpr std::string_view kUnexpectedTls = "the client begins with TLS where plain text is spoken";
  /// A client of the Web, that somebody lured to a port of mail.
  static constexpr std::string_view kHttp = "the client speaks HTTP";
  /// Why one ends that was to go over to TLS, when either side has said more than the words that agree.
  static constexpr std::string_view kSmuggled = "plain text behind the agreement on TLS";

  Engine(const asio::any_io_executor& executor, std::shared_ptr<const Services> services, Parts parts);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  Engine(Engine&&) = delete;
  Engine& operator=(Engine&&) = delete;
  ~Engine();

  /// Until the dialog ends. Sessions without traffic for as long as Parts::idle_limit says end as `aborted`.
  asio::awaitable<proto::End> run(proto::Dialog& dialog);

 private:
  using Clock = std::chrono::steady_clock;
  using Step = std::optional<proto::End>;  // nothing: go on

  // The dialog's turn
  asio::awaitable<proto::End> step_all(proto::Dialog& dialog);
  asio::awaitable<Step> step(proto::Dialog& dialog);
  proto::Inbox inbox();
  void take(const proto::Inbox& in);
  void take_content();
  asio::awaitable<void> say(const proto::Action& action);
  Step misdirected();
  asio::awaitable<Step> start_tls(const proto::Action& action);

  // What it may ask for
  asio::awaitable<Step> perform(proto::Action& action);
  asio::awaitable<Step> deliver(const proto::Deliver& order);
  asio::awaitable<void> connect(const proto::Connect& order);
  void begin(const proto::Begin& order);
  void complete_and_scan();
  void skip_scan();
  std::uint64_t skipsize() const { return std::uint64_t{services_->config.skipsize} * 1024; }
  void drop();

  // Decided messages that are shown piece by piece, and kept for it (engine_kept.cpp)
  struct Kept {
    std::shared_ptr<Whole> whole;
    std::shared_ptr<const Decided> decided;  // its version is the whole one
  };
  asio::awaitable<Step> show(const proto::Show& order);
  asio::awaitable<Step> keep(const proto::Keep& order);
  Step recall(const proto::Recall& order);
  asio::awaitable<Step> make_whole();
  void count(const Decided& decided);
  const Decided* decided() const {
    return recalled_ ? recalled_.get() : inspection_ ? inspection_->decided() : nullptr;
  }
  void log_in(const std::string& user);

  // Time
  asio::awaitable<void> keep_time(proto::Dialog& dialog);
  asio::awaitable<void> keep_server_awake(proto::Dialog& dialog);
  void tick();
  Clock::time_point next_due() const;
  void hurry();
  bool inspecting() const { return complete_ && inspection_ && inspection_->decided() == nullptr; }

  // Coroutines beside the dialog's. Plain ones: what || makes of four costs an idle session 5 KiB.
  void start(asio::cancellation_signal& stop, asio::awaitable<void> helper);
  asio::awaitable<void> stop_helpers();
  void start_inspection();
  std::string& words_for(proto::Side side) { return side == proto::Side::client ? out_.client : out_.server; }
  Peer& peer(proto::Side side) { return side == proto::Side::client ? client_ : server_; }

  asio::any_io_executor executor_;
  std::shared_ptr<const Services> services_;
  Peer& client_;
  Peer& server_;
  Activity& activity_;
  Conversation& conversation_;
  Transcript transcript_;
  Connector connector_;
  Upgrader upgrader_;
  net::Event news_;
  proto::Outbox out_;

  std::shared_ptr<Mail> mail_;               // begun last, until it is delivered or dropped
  std::shared_ptr<Inspection> inspection_;   // until the next Begin: its ruling stays in sight
  std::shared_ptr<const Decided> recalled_;  // the message begun last, if it was kept
  std::shared_ptr<Whole> whole_;             // of it, once somebody asked
  std::map<std::uint64_t, Kept> kept_;
  proto::MessageError error_ = proto::MessageError::none;
  bool client_heard_ = false;
  bool complete_ = false;
  bool early_wanted_ = false;

  std::array<asio::cancellation_signal, 3> stop_;
  int helpers_ = 0;
  std::exception_ptr helper_failed_;

  std::chrono::seconds idle_limit_;
  asio::steady_timer timer_;
  Clock::time_point armed_ = Clock::time_point::max();
  Clock::time_point keepalive_due_ = Clock::time_point::max();
  Clock::time_point scan_due_ = Clock::time_point::max();
  bool keepalive_ = false;
  bool timed_out_ = false;
  bool delivering_ = false;  // to the client
};

}  // namespace p3scan::session
