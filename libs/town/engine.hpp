#pragma once

#include "town/almanac.hpp"
#include "town/dice.hpp"
#include "town/person.hpp"
#include "town/population.hpp"
#include "town/simulation.hpp"
#include "town/street_map.hpp"

#include <deque>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

namespace towncrier::town {

/// What `simulation` hides. Everybody has one appointment: when it comes, they decide what to do next and make
/// another, so that those who do not change cost nothing.
///
/// engine.cpp: time and what is told; walking.cpp: ways; habits.cpp: the timetable; leisure.cpp and working.cpp:
/// what a habit consists of; encounters.cpp: talks and trades; announcements.cpp: events of the town.
class engine {
public:
  engine(definition town, std::uint64_t seed, std::size_t characters);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  outcome initial() const;
  outcome step(std::chrono::duration<double> simulated);
  instant now() const noexcept { return now_; }
  const day_weather& sky() const noexcept { return sky_; }
  const definition& town() const noexcept { return town_; }
  std::size_t size() const noexcept { return people_.size(); }
  std::optional<model::character_input> find(const model::character_id& id) const;

private:
  struct appointment {
    instant at;
    std::uint64_t ticket;
    person_index who;

    // The queue's top is its greatest element. Tickets are given in order, so they decide among equal times.
    friend bool operator<(const appointment& x, const appointment& y) noexcept {
      return x.at != y.at ? x.at > y.at : x.ticket > y.ticket;
    }
  };

  /// What crier and gossips draw on.
  struct bargain {
    person_index buyer;
    person_index seller;
    goods what;
  };

  // Time and what is told.
  void run_until(instant end);
  bool agenda_is_next(instant end) const noexcept;
  void keep_appointment(person_index i);
  void appoint(person_index i, instant at);
  void settle_in(person_index i);
  model::character_input describe(const person& x) const;
  model::character_input whereabouts(const person& x) const;
  model::object all_attributes(const person& x) const;
  model::object changed_attributes(person& x) const;
  void tell(person_index i);
  model::point position_of(const person& x) const;
  const std::string& location_of(const person& x) const;

  /// Begins to do something, for `lasting` but no longer than until the next habit.
  void enter(person_index i, doing state, std::string goal, instant lasting);
  /// The same, until `end` whatever comes.
  void enter_until(person_index i, doing state, std::string goal, instant end);
  void live(person& x);

  // Ways.
  void head_for(person_index i, spot_index to);
  void set_out(person_index i, spot_index to, std::string goal);
  void arrive(person_index i);
  void leave_streets(person_index i);
  void tell_walkers();

  // The timetable.
  void next_habit(person_index i);
  void set_next_start(person& x);
  void leave_habit(person_index i);
  spot_index destination(const person& x);
  spot_index any_spot(place_kind kind, spot_index except);
  spot_index out_of_the_rain(spot_index where, activity what);
  void choose_wish(person& x);
  /// Goes on with the habit, or begins the next when it is time.
  void go_on(person_index i);
  void pursue(person_index i);

  // What a habit consists of.
  void rise(person_index i);
  void go_to_sleep(person_index i);
  void eat(person_index i);
  void shop(person_index i);
  void keep_company(person_index i);
  void linger(person_index i);
  /// One of `xs`, but not what is done already when there is anything else.
  const std::string& something_new(const person& x, const std::vector<std::string>& xs);
  void read(person_index i);
  void draw(person_index i);
  void perform(person_index i);
  void stroll(person_index i);
  void cry(person_index i);
  void work(person_index i);
  void work_here(person_index i);
  void run_errand(person_index i);
  bool have_a_word(person_index i);
  void roam(person_index i);
  const outing* choose_outing(const person& x);
  void call_the_hour(person_index i);
  void open_stall(person_index i);
  void close_stall(person_index i);

  // Talks and trades.
  void set_sociable(person_index i, bool open);
  person_index find_company(person_index i);
  void start_chat(person_index i, person_index with);
  std::string find_topic(const person& a, const person& b);
  void end_encounter(person_index i);
  void end_chat(person_index i, person_index with);
  bool try_to_buy(person_index i);
  bool is_open(const spot& x) const noexcept;
  bool sells_now(person_index seller) const noexcept;
  const goods* affordable(const person& buyer, const person& seller);
  void queue_up(person_index i);
  void start_trade(person_index buyer, person_index seller, const goods& what);

  // Events.
  void announce(town_event what);
  void publish(std::string type, std::string text, model::object details);
  void publish_drawing(person_index i);
  void publish_performance(person_index i);
  void publish_news(person_index i);

  definition town_;
  std::uint64_t seed_;
  dice chance_;
  street_map streets_;
  std::vector<spot> spots_;
  std::vector<person> people_;
  std::vector<std::vector<outing>> outings_;
  std::map<place_kind, std::vector<spot_index>> by_kind_;
  std::unordered_map<model::character_id, person_index> by_id_;

  instant now_{0};
  /// What of the time was below a millisecond, seconds.
  double remainder_ = 0;
  bool stepped_ = false;
  std::priority_queue<appointment> appointments_;
  std::uint64_t next_ticket_ = 1;
  std::vector<person_index> walkers_;
  day_weather sky_;
  std::deque<agenda_item> agenda_;
  std::uint64_t agenda_day_ = 1;
  std::deque<bargain> bargains_;
  /// Since the last news: how many, and the dearest.
  std::uint32_t bargains_since_news_ = 0;
  std::optional<bargain> finest_;
  outcome out_;
};

} // namespace towncrier::town
