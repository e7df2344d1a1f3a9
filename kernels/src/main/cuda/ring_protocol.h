// What every warp of the persistent kernel does: take a ticket, wait until its sequences are
// published, carry the messages in, handle them, complete them.
//
// Plain C++: a GPU runs it with 32 lanes to a warp, a host test with threads that stand for warps.
// docs/MEMORY_ORDERING.md draws which release pairs with which acquire.
#pragma once

#include "lookout.h"

namespace gpumq {

// The messages that a warp carries at once.
struct Work {
  uint64_t first;  // sequence of the first
  uint32_t n;      // how many, at most a warp's lanes
  uint64_t word;   // in lane m: the descriptor of message m
  bool push;       // whether they go to the window, too
};

// Whether there is anything to run: what could fail, fault or hang.
template <class H>
GPUMQ_FN constexpr bool runs() {
  return H::kId != Echo::kId;
}

// Copies the messages from the ingress ring to their slots in VRAM, and to the window.
//
// A row is what a warp moves at once: 16 bytes a lane, one message in 512 bytes or several smaller
// ones side by side. Rows are loaded several at a time, since each crosses the link.
GPUMQ_FN void copy_in(const Warp& warp, const Ring& ring, const Work& work) {
  constexpr uint32_t kRows = 4;
  uint32_t lanes = 1;  // lanes a message
  while (lanes < warp.size() && lanes * 16 < ring.slot_bytes) lanes *= 2;
  const uint32_t across = warp.size() / lanes;                            // messages a row
  const uint32_t down = (ring.slot_bytes + lanes * 16 - 1) / (lanes * 16);  // rows a message
  const uint32_t rows = (work.n + across - 1) / across * down;
  const uint32_t lane_message = warp.lane() / lanes;
  const uint32_t lane_offset = warp.lane() % lanes * 16;

  for (uint32_t row = 0; row < rows; row += kRows) {
    Quad quads[kRows];
    uint32_t message[kRows];
    uint32_t offset[kRows];
    bool there[kRows];
#pragma unroll
    for (uint32_t r = 0; r < kRows; r++) {
      message[r] = (row + r) / down * across + lane_message;
      offset[r] = (row + r) % down * lanes * 16 + lane_offset;
      there[r] = message[r] < work.n && offset[r] < ring.slot_bytes;
      // A message of several rows waits for its descriptor and moves no byte too many; one of a
      // single row is loaded whole beside its descriptor, which saves a trip.
      if (down > 1) {
        const uint64_t word = warp.from(work.word, message[r] % warp.size());
        there[r] = there[r] && offset[r] < length_in(word);
      }
      if (there[r]) {
        const uint64_t sequence = work.first + message[r];
        quads[r] = poll_quad(ring.ingress +
                              (sequence & ring.ingress_mask) * ring.slot_bytes + offset[r]);
      }
    }
#pragma unroll
    for (uint32_t r = 0; r < kRows; r++) {
      const uint64_t word = warp.from(work.word, message[r] % warp.size());
      if (there[r] && offset[r] < length_in(word)) {
        const uint64_t sequence = work.first + message[r];
        store_quad(ring.slot(sequence) + offset[r], 0, quads[r]);
        if (work.push) store_quad(ring.window_slot(sequence) + offset[r], 0, quads[r]);
      }
    }
  }
}

// What became of a message: tries << 8 | error. This is before its handler runs, or where none does.
GPUMQ_FN uint32_t outcome_of(uint64_t descriptor) {
  const uint32_t before = tries_in(descriptor);
  const uint32_t error = error_in(descriptor);
  return (error != 0 || before == kMostTries ? before : before + 1) << 8 | error;
}

// Runs the handler on one message until it succeeds or has had its tries, and returns the outcome.
template <class H, class T>
GPUMQ_FN uint32_t handle_one(const T& tile, const Ring& ring, uint64_t sequence,
                             uint64_t descriptor) {
  uint8_t* slot = ring.slot(sequence);
  const uint64_t lap = sequence >> ring.capacity_shift;
  for (uint32_t tries = outcome_of(descriptor) >> 8;; tries++) {
    const uint32_t error = H::run(tile, ring.params, slot, length_in(descriptor),
                                  slot + ring.slot_bytes, tries);
    if (error == 0 || tries >= ring.max_tries) return tries << 8 | error;
    // Back to READY for the next run: who takes the slots over after a crash sees it as untaken.
    if (tile.lane() == 0) {
      move_local(ring.state(sequence), state_word(lap, kInflight), state_word(lap, kReady));
      move_local(ring.state(sequence), state_word(lap, kReady), state_word(lap, kInflight));
    }
    tile.sync();
  }
}

// Runs the handler on every message that wants it, as many at once as there are tiles in a warp.
// Returns the outcome of this lane's message.
template <class H>
GPUMQ_FN uint32_t handle_all(const Warp& warp, const Ring& ring, const Work& work) {
  const Tile<H::kLanes> tile;
  const uint32_t tiles = warp.size() / tile.size();
  uint32_t outcome = outcome_of(work.word);
  if constexpr (runs<H>()) {
    for (uint32_t base = 0; base < work.n; base += tiles) {
      const uint32_t message = base + warp.lane() / tile.size();
      const uint64_t word = warp.from(work.word, message % warp.size());
      uint32_t theirs = outcome_of(word);
      if (message < work.n && !is_void(word) && error_in(word) == 0) {
        theirs = handle_one<H>(tile, ring, work.first + message, word);
      }
      warp.sync();
      const uint32_t back = warp.from(theirs, (warp.lane() - base) % tiles * tile.size());
      if (warp.lane() >= base && warp.lane() < base + tiles) outcome = back;
    }
  }
  return outcome;
}

// Copies the results to the window; the payloads are there already.
GPUMQ_FN void push_results(const Warp& warp, const Ring& ring, const Work& work) {
  const uint32_t quads = (ring.stride_bytes - ring.slot_bytes) / 16;
  for (uint32_t i = warp.lane(); i < work.n * quads; i += warp.size()) {
    const uint64_t sequence = work.first + i / quads;
    const uint32_t offset = ring.slot_bytes + i % quads * 16;
    store_quad(ring.window_slot(sequence) + offset, 0,
               load_quad(ring.slot(sequence) + offset, 0));
  }
}

// The completion word of a message, after its handler's outcome.
GPUMQ_FN uint64_t completion_of(const Work& work, uint64_t sequence, uint32_t outcome) {
  const uint32_t error = outcome & 0xff;
  const uint32_t status = is_void(work.word) ? kStatusVoid : error != 0 ? kStatusFailed : kStatusOk;
  return completion_word(sequence, length_in(work.word), status, work.push, outcome >> 8, error);
}

// Carries n published messages from the ingress ring to their completion.
template <class H>
GPUMQ_FN void carry(const Warp& warp, const Ring& ring, uint64_t first, uint32_t n, bool push) {
  const bool mine = warp.lane() < n;  // lane m stands for message m where messages have one lane each
  const uint64_t sequence = first + warp.lane();

  // The descriptors' trip across the link, the payloads', and the slots' way from DONE to INFLIGHT
  // overlap: none of them waits for another.
  Work work = {first, n, 0, push};
  Moves moves = {};
  if (mine) {
    work.word = poll_shared(ring.descriptors + (sequence & ring.ingress_mask));
    empty(ring, sequence);
  }
  copy_in(warp, ring, work);
  if (mine) take(ring, sequence, moves);
  warp.sync();
  const uint32_t outcome = handle_all<H>(warp, ring, work);
  if constexpr (H::kResultBytes > 0) {
    warp.sync();
    if (work.push) push_results(warp, ring, work);
  }
  warp.sync();
  if (!mine) return;

  if (stamp_in(work.word) != stamp_of(sequence)) {
    fail(ring, kErrorStamp, sequence);
  } else {
    finish(ring, sequence, moves);
    before_shared_release();
    complete(ring, sequence, moves, completion_of(work, sequence, outcome));
  }
}

// Carries one message that came by express: in, handled, out. It lands later. Where no handler runs
// that could fault, the answer goes out before the slot's state says who is at work, so that it does
// not wait behind the CASes.
template <class H>
GPUMQ_FN void carry_express(const Warp& warp, const Ring& ring, uint64_t sequence,
                            const Express& express, Lookout& lookout, Landing& landing) {
  const bool mine = warp.lane() == sequence % warp.size();
  Moves moves = {};
  if (runs<H>() && mine) {
    empty(ring, sequence);
    take(ring, sequence, moves);
  }
  express_in(warp, ring, sequence, express);
  const uint32_t length = express_length_in(express.word);
  const Work work = {sequence, 1, descriptor_word(sequence, length), false};
  uint32_t outcome = outcome_of(work.word);
  if constexpr (runs<H>()) {
    warp.sync();
    outcome = warp.from(handle_all<H>(warp, ring, work), 0);
  }
  warp.sync();
  if ((outcome & 0xff) == 0) express_out(warp, ring, sequence, express, H::kResultBytes);
  lookout.answered = now();
  tell_answered(warp, ring, sequence + 1, lookout.turnaround);
  if (mine) {
    if constexpr (!runs<H>()) {
      empty(ring, sequence);
      take(ring, sequence, moves);
    }
    finish(ring, sequence, moves);
    landing.sequence = sequence;
    landing.word = completion_of(work, sequence, outcome);
    landing.moves = moves;
    landing.due = true;
  }
  landing.count++;
  if (landing.count >= kMostToLand || landing.count >= warp.size()) land(warp, ring, landing);
}

// Whether a kernel before this one completed a message.
GPUMQ_FN bool was_completed(const Warp& warp, const Ring& ring, uint64_t sequence) {
  if (sequence >= ring.resume_end) return false;
  const uint64_t word = poll_shared(ring.completions + (sequence & ring.capacity_mask));
  return sequence < ring.first || stamp_in(warp.from(word, 0)) == stamp_of(sequence);
}

// How many messages a warp carries at once from `sequence` on: one in a trial, so that a fault is known
// for its own, and one where some may be completed already.
GPUMQ_FN uint32_t most_at_once(const Warp& warp, const Ring& ring, uint64_t sequence) {
  return ring.end != kNever || sequence < ring.resume_end ? 1 : warp.size();
}

// The life of one warp: chunk after chunk, until the stop word or the end of a trial.
template <class H>
GPUMQ_FN void run_warp(const Warp& warp, const Ring& ring) {
  Landing landing = {};
  Lookout lookout = {};
  Express express;
  express.looked = kExpressRows;
  for (;;) {
    const uint64_t ticket =
        warp.from(warp.lane() == 0 ? add_local(&ring.mirror->tickets, 1) : 0, 0);
    uint64_t next = ticket << ring.chunk_shift;
    if (next >= ring.end) break;
    const uint64_t chunk_end = next + (1ull << ring.chunk_shift);
    const uint64_t end = chunk_end < ring.end ? chunk_end : ring.end;
    lookout.front = false;
    while (next < end) {
      if (was_completed(warp, ring, next)) {
        next++;
        tell_answered(warp, ring, next, lookout.turnaround);  // or nobody would look out behind it
        continue;
      }
      const Look seen = await_published<!runs<H>()>(warp, ring, next, lookout, express, landing);
      if (express.word != 0) {
        carry_express<H>(warp, ring, next, express, lookout, landing);
        next++;
        lookout.quick = true;
        if (next == end) land(warp, ring, landing);
        continue;
      }
      if (landing.count > 0) land(warp, ring, landing);
      // A head beyond this chunk, and a stop, is news for the others, who hear of it first; that the
      // express is not the only way any more, too.
      const bool news = seen.head >= end || seen.stop != 0 || lookout.quick;
      if (lookout.front && news) pass_on(warp, ring, seen);
      lookout.quick = false;
      if (seen.stop != 0) return;
      const uint64_t upto = seen.head < end ? seen.head : end;
      while (next < upto && !was_completed(warp, ring, next)) {
        const uint32_t left = static_cast<uint32_t>(upto - next);  // at most a chunk
        const uint32_t most = most_at_once(warp, ring, next);
        const uint32_t n = left < most ? left : most;
        carry<H>(warp, ring, next, n, seen.push_limit >= next + n);
        next += n;
      }
    }
  }
}

}  // namespace gpumq
