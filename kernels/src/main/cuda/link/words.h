// Building and reading the 64-bit words of a ring and of entries. Pure functions over layout.h.
#pragma once

#include "../platform.h"
#include "layout.h"

namespace gpumq::link {

// Units of so many bytes.
GPUMQ_FN constexpr uint32_t units_of(uint32_t bytes) { return (bytes + kUnit - 1) / kUnit; }

GPUMQ_FN uint32_t stamp_of(uint64_t sequence) { return static_cast<uint32_t>(sequence + 1); }

GPUMQ_FN uint32_t stamp_in(uint64_t word) { return static_cast<uint32_t>(word >> kStampShift); }

// --- Of a descriptor's first word

GPUMQ_FN uint32_t op_in(uint64_t what) { return static_cast<uint32_t>(what >> kOpShift) & 3; }

// Whether it is a message that the handler runs on.
GPUMQ_FN bool is_handled(uint64_t what) {
  return op_in(what) == kOpCarry || op_in(what) == kOpMove;
}

// Whether it is an entry whose payload lies in the arena.
GPUMQ_FN bool is_moved(uint64_t what) {
  return op_in(what) == kOpMove || op_in(what) == kOpKeep;
}

GPUMQ_FN bool is_pushed(uint64_t what) { return (what >> kPushBit) & 1; }

GPUMQ_FN uint32_t tries_in(uint64_t what) {
  return static_cast<uint32_t>(what >> kTriesShift) & kMostTries;
}

GPUMQ_FN uint32_t length_in(uint64_t what) {
  return static_cast<uint32_t>(what) & ((1u << kLengthBits) - 1);
}

GPUMQ_FN uint64_t what_word(uint64_t sequence, uint32_t op, bool push, uint32_t length) {
  return static_cast<uint64_t>(stamp_of(sequence)) << kStampShift |
         static_cast<uint64_t>(op) << kOpShift | static_cast<uint64_t>(push) << kPushBit | length;
}

// --- Of its second

GPUMQ_FN uint64_t place_in(uint64_t where) { return where >> kPlaceShift; }

GPUMQ_FN uint32_t unit_in(uint64_t where) {
  return static_cast<uint32_t>(where >> kUnitShift) & ((1u << kUnitBits) - 1);
}

GPUMQ_FN uint32_t extensions_in(uint64_t where) {
  return static_cast<uint32_t>(where >> kExtensionsShift) & 3;
}

GPUMQ_FN bool is_condemned(uint64_t where) { return (where >> kCondemnedBit) & 1; }

GPUMQ_FN uint32_t check_of(uint64_t sequence, uint64_t place, uint32_t unit) {
  return static_cast<uint32_t>(place + unit + sequence) & kCheckMask;
}

GPUMQ_FN bool is_where_of(uint64_t where, uint64_t sequence) {
  return (static_cast<uint32_t>(where >> kCheckShift) & kCheckMask) ==
         check_of(sequence, place_in(where), unit_in(where));
}

GPUMQ_FN uint64_t where_word(uint64_t sequence, uint64_t place, uint32_t unit,
                             uint32_t extensions) {
  return place << kPlaceShift | static_cast<uint64_t>(unit) << kUnitShift |
         extensions << kExtensionsShift | check_of(sequence, place, unit) << kCheckShift;
}

// --- Of an entry's header

GPUMQ_FN uint64_t entry_word(uint32_t length, uint32_t extensions, uint32_t status, uint32_t tries,
                             uint32_t error, uint32_t result_bytes) {
  return length | static_cast<uint64_t>(extensions) << kEntryExtensionsShift |
         static_cast<uint64_t>(status) << kEntryStatusShift |
         static_cast<uint64_t>(tries) << kEntryTriesShift |
         static_cast<uint64_t>(error) << kEntryErrorShift |
         static_cast<uint64_t>(result_bytes) << kEntryResultShift;
}

// The bits of a header that the host alone knows: which extensions there are.
constexpr uint64_t kEntryKinds = 1ull << kEntryKeyedBit | 1ull << kEntryFullIdBit;

// --- Of a slot

GPUMQ_FN uint64_t completion_word(uint64_t sequence, uint32_t status, bool pushed, uint32_t tries,
                                  uint32_t error) {
  return static_cast<uint64_t>(stamp_of(sequence)) << kStampShift |
         error << kCompletionErrorShift | tries << kCompletionTriesShift |
         static_cast<uint32_t>(pushed) << kPushedBit | status << kStatusShift;
}

GPUMQ_FN uint64_t express_word(uint64_t sequence, uint32_t text) {
  return (sequence + 1) << kExpressTextBits | text;
}

GPUMQ_FN uint32_t text_in(uint64_t word) {
  return static_cast<uint32_t>(word) & ((1u << kExpressTextBits) - 1);
}

// A cell that nothing was ever written to holds 0, which no text is as short as.
GPUMQ_FN bool is_express_of(uint64_t word, uint64_t sequence) {
  return word != 0 && word == express_word(sequence, text_in(word));
}

GPUMQ_FN uint64_t state_word(uint64_t lap, uint32_t state) { return lap << kLapShift | state; }

GPUMQ_FN uint64_t error_word(uint32_t code, uint64_t sequence) {
  return static_cast<uint64_t>(code) << kErrorCodeShift |
         (sequence & ((1ull << kErrorCodeShift) - 1));
}

}  // namespace gpumq::link
