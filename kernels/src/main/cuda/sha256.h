// SHA-256 (FIPS 180-4), in the words of its chapter 6, by one lane: each round waits for the one
// before it, so that more lanes would only compute the same again.
//
// The rounds are unrolled into straight code: w and the state stay in registers, never indexed at
// run time, and the state's rotation is a renaming.
#pragma once

#include <utility>

#include "quad.h"

namespace gpumq::sha256 {

struct State {
  uint32_t h[8];
};

constexpr uint32_t kConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// A constant of the code, where the array would be memory.
template <unsigned t>
inline constexpr uint32_t kConstant = kConstants[t];

GPUMQ_FN uint32_t rotate(uint32_t x, unsigned by) { return (x >> by) | (x << (32 - by)); }

// Bytes to a big-endian word, and back.
GPUMQ_FN uint32_t swap(uint32_t x) {
  return (x >> 24) | ((x >> 8) & 0xff00u) | ((x << 8) & 0xff0000u) | (x << 24);
}

// Round t: the variables a..h are s[-t], s[1 - t], .. s[7 - t], all modulo 8.
template <unsigned t>
GPUMQ_FN void round(uint32_t (&s)[8], uint32_t (&w)[16]) {
  if constexpr (t >= 16) {
    const uint32_t w2 = w[(t - 2) % 16];
    const uint32_t w15 = w[(t - 15) % 16];
    w[t % 16] += (rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >> 10)) + w[(t - 7) % 16] +
                 (rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >> 3));
  }
  const uint32_t a = s[(64 - t) % 8], b = s[(65 - t) % 8], c = s[(66 - t) % 8];
  const uint32_t e = s[(68 - t) % 8], f = s[(69 - t) % 8], g = s[(70 - t) % 8];
  uint32_t& d = s[(67 - t) % 8];
  uint32_t& h = s[(71 - t) % 8];
  h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) +
       kConstant<t> + w[t % 16];
  d += h;
  h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
}

template <unsigned... t>
GPUMQ_FN void rounds(uint32_t (&s)[8], uint32_t (&w)[16],
                     std::integer_sequence<unsigned, t...>) {
  (round<t>(s, w), ...);
}

// Adds one block to the state; w is used up.
GPUMQ_FN void compress(State& state, uint32_t (&w)[16]) {
  uint32_t s[8] = {state.h[0], state.h[1], state.h[2], state.h[3],
                   state.h[4], state.h[5], state.h[6], state.h[7]};
  rounds(s, w, std::make_integer_sequence<unsigned, 64>());
  state = {{state.h[0] + s[0], state.h[1] + s[1], state.h[2] + s[2], state.h[3] + s[3],
            state.h[4] + s[4], state.h[5] + s[5], state.h[6] + s[6], state.h[7] + s[7]}};
}

// A word of which `left` bytes, if that is less than 4, are the message's last: the others give way
// to the bit 1 that ends the message, and zeros. `left` is negative from the next word on.
GPUMQ_FN uint32_t pad(uint32_t word, int32_t left) {
  if (left >= 4) {
    return word;
  }
  if (left < 0) {
    return 0;
  }
  const uint32_t end = 0x80000000u >> (8 * left);
  return (word & ~(2 * end - 1)) | end;
}

// Words 4 Q .. 4 Q + 3 of the block that begins at byte `begin`.
template <unsigned Q>
GPUMQ_FN void load(uint32_t (&w)[16], const uint8_t* payload, uint32_t begin, uint32_t length) {
  const int32_t left = static_cast<int32_t>(length - begin) - 16 * static_cast<int32_t>(Q);
  Quad quad{};
  if (left > 0) {
    quad = load_quad(payload, begin / 16 + Q);
  }
  w[4 * Q] = swap(quad.word[0]);
  w[4 * Q + 1] = swap(quad.word[1]);
  w[4 * Q + 2] = swap(quad.word[2]);
  w[4 * Q + 3] = swap(quad.word[3]);
  if (left < 16) {
    w[4 * Q] = pad(w[4 * Q], left);
    w[4 * Q + 1] = pad(w[4 * Q + 1], left - 4);
    w[4 * Q + 2] = pad(w[4 * Q + 2], left - 8);
    w[4 * Q + 3] = pad(w[4 * Q + 3], left - 12);
  }
}

// The digest of `length` bytes, as big-endian words.
GPUMQ_FN State of(const uint8_t* payload, uint32_t length) {
  State state = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                  0x1f83d9ab, 0x5be0cd19}};
  // The message, a bit, and its length in 8 bytes.
  const uint32_t end = length + 9;
  for (uint32_t begin = 0; begin < end; begin += 64) {
    uint32_t w[16];
    load<0>(w, payload, begin, length);
    load<1>(w, payload, begin, length);
    load<2>(w, payload, begin, length);
    load<3>(w, payload, begin, length);
    if (end - begin <= 64) {
      w[14] = length >> 29;
      w[15] = length << 3;
    }
    compress(state, w);
  }
  return state;
}

}  // namespace gpumq::sha256
