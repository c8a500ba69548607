#pragma once

#include "protocol/interfaces.hpp"
#include "protocol/traffic.hpp"
#include "ws/session.hpp"

namespace towncrier::node {

/// What a client asked for, out of the request that it knocked with.
protocol::upgrade_request read_upgrade(const ws::http_request& request);

/// The sub-protocol to answer with; empty: none.
std::string choose_subprotocol(const ws::http_request& request);

/// Joins a WebSocket session to its connection actor: calls become messages and the other way round. All on the I/O
/// thread that both live on.
class client_link final : public protocol::client_socket, public ws::session_handler {
public:
  client_link(std::shared_ptr<ws::session> session, protocol::traffic_ptr traffic);
  ~client_link() override;

  /// Spawned after the link was made, with the link.
  void connect(std::shared_ptr<client_link> self, protocol::connection_actor who);

  void accept() override;
  void refuse(std::string_view sentence, std::chrono::seconds retry_after) override;
  void send(std::span<const codec::frame_ptr> frames) override;
  void name_memory(std::vector<std::span<const std::byte>>& to) const override;
  // Nothing was left after the last frame: nothing is left now.
  std::size_t queued_bytes() const noexcept override { return counted_ == 0 ? 0 : session_->queued_bytes(); }
  void ping() override { session_->ping(); }
  std::chrono::steady_clock::time_point last_heard() const noexcept override { return session_->last_heard(); }
  void pause_reading() override { session_->pause_reading(); }
  void resume_reading() override { session_->resume_reading(); }
  void close(protocol::close_code code, std::string_view reason) override;

  void on_open(int deflate_window_bits) override;
  void on_messages(std::vector<ws::message>&& messages) override;
  void on_drained() override;
  void on_closed(std::uint16_t code, std::string reason) override;

private:
  void count_queue();

  std::shared_ptr<ws::session> session_;
  /// What this link has added to the gauge of waiting bytes.
  std::size_t counted_ = 0;
  protocol::traffic_ptr traffic_;
  std::weak_ptr<client_link> self_;
  protocol::connection_actor who_;
  std::string subprotocol_;
};

} // namespace towncrier::node
