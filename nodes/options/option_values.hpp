#pragma once

#include "model/result.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// How the value of an option is written: one type a kind of value. Each has
///
/// - `parse`: the value, or what is wrong with the text (a part of a sentence after `key = text`),
/// - `show`: the text that reads back as the value,
/// - `allowed`: what may be given, for errors and for help,
/// - `kind`: which TOML types may hold it.
namespace towncrier::node {

/// Which TOML types can hold a value.
enum class value_kind : std::uint8_t {
  text,     ///< a string
  whole,    ///< an integer
  real,     ///< an integer or a float
  boolean,  ///< true or false
  duration, ///< a string with a unit, or an integer of milliseconds
  bytes,    ///< a string with a unit, or an integer of bytes
  list,     ///< an array of strings, or one string with commas
};

/// How a kind of value is called in help: `NUMBER`, `DURATION`, ...
std::string_view placeholder(value_kind x) noexcept;

/// What was written is no value of the kind.
model::failure not_understood(std::string_view allowed);

model::result<std::uint64_t> parse_whole(std::string_view text, std::uint64_t min, std::uint64_t max);

template <std::unsigned_integral T>
struct whole_value {
  T min = 0;
  T max = 0;

  static constexpr value_kind kind = value_kind::whole;
  model::result<T> parse(std::string_view text) const {
    const auto x = parse_whole(text, min, max);
    return x ? model::result<T>{static_cast<T>(*x)} : model::failure{x.error()};
  }
  std::string show(T x) const { return std::to_string(x); }
  std::string allowed() const { return "a whole number from " + std::to_string(min) + " to " + std::to_string(max); }
};

struct real_value {
  double min = 0;
  double max = 0;

  static constexpr value_kind kind = value_kind::real;
  model::result<double> parse(std::string_view text) const;
  std::string show(double x) const;
  std::string allowed() const;
};

struct boolean_value {
  static constexpr value_kind kind = value_kind::boolean;
  model::result<bool> parse(std::string_view text) const;
  std::string show(bool x) const { return x ? "true" : "false"; }
  std::string allowed() const { return "true or false"; }
};

/// Whole milliseconds, written as `500us`, `2ms`, `1.5s`, `15m`, `1h`, or a plain number of milliseconds.
struct duration_value {
  std::chrono::milliseconds min{0};
  std::chrono::milliseconds max{0};

  static constexpr value_kind kind = value_kind::duration;
  model::result<std::chrono::milliseconds> parse(std::string_view text) const;
  std::string show(std::chrono::milliseconds x) const;
  std::string allowed() const;
};

/// Bytes, written as `64KiB`, `16MiB`, `1GiB`, `100B`, or a plain number.
struct bytes_value {
  std::size_t min = 0;
  std::size_t max = 0;

  static constexpr value_kind kind = value_kind::bytes;
  model::result<std::size_t> parse(std::string_view text) const;
  std::string show(std::size_t x) const;
  std::string allowed() const;
};

/// One of a few words.
struct word_value {
  std::vector<std::string> words;

  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const;
};

/// Some of a few words, at least one, none twice.
struct words_value {
  std::vector<std::string> words;

  static constexpr value_kind kind = value_kind::list;
  model::result<std::vector<std::string>> parse(std::string_view text) const;
  std::string show(const std::vector<std::string>& xs) const;
  std::string allowed() const;
};

/// Origins of web pages: `https://town.example`, `https://*.town.example`, or `*` for any.
struct origins_value {
  static constexpr value_kind kind = value_kind::list;
  model::result<std::vector<std::string>> parse(std::string_view text) const;
  std::string show(const std::vector<std::string>& xs) const;
  std::string allowed() const {
    return "origins such as https://town.example or https://*.town.example:8443, or '*' for any, with commas between "
           "them";
  }
};

/// Addresses and ranges of them.
struct ranges_value {
  static constexpr value_kind kind = value_kind::list;
  model::result<std::vector<std::string>> parse(std::string_view text) const;
  std::string show(const std::vector<std::string>& xs) const;
  std::string allowed() const { return "addresses or ranges such as 10.0.0.0/8 or fd00::/8, with commas between them"; }
};

/// What clients without a token may do; empty: not said.
struct anonymous_role_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "one of: none, viewer, publisher, operator"; }
};

/// Any texts without commas.
struct texts_value {
  static constexpr value_kind kind = value_kind::list;
  model::result<std::vector<std::string>> parse(std::string_view text) const;
  std::string show(const std::vector<std::string>& xs) const;
  std::string allowed() const { return "texts, with commas between them"; }
};

/// Address and port: `127.0.0.1:8765`, `[::1]:8765`, `localhost:0` (0: any free port).
struct endpoint_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const {
    return "address:port, for example 127.0.0.1:8765 or [::1]:8765, with a port up to 65535";
  }
};

/// Where peers find this node: like an endpoint, but any host name will do, and the port is a real one; empty: not
/// given.
struct advertised_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "host:port, for example town1.example:8800 or 10.0.0.1:8800"; }
};

/// Where clients find this node; empty: not given.
struct edge_url_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "ws://host:port or wss://host:port"; }
};

/// The addresses of etcd's members.
struct etcd_urls_value {
  static constexpr value_kind kind = value_kind::list;
  model::result<std::vector<std::string>> parse(std::string_view text) const;
  std::string show(const std::vector<std::string>& xs) const;
  std::string allowed() const { return "http://host:port or https://host:port, with commas between them"; }
};

/// What keys in etcd begin with: `/towncrier`.
struct key_prefix_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "a path such as /towncrier, of letters, digits, '.', '_', '-' and '/'"; }
};

/// Any text, an empty one too.
struct text_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const { return std::string{text}; }
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "a text"; }
};

/// A file that can be read now; empty: none.
struct file_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "the path of a file that can be read"; }
};

/// A file that is written to, in a folder that is there; empty: none.
struct output_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "the path of a file that can be written"; }
};

/// `kind:milliseconds`; empty: none.
struct slow_actor_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "the kind of an actor, a colon and 1 to 10000 milliseconds: batcher:20"; }
};

/// The name of a node; empty: the host's.
struct node_id_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "1 to 64 letters, digits, '.', '_' or '-'"; }
};

/// Any text but an empty one.
struct name_value {
  static constexpr value_kind kind = value_kind::text;
  model::result<std::string> parse(std::string_view text) const;
  std::string show(const std::string& x) const { return x; }
  std::string allowed() const { return "a name"; }
};

} // namespace towncrier::node
