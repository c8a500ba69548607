#pragma once

#include "etcd/store.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace towncrier::support {

/// An etcd in memory, for tests: leases run out when the test says so, and it can be out of reach.
class fake_etcd {
public:
  struct lease {
    std::set<std::string> keys;
  };

  struct watcher {
    std::string prefix;
    std::function<void(std::vector<etcd::change>)> changed;
    std::function<void(std::string)> ended;
  };

  bool reachable = true;
  std::uint64_t revision = 1;
  std::map<std::string, etcd::entry> entries;
  std::map<std::uint64_t, lease> leases;
  std::map<const void*, watcher> watchers;
  std::size_t keep_alives = 0;
  std::size_t grants = 0;

  void write(const std::string& key, const std::string& value, std::uint64_t under = 0) {
    entries[key] = {key, value, ++revision};
    for (auto& [id, x] : leases)
      x.keys.erase(key);
    if (under != 0)
      leases.at(under).keys.insert(key);
    tell({key, value, revision});
  }

  void erase(const std::string& key) {
    if (entries.erase(key) > 0)
      tell({key, std::nullopt, ++revision});
  }

  void expire(std::uint64_t id) {
    if (const auto x = leases.extract(id))
      for (const auto& key : x.mapped().keys)
        erase(key);
  }

  /// All leases but those whose numbers are given.
  void expire_all() {
    while (!leases.empty())
      expire(leases.begin()->first);
  }

  void go_away() {
    reachable = false;
    for (auto& [who, x] : std::exchange(watchers, {}))
      x.ended("gone");
  }

  void forget_everything() {
    entries.clear();
    leases.clear();
    revision = 1;
  }

private:
  void tell(const etcd::change& x) {
    for (auto& [who, one] : watchers)
      if (x.key.starts_with(one.prefix))
        one.changed({x});
  }
};

/// One client of it.
class fake_store final : public etcd::store {
public:
  explicit fake_store(fake_etcd& x) : etcd_(x) {}
  ~fake_store() override { etcd_.watchers.erase(this); }

  /// Whether this client alone is cut off.
  bool cut = false;

  void grant(std::chrono::seconds, etcd::answer<std::uint64_t> done) override {
    if (!there())
      return done(model::failure{"no answer"});
    const auto id = ++etcd_.grants;
    etcd_.leases[id];
    done(std::uint64_t{id});
  }

  void keep_alive(std::uint64_t lease, etcd::answer<bool> done) override {
    if (!there())
      return done(model::failure{"no answer"});
    ++etcd_.keep_alives;
    done(etcd_.leases.contains(lease));
  }

  void revoke(std::uint64_t lease, etcd::answer<bool> done) override {
    if (!there())
      return done(model::failure{"no answer"});
    etcd_.expire(lease);
    done(true);
  }

  void put(etcd::put_request x, etcd::answer<etcd::put_result> done) override {
    if (!there())
      return done(model::failure{"no answer"});
    if (x.lease != 0 && !etcd_.leases.contains(x.lease))
      return done(model::failure{"etcd: requested lease not found"});
    const auto found = etcd_.entries.find(x.key);
    if ((found == etcd_.entries.end() ? 0 : found->second.revision) != x.expected_revision)
      return done(
          etcd::put_result{false, 0, found == etcd_.entries.end() ? std::nullopt : std::optional{found->second}});
    etcd_.write(x.key, x.value, x.lease);
    done(etcd::put_result{true, etcd_.revision, std::nullopt});
  }

  void read(std::string prefix, etcd::answer<etcd::snapshot> done) override {
    if (!there())
      return done(model::failure{"no answer"});
    etcd::snapshot result{etcd_.revision, {}};
    for (const auto& [key, x] : etcd_.entries)
      if (key.starts_with(prefix))
        result.entries.push_back(x);
    done(std::move(result));
  }

  void watch(std::string prefix, std::uint64_t, std::function<void(std::vector<etcd::change>)> changed,
             std::function<void(std::string)> ended) override {
    etcd_.watchers[this] = {std::move(prefix), std::move(changed), std::move(ended)};
  }

private:
  bool there() const { return etcd_.reachable && !cut; }

  fake_etcd& etcd_;
};

} // namespace towncrier::support
