#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace towncrier::town {

/// `Ada Smith` -> `ada-smith`: lower-case letters, digits and single dashes. Empty when nothing is left.
std::string id_from_name(std::string_view name);

/// Gives every person a name whose id nobody else has.
class name_book {
public:
  /// Precondition: neither list is empty. Both have to outlive this.
  name_book(const std::vector<std::string>& first, const std::vector<std::string>& last);

  /// Notes that a name is in use.
  void take(std::string_view name) { ids_.insert(id_from_name(name)); }

  /// A name that nobody has, of the family `last`, an index: with a middle name once all shorter ones are in use.
  std::string invent(std::size_t last);

private:
  std::string nth_name(std::size_t last, std::size_t n) const;

  const std::vector<std::string>& first_;
  const std::vector<std::string>& last_;
  /// How far apart neighbours in the list come, so that a household is not called Abel, Agatha, Albert.
  std::size_t stride_;
  /// How many names each family was given.
  std::vector<std::size_t> given_;
  std::unordered_set<std::string> ids_;
};

} // namespace towncrier::town
