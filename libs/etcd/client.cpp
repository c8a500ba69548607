#include "etcd/client.hpp"

#include "etcd/wire.hpp"

namespace towncrier::etcd {

namespace {

constexpr std::uint64_t status_not_found = 5;

/// Etcd makes it costly to check a password, so as to make it costly to guess one.
constexpr int authentication_patience = 5;

/// Whether another member may do better: it is overloaded, has no leader, or is going.
bool is_their_fault(unsigned status) { return status >= 500; }

/// etcd says so in several ways, of which only one has a status of its own.
bool wants_token(unsigned status, const refusal& x) {
  return status == 401 || x.message.find("auth") != std::string::npos ||
         x.message.find("user name is empty") != std::string::npos;
}

} // namespace

/// Belongs to the thread of `net`, but for what `client` calls.
struct client::state {
  struct reply {
    std::string body;
    std::uint64_t refused = 0; ///< the gRPC status; 0: done
    std::string why;
    bool repeated = false; ///< sent more than once
  };

  struct request {
    call what;
    std::function<void(model::result<reply>)> done;
    std::size_t failures = 0;
    bool authenticated = false;
  };
  using request_ptr = std::shared_ptr<request>;

  struct watcher {
    call what;
    std::function<void(std::vector<change>)> changed;
    std::function<void(std::string)> ended;
    std::size_t member = 0;
    std::shared_ptr<void> stream;
  };

  void ask(call what, std::function<void(model::result<reply>)> done) {
    net->run([this, x = std::make_shared<request>(request{std::move(what), std::move(done)})] { send(x); });
  }

  /// Asks for what `parse` understands; a refusal is a failure.
  template <class T>
  void ask(call what, answer<T> done, model::result<T> (*parse)(std::string_view)) {
    ask(std::move(what), [done = std::move(done), parse](model::result<reply> x) {
      if (!x)
        done(model::failure{x.error()});
      else if (x->refused != 0)
        done(model::failure{"etcd: " + x->why});
      else
        done(parse(x->body));
    });
  }

  void send(const request_ptr& x) {
    if (!options.user.empty() && token.empty())
      return authenticate(x);
    const auto member = current;
    net->post({options.endpoints[member], x->what.path, x->what.body, token}, options.timeout,
              [this, x, member](model::result<http_reply> got) { take(x, member, std::move(got)); });
  }

  void take(const request_ptr& x, std::size_t member, model::result<http_reply> got) {
    if (!got)
      return try_next(x, member, got.error());
    if (got->status == 200)
      return x->done(reply{std::move(got->body), 0, {}, x->failures > 0});
    const auto said = parse_refusal(got->body, "HTTP status " + std::to_string(got->status));
    if (is_their_fault(got->status))
      return try_next(x, member, said.message);
    if (!options.user.empty() && !x->authenticated && wants_token(got->status, said)) {
      token.clear();
      return send(x);
    }
    x->done(reply{{}, said.code == 0 ? 2 : said.code, said.message, x->failures > 0});
  }

  void authenticate(const request_ptr& x) {
    x->authenticated = true;
    const auto member = current;
    const auto what = authenticate_call(options.user, options.password);
    net->post({options.endpoints[member], what.path, what.body, {}}, authentication_patience * options.timeout,
              [this, x, member](model::result<http_reply> got) {
                if (!got || is_their_fault(got->status))
                  return try_next(x, member, got ? got->body : got.error());
                auto read = parse_authenticate(got->body);
                if (!read)
                  return x->done(model::failure{"etcd does not let '" + options.user +
                                                "' in: " + parse_refusal(got->body, "no reason given").message});
                token = std::move(*read);
                send(x);
              });
  }

  void try_next(const request_ptr& x, std::size_t member, const std::string& why) {
    leave(member, why);
    if (++x->failures >= options.endpoints.size())
      return x->done(model::failure{why});
    send(x);
  }

  /// That member does not answer: whatever hangs on it is over.
  void leave(std::size_t member, const std::string& why) {
    if (current == member)
      current = (current + 1) % options.endpoints.size();
    if (watching && watching->member == member)
      end_watch(why);
  }

  void begin_watch(std::unique_ptr<watcher> x) {
    watching = std::move(x);
    watching->member = current;
    watching->stream = net->stream(
        {options.endpoints[current], watching->what.path, watching->what.body, token}, options.timeout,
        [this](const std::string& line) { take_line(line); }, [this](const std::string& why) { end_watch(why); });
  }

  void take_line(const std::string& line) {
    auto got = parse_watch(line);
    if (!got)
      return end_watch(got.error());
    if (!got->empty())
      watching->changed(std::move(*got));
  }

  void end_watch(const std::string& why) {
    if (const auto x = std::exchange(watching, nullptr))
      x->ended(why);
  }

  client_options options;
  std::size_t current = 0;
  std::string token;
  std::unique_ptr<watcher> watching;
  /// Last, so that its thread ends before what it uses does.
  std::unique_ptr<http> net;
};

client::client(std::unique_ptr<state> x) : state_(std::move(x)) {}

client::~client() {
  // Its thread ends before anything that the thread uses.
  state_->net->run([x = state_.get()] { x->watching = nullptr; });
  state_->net.reset();
}

model::result<std::unique_ptr<client>> client::make(client_options x) {
  auto net = http::make(x.tls);
  if (!net)
    return model::failure{net.error()};
  auto made = std::make_unique<state>();
  made->options = std::move(x);
  made->net = std::move(*net);
  return std::unique_ptr<client>{new client{std::move(made)}};
}

void client::grant(std::chrono::seconds ttl, answer<std::uint64_t> done) {
  state_->ask(grant_call(ttl), std::move(done), parse_grant);
}

void client::keep_alive(std::uint64_t lease, answer<bool> done) {
  state_->ask(keep_alive_call(lease), std::move(done), parse_keep_alive);
}

void client::revoke(std::uint64_t lease, answer<bool> done) {
  state_->ask(revoke_call(lease), [done = std::move(done)](model::result<state::reply> x) {
    if (!x)
      done(model::failure{x.error()});
    else if (x->refused != 0 && x->refused != status_not_found)
      done(model::failure{"etcd: " + x->why});
    else
      done(true);
  });
}

void client::put(put_request what, answer<put_result> done) {
  state_->ask(put_call(what), [what, done = std::move(done)](model::result<state::reply> x) {
    if (!x || x->refused != 0)
      return done(model::failure{x ? "etcd: " + x->why : x.error()});
    auto got = parse_put(x->body);
    // The first try may have been done although its answer was lost.
    if (got && !got->done && x->repeated && got->current && got->current->value == what.value)
      *got = {true, got->current->revision, std::nullopt};
    done(std::move(got));
  });
}

void client::read(std::string prefix, answer<snapshot> done) {
  state_->ask(read_call(prefix), std::move(done), parse_read);
}

void client::watch(std::string prefix, std::uint64_t from, std::function<void(std::vector<change>)> changed,
                   std::function<void(std::string)> ended) {
  auto x = std::make_shared<state::watcher>();
  x->what = watch_call(prefix, from);
  x->changed = std::move(changed);
  x->ended = std::move(ended);
  state_->net->run([me = state_.get(), x] { me->begin_watch(std::make_unique<state::watcher>(std::move(*x))); });
}

} // namespace towncrier::etcd
