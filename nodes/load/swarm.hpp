#pragma once

#include "nodes/load/pacer.hpp"
#include "nodes/load/results.hpp"
#include "nodes/load/viewer.hpp"

#include <functional>

namespace towncrier::load {

/// How far a test has come, for people.
struct progress {
  std::string_view phase;
  std::size_t live = 0;
  std::uint64_t deliveries = 0;
};

/// Called some times a second; false ends the test.
using progress_callback = std::function<bool(const progress&)>;

/// One load test: its viewers, its publisher, and the loop that serves them, all on the calling thread.
///
/// swarm.cpp: the course of a test. swarm_traffic.cpp: what passes the sockets.
class swarm {
public:
  swarm(const settings& asked, const address& server, progress_callback tell);
  ~swarm();
  swarm(const swarm&) = delete;
  swarm& operator=(const swarm&) = delete;

  /// The whole test. The error says why there could be none.
  model::result<results> run();

private:
  // -- the course of a test

  bool connect_all();
  bool connect_publisher();
  void idle();
  void run_for(std::chrono::milliseconds time);
  void measure();
  void storm();
  void finish();
  void sum_up();
  bool everybody_has_all() const;

  // -- the loop

  void turn(std::uint64_t until);
  void begin(std::size_t index);
  void watch(std::size_t index, std::uint32_t events, bool anew);
  void on_ready(std::size_t index, std::uint32_t events);
  void on_connected(std::size_t index);
  void read(std::size_t index);
  void read_slowly();
  std::size_t consume(std::size_t index, std::string_view bytes);
  bool take_answer(std::size_t index, std::string_view& bytes);
  void take_frame(std::size_t index, const server_frame& x);
  void take_traffic(viewer& x, const marks& found);
  void note_given(const viewer& x, std::uint32_t first, std::uint32_t last, std::uint64_t now);
  void take_welcome(viewer& x, const marks& found);
  void end(std::size_t index, viewer::phase how, std::string why);
  void count(const viewer& x, bool live) noexcept;
  void publish_due(std::uint64_t now);
  void publish(std::uint64_t intended);
  void flush_publisher();
  bool is_publisher(std::size_t index) const noexcept { return index + 1 == viewers_.size(); }

  settings asked_;
  address server_;
  progress_callback tell_;
  std::string_view phase_ = "connecting";
  bool stopped_ = false;
  int epoll_ = -1;
  std::vector<viewer> viewers_; // the last one is the publisher
  std::size_t live_ = 0;        // viewers
  std::size_t live_fast_ = 0;
  std::string outgoing_;
  bool publisher_waits_ = false; // until its socket takes more
  std::string buffer_;
  mark_reader marks_;
  pacer pacer_;
  bool publishing_ = false;
  /// When each message should have been published, in nanoseconds of the steady clock.
  std::vector<std::uint64_t> intended_;
  std::uint32_t measured_from_ = 0;
  bool measuring_ = false;
  std::uint64_t deliveries_ = 0;
  std::uint64_t frames_ = 0; // that held some of them
  std::uint64_t bytes_ = 0;
  std::uint64_t next_slow_read_ = 0;
  std::uint64_t next_tell_ = 0;
  bool all_read_ = false; // slow viewers too
  results results_;
};

} // namespace towncrier::load
