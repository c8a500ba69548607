#include "ws/wire.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace towncrier::ws {

namespace {

/// Frames that one call to the kernel may gather (the limit of Linux is 1024).
constexpr std::size_t max_gathered = 512;

} // namespace

wire::wire(tcp_socket socket, std::unique_ptr<transport> way) : way_(std::move(way)), socket_(std::move(socket)) {}

wire::~wire() = default;

void wire::attach(wire_events& events, std::weak_ptr<void> owner) {
  events_ = &events;
  owner_ = std::move(owner);
}

// Writing

// A wait that the loop throws away, because the loop itself ends, must not leave the owner and its write holding
// each other.
struct wire::on_writable {
  wire* self;
  std::shared_ptr<void> owner;

  on_writable(wire* x, std::shared_ptr<void> o) : self(x), owner(std::move(o)) {}
  on_writable(on_writable&&) = default;
  on_writable& operator=(on_writable&&) = delete;
  ~on_writable() {
    if (owner != nullptr)
      self->forget_completions();
  }

  void operator()(error_code) {
    const auto alive = std::exchange(owner, nullptr);
    self->writing_ = false;
    self->flush();
    if (self->queue_.empty() && !self->broken_)
      self->drained_queue();
  }
};

void wire::drained_queue() {
  if (finish_)
    finish(std::move(finish_));
  else if (events_ != nullptr)
    events_->on_write_drained();
}

void wire::forget_completions() {
  const auto write = std::move(beast_write_);
  const auto end = std::move(finish_);
}

// With nothing in front of them, frames go from the caller to the kernel without a stay in the queue.
void wire::send(std::span<const frame_ptr> frames) {
  if (sealed_ || broken_)
    return;
  if (!queue_.empty())
    return enqueue(frames);
  std::array<iovec, max_gathered> buffers;
  const auto gathered = gather(frames, 0, buffers);
  if (gathered.empty())
    return;
  auto out = way_->write(gathered);
  queue_.push_rest(frames, std::exchange(out.bytes, 0));
  if (settle(out))
    flush();
}

void wire::name_memory(std::vector<std::span<const std::byte>>& to) const {
  to.push_back(std::as_bytes(std::span{&way_, 1}));
  to.push_back(std::as_bytes(std::span{&queue_, 1}));
  to.push_back(std::as_bytes(std::span{&beast_write_, 1}));
  to.push_back(std::as_bytes(std::span{way_.get(), 1}));
}

void wire::enqueue(std::span<const frame_ptr> frames) {
  for (const auto& x : frames)
    queue_.push(x);
  flush();
}

void wire::send_close(std::uint16_t code, std::string_view reason) {
  const std::array<char, 4> head{'\x88', static_cast<char>(reason.size() + 2), static_cast<char>(code >> 8),
                                 static_cast<char>(code & 0xFF)};
  auto frame = std::string{head.data(), head.size()};
  frame += reason;
  send(std::make_shared<const std::string>(std::move(frame)));
  sealed_ = true;
}

void wire::when_sent(completion done) {
  if (broken_ || queue_.empty())
    return post_completion(get_executor(), std::move(done), {}, 0);
  beast_write_ = std::move(done);
  beast_size_ = 0;
  beast_remaining_ = queue_.bytes();
}

void wire::write(std::string text, completion done) {
  if (broken_)
    return post_completion(get_executor(), std::move(done), asio::error::broken_pipe, 0);
  const auto frame = std::make_shared<const std::string>(std::move(text));
  queue_.push(frame);
  beast_write_ = std::move(done);
  beast_size_ = frame->size();
  beast_remaining_ = queue_.bytes();
  flush();
}

void wire::flush() {
  std::array<iovec, max_gathered> buffers;
  while (!writing_ && !broken_ && !queue_.empty())
    if (!settle(way_->write(queue_.gather(buffers))))
      return;
}

/// Takes note of what became of a write; whether another may be tried.
bool wire::settle(const io_outcome& out) {
  if (out.must_wait()) {
    wait_to_write(out.what);
    return false;
  }
  if (out.what != io_outcome::kind::moved) {
    fail_writes();
    return false;
  }
  queue_.consume(out.bytes);
  if (!beast_write_)
    return true;
  beast_remaining_ -= std::min(beast_remaining_, out.bytes);
  if (beast_remaining_ == 0)
    post_completion(get_executor(), std::move(beast_write_), {}, beast_size_);
  return true;
}

void wire::wait_to_write(io_outcome::kind until) {
  writing_ = true;
  socket_.async_wait(wait_type(until), on_writable{this, owner_.lock()});
}

void wire::give_up_writing() {
  broken_ = true;
  queue_.clear();
  if (beast_write_)
    post_completion(get_executor(), std::move(beast_write_), asio::error::broken_pipe, 0);
  if (finish_)
    post_completion(get_executor(), std::move(finish_), asio::error::broken_pipe, 0);
}

void wire::fail_writes() {
  give_up_writing();
  if (events_ != nullptr)
    events_->on_write_failed();
}

// The end

void wire::finish(completion done) {
  if (!socket_.is_open())
    return post_completion(get_executor(), std::move(done), asio::error::operation_aborted, 0);
  if (!queue_.empty()) {
    finish_ = std::move(done);
    return;
  }
  way_->finish();
  broken_ = true;
  surplus_ = {};
  surplus_at_ = 0;
  drain(std::move(done));
}

void wire::close(bool at_once) {
  give_up_writing();
  surplus_ = {};
  surplus_at_ = 0;
  error_code ignored;
  if (at_once)
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

} // namespace towncrier::ws
