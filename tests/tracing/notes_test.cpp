#include "protocol/interfaces.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_trace_time.hpp"
#include "tracing/notes.hpp"

namespace towncrier::tracing {

namespace {

using namespace std::chrono_literals;
using protocol::batcher_actor;

/// Notes what it is sent, and again when a timer says so.
struct clerk_state {
  static inline const char* name = "clerk";
  clerk_state() = default;
  model::object describe() const { return {{"keeps", kept != nullptr}}; }
  model::trace_ptr kept;
  model::trace_ptr passed_on;
};

using clerk_pointer = hosting::pointer<batcher_actor, clerk_state>;

batcher_actor::behavior_type clerk(clerk_pointer self, support::actor_fixture* time) {
  self->watch().label("the clerk");
  return {[self, time](protocol::outgoing_change& x) {
            time->spend(2ms);
            self->state.kept = note(x.trace, {.name = "batched", .what = about_of(x.change)});
            time->spend(3ms);
          },
          [self, time](protocol::due_atom, std::uint64_t) {
            time->spend(1ms);
            self->state.passed_on = note_again(self->state.kept);
          }};
}

double ms(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

} // namespace

struct notes_test : support::actor_fixture {
  support::fake_trace_time clock{*this};
  board_ptr traces = std::make_shared<board>();
  support::probe<protocol::tracer_actor> tracer = make_probe<protocol::tracer_actor>();
  batcher_actor who = spawn(clerk, static_cast<support::actor_fixture*>(this));
  model::change change = support::update(support::character("ada", 7));

  notes_test() { traces->tell(tracer.handle()->address()); }

