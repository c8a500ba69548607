#include "town/engine.hpp"
#include "town/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

/// Nobody goes on an errand when less than this is left of the work.
constexpr instant time_for_an_errand = 25min;

constexpr double errand_share = 0.2;
constexpr double break_share = 0.12;
constexpr double tool_share = 0.35;
/// How likely somebody on an errand has a word with somebody there.
constexpr double word_share = 0.5;

bool is_shop(place_kind x) noexcept { return x == place_kind::market || x == place_kind::shop || x == place_kind::inn; }

} // namespace

void engine::open_stall(person_index i) {
  auto& x = people_[i];
  if (x.seller_slot != nobody || x.trade->sells.empty() || !is_shop(spots_[x.at].kind))
    return;
  auto& sellers = spots_[x.at].sellers;
  x.seller_slot = static_cast<std::uint32_t>(sellers.size());
  sellers.push_back(i);
}

// Called before the seller leaves, so that `at` is still where the stall is.
void engine::close_stall(person_index i) {
  auto& x = people_[i];
  if (x.seller_slot == nobody)
    return;
  auto& sellers = spots_[x.at].sellers;
  sellers[x.seller_slot] = sellers.back();
  people_[sellers.back()].seller_slot = x.seller_slot;
  sellers.pop_back();
  x.seller_slot = nobody;
}

void engine::work(person_index i) {
  auto& x = people_[i];
  if (x.trade->roams)
    return roam(i);
  if (x.out_for)
    return run_errand(i);
  open_stall(i);
  work_here(i);
}

void engine::work_here(person_index i) {
  auto& x = people_[i];
  const auto minds_stall = x.seller_slot != nobody;
  if (!minds_stall && !x.outings->empty() && x.next_start - now_ > time_for_an_errand && chance_.chance(errand_share)) {
    x.out_for = choose_outing(x);
    x.step = 0;
    return run_errand(i);
  }
  if (!minds_stall && chance_.chance(break_share))
    return keep_company(i);
  if (!x.trade->tools.empty() && x.state != doing::use && chance_.chance(tool_share))
    return enter(i, doing::use, fmt::format("using {}", chance_.pick(x.trade->tools)),
                 chance_.between(instant{5min}, instant{12min}));
  enter(i, doing::work, something_new(x, x.trade->tasks), chance_.between(instant{12min}, instant{30min}));
  // Whoever comes by may have a word with somebody at work, but not with somebody who minds a stall.
  set_sociable(i, !minds_stall);
}

bool engine::have_a_word(person_index i) {
  const auto other = chance_.chance(word_share) ? find_company(i) : nobody;
  if (other != nobody)
    start_chat(i, other);
  return other != nobody;
}

// Out (step 0), done there (step 1), a word with somebody (step 2), back.
void engine::run_errand(person_index i) {
  auto& x = people_[i];
  const auto& errand = *x.out_for;
  if (x.step == 0 && x.at != errand.where)
    return set_out(i, errand.where, fmt::format("walking to {}: {}", spots_[errand.where].called, errand.purpose));
  if (x.step++ == 0)
    return enter(i, doing::act, errand.purpose, chance_.between(instant{4min}, instant{9min}));
  if (x.step == 2 && have_a_word(i))
    return;
  x.out_for = nullptr;
  x.step = 0;
  if (x.at == x.heading)
    return work_here(i);
  set_out(i, x.heading, fmt::format("walking back to {}", spots_[x.heading].called));
}

// From one errand to the next: done there (step 1), a word with somebody (step 2), on to another (step 0).
void engine::roam(person_index i) {
  auto& x = people_[i];
  if (x.out_for && x.step++ == 0) {
    enter(i, doing::act, x.out_for->purpose, chance_.between(instant{3min}, instant{7min}));
    return call_the_hour(i);
  }
  if (x.out_for && x.step == 2 && have_a_word(i))
    return;
  x.out_for = choose_outing(x);
  x.step = 0;
  const auto& next = *x.out_for;
  if (x.at == next.where)
    return roam(i);
  set_out(i, next.where, fmt::format("on the round to {}: {}", spots_[next.where].called, next.purpose));
}

const outing* engine::choose_outing(const person& x) {
  const auto& all = *x.outings;
  const auto chosen = chance_.below(all.size());
  const auto elsewhere = all[chosen].where == x.at ? (chosen + 1) % all.size() : chosen;
  return &all[elsewhere];
}

void engine::call_the_hour(person_index i) {
  auto& x = people_[i];
  const auto hour = std::chrono::floor<std::chrono::hours>(now_).count();
  if (x.trade->call.empty() || x.last_call == hour)
    return;
  x.last_call = hour;
  auto call = x.trade->call;
  if (const auto found = call.find("{hour}"); found != std::string::npos)
    call.replace(found, 6, hour_word(static_cast<int>(hour % 24)));
  publish("call", fmt::format("{} calls {}: \"{}\"", x.name, at_spot(spots_[x.at]), call),
          {{"character_id", x.id.text}, {"name", x.name}, {"location", spots_[x.at].name}, {"call", call}});
}

} // namespace towncrier::town
