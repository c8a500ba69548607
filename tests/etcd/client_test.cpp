#include "etcd/client.hpp"
#include "nodes/commands/certificate_maker.hpp"
#include "tests/etcd/etcd_process.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

namespace towncrier::etcd {

namespace {

using namespace std::chrono_literals;
using support::etcd_process;

// Etcd takes its time to check a password, and more of it on a machine that is busy.
constexpr auto patience = 60s;

/// Waits for the answer of what `ask` begins.
template <class T, class Ask>
model::result<T> wait_for(Ask ask) {
  auto promise = std::make_shared<std::promise<model::result<T>>>();
  auto future = promise->get_future();
  ask([promise](model::result<T> x) { promise->set_value(std::move(x)); });
  if (future.wait_for(patience) != std::future_status::ready)
    return model::failure{"the test waited in vain"};
  return future.get();
}

/// What a watch says.
struct watch_log {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<change> changes;
  std::string ended;

  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, patience, condition);
  }
};

struct etcd_client {
  explicit etcd_client(std::vector<std::string> endpoints) { options.endpoints = std::move(endpoints); }

  void make() {
    auto made = client::make(options);
    ASSERT_TRUE(made) << made.error();
    store = std::move(*made);
  }

  model::result<snapshot> read() {
    return wait_for<snapshot>([&](auto done) { store->read("/t/", done); });
  }

  /// Reads until it is possible.
  model::result<snapshot> ready() {
    auto x = read();
    for (const auto end = std::chrono::steady_clock::now() + patience; !x && std::chrono::steady_clock::now() < end;
         x = read())
      std::this_thread::sleep_for(20ms);
    return x;
  }

  model::result<put_result> put(std::string key, std::string value, std::uint64_t expected = 0,
                                std::uint64_t lease = 0) {
    return wait_for<put_result>([&](auto done) { store->put({key, value, lease, expected}, done); });
  }

  model::result<std::uint64_t> grant(std::chrono::seconds ttl) {
    return wait_for<std::uint64_t>([&](auto done) { store->grant(ttl, done); });
  }

  model::result<bool> keep_alive(std::uint64_t lease) {
    return wait_for<bool>([&](auto done) { store->keep_alive(lease, done); });
  }

  model::result<bool> revoke(std::uint64_t lease) {
    return wait_for<bool>([&](auto done) { store->revoke(lease, done); });
  }

  std::shared_ptr<watch_log> watch(std::uint64_t from) {
    auto log = std::make_shared<watch_log>();
    store->watch(
        "/t/", from,
        [log](std::vector<change> xs) {
          const std::lock_guard lock{log->mutex};
          log->changes.insert(log->changes.end(), xs.begin(), xs.end());
          log->changed.notify_all();
        },
        [log](const std::string& why) {
          const std::lock_guard lock{log->mutex};
          log->ended = why;
          log->changed.notify_all();
        });
    return log;
  }

  client_options options;
  std::unique_ptr<client> store;
};

} // namespace

TEST(etcd_client_test, registers_keeps_alive_and_watches_the_end_of_a_lease) {
  etcd_process etcd;
  etcd_client x{{etcd.url()}};
  x.make();
  const auto start = x.ready();
  ASSERT_TRUE(start) << start.error();
  const auto log = x.watch(start->revision + 1);
  const auto lease = x.grant(2s);
  ASSERT_TRUE(lease) << lease.error();
  const auto done = x.put("/t/a", std::string{"x\0y", 3}, 0, *lease);
  ASSERT_TRUE(done && done->done);
  const auto taken = x.put("/t/a", "other", 0, *lease);
  ASSERT_TRUE(taken && !taken->done && taken->current);
  EXPECT_EQ(taken->current->value, (std::string{"x\0y", 3}));
  EXPECT_TRUE(x.put("/t/a", "y", taken->current->revision, *lease)->done);
  EXPECT_TRUE(*x.keep_alive(*lease));
  // Nobody keeps it alive any more.
  ASSERT_TRUE(log->wait([&] { return log->changes.size() == 3; }));
  EXPECT_EQ(log->changes[1].value, "y");
  EXPECT_FALSE(log->changes[2].value);
  EXPECT_FALSE(*x.keep_alive(*lease));
  EXPECT_TRUE(*x.revoke(*lease));
  EXPECT_TRUE(x.read()->entries.empty());
}

TEST(etcd_client_test, a_revoked_lease_takes_its_keys_along) {
  etcd_process etcd;
  etcd_client x{{etcd.url()}};
  x.make();
  ASSERT_TRUE(x.ready());
  const auto lease = *x.grant(60s);
  ASSERT_TRUE(x.put("/t/a", "x", 0, lease)->done);
  ASSERT_TRUE(x.put("/t/b", "y")->done);
  const auto log = x.watch(x.read()->revision + 1);
  EXPECT_TRUE(*x.revoke(lease));
  ASSERT_TRUE(log->wait([&] { return log->changes.size() == 1; }));
  EXPECT_EQ(log->changes.front().key, "/t/a");
  EXPECT_EQ(log->changes.front().value, std::nullopt) << "it is gone, not changed";
  const auto left = x.read();
  ASSERT_EQ(left->entries.size(), 1u);
  EXPECT_EQ(left->entries.front().key, "/t/b");
}

