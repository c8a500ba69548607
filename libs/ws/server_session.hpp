#pragma once

#include "ws/asio.hpp"
#include "ws/server_options.hpp"
#include "ws/session.hpp"
#include "ws/stream.hpp"
#include "ws/wire.hpp"

#include <atomic>
#include <optional>

namespace towncrier::ws {

/// `session` over Beast's stream over a `wire`.
class server_session final : public session, public wire_events, public std::enable_shared_from_this<server_session> {
public:
  /// A client that knocks with `request`, which was found sound; its time to be answered begins.
  static std::shared_ptr<session> make(std::unique_ptr<wire> line, http_request request,
                                       std::shared_ptr<const server_options> options);

  ~server_session() override;

  const http_request& request() const noexcept override { return *request_; }
  const std::string& peer() const noexcept override { return peer_; }
  void accept(std::shared_ptr<session_handler> handler, std::string_view subprotocol) override;
  void refuse(unsigned status, std::string_view body, std::chrono::seconds retry_after) override;
  void send(std::span<const frame_ptr> frames) override;
  std::size_t queued_bytes() const noexcept override { return wire_->queued_bytes(); }
  void ping() override;
  std::chrono::steady_clock::time_point last_heard() const noexcept override { return last_heard_; }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void close(std::uint16_t code, std::string_view reason) override;
  void abort() override;

private:
  enum class phase : std::uint8_t { knocking, accepting, open, closing, ended };

  server_session(std::unique_ptr<wire> line, http_request request, std::shared_ptr<const server_options> options);

  void on_read_waits() override;
  void on_write_drained() override;
  void on_write_failed() override;
  void on_close_frame(std::uint16_t code) override;

  void configure(std::string subprotocol);
  void on_accepted(error_code ec);
  void read();
  void on_read(error_code ec, std::size_t bytes);
  bool take_message();
  void deliver();
  void deliver_soon();
  void on_read_end(error_code ec);
  void end_as_agreed(std::string broken);
  void fail(std::uint16_t code, std::string reason);
  void start_close();
  void start_timer(std::chrono::milliseconds wait);
  void on_time_out();
  void end_soon(std::string reason);
  void end(std::uint16_t code, std::string reason);

  std::shared_ptr<const server_options> options_;
  std::unique_ptr<wire> wire_;
  std::optional<ws_stream> stream_;
  std::shared_ptr<session_handler> handler_;
  std::unique_ptr<http_request> request_; ///< until the handshake is done
  std::unique_ptr<timer> timer_;          ///< only while something is due: the handshake, the close
  std::string peer_;
  std::string partial_;    ///< the message that is being read
  std::size_t filled_ = 0; ///< bytes of it that have come
  std::vector<message> messages_;
  std::size_t gathered_ = 0; ///< bytes in `messages_`
  std::string close_reason_;
  std::chrono::steady_clock::time_point last_heard_;
  int window_bits_ = 0;
  std::uint16_t close_code_ = 0; ///< of our `close`
  std::uint16_t sent_code_ = 0;  ///< of the close frame that went out
  phase phase_ = phase::knocking;
  bool reading_ = false;
  bool paused_ = false;
  bool delivery_posted_ = false;
};

} // namespace towncrier::ws
