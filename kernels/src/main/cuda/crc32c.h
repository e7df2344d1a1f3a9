// CRC-32C (Castagnoli; RFC 3720, 12.1) by the lanes of a tile, without a table: tables of a GPU's
// caches are lost at every acquire, and those in constant memory are read one lane at a time.
//
// A CRC is the remainder of a polynomial over GF(2). Here it is reflected, as the CRC is defined:
// bit i of a word is the coefficient of x^(31 - i), and the first byte of the message is its highest.
// To multiply by a fixed power of x is then linear: each bit of the factor adds one constant. The 32
// additions of a product depend on nothing but the factor, so they fill the pipeline.
#pragma once

#include <utility>

#include "quad.h"

namespace gpumq::crc32c {

// x^n mod P.
constexpr uint32_t power(unsigned n) {
  uint32_t value = 0x80000000u;
  for (; n > 0; n--) {
    value = (value >> 1) ^ ((value & 1u) != 0 ? 0x82f63b78u : 0u);
  }
  return value;
}

template <unsigned N>
inline constexpr uint32_t kPower = power(N);

template <unsigned N, unsigned... I>
GPUMQ_FN uint32_t sum_of_bits(uint32_t value, std::integer_sequence<unsigned, I...>) {
  uint32_t sum = 0;
  ((sum ^= (value & (1u << I)) != 0 ? kPower<N + 31 - I> : 0u), ...);
  return sum;
}

// value * x^N mod P. Only coefficients that N lifts to x^32 or beyond need reducing.
template <unsigned N>
GPUMQ_FN uint32_t lift(uint32_t value) {
  if constexpr (N < 32) {
    return (value >> N) ^ sum_of_bits<N>(value, std::make_integer_sequence<unsigned, N>());
  } else {
    return sum_of_bits<N>(value, std::make_integer_sequence<unsigned, 32>());
  }
}

// The remainder of all lanes' quads from each lane's own, in every lane. A lane's quad is the one
// before the next lane's, so neighbours join over 16 bytes, pairs of them over 32, and so on.
template <unsigned K = 1, class T>
GPUMQ_FN uint32_t join(const T& tile, uint32_t own) {
  if constexpr (K < T::size()) {
    const uint32_t other = tile.from(own, tile.lane() ^ K);
    const bool left = (tile.lane() & K) == 0;
    const uint32_t both = lift<128 * K>(left ? own : other) ^ (left ? other : own);
    return join<2 * K>(tile, both);
  } else {
    return own;
  }
}

// The CRC register after `quads` whole quads, at least one, in every lane. The tile takes size()
// neighbouring quads a round, and the last quad is the last lane's: lanes that have none in the
// first round take a zero, as leading zeros do not change a remainder. Each lane keeps the four
// words of its quads apart until the end, so that a round is four independent products.
template <class T>
GPUMQ_FN uint32_t of_quads(const T& tile, const uint8_t* payload, uint32_t quads) {
  constexpr uint32_t lanes = T::size();
  const uint32_t missing = (0u - quads) & (lanes - 1);
  Quad sum{};
  if (tile.lane() >= missing) {
    sum = load_quad(payload, tile.lane() - missing);
  }
  if (tile.lane() == missing) {
    sum.word[0] ^= 0xffffffffu;
  }
  for (uint32_t index = tile.lane() + lanes - missing; index < quads; index += lanes) {
    const Quad quad = load_quad(payload, index);
    sum.word[0] = lift<128 * lanes>(sum.word[0]) ^ quad.word[0];
    sum.word[1] = lift<128 * lanes>(sum.word[1]) ^ quad.word[1];
    sum.word[2] = lift<128 * lanes>(sum.word[2]) ^ quad.word[2];
    sum.word[3] = lift<128 * lanes>(sum.word[3]) ^ quad.word[3];
  }
  uint32_t own = lift<32>(sum.word[0]) ^ sum.word[1];
  own = lift<32>(own) ^ sum.word[2];
  own = lift<32>(own) ^ sum.word[3];
  return join(tile, lift<32>(own));
}

// The CRC of `length` bytes, in every lane.
template <class T>
GPUMQ_FN uint32_t of(const T& tile, const uint8_t* payload, uint32_t length) {
  const uint32_t quads = length / 16;
  uint32_t rest = length % 16;
  Quad tail{};
  if (rest != 0) {
    tail = load_quad(payload, quads);
  }
  uint32_t crc = quads != 0 ? of_quads(tile, payload, quads) : 0xffffffffu;
  for (; rest >= 4; rest -= 4) {
    crc = lift<32>(crc ^ tail.word[0]);
    tail = {{tail.word[1], tail.word[2], tail.word[3], 0}};
  }
  for (; rest > 0; rest--) {
    crc = lift<8>(crc ^ (tail.word[0] & 0xffu));
    tail.word[0] >>= 8;
  }
  return ~crc;
}

}  // namespace gpumq::crc32c
