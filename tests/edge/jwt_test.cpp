#include "actors/edge/jwt.hpp"
#include "tests/edge/jwt_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace towncrier::edge {

namespace {

using ::testing::HasSubstr;

constexpr double now = 1'800'000'000;
const std::string secret(32, 'k');
const std::string good_claims = R"({"sub":"ada","role":"publisher","exp":1800000060})";

jwt_verifier verifier(const std::string& algorithm = "HS256", const std::string& key = secret) {
  auto made = jwt_verifier::make({algorithm, key, "role"});
  EXPECT_TRUE(made) << made.error();
  return *made;
}

std::string reason(const jwt_verifier& by, const std::string& token) {
  const auto x = by.verify(token, now);
  return x ? "let in" : x.error();
}

std::string reason_for_claims(const std::string& claims) {
  return reason(verifier(), make_jwt(JWT_ALG_HS256, secret, claims));
}

} // namespace

TEST(jwt, lets_in_who_is_named_in_the_claims) {
  const auto who = verifier().verify(make_jwt(JWT_ALG_HS256, secret, good_claims), now);
  ASSERT_TRUE(who) << who.error();
  EXPECT_EQ(who->name, "ada");
  EXPECT_EQ(who->role, protocol::role::publisher);
  EXPECT_EQ(who->expires_at, 1'800'000'060);
}

TEST(jwt, knows_all_three_algorithms) {
  const auto rsa = make_rsa();
  const auto ec = make_ec();
  EXPECT_EQ(reason(verifier("RS256", rsa.shared), make_jwt(JWT_ALG_RS256, rsa.secret, good_claims)), "let in");
  EXPECT_EQ(reason(verifier("ES256", ec.shared), make_jwt(JWT_ALG_ES256, ec.secret, good_claims)), "let in");
}

TEST(jwt, refuses_every_algorithm_but_the_configured_one) {
  const auto rsa = make_rsa();
  EXPECT_NE(reason(verifier(), make_jwt(JWT_ALG_NONE, "", good_claims)), "let in");
  EXPECT_NE(reason(verifier("RS256", rsa.shared), make_jwt(JWT_ALG_NONE, "", good_claims)), "let in");
  EXPECT_THAT(reason(verifier(), make_jwt(JWT_ALG_HS512, secret, good_claims)), HasSubstr("another algorithm"));
  EXPECT_THAT(reason(verifier("RS256", rsa.shared), make_jwt(JWT_ALG_RS512, rsa.secret, good_claims)),
              HasSubstr("another algorithm"));
}

TEST(jwt, refuses_an_hmac_made_with_the_public_key) {
  const auto rsa = make_rsa();
  EXPECT_THAT(reason(verifier("RS256", rsa.shared), make_jwt(JWT_ALG_HS256, rsa.shared, good_claims)),
              HasSubstr("another algorithm"));
}

TEST(jwt, refuses_another_key) {
  EXPECT_THAT(reason(verifier(), make_jwt(JWT_ALG_HS256, std::string(32, 'x'), good_claims)),
              HasSubstr("badly signed"));
  EXPECT_THAT(reason(verifier("ES256", make_ec().shared), make_jwt(JWT_ALG_ES256, make_ec().secret, good_claims)),
              HasSubstr("badly signed"));
}

TEST(jwt, refuses_a_token_with_any_character_changed) {
  const auto by = verifier();
  const auto token = make_jwt(JWT_ALG_HS256, secret, good_claims);
  // The last character of a part can carry bits that base64 leaves unused.
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (token[i + 1] != '.') {
      EXPECT_NE(reason(by, changed), "let in") << i;
    }
  }
}

TEST(jwt, refuses_a_token_that_has_expired_or_is_not_valid_yet) {
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","exp":1799999999})"), "JWT: expired");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","exp":1800000000})"), "JWT: expired");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","exp":1800000000.5})"), "let in");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","exp":"tomorrow"})"), "JWT: expired");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","exp":-1})"), "JWT: expired");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","exp":0})"), "JWT: expired");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","nbf":1800000001})"), "JWT: not valid yet");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","nbf":"now"})"), "JWT: not valid yet");
  EXPECT_EQ(reason_for_claims(R"({"sub":"a","role":"viewer","nbf":1800000000})"), "let in");
}