TEST(etcd_client_test, an_etcd_that_is_killed_and_started_again_is_found_again) {
  etcd_process etcd;
  etcd_client x{{etcd.url()}};
  x.make();
  ASSERT_TRUE(x.ready());
  const auto lease = *x.grant(60s);
  ASSERT_TRUE(x.put("/t/a", "x", 0, lease)->done);
  const auto log = x.watch(1);
  ASSERT_TRUE(log->wait([&] { return log->changes.size() == 1; }));
  etcd.kill();
  ASSERT_TRUE(log->wait([&] { return !log->ended.empty(); }));
  EXPECT_FALSE(x.read());
  etcd.start();
  const auto again = x.ready();
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->entries.size(), 1u);
  EXPECT_TRUE(*x.keep_alive(lease));
}

TEST(etcd_client_test, a_frozen_etcd_is_noticed_and_its_watch_ends) {
  etcd_process etcd;
  etcd_client x{{etcd.url()}};
  x.options.timeout = 300ms;
  x.make();
  ASSERT_TRUE(x.ready());
  const auto log = x.watch(1);
  ASSERT_TRUE(x.put("/t/a", "x")->done);
  ASSERT_TRUE(log->wait([&] { return log->changes.size() == 1; }));
  etcd.freeze();
  EXPECT_FALSE(x.read());
  EXPECT_TRUE(log->wait([&] { return !log->ended.empty(); }));
  etcd.thaw();
  EXPECT_TRUE(x.ready());
}

TEST(etcd_client_test, the_next_member_is_asked_when_one_is_dead) {
  etcd_process etcd;
  etcd_client x{{"http://127.0.0.1:" + std::to_string(support::free_port()), etcd.url()}};
  x.make();
  ASSERT_TRUE(x.ready());
  const auto log = x.watch(1);
  EXPECT_TRUE(x.put("/t/a", "x")->done);
  EXPECT_TRUE(log->wait([&] { return log->changes.size() == 1; }));
}

TEST(etcd_client_test, says_who_it_is_and_again_when_etcd_has_forgotten) {
  etcd_process etcd;
  etcd_client nobody{{etcd.url()}};
  nobody.make();
  ASSERT_TRUE(nobody.ready());
  etcd.control("user add root:secret");
  etcd.control("user grant-role root root");
  etcd.control("auth enable");
  EXPECT_FALSE(nobody.read());
  etcd_client x{{etcd.url()}};
  x.options.user = "root";
  x.options.password = "secret";
  x.make();
  ASSERT_TRUE(x.ready());
  const auto log = x.watch(1);
  EXPECT_TRUE(x.put("/t/a", "x")->done);
  EXPECT_TRUE(log->wait([&] { return log->changes.size() == 1; }));
  // Its tokens are in its memory alone.
  etcd.kill();
  etcd.start();
  EXPECT_TRUE(x.ready());
  etcd_client wrong{{etcd.url()}};
  wrong.options.user = "root";
  wrong.options.password = "guess";
  wrong.make();
  const auto refused = wrong.read();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("does not let 'root' in"), std::string::npos) << refused.error();
}

TEST(etcd_client_test, speaks_tls_with_a_certificate_of_its_own_and_trusts_no_stranger) {
  const auto folder = std::filesystem::temp_directory_path() / ("towncrier-tls-" + std::to_string(getpid()));
  const auto file = [&](const char* name) { return (folder / name).string(); };
  auto maker = commands::certificate_maker::open(folder, 1);
  ASSERT_TRUE(maker) << maker.error();
  ASSERT_TRUE(maker->make("etcd", {}));
  ASSERT_TRUE(maker->make("node", {}));
  auto stranger = commands::certificate_maker::open(folder / "other", 1);
  ASSERT_TRUE(stranger);
  etcd_process etcd{{"--cert-file", file("etcd.pem"), "--key-file", file("etcd.key"), "--client-cert-auth",
                     "--trusted-ca-file", file("ca.pem")},
                    "https"};
  etcd_client x{{etcd.url()}};
  x.options.tls = {file("ca.pem"), file("node.pem"), file("node.key")};
  x.make();
  const auto first = x.ready();
  ASSERT_TRUE(first) << first.error();
  const auto log = x.watch(1);
  EXPECT_TRUE(x.put("/t/a", "x")->done);
  EXPECT_TRUE(log->wait([&] { return log->changes.size() == 1; }));
  etcd_client without{{etcd.url()}};
  without.options.tls = {file("ca.pem"), {}, {}};
  without.make();
  EXPECT_FALSE(without.read());
  etcd_client trusting{{etcd.url()}};
  trusting.options.tls = {file("other/ca.pem"), file("node.pem"), file("node.key")};
  trusting.make();
  EXPECT_FALSE(trusting.read());
  etcd_client broken{{etcd.url()}};
  broken.options.tls = {file("etcd.key"), {}, {}};
  EXPECT_FALSE(client::make(broken.options));
  std::filesystem::remove_all(folder);
}

} // namespace towncrier::etcd
