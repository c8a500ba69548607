#pragma once

#include "actors/edge/verdict.hpp"
#include "model/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace towncrier::edge {

/// What the claims of a JWT have to say.
struct claim_rules {
  const std::string& role_claim;
  const std::vector<std::string>& audience;
  const std::vector<std::string>& issuer;
  double leeway = 0; ///< seconds
};

/// Judges claims whose signature is good; see `jwt_verifier::verify`. `grant` is the key's.
verdict judge_claims(const model::value& claims, const claim_rules& rules, const std::string& grant, double now);

/// The claim `name`, when it is a text; nullptr otherwise.
const std::string* text_claim(const model::value& claims, std::string_view name);

/// What somebody else wrote, for a line of our log: in quotes, short, and of visible ASCII characters alone.
std::string quoted(std::string_view text);

} // namespace towncrier::edge
