#include "ws/server_session.hpp"

#include <utility>

namespace towncrier::ws {

namespace {

/// The longest reason that a close frame has room for, in bytes (RFC 6455, 5.5).
constexpr std::size_t max_reason = 123;

constexpr std::uint16_t normal = 1000;
constexpr std::uint16_t no_code = 1005;
constexpr std::uint16_t abnormal = 1006;

const frame_ptr& ping_frame() {
  static const auto frame = std::make_shared<const std::string>("\x89\x00", 2);
  return frame;
}

/// The longest prefix with at most `limit` bytes that does not cut a UTF-8 sequence.
std::string_view clip(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit)
    return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80)
    --limit;
  return text.substr(0, limit);
}

} // namespace

// Writing

void server_session::send(std::span<const frame_ptr> frames) {
  if ((phase_ == phase::accepting || phase_ == phase::open) && close_code_ == 0)
    wire_->send(frames);
}

void server_session::name_memory(std::vector<std::span<const std::byte>>& to) const {
  to.push_back(std::as_bytes(std::span{&wire_, 1}));
  to.push_back(std::as_bytes(std::span{&phase_, 1}));
  wire_->name_memory(to);
}

void server_session::ping() { send(std::span{&ping_frame(), 1}); }

void server_session::on_write_drained() {
  if (phase_ == phase::open)
    handler_->on_drained();
}

// The client's close frame may have arrived already, so what can still be read is read.
void server_session::on_write_failed() {
  if (!reading_ && !finishing_)
    return end_soon("the connection broke while writing");
  if (!timer_)
    start_timer(options_->close_timeout);
}

// The end

/// Ends with what the closing handshake has come to; with 1006 and `broken` where there was none.
void server_session::end_as_agreed(std::string broken) {
  if (close_code_ != 0 && phase_ != phase::open)
    return end(close_code_, close_reason_);
  end(abnormal, std::move(broken));
}

void server_session::fail(std::uint16_t code, std::string reason) {
  deliver();
  if (phase_ == phase::ended)
    return;
  if (phase_ == phase::open) {
    phase_ = phase::closing;
    close_code_ = code;
    close_reason_ = clip(reason, max_reason);
    wire_->send_close(code, close_reason_);
  }
  finish();
}

void server_session::on_client_close() {
  deliver();
  if (phase_ == phase::ended)
    return;
  if (phase_ == phase::open) {
    phase_ = phase::closing;
    close_code_ = reader_.close_code();
    close_reason_ = reader_.control();
    wire_->send_close(close_code_ == no_code ? normal : close_code_);
  }
  finish();
}

/// Both sides have said what they had to say.
void server_session::finish() {
  finishing_ = true;
  if (!timer_)
    start_timer(options_->close_timeout);
  wire_->finish(completion{
      [self = shared_from_this()](error_code, std::size_t) { self->end(self->close_code_, self->close_reason_); }});
}

void server_session::close(std::uint16_t code, std::string_view reason) {
  if (phase_ == phase::knocking)
    return abort();
  if (phase_ == phase::closing || phase_ == phase::ended || close_code_ != 0)
    return;
  close_code_ = code;
  close_reason_ = clip(reason, max_reason);
  if (phase_ == phase::open)
    start_close();
}

void server_session::start_close() {
  phase_ = phase::closing;
  start_timer(options_->close_timeout);
  wire_->send_close(close_code_, close_reason_);
  read_soon();
}

void server_session::abort() {
  if (phase_ == phase::ended)
    return;
  phase_ = phase::closing;
  wire_->close(true);
  end_soon("aborted");
}

void server_session::end_soon(std::string reason) {
  asio::post(wire_->get_executor(), [self = shared_from_this(), reason = std::move(reason)]() mutable {
    self->end(abnormal, std::move(reason));
  });
}

void server_session::start_timer(std::chrono::milliseconds wait) {
  timer_ = std::make_unique<timer>(wire_->get_executor(), wait);
  timer_->async_wait([weak = weak_from_this()](error_code ec) {
    if (const auto self = ec ? nullptr : weak.lock())
      self->on_time_out();
  });
}

void server_session::on_time_out() {
  // A wait that was over before it was called off, reports all the same.
  if (!timer_ || timer_->expiry() > std::chrono::steady_clock::now())
    return;
  wire_->close(true);
  end_as_agreed("timed out");
}

void server_session::end(std::uint16_t code, std::string reason) {
  if (phase_ == phase::ended)
    return;
  deliver();
  phase_ = phase::ended;
  timer_.reset();
  wire_->close(false);
  if (const auto handler = std::exchange(handler_, nullptr))
    handler->on_closed(code, std::move(reason));
}

} // namespace towncrier::ws
