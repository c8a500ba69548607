#include "tests/nodes/options_fixture.hpp"

#include <gmock/gmock.h>

#include <map>

namespace towncrier::node {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct sample {
  std::string toml;
  std::string text;
};

/// A value other than the default for every option that needs no file.
const std::map<std::string_view, sample> samples{
    {"node.id", {"'north'", "north"}},
    {"node.life_file", {"'/tmp/life'", "/tmp/life"}},
    {"node.roles", {"['edge']", "edge"}},
    {"edge.listen", {"'127.0.0.1:9000'", "127.0.0.1:9000"}},
    {"edge.threads", {"3", "3"}},
    {"edge.max_connections", {"77", "77"}},
    {"edge.max_connections_per_address", {"8", "8"}},
    {"edge.trusted_proxies", {"['10.0.0.0/8', 'fd00::1']", "10.0.0.0/8,fd00::1"}},
    {"edge.proxy_header", {"'forwarded'", "forwarded"}},
    {"edge.proxy_protocol", {"true", "true"}},
    {"edge.max_message_bytes", {"'128KiB'", "128KiB"}},
    {"edge.max_depth", {"8", "8"}},
    {"edge.send_buffer", {"'64KiB'", "64KiB"}},
    {"edge.max_queued_bytes", {"1048576", "1MiB"}},
    {"edge.max_event_bytes", {"'2MiB'", "2MiB"}},
    {"edge.slow_client", {"'disconnect'", "disconnect"}},
    {"edge.max_in_flight", {"5", "5"}},
    {"edge.max_errors", {"6", "6"}},
    {"edge.auto_subscribe", {"false", "false"}},
    {"edge.echo", {"true", "true"}},
    {"edge.compression", {"false", "false"}},
    {"edge.allowed_origins", {"['https://a.example', 'https://b.example']", "https://a.example,https://b.example"}},
    {"edge.flush_window", {"5", "5ms"}},
    {"edge.heartbeat_interval", {"'1s'", "1s"}},
    {"edge.heartbeat_timeout", {"'1.5m'", "90s"}},
    {"edge.handshake_timeout", {"'3s'", "3s"}},
    {"edge.resume_grace", {"'500ms'", "500ms"}},
    {"edge.history_age", {"'1h'", "1h"}},
    {"edge.history_bytes", {"'1GiB'", "1GiB"}},
    {"edge.drain_wave", {"9", "9"}},
    {"edge.drain_interval", {"'7ms'", "7ms"}},
    {"admin.listen", {"'[::1]:0'", "[::1]:0"}},
    {"admin.audit_log", {"'audit.log'", "audit.log"}},
    {"inspection.enabled", {"false", "false"}},
    {"inspection.slow_actor", {"'batcher:20'", "batcher:20"}},
    {"auth.jwt_algorithm", {"'ES256'", "ES256"}},
    {"auth.jwt_role_claim", {"'town_role'", "town_role"}},
    {"auth.jwt_audience", {"'town'", "town"}},
    {"auth.jwt_issuer", {"'issuer'", "issuer"}},
    {"auth.jwt_leeway", {"'30s'", "30s"}},
    {"auth.anonymous_role", {"'viewer'", "viewer"}},
    {"auth.timeout", {"'2s'", "2s"}},
    {"auth.allow_anonymous", {"true", "true"}},
    {"cluster.etcd",
     {"['http://127.0.0.1:2379', 'https://b.example:2379']", "http://127.0.0.1:2379,https://b.example:2379"}},
    {"cluster.etcd_user", {"'town'", "town"}},
    {"cluster.prefix", {"'/towns/north'", "/towns/north"}},
    {"cluster.lease", {"'5s'", "5s"}},
    {"cluster.activation_delay", {"'2s'", "2s"}},
    {"cluster.listen", {"'127.0.0.1:8800'", "127.0.0.1:8800"}},
    {"cluster.advertise", {"'town1.example:8800'", "town1.example:8800"}},
    {"cluster.advertise_edge", {"'wss://town1.example:443'", "wss://town1.example:443"}},
    {"cluster.heartbeat_interval", {"'100ms'", "100ms"}},
    {"cluster.link_timeout", {"'3s'", "3s"}},
    {"cluster.max_clock_offset", {"'45s'", "45s"}},
    {"cluster.window_bytes", {"'1MiB'", "1MiB"}},
    {"cluster.log_bytes", {"'128MiB'", "128MiB"}},
    {"cluster.log_age", {"'1m'", "1m"}},
    {"world.characters", {"100", "100"}},
    {"world.seed", {"42", "42"}},
    {"world.rate", {"2.5", "2.5"}},
    {"world.tick", {"'100ms'", "100ms"}},
    {"batcher.max_size", {"10", "10"}},
    {"batcher.max_wait", {"'20ms'", "20ms"}},
    {"rate_limiter.max_messages", {"0", "0"}},
    {"rate_limiter.window", {"'10s'", "10s"}},
    {"rate_limiter.publisher_max_messages", {"50", "50"}},
    {"rate_limiter.operator_max_messages", {"60", "60"}},
    {"rate_limiter.max_violations", {"3", "3"}},
    {"debugger.enabled", {"true", "true"}},
    {"debugger.max_records", {"10", "10"}},
    {"log.level", {"'debug'", "debug"}},
    {"log.format", {"'json'", "json"}},
};

bool names_a_file(const option& x) { return x.allowed == file_value{}.allowed(); }

/// What has to be given too where some options are, with `file` for every file.
std::vector<std::string> company(const std::string& file) {
  std::vector<std::string> result{"--cluster.etcd-user", "town"};
  for (const auto* name : {"tls.certificate", "tls.key", "cluster.etcd-password-file", "cluster.etcd-certificate",
                           "cluster.etcd-key", "cluster.certificate", "cluster.key", "cluster.ca"})
    result.insert(result.end(), {std::string{"--"} + name, file});
  return result;
}

/// What has to be given too where only `key` is.
std::vector<std::string> company_of(std::string_view key, const std::string& file) {
  if (key == "cluster.etcd")
    return {"--cluster.certificate", file, "--cluster.key", file, "--cluster.ca", file};
  if (key == "auth.jwt_audience" || key == "auth.jwt_issuer")
    return {"--auth.jwt-key", file};
  if (key == "edge.proxy_protocol")
    return {"--edge.trusted-proxies", "10.0.0.0/8"};
  if (key == "cluster.etcd_user")
    return {"--cluster.etcd-password-file", file};
  return {};
}

std::vector<std::string> joined(std::vector<std::string> xs, const std::vector<std::string>& ys) {
  xs.insert(xs.end(), ys.begin(), ys.end());
  return xs;
}

/// `[section]` and `name = toml`.
std::string toml_line(const option& x, const std::string& toml, char dash = '_') {
  std::string name{x.name()};
  std::replace(name.begin(), name.end(), '_', dash);
  return "[" + std::string{x.section()} + "]\n" + name + " = " + toml + "\n";
}

} // namespace

