// Preloaded into a program (LD_PRELOAD), shifts its wall clock, and nothing else, by as many microseconds as stand in
// the file that CLOCK_SHIFT_FILE names: a number of 64 bits, as the machine writes it, that may be changed while it
// runs.

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

constexpr long second_us = 1'000'000;

const volatile std::int64_t* map_shift() {
  const auto* path = std::getenv("CLOCK_SHIFT_FILE");
  const auto fd = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return nullptr;
  auto* const at = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
  ::close(fd);
  return at == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(at);
}

std::int64_t shift_us() {
  static const volatile std::int64_t* const at = map_shift();
  return at == nullptr ? 0 : *at;
}

using clock_function = int (*)(clockid_t, timespec*);

} // namespace

extern "C" int clock_gettime(clockid_t which, timespec* to) noexcept {
  static const auto real = reinterpret_cast<clock_function>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const auto result = real(which, to);
  if (result != 0 || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE))
    return result;
  const auto shifted = to->tv_sec * second_us + to->tv_nsec / 1000 + shift_us();
  to->tv_nsec = (shifted % second_us) * 1000 + to->tv_nsec % 1000;
  to->tv_sec = shifted / second_us;
  return 0;
}

extern "C" int gettimeofday(timeval* to, void*) noexcept {
  timespec now{};
  const auto result = clock_gettime(CLOCK_REALTIME, &now);
  if (to != nullptr)
    *to = {now.tv_sec, now.tv_nsec / 1000};
  return result;
}

extern "C" std::time_t time(std::time_t* to) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (to != nullptr)
    *to = now.tv_sec;
  return now.tv_sec;
}
