#include "model/batch.hpp"

#include <gtest/gtest.h>

using namespace towncrier;

namespace {

model::batch batch_of(model::character x) {
  return {{"n1", 1, 1},
          {model::character_change{{}, std::make_shared<const model::character>(std::move(x)), {}, false}}};
}

model::batch batch_of(model::event x) { return {{"n1", 1, 1}, {std::make_shared<const model::event>(std::move(x))}}; }

const std::string long_text(1000, 'x');

} // namespace

TEST(estimated_size, counts_the_text_of_a_character) {
  const auto base = model::estimated_size(batch_of(model::character{}));
  model::character x;
  for (auto* text : {&x.id.text, &x.name, &x.state, &x.location}) {
    const auto before = model::estimated_size(batch_of(x));
    *text = long_text;
    EXPECT_GE(model::estimated_size(batch_of(x)), before + 1000);
  }
  EXPECT_LT(model::estimated_size(batch_of(x)), base + 5000);
}

TEST(estimated_size, counts_what_lies_deep_in_attributes_and_data) {
  const model::value deep = model::object{{"a", model::array{1, model::object{{"b", long_text}}}}};
  model::character x;
  const auto without = model::estimated_size(batch_of(x));
  x.attributes = model::object{{"k", deep}};
  EXPECT_GE(model::estimated_size(batch_of(x)), without + 1000);
  EXPECT_GE(model::estimated_size(batch_of({"e", deep, 0})), model::estimated_size(batch_of({"e", nullptr, 0})) + 1000);
}

TEST(estimated_size, grows_with_every_change) {
  auto x = batch_of(model::event{"dawn", nullptr, 0});
  for (int i = 0; i < 100; ++i) {
    const auto before = model::estimated_size(x);
    x.changes.push_back(x.changes.front());
    EXPECT_GE(model::estimated_size(x), before + sizeof(model::event));
  }
}

TEST(estimated_size, counts_the_state_before) {
  auto x = batch_of(model::character{});
  const auto before = model::estimated_size(x);
  std::get<model::character_change>(x.changes.front()).previous_state = long_text;
  EXPECT_GE(model::estimated_size(x), before + 1000);
}
