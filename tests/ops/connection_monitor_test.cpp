#include "actors/ops/connection_monitor.hpp"
#include "actors/ops/traffic_metrics.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_socket.hpp"

#include <set>

namespace towncrier::ops {

struct connection_monitor_test : support::actor_fixture {
  protocol::traffic_ptr first = std::make_shared<protocol::traffic>();
  protocol::traffic_ptr second = std::make_shared<protocol::traffic>();
  protocol::connection_monitor_actor monitor =
      spawn(connection_monitor, std::string{"north"}, protocol::traffic_list{first, second});
  support::probe<protocol::connection_actor> ada = make_probe<protocol::connection_actor>();

  std::string page() { return request<protocol::metrics_page>(monitor, protocol::list_atom::value)->text; }

  model::object metrics() {
    send(monitor, protocol::command_order{{17, {3, ada.handle()}, {}}, std::nullopt, "metrics", {}});
    return ada.take_one<protocol::answer>().data;
  }
};

TEST_F(connection_monitor_test, sums_up_all_threads) {
  first->messages_sent.add(3);
  second->messages_sent.add(4);
  first->connections_active.add(2);
  first->connections_active.subtract();
  const auto text = page();
  EXPECT_NE(text.find("\ntowncrier_messages_sent_total{node=\"north\"} 7\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\ntowncrier_active_connections{node=\"north\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("# TYPE towncrier_active_connections gauge"), std::string::npos);
  EXPECT_NE(text.find("# TYPE towncrier_messages_sent_total counter"), std::string::npos);
}

TEST_F(connection_monitor_test, counts_received_messages_by_type) {
  second->received_by_type[1].add(5);
  EXPECT_NE(page().find("towncrier_received_by_type_total{node=\"north\",type=\"subscribe\"} 5"), std::string::npos);
}

TEST_F(connection_monitor_test, counts_errors_by_code_and_refusals_by_reason) {
  first->errors_by_code[2].add(2);
  second->errors_by_code[2].add();
  second->count(protocol::auth_failure::role);
  const auto text = page();
  EXPECT_NE(text.find("towncrier_errors_by_code_total{node=\"north\",code=\"1003\",name=\"RATE_LIMIT\"} 3\n"),
            std::string::npos);
  EXPECT_NE(text.find("towncrier_auth_failures_total{node=\"north\",reason=\"role\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("towncrier_auth_failures_total{node=\"north\",reason=\"bad_token\"} 0\n"), std::string::npos);
}

TEST_F(connection_monitor_test, says_what_is_running) {
  EXPECT_NE(page().find("towncrier_build_info{node=\"north\",version=\"" TOWNCRIER_VERSION "\",link_protocol=\""),
            std::string::npos);
}

TEST_F(connection_monitor_test, tells_what_the_process_uses) {
  const auto text = page();
  for (const auto* name :
       {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "towncrier_heap_bytes"}) {
    const auto at = text.find(std::string{"\n"} + name + " ");
    ASSERT_NE(at, std::string::npos) << name;
#ifdef __SANITIZE_ADDRESS__ // whose allocator tells nothing of its heap
    if (std::string_view{name} == "towncrier_heap_bytes")
      continue;
#endif
    EXPECT_GT(std::stod(text.substr(at + 2 + std::string_view{name}.size())), 0) << name;
  }
}

TEST_F(connection_monitor_test, no_metric_is_there_twice) {
  std::set<std::string> names;
  const auto text = page();
  for (auto at = text.find("# TYPE "); at != std::string::npos; at = text.find("# TYPE ", at + 1)) {
    const auto name = text.substr(at + 7, text.find(' ', at + 7) - at - 7);
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(names.size(), traffic_metrics().size() + 17);
}

TEST_F(connection_monitor_test, answers_the_command_of_an_operator) {
  first->connections_active.add(2);
  second->received_by_type[0].add(1);
  const auto data = metrics();
  EXPECT_TRUE(support::true_at(data, "ok"));
  EXPECT_EQ(support::number_at(data, "data.active_connections"), 2);
  EXPECT_EQ(support::number_at(data, "data.total_connections"), 0);
  EXPECT_EQ(support::number_at(data, "data.received_by_type.auth"), 1);
  EXPECT_EQ(support::number_at(data, "data.messages_sent"), 0);
}

TEST(traffic_metrics, every_counter_of_a_thread_is_named_once) {
  std::set<std::string_view> names;
  for (const auto& x : traffic_metrics()) {
    EXPECT_TRUE(names.insert(x.name).second) << x.name;
    EXPECT_FALSE(x.help.empty());
    const auto thread = std::make_shared<protocol::traffic>();
    (*thread.*x.member).add(5);
    std::uint64_t everything = 0;
    for (const auto& y : traffic_metrics())
      everything += sum({thread}, y);
    EXPECT_EQ(everything, 5u) << x.name;
  }
}

} // namespace towncrier::ops
