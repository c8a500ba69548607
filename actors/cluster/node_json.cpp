#include "actors/cluster/node_json.hpp"

#include "codec/json.hpp"
#include "model/position.hpp"

namespace towncrier::cluster {

namespace {

std::string text_in(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  const auto* text = found ? found->get_if<std::string>() : nullptr;
  return text ? *text : std::string{};
}

std::uint64_t number_in(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  const auto* number = found ? found->get_if<std::int64_t>() : nullptr;
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

std::vector<std::string> words_in(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  const auto* items = found ? found->get_if<model::array>() : nullptr;
  std::vector<std::string> result;
  if (items)
    for (const auto& item : *items)
      if (const auto* word = item.get_if<std::string>())
        result.push_back(*word);
  return result;
}

} // namespace

std::string to_json(const protocol::node_info& x) {
  std::string result;
  codec::append_json_object(result, {{"id", x.id},
                                     {"incarnation", x.incarnation},
                                     {"roles", model::array{x.roles.begin(), x.roles.end()}},
                                     {"link", x.link},
                                     {"edge", x.edge},
                                     {"admin", x.admin},
                                     {"protocol", std::uint64_t{x.protocol}},
                                     {"active_from", x.active_from},
                                     {"active_until", x.active_until}});
  return result;
}

model::result<protocol::node_info> parse_node(std::string_view json) {
  const auto x = codec::parse_json(json);
  if (!x)
    return model::failure{x.error()};
  protocol::node_info result;
  result.id = text_in(*x, "id");
  result.incarnation = number_in(*x, "incarnation");
  if (!model::is_node_id(result.id) || result.incarnation == 0)
    return model::failure{"no node: 'id' or 'incarnation' is missing"};
  result.roles = words_in(*x, "roles");
  result.link = text_in(*x, "link");
  result.edge = text_in(*x, "edge");
  result.admin = text_in(*x, "admin");
  result.protocol = static_cast<std::uint32_t>(number_in(*x, "protocol"));
  result.active_from = number_in(*x, "active_from");
  result.active_until = number_in(*x, "active_until");
  return result;
}

} // namespace towncrier::cluster