TEST_F(options_test, every_option_has_a_sample_here_that_is_not_its_default) {
  for (const auto& x : option_table()) {
    if (names_a_file(x))
      continue;
    ASSERT_TRUE(samples.contains(x.key)) << x.key;
    EXPECT_NE(samples.at(x.key).text, default_text(x)) << x.key;
  }
}

TEST_F(options_test, every_option_can_be_given_in_the_file_under_both_spellings) {
  const auto file = write("a.pem", "long enough for a secret of JSON Web Tokens");
  for (const auto& [key, value] : samples) {
    const auto& x = *find_option(key);
    for (const char dash : {'_', '-'})
      EXPECT_EQ(x.get(accept(
                    joined(company_of(key, file), {"--config", write("town.toml", toml_line(x, value.toml, dash))}))),
                value.text)
          << key;
  }
}

TEST_F(options_test, every_option_can_be_given_as_a_flag_under_both_spellings) {
  const auto file = write("a.pem", "long enough for a secret of JSON Web Tokens");
  for (const auto& [key, value] : samples) {
    const auto& x = *find_option(key);
    const auto others = company_of(key, file);
    EXPECT_EQ(x.get(accept(joined(others, {flag_name(x), value.text}))), value.text) << key;
    EXPECT_EQ(x.get(accept(joined(others, {"--" + std::string{key} + "=" + value.text}))), value.text) << key;
  }
}

