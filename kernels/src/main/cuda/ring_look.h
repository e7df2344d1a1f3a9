// How warps hear of what the host says: front warps look across the link, and pass on to the others,
// who look at near copies in VRAM.
#pragma once

#include "ring_memory.h"

namespace gpumq {

// What a waiting warp sees.
struct Look {
  uint64_t head;        // sequences below are published
  uint64_t push_limit;  // sequences below may go to the window
  uint64_t stop;        // not 0: end
};

// Reads the near copies of the host's words, or the words themselves across the link. One
// instruction of as many lanes as words: one trip. (A thread that stands for a warp makes three.)
GPUMQ_FN Look look(const Warp& warp, uint64_t* head, uint64_t* push_limit, uint64_t* stop) {
  Look seen = {0, 0, 0};
  const uint32_t lanes = warp.size();
  for (uint32_t w = warp.lane(); w < 3; w += lanes) {
    const uint64_t value = poll_shared(w == 0 ? head : w == 1 ? push_limit : stop);
    (w == 0 ? seen.head : w == 1 ? seen.push_limit : seen.stop) = value;
  }
  return {warp.from(seen.head, 0), warp.from(seen.push_limit, 1 % lanes),
          warp.from(seen.stop, 2 % lanes)};
}

GPUMQ_FN Look look_near(const Warp& warp, const Ring& ring) {
  return look(warp, &ring.mirror->head, &ring.mirror->push_limit, &ring.mirror->stop);
}

GPUMQ_FN Look look_far(const Warp& warp, const Ring& ring) {
  return look(warp, ring.control_word(kHead), ring.control_word(kPushLimit),
              ring.control_word(kStop));
}

// Passes on what was seen across the link. Both words release: others may pass on at the same time,
// and a warp that sees one's head beside another's push limit must have acquired either.
GPUMQ_FN void pass_on(const Warp& warp, const Ring& ring, const Look& seen) {
  if (warp.lane() != 0) return;
  before_local_release();  // pairs with after_local_wait()
  release_local(&ring.mirror->push_limit, seen.push_limit);
  if (seen.stop != 0) set_local(&ring.mirror->stop, 1);
  raise_local(&ring.mirror->head, seen.head);
}

// Looks in vain before a front warp beats and looks at what the others say.
constexpr uint32_t kTurnsToBeat = 64;

// Tells the host that this warp waits. Awake for some 40 ms; then it naps for 20 µs each time.
GPUMQ_FN void beat(const Warp& warp, const Ring& ring, uint32_t turn) {
  if (warp.lane() == 0) {
    set_shared(ring.control_word(kHeartbeat), add_local(&ring.mirror->beats, 1) + 1);
  }
  if (turn > kAwakeTurns) pause(20000);
}

// Waits until the head is at `end`, or the stop word is set.
GPUMQ_FN Look await_head(const Warp& warp, const Ring& ring, uint64_t end) {
  for (uint32_t turn = 1;; turn++) {
    Look seen = look_far(warp, ring);
    if (seen.head < end && seen.stop == 0 && turn % kTurnsToBeat == 0) {
      beat(warp, ring, turn);
      seen.stop = look_near(warp, ring).stop;
    }
    if (seen.head >= end || seen.stop != 0) {
      after_shared_wait();  // pairs with ControlBlock.releaseHead() and releasePushLimit()
      warp.sync();
      return seen;
    }
  }
}

}  // namespace gpumq
