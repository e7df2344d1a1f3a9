// How a slot in VRAM goes through its states, and what shows the host that it has.
#pragma once

#include "memory.h"

namespace gpumq::link {

// Ends the kernel with an error that the host will show.
GPUMQ_FN void fail(const Ring& ring, uint32_t code, uint64_t sequence) {
  set_shared(ring.control_word(kError), error_word(code, sequence));
  set_local(&ring.mirror->stop, 1);
}

// What a slot's state word held when its message's owner moved it on. Compared only when the message
// is completed: nobody waits for the CASes meanwhile.
struct Moves {
  uint64_t ready;     // at EMPTY -> READY
  uint64_t inflight;  // at READY -> INFLIGHT
  uint64_t done;      // at INFLIGHT -> DONE
};

// EMPTY -> READY -> INFLIGHT. Relaxed, as this warp alone holds the slot's ticket; the lap in the
// word keeps every other one off.
GPUMQ_FN void take(const Ring& ring, uint64_t sequence, Moves& moves) {
  const uint64_t lap = sequence >> ring.slot_shift;
  uint64_t* state = ring.state(sequence);
  moves.ready = move_local(state, state_word(lap, kEmpty), state_word(lap, kReady));
  moves.inflight = move_local(state, state_word(lap, kReady), state_word(lap, kInflight));
}

// INFLIGHT -> DONE: handled; the completion word is to follow. Who waits for it in await_done() sees what
// the handler wrote.
GPUMQ_FN void finish(const Ring& ring, uint64_t sequence, Moves& moves) {
  const uint64_t lap = sequence >> ring.slot_shift;
  uint64_t* state = ring.state(sequence);
  if (ring.in_order != 0) {
    before_local_release();
    moves.done = release_move_local(state, state_word(lap, kInflight), state_word(lap, kDone));
  } else {
    moves.done = move_local(state, state_word(lap, kInflight), state_word(lap, kDone));
  }
}

// Waits until a message was handled that a ticket before this warp's has: that one's warp waits for none
// of these. Returns false if the kernel is to end meanwhile; then it need not be.
GPUMQ_FN bool await_done(const Ring& ring, uint64_t sequence) {
  const uint64_t done = state_word(sequence >> ring.slot_shift, kDone);
  while (poll_local(ring.state(sequence)) < done) {  // a later lap's word is larger
    if (poll_local(&ring.mirror->stop) != 0) return false;
    pause(100);
  }
  after_local_wait();  // pairs with finish()
  return true;
}

// DONE of the lap before -> EMPTY. The head covers a sequence only after its producer saw that the one
// before it in the slot has landed: the claim is the permission. On the first lap the slot is empty already.
GPUMQ_FN void empty(const Ring& ring, uint64_t sequence) {
  const uint64_t lap = sequence >> ring.slot_shift;
  move_local(ring.state(sequence), state_word(lap - 1, kDone), state_word(lap, kEmpty));
}

// Releases the completion word, if its slot went through its states as it should. After
// before_shared_release(), which pairs with the acquire in Completions.advance(): who sees the word
// sees the entry.
GPUMQ_FN void complete(const Ring& ring, uint64_t sequence, const Moves& moves, uint64_t word) {
  const uint64_t lap = sequence >> ring.slot_shift;
  if (moves.ready == state_word(lap, kEmpty) && moves.inflight == state_word(lap, kReady) &&
      moves.done == state_word(lap, kInflight)) {
    release_shared(ring.completion(sequence), word);
  } else {
    fail(ring, kErrorState, sequence);
  }
}

}  // namespace gpumq::link
