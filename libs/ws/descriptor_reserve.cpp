#include "ws/descriptor_reserve.hpp"

#include <sys/resource.h>

namespace towncrier::ws {

affordable afford(int descriptor, std::size_t reserved) noexcept {
  rlimit limit{};
  if (reserved == 0 || descriptor < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return affordable::all;
  return afford(static_cast<std::size_t>(descriptor), static_cast<std::size_t>(limit.rlim_cur), reserved);
}

} // namespace towncrier::ws
