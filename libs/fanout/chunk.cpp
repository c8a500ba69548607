#include "fanout/chunk.hpp"

#include "codec/message.hpp"

#include <deque>

namespace towncrier::fanout {

namespace {

/// Gathers the fragments of a chunk and cuts them into messages of bounded size.
class cutter {
public:
  cutter(encoding how, bool cut_anywhere, double timestamp)
      : how_(how), cut_anywhere_(cut_anywhere), timestamp_(timestamp) {}

  void add(std::string_view fragment) {
    if (cut_anywhere_ && size_ != 0 && size_ + fragment.size() > max_message_size)
      cut(unresumable);
    size_ += fragment.size();
    fragments_.push_back(fragment);
  }

  /// The viewer can resume here: ends the message where it is large already.
  void pass(const trail& way, std::size_t batches) {
    if (size_ > max_message_size / 2)
      cut(way.after(batches));
  }

  void add_removed(const model::character& x, std::string_view reason) {
    add(owned_.emplace_back(codec::encode_removed(how_.format, x, reason)));
  }

  std::vector<codec::frame_ptr> finish(std::string_view position) {
    cut(position);
    return std::move(frames_);
  }

private:
  void cut(std::string_view position) {
    if (fragments_.empty())
      return;
    frames_.push_back(frame_message(how_, codec::assemble(how_.format, fragments_, position, timestamp_)));
    fragments_.clear();
    size_ = 0;
  }

  encoding how_;
  bool cut_anywhere_;
  double timestamp_;
  std::size_t size_ = 0;
  std::vector<std::string_view> fragments_;
  std::deque<std::string> owned_; // a deque: growing it leaves the earlier strings where they are
  std::vector<codec::frame_ptr> frames_;
};

void add_entry(cutter& out, const entry& x, codec::format f) {
  switch (x.shape) {
    case shape::as_is:
      return out.add(x.what->as_is(f));
    case shape::update:
    case shape::snapshot:
      return out.add(x.what->as_update(f));
    case shape::left_area:
      return out.add_removed(*x.what->now(), "left_area");
    case shape::left_location:
      return out.add_removed(*x.what->now(), "left_location");
  }
}

} // namespace

chunk::chunk(std::vector<entry> entries, position_text position, double timestamp)
    : entries_(std::move(entries)), boundaries_{{entries_.size()}}, end_(std::move(position)), timestamp_(timestamp) {}

chunk::chunk(std::vector<entry> entries, std::vector<boundary> boundaries, trail_ptr way, double timestamp)
    : entries_(std::move(entries)), boundaries_(std::move(boundaries)), way_(std::move(way)), end_(way_->end()),
      timestamp_(timestamp) {}

std::span<const codec::frame_ptr> chunk::frames(encoding how) const {
  for (const auto& x : made_)
    if (x.how == how)
      return x.frames;
  cutter out{how, way_ == nullptr, timestamp_};
  std::size_t at = 0;
  for (const auto& boundary : boundaries_) {
    for (; at < boundary.entries; ++at)
      add_entry(out, entries_[at], how.format);
    if (&boundary != &boundaries_.back())
      out.pass(*way_, boundary.batches);
  }
  return made_.emplace_back(made{how, out.finish(end_ ? *end_ : std::string_view{})}).frames;
}

codec::frame_ptr frame_message(encoding how, std::string_view message) {
  const auto op = how.format == codec::format::json ? codec::opcode::text : codec::opcode::binary;
  if (how.window_bits != 0 && message.size() >= compression_threshold) {
    const auto packed = codec::deflate_message(message, how.window_bits);
    if (packed.size() < message.size())
      return codec::make_frame(op, packed, true);
  }
  return codec::make_frame(op, message);
}

} // namespace towncrier::fanout
