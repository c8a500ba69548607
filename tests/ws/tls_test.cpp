#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "self_signed.hpp"
#include "test_server.hpp"
#include "ws/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

using namespace towncrier;
using namespace towncrier::ws;
using namespace towncrier::ws::test;
using testing::HasSubstr;

namespace {

server_options with_tls(const self_signed& identity) {
  auto options = test_server::default_options();
  options.max_message_bytes = 16 * 1024 * 1024;
  auto loaded = tls_context::load(identity.certificate_file(), identity.key_file());
  if (!loaded)
    ADD_FAILURE() << loaded.error();
  options.tls = *loaded;
  return options;
}

std::string secure_url(const test_server& server) { return "wss://localhost:" + std::to_string(server.port()) + "/ws"; }

client_options trusting(const self_signed& identity) {
  client_options options;
  options.ca_file = identity.certificate_file();
  return options;
}

} // namespace

TEST(tls, echoes_every_length_to_a_client_that_verifies_the_certificate) {
  const self_signed identity;
  test_server server{with_tls(identity)};
  const auto connected = client::connect(secure_url(server), trusting(identity));
  ASSERT_TRUE(connected) << connected.error();
  auto& client = **connected;
  for (const std::size_t size : {0, 1, 1000, 16383, 16384, 16385, 100'000, 5'000'000}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
      bytes[i] = static_cast<char>(i * 7 % 251);
    ASSERT_TRUE(client.send_binary(bytes));
    const auto got = client.receive(patience);
    ASSERT_TRUE(std::holds_alternative<message>(got)) << size;
    EXPECT_TRUE(std::get<message>(got).bytes == bytes) << size;
  }
  EXPECT_EQ(client.close(4001, "done").code, 4001);
  EXPECT_EQ(server.close_code(0), 4001);
}

TEST(tls, takes_an_encrypted_key_with_its_pass_phrase_and_never_asks_for_it) {
  const self_signed identity;
  const auto encrypted = identity.key_file() + ".encrypted";
  const auto phrase = identity.key_file() + ".phrase";
  ASSERT_EQ(
      std::system(
          ("openssl pkey -aes256 -passout pass:sesame -in " + identity.key_file() + " -out " + encrypted).c_str()),
      0);
  const auto load = [&](const std::string& passphrase_file) {
    const auto x = tls_context::load(identity.certificate_file(), encrypted, passphrase_file);
    return x ? "loaded" : x.error();
  };
  std::ofstream{phrase} << "sesame\r\nmore\n";
  EXPECT_EQ(load(phrase), "loaded");
  EXPECT_THAT(load({}), HasSubstr("is encrypted, and nobody is asked"));
  std::ofstream{phrase} << "wrong\n";
  EXPECT_THAT(load(phrase), HasSubstr("does not open the key"));
  std::ofstream{phrase} << std::string(5000, 'x');
  EXPECT_THAT(load(phrase), HasSubstr("does not open the key"));
  std::ofstream{phrase};
  EXPECT_THAT(load(phrase), HasSubstr("it is empty"));
  EXPECT_THAT(load("/no/such"), HasSubstr("No such file"));
  std::ofstream{phrase} << "for a key that needs none\n";
  EXPECT_TRUE(tls_context::load(identity.certificate_file(), identity.key_file(), phrase));
  std::filesystem::remove(encrypted);
  std::filesystem::remove(phrase);
}

TEST(tls, carries_a_long_queue_whole_and_in_order) {
  const self_signed identity;
  auto options = with_tls(identity);
  options.send_buffer_bytes = 16 * 1024;
  test_server server{options};
  const auto connected = client::connect(secure_url(server), trusting(identity));
  ASSERT_TRUE(connected) << connected.error();
  const auto who = server.at(0);
  std::mt19937_64 random{1};
  std::vector<std::string> sent;
  std::vector<frame_ptr> frames;
  for (int i = 0; i < 2000; ++i) {
    sent.push_back(std::to_string(i) + std::string(random() % 5000, 'x'));
    frames.push_back(codec::make_frame(codec::opcode::text, sent.back()));
  }
  for (std::size_t at = 0; at < frames.size(); at += 100)
    server.call([&] { who->send(std::span{frames}.subspan(at, 100)); });
  std::size_t queued = 0;
  server.call([&] { queued = who->queued_bytes(); });
  EXPECT_GT(queued, 0U);
  for (const auto& text : sent) {
    const auto got = (*connected)->receive(patience);
    ASSERT_TRUE(std::holds_alternative<message>(got));
    ASSERT_TRUE(std::get<message>(got).bytes == text);
  }
  EXPECT_TRUE(server.wait_for(0, [](const auto& x) { return x.drained >= 1; }));
}

TEST(tls, serves_pages) {
  const self_signed identity;
  test_server server{with_tls(identity)};
  const auto got = http_get("https://127.0.0.1:" + std::to_string(server.port()) + "/page", trusting(identity));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->body, "GET /page");
}

TEST(tls, is_refused_by_a_client_that_does_not_know_the_certificate) {
  const self_signed identity;
  test_server server{with_tls(identity)};
  const auto wary = client::connect(secure_url(server));
  ASSERT_FALSE(wary);
  EXPECT_THAT(wary.error(), HasSubstr("self-signed certificate"));
  client_options careless;
  careless.verify_certificate = false;
  EXPECT_TRUE(client::connect(secure_url(server), careless));
}

TEST(tls, drops_those_that_speak_something_else) {
  const self_signed identity;
  test_server server{with_tls(identity)};
  raw_client plain{server.port()};
  plain.send(raw_client::upgrade_request());
  plain.read_all();
  const auto other = client::connect(secure_url(server), trusting(identity));
  EXPECT_TRUE(other) << other.error();
}

TEST(tls, drops_those_that_do_not_finish_the_handshake) {
  const self_signed identity;
  auto options = with_tls(identity);
  options.handshake_timeout = std::chrono::milliseconds{50};
  test_server server{options};
  raw_client silent{server.port()};
  silent.send("\x16\x03\x01");
  EXPECT_TRUE(silent.at_end());
}

TEST(tls, takes_a_renewed_certificate_for_new_connections) {
  self_signed identity;
  const auto context = tls_context::load(identity.certificate_file(), identity.key_file());
  ASSERT_TRUE(context);
  auto options = test_server::default_options();
  options.tls = *context;
  test_server server{options};
  identity.renew();
  EXPECT_FALSE(client::connect(secure_url(server), trusting(identity)));
  ASSERT_TRUE((*context)->reload());
  const auto connected = client::connect(secure_url(server), trusting(identity));
  EXPECT_TRUE(connected) << connected.error();
  std::ofstream{identity.key_file()} << "no key";
  EXPECT_FALSE((*context)->reload());
  EXPECT_TRUE(client::connect(secure_url(server), trusting(identity)));
}

TEST(tls, says_which_file_is_wrong_and_why) {
  const self_signed one;
  const self_signed other;
  const auto missing = tls_context::load("/nowhere/certificate.pem", one.key_file());
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), HasSubstr("'/nowhere/certificate.pem'"));
  EXPECT_THAT(missing.error(), HasSubstr("No such file"));
  const auto mixed = tls_context::load(one.certificate_file(), other.key_file());
  ASSERT_FALSE(mixed);
  EXPECT_THAT(mixed.error(), HasSubstr(other.key_file()));
}
