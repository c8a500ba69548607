#pragma once

#include "model/value.hpp"

#include <string>
#include <utility>
#include <vector>

/// What operators ask and are answered, on this node and between nodes.
namespace towncrier::protocol {

/// A question of an operator and its answer, in the words of the inspection API: see nodes/API.md.
struct inspect_request {
  model::value question;
};
struct inspect_answer {
  model::value answer;
};

/// A question for the inspectors of other nodes: of the node `node`, or of all others when that is `all`.
struct peers_request {
  std::string node;
  model::value question;
};

/// What came in time: of each node its id and its answer.
struct peers_answer {
  std::vector<std::pair<std::string, model::value>> answers;
};

} // namespace towncrier::protocol
