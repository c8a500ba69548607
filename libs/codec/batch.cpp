#include "codec/batch.hpp"

#include "codec/msgpack_writer.hpp"
#include "model/limits.hpp"

#include <algorithm>
#include <array>

namespace towncrier::codec {

namespace {

/// Deeper than any client's message: it stands inside three arrays more.
constexpr std::size_t max_batch_depth = 300;

/// What the first element of a change says it is; the first three are those of `model::change_kind`.
constexpr std::uint64_t event_tag = 3;

constexpr std::size_t batch_size = 4;
/// With what is said of those of its changes that are followed.
constexpr std::size_t followed_batch_size = 5;
constexpr std::size_t mark_size = 8;
/// No operator follows more.
constexpr std::size_t max_marks = 1000;
constexpr std::size_t max_asked = 16;
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
  elements(model::value& of, std::size_t size, std::size_t max_size = 0) : all_(of.get_if<model::array>()) {
    failed_ = all_ == nullptr || all_->size() < size || all_->size() > std::max(size, max_size);
  }

  std::size_t size() const noexcept { return all_ == nullptr ? 0 : all_->size(); }

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
    return model::nearest_place({x, take<double>()});
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
  x.timestamp = model::nearest_timestamp(in.take<double>());
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
  x.timestamp = model::nearest_timestamp(in.take<double>());
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

void write_marks(const msgpack_writer& out, const std::vector<model::marked_change>& marks) {
  out.begin_array(marks.size());
  for (const auto& [change, mark] : marks) {
    out.begin_array(mark_size);
    out.integer(std::uint64_t{change});
    out.integer(mark->id[0]);
    out.integer(mark->id[1]);
    out.integer(mark->parent);
    out.integer(mark->publisher);
    out.integer(mark->began);
    out.integer(mark->sent);
    out.begin_array(mark->asked.size());
    for (const auto trace : mark->asked)
      out.integer(trace);
  }
}

std::optional<model::marked_change> read_mark(model::value& from, std::size_t changes) {
  elements in{from, mark_size};
  const auto change = in.take_count();
  model::trace_mark mark;
  mark.id = {in.take_count(), 0};
  mark.id[1] = in.take_count();
  mark.parent = in.take_count();
  mark.publisher = in.take_count();
  const auto began = in.take_count();
  const auto sent = in.take_count();
  model::value asked = in.take_any();
  auto* traces = asked.get_if<model::array>();
  if (in.failed() || change >= changes || mark.id == std::array<std::uint64_t, 2>{} || began > INT64_MAX ||
      sent > INT64_MAX || traces == nullptr || traces->empty() || traces->size() > max_asked)
    return std::nullopt;
  mark.began = static_cast<std::int64_t>(began);
  mark.sent = static_cast<std::int64_t>(sent);
  elements each{asked, traces->size()};
  for (std::size_t i = 0; i < traces->size(); ++i)
    mark.asked.push_back(each.take_count());
  if (each.failed())
    return std::nullopt;
  return model::marked_change{static_cast<std::uint32_t>(change),
                              std::make_shared<const model::trace_mark>(std::move(mark))};
}

/// False: they cannot be read.
bool read_marks(model::value from, model::batch& to) {
  auto* marks = from.get_if<model::array>();
  if (marks == nullptr || marks->size() > max_marks)
    return false;
  for (auto& one : *marks) {
    auto mark = read_mark(one, to.changes.size());
    if (!mark)
      return false;
    to.followed.push_back(std::move(*mark));
  }
  return true;
}

} // namespace

std::string encode_batch(const model::batch& x) {
  std::string bytes;
  const msgpack_writer out{bytes};
  out.begin_array(x.followed.empty() ? batch_size : followed_batch_size);
  out.text(x.stamp.origin);
  out.integer(x.stamp.incarnation);
  out.integer(x.stamp.sequence);
  out.begin_array(x.changes.size());
  for (const auto& change : x.changes)
    std::visit(change_writer{bytes}, change);
  if (!x.followed.empty())
    write_marks(out, x.followed);
  return bytes;
}

model::result<model::batch> parse_batch(std::string_view bytes) {
  auto parsed = parse_msgpack(bytes, max_batch_depth);
  if (!parsed)
    return model::failure{parsed.error()};
  elements in{*parsed, batch_size, followed_batch_size};
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
  if (in.size() == followed_batch_size && !read_marks(in.take_any(), result))
    return model::failure{"not a batch: what it says of followed changes cannot be read"};
  return result;
}

} // namespace towncrier::codec
