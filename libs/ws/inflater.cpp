#include "ws/inflater.hpp"

#include <new>
#include <utility>
#include <vector>

namespace towncrier::ws {

namespace {

/// Inflaters that a thread keeps.
constexpr std::size_t most_idle = 4;

/// What zlib sets in `data_type` (zlib.h, inflate).
constexpr int at_block_end = 128;

std::vector<std::unique_ptr<inflater>>& idle() {
  static thread_local std::vector<std::unique_ptr<inflater>> all;
  return all;
}

} // namespace

inflater::inflater() {
  // The only thing that can fail is the allocation.
  if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK)
    throw std::bad_alloc{};
}

inflater::~inflater() { inflateEnd(&stream_); }

inflater::outcome inflater::run(std::string_view in, std::span<char> out) noexcept {
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream_.avail_in = static_cast<uInt>(in.size());
  stream_.next_out = reinterpret_cast<Bytef*>(out.data());
  stream_.avail_out = static_cast<uInt>(out.size());
  const auto status = inflate(&stream_, Z_SYNC_FLUSH);
  // A final block ends the stream, but not the message (RFC 7692, 7.2.3.4).
  if (status == Z_STREAM_END)
    reset();
  const bool good = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
  return {good, in.size() - stream_.avail_in, out.size() - stream_.avail_out};
}

bool inflater::between_blocks() const noexcept { return (stream_.data_type & at_block_end) != 0; }

void inflater::reset() noexcept { inflateReset(&stream_); }

std::unique_ptr<inflater> inflater::get() {
  if (idle().empty())
    return std::make_unique<inflater>();
  auto x = std::move(idle().back());
  idle().pop_back();
  return x;
}

void inflater::give_back(std::unique_ptr<inflater> x) {
  if (idle().size() == most_idle)
    return;
  x->reset();
  idle().push_back(std::move(x));
}

} // namespace towncrier::ws
