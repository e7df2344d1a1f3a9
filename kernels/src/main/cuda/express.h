// The express way: how a message that finds the queue nearly empty comes in and goes out with one
// trip across the link each way. ring_layout.h draws its cells. It is a short cut, never the only
// way: the message lies in the ingress ring as well, and its completion word follows.
#pragma once

#include "ring_memory.h"

namespace gpumq {

// Half a cell is what a lane moves. Halves 0 and 1 are cell 0; an odd half ends with the word.
constexpr uint32_t kHalfBytes = kCellBytes / 2;

// Rows of halves that are polled beside the head: a payload of up to 768 bytes is there at once.
constexpr uint32_t kExpressRows = 2;

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

// What a warp has read of an express slot: this lane's halves, one a row.
struct Express {
  Quad rows[kExpressRows];
  uint64_t word;  // the message's descriptor, or 0 while it is not there
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

// Whether each half of the message in `row` carries the message's word.
GPUMQ_FN bool row_arrived(const Warp& warp, const Quad& half, uint32_t row, uint64_t word) {
  const uint32_t index = row * warp.size() + warp.lane();
  const bool needed = index % 2 == 1 && index < 2 * cells_of(length_in(word));
  return warp.all(!needed || high_of(half) == word);
}

GPUMQ_FN bool arrived(const Warp& warp, const Ring& ring, uint64_t sequence, Express& seen) {
  if constexpr (Warp::size() > 1) {
    const uint64_t word = warp.from(high_of(seen.rows[0]), 1);
    if (stamp_in(word) != stamp_of(sequence)) return false;
#pragma unroll
    for (uint32_t r = 0; r < kExpressRows; r++) {
      if (!row_arrived(warp, seen.rows[r], r, word)) return false;
    }
    seen.word = word;
  } else {
    // A thread has no row of lanes that read at once: it acquires the words, then reads the bytes.
    const uint8_t* slot = ring.express_in(sequence);
    const uint64_t word = high_of(poll_half(slot + kHalfBytes));
    if (stamp_in(word) != stamp_of(sequence)) return false;
    for (uint32_t cell = 0; cell < cells_of(length_in(word)); cell++) {
      if (high_of(poll_half(slot + cell * kCellBytes + kHalfBytes)) != word) return false;
    }
    seen.word = word;
  }
  return true;
}

// Copies the payload to its slot in VRAM. The rows beyond the first few are read only now: the host
// wrote them before the first cell, so they are there; false if they are not.
GPUMQ_FN bool express_in(const Warp& warp, const Ring& ring, uint64_t sequence,
                         const Express& seen) {
  const uint32_t length = length_in(seen.word);
  const uint32_t halves = 2 * cells_of(length);
  const uint32_t rows = (halves + warp.size() - 1) / warp.size();
  uint8_t* slot = ring.slot(sequence);
  bool whole = true;
  for (uint32_t r = 0; r < rows; r++) {
    const uint32_t index = r * warp.size() + warp.lane();
    Quad half = r == 0 ? seen.rows[0] : seen.rows[1];
    if (Warp::size() == 1 || r >= kExpressRows) {
      if (index < halves) half = poll_half(ring.express_in(sequence) + index * kHalfBytes);
      whole = whole && row_arrived(warp, half, r, seen.word);
    }
    const uint32_t offset = index / 2 * kCellPayload + index % 2 * kHalfBytes;
    if (index < halves && offset < length) {
      store_eight(slot + offset, low_of(half));
      if (index % 2 == 0 && offset + 8 < length) store_eight(slot + offset + 8, high_of(half));
    }
  }
  return whole;
}

// Shows a payload and its result to the host, from VRAM. `word` is the completion word.
GPUMQ_FN void express_out(const Warp& warp, const Ring& ring, uint64_t sequence, uint64_t word,
                          uint32_t result_bytes) {
  const uint8_t* slot = ring.slot(sequence);
  uint8_t* out = ring.express_out(sequence);
  const uint32_t payload_halves = 2 * cells_of(length_in(word));
  const uint32_t result_halves = result_bytes == 0 ? 0 : 2 * kExpressResultCells;
  const uint32_t first_result = 2 * ring.express_result_cell;
  for (uint32_t i = warp.lane(); i < result_halves + payload_halves; i += warp.size()) {
    // The payload last: its first cell is what the host looks at.
    const bool result = i < result_halves;
    const uint32_t half = result ? i : i - result_halves;
    const uint8_t* from =
        slot + (result ? ring.slot_bytes : 0) + half / 2 * kCellPayload + half % 2 * kHalfBytes;
    const uint64_t low = load_eight(from);
    const uint64_t high = half % 2 == 1 ? word : load_eight(from + 8);
    put_half(out + ((result ? first_result : 0) + half) * kHalfBytes, half_of(low, high));
  }
}

}  // namespace gpumq
