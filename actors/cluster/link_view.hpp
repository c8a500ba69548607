#pragma once

#include "model/value.hpp"
#include "protocol/links.hpp"

namespace towncrier::cluster {

/// Where a link stands, as the inspection API shows it.
model::object view(const protocol::link_status& x);

} // namespace towncrier::cluster
