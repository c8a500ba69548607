#include "tests/nodes/options_fixture.hpp"

#include <gmock/gmock.h>

namespace towncrier::node {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(options_test, every_option_refuses_what_is_impossible_and_says_what_is_allowed) {
  const std::vector<std::pair<std::string_view, std::string>> impossible{
      {"node.id", "a b"},
      {"node.roles", "world,king"},
      {"node.roles", ""},
      {"node.roles", "edge,edge"},
      {"edge.listen", "127.0.0.1:70000"},
      {"edge.listen", "127.0.0.1"},
      {"edge.listen", "town:80"},
      {"edge.listen", "::1:80"},
      {"edge.listen", "127.0.0.1:"},
      {"admin.listen", "[::1:80"},
      {"edge.threads", "-1"},
      {"edge.threads", "1.5"},
      {"edge.max_connections", "0"},
      {"edge.max_connections", "many"},
      {"edge.max_connections", "99999999999999999999999"},
      {"edge.max_connections", "1 "},
      {"edge.max_message_bytes", "1023"},
      {"edge.max_message_bytes", "64KB"},
      {"edge.max_message_bytes", "KiB"},
      {"edge.max_message_bytes", "1.00001KiB"},
      {"edge.flush_window", "500us"},
      {"edge.flush_window", "-1ms"},
      {"edge.flush_window", "1 s"},
      {"edge.flush_window", "1e3"},
      {"edge.flush_window", "1.2.3s"},
      {"edge.heartbeat_interval", "0s"},
      {"edge.heartbeat_interval", "15sec"},
      {"edge.slow_client", "drop"},
      {"edge.echo", "yes"},
      {"edge.echo", ""},
      {"edge.allowed_origins", "town.example"},
      {"edge.allowed_origins", "https://town.example/page"},
      {"edge.allowed_origins", "https://town.example/"},
      {"edge.allowed_origins", "https://a.example,wss://town.example"},
      {"edge.allowed_origins", "https://*"},
      {"edge.allowed_origins", "https://town.example:*"},
      {"edge.allowed_origins", "https://town.example:0"},
      {"edge.trusted_proxies", "10.0.0.0/33"},
      {"edge.trusted_proxies", "10.0.0.1/8"},
      {"edge.trusted_proxies", "proxy.example"},
      {"edge.proxy_header", "x-real-ip"},
      {"auth.anonymous_role", "king"},
      {"auth.jwt_leeway", "1h"},
      {"auth.jwt_algorithm", "none"},
      {"auth.jwt_algorithm", "hs256"},
      {"auth.jwt_role_claim", ""},
      {"cluster.etcd", "127.0.0.1:2379"},
      {"cluster.etcd", "ftp://127.0.0.1:2379"},
      {"cluster.etcd", "http://a:2379,http://"},
      {"cluster.etcd", "http://a:2379/v3"},
      {"cluster.prefix", "towncrier"},
      {"cluster.prefix", "/"},
      {"cluster.prefix", "/town/"},
      {"cluster.prefix", "/a town"},
      {"cluster.lease", "1s"},
      {"cluster.listen", "town:80"},
      {"cluster.advertise", "town"},
      {"cluster.advertise", "town:0"},
      {"cluster.advertise", "a b:80"},
      {"cluster.advertise_edge", "http://town:80"},
      {"cluster.advertise_edge", "ws://town:80/x"},
      {"cluster.window_bytes", "1"},
      {"world.rate", "0"},
      {"world.rate", "nan"},
      {"world.rate", "inf"},
      {"world.rate", "1x"},
      {"inspection.slow_actor", "batcher"},
      {"inspection.slow_actor", "batcher:0"},
      {"log.level", "loud"},
      {"log.format", "xml"},
  };
  for (const auto& [key, text] : impossible) {
    const auto& x = *find_option(key);
    const auto shown = std::string{key} + " = " + (text.empty() ? "''" : text) + " is not possible; give " + x.allowed;
    // CLI11 takes `--flag=` for a flag without a value.
    const auto arguments = text.empty() ? std::vector{flag_name(x), text} : std::vector{flag_name(x) + "=" + text};
    EXPECT_THAT(refuse(arguments), HasSubstr("flag " + flag_name(x) + ": " + shown));
    EXPECT_THAT(refuse({}, {{environment_name(x), text}}),
                HasSubstr("environment " + environment_name(x) + ": " + shown));
  }
}

TEST_F(options_test, a_wrong_value_in_the_file_is_named_with_its_line) {
  EXPECT_THAT(
      refuse_file("# a town\n[edge]\nthreads = 1\nmax_connections = 0\n"),
      HasSubstr("town.toml:4: edge.max_connections = 0 is not possible; give a whole number from 1 to 1000000"));
}

TEST_F(options_test, a_wrong_type_in_the_file_is_refused) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"edge.max_connections = '10'", "edge.max_connections is a string; give a whole number"},
      {"edge.max_connections = 10.0", "edge.max_connections is a float"},
      {"edge.echo = 'true'", "edge.echo is a string; give true or false"},
      {"edge.echo = 1", "edge.echo is an integer"},
      {"edge.listen = 8765", "edge.listen is an integer"},
      {"edge.flush_window = 1.5", "edge.flush_window is a float"},
      {"edge.max_message_bytes = true", "edge.max_message_bytes is a boolean"},
      {"world.rate = 'fast'", "world.rate is a string"},
      {"node.roles = [1]", "node.roles is an array"},
      {"node.roles = ['world,edge']", "node.roles is an array"},
      {"log.level = ['info']", "log.level is an array"},
      {"log.level.x = 1", "log.level is a table"},
      {"log.level = 2024-01-01", "log.level is a date or time"},
  };
  for (const auto& [line, message] : wrong)
    EXPECT_THAT(refuse_file(line + "\n"), HasSubstr("town.toml:1: " + message));
}

