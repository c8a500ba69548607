#include "ws/wire.hpp"

#include <boost/beast/zlib/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace towncrier::ws {

namespace {

/// What may be read beyond what was asked for: a reader that asks for little pays for few calls.
constexpr std::size_t surplus_room = 64 * 1024;

/// Reads of a connection that is being drained, before others have their turn.
constexpr int drains_a_turn = 8;

// Every I/O thread has one; it holds bytes within one call only.
std::span<char> scratch() {
  static thread_local const auto bytes = std::make_unique<std::array<char, surplus_room>>();
  return *bytes;
}

error_code as_error(const io_outcome& x) {
  if (x.what == io_outcome::kind::moved)
    return {};
  return x.what == io_outcome::kind::ended ? error_code{asio::error::eof}
                                           : error_code{x.error, boost::system::system_category()};
}

} // namespace

void wire::unread(std::string_view bytes) {
  surplus_.replace(0, surplus_at_, bytes);
  surplus_at_ = 0;
}

void wire::inflate_messages() {
  inflating_ = std::make_unique<plain_frames>();
  inflating_->put(std::string_view{surplus_}.substr(surplus_at_));
  surplus_ = {};
  surplus_at_ = 0;
}

std::size_t wire::take_surplus(asio::mutable_buffer into) {
  if (inflating_ != nullptr)
    return inflating_->take({static_cast<char*>(into.data()), into.size()});
  const auto n = std::min(into.size(), surplus_.size() - surplus_at_);
  if (n == 0)
    return 0;
  std::memcpy(into.data(), surplus_.data() + surplus_at_, n);
  surplus_at_ += n;
  if (surplus_at_ == surplus_.size()) {
    surplus_ = {};
    surplus_at_ = 0;
  }
  return n;
}

void wire::read(asio::mutable_buffer into, completion done) {
  if (!socket_.is_open())
    return post_completion(get_executor(), std::move(done), asio::error::operation_aborted, 0);
  if (const auto n = take_surplus(into); n != 0 || into.size() == 0)
    return post_completion(get_executor(), std::move(done), {}, n);
  const bool broken = inflating_ != nullptr && inflating_->broken();
  if (drained_ && !broken)
    return wait_to_read(io_outcome::kind::wait_readable, into, std::move(done));
  const auto out = read_with_surplus(into);
  if (out.must_wait())
    return wait_to_read(out.what, into, std::move(done));
  post_completion(get_executor(), std::move(done), read_error(out), out.bytes);
}

void wire::read_socket(asio::mutable_buffer into, completion done) {
  const auto out = read_with_surplus(into);
  if (out.must_wait())
    return wait_to_read(out.what, into, std::move(done));
  done(read_error(out), out.bytes);
}

error_code wire::read_error(const io_outcome& out) const {
  const bool bad_deflate = out.bytes == 0 && inflating_ != nullptr && inflating_->broken();
  return bad_deflate ? make_error_code(boost::beast::zlib::error::general) : as_error(out);
}

io_outcome wire::read_with_surplus(asio::mutable_buffer into) {
  if (inflating_ != nullptr)
    return read_inflated(into);
  const auto more = scratch();
  std::array<iovec, 2> buffers{iovec{into.data(), into.size()}, iovec{more.data(), more.size()}};
  auto out = way_->read(buffers);
  drained_ = out.drained;
  if (out.bytes > into.size()) {
    surplus_.assign(more.data(), out.bytes - into.size());
    surplus_at_ = 0;
    out.bytes = into.size();
  }
  return out;
}

// What was read may be nothing yet for Beast: a part of a header, or of compressed data.
io_outcome wire::read_inflated(asio::mutable_buffer into) {
  io_outcome out;
  while (out.bytes == 0 && !inflating_->broken()) {
    const auto room = scratch();
    iovec bytes{room.data(), room.size()};
    out = way_->read({&bytes, 1});
    drained_ = out.drained;
    if (out.what != io_outcome::kind::moved)
      break;
    inflating_->put({room.data(), out.bytes});
    out.bytes = take_surplus(into);
    out.drained = false; // there may be more that is not inflated yet
  }
  return out;
}

void wire::wait_to_read(io_outcome::kind until, asio::mutable_buffer into, completion done) {
  socket_.async_wait(wait_type(until), [this, into, done = std::move(done)](error_code ec) mutable {
    return ec ? done(ec, 0) : read_socket(into, std::move(done));
  });
}

io_outcome wire::try_read(std::span<char> into) {
  if (!socket_.is_open())
    return {io_outcome::kind::ended};
  const asio::mutable_buffer room{into.data(), into.size()};
  if (const auto n = take_surplus(room); n != 0)
    return {io_outcome::kind::moved, n};
  if (inflating_ != nullptr)
    return read_inflated(room);
  iovec bytes{into.data(), into.size()};
  return way_->read({&bytes, 1});
}

void wire::drain(completion done) {
  const auto room = scratch();
  for (int i = 0; i < drains_a_turn; ++i) {
    iovec into{room.data(), room.size()};
    const auto out = way_->read({&into, 1});
    if (out.must_wait())
      return drain_later(out.what, std::move(done));
    if (out.what != io_outcome::kind::moved)
      return post_completion(get_executor(), std::move(done), {}, 0);
  }
  asio::post(get_executor(), [this, done = std::move(done)]() mutable { drain(std::move(done)); });
}

void wire::drain_later(io_outcome::kind until, completion done) {
  socket_.async_wait(wait_type(until), [this, done = std::move(done)](error_code ec) mutable {
    return ec ? done(ec, 0) : drain(std::move(done));
  });
}

} // namespace towncrier::ws
