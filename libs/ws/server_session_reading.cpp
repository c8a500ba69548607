#include "ws/server_session.hpp"

#include <array>
#include <utility>

namespace towncrier::ws {

namespace {

/// Bounds of one `on_messages`.
constexpr std::size_t max_gathered_messages = 64;
constexpr std::size_t max_gathered_bytes = 256 * 1024;

/// What one read may bring, in bytes, and how many of them follow each other before others have their turn.
constexpr std::size_t read_size = 16 * 1024;
constexpr int reads_a_turn = 8;

constexpr std::uint16_t bad_payload = 1007;

// Every I/O thread has one; it holds bytes within one call only.
std::span<char> read_room() {
  static thread_local const auto bytes = std::make_unique<std::array<char, read_size>>();
  return *bytes;
}

std::string sentence_of(const io_outcome& x) {
  return x.what == io_outcome::kind::failed ? error_code{x.error, boost::system::system_category()}.message()
                                            : "the connection ended without a close frame";
}

} // namespace

bool server_session::wants_to_read() const noexcept {
  if (finishing_ || answering_)
    return false;
  return phase_ == phase::closing || (phase_ == phase::open && !paused_);
}

void server_session::read_soon() {
  if (reading_ || !wants_to_read())
    return;
  reading_ = true;
  asio::post(wire_->get_executor(), [self = shared_from_this()] {
    self->reading_ = false;
    self->read();
  });
}

/// Takes what has come, then waits for more.
void server_session::read() {
  if (reading_)
    return;
  deliver();
  if (!take(std::exchange(unread_, {})))
    return;
  for (int i = 0; i < reads_a_turn; ++i) {
    const auto room = read_room();
    const auto out = wire_->try_read(room);
    if (out.must_wait())
      return wait_to_read(out.what);
    if (out.what != io_outcome::kind::moved || out.bytes == 0)
      return on_read_end(out);
    last_heard_ = std::chrono::steady_clock::now();
    if (!take({room.data(), out.bytes}))
      return;
    if (out.drained)
      return wait_to_read(io_outcome::kind::wait_readable);
  }
  deliver();
  read_soon();
}

void server_session::wait_to_read(io_outcome::kind until) {
  deliver();
  if (reading_ || !wants_to_read())
    return;
  reading_ = true;
  wire_->wait(until, [self = shared_from_this()](error_code ec) {
    self->reading_ = false;
    if (self->phase_ == phase::ended)
      return;
    if (ec)
      return self->end_as_agreed(ec.message());
    self->read();
  });
}

void server_session::on_read_end(const io_outcome& out) {
  if (phase_ == phase::open && wire_->spoiled())
    return fail(bad_payload, "compressed data that cannot be read");
  end_as_agreed(sentence_of(out));
}

/// Whether reading may go on; where it may not, what is left is kept.
std::string server_session::what_broke() const {
  constexpr std::uint16_t too_big = 1009;
  return reader_.close_code() == too_big
             ? "a message may have at most " + std::to_string(options_->max_message_bytes) + " bytes"
             : "the client broke the protocol";
}

bool server_session::take(std::string_view bytes) {
  while (wants_to_read()) {
    switch (reader_.read(bytes)) {
      case frame_reader::event::none:
        return true;
      case frame_reader::event::message:
        if (take_message())
          break;
        unread_ = bytes;
        read_soon();
        return false;
      case frame_reader::event::ping:
        answer_ping();
        break;
      case frame_reader::event::pong:
        break;
      case frame_reader::event::close:
        on_client_close();
        return false;
      case frame_reader::event::broken:
        fail(reader_.close_code(), what_broke());
        return false;
    }
  }
  if (!finishing_)
    unread_ = bytes;
  return false;
}

/// Whether more may be taken in this turn: whoever was given many has to have the chance to say that it is enough.
bool server_session::take_message() {
  auto bytes = reader_.take_message();
  if (phase_ != phase::open)
    return true;
  gathered_ += bytes.size();
  messages_.push_back({reader_.binary(), std::move(bytes)});
  if (messages_.size() < max_gathered_messages && gathered_ < max_gathered_bytes)
    return true;
  deliver();
  return false;
}

// The next message is read when the kernel has the pong: a client that reads nothing must not fill the queue by pings.
void server_session::answer_ping() {
  const auto said = reader_.control();
  auto frame = std::string{'\x8A', static_cast<char>(said.size())};
  frame += said;
  wire_->send(std::make_shared<const std::string>(std::move(frame)));
  if (wire_->queued_bytes() == 0)
    return;
  answering_ = true;
  wire_->when_sent(completion{[self = shared_from_this()](error_code, std::size_t) {
    self->answering_ = false;
    self->read_soon();
  }});
}

void server_session::deliver() {
  if (phase_ != phase::open || paused_ || messages_.empty())
    return;
  gathered_ = 0;
  const auto handler = handler_;
  handler->on_messages(std::exchange(messages_, {}));
}

void server_session::resume_reading() {
  paused_ = false;
  read_soon();
}

} // namespace towncrier::ws
