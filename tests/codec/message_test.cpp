#include "codec/json.hpp"
#include "codec/message.hpp"
#include "codec/msgpack.hpp"
#include "random_value.hpp"

#include <gtest/gtest.h>

using namespace towncrier;
using codec::format;

namespace {

constexpr format formats[] = {format::json, format::msgpack};

model::character ada() {
  return {{"7", false}, "Ada",         "working", "smithy", model::point{1.5, -2}, {{"mood", "calm"}, {"age", 36}},
          {3, 12},      1795378422.637};
}

model::change change_of(model::character x, model::change_kind kind, bool attributes_changed = false) {
  return model::character_change{kind, std::make_shared<const model::character>(std::move(x)), "sleeping",
                                 attributes_changed};
}

model::change event_of(model::event x) { return std::make_shared<const model::event>(std::move(x)); }

model::value decoded(format f, std::string_view bytes) {
  auto x = f == format::json ? codec::parse_json(bytes) : codec::parse_msgpack(bytes);
  return x ? std::move(*x) : model::value{"(bad) " + x.error()};
}

/// With integers that JavaScript would round as text.
model::value as_json_tells(const model::value& x) {
  std::string safe;
  codec::append_safe_json(safe, x);
  return decoded(format::json, safe);
}

std::string assembled(format f, std::initializer_list<std::string_view> fragments, std::string_view position) {
  return codec::assemble(f, std::vector<std::string_view>{fragments}, position, 1795378423.5);
}

} // namespace

TEST(encode_change, writes_a_character_update_in_its_order) {
  EXPECT_EQ(codec::encode_change(format::json, change_of(ada(), model::change_kind::update)),
            R"({"type":"character_update","data":{"character_id":"7","name":"Ada","state":"working",)"
            R"("location":"smithy","x":1.5,"y":-2.0,"attributes":{"mood":"calm","age":36},"epoch":3,"version":12,)"
            R"("timestamp":1795378422.637},"timestamp":1795378422.637})");
}

TEST(encode_change, writes_a_state_change_in_its_order) {
  EXPECT_EQ(codec::encode_change(format::json, change_of(ada(), model::change_kind::state_change)),
            R"({"type":"state_change","data":{"character_id":"7","new_state":"working","previous_state":"sleeping",)"
            R"("location":"smithy","x":1.5,"y":-2.0,"epoch":3,"version":12,"timestamp":1795378422.637},)"
            R"("timestamp":1795378422.637})");
}

TEST(encode_change, writes_attributes_of_a_state_change_only_when_they_changed) {
  EXPECT_EQ(codec::encode_change(format::json, change_of(ada(), model::change_kind::state_change, true)),
            R"({"type":"state_change","data":{"character_id":"7","new_state":"working","previous_state":"sleeping",)"
            R"("location":"smithy","x":1.5,"y":-2.0,"epoch":3,"version":12,"timestamp":1795378422.637,)"
            R"("attributes":{"mood":"calm","age":36}},"timestamp":1795378422.637})");
}

TEST(encode_change, writes_a_removal) {
  EXPECT_EQ(codec::encode_change(format::json, change_of(ada(), model::change_kind::removed)),
            R"({"type":"character_removed","data":{"character_id":"7","epoch":3,"version":12},)"
            R"("timestamp":1795378422.637})");
  EXPECT_EQ(codec::encode_removed(format::json, ada(), "left the area"),
            R"({"type":"character_removed","data":{"character_id":"7","epoch":3,"version":12,)"
            R"("reason":"left the area"},"timestamp":1795378422.637})");
}

TEST(encode_change, writes_an_event) {
  EXPECT_EQ(codec::encode_change(format::json, event_of({"meeting", model::array{"Ada", 7}, 1795378422})),
            R"({"type":"event_notification","data":{"event_type":"meeting","data":["Ada",7],)"
            R"("timestamp":1795378422.0},"timestamp":1795378422.0})");
}

