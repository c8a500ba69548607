#include "town/engine.hpp"
#include "town/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

/// How many of those who are there somebody looks at before giving up, so that a crowd costs no more than a few.
constexpr std::size_t max_looks = 16;

constexpr std::size_t bargains_remembered = 12;

const goods* find_goods(const person& seller, std::string_view name) noexcept {
  const auto& xs = seller.trade->sells;
  const auto found = std::find_if(xs.begin(), xs.end(), [&](const goods& x) { return x.name == name; });
  return found == xs.end() ? nullptr : &*found;
}

void note_talk(person& x, person_index with) {
  auto& met = x.today.talked_to;
  if (std::find(met.begin(), met.end(), with) == met.end())
    met.push_back(with);
}

void lift_spirits(person& x, int by) noexcept { x.spirits = std::clamp(x.spirits + by, -2, 2); }

} // namespace

void engine::set_sociable(person_index i, bool open) {
  auto& x = people_[i];
  if (open == (x.sociable_slot != nobody))
    return;
  auto& crowd = spots_[x.at].sociable;
  if (open) {
    x.sociable_slot = static_cast<std::uint32_t>(crowd.size());
    crowd.push_back(i);
    return;
  }
  crowd[x.sociable_slot] = crowd.back();
  people_[crowd.back()].sociable_slot = x.sociable_slot;
  crowd.pop_back();
  x.sociable_slot = nobody;
}

person_index engine::find_company(person_index i) {
  const auto& x = people_[i];
  const auto& crowd = spots_[x.at].sociable;
  if (crowd.empty())
    return nobody;
  const auto begin = chance_.below(crowd.size());
  for (std::size_t k = 0; k < std::min(crowd.size(), max_looks); ++k) {
    const auto other = crowd[(begin + k) % crowd.size()];
    if (other != i && other != x.last_partner)
      return other;
  }
  return nobody;
}

std::string engine::find_topic(const person& a, const person& b) {
  const auto roll = chance_.unit();
  if (roll < 0.08)
    return std::string{look_of(sky_, now_)};
  const auto& talk = chance_.chance(0.5) ? a.trade->talk : b.trade->talk;
  if (roll < 0.42 && !talk.empty())
    return chance_.pick(talk);
  if (roll < 0.54 && !bargains_.empty()) {
    const auto& x = bargains_[chance_.below(bargains_.size())];
    const auto& buyer = people_[x.buyer];
    if (&buyer != &a && &buyer != &b)
      return fmt::format("what {} paid for {}", buyer.name, x.what.name);
  }
  return chance_.pick(town_.topics);
}

void engine::start_chat(person_index i, person_index with) {
  auto& a = people_[i];
  auto& b = people_[with];
  const auto about = find_topic(a, b);
  const auto end = now_ + chance_.between(instant{6min}, instant{16min});
  a.partner = with;
  b.partner = i;
  a.about = b.about = about;
  enter_until(i, doing::chat, fmt::format("talking with {} about {}", b.name, about), end);
  enter_until(with, doing::chat, fmt::format("talking with {} about {}", a.name, about), end);
  note_talk(a, with);
  note_talk(b, i);
  const auto& where = spots_[a.at];
  publish("chat", fmt::format("{}, {} and {} talk about {}.", capitalized(at_spot(where)), a.name, b.name, about),
          {{"characters", model::array{a.id.text, b.id.text}},
           {"names", model::array{a.name, b.name}},
           {"location", where.name},
           {"about", about}});
}

void engine::end_encounter(person_index i) {
  auto& x = people_[i];
  const auto with = x.partner;
  if (x.state == doing::chat)
    end_chat(i, with);
  x.last_partner = std::exchange(x.partner, nobody);
  people_[with].last_partner = std::exchange(people_[with].partner, nobody);
}

void engine::end_chat(person_index i, person_index with) {
  auto& a = people_[i];
  auto& b = people_[with];
  const auto& how = pick_ending(chance_);
  lift_spirits(a, how.spirits);
  lift_spirits(b, how.spirits);
  const auto minutes = std::chrono::round<std::chrono::minutes>(now_ - a.since).count();
  const auto& where = spots_[a.at];
  publish("chat_ended", fmt::format(fmt::runtime(how.sentence), a.name, b.name),
          {{"characters", model::array{a.id.text, b.id.text}},
           {"names", model::array{a.name, b.name}},
           {"location", where.name},
           {"about", a.about},
           {"ending", how.word},
           {"minutes", std::int64_t{minutes}}});
}

bool engine::is_open(const spot& x) const noexcept {
  const auto time = read_clock(now_).time;
  return x.kind != place_kind::market || (time >= town_.market_opens && time < town_.market_closes);
}

bool engine::sells_now(person_index seller) const noexcept {
  const auto& x = people_[seller];
  return x.partner == nobody && is_open(spots_[x.at]);
}

const goods* engine::affordable(const person& buyer, const person& seller) {
  std::vector<const goods*> found;
  for (const auto& x : seller.trade->sells)
    if (x.price <= buyer.money)
      found.push_back(&x);
  return found.empty() ? nullptr : chance_.pick(found);
}

// Somebody who sells what is wished for; anybody else only if no such person is there at all.
bool engine::try_to_buy(person_index i) {
  const auto& x = people_[i];
  const auto& sellers = spots_[x.at].sellers;
  auto somebody_else = nobody;
  auto busy = false;
  const auto begin = sellers.empty() ? 0 : chance_.below(sellers.size());
  for (std::size_t k = 0; k < std::min(sellers.size(), max_looks); ++k) {
    const auto seller = sellers[(begin + k) % sellers.size()];
    const auto* wished = find_goods(people_[seller], x.wish.name);
    if (seller == i || !sells_now(seller))
      busy = busy || wished != nullptr;
    else if (wished && wished->price <= x.money)
      return start_trade(i, seller, *wished), true;
    else if (!wished)
      somebody_else = seller;
  }
  const auto* other = busy || somebody_else == nobody ? nullptr : affordable(x, people_[somebody_else]);
  if (other)
    start_trade(i, somebody_else, *other);
  return other != nullptr;
}

void engine::start_trade(person_index buyer, person_index seller, const goods& what) {
  auto& a = people_[buyer];
  auto& b = people_[seller];
  const auto end = now_ + chance_.between(instant{2min}, instant{4min});
  a.partner = seller;
  b.partner = buyer;
  a.money -= what.price;
  b.money += what.price;
  a.bought = what.name;
  a.wish = {};
  a.today.bought.push_back(what.name);
  ++b.today.sold;
  const auto& where = spots_[a.at];
  enter_until(buyer, doing::trade, fmt::format("buying {} {}", what.name, at_spot(where)), end);
  enter_until(seller, doing::trade, fmt::format("selling {} to {}", what.name, a.name), end);
  bargains_.push_back({buyer, seller, what});
  if (bargains_.size() > bargains_remembered)
    bargains_.pop_front();
  ++bargains_since_news_;
  if (!finest_ || finest_->what.price < what.price)
    finest_ = bargains_.back();
  publish("trade",
          fmt::format("{} buys {} from {} for {} {}.", a.name, what.name, b.name, pence(what.price), at_spot(where)),
          {{"buyer", a.id.text},
           {"buyer_name", a.name},
           {"seller", b.id.text},
           {"seller_name", b.name},
           {"goods", what.name},
           {"price", what.price},
           {"location", where.name}});
}

} // namespace towncrier::town