TEST(jwt, a_token_without_an_end_never_expires) {
  const auto who = verifier().verify(make_jwt(JWT_ALG_HS256, secret, R"({"sub":"a","role":"viewer"})"), now);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->expires_at, 0);
}

TEST(jwt, refuses_claims_without_a_name_or_a_role) {
  EXPECT_EQ(reason_for_claims(R"({"role":"viewer"})"), "JWT: no 'sub'");
  EXPECT_EQ(reason_for_claims(R"({"sub":"","role":"viewer"})"), "JWT: no 'sub'");
  EXPECT_EQ(reason_for_claims(R"({"sub":7,"role":"viewer"})"), "JWT: no 'sub'");
  for (const std::string role :
       {"", R"(,"role":"king")", R"(,"role":7)", R"(,"role":["king"])", R"(,"role":[7])", R"(,"role":[])"})
    EXPECT_EQ(reason_for_claims(R"({"sub":"a")" + role + "}"), "JWT: 'role' is not viewer, publisher or operator");
}

TEST(jwt, takes_the_role_from_the_configured_claim) {
  const auto made = jwt_verifier::make({"HS256", secret, "town"});
  const auto who =
      made->verify(make_jwt(JWT_ALG_HS256, secret, R"({"sub":"a","role":"viewer","town":"operator"})"), now);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->role, protocol::role::operator_);
}

TEST(jwt, takes_the_highest_of_several_roles) {
  for (const std::string roles :
       {R"(["viewer","king","operator"])", R"("viewer operator")", R"(["a b","operator viewer"])"}) {
    const auto who = verifier().verify(make_jwt(JWT_ALG_HS256, secret, R"({"sub":"a","role":)" + roles + "}"), now);
    ASSERT_TRUE(who) << roles;
    EXPECT_EQ(who->role, protocol::role::operator_) << roles;
  }
  EXPECT_EQ(verifier().verify(make_jwt(JWT_ALG_HS256, secret, R"({"sub":"a","role":["viewer","admin"]})"), now)->role,
            protocol::role::viewer);
}

TEST(jwt, finds_a_role_claim_inside_others) {
  const auto role = [](const std::string& claims) {
    const auto made = jwt_verifier::make({"HS256", secret, "realm.access.roles"});
    const auto who = made->verify(make_jwt(JWT_ALG_HS256, secret, claims), now);
    return who ? std::string{protocol::to_string(who->role)} : who.error();
  };
  EXPECT_EQ(role(R"({"sub":"a","realm":{"access":{"roles":["publisher"]}}})"), "publisher");
  EXPECT_EQ(role(R"({"sub":"a","realm":{"access.roles":"viewer"}})"), "viewer");
  EXPECT_EQ(role(R"({"sub":"a","realm.access.roles":"operator","realm":{"access":{"roles":"viewer"}}})"), "operator");
  EXPECT_THAT(role(R"({"sub":"a","realm":{"access":"operator"}})"), HasSubstr("is not viewer"));
}

