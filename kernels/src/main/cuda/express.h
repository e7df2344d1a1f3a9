// The express way: how a message that finds the queue nearly empty comes in and goes out with one
// trip across the link each way. ring_layout.h draws its cells. It is a short cut, never the only
// way: the message lies in the ingress ring as well, and its completion word follows.
#pragma once

#include "ring_memory.h"

namespace gpumq {

// Half a cell is what a lane moves. Halves 0 and 1 are cell 0; an odd half ends with the word.
constexpr uint32_t kHalfBytes = kCellBytes / 2;

// Cells of a payload: one even for an empty one, to carry the word.
constexpr GPUMQ_FN uint32_t cells_of(uint32_t length) {
  return length == 0 ? 1 : (length + kCellPayload - 1) / kCellPayload;
}

// Rows that a message fills: a row is one half in each lane.
constexpr GPUMQ_FN uint32_t rows_of(uint32_t length) {
  return (2 * cells_of(length) + Warp::size() - 1) / Warp::size();
}

constexpr uint32_t kExpressRows = rows_of(kExpressPayload);

GPUMQ_FN uint64_t low_of(const Quad& half) {
  return static_cast<uint64_t>(half.word[1]) << 32 | half.word[0];
}

GPUMQ_FN uint64_t high_of(const Quad& half) {
  return static_cast<uint64_t>(half.word[3]) << 32 | half.word[2];
}

GPUMQ_FN Quad half_of(uint64_t low, uint64_t high) {
  return {static_cast<uint32_t>(low), static_cast<uint32_t>(low >> 32),
          static_cast<uint32_t>(high), static_cast<uint32_t>(high >> 32)};
}

// The index-th half of the `length` bytes that lie at `bytes` in VRAM, with `word` in its place. No
// eight beyond the last is read: it may be another message's, or nobody's.
GPUMQ_FN Quad half_in_vram(const uint8_t* bytes, uint32_t length, uint32_t index, uint64_t word) {
  const uint32_t offset = index / 2 * kCellPayload + index % 2 * kHalfBytes;
  const uint64_t low = offset < length ? load_eight(bytes + offset) : 0;
  const bool more = index % 2 == 0 && offset + 8 < length;
  return half_of(low, index % 2 == 1 ? word : more ? load_eight(bytes + offset + 8) : 0);
}

// What a warp has read of an express slot: this lane's halves, one a row.
struct Express {
  Quad rows[kExpressRows];
  uint32_t looked;  // rows that a look reads: what one message filled, the next may; eleven rows take
                    // a trip a fifth longer than one does
  uint64_t word;    // the message's express word, or 0 while it is not there
  bool begun;       // whether some of it is there
};

// Begins to read the slot of `sequence`; arrived() tells what came.
GPUMQ_FN void look_express(const Warp& warp, const Ring& ring, uint64_t sequence, Express& seen) {
  if constexpr (Warp::size() > 1) {
    const uint8_t* slot = ring.express_in(sequence);
#pragma unroll
    for (uint32_t r = 0; r < kExpressRows && r < seen.looked; r++) {
      const uint32_t at = (r * warp.size() + warp.lane()) * kHalfBytes;
      if (at < ring.express_bytes) seen.rows[r] = poll_half(slot + at);
    }
  }
}

// Whether the message is there whole: its halves are in the rows then, its word in `word`.
GPUMQ_FN bool arrived(const Warp& warp, const Ring& ring, uint64_t sequence, Express& seen) {
  const uint8_t* slot = ring.express_in(sequence);
  const uint64_t word = Warp::size() > 1 ? warp.from(high_of(seen.rows[0]), 1)
                                         : high_of(poll_half(slot + kHalfBytes));
  seen.begun = is_express_of(word, sequence);
  if (!seen.begun) return false;
  const uint32_t halves = 2 * cells_of(express_length_in(word));
  const uint32_t rows = rows_of(express_length_in(word));
  const uint32_t looked = seen.looked;
  seen.looked = rows;
  bool whole = true;
  if constexpr (Warp::size() > 1) {
    if (rows > looked) return false;  // it is longer than the one before: look again
#pragma unroll
    for (uint32_t r = 0; r < kExpressRows && r < rows; r++) {
      const uint32_t index = r * warp.size() + warp.lane();
      const bool ends_cell = index % 2 == 1 && index < halves;
      whole = (!ends_cell || high_of(seen.rows[r]) == word) && whole;
    }
  } else {
    // A thread has no row of lanes that read at once: it acquires a cell's word, then reads its bytes.
    for (uint32_t index = halves; index-- > 0;) {
      seen.rows[index] = poll_half(slot + index * kHalfBytes);
      whole = (index % 2 == 0 || high_of(seen.rows[index]) == word) && whole;
    }
  }
  if (!warp.all(whole)) return false;
  seen.word = word;
  return true;
}

// Copies the payload to its slot in VRAM.
GPUMQ_FN void express_in(const Warp& warp, const Ring& ring, uint64_t sequence,
                         const Express& seen) {
  const uint32_t length = express_length_in(seen.word);
  uint8_t* slot = ring.slot(sequence);
#pragma unroll
  for (uint32_t r = 0; r < kExpressRows && r < rows_of(length); r++) {
    const uint32_t index = r * warp.size() + warp.lane();
    const uint32_t offset = index / 2 * kCellPayload + index % 2 * kHalfBytes;
    if (offset < length) store_eight(slot + offset, low_of(seen.rows[r]));
    if (index % 2 == 0 && offset + 8 < length) store_eight(slot + offset + 8, high_of(seen.rows[r]));
  }
}

// Shows a payload, as it came, and its result to the host: the result first, then the payload from its
// first cell on, which is what the host looks at. It reads on more slowly than the rest arrives.
GPUMQ_FN void express_out(const Warp& warp, const Ring& ring, uint64_t sequence,
                          const Express& seen, uint32_t result_bytes) {
  const uint64_t word = seen.word;
  uint8_t* out = ring.express_out(sequence);
  if (result_bytes > 0) {
    const uint8_t* from = ring.slot(sequence) + ring.slot_bytes;
    uint8_t* to = out + ring.express_result_cell * kCellBytes;
    for (uint32_t i = warp.lane(); i < 2 * kExpressResultCells; i += warp.size()) {
      put_half(to + i * kHalfBytes, half_in_vram(from, result_bytes, i, word));
    }
  }
  const uint32_t length = express_length_in(word);
#pragma unroll
  for (uint32_t r = 0; r < kExpressRows && r < rows_of(length); r++) {
    const uint32_t index = r * warp.size() + warp.lane();
    if (index < 2 * cells_of(length)) put_half(out + index * kHalfBytes, seen.rows[r]);
  }
}

}  // namespace gpumq
