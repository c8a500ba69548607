#include "nodes/commands/recording.hpp"

#include "codec/fields.hpp"
#include "codec/json.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <zlib.h>

namespace towncrier::commands {

namespace {

constexpr std::size_t max_line_bytes = 1024 * 1024;

struct gz_closer {
  void operator()(gzFile x) const { gzclose(x); }
};
using gz_ptr = std::unique_ptr<gzFile_s, gz_closer>;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t\r\n";

/// A text that is there; it may be empty.
std::string needed_text(codec::fields& in, std::string_view key) {
  auto x = in.text(key);
  if (!x)
    in.fail(fmt::format("'{}' is missing; give a string", key));
  return std::move(x).value_or("");
}

} // namespace

model::result<movement_row> parse_row(std::string_view line) {
  auto row = codec::parse_json(line);
  if (!row)
    return model::failure{row.error()};
  auto* members = row->get_if<model::object>();
  if (members == nullptr)
    return model::failure{fmt::format("a row is an object, not {}", row->kind())};
  codec::fields in{"a row needs t, id, state, location, x and y", *members};
  movement_row out;
  out.t = in.required_number("t");
  auto id = in.character_id("id");
  out.id = std::move(id.text);
  out.integer_id = id.integer;
  out.state = needed_text(in, "state");
  auto location = in.location();
  if (!location)
    in.fail("'location' is missing; give a string");
  out.location = std::move(location).value_or("");
  const auto place = in.place();
  if (!place || model::is_no_place(*place))
    in.fail("'x' and 'y' are missing; give numbers");
  out.angle = in.number("angle");
  out.speed = in.number("speed");
  if (in.failed())
    return model::failure{in.error()};
  out.x = place->x;
  out.y = place->y;
  return out;
}

struct recording::impl {
  std::string path;
  gz_ptr file;
  double size = 1;
  std::size_t line_number = 0;
  /// The first row of the step to come.
  std::optional<movement_row> first;

  model::failure fault(std::string_view what) const { return {fmt::format("{}:{}: {}", path, line_number, what)}; }

  /// The next line without its end; nothing at the end of the file.
  model::result<std::optional<std::string>> read_line() {
    std::string line;
    std::array<char, 4096> part;
    ++line_number;
    while (gzgets(file.get(), part.data(), static_cast<int>(part.size())) != nullptr) {
      line += part.data();
      if (line.ends_with('\n') || line.size() > max_line_bytes)
        break;
    }
    int error = Z_OK;
    const char* message = gzerror(file.get(), &error);
    if (error != Z_OK && error != Z_STREAM_END)
      return fault(fmt::format("cannot be read: {}", error == Z_ERRNO ? std::strerror(errno) : message));
    if (line.empty())
      return std::optional<std::string>{};
    if (line_number == 1 && line.starts_with(byte_order_mark))
      line.erase(0, byte_order_mark.size());
    return std::optional{line.substr(0, line.find_last_not_of(blanks) + 1)};
  }

  /// The next row; nothing at the end of the file.
  model::result<std::optional<movement_row>> read_row() {
    auto line = read_line();
    while (line && *line && (*line)->empty())
      line = read_line();
    if (!line)
      return model::failure{line.error()};
    if (!*line)
      return std::optional<movement_row>{};
    auto row = parse_row(**line);
    if (!row)
      return fault(row.error());
    return std::optional{std::move(*row)};
  }
};

recording::recording(std::unique_ptr<impl> x) : impl_(std::move(x)) {}
recording::recording(recording&&) noexcept = default;
recording& recording::operator=(recording&&) noexcept = default;
recording::~recording() = default;

model::result<recording> recording::open(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  gz_ptr file{error ? nullptr : gzopen(path.c_str(), "rb")};
  if (!file)
    return model::failure{fmt::format("{} cannot be read: {}", path, error ? error.message() : std::strerror(errno))};
  gzbuffer(file.get(), 128 * 1024);
  auto result = std::make_unique<impl>();
  result->path = path;
  result->file = std::move(file);
  result->size = std::max(1.0, static_cast<double>(size));
  return recording{std::move(result)};
}

model::result<std::optional<movement_step>> recording::next() {
  movement_step step;
  auto row = impl_->first ? model::result<std::optional<movement_row>>{std::exchange(impl_->first, std::nullopt)}
                          : impl_->read_row();
  while (row && *row && (step.rows.empty() || (*row)->t == step.t)) {
    step.t = (*row)->t;
    step.rows.push_back(std::move(**row));
    row = impl_->read_row();
  }
  if (!row)
    return model::failure{row.error()};
  if (*row && (*row)->t < step.t)
    return impl_->fault(fmt::format("time goes back, from {} to {}", step.t, (*row)->t));
  impl_->first = std::move(*row);
  return step.rows.empty() ? std::optional<movement_step>{} : std::optional{std::move(step)};
}

double recording::progress() const { return static_cast<double>(gzoffset(impl_->file.get())) / impl_->size; }

} // namespace towncrier::commands
