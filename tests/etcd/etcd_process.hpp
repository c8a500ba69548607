#pragma once

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace towncrier::support {

/// A port that nobody listens on now.
inline std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  auto* address = reinterpret_cast<sockaddr*>(&where);
  EXPECT_EQ(::bind(socket, address, size), 0);
  EXPECT_EQ(::getsockname(socket, address, &size), 0);
  ::close(socket);
  return ntohs(where.sin_port);
}

/// A real etcd on loopback, with a folder of its own; it dies with the test.
class etcd_process {
public:
  explicit etcd_process(std::vector<std::string> flags = {}, std::string scheme = "http")
      : flags_(std::move(flags)), url_(scheme + "://127.0.0.1:" + std::to_string(free_port())),
        peer_("http://127.0.0.1:" + std::to_string(free_port())) {
    std::string name = (std::filesystem::temp_directory_path() / "towncrier-etcd-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    start();
  }

  ~etcd_process() {
    kill();
    std::filesystem::remove_all(folder_);
  }

  etcd_process(const etcd_process&) = delete;
  etcd_process& operator=(const etcd_process&) = delete;

  const std::string& url() const { return url_; }

  void start() {
    const std::vector<std::string> own{"etcd",
                                       "--data-dir",
                                       folder_ + "/data",
                                       "--listen-client-urls",
                                       url_,
                                       "--advertise-client-urls",
                                       url_,
                                       "--listen-peer-urls",
                                       peer_,
                                       "--log-level",
                                       "error",
                                       "--initial-advertise-peer-urls",
                                       peer_,
                                       "--initial-cluster",
                                       "default=" + peer_};
    auto words = own;
    words.insert(words.end(), flags_.begin(), flags_.end());
    std::vector<char*> line;
    for (auto& word : words)
      line.push_back(word.data());
    line.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0)
      return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::freopen((folder_ + "/log").c_str(), "a", stderr) == nullptr || ::dup2(2, 1) < 0)
      ::_exit(126);
    ::execvp("etcd", line.data());
    ::_exit(127);
  }

  void kill() {
    if (pid_ <= 0)
      return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  /// Stops all its threads, until `thaw`.
  void freeze() const {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);
  }

  void thaw() const { ::kill(pid_, SIGCONT); }

  /// Runs etcdctl, which has to succeed.
  void control(const std::string& words) const {
    const auto line = "ETCDCTL_API=3 etcdctl --endpoints " + url_ + " " + words + " >>" + folder_ + "/log 2>&1";
    EXPECT_EQ(std::system(line.c_str()), 0) << line;
  }

private:
  std::vector<std::string> flags_;
  std::string url_;
  std::string peer_;
  std::string folder_;
  pid_t pid_ = -1;
};

} // namespace towncrier::support
