// The 16 bytes that one lane moves by one instruction.
#pragma once

#include "platform.h"

namespace gpumq {

// may_alias: it stands for bytes of any type.
struct __attribute__((may_alias, aligned(16))) Piece {
  uint32_t word[4];
};
static_assert(sizeof(Piece) == 16 && alignof(Piece) == 16, "one vector load");

// The index-th piece of what begins at `base`, which is 16-byte aligned.
GPUMQ_FN Piece load_piece(const uint8_t* base, uint32_t index) {
  return reinterpret_cast<const Piece*>(base)[index];
}

GPUMQ_FN void store_piece(uint8_t* base, uint32_t index, const Piece& piece) {
  reinterpret_cast<Piece*>(base)[index] = piece;
}

}  // namespace gpumq
