#include "tests/flow/batch_history.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;
using stamps = std::vector<model::origin_position>;

constexpr std::uint64_t origin_count = 4;

/// Several origins that speak, restart and lose batches, a history of them, and clients that left at some time.
class scene {
public:
  explicit scene(std::uint64_t seed) : random_(seed) { clients_.push_back({}); }

  void step() {
    now_ += std::chrono::milliseconds{random_() % 200};
    speak();
    if (random_() % 10 == 0)
      clients_.push_back({current_, all_.size()});
    if (random_() % 5 == 0)
      tested_.evict(now_);
    come_back(clients_[random_() % clients_.size()]);
    come_back(clients_.back());
    forge();
  }

  std::size_t given() const noexcept { return given_; }
  std::size_t refused() const noexcept { return refused_; }

private:
  struct client {
    model::position at;
    /// How many of all batches this node had when the client left.
    std::size_t seen = 0;
  };

  struct speaker {
    std::uint64_t incarnation = 1;
    std::uint64_t sequence = 0;
  };

  void speak() {
    const auto name = "node" + std::to_string(random_() % origin_count);
    auto& from = speakers_[name];
    if (random_() % 100 == 0)
      from = {from.incarnation + 1 + random_() % 3, 0};
    // Now and then one batch never gets here.
    from.sequence += random_() % 150 == 0 ? 2 : 1;
    model::batch x{{name, from.incarnation, from.sequence}, std::vector<model::change>(random_() % 8)};
    for (auto& element : x.changes)
      element = std::make_shared<const model::event>();
    current_.advance(x.stamp);
    all_.push_back(x.stamp);
    ASSERT_TRUE(tested_.append(std::make_shared<const model::batch>(std::move(x)), now_));
    ASSERT_LE(tested_.bytes(), max_bytes);
  }

  /// Whether no batch was lost on its way here of those that follow `from` in any origin.
  bool is_complete_since(const client& from) const {
    auto at = from.at;
    for (auto i = from.seen; i < all_.size(); ++i) {
      const auto& next = all_[i];
      const auto known = at.find(next.origin);
      const bool follows =
          known && known->incarnation == next.incarnation ? next.sequence == known->sequence + 1 : next.sequence == 1;
      if (!follows)
        return false;
      at.advance(next);
    }
    return true;
  }

  /// Whether batches of more than one life of an origin were missed, which history does not follow.
  bool missed_two_lives(const client& from) const {
    std::map<std::string, std::uint64_t> lives;
    for (auto i = from.seen; i < all_.size(); ++i)
      if (lives.try_emplace(all_[i].origin, all_[i].incarnation).first->second != all_[i].incarnation)
        return true;
    return false;
  }

  void come_back(const client& from) {
    const auto found = tested_.since(from.at, current_);
    // Eviction goes by arrival, so what is kept is always an end of everything.
    const bool kept = tested_.size() >= all_.size() - from.seen;
    ASSERT_EQ(found.has_value(), kept && is_complete_since(from) && !missed_two_lives(from)) << from.at.to_string();
    if (!found) {
      ++refused_;
      return;
    }
    stamps given;
    for (const auto& x : *found)
      given.push_back(x->stamp);
    ASSERT_EQ(given, stamps(all_.begin() + static_cast<std::ptrdiff_t>(from.seen), all_.end()));
    given_ += given.size();
  }

  /// A position that nobody was given either is refused or leaves the client exactly where everybody is.
  void forge() {
    model::position forged;
    for (std::uint64_t i = 0; i < origin_count; ++i)
      if (random_() % 4 != 0)
        forged.advance({"node" + std::to_string(i), 1 + random_() % 8, random_() % 60});
    const auto found = tested_.since(forged, current_);
    if (!found)
      return;
    for (const auto& x : *found) {
      const auto known = forged.find(x->stamp.origin);
      const bool follows = known && known->incarnation == x->stamp.incarnation
                               ? x->stamp.sequence == known->sequence + 1
                               : x->stamp.sequence == 1;
      ASSERT_TRUE(follows) << forged.to_string();
      forged.advance(x->stamp);
    }
    ASSERT_EQ(forged, current_);
  }

  static constexpr std::size_t max_bytes = 60'000;

  std::mt19937_64 random_;
  batch_history tested_{{max_bytes, 8s}};
  time_point now_{1h};
  std::map<std::string, speaker> speakers_;
  model::position current_;
  stamps all_;
  std::vector<client> clients_;
  std::size_t given_ = 0;
  std::size_t refused_ = 0;
};

TEST(history, gives_exactly_what_was_missed_or_says_that_it_cannot) {
  std::size_t given = 0;
  std::size_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    scene x{seed};
    for (int i = 0; i < 400; ++i) {
      x.step();
      if (testing::Test::HasFatalFailure())
        return;
    }
    given += x.given();
    refused += x.refused();
  }
  EXPECT_GT(given, 10'000u);
  EXPECT_GT(refused, 1'000u);
}

} // namespace
} // namespace towncrier::flow
