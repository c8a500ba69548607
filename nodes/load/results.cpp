#include "nodes/load/results.hpp"

#include "codec/json.hpp"

#include <fmt/format.h>

namespace towncrier::load {

namespace {

std::string time(std::uint64_t nanoseconds) {
  const auto x = static_cast<double>(nanoseconds);
  if (x < 1e6)
    return fmt::format("{:.0f} us", x / 1e3);
  return x < 1e9 ? fmt::format("{:.2f} ms", x / 1e6) : fmt::format("{:.2f} s", x / 1e9);
}

std::string row(std::string_view name, std::string_view value) { return fmt::format("  {:<14}{}\n", name, value); }

std::string promises(const tally& x, kind what) {
  if (what == kind::events)
    return fmt::format("{} lost, {} doubled, {} dropped and told", x.lost(), x.doubled, x.told);
  return fmt::format("{} older than known, {} not up to date at the end, {} conflated and told", x.fallen, x.stale,
                     x.conflated);
}

std::string server_rows(const results& x) {
  std::string out =
      row("server", fmt::format("{:.2f} us of CPU a delivery, {:.2f} cores", x.cpu_per_delivery, x.cores));
  out += row("", fmt::format("{:.2f} s of CPU to let everybody in", x.connect_cpu));
  return out + row("", fmt::format("{:.0f} bytes a connection, {:.1f} MB at most", x.memory_per_connection,
                                   static_cast<double>(x.memory_peak) / 1e6));
}

model::object as_object(const tally& x) {
  return {{"given", x.given},     {"lost", x.lost()},   {"told", x.told},  {"conflated", x.conflated},
          {"doubled", x.doubled}, {"fallen", x.fallen}, {"stale", x.stale}};
}

double milliseconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

} // namespace

bool results::good() const noexcept {
  const auto kept = [](const tally& x) { return x.lost() == 0 && x.doubled == 0 && x.fallen == 0 && x.stale == 0; };
  return connected != 0 && refused == 0 && lost_connections == 0 && unfinished == 0 && errors == 0 && kept(fast) &&
         kept(slow);
}

std::string as_table(const settings& asked, const results& x) {
  const auto rate = x.seconds > 0 ? static_cast<double>(x.deliveries) / x.seconds : 0;
  auto out =
      row("connected", fmt::format("{} of {} in {:.2f} s ({:.0f}/s)", x.connected, asked.clients, x.connect_seconds,
                                   x.connect_seconds > 0 ? static_cast<double>(x.connected) / x.connect_seconds : 0));
  if (x.refused != 0)
    out += row("refused", fmt::format("{}; the first: {}", x.refused, x.first_refusal));
  if (x.lost_connections != 0)
    out += row("cut off", fmt::format("{}; the first: {}", x.lost_connections, x.first_loss));
  out += row("published", fmt::format("{} messages of {} bytes", x.published, asked.size));
  out += row("delivered",
             fmt::format("{} in {:.1f} s: {:.0f}/s, {:.1f} a frame, {:.1f} MB/s", x.deliveries, x.seconds, rate,
                         static_cast<double>(x.deliveries) / static_cast<double>(std::max<std::uint64_t>(x.frames, 1)),
                         static_cast<double>(x.bytes) / 1e6 / std::max(x.seconds, 1e-9)));
  out += row("latency", fmt::format("p50 {}, p90 {}, p99 {}, p99.9 {}, max {}", time(x.latency.percentile(0.5)),
                                    time(x.latency.percentile(0.9)), time(x.latency.percentile(0.99)),
                                    time(x.latency.percentile(0.999)), time(x.latency.max())));
  out += row("kept", promises(x.fast, asked.kind));
  if (x.slow_viewers != 0)
    out += row("slow viewers", fmt::format("{}: {}", x.slow_viewers, promises(x.slow, asked.kind)));
  if (x.returns != 0)
    out += row("came back", fmt::format("{}, of which {} went on where they were", x.returns, x.resumed));
  if (x.unfinished != 0)
    out += row("unfinished", fmt::format("{} viewers did not get everything in time", x.unfinished));
  if (x.errors != 0)
    out += row("errors", fmt::format("{}; the first: {}", x.errors, x.first_error));
  return asked.server != 0 ? out + server_rows(x) : out;
}

std::string as_json(const settings& asked, const results& x) {
  model::object out{{"good", x.good()},
                    {"clients", std::uint64_t{asked.clients}},
                    {"connected", std::uint64_t{x.connected}},
                    {"refused", std::uint64_t{x.refused}},
                    {"cut_off", std::uint64_t{x.lost_connections}},
                    {"connect_seconds", x.connect_seconds},
                    {"published", std::uint64_t{x.published}},
                    {"seconds", x.seconds},
                    {"deliveries", x.deliveries},
                    {"deliveries_per_second", x.seconds > 0 ? static_cast<double>(x.deliveries) / x.seconds : 0.0},
                    {"bytes", x.bytes},
                    {"frames", x.frames},
                    {"latency_ms", model::object{{"p50", milliseconds(x.latency.percentile(0.5))},
                                                 {"p90", milliseconds(x.latency.percentile(0.9))},
                                                 {"p99", milliseconds(x.latency.percentile(0.99))},
                                                 {"p99_9", milliseconds(x.latency.percentile(0.999))},
                                                 {"max", milliseconds(x.latency.max())}}},
                    {"fast", as_object(x.fast)},
                    {"slow", as_object(x.slow)},
                    {"slow_viewers", std::uint64_t{x.slow_viewers}},
                    {"unfinished", std::uint64_t{x.unfinished}},
                    {"returns", std::uint64_t{x.returns}},
                    {"resumed", std::uint64_t{x.resumed}},
                    {"errors", x.errors}};
  for (const auto& [key, text] :
       {std::pair{"first_refusal", x.first_refusal}, {"first_loss", x.first_loss}, {"first_error", x.first_error}})
    if (!text.empty())
      out.emplace_back(key, text);
  if (asked.server != 0)
    out.emplace_back("server", model::object{{"cpu_us_per_delivery", x.cpu_per_delivery},
                                             {"cores", x.cores},
                                             {"connect_cpu_seconds", x.connect_cpu},
                                             {"bytes_per_connection", x.memory_per_connection},
                                             {"memory_before", x.memory_before},
                                             {"memory_idle", x.memory_idle},
                                             {"memory_peak", x.memory_peak}});
  std::string text;
  codec::append_json_object(text, out);
  return text;
}

} // namespace towncrier::load
