// Building and reading the ring's 64-bit words. Pure functions over ring_layout.h.
#pragma once

#include "platform.h"
#include "ring_layout.h"

namespace gpumq {

GPUMQ_FN uint32_t stamp_of(uint64_t sequence) { return static_cast<uint32_t>(sequence + 1); }

GPUMQ_FN uint32_t stamp_in(uint64_t word) { return static_cast<uint32_t>(word >> kStampShift); }

GPUMQ_FN uint32_t length_in(uint64_t word) {
  return static_cast<uint32_t>(word) & ((1u << kLengthBits) - 1);
}

GPUMQ_FN bool is_void(uint64_t descriptor) { return (descriptor >> kVoidBit) & 1; }

// Of a descriptor or a completion word.
GPUMQ_FN uint32_t tries_in(uint64_t word) {
  return static_cast<uint32_t>(word >> kTriesShift) & kMostTries;
}

GPUMQ_FN uint32_t error_in(uint64_t word) { return static_cast<uint32_t>(word >> kErrorShift) & 0xff; }

GPUMQ_FN uint64_t descriptor_word(uint64_t sequence, uint32_t length) {
  return static_cast<uint64_t>(stamp_of(sequence)) << kStampShift | length;
}

GPUMQ_FN uint64_t completion_word(uint64_t sequence, uint32_t length, uint32_t status, bool pushed,
                                  uint32_t tries, uint32_t error) {
  return static_cast<uint64_t>(stamp_of(sequence)) << kStampShift | error << kErrorShift |
         tries << kTriesShift | static_cast<uint32_t>(pushed) << kPushedBit |
         status << kStatusShift | length;
}

GPUMQ_FN uint64_t express_word(uint64_t sequence, uint32_t length) {
  return (sequence + 1) << kExpressLengthBits | length;
}

GPUMQ_FN uint32_t express_length_in(uint64_t word) {
  return static_cast<uint32_t>(word) & ((1u << kExpressLengthBits) - 1);
}

// A cell that nothing was ever written to holds 0, which is no message's word: the one empty message
// whose word would be 0 goes the bulk way.
GPUMQ_FN bool is_express_of(uint64_t word, uint64_t sequence) {
  return word != 0 && word == express_word(sequence, express_length_in(word));
}

GPUMQ_FN uint64_t state_word(uint64_t lap, uint32_t state) { return lap << kLapShift | state; }

GPUMQ_FN uint64_t error_word(uint32_t code, uint64_t sequence) {
  return static_cast<uint64_t>(code) << kErrorCodeShift | (sequence & ((1ull << kErrorCodeShift) - 1));
}

}  // namespace gpumq