TEST_F(options_test, an_unknown_key_in_the_file_is_refused_with_the_nearest) {
  EXPECT_THAT(refuse_file("[edge]\nmax_conections = 10\n"),
              HasSubstr("town.toml:2: edge.max_conections is no option; did you mean 'edge.max_connections'?"));
  EXPECT_THAT(refuse_file("[edeg]\nlisten = 'x'\n"), HasSubstr("edeg is no option"));
  EXPECT_THAT(refuse_file("listen = 'x'\n"), HasSubstr("town.toml:1: listen is no option"));
  EXPECT_THAT(refuse_file("[edge]\nfrobnicate = 1\n"),
              AllOf(HasSubstr("edge.frobnicate is no option"), Not(HasSubstr("did you mean"))));
  EXPECT_THAT(refuse_file("edge = 1\n"), HasSubstr("edge is no option"));
}

TEST_F(options_test, an_unknown_flag_is_refused_with_the_nearest) {
  EXPECT_THAT(
      refuse({"--edge.max-conections", "10"}),
      HasSubstr("--edge.max-conections is no flag of 'towncrier node'; did you mean '--edge.max-connections'?"));
  EXPECT_THAT(refuse({"--lsten=1"}), HasSubstr("--lsten is no flag"));
  EXPECT_THAT(refuse({"town.toml"}), HasSubstr("town.toml is no flag"));
  EXPECT_THAT(refuse({"--edge.threads"}), HasSubstr("--edge.threads"));
}

TEST_F(options_test, an_unknown_variable_of_a_section_is_refused_with_the_nearest) {
  EXPECT_THAT(refuse({}, {{"TOWNCRIER_EDGE_MAX_CONECTIONS", "1"}}),
              HasSubstr("environment TOWNCRIER_EDGE_MAX_CONECTIONS: is no option; did you mean "
                        "'TOWNCRIER_EDGE_MAX_CONNECTIONS'?"));
}

TEST_F(options_test, variables_that_are_not_ours_are_let_alone) {
  accept({}, {{"TOWNCRIER_EDGE_SERVICE_HOST", "10.0.0.1"},
              {"TOWNCRIER_EDGE_PORT_8765_TCP_ADDR", "10.0.0.1"},
              {"TOWNCRIER_EDGE_PORT", "tcp://10.0.0.1:8765"},
              {"TOWNCRIER_TOKEN", "x"},
              {"HOME", "/"}});
}

TEST_F(options_test, a_file_that_cannot_be_read_is_refused) {
  EXPECT_THAT(refuse({"--config", "/no/such.toml"}), HasSubstr("/no/such.toml: cannot be read"));
  EXPECT_THAT(refuse({"--config", folder.string()}), HasSubstr("is a folder"));
  EXPECT_THAT(refuse_file("[edge\n"), HasSubstr("town.toml: line 1"));
  EXPECT_THAT(refuse_file("edge.threads = 1\nedge.threads = 2\n"), HasSubstr("line 2"));
}

TEST_F(options_test, a_heartbeat_timeout_below_the_interval_is_refused_with_both_sources) {
  const auto path = write("town.toml", "[edge]\nheartbeat_timeout = '1s'\n");
  EXPECT_THAT(refuse({"--config", path, "--edge.heartbeat-interval", "2s"}),
              HasSubstr("edge.heartbeat_timeout = 1s (" + path +
                        ":2) is shorter than edge.heartbeat_interval = 2s (flag --edge.heartbeat-interval)"));
}

TEST_F(options_test, one_tls_file_without_the_other_is_refused) {
  const auto pem = write("a.pem", "x");
  EXPECT_THAT(refuse({"--tls.certificate", pem}), HasSubstr("tls.key = '' (default): give both files, or neither"));
  EXPECT_THAT(refuse({"--tls.key", pem}), HasSubstr("give both files, or neither"));
}

TEST_F(options_test, a_cluster_without_certificates_is_refused) {
  const auto pem = write("a.pem", "x");
  const std::vector<std::string> etcd{"--cluster.etcd", "http://127.0.0.1:2379"};
  EXPECT_THAT(refuse(etcd), HasSubstr("cluster.etcd = http://127.0.0.1:2379 (flag --cluster.etcd) makes this node one "
                                      "of several, and the links between them are mutual TLS"));
  EXPECT_THAT(refuse({etcd[0], etcd[1], "--cluster.certificate", pem, "--cluster.key", pem}),
              HasSubstr("give cluster.certificate, cluster.key and cluster.ca"));
  EXPECT_THAT(refuse({"--cluster.certificate", pem}), HasSubstr("cluster.key = '' (default): give both, or neither"));
}

