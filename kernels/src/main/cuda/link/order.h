// The order of keys: a message's handler does not run before that of the message that it comes after, the
// last one before it whose key is in the same bucket. The host says which that is.
#pragma once

#include "carry.h"
#include "moves.h"

namespace gpumq::link {

// What a message that lies at its place comes after: 0, or one more than that one's sequence.
GPUMQ_FN uint64_t after_of(const Ring& ring, uint64_t what, uint64_t where) {
  if (!is_handled(what) || extensions_in(where) == 0) return 0;
  const uint8_t* entry = ring.at(place_in(where));
  const bool keyed = load_eight(entry) >> kEntryKeyedBit & 1;
  return keyed ? load_eight(entry + kUnit + sizeof(uint64_t)) : 0;
}

// Waits for what comes before the messages of `work` in other tickets. `after` is in lane m what message m
// comes after. Returns false if the kernel is to end: then none of them may be handled.
GPUMQ_FN bool await_others(const Warp& warp, const Ring& ring, const Work& work, uint64_t after) {
  const bool waits = after != 0 && after <= work.first;
  const bool there = !waits || await_done(ring, after - 1);
  const bool all = warp.all(there);
  warp.sync();  // what one lane has waited for, others may read
  return all;
}

// When the messages of a warp may be handled, one round behind the other: in lane m the round of message m.
GPUMQ_FN uint32_t round_of(const Warp& warp, const Work& work, uint64_t after) {
  uint32_t round = 0;
  for (uint32_t m = 0; m + 1 < work.n; m++) {
    const uint32_t theirs = warp.from(round, m);
    if (after == work.first + m + 1) round = theirs + 1;
  }
  return round;
}

}  // namespace gpumq::link
