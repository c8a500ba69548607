#include "actors/edge/authenticator.hpp"
#include "model/wall_clock.hpp"
#include "tests/edge/jwt_maker.hpp"
#include "tests/support/actor_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace towncrier::edge {

struct authenticator_test : support::actor_fixture {
  authenticator_test() { std::filesystem::create_directories(folder); }
  ~authenticator_test() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string& name, const std::string& text) const {
    const auto path = (folder / name).string();
    std::ofstream{path} << text;
    return path;
  }

  protocol::verify_result verify(const protocol::authenticator_actor& by, const std::string& token) {
    return request<protocol::verify_result>(by, protocol::verify_request{token}).value();
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("towncrier-authenticator-" + std::to_string(getpid()));
  new_token ada = *make_token("ada", protocol::role::publisher);
  new_token bob = *make_token("bob", protocol::role::viewer);
};

TEST_F(authenticator_test, tells_who_a_token_belongs_to_and_why_another_is_refused) {
  protocol::auth_options options;
  options.tokens = write("tokens", ada.line + "\n");
  const auto actor = spawn(authenticator, authenticator_services{.options = options});
  EXPECT_EQ(verify(actor, ada.token).who->name, "ada");
  EXPECT_FALSE(verify(actor, bob.token).who);
  EXPECT_EQ(verify(actor, bob.token).reason, "no such token");
}

TEST_F(authenticator_test, reads_the_file_again_when_told) {
  protocol::auth_options options;
  options.tokens = write("tokens", ada.line);
  const auto actor = spawn(authenticator, authenticator_services{.options = options});
  write("tokens", bob.line);
  EXPECT_TRUE(verify(actor, ada.token).who);
  send(actor, protocol::reload_atom::value);
  EXPECT_FALSE(verify(actor, ada.token).who);
  EXPECT_EQ(verify(actor, bob.token).who->name, "bob");
}

TEST_F(authenticator_test, keeps_the_old_tokens_when_the_file_is_bad) {
  protocol::auth_options options;
  options.tokens = write("tokens", ada.line);
  const auto actor = spawn(authenticator, authenticator_services{.options = options});
  for (const std::string text : {"nonsense", "gone"}) {
    write("tokens", text);
    if (text == "gone")
      std::filesystem::remove(options.tokens);
    send(actor, protocol::reload_atom::value);
    EXPECT_TRUE(verify(actor, ada.token).who) << text;
  }
}

TEST_F(authenticator_test, lets_nobody_in_without_a_file_it_can_read) {
  protocol::auth_options options;
  options.tokens = (folder / "none").string();
  const auto actor = spawn(authenticator, authenticator_services{.options = options});
  EXPECT_FALSE(verify(actor, ada.token).who);
  EXPECT_FALSE(verify(actor, "").who);
}

TEST_F(authenticator_test, takes_jwts_and_tokens_side_by_side) {
  const std::string secret(40, 's');
  protocol::auth_options options;
  options.tokens = write("tokens", ada.line);
  options.jwt_key = write("secret", secret + "\n");
  const auto actor = spawn(authenticator, authenticator_services{.options = options});
  const auto exp = static_cast<std::int64_t>(model::wall_clock()) + 60;
  const auto claims = R"({"sub":"eve","role":"operator","exp":)" + std::to_string(exp) + "}";
  const auto who = verify(actor, make_jwt(JWT_ALG_HS256, secret, claims)).who;
  ASSERT_TRUE(who);
  EXPECT_EQ(who->name, "eve");
  EXPECT_EQ(who->expires_at, static_cast<double>(exp));
  EXPECT_TRUE(verify(actor, ada.token).who);
  EXPECT_FALSE(verify(actor, make_jwt(JWT_ALG_HS256, std::string(40, 'x'), claims)).who);
}