TEST_F(options_test, half_of_what_etcd_asks_for_is_refused) {
  const auto file = write("a.pem", "x");
  EXPECT_THAT(refuse({"--cluster.etcd-user", "town"}),
              HasSubstr("cluster.etcd_password_file = '' (default): give both, or neither"));
  EXPECT_THAT(refuse({"--cluster.etcd-password-file", file}), HasSubstr("cluster.etcd_user = '' (default)"));
  EXPECT_THAT(refuse({"--cluster.etcd-certificate", file}), HasSubstr("cluster.etcd_key = '' (default)"));
  const std::vector<std::string> links{"--cluster.certificate", file, "--cluster.key", file, "--cluster.ca", file};
  auto plain = links;
  plain.insert(plain.end(), {"--cluster.etcd", "http://a:1,http://b:2", "--cluster.etcd-ca", file});
  EXPECT_THAT(refuse(plain), HasSubstr("is not encrypted"));
}

TEST_F(options_test, a_link_timeout_below_three_heartbeats_is_refused) {
  EXPECT_THAT(refuse({"--cluster.heartbeat-interval", "400ms"}),
              HasSubstr("cluster.link_timeout = 1s (default) is shorter than three times "
                        "cluster.heartbeat_interval = 400ms (flag --cluster.heartbeat-interval)"));
}

TEST_F(options_test, an_open_address_without_tokens_is_refused_unless_it_is_meant) {
  const auto tokens = write("tokens", "");
  const auto secret = write("secret", std::string(32, 'x'));
  for (const std::string address : {"0.0.0.0:8765", "[::]:8765", "10.1.2.3:0"}) {
    EXPECT_THAT(refuse({"--edge.listen", address}), HasSubstr("auth.allow_anonymous = true"));
    accept({"--edge.listen", address, "--auth.allow-anonymous"});
    accept({"--edge.listen", address, "--auth.tokens", tokens});
    accept({"--edge.listen", address, "--auth.jwt-key", secret});
    for (const std::string role : {"viewer", "publisher", "operator"})
      accept({"--edge.listen", address, "--auth.anonymous-role", role});
  }
  for (const std::string address : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"})
    accept({"--edge.listen", address});
}

TEST_F(options_test, options_that_would_do_nothing_are_refused) {
  const auto secret = write("secret", std::string(32, 'x'));
  EXPECT_THAT(refuse({"--auth.anonymous-role", "none"}), HasSubstr("nobody could connect"));
  EXPECT_THAT(refuse({"--auth.jwt-audience", "town"}), HasSubstr("there is no key to verify them with"));
  EXPECT_THAT(refuse({"--auth.jwt-issuer", "town"}), HasSubstr("there is no key to verify them with"));
  EXPECT_THAT(refuse({"--auth.jwt-key", secret, "--auth.jwt-keys", secret}), HasSubstr("give one of them"));
  EXPECT_THAT(refuse({"--edge.proxy-protocol"}), HasSubstr("edge.trusted_proxies, and there are none"));
  EXPECT_THAT(refuse({"--tls.key-passphrase-file", secret}), HasSubstr("opens tls.key, and there is none"));
  accept({"--edge.proxy-protocol", "--edge.trusted-proxies", "10.0.0.0/8"});
  accept({"--auth.jwt-key", secret, "--auth.jwt-audience", "town"});
}

TEST_F(options_test, tokens_and_keys_that_cannot_be_used_are_refused) {
  const auto tokens = write("tokens", "# ours\nada king\n");
  EXPECT_THAT(refuse({"--auth.tokens", tokens}), HasSubstr("auth.tokens: " + tokens + ":2: the second word"));
  EXPECT_THAT(refuse({"--auth.jwt-key", write("secret", "short\n")}),
              HasSubstr("has 5 bytes; HS256 needs at least 32"));
  EXPECT_THAT(refuse({"--auth.jwt-key", write("pem", std::string(40, 'x')), "--auth.jwt-algorithm", "RS256"}),
              HasSubstr("no public key in PEM form"));
}

TEST_F(options_test, everything_that_is_wrong_is_told_at_once) {
  EXPECT_THAT(refuse_file("[edge]\nmax_connections = 0\nthreads = -1\n[log]\nlevl = 'info'\n"),
              AllOf(HasSubstr(":2: "), HasSubstr(":3: "), HasSubstr(":5: log.levl")));
}

TEST_F(options_test, check_config_accepts_and_refuses_a_file) {
  EXPECT_TRUE(check_config(write("good.toml", "edge.echo = true\n")));
  const auto bad = check_config(write("bad.toml", "edge.ecko = true\n"));
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error(), HasSubstr("did you mean 'edge.echo'?"));
}

} // namespace towncrier::node
