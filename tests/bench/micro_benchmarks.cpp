// What the parts of a delivery cost: Google Benchmark. `scripts/bench --micro` runs it.
#include "actors/edge/hub.hpp"
#include "codec/command.hpp"
#include "codec/frame.hpp"
#include "codec/message.hpp"
#include "flow/interest.hpp"
#include "flow/outbox.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/direct_viewer.hpp"

#include <benchmark/benchmark.h>
#include <random>

namespace towncrier {

namespace {

constexpr std::string_view published =
    R"({"type":"state_change","data":{"character_id":"bus-7","new_state":"WAITING","location":"Station","x":12.5,"y":80}})";

codec::format format_of(const benchmark::State& state) {
  return state.range(0) == 0 ? codec::format::json : codec::format::msgpack;
}

model::change some_change() {
  return support::update(support::character("bus-7", 42, "Station", model::point{12.5, 80}));
}

std::vector<fanout::entry> some_entries(std::size_t n) {
  std::vector<fanout::entry> result;
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(support::entry_of(
        support::update(support::character("bus-" + std::to_string(i), i + 1, "Station", model::point{12.5, 80}))));
  return result;
}

void parse_published(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(codec::parse_command(codec::format::json, published));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * published.size()));
}
BENCHMARK(parse_published);

void encode_change(benchmark::State& state) {
  const auto change = some_change();
  for (auto _ : state)
    benchmark::DoNotOptimize(codec::encode_change(format_of(state), change));
}
BENCHMARK(encode_change)->ArgName("msgpack")->Arg(0)->Arg(1);

void frame_a_message(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state)
    benchmark::DoNotOptimize(codec::make_frame(codec::opcode::text, payload));
}
BENCHMARK(frame_a_message)->ArgName("bytes")->Arg(200)->Arg(20'000);

void deflate_a_message(benchmark::State& state) {
  const auto chunk = support::chunk_of(some_entries(static_cast<std::size_t>(state.range(0))));
  const auto& message = *chunk.frames({}).front();
  for (auto _ : state)
    benchmark::DoNotOptimize(codec::deflate_message(message));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * message.size()));
}
BENCHMARK(deflate_a_message)->ArgName("changes")->Arg(1)->Arg(100);

/// Once for all viewers of a format.
void encode_a_chunk(benchmark::State& state) {
  const auto entries = some_entries(100);
  for (auto _ : state) {
    auto fresh = entries;
    for (auto& x : fresh)
      x.what = std::make_shared<const fanout::item>(x.what->what());
    benchmark::DoNotOptimize(support::chunk_of(std::move(fresh)).frames({format_of(state), 0}));
  }
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(encode_a_chunk)->ArgName("msgpack")->Arg(0)->Arg(1);

/// A slow client's share of a change.
void conflate(benchmark::State& state) {
  flow::outbox<fanout::entry> outbox{1 << 20};
  const auto entries = some_entries(1000);
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& x = entries[i++ % entries.size()];
    outbox.put_state(x.what->now()->id, x, true, {});
  }
}
BENCHMARK(conflate);

/// Who sees a step of a character, of a thousand viewers with an area each.
void find_the_concerned(benchmark::State& state) {
  std::mt19937 random{1};
  std::uniform_real_distribution<double> anywhere{0, 1000};
  flow::interest interest;
  for (flow::interest::slot i = 0; i < 1000; ++i)
    interest.subscribe(i, {}, model::area{anywhere(random), anywhere(random), 50, 50});
  std::vector<model::character_ptr> steps;
  for (std::uint64_t i = 0; i < 1000; ++i)
    steps.push_back(support::character("a", i, "square", model::point{anywhere(random), anywhere(random)}));
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& before = *steps[i % steps.size()];
    const auto& after = *steps[++i % steps.size()];
    benchmark::DoNotOptimize(interest.concerned(&before, after, model::change_kind::update));
  }
}
BENCHMARK(find_the_concerned);

struct viewer_state : protocol::chunk_sink {
  static inline const char* name = "viewer";
  using direct_face = protocol::chunk_sink;

  viewer_state() = default;
  virtual ~viewer_state() = default; // CAF derives from it
  model::object describe() const { return {}; }

  void deliver(const fanout::chunk& x) override { frames += x.frames({}).size(); }

  /// As a connection does it.
  std::uint64_t deliver_counted(const fanout::chunk& x, std::uint64_t since) override {
    deliver(x);
    if (!hosting::counting_enabled.load(std::memory_order_relaxed))
      return since;
    const auto now = hosting::ticks();
    counters.direct.add();
    counters.busy.add(now - since);
    return now;
  }

  hosting::actor_counters counters;
  std::size_t frames = 0;
};

/// A hub and viewers that take everything, without sockets.
struct hub_on_its_own : support::actor_fixture {
  explicit hub_on_its_own(std::size_t viewers) : states(viewers) {
    protocol::edge_options options;
    options.flush_window = std::chrono::milliseconds{0};
    hub = spawn(edge::hub, options);
    for (auto& x : states) {
      const auto who = spawn(support::direct_viewer<viewer_state>, mail, &x);
      send(hub, protocol::join_request{caf::actor_cast<protocol::connection_actor>(who), {"world"}, false, {}});
    }
    advance(options.resume_grace);
  }

  void TestBody() override {}

  std::vector<viewer_state*> states;
  support::direct_viewer_mail mail = std::make_shared<std::vector<caf::message>>();
  protocol::hub_actor hub;
};

/// All that a delivery costs above the socket, CAF's part of the way to the hub included; with and without counting.
void fan_out(benchmark::State& state) {
  const auto viewers = static_cast<std::size_t>(state.range(0));
  hub_on_its_own house{viewers};
  std::uint64_t sequence = 0;
  hosting::counting_enabled = state.range(1) != 0;
  for (auto _ : state) {
    ++sequence;
    house.send(house.hub,
               protocol::outgoing_batch{support::batch(sequence, {support::event("load", std::string(150, 'x'))}), {}});
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * viewers));
  if (house.states.front()->frames != sequence)
    state.SkipWithError("not everything was shown");
  hosting::counting_enabled = true;
}
BENCHMARK(fan_out)->ArgNames({"viewers", "counting"})->ArgsProduct({{1, 1000, 10'000}, {0, 1}});

struct idle_state {
  static inline const char* name = "idle";
  idle_state() = default;
  model::object describe() const { return {}; }
};

/// What tracing costs a message while nobody follows any: whether one might be followed is asked once.
void ask_for_traces(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(hosting::traces_on());
}
BENCHMARK(ask_for_traces);

/// One message to an actor that does nothing with it; with and without counting, and while others are followed.
void handle_a_message(benchmark::State& state) {
  struct house : support::actor_fixture {
    void TestBody() override {}
  } house;
  const auto who =
      house.spawn([](hosting::pointer<protocol::batcher_actor, idle_state>) -> protocol::batcher_actor::behavior_type {
        return {[](protocol::outgoing_change&) {}, [](protocol::due_atom, std::uint64_t) {}};
      });
  benchmark::DoNotOptimize(hosting::nanoseconds_of(1)); // measures the clock the first time
  hosting::counting_enabled = state.range(0) != 0;
  hosting::tracing_nodes = static_cast<int>(state.range(1));
  for (auto _ : state)
    house.send(who, protocol::due_atom::value, std::uint64_t{1});
  hosting::counting_enabled = true;
  hosting::tracing_nodes = 0;
}
BENCHMARK(handle_a_message)->ArgNames({"counting", "tracing"})->Args({0, 0})->Args({1, 0})->Args({1, 1});

} // namespace

} // namespace towncrier

BENCHMARK_MAIN();