TEST(encode_change, gives_an_id_back_as_it_came) {
  for (const auto f : formats) {
    for (const auto& [id, written] :
         std::vector<std::pair<model::character_id, model::value>>{{{"7", true}, 7},
                                                                   {{"7", false}, "7"},
                                                                   {{"-9223372036854775808", true}, INT64_MIN},
                                                                   {{"18446744073709551615", true}, UINT64_MAX},
                                                                   {{"ada \"x\"", false}, "ada \"x\""},
                                                                   {{"no number", true}, "no number"},
                                                                   {{"7x", true}, "7x"}}) {
      auto x = ada();
      x.id = id;
      for (const auto kind :
           {model::change_kind::update, model::change_kind::state_change, model::change_kind::removed})
        EXPECT_EQ(*decoded(f, codec::encode_change(f, change_of(x, kind))).find("data")->find("character_id"),
                  f == format::json ? as_json_tells(written) : written);
    }
  }
}

TEST(encode_change, integers_that_javascript_would_round_are_text_in_json_and_exact_in_msgpack) {
  const auto safe = codec::max_safe_integer;
  auto x = ada();
  x.attributes = {
      {"least", -safe}, {"most", safe}, {"below", -safe - 1}, {"above", model::array{safe + 1, UINT64_MAX}}};
  x.id = {"9007199254740993", true};
  const auto change = change_of(x, model::change_kind::update);
  const auto json = codec::encode_change(format::json, change);
  EXPECT_NE(json.find(R"("character_id":"9007199254740993")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"({"least":-9007199254740991,"most":9007199254740991,"below":"-9007199254740992",)"
                      R"("above":["9007199254740992","18446744073709551615"]})"),
            std::string::npos)
      << json;
  const auto exact = decoded(format::msgpack, codec::encode_change(format::msgpack, change));
  EXPECT_EQ(*exact.find("data")->find("character_id"), model::value{std::int64_t{9007199254740993}});
  EXPECT_EQ(*exact.find("data")->find("attributes"), model::value{x.attributes});
  const auto event = codec::encode_change(format::json, event_of({"sale", UINT64_MAX, 1.5}));
  EXPECT_NE(event.find(R"("data":"18446744073709551615")"), std::string::npos) << event;
}

TEST(encode_change, an_event_holds_any_data) {
  for (const auto f : formats)
    for (const auto& data : {model::value{}, model::value{true}, model::value{7}, model::value{-0.5}, model::value{"x"},
                             model::value{model::array{nullptr, 1}}, model::value{model::object{}}})
      EXPECT_EQ(*decoded(f, codec::encode_change(f, event_of({"x", data, 1.5}))).find("data")->find("data"), data);
}

TEST(encode_change, both_formats_say_the_same_whatever_the_change_holds) {
  test::value_source source{13};
  for (int i = 0; i < 2000; ++i) {
    model::character x{{source.text() + "x", false},
                       source.text(),
                       source.text(),
                       source.text(),
                       std::nullopt,
                       source.object(2),
                       {source.below(1 << 20), 1},
                       std::abs(source.number())};
    if (source.below(2) == 0)
      x.place = model::point{source.number(), source.number()};
    const auto kind = static_cast<model::change_kind>(source.below(3));
    const auto change = source.below(4) == 0 ? event_of({source.text(), source.value(2), source.number()})
                                             : change_of(x, kind, source.below(2) == 0);
    const auto json = decoded(format::json, codec::encode_change(format::json, change));
    ASSERT_NE(json.find("data"), nullptr);
    ASSERT_EQ(json, as_json_tells(decoded(format::msgpack, codec::encode_change(format::msgpack, change))));
  }
}

TEST(encode_change, holds_no_more_memory_than_it_says) {
  const auto text = codec::encode_change(format::json, change_of(ada(), model::change_kind::update));
  EXPECT_EQ(text.capacity(), text.size());
}

TEST(encode_update, is_the_same_as_the_change_of_that_kind) {
  for (const auto f : formats)
    EXPECT_EQ(codec::encode_update(f, ada()), codec::encode_change(f, change_of(ada(), model::change_kind::update)));
}

TEST(assemble, nothing_gives_nothing) {
  for (const auto f : formats)
    EXPECT_EQ(codec::assemble(f, {}, "n1:1:1", 1), "");
}

TEST(assemble, one_fragment_stands_bare) {
  for (const auto f : formats) {
    const auto fragment = codec::encode_update(f, ada());
    EXPECT_EQ(assembled(f, {fragment}, {}), fragment);
  }
}

TEST(assemble, one_fragment_is_given_a_position_at_its_end) {
  for (const auto f : formats) {
    const auto fragment = codec::encode_update(f, ada());
    auto expected = decoded(f, fragment);
    model::set(*expected.get_if<model::object>(), "position", "n1:1:1\"");
    EXPECT_EQ(decoded(f, assembled(f, {fragment}, "n1:1:1\"")), expected);
  }
}

TEST(assemble, several_fragments_become_a_batch_in_their_order) {
  for (const auto f : formats) {
    const auto one = codec::encode_update(f, ada());
    const auto two = codec::encode_change(f, event_of({"dawn", nullptr, 5}));
    const model::value data = model::array{decoded(f, one), decoded(f, two), decoded(f, one)};
    const model::object expected{{"type", "batch"}, {"data", data}, {"timestamp", 1795378423.5}};
    EXPECT_EQ(decoded(f, assembled(f, {one, two, one}, {})), model::value{expected});
    auto with_position = expected;
    with_position.emplace_back("position", "n1:1:1");
    EXPECT_EQ(decoded(f, assembled(f, {one, two, one}, "n1:1:1")), model::value{with_position});
  }
}

TEST(assemble, a_batch_may_hold_any_number_of_messages) {
  for (const auto f : formats) {
    const auto one = codec::encode_change(f, event_of({"dawn", 1, 5}));
    for (const std::size_t count : {2, 15, 16, 17, 65535, 65536}) {
      const std::vector<std::string_view> fragments(count, one);
      const auto message = decoded(f, codec::assemble(f, fragments, "p", 1));
      ASSERT_EQ(message.find("data")->get_if<model::array>()->size(), count);
    }
  }
}

TEST(encode_message, wraps_any_data) {
  const model::object data{{"code", 1001}, {"message", "what?"}};
  EXPECT_EQ(codec::encode_message(format::json, "error", data, 1.5),
            R"({"type":"error","data":{"code":1001,"message":"what?"},"timestamp":1.5})");
  EXPECT_EQ(codec::encode_message(format::json, "heartbeat", model::object{}, 1.5, "n1:1:1"),
            R"({"type":"heartbeat","data":{},"timestamp":1.5,"position":"n1:1:1"})");
  for (const auto position : {"", "n1:1:1"})
    EXPECT_EQ(decoded(format::msgpack, codec::encode_message(format::msgpack, "error", data, 1.5, position)),
              decoded(format::json, codec::encode_message(format::json, "error", data, 1.5, position)));
}

TEST(encode_message, gives_a_client_its_own_id_back_as_it_wrote_it) {
  EXPECT_EQ(codec::encode_message(format::json, "result", model::object{{"id", INT64_MAX}, {"ok", true}}, 1.5),
            R"({"type":"result","data":{"id":9223372036854775807,"ok":true},"timestamp":1.5})");
}

TEST(encode_message, can_be_assembled_like_a_change) {
  for (const auto f : formats) {
    const auto lag = codec::encode_message(f, "lag", model::object{{"conflated", 3}}, 1.5);
    EXPECT_EQ(assembled(f, {lag}, "p"), codec::encode_message(f, "lag", model::object{{"conflated", 3}}, 1.5, "p"));
  }
}

TEST(encode_value, writes_a_value_as_it_stands) {
  test::value_source source{14};
  for (const auto f : formats) {
    const auto x = source.value(3);
    EXPECT_EQ(decoded(f, codec::encode_value(f, x)), x);
  }
}