TEST_F(authenticator_test, tells_admission_what_is_granted_after_a_reload) {
  protocol::auth_options options;
  options.tokens = write("tokens", ada.line + "\n" + bob.line + "\n");
  auto admission = make_probe<protocol::admission_actor>();
  const auto actor = spawn(authenticator, authenticator_services{.options = options, .admission = admission.handle()});
  const auto of_ada = verify(actor, ada.token).grant;
  const auto of_bob = verify(actor, bob.token).grant;
  EXPECT_FALSE(of_ada.empty());
  EXPECT_NE(of_ada, of_bob);
  write("tokens", bob.line);
  EXPECT_TRUE(admission.empty());
  send(actor, protocol::reload_atom::value);
  const auto now = admission.take_one<protocol::grants_changed>().now;
  EXPECT_FALSE(now->contains(of_ada));
  EXPECT_EQ(now->at(of_bob), protocol::role::viewer);
  write("tokens", "nonsense");
  send(actor, protocol::reload_atom::value);
  EXPECT_TRUE(admission.empty()) << "nothing has changed";
}

TEST_F(authenticator_test, a_changed_key_of_jwts_is_another_grant) {
  const auto claims = R"({"sub":"eve","role":"viewer"})";
  protocol::auth_options options;
  options.jwt_key = write("secret", std::string(40, 's'));
  auto admission = make_probe<protocol::admission_actor>();
  const auto actor = spawn(authenticator, authenticator_services{.options = options, .admission = admission.handle()});
  const auto grant = verify(actor, make_jwt(JWT_ALG_HS256, std::string(40, 's'), claims)).grant;
  send(actor, protocol::reload_atom::value);
  EXPECT_TRUE(admission.take_one<protocol::grants_changed>().now->contains(grant)) << "it is the same key";
  write("secret", std::string(40, 't'));
  send(actor, protocol::reload_atom::value);
  EXPECT_FALSE(admission.take_one<protocol::grants_changed>().now->contains(grant));
}

TEST_F(authenticator_test, counts_refusals_by_reason) {
  protocol::auth_options options;
  options.tokens = write("tokens", ada.line);
  options.jwt_key = write("secret", std::string(40, 's'));
  const auto counts = std::make_shared<protocol::token_counts>();
  const auto actor = spawn(authenticator, authenticator_services{.options = options, .counts = counts});
  verify(actor, ada.token);
  verify(actor, "nobody's");
  verify(actor, "a.b.c");
  verify(actor, make_jwt(JWT_ALG_HS256, std::string(40, 's'), R"({"sub":"eve","role":"viewer","exp":1})"));
  verify(actor, make_jwt(JWT_ALG_HS256, std::string(40, 's'), R"({"sub":"eve","role":"viewer","aud":"bank"})"));
  EXPECT_EQ(counts->accepted.get(), 1u);
  for (const auto fault : {protocol::token_fault::unknown_token, protocol::token_fault::malformed,
                           protocol::token_fault::expired, protocol::token_fault::wrong_audience})
    EXPECT_EQ(counts->of(fault).get(), 1u) << protocol::token_faults[static_cast<std::size_t>(fault)];
  EXPECT_EQ(counts->of(protocol::token_fault::bad_signature).get(), 0u);
}

TEST_F(authenticator_test, reads_its_files_where_it_is_told_to) {
  protocol::auth_options options;
  options.tokens = write("tokens", ada.line);
  std::vector<std::function<void()>> tasks;
  const auto actor = spawn(authenticator, authenticator_services{.options = options, .elsewhere = [&](auto task) {
                                                                   tasks.push_back(std::move(task));
                                                                 }});
  write("tokens", bob.line);
  send(actor, protocol::reload_atom::value);
  EXPECT_TRUE(verify(actor, ada.token).who);
  ASSERT_EQ(tasks.size(), 1u);
  tasks.front()();
  EXPECT_FALSE(verify(actor, ada.token).who);
  EXPECT_TRUE(verify(actor, bob.token).who);
}

} // namespace towncrier::edge
