#include "town/engine.hpp"
#include "town/wording.hpp"

#include <fmt/format.h>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

/// "in the fog", "under the stars".
std::string under_the_sky(std::string_view look) {
  const auto above = look == "the clouds" || look == "the stars";
  return fmt::format("{} {}", above ? "under" : "in", look);
}

} // namespace

void engine::publish(std::string type, std::string text, model::object details) {
  const auto clock = read_clock(now_);
  details.insert(details.begin(), {{"text", std::move(text)}, {"day", clock.day}, {"time", clock.hour_and_minute()}});
  out_.events.push_back({std::move(type), std::move(details), std::nullopt});
}

void engine::announce(town_event what) {
  const auto clock = read_clock(now_);
  switch (what) {
    case town_event::midnight:
      sky_ = foretell(seed_, clock.day);
      return;
    case town_event::new_day:
      return publish("new_day",
                     fmt::format("Day {} in {}. It is going to be {}.", clock.day, town_.name, to_string(sky_.kind)),
                     {{"weather", to_string(sky_.kind)}, {"town", town_.name}});
    case town_event::market_opens:
      return publish("market_opens", "The market opens.", {});
    case town_event::market_closes:
      return publish("market_closes", "The market closes.", {});
    case town_event::bell: {
      const auto hour = static_cast<int>(clock.time / 1h);
      return publish("bell", fmt::format("The church bell strikes {}.", hour_word(hour)), {{"hour", hour}});
    }
    case town_event::rain_begins:
      return publish("rain_begins", "It begins to rain.", {});
    case town_event::rain_ends:
      return publish("rain_ends", "The rain ends.", {});
  }
}

void engine::publish_drawing(person_index i) {
  const auto& x = people_[i];
  const auto& where = spots_[x.at];
  const auto subject = fmt::format("{} {}", where.called, under_the_sky(look_of(sky_, now_)));
  publish("drawing", fmt::format("{} finishes a drawing: {}.", x.name, subject),
          {{"character_id", x.id.text}, {"name", x.name}, {"location", where.name}, {"subject", subject}});
}

void engine::publish_performance(person_index i) {
  const auto& x = people_[i];
  const auto& where = spots_[x.at];
  publish("performance", fmt::format("{} is {} {}.", x.name, x.goal, at_spot(where)),
          {{"character_id", x.id.text}, {"name", x.name}, {"location", where.name}, {"what", x.goal}});
}

void engine::publish_news(person_index i) {
  const auto& x = people_[i];
  const auto& where = spots_[x.at];
  auto news = fmt::format("Oyez! {} over {}.", headline_of(sky_, now_), town_.name);
  if (finest_)
    news += fmt::format(" {} since the last news, the finest: {} bought {} from {} for {}.",
                        bargains_since_news_ == 1 ? "One bargain" : fmt::format("{} bargains", bargains_since_news_),
                        people_[finest_->buyer].name, finest_->what.name, people_[finest_->seller].name,
                        pence(finest_->what.price));
  bargains_since_news_ = 0;
  finest_.reset();
  publish("news", fmt::format("{} cries {}: \"{}\"", x.name, at_spot(where), news),
          {{"character_id", x.id.text}, {"name", x.name}, {"location", where.name}, {"news", news}});
}

} // namespace towncrier::town
