#include "codec/batch.hpp"

#include "codec/msgpack_writer.hpp"

namespace towncrier::codec {

namespace {

/// Deeper than any client's message: it stands inside three arrays more.
constexpr std::size_t max_batch_depth = 300;

/// What the first element of a change says it is; the first three are those of `model::change_kind`.
constexpr std::uint64_t event_tag = 3;

constexpr std::size_t batch_size = 4;
constexpr std::size_t event_size = 5;
constexpr std::size_t character_size = 15;

class change_writer {
public:
  explicit change_writer(std::string& bytes) : out_(bytes) {}

  void operator()(const model::event_ptr& x) const {
    out_.begin_array(event_size);
    out_.integer(event_tag);
    out_.text(x->event_type);
    out_.value(x->data);
    out_.number(x->timestamp);
    out_.integer(x->key);
  }

  void operator()(const model::character_change& x) const {
    const auto& now = *x.now;
    out_.begin_array(character_size);
    out_.integer(static_cast<std::uint64_t>(x.kind));
    out_.text(now.id.text);
    out_.boolean(now.id.integer);
    out_.text(now.name);
    out_.text(now.state);
    out_.text(now.location);
    place(now.place);
    out_.object(now.attributes);
    out_.integer(now.rev.epoch);
    out_.integer(now.rev.version);
    out_.text(now.rev.owner);
    out_.number(now.timestamp);
    out_.text(x.previous_state);
    out_.boolean(x.attributes_changed);
  }

private:
  void place(const std::optional<model::point>& x) const {
    if (x) {
      out_.number(x->x);
      out_.number(x->y);
    } else {
      out_.nil();
      out_.nil();
    }
  }

  msgpack_writer out_;
};

/// Takes the elements of an array one by one, and remembers whether one was not what it has to be.
class elements {
public:
  elements(model::value& of, std::size_t size) : all_(of.get_if<model::array>()) {
    failed_ = all_ == nullptr || all_->size() != size;
  }

  template <class T>
  T take() {
    auto* x = failed_ ? nullptr : (*all_)[next_++].get_if<T>();
    failed_ = x == nullptr;
    return failed_ ? T{} : std::move(*x);
  }

  std::uint64_t take_count() {
    if (failed_)
      return 0;
    const auto& x = (*all_)[next_++];
    if (const auto* big = x.get_if<std::uint64_t>())
      return *big;
    const auto* small = x.get_if<std::int64_t>();
    failed_ = small == nullptr || *small < 0;
    return failed_ ? 0 : static_cast<std::uint64_t>(*small);
  }

  model::value take_any() { return failed_ ? model::value{} : std::move((*all_)[next_++]); }

  std::optional<model::point> take_place() {
    if (!failed_ && (*all_)[next_].is_null() && (*all_)[next_ + 1].is_null()) {
      next_ += 2;
      return std::nullopt;
    }
    const auto x = take<double>();
    return model::point{x, take<double>()};
  }

  bool failed() const noexcept { return failed_; }

private:
  model::array* all_;
  std::size_t next_ = 0;
  bool failed_ = false;
};

std::optional<model::change> read_event(model::value& from) {
  elements in{from, event_size};
  in.take_count();
  model::event x;
  x.event_type = in.take<std::string>();
  x.data = in.take_any();
  x.timestamp = in.take<double>();
  x.key = in.take_count();
  if (in.failed())
    return std::nullopt;
  return std::make_shared<const model::event>(std::move(x));
}

std::optional<model::change> read_character(model::value& from) {
  elements in{from, character_size};
  model::character_change change;
  change.kind = static_cast<model::change_kind>(in.take_count());
  model::character x;
  x.id.text = in.take<std::string>();
  x.id.integer = in.take<bool>();
  x.name = in.take<std::string>();
  x.state = in.take<std::string>();
  x.location = in.take<std::string>();
  x.place = in.take_place();
  x.attributes = in.take<model::object>();
  x.rev.epoch = in.take_count();
  x.rev.version = in.take_count();
  x.rev.owner = in.take<std::string>();
  x.timestamp = in.take<double>();
  change.previous_state = in.take<std::string>();
  change.attributes_changed = in.take<bool>();
  if (in.failed())
    return std::nullopt;
  change.now = std::make_shared<const model::character>(std::move(x));
  return change;
}

std::optional<model::change> read_change(model::value& from) {
  const auto* parts = from.get_if<model::array>();
  const auto* tag = parts == nullptr || parts->empty() ? nullptr : parts->front().get_if<std::int64_t>();
  if (tag == nullptr || *tag < 0 || *tag > static_cast<std::int64_t>(event_tag))
    return std::nullopt;
  return *tag == static_cast<std::int64_t>(event_tag) ? read_event(from) : read_character(from);
}

} // namespace

std::string encode_batch(const model::batch& x) {
  std::string bytes;
  const msgpack_writer out{bytes};
  out.begin_array(batch_size);
  out.text(x.stamp.origin);
  out.integer(x.stamp.incarnation);
  out.integer(x.stamp.sequence);
  out.begin_array(x.changes.size());
  for (const auto& change : x.changes)
    std::visit(change_writer{bytes}, change);
  return bytes;
}

model::result<model::batch> parse_batch(std::string_view bytes) {
  auto parsed = parse_msgpack(bytes, max_batch_depth);
  if (!parsed)
    return model::failure{parsed.error()};
  elements in{*parsed, batch_size};
  model::batch result;
  result.stamp.origin = in.take<std::string>();
  result.stamp.incarnation = in.take_count();
  result.stamp.sequence = in.take_count();
  auto changes = in.take<model::array>();
  if (in.failed() || !model::is_node_id(result.stamp.origin))
    return model::failure{"not a batch: it must be an array of origin, incarnation, sequence and changes"};
  for (auto& from : changes) {
    auto change = read_change(from);
    if (!change)
      return model::failure{"not a batch: change " + std::to_string(result.changes.size()) + " cannot be read"};
    result.changes.push_back(std::move(*change));
  }
  return result;
}

} // namespace towncrier::codec