TEST(jwt, refuses_what_is_for_somebody_else) {
  const auto verdict_of = [](const std::string& aud, std::vector<std::string> ours) {
    jwt_verifier::settings x{.key = secret, .audience = std::move(ours)};
    const auto claims = R"({"sub":"a","role":"viewer")" + (aud.empty() ? "" : R"(,"aud":)" + aud) + "}";
    const auto who = jwt_verifier::make(std::move(x))->verify(make_jwt(JWT_ALG_HS256, secret, claims), now);
    return who ? "let in" : who.fault() == protocol::token_fault::wrong_audience ? who.error() : "?";
  };
  EXPECT_EQ(verdict_of("", {}), "let in");
  for (const std::string aud : {R"("bank")", R"(["bank"])", R"("")", "[]", "7", "null", "{}"})
    EXPECT_THAT(verdict_of(aud, {}), HasSubstr("auth.jwt_audience")) << aud;
  for (const std::string aud : {R"("town")", R"(["bank","town"])", R"("town2")"})
    EXPECT_EQ(verdict_of(aud, {"town", "town2"}), "let in") << aud;
  for (const std::string aud : {"", R"("bank")", R"("Town")", R"(["towns"])", R"([["town"]])", R"({"town":"town"})"})
    EXPECT_THAT(verdict_of(aud, {"town"}), HasSubstr("not for town")) << aud;
  EXPECT_THAT(verdict_of(R"("a\nb)" + std::string(200, 'x') + '"', {"town"}), ::testing::Not(HasSubstr("\n")));
}

TEST(jwt, refuses_another_issuer) {
  const auto verdict_of = [](const std::string& iss) {
    jwt_verifier::settings x{.key = secret, .issuer = {"https://id.example", "https://old.example"}};
    const auto claims = R"({"sub":"a","role":"viewer")" + (iss.empty() ? "" : R"(,"iss":)" + iss) + "}";
    const auto who = jwt_verifier::make(std::move(x))->verify(make_jwt(JWT_ALG_HS256, secret, claims), now);
    return who ? "let in" : who.fault() == protocol::token_fault::wrong_issuer ? "issuer" : "?";
  };
  EXPECT_STREQ(verdict_of(R"("https://id.example")"), "let in");
  EXPECT_STREQ(verdict_of(R"("https://old.example")"), "let in");
  for (const std::string iss : {"", R"("https://id.example/")", R"(["https://id.example"])", "7"})
    EXPECT_STREQ(verdict_of(iss), "issuer") << iss;
}

TEST(jwt, forgives_clocks_as_much_as_it_may) {
  jwt_verifier::settings x{.key = secret, .leeway = 5};
  const auto by = *jwt_verifier::make(std::move(x));
  const auto at = [&](const std::string& times) {
    return reason(by, make_jwt(JWT_ALG_HS256, secret, R"({"sub":"a","role":"viewer",)" + times + "}"));
  };
  EXPECT_EQ(at(R"("exp":1799999996)"), "let in");
  EXPECT_EQ(at(R"("exp":1799999995)"), "JWT: expired");
  EXPECT_EQ(at(R"("nbf":1800000005)"), "let in");
  EXPECT_EQ(at(R"("nbf":1800000006)"), "JWT: not valid yet");
  const auto who = by.verify(make_jwt(JWT_ALG_HS256, secret, R"({"sub":"a","role":"viewer","exp":1800000010})"), now);
  EXPECT_EQ(who->expires_at, 1'800'000'015);
}

TEST(jwt, refuses_critical_headers) {
  EXPECT_THAT(reason(verifier(), make_jwt(JWT_ALG_HS256, secret, good_claims, R"({"crit":["exp"]})")),
              HasSubstr("critical"));
}

TEST(jwt, survives_any_bytes) {
  const auto by = verifier();
  std::mt19937_64 random{7};
  for (int i = 0; i < 2000; ++i) {
    std::string token(random() % 80, '\0');
    for (auto& c : token)
      c = "eyJ.A0_-=\xff\n{}\""[random() % 15];
    EXPECT_NE(reason(by, token), "let in");
  }
  EXPECT_EQ(reason(by, make_jwt(JWT_ALG_HS256, secret, good_claims) + std::string(1, '\0')), "JWT: malformed");
  EXPECT_EQ(reason(by, "a." + std::string(20'000, 'b') + ".c"), "JWT: malformed");
}

TEST(jwt, refuses_keys_that_do_not_fit_the_algorithm) {
  const auto fault = [](const std::string& algorithm, const std::string& key) {
    const auto made = jwt_verifier::make({algorithm, key, "role"});
    return made ? "taken" : made.error();
  };
  EXPECT_THAT(fault("none", secret), HasSubstr("no algorithm"));
  EXPECT_THAT(fault("HS256", std::string(31, 'k')), HasSubstr("at least 32"));
  EXPECT_THAT(fault("RS256", secret), HasSubstr("no public key"));
  EXPECT_THAT(fault("RS256", make_ec().shared), HasSubstr("another kind"));
  EXPECT_THAT(fault("RS256", make_rsa(1024).shared), HasSubstr("another kind"));
  EXPECT_THAT(fault("ES256", make_rsa().shared), HasSubstr("another kind"));
  EXPECT_THAT(fault("ES256", make_ec("P-384").shared), HasSubstr("another kind"));
}

} // namespace towncrier::edge
