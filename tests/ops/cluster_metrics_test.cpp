#include "actors/ops/cluster_metrics.hpp"

#include <gmock/gmock.h>

namespace towncrier::ops {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

} // namespace

TEST(cluster_metrics, tell_of_membership_and_etcd) {
  cluster_state x{"n1", {true, false, 7, 2, 3, 41}, {}};
  const auto text = cluster_metrics(x);
  EXPECT_THAT(text, HasSubstr("\ntowncrier_etcd_up{node=\"n1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\ntowncrier_etcd_failures_total{node=\"n1\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("\ntowncrier_cluster_registered{node=\"n1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\ntowncrier_cluster_nodes{node=\"n1\"} 3\n"));
  EXPECT_THAT(text, Not(HasSubstr("towncrier_link"))) << "there is none";
}

TEST(cluster_metrics, tell_of_each_link) {
  cluster_state x{"n1", {}, {}};
  auto& live = x.links.links.emplace_back();
  live.node = "n2";
  live.phase = protocol::link_phase::live;
  live.refusals = 4;
  live.said = 9;
  live.sent_upto = 7;
  live.clock_offset_ms = -1500;
  x.links.links.emplace_back().node = "n3";
  const auto text = cluster_metrics(x);
  EXPECT_THAT(
      text,
      HasSubstr("\ntowncrier_link_up{node=\"n1\",peer=\"n2\"} 1\ntowncrier_link_up{node=\"n1\",peer=\"n3\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\ntowncrier_link_refusals_total{node=\"n1\",peer=\"n2\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("\ntowncrier_link_behind_batches{node=\"n1\",peer=\"n2\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\ntowncrier_link_clock_offset_seconds{node=\"n1\",peer=\"n2\"} -1.5\n"));
  EXPECT_THAT(text, Not(HasSubstr("clock_offset_seconds{node=\"n1\",peer=\"n3\"}"))) << "nobody has measured it";
}

TEST(cluster_metrics, tell_when_certificates_end) {
  EXPECT_EQ(certificate_metrics("n1", {}), "");
  EXPECT_THAT(certificate_metrics("n1", {{"tls", 1'800'000'000}, {"cluster", 5}}),
              HasSubstr("towncrier_certificate_expiry_timestamp_seconds{node=\"n1\",use=\"cluster\"} 5\n"
                        "towncrier_certificate_expiry_timestamp_seconds{node=\"n1\",use=\"tls\"} 1800000000\n"));
}

} // namespace towncrier::ops
