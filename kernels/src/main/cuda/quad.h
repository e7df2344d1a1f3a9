// Four words: the 16 bytes that one lane moves by one instruction. Of memory that the device alone
// writes; what the host writes is read by ordering.h.
#pragma once

#include "platform.h"

namespace gpumq {

// may_alias: it stands for bytes of any type.
struct __attribute__((may_alias, aligned(16))) Quad {
  uint32_t word[4];
};
static_assert(sizeof(Quad) == 16 && alignof(Quad) == 16, "one vector load");

// The index-th quad of what begins at `base`, which is 16-byte aligned.
GPUMQ_FN Quad load_quad(const uint8_t* base, uint32_t index) {
  return reinterpret_cast<const Quad*>(base)[index];
}

GPUMQ_FN void store_quad(uint8_t* base, uint32_t index, const Quad& quad) {
  reinterpret_cast<Quad*>(base)[index] = quad;
}

GPUMQ_FN uint64_t low_of(const Quad& quad) {
  return static_cast<uint64_t>(quad.word[1]) << 32 | quad.word[0];
}

GPUMQ_FN uint64_t high_of(const Quad& quad) {
  return static_cast<uint64_t>(quad.word[3]) << 32 | quad.word[2];
}

}  // namespace gpumq
