/// @file
/// @defgroup big_number big_number.hpp
/// @brief Whole numbers of any size, which can be sent to another process.
///
/// The numbers are those of GMP, as Boost.Multiprecision presents them: with operators,
/// and with the memory freed when it should be.
/// @{
#pragma once

#include <boost/multiprecision/gmp.hpp>
#include <cereal/archives/binary.hpp>
#include <cereal/cereal.hpp>

inline namespace book {

/// A whole number of any size.
using BigNumber = boost::multiprecision::mpz_int;

}  // namespace book

/// @cond
namespace boost::multiprecision {

// A number is written as the 64-bit pieces that GMP keeps it in, as they are, so these
// bytes are for processes of one machine. The sign is in the size, as in GMP itself.
template <class Archive>
void save(Archive& archive, const BigNumber& number) {
  const ::mpz_srcptr z = number.backend().data();
  const auto pieces = static_cast<::mp_size_t>(::mpz_size(z));
  archive(number < 0 ? -pieces : pieces);
  archive(
      cereal::binary_data(::mpz_limbs_read(z), ::mpz_size(z) * sizeof(::mp_limb_t)));
}

template <class Archive>
void load(Archive& archive, BigNumber& number) {
  ::mp_size_t size;
  archive(size);
  const ::mp_size_t pieces = size < 0 ? -size : size;
  // At least one, as GMP wants it.
  ::mp_limb_t* at =
      ::mpz_limbs_write(number.backend().data(), pieces > 0 ? pieces : ::mp_size_t{1});
  archive(
      cereal::binary_data(at, static_cast<std::size_t>(pieces) * sizeof(::mp_limb_t)));
  ::mpz_limbs_finish(number.backend().data(), size);
}

}  // namespace boost::multiprecision

// Boost has a way of its own to write its numbers, which cereal must not take.
template <class Archive>
struct cereal::specialize<Archive, BigNumber,
                          cereal::specialization::non_member_load_save> {};
/// @endcond

/// @}
