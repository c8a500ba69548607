#include "hosting/actor_list.hpp"
#include "protocol/interfaces.hpp"
#include "tests/support/actor_fixture.hpp"

#include <algorithm>

namespace towncrier::hosting {

namespace {

using protocol::batcher_actor;
using protocol::due_atom;

struct worker_state {
  static inline const char* name = "watched_worker";
  worker_state() = default;
  model::object describe() const { return {{"last", last}}; }
  std::uint64_t last = 0;
};

using worker_pointer = pointer<batcher_actor, worker_state>;

batcher_actor::behavior_type worker(worker_pointer self) {
  return {[](protocol::outgoing_change&) {},
          [self](due_atom, std::uint64_t number) {
            self->state.last = number;
            if (number == 13)
              self->quit(caf::exit_reason::user_shutdown);
          }};
}

/// Spawns a worker at its first message.
batcher_actor::behavior_type parent(worker_pointer self, std::shared_ptr<batcher_actor> child) {
  return {[](protocol::outgoing_change&) {},
          [self, child](due_atom, std::uint64_t) { *child = spawn_on(self->system(), nullptr, worker); }};
}

} // namespace

struct order {
  enum class what { monitor, demonitor, link, unlink };
  using enum what;
  what to_do = monitor;
  batcher_actor whom;
};

} // namespace towncrier::hosting

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(towncrier::hosting::order)

namespace towncrier::hosting {

namespace {

/// Ties itself to another, as it is told.
struct tied_state {
  static inline const char* name = "tied_worker";
  tied_state() = default;
  model::object describe() const { return {{"downs", downs}}; }
  std::uint64_t downs = 0;
};

using tied_actor = batcher_actor::extend<caf::reacts_to<order>>;

tied_actor::behavior_type tied_worker(pointer<tied_actor, tied_state> self) {
  self->set_down_handler([self](caf::down_msg&) { ++self->state.downs; });
  return {[](protocol::outgoing_change&) {}, [](due_atom, std::uint64_t) {},
          [self](const order& x) {
            if (x.to_do == order::monitor)
              self->monitor(x.whom);
            else if (x.to_do == order::demonitor)
              self->demonitor(x.whom.address());
            else if (x.to_do == order::link)
              self->link_to(x.whom);
            else
              self->unlink_from(x.whom);
          }};
}

} // namespace

struct actor_watch_test : support::actor_fixture {
  template <class Handle>
  std::optional<actor_row> row_of(const Handle& x) {
    const auto rows = actor_list::all(system());
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.id == x->id(); });
    return at == rows.end() ? std::nullopt : std::optional{*at};
  }
};

TEST_F(actor_watch_test, counts_what_waits_and_what_was_handled) {
  const auto who = spawn(worker);
  for (std::uint64_t i = 1; i <= 5; ++i)
    caf::anon_send(who, due_atom::value, i);
  auto row = row_of(who);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->mailbox, 5u);
  EXPECT_EQ(row->handled, 0u);
  run();
  row = row_of(who);
  EXPECT_EQ(row->mailbox, 0u);
  EXPECT_EQ(row->peak, 5u);
  EXPECT_EQ(row->handled, 5u);
  EXPECT_GT(row->busy, 0u);
  EXPECT_EQ(row->running, 0u);
  EXPECT_EQ(actor_list::kind_name(row->kind), "watched_worker");
  EXPECT_EQ(actor_list::last_message(system(), who->id()), "due");
}

TEST_F(actor_watch_test, knows_who_spawned_whom) {
  const auto child = std::make_shared<batcher_actor>();
  const auto who = spawn(parent, child);
  send(who, due_atom::value, std::uint64_t{1});
  ASSERT_TRUE(static_cast<bool>(*child));
  EXPECT_EQ(row_of(*child)->parent, who->id());
  EXPECT_EQ(row_of(who)->parent, 0u);
  kill(*child);
  *child = batcher_actor{};
}

TEST_F(actor_watch_test, forgets_an_actor_that_ended_and_keeps_why) {
  auto who = spawn(worker);
  const auto id = who->id();
  send(who, due_atom::value, std::uint64_t{13});
  EXPECT_FALSE(row_of(who));
  EXPECT_FALSE(actor_list::find(system(), id));
  const auto ended = actor_list::ended();
  const auto at = std::find_if(ended.rbegin(), ended.rend(), [&](const auto& x) { return x.id == id; });
  ASSERT_NE(at, ended.rend());
  EXPECT_NE(at->reason.find("user_shutdown"), std::string::npos) << at->reason;
}

TEST_F(actor_watch_test, every_actor_says_what_it_shows) {
  const auto who = spawn(worker);
  send(who, due_atom::value, std::uint64_t{7});
  const auto found = actor_list::find(system(), who->id());
  ASSERT_TRUE(found);
  const auto untyped = caf::actor_cast<caf::actor>(found);
  const auto answer = request<state_answer>(untyped, state_request{});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->state, (model::object{{"last", std::uint64_t{7}}}));
  EXPECT_EQ(actor_list::last_message(system(), who->id()), "due") << "to look on is not its business";
}

