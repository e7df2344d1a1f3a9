// How warps hear of what the host says: front warps look across the link, and pass on to the others,
// who look at near copies in VRAM.
#pragma once

#include "memory.h"

namespace gpumq::link {

// What a waiting warp sees.
struct Look {
  uint64_t head;      // sequences below are published
  uint64_t stop;      // not 0: end
  uint64_t answered;  // the last two near by alone
  uint64_t turnaround;
};

constexpr uint32_t kFarWords = 2;
constexpr uint32_t kNearWords = 4;
static_assert(kHead == 0 && kStop == 1 && kControlStride == 128 &&
                  offsetof(Mirror, stop) == offsetof(Mirror, head) + 128 &&
                  offsetof(Mirror, answered) == offsetof(Mirror, head) + 256 &&
                  offsetof(Mirror, turnaround) == offsetof(Mirror, head) + 384,
              "far and near words lie alike, and in the order of Look");

// Words that are on their way: each lane's own, until settled.
struct Begun {
  uint64_t words[(kNearWords + Warp::size() - 1) / Warp::size()];
};

// Begins to read so many words. One instruction of as many lanes: one trip, and others can be begun
// meanwhile. (A thread that stands for a warp makes a trip for each word.)
template <uint32_t Words>
GPUMQ_FN Begun begin_look(const Warp& warp, uint64_t* first) {
  Begun begun = {};
  for (uint32_t w = warp.lane(); w < Words; w += warp.size()) {
    begun.words[w / warp.size()] = poll_shared(first + w * kControlStride / sizeof(uint64_t));
  }
  return begun;
}

GPUMQ_FN Look settle(const Warp& warp, const Begun& begun) {
  constexpr uint32_t lanes = Warp::size();
  const auto word = [&](uint32_t w) { return warp.from(begun.words[w / lanes], w % lanes); };
  return {word(0), word(1), word(2), word(3)};
}

GPUMQ_FN Begun begin_look_far(const Warp& warp, const Ring& ring) {
  return begin_look<kFarWords>(warp, ring.control_word(kHead));
}

GPUMQ_FN Look look_near(const Warp& warp, const Ring& ring) {
  return settle(warp, begin_look<kNearWords>(warp, &ring.mirror->head));
}

// Passes on what was seen across the link.
GPUMQ_FN void pass_on(const Warp& warp, const Ring& ring, const Look& seen) {
  if (warp.lane() != 0) return;
  before_local_release();  // pairs with after_local_wait()
  if (seen.stop != 0) set_local(&ring.mirror->stop, 1);
  raise_local(&ring.mirror->head, seen.head);
}

// Tells that messages below `end` were answered, by express or by a kernel before, so that the warp of
// the next ticket takes over in time. It orders nothing, since that one looks across the link itself.
GPUMQ_FN void tell_answered(const Warp& warp, const Ring& ring, uint64_t end, uint32_t turnaround) {
  if (warp.lane() != 0) return;
  set_local(&ring.mirror->turnaround, turnaround);
  raise_local(&ring.mirror->answered, end);  // two front warps may answer in either order
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

}  // namespace gpumq::link
