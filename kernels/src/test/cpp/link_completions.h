// Reads completion words in the ring's order, and tells each slot's owner: Completions of
// io.gpumq.trackb.link.
#pragma once

#include "link_express.h"
#include "link_slots.h"

namespace host {

class Completions {
 public:
  Completions(const Ring& ring, const Shape& shape, Slots& slots, Express& express)
      : ring_(ring),
        slots_(slots),
        express_(express),
        completed_(shape.first_sequence),
        landed_(shape.first_sequence) {}

  // Every sequence below is completed, as far as this can tell now. Waits for nothing.
  uint64_t advance() {
    if (has_more(completed_.load()) && !advancing_.exchange(true)) {
      advance_alone();
      advancing_.store(false);
    }
    return completed_.load();
  }

  // As somebody found it last.
  uint64_t completed() const { return completed_.load(); }

  // Every sequence below is completed, has landed, and its owner has heard of it.
  uint64_t landed() {
    advance();
    return landed_.load();
  }

 private:
  bool has_more(uint64_t at) const {
    const uint64_t down = landed_.load();
    return has_landed(at) || express_.has(at) || (down < at && has_landed(down));
  }

  void advance_alone() {
    uint64_t next = completed_.load();
    uint64_t down = landed_.load();
    const uint64_t end = slots_.published();  // behind it a slot shows what it carries
    for (; next < end; next++) {
      uint64_t word = this->word(next);  // once: it may come between two looks
      const bool landed = stamp_in(word) == stamp_of(next);
      const bool express = express_.has(next);
      if (!landed && !express) break;
      Slot& slot = slots_.at(next);
      slot.came_express = express;
      slot.is_landing = !landed;
      if (express) express_.keep(next);
      if (!landed) word = completion_word(next, kStatusOk, false, 1, 0);
      slot.owner->completed(slot, word);
    }
    for (; down < next && has_landed(down); down++) {
      const Slot& slot = slots_.at(down);
      if (slot.is_landing) slot.owner->landed(slot);
    }
    landed_.store(down);
    completed_.store(next);
  }

  bool has_landed(uint64_t sequence) const { return stamp_in(word(sequence)) == stamp_of(sequence); }

  // Pairs with release_shared() of a warp: what it tells of is read after it.
  uint64_t word(uint64_t sequence) const { return Word(ring_.completion(sequence)).get_acquire(); }

  const Ring& ring_;
  Slots& slots_;
  Express& express_;
  std::atomic<bool> advancing_{false};
  std::atomic<uint64_t> completed_;
  std::atomic<uint64_t> landed_;
};

}  // namespace host
