// The express way: how a message that finds the queue nearly empty comes in and goes out with one
// trip across the link each way. ring_layout.h draws its cells. It is a short cut, never the only
// way: the message lies in the ingress ring as well, and its completion word follows.
#pragma once

#include "ring_memory.h"

namespace gpumq {

// Half a cell is what a lane moves. Halves 0 and 1 are cell 0; an odd half ends with the word.
constexpr uint32_t kHalfBytes = kCellBytes / 2;

// Rows of halves that are polled beside the head: a payload of up to 1,152 bytes is there at once.
// What is longer follows in groups of rows, each of one trip.
constexpr uint32_t kExpressRows = 3;
constexpr uint32_t kGroupRows = 4;

// Cells of a payload: one even for an empty one, to carry the word.
GPUMQ_FN uint32_t cells_of(uint32_t length) {
  return length == 0 ? 1 : (length + kCellPayload - 1) / kCellPayload;
}

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
  uint64_t word;  // the message's express word, or 0 while it is not there
};

// Begins to read the slot of `sequence`; arrived() tells what came.
GPUMQ_FN void look_express(const Warp& warp, const Ring& ring, uint64_t sequence, Express& seen) {
  if constexpr (Warp::size() > 1) {
    const uint8_t* slot = ring.express_in(sequence);
#pragma unroll
    for (uint32_t r = 0; r < kExpressRows; r++) {
      const uint32_t at = (r * warp.size() + warp.lane()) * kHalfBytes;
      if (at < ring.express_bytes) seen.rows[r] = poll_half(slot + at);
    }
  }
}

// Whether this lane's half of the message in `row` carries the message's word, if it is to.
GPUMQ_FN bool half_arrived(const Warp& warp, const Quad& half, uint32_t row, uint64_t word) {
  const uint32_t index = row * warp.size() + warp.lane();
  const bool needed = index % 2 == 1 && index < 2 * cells_of(express_length_in(word));
  return !needed || high_of(half) == word;
}

GPUMQ_FN bool arrived(const Warp& warp, const Ring& ring, uint64_t sequence, Express& seen) {
  if constexpr (Warp::size() > 1) {
    const uint64_t word = warp.from(high_of(seen.rows[0]), 1);
    if (!is_express_of(word, sequence)) return false;
    bool whole = true;
#pragma unroll
    for (uint32_t r = 0; r < kExpressRows; r++) {
      whole = half_arrived(warp, seen.rows[r], r, word) && whole;
    }
    if (!warp.all(whole)) return false;
    seen.word = word;
  } else {
    // A thread has no row of lanes that read at once: it acquires the words, then reads the bytes.
    const uint8_t* slot = ring.express_in(sequence);
    const uint64_t word = high_of(poll_half(slot + kHalfBytes));
    if (!is_express_of(word, sequence)) return false;
    for (uint32_t cell = 0; cell < cells_of(express_length_in(word)); cell++) {
      if (high_of(poll_half(slot + cell * kCellBytes + kHalfBytes)) != word) return false;
    }
    seen.word = word;
  }
  return true;
}

GPUMQ_FN void half_to_vram(uint8_t* slot, const Quad& half, uint32_t index, uint32_t length) {
  const uint32_t offset = index / 2 * kCellPayload + index % 2 * kHalfBytes;
  if (offset < length) store_eight(slot + offset, low_of(half));
  if (index % 2 == 0 && offset + 8 < length) store_eight(slot + offset + 8, high_of(half));
}

// Rows that a message fills. A thread that stands for a warp has its halves in no row at hand.
GPUMQ_FN uint32_t rows_of(const Warp& warp, uint32_t length) {
  return (2 * cells_of(length) + warp.size() - 1) / warp.size();
}
constexpr uint32_t kRowsAtHand = Warp::size() > 1 ? kExpressRows : 0;

// Copies the payload to its slot in VRAM. The rows that are not at hand are read only now: the host
// wrote them before the first cell, so they are there; false if they are not.
GPUMQ_FN bool express_in(const Warp& warp, const Ring& ring, uint64_t sequence,
                         const Express& seen) {
  const uint32_t length = express_length_in(seen.word);
  const uint32_t halves = 2 * cells_of(length);
  const uint8_t* in = ring.express_in(sequence);
  uint8_t* slot = ring.slot(sequence);
#pragma unroll
  for (uint32_t r = 0; r < kRowsAtHand; r++) {
    const uint32_t index = r * warp.size() + warp.lane();
    if (index < halves) half_to_vram(slot, seen.rows[r], index, length);
  }
  bool whole = true;
  for (uint32_t row = kRowsAtHand; row < rows_of(warp, length); row += kGroupRows) {
    Quad group[kGroupRows];
#pragma unroll
    for (uint32_t r = 0; r < kGroupRows; r++) {
      const uint32_t index = (row + r) * warp.size() + warp.lane();
      if (index < halves) group[r] = poll_half(in + index * kHalfBytes);
    }
#pragma unroll
    for (uint32_t r = 0; r < kGroupRows; r++) {
      const uint32_t index = (row + r) * warp.size() + warp.lane();
      whole = half_arrived(warp, group[r], row + r, seen.word) && whole;
      if (index < halves) half_to_vram(slot, group[r], index, length);
    }
  }
  return warp.all(whole);
}

// Shows a payload and its result to the host. The payload as it came, where lanes still hold it.
GPUMQ_FN void express_out(const Warp& warp, const Ring& ring, uint64_t sequence,
                          const Express& seen, uint32_t result_bytes) {
  const uint64_t word = seen.word;
  const uint8_t* slot = ring.slot(sequence);
  uint8_t* out = ring.express_out(sequence);
  // The result first: the payload's first cell is what the host looks at.
  if (result_bytes > 0) {
    uint8_t* result = out + ring.express_result_cell * kCellBytes;
    for (uint32_t i = warp.lane(); i < 2 * kExpressResultCells; i += warp.size()) {
      put_half(result + i * kHalfBytes, half_in_vram(slot + ring.slot_bytes, result_bytes, i, word));
    }
  }
  const uint32_t length = express_length_in(word);
  const uint32_t halves = 2 * cells_of(length);
  for (uint32_t row = kRowsAtHand; row < rows_of(warp, length); row += kGroupRows) {
    Quad group[kGroupRows];
#pragma unroll
    for (uint32_t r = 0; r < kGroupRows; r++) {
      const uint32_t index = (row + r) * warp.size() + warp.lane();
      if (index < halves) group[r] = half_in_vram(slot, length, index, word);
    }
#pragma unroll
    for (uint32_t r = 0; r < kGroupRows; r++) {
      const uint32_t index = (row + r) * warp.size() + warp.lane();
      if (index < halves) put_half(out + index * kHalfBytes, group[r]);
    }
  }
#pragma unroll
  for (uint32_t r = 0; r < kRowsAtHand; r++) {
    const uint32_t index = r * warp.size() + warp.lane();
    if (index < halves) put_half(out + index * kHalfBytes, seen.rows[r]);
  }
}

}  // namespace gpumq
