// The express way: how a message, or a read, that finds the ring nearly empty comes in and goes out with
// one trip across the link each way. layout.h draws its cells and says what they carry. It is a short cut,
// never the only way: what comes by it is described in its slot as well, and its completion word follows.
#pragma once

#include "memory.h"

namespace gpumq::link {

// Half a cell is what a lane moves. Halves 0 and 1 are cell 0; an odd half ends with the word.
constexpr uint32_t kHalfBytes = kCellBytes / 2;

// The descriptor's second word, before what lies in the arena.
constexpr uint32_t kTextHead = 8;

// The longest text: a header and two extensions, and the payload.
constexpr uint32_t kMostText = kTextHead + 3 * kUnit + kExpressPayload;

// Cells of so many bytes.
constexpr GPUMQ_FN uint32_t cells_of(uint32_t bytes) {
  return (bytes + kCellPayload - 1) / kCellPayload;
}

// Rows that a text fills: a row is one half in each lane.
constexpr GPUMQ_FN uint32_t rows_of(uint32_t text) {
  return (2 * cells_of(text) + Warp::size() - 1) / Warp::size();
}

constexpr uint32_t kExpressRows = rows_of(kMostText);

GPUMQ_FN Quad half_of(uint64_t low, uint64_t high) {
  return {static_cast<uint32_t>(low), static_cast<uint32_t>(low >> 32),
          static_cast<uint32_t>(high), static_cast<uint32_t>(high >> 32)};
}

// Where a half begins in the text.
GPUMQ_FN uint32_t offset_of(uint32_t half) {
  return half / 2 * kCellPayload + half % 2 * kHalfBytes;
}

// The index-th half of the `length` bytes that lie at `bytes` in the arena, with `word` in its place. No
// eight beyond the last is read: it may be another entry's, or nobody's.
GPUMQ_FN Quad half_in_vram(const uint8_t* bytes, uint32_t length, uint32_t index, uint64_t word) {
  const uint32_t offset = offset_of(index);
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

  // The eights of the text that every lane wants: the descriptor's second word, the entry's header or how
  // much is to be read, and the header's second word. Of a text that is there.
  GPUMQ_FN uint64_t where(const Warp& warp) const { return eight(warp, 0); }
  GPUMQ_FN uint64_t second(const Warp& warp) const { return eight(warp, 1); }

 private:
  GPUMQ_FN uint64_t eight(const Warp& warp, uint32_t index) const {
    return warp.from(index == 0 ? low_of(rows[0]) : high_of(rows[0]), 0);
  }
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
  const uint32_t halves = 2 * cells_of(text_in(word));
  const uint32_t rows = rows_of(text_in(word));
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

// Copies the entry to its place in the arena.
GPUMQ_FN void express_in(const Warp& warp, const Ring& ring, uint64_t place, const Express& seen) {
  const uint32_t text = text_in(seen.word);
  uint8_t* entry = ring.at(place) - kTextHead;
#pragma unroll
  for (uint32_t r = 0; r < kExpressRows && r < rows_of(text); r++) {
    const uint32_t index = r * warp.size() + warp.lane();
    const uint32_t offset = offset_of(index);
    if (offset >= kTextHead && offset < text) store_eight(entry + offset, low_of(seen.rows[r]));
    if (index % 2 == 0 && offset + 8 < text) store_eight(entry + offset + 8, high_of(seen.rows[r]));
  }
  // Readers of the arena read whole units, and the text may end in the middle of one.
  const uint32_t end = (text + 7) / 8 * 8;
  if ((end - kTextHead) % kUnit != 0 && warp.lane() == 0) store_eight(entry + end, 0);
}

// Shows an entry, as it came, and its result to the host: the result first, then the entry from its
// first cell on, which is what the host looks at. It reads on more slowly than the rest arrives.
GPUMQ_FN void express_out(const Warp& warp, const Ring& ring, uint64_t sequence,
                          const Express& seen, const uint8_t* result, uint32_t result_bytes) {
  const uint64_t word = seen.word;
  const uint32_t cells = cells_of(text_in(word));
  uint8_t* out = ring.express_out(sequence);
  const uint32_t result_halves = 2 * cells_of(result_bytes);
  for (uint32_t base = 0; base < result_halves; base += warp.size()) {
    const uint32_t i = base + warp.lane();
    const Quad half = half_in_vram(result, result_bytes, i, word);
    warp.sync();  // both halves of a cell leave by one instruction
    if (i < result_halves) put_half(out + cells * kCellBytes + i * kHalfBytes, half);
  }
#pragma unroll
  for (uint32_t r = 0; r < kExpressRows && r < rows_of(text_in(word)); r++) {
    const uint32_t index = r * warp.size() + warp.lane();
    if (index < 2 * cells) put_half(out + index * kHalfBytes, seen.rows[r]);
  }
}

// An eight of the arena that another warp wrote: past the cache of this multiprocessor, which may hold what
// lay there before. (By the bulk way the acquire behind the head's look sees to that.)
GPUMQ_FN uint64_t eight_of_arena(const uint8_t* from) {
  return poll_shared(reinterpret_cast<uint64_t*>(const_cast<uint8_t*>(from)));
}

// Shows bytes of the arena to the host, behind eight that say nothing. Every cell carries the word, so
// they may arrive in any order.
GPUMQ_FN void express_read(const Warp& warp, const Ring& ring, uint64_t sequence, uint64_t place,
                           uint32_t bytes) {
  const uint32_t text = kTextHead + bytes;
  const uint64_t word = express_word(sequence, text);
  const uint8_t* from = ring.at(place) - kTextHead;
  uint8_t* out = ring.express_out(sequence);
  const uint32_t halves = 2 * cells_of(text);
  for (uint32_t base = 0; base < halves; base += warp.size()) {
    const uint32_t i = base + warp.lane();
    const uint32_t offset = offset_of(i);
    const bool has_low = offset >= kTextHead && offset < text;
    const bool has_high = i % 2 == 0 && offset + 8 < text;
    const uint64_t low = has_low ? eight_of_arena(from + offset) : 0;
    const uint64_t high = has_high ? eight_of_arena(from + offset + 8) : 0;
    warp.sync();  // both halves of a cell leave by one instruction
    if (i < halves) put_half(out + i * kHalfBytes, half_of(low, i % 2 == 1 ? word : high));
  }
}

}  // namespace gpumq::link
