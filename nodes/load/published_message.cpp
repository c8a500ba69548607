#include "nodes/load/published_message.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "nodes/load/marks.hpp"

namespace towncrier::load {

namespace {

model::value message_of(const settings& x, std::uint32_t n, std::size_t padding) {
  model::object mark{{std::string{number_key}, std::uint64_t{n}}};
  if (padding != 0)
    mark.emplace_back("pad", std::string(padding, 'x'));
  if (x.kind == kind::events)
    return model::object{{"type", "event_notification"},
                         {"data", model::object{{"event_type", "load"}, {"data", std::move(mark)}}}};
  const auto character = n % x.characters;
  return model::object{{"type", "character_update"},
                       {"data", model::object{{"character_id", "load-" + std::to_string(character)},
                                              {"state", "LOAD"},
                                              {"location", "Load"},
                                              {"x", static_cast<double>(n % 1000)},
                                              {"y", static_cast<double>(character)},
                                              {"attributes", std::move(mark)}}}};
}

std::string encoded(const settings& x, const model::value& message) {
  std::string out;
  if (x.msgpack)
    codec::append_msgpack(out, message);
  else
    codec::append_json(out, message);
  return out;
}

} // namespace

std::string published_message(const settings& x, std::uint32_t n) {
  constexpr std::size_t pad_itself = sizeof(R"(,"pad":"")") - 1;
  auto bare = encoded(x, message_of(x, n, 0));
  if (bare.size() + pad_itself >= x.size)
    return bare;
  return encoded(x, message_of(x, n, x.size - bare.size() - pad_itself));
}

} // namespace towncrier::load