  model::trace_ptr begin(const std::string& given = {}) {
    model::trace_mark outer;
    outer.id = {1, 2};
    outer.publisher = 3;
    return traces->begin(about_of(change), "c4",
                         given.empty() ? nullptr : std::make_shared<const model::trace_mark>(outer));
  }
};

TEST_F(notes_test, nothing_is_noted_while_nobody_follows) {
  EXPECT_FALSE(traces->on());
  EXPECT_FALSE(hosting::traces_on());
  EXPECT_FALSE(begin());
  send(who, protocol::outgoing_change{change, nullptr, nullptr});
  EXPECT_FALSE(state_of<clerk_state>(who).kept);
  EXPECT_TRUE(tracer.empty());
}

TEST_F(notes_test, a_switch_of_the_program_says_whether_any_node_follows) {
  {
    board another;
    support::watch(another, "character:ada");
    support::watch(*traces, "character:ada");
    EXPECT_TRUE(hosting::traces_on());
    traces->watch({});
    EXPECT_TRUE(hosting::traces_on());
  }
  EXPECT_FALSE(hosting::traces_on()) << "a node that ends follows nothing any more";
}

TEST_F(notes_test, only_the_subject_is_followed_and_only_so_often) {
  support::watch(*traces, "character:bob");
  EXPECT_FALSE(begin());
  support::watch(*traces, "character:ada", 2);
  EXPECT_TRUE(begin());
  EXPECT_TRUE(begin());
  EXPECT_FALSE(begin());
  support::watch(*traces, "connection:c4", 1);
  EXPECT_TRUE(begin()) << "it came by that connection";
  EXPECT_FALSE(begin());
}

TEST_F(notes_test, a_message_keeps_the_ids_that_its_publisher_gave) {
  support::watch(*traces, "character:ada");
  const auto given = begin("some");
  EXPECT_EQ(given->id, (std::array<std::uint64_t, 2>{1, 2}));
  EXPECT_EQ(given->publisher, 3u);
  EXPECT_EQ(given->parent, 0u);
  const auto own = begin();
  EXPECT_NE(own->id, given->id);
  EXPECT_EQ(own->publisher, 0u);
}

TEST_F(notes_test, no_two_messages_of_one_trace_begin_at_one_moment) {
  support::watch(*traces, "character:ada");
  const auto one = begin("some");
  const auto two = begin("some");
  EXPECT_EQ(one->id, two->id);
  EXPECT_LT(one->began, two->began);
  note(one, {"received"});
  {
    const hosting::traced_turn turn{*hosting::watch_of(who)};
    note(one, {"batched"});
    note(two, {"batched"});
  }
  run();
  EXPECT_EQ(tracer.take<report>().back().messages.size(), 2u);
}

TEST_F(notes_test, a_span_says_how_long_it_waited_and_how_long_the_handler_took) {
  support::watch(*traces, "character:ada");
  const auto mark = begin();
  caf::anon_send(who, protocol::outgoing_change{change, nullptr, mark});
  spend(4ms);
  run();
  const auto told = tracer.take_one<report>();
  ASSERT_EQ(told.messages.size(), 1u);
  const auto& message = told.messages.front();
  EXPECT_EQ(message.mark->id, mark->id);
  EXPECT_EQ(message.what->subject, "character:ada");
  EXPECT_EQ(message.what->version, 7u);
  ASSERT_EQ(message.spans.size(), 1u);
  const auto& one = message.spans.front();
  EXPECT_EQ(one.step, "batched");
  EXPECT_EQ(one.kind, "clerk");
  EXPECT_EQ(one.label, "the clerk");
  EXPECT_EQ(one.actor, who->id());
  EXPECT_EQ(one.parent, 0u);
  EXPECT_NEAR(ms(one.start - mark->began), 4, 0.001);
  EXPECT_NEAR(ms(one.mailbox), 4, 0.001);
  EXPECT_DOUBLE_EQ(ms(one.handler), 5);
  EXPECT_DOUBLE_EQ(ms(one.kept), 0);
  // Who comes next goes on from it.
  EXPECT_EQ(state_of<clerk_state>(who).kept->parent, one.id);
}

TEST_F(notes_test, a_message_that_an_actor_keeps_for_a_while_is_told_of_again) {
  support::watch(*traces, "character:ada");
  send(who, protocol::outgoing_change{change, nullptr, begin()});
  const auto first = tracer.take_one<report>().messages.front().spans.front();
  spend(20ms);
  send(who, protocol::due_atom::value, std::uint64_t{1});
  const auto told = tracer.take_one<report>();
  const auto& again = told.messages.front().spans.front();
  EXPECT_EQ(again.id, first.id);
  EXPECT_TRUE(again.more);
  EXPECT_DOUBLE_EQ(ms(again.handler), 1);
  // From when it was noted: its handler went on for 3 ms.
  EXPECT_DOUBLE_EQ(ms(again.kept), 23);
  const auto& next = *state_of<clerk_state>(who).passed_on;
  EXPECT_EQ(next.parent, first.id);
}

TEST_F(notes_test, viewers_are_counted_even_where_their_spans_are_left_off) {
  support::watch(*traces, "character:ada");
  const auto mark = begin();
  {
    const hosting::traced_turn turn{*hosting::watch_of(who)};
    for (std::size_t i = 0; i < max_spans + 10; ++i)
      note_receiver(mark, {.name = "written", .result = outcome::written});
    note_receiver(mark, {.name = "written", .result = outcome::written}, outcome::held);
  }
  run();
  const auto told = tracer.take_one<report>();
  const auto& message = told.messages.front();
  EXPECT_EQ(message.spans.size(), max_spans);
  EXPECT_EQ(message.left_off, 11u);
  EXPECT_EQ(message.receivers[static_cast<std::size_t>(outcome::written)], static_cast<std::int64_t>(max_spans + 11));
  EXPECT_EQ(message.receivers[static_cast<std::size_t>(outcome::held)], -1);
}

TEST_F(notes_test, a_turn_within_a_turn_is_told_of_with_it) {
  support::watch(*traces, "character:ada");
  const auto other = spawn(clerk, static_cast<support::actor_fixture*>(this));
  const auto mark = begin();
  {
    const hosting::traced_turn outer{*hosting::watch_of(who)};
    const auto next = note(mark, {"fan_out"});
    spend(1ms);
    {
      const hosting::traced_turn inner{*hosting::watch_of(other)};
      note_receiver(next, {.name = "written", .result = outcome::written});
      spend(2ms);
    }
    spend(4ms);
  }
  run();
  const auto told = tracer.take_one<report>();
  ASSERT_EQ(told.messages.size(), 1u);
  const auto& spans = told.messages.front().spans;
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_DOUBLE_EQ(ms(spans[0].handler), 7);
  EXPECT_DOUBLE_EQ(ms(spans[1].handler), 2);
  EXPECT_EQ(spans[1].actor, other->id());
  EXPECT_EQ(spans[1].parent, spans[0].id);
}

TEST_F(notes_test, a_batch_of_which_nothing_is_followed_is_not_copied) {
  const auto plain = support::batch(1, {change});
  EXPECT_EQ(note_batch(plain, {"exchanged"}), plain);
}

TEST_F(notes_test, a_mark_of_a_peer_counts_only_while_something_is_followed_here) {
  support::watch(*traces, "character:ada");
  auto foreign = std::make_shared<model::trace_mark>(*begin());
  foreign->sink = nullptr;
  EXPECT_EQ(traces->adopt(foreign, 9)->parent, 9u);
  traces->watch({});
  EXPECT_FALSE(traces->adopt(foreign, 9));
}

TEST(derived_id, is_the_same_on_both_sides) {
  EXPECT_EQ(derived_id(5, "n2"), derived_id(5, "n2"));
  EXPECT_NE(derived_id(5, "n2"), derived_id(5, "n3"));
  EXPECT_NE(derived_id(5, "n2"), derived_id(6, "n2"));
}

} // namespace towncrier::tracing