TEST_F(actor_watch_test, knows_who_monitors_whom_until_one_of_them_ends) {
  const auto watcher = spawn(tied_worker);
  auto one = spawn(tied_worker);
  auto two = spawn(tied_worker);
  const auto of = [&](const batcher_actor& x) { return actor_list::relations(system(), x->id(), 1); };
  send(watcher, order{order::monitor, one});
  send(watcher, order{order::monitor, two});
  EXPECT_EQ(of(watcher).monitors.count, 2u);
  EXPECT_EQ(of(watcher).monitors.first.size(), 1u) << "no more than were asked for";
  EXPECT_EQ(of(one).monitored_by.first, std::vector<caf::actor_id>{watcher->id()});
  EXPECT_EQ(of(one).monitors.count, 0u);
  EXPECT_EQ(of(two).links.count, 0u);
  send(watcher, order{order::demonitor, two});
  EXPECT_EQ(of(watcher).monitors.first, std::vector<caf::actor_id>{one->id()});
  EXPECT_EQ(of(two).monitored_by.count, 0u);
  kill(one);
  EXPECT_EQ(of(watcher).monitors.count, 0u);
  EXPECT_EQ(state_of<tied_state>(watcher).downs, 1u) << "it is told, as CAF tells everybody";
}

TEST_F(actor_watch_test, knows_links_from_both_ends) {
  const auto one = spawn(tied_worker);
  const auto two = spawn(tied_worker);
  const auto links = [&](const batcher_actor& x) { return actor_list::relations(system(), x->id(), 9).links.first; };
  send(one, order{order::link, two});
  EXPECT_EQ(links(one), std::vector<caf::actor_id>{two->id()});
  EXPECT_EQ(links(two), std::vector<caf::actor_id>{one->id()});
  send(one, order{order::unlink, two});
  EXPECT_TRUE(links(one).empty());
  EXPECT_TRUE(links(two).empty());
  send(one, order{order::link, two});
  kill(two);
  EXPECT_TRUE(ended(one));
}

TEST_F(actor_watch_test, counts_ties_with_others_apart) {
  const auto who = spawn(tied_worker);
  const auto other = make_probe<batcher_actor>(); // an actor of CAF's
  send(who, order{order::monitor, other.handle()});
  EXPECT_EQ(actor_list::relations(system(), who->id(), 9).elsewhere, 1u);
  EXPECT_EQ(actor_list::relations(system(), who->id(), 9).monitors.count, 0u);
  send(who, order{order::demonitor, other.handle()});
  EXPECT_EQ(actor_list::relations(system(), who->id(), 9).elsewhere, 0u);
}

TEST_F(actor_watch_test, counts_nothing_while_it_is_off) {
  const auto who = spawn(worker);
  counting_enabled = false;
  send(who, due_atom::value, std::uint64_t{1});
  counting_enabled = true;
  EXPECT_EQ(row_of(who)->handled, 0u);
  EXPECT_EQ(row_of(who)->mailbox, 0u);
}

TEST_F(actor_watch_test, counts_a_kind_over_all_its_actors) {
  const auto of = [&] {
    for (const auto& x : actor_list::kinds(system()))
      if (x.name == "watched_worker")
        return x;
    return kind_row{};
  };
  const auto before = of();
  const auto one = spawn(worker);
  const auto two = spawn(worker);
  send(one, due_atom::value, std::uint64_t{1});
  send(two, due_atom::value, std::uint64_t{1});
  const auto after = of();
  EXPECT_EQ(after.actors, 2u);
  EXPECT_EQ(after.handled - before.handled, 2u);
  EXPECT_EQ(after.spawned - before.spawned, 2u);
  std::uint64_t timed = 0;
  for (std::size_t i = 0; i < after.busy.size(); ++i)
    timed += after.busy[i] - (before.busy.empty() ? 0 : before.busy[i]);
  EXPECT_EQ(timed, 2u);
}

TEST(duration_histogram, has_buckets_of_powers_of_two) {
  duration_histogram x;
  x.add(0);
  x.add(1023);
  x.add(1024);
  x.add(std::uint64_t{1} << 60U);
  EXPECT_EQ(x.count(0), 2u);
  EXPECT_EQ(x.count(1), 1u);
  EXPECT_EQ(x.count(duration_histogram::buckets - 1), 1u);
  EXPECT_DOUBLE_EQ(duration_histogram::end(0), 1.024e-6);
}

TEST(actor_counters, are_small) { EXPECT_LE(sizeof(actor_watch), 144u); }

} // namespace towncrier::hosting
