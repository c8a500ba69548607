#pragma once

#include "ws/asio.hpp"
#include "ws/frame_reader.hpp"
#include "ws/server_options.hpp"
#include "ws/session.hpp"
#include "ws/stream.hpp"
#include "ws/wire.hpp"

#include <atomic>
#include <memory>

namespace towncrier::ws {

/// `session` over a `wire`: Beast shakes hands, then its stream goes, which holds 2.6 KB for a client that is silent.
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
  void name_memory(std::vector<std::span<const std::byte>>& to) const override;
  void ping() override;
  std::chrono::steady_clock::time_point last_heard() const noexcept override { return last_heard_; }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void close(std::uint16_t code, std::string_view reason) override;
  void abort() override;

private:
  enum class phase : std::uint8_t { knocking, accepting, open, closing, ended };

  server_session(std::unique_ptr<wire> line, http_request request, std::shared_ptr<const server_options> options);

  void on_write_drained() override;
  void on_write_failed() override;

  void configure(std::string subprotocol);
  void on_accepted(error_code ec);
  bool wants_to_read() const noexcept;
  void read_soon();
  void read();
  void wait_to_read(io_outcome::kind until);
  void on_read_end(const io_outcome& out);
  /// Why the client is told that it is closed, where its frames cannot be read any further.
  std::string what_broke() const;
  bool take(std::string_view bytes);
  bool take_message();
  void answer_ping();
  void deliver();
  void end_as_agreed(std::string broken);
  void fail(std::uint16_t code, std::string reason);
  void on_client_close();
  void finish();
  void start_close();
  void start_timer(std::chrono::milliseconds wait);
  void on_time_out();
  void end_soon(std::string reason);
  void end(std::uint16_t code, std::string reason);

  std::unique_ptr<wire> wire_;
  std::uint16_t close_code_ = 0; ///< of our `close`, or of the client's when it came first
  phase phase_ = phase::knocking;
  std::shared_ptr<const server_options> options_;
  std::unique_ptr<ws_stream> stream_; ///< for the handshake
  std::shared_ptr<session_handler> handler_;
  std::unique_ptr<http_request> request_; ///< until the handshake is done
  std::unique_ptr<timer> timer_;          ///< only while something is due: the handshake, the close
  std::string peer_;
  frame_reader reader_;
  std::string unread_; ///< came while nothing was to be read any more
  std::vector<message> messages_;
  std::size_t gathered_ = 0; ///< bytes in `messages_`
  std::string close_reason_;
  std::chrono::steady_clock::time_point last_heard_;
  int window_bits_ = 0;
  bool reading_ = false; ///< waits for bytes, or for its turn to read
  bool paused_ = false;
  bool answering_ = false; ///< the kernel has not taken a pong yet
  bool finishing_ = false; ///< what comes is for nobody any more
};

} // namespace towncrier::ws