TEST_F(options_test, every_option_can_be_given_in_the_environment) {
  const auto file = write("a.pem", "long enough for a secret of JSON Web Tokens");
  for (const auto& [key, value] : samples) {
    const auto& x = *find_option(key);
    EXPECT_EQ(x.get(accept(company_of(key, file), {{environment_name(x), value.text}})), value.text) << key;
  }
}

TEST_F(options_test, every_file_option_takes_a_file_that_can_be_read_and_no_other) {
  const auto pem = write("a.pem", "# neither a token nor a short secret");
  // Those whose content is checked at once.
  const std::map<std::string_view, std::string> good{
      {"auth.jwt_keys",
       write("keys.json",
             R"({"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ"}]})")},
      {"world.town", TOWNCRIER_SOURCE_DIR "/configs/town.toml"}};
  for (const auto& x : option_table()) {
    if (!names_a_file(x))
      continue;
    const auto file = good.contains(x.key) ? good.at(x.key) : pem;
    EXPECT_EQ(x.get(accept(joined(company(pem), {flag_name(x), file}))), file) << x.key;
    EXPECT_THAT(refuse({flag_name(x), "/no/such"}),
                HasSubstr("flag " + flag_name(x) + ": " + std::string{x.key} +
                          " = /no/such cannot be read (No such file or directory)"));
  }
}

TEST_F(options_test, defaults_are_those_of_the_structs_and_stand_together) {
  const auto x = accept({});
  EXPECT_EQ(x.edge.max_connections, protocol::edge_options{}.max_connections);
  EXPECT_EQ(x.node.roles, (std::vector<std::string>{"world", "edge"}));
}

TEST_F(options_test, a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default) {
  const auto path = write("town.toml", "[edge]\nmax_connections = 1\nthreads = 1\nmax_depth = 10\n");
  const environment env{{"TOWNCRIER_EDGE_MAX_CONNECTIONS", "2"}, {"TOWNCRIER_EDGE_THREADS", "2"}};
  const auto x = accept({"--edge.max-connections", "3", "--config", path}, env);
  EXPECT_EQ(x.edge.max_connections, 3u);
  EXPECT_EQ(x.edge.threads, 2u);
  EXPECT_EQ(x.edge.max_depth, 10u);
  EXPECT_EQ(x.edge.max_errors, 100u);
}

TEST_F(options_test, the_last_of_a_repeated_flag_counts) {
  EXPECT_EQ(accept({"--edge.threads", "1", "--edge.threads", "2"}).edge.threads, 2u);
}

TEST_F(options_test, a_boolean_flag_alone_means_true) {
  EXPECT_TRUE(accept({"--edge.echo"}).edge.echo);
  EXPECT_TRUE(accept({"--edge.echo", "--edge.threads", "1"}).edge.echo);
  EXPECT_FALSE(accept({"--edge.echo", "false"}, {{"TOWNCRIER_EDGE_ECHO", "true"}}).edge.echo);
}

TEST_F(options_test, the_environment_can_name_the_file_and_the_flag_wins) {
  const auto one = write("1.toml", "edge.threads = 1");
  const auto two = write("2.toml", "edge.threads = 2");
  EXPECT_EQ(accept({}, {{"TOWNCRIER_CONFIG", one}}).edge.threads, 1u);
  EXPECT_EQ(accept({"--config", two}, {{"TOWNCRIER_CONFIG", one}}).edge.threads, 2u);
}

TEST_F(options_test, the_sample_file_is_accepted_and_changes_nothing) {
  const auto x = check_config(write("sample.toml", sample_config()));
  ASSERT_TRUE(x) << x.error();
  for (const auto& each : option_table())
    EXPECT_EQ(each.get(*x), default_text(each)) << each.key;
}

TEST_F(options_test, the_help_names_every_flag_and_its_default) {
  const auto x = parse_options({"--help"}, {});
  const auto& exit = std::get<early_exit>(x);
  EXPECT_EQ(exit.code, 0);
  for (const auto& each : option_table()) {
    if (each.key == "inspection.slow_actor")
      continue; // for tests alone
    EXPECT_THAT(exit.text, HasSubstr(flag_name(each) + " ")) << each.key;
    EXPECT_THAT(exit.text, HasSubstr(std::string{each.help}));
    EXPECT_THAT(exit.text, HasSubstr(default_text(each)));
  }
}

} // namespace towncrier::node
