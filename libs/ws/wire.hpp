#pragma once

#include "ws/asio.hpp"
#include "ws/completion.hpp"
#include "ws/frame_queue.hpp"
#include "ws/plain_frames.hpp"
#include "ws/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace towncrier::ws {

/// Who wants to know what happens on a wire. Calls may come from within a call to the wire, except `on_write_drained`.
class wire_events {
public:
  virtual ~wire_events() = default;

  /// The queue has become empty after the kernel had not taken it at once.
  virtual void on_write_drained() {}

  /// The queue was dropped, since nothing can be written any more. What has arrived may still be read.
  virtual void on_write_failed() {}
};

/// A connected socket with one ordered queue of what is to be written: frames that many clients share, and what
/// Beast's stream above it writes on its own (an AsyncStream in Beast's sense). The queue goes out by one gathering
/// call to the kernel, tried at once, and again when the socket becomes writable.
class wire {
public:
  using executor_type = executor;

  wire(tcp_socket socket, std::unique_ptr<transport> way);
  ~wire();
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  executor_type get_executor() noexcept { return socket_.get_executor(); }

  /// Names the one who listens, and what keeps both alive while a write waits.
  void attach(wire_events& events, std::weak_ptr<void> owner);

  /// Queues frames behind all that waits and writes what the kernel takes. Dropped after a close frame.
  void send(std::span<const frame_ptr> frames);
  void send(frame_ptr frame) { send(std::span{&frame, 1}); }

  /// Adds the memory that `send` goes through, see session::name_memory().
  void name_memory(std::vector<std::span<const std::byte>>& to) const;

  /// Queues a close frame, the last one.
  void send_close(std::uint16_t code, std::string_view reason = {});

  /// Completes when the kernel has everything that waits now. One at a time, and not while Beast writes.
  void when_sent(completion done);

  /// Bytes that wait.
  std::size_t queued_bytes() const noexcept { return queue_.bytes(); }

  /// From now on what is read are frames, and compressed messages among them are read as plain ones.
  void inflate_messages();

  /// Whether compressed messages were found bad: nothing more can be read.
  bool spoiled() const noexcept { return inflating_ != nullptr && inflating_->broken(); }

  /// Reads what there is, without waiting.
  io_outcome try_read(std::span<char> into);

  /// Calls `handler(error_code)` when it may be tried again.
  template <class Handler>
  void wait(io_outcome::kind until, Handler&& handler) {
    socket_.async_wait(wait_type(until), std::forward<Handler>(handler));
  }

  /// Gives back bytes that were read and belong to whoever reads next.
  void unread(std::string_view bytes);

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    read(first_of(buffers), completion{std::forward<Handler>(handler)});
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    write(text_of(buffers), completion{std::forward<Handler>(handler)});
  }

  /// Tells the peer that nothing more comes, and reads, for nobody, until it says the same or the connection breaks.
  void finish(completion done);

  /// Closes the socket; whatever is pending completes with an error. `at_once` also throws away what the kernel has
  /// not sent yet.
  void close(bool at_once);

  int descriptor() noexcept { return socket_.native_handle(); }

private:
  struct on_writable;

  template <class Buffers>
  static asio::mutable_buffer first_of(const Buffers& buffers) {
    for (auto i = asio::buffer_sequence_begin(buffers); i != asio::buffer_sequence_end(buffers); ++i)
      if (const asio::mutable_buffer x{*i}; x.size() != 0)
        return x;
    return {};
  }

  template <class Buffers>
  static std::string text_of(const Buffers& buffers) {
    std::string text;
    for (auto i = asio::buffer_sequence_begin(buffers); i != asio::buffer_sequence_end(buffers); ++i)
      text.append(static_cast<const char*>(asio::const_buffer{*i}.data()), asio::const_buffer{*i}.size());
    return text;
  }

  static tcp_socket::wait_type wait_type(io_outcome::kind until) noexcept {
    return until == io_outcome::kind::wait_writable ? tcp_socket::wait_write : tcp_socket::wait_read;
  }

  void read(asio::mutable_buffer into, completion done);
  void read_socket(asio::mutable_buffer into, completion done);
  void wait_to_read(io_outcome::kind until, asio::mutable_buffer into, completion done);
  std::size_t take_surplus(asio::mutable_buffer into);
  io_outcome read_with_surplus(asio::mutable_buffer into);
  io_outcome read_inflated(asio::mutable_buffer into);
  error_code read_error(const io_outcome& out) const;
  void write(std::string text, completion done);
  void enqueue(std::span<const frame_ptr> frames);
  void flush();
  bool settle(const io_outcome& out);
  void wait_to_write(io_outcome::kind until);
  void drained_queue();
  void give_up_writing();
  void fail_writes();
  void forget_completions();
  void drain(completion done);
  void drain_later(io_outcome::kind until, completion done);

  // What `send` goes through lies together: it is most of what thousands of viewers cost besides the kernel.
  std::unique_ptr<transport> way_;
  frame_queue queue_;
  bool drained_ = false;   ///< the last read took all there was
  bool writing_ = false;   ///< waits for the kernel to take more
  bool sealed_ = false;    ///< a close frame was queued
  bool broken_ = false;    ///< nothing can be written any more
  completion beast_write_; ///< of what Beast writes: one at a time
  wire_events* events_ = nullptr;
  std::weak_ptr<void> owner_;
  tcp_socket socket_;
  std::string surplus_; ///< read, but not asked for yet
  std::size_t surplus_at_ = 0;
  std::unique_ptr<plain_frames> inflating_; ///< what is read goes through it, once messages may be compressed
  std::size_t beast_size_ = 0;              ///< its bytes
  std::size_t beast_remaining_ = 0;         ///< bytes to be written until it is done
  completion finish_;                       ///< of a `finish` that waits for the queue
};

} // namespace towncrier::ws

// Found by argument-dependent lookup from websocket::stream.
namespace boost::beast {
enum class role_type;
}

namespace towncrier::ws {

template <class Handler>
void async_teardown(boost::beast::role_type, wire& x, Handler&& handler) {
  x.finish(completion{[h = std::forward<Handler>(handler)](error_code ec, std::size_t) mutable { std::move(h)(ec); }});
}

inline void beast_close_socket(wire& x) { x.close(false); }

} // namespace towncrier::ws
