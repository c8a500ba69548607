#include "nodes/town_map.hpp"

#include "codec/json.hpp"
#include "nodes/static_pages.hpp"

#include <fstream>
#include <sstream>

namespace towncrier::node {

model::result<town::definition> read_town(const std::string& path) {
  if (path.empty())
    return town::load_definition(find_embedded("town.toml"));
  std::ifstream file{path};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    return model::failure{"world.town: cannot read '" + path + "'"};
  auto result = town::load_definition(text.str());
  if (!result)
    return model::failure{path + ": " + result.error()};
  return result;
}

std::string town_map_json(const town::definition& x) {
  model::array places;
  for (const auto& place : x.places)
    places.push_back(model::object{{"name", place.name},
                                   {"x", place.at.x},
                                   {"y", place.at.y},
                                   {"kind", std::string{town::to_string(place.kind)}}});
  model::array streets;
  for (const auto& street : x.streets) {
    model::array points;
    for (const auto& point : street.points)
      points.push_back(model::array{point.x, point.y});
    streets.push_back(model::object{{"name", street.name}, {"points", std::move(points)}});
  }
  std::string out;
  codec::append_json(out, model::object{{"name", x.name},
                                        {"width", x.width},
                                        {"height", x.height},
                                        {"places", std::move(places)},
                                        {"streets", std::move(streets)}});
  return out;
}

} // namespace towncrier::node
