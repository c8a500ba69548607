#include "ws/server_session.hpp"

#include <boost/beast/zlib/error.hpp>

#include <algorithm>
#include <utility>

namespace towncrier::ws {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

/// Bounds of one `on_messages`.
constexpr std::size_t max_gathered_messages = 64;
constexpr std::size_t max_gathered_bytes = 256 * 1024;

/// Room for a message of which nothing is known yet, and the least by which it grows, in bytes.
constexpr std::size_t first_room = 128;
constexpr std::size_t least_growth = 4096;

/// The longest reason that a close frame has room for, in bytes (RFC 6455, 5.5).
constexpr std::size_t max_reason = 123;

constexpr std::uint16_t no_code = 1005;
constexpr std::uint16_t abnormal = 1006;
constexpr std::uint16_t bad_payload = 1007;

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

bool is_bad_deflate(error_code ec) { return ec.category() == make_error_code(beast::zlib::error::general).category(); }

/// Whether UTF-8 that is sound as far as it goes ends within a character.
bool is_cut_off(std::string_view text) noexcept {
  const auto tail = text.substr(text.size() - std::min<std::size_t>(text.size(), 3));
  for (std::size_t i = tail.size(); i-- > 0;) {
    const auto byte = static_cast<unsigned char>(tail[i]);
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    if ((byte & 0xC0) != 0x80)
      return tail.size() - i < length;
  }
  return false;
}

} // namespace

// Reading

void server_session::read() {
  if (reading_ || paused_ || phase_ != phase::open)
    return;
  reading_ = true;
  // What a header claims is believed only as far as bytes have come: a claim alone costs nothing.
  const auto room = filled_ == 0 ? first_room : std::max(filled_, least_growth);
  const auto hint = filled_ == 0 ? room : stream_->read_size_hint(room);
  partial_.resize(filled_ + std::min(room, hint));
  stream_->async_read_some(asio::buffer(partial_.data() + filled_, partial_.size() - filled_),
                           [self = shared_from_this()](error_code ec, std::size_t bytes) { self->on_read(ec, bytes); });
}

void server_session::on_read(error_code ec, std::size_t bytes) {
  reading_ = false;
  if (phase_ == phase::ended)
    return;
  if (ec)
    return on_read_end(ec);
  last_heard_ = std::chrono::steady_clock::now();
  filled_ += bytes;
  if (stream_->is_message_done() && !take_message())
    return fail(bad_payload, "text that is not UTF-8");
  if (messages_.size() >= max_gathered_messages || gathered_ >= max_gathered_bytes)
    deliver();
  read();
}

// Beast looks for an unfinished character at the end of the last frame, but not when that frame is empty.
bool server_session::take_message() {
  if (stream_->got_text() && is_cut_off(std::string_view{partial_}.substr(0, filled_)))
    return false;
  gathered_ += filled_;
  auto& next = messages_.emplace_back(message{stream_->got_binary(), {}});
  if (filled_ <= first_room) {
    next.bytes.assign(partial_, 0, filled_);
  } else {
    partial_.resize(filled_);
    next.bytes = std::exchange(partial_, {});
  }
  filled_ = 0;
  return true;
}

void server_session::deliver() {
  if (phase_ != phase::open || paused_ || messages_.empty())
    return;
  gathered_ = 0;
  const auto handler = handler_;
  handler->on_messages(std::exchange(messages_, {}));
}

void server_session::deliver_soon() {
  if (messages_.empty() || std::exchange(delivery_posted_, true))
    return;
  asio::post(wire_->get_executor(), [self = shared_from_this()] {
    self->delivery_posted_ = false;
    self->deliver();
  });
}

void server_session::on_read_waits() { deliver_soon(); }

void server_session::resume_reading() {
  paused_ = false;
  deliver_soon();
  read();
}

// Writing

void server_session::send(std::span<const frame_ptr> frames) {
  if ((phase_ == phase::accepting || phase_ == phase::open) && close_code_ == 0)
    wire_->send(frames);
}

void server_session::ping() { send(std::span{&ping_frame(), 1}); }

void server_session::on_write_drained() {
  if (phase_ == phase::open)
    handler_->on_drained();
}

// The client's close frame may have arrived already, so what can still be read is read.
void server_session::on_write_failed() {
  if (!reading_)
    return end_soon("the connection broke while writing");
  if (!timer_)
    start_timer(options_->close_timeout);
}

// The end

void server_session::on_read_end(error_code ec) {
  if (phase_ == phase::open && sent_code_ == 0 && is_bad_deflate(ec))
    return fail(bad_payload, ec.message());
  end_as_agreed(ec.message());
}

/// Ends with what the closing handshake has come to; with 1006 and `broken` where there was none.
void server_session::end_as_agreed(std::string broken) {
  if (close_code_ != 0)
    return end(close_code_, close_reason_);
  if (sent_code_ == 0)
    return end(abnormal, std::move(broken));
  const auto& said = stream_->reason();
  if (said.code != websocket::close_code::none)
    return end(said.code, {said.reason.data(), said.reason.size()});
  // A close without a code is answered by 1000; everything else that Beast sends on its own is a failure.
  end(sent_code_ == websocket::close_code::normal ? no_code : sent_code_, std::move(broken));
}

void server_session::fail(std::uint16_t code, std::string reason) {
  deliver();
  if (phase_ != phase::open)
    return;
  phase_ = phase::closing;
  close_code_ = code;
  close_reason_ = std::move(reason);
  wire_->send_close(code);
  wire_->finish(completion{
      [self = shared_from_this()](error_code, std::size_t) { self->end(self->close_code_, self->close_reason_); }});
}

void server_session::on_close_frame(std::uint16_t code) {
  sent_code_ = code;
  if (!timer_)
    start_timer(options_->close_timeout);
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
  stream_->async_close({static_cast<websocket::close_code>(close_code_), close_reason_},
                       [self = shared_from_this()](error_code) { self->end(self->close_code_, self->close_reason_); });
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
