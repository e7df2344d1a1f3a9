// How a warp waits for its next message: at the lookout, where it looks across the link, or for word from
// the one that does.
#pragma once

#include "express.h"
#include "look.h"
#include "moves.h"

namespace gpumq::link {

// What went out by express and has not landed: its completion word waits, at most one in each lane,
// since the fence before it takes longer than the message took so far.
struct Landing {
  uint64_t sequence;
  uint64_t word;
  Moves moves;
  bool due;        // whether this lane has one
  uint32_t count;  // how many lanes have
};

// Lands whatever waits to.
GPUMQ_FN void land(const Warp& warp, const Ring& ring, Landing& landing) {
  warp.sync();
  if (landing.due) {
    // What the word shows lies in VRAM alone, where the copy engine reads it through the same L2 that
    // a fence among the device's own waits for; one that waits for the host takes twice as long.
    // The word pairs with the acquire in Completions.word().
    before_local_release();
    complete(ring, landing.sequence, landing.moves, landing.word);
    landing.due = false;
  }
  landing.count = 0;
}

// Looks in vain before what went out by express lands: the next message may be close behind.
constexpr uint32_t kTurnsToLand = 4;

// Looks at the express way alone before the host's words are looked at, too.
constexpr uint32_t kTurnsToLookUp = 4;

// Cycles from an answer until the next warp hears of it.
constexpr uint32_t kHandOverCycles = 600;

// A warp's place at the lookout, and its pace there.
//
// The host takes a while to send the next message after an answer by express. A look that comes too
// early finds nothing, and delays the next by a trip; one that comes late is late. So the wait
// before it follows the host: a little less after each message that the first look found, much more
// after one that the second or third did. In balance one in twenty is missed.
struct Lookout {
  static constexpr uint32_t kMostCycles = 6000;

  bool front;  // whether this warp is one that looks across the link
  bool quick;  // whether the last message came by express: the next is looked for there, and seldom
               // elsewhere, since every line more makes a look longer
  uint32_t turnaround;  // cycles from an answer to the next look
  Instant answered;

  GPUMQ_FN void found(uint32_t turn) {
    if (turn == 1) {
      turnaround -= turnaround / 256;
    } else if (turn < kTurnsToLookUp && turnaround < kMostCycles) {
      turnaround += turnaround / 16 + 32;
    }
  }
};

// Messages that wait to land at most, so that their express slots are free again in time.
constexpr uint32_t kMostToLand = kExpressSlots / 2;

// Waits until `sequence` is published, or the stop word is set.
//
// Only the warps of the first unpublished ticket and of the one after it look across the link (a third
// gets in their way there); the others wait for one of the two to pass on in VRAM what it saw. Two, so
// that one still looks while the other carries a part of its ticket. Where messages are answered by
// express as they come, and no handler runs that could hang (kAlone), it is one: a second would make
// each trip longer.
//
// A message that comes by express is left in `express`, and what is returned says nothing.
template <bool kAlone>
GPUMQ_FN Look await_published(const Warp& warp, const Ring& ring, uint64_t sequence,
                              Lookout& lookout, Express& express, Landing& landing) {
  const uint64_t ticket = sequence >> ring.ticket_shift;
  express.word = 0;
  if (lookout.front && lookout.quick) spin_until(lookout.answered, lookout.turnaround);
  for (uint32_t turn = 1;; turn++) {
    if (turn == kTurnsToLand && landing.count > 0) land(warp, ring, landing);
    if (lookout.front) {
      if (lookout.quick && turn % kTurnsToLookUp != 0) {
        look_express(warp, ring, sequence, express);
        if (arrived(warp, ring, sequence, express)) {
          lookout.found(turn);
          return {};
        }
        continue;
      }
      const Begun begun = begin_look_far(warp, ring);
      look_express(warp, ring, sequence, express);  // the two trips overlap
      const Look far = settle(warp, begun);
      if (far.head <= sequence + 1 && far.stop == 0) {
        bool there = arrived(warp, ring, sequence, express);
        if (!there && (express.begun || far.head > sequence)) {
          // The host writes the cells, then the head, but one trip may overtake the other; and a
          // message may be longer than the last. A second look is far cheaper than the bulk way.
          look_express(warp, ring, sequence, express);
          there = arrived(warp, ring, sequence, express);
        }
        if (there) return {};
      }
      if (far.head > sequence || far.stop != 0) {
        after_shared_wait();  // pairs with Control.releaseHead()
        warp.sync();          // of the lane that saw the word, so for all of them
        return far;
      }
      if (turn % kTurnsToBeat != 0) continue;
      beat(warp, ring, turn);
    }
    const Look near = look_near(warp, ring);
    if (near.head > sequence || near.stop != 0) {
      after_local_wait();  // pairs with pass_on() in another warp
      warp.sync();
      lookout.front = false;
      return near;
    }
    if (lookout.front) continue;
    const bool by_express = near.answered > near.head;
    const uint64_t at = (by_express ? near.answered : near.head) >> ring.ticket_shift;
    lookout.front = ticket <= at + (by_express && kAlone ? 0 : 1);
    if (!lookout.front) {
      if (ticket > at + 1) pause(turn < 4096 ? 200 : 4000);
    } else if (near.answered == sequence) {
      lookout.quick = true;
      lookout.turnaround = static_cast<uint32_t>(near.turnaround);
      lookout.answered = now() - kHandOverCycles;
      spin_until(lookout.answered, lookout.turnaround);
      turn = 0;
    }
  }
}

}  // namespace gpumq::link
