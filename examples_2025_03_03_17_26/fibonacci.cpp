#include "examples_2025_03_03_17_26/fibonacci.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

inline namespace book {

BigNumber fibonacci(int n) {
  BigNumber a = 0, b = 1;
  for (int i = 0; i < n; ++i) {  // a, b = b, a + b
    a += b;
    swap(a, b);
  }
  return a;
}

BigNumber fibonacci_by_limbs(int n) {
  // F(n) has less than 0.695 n + 1 bits.
  const auto room = static_cast<std::size_t>(n) * 695 / 64'000 + 2;
  std::vector<::mp_limb_t> a(room), b(room);  // all 0
  b[0] = 1;
  ::mp_size_t size = 1;
  for (int i = 0; i < n; ++i) {
    const ::mp_limb_t carry = ::mpn_add_n(a.data(), a.data(), b.data(), size);
    if (carry != 0) a[static_cast<std::size_t>(size++)] = carry;
    a.swap(b);
  }
  BigNumber result;
  std::copy_n(a.begin(), size, ::mpz_limbs_write(result.backend().data(), size));
  ::mpz_limbs_finish(result.backend().data(), size);
  return result;
}

BigNumber fibonacci_by_doubling(int n) {
  BigNumber result;
  ::mpz_fib_ui(result.backend().data(), static_cast<unsigned long>(n));
  return result;
}

}  // namespace book
