// A ring's slots: Slots of io.gpumq.trackb.link, over the claims of a Disruptor.
#pragma once

#include <vector>

#include "link_memory.h"

namespace host {

class Carried;

// What a slot carries: set by whoever claimed it, before it is published.
struct Slot {
  Carried* owner;
  uint64_t index;     // what it is to its owner
  uint32_t tries;     // runs of the handler that a device did not survive
  bool condemned;     // not to be handled any more
  bool came_express;  // completed by express, where it is kept
  bool is_landing;    // and has not landed
};

// What a ring carries something for: hears what became of it, in the ring's order, from one thread at a
// time.
class Carried {
 public:
  virtual ~Carried() = default;
  // `word` is its completion word, or for one that came by express and has not landed what it will be.
  virtual void completed(const Slot& slot, uint64_t word) = 0;
  // What was completed by express has landed.
  virtual void landed(const Slot& slot) = 0;
};

class Slots {
 public:
  static constexpr uint64_t kFull = ~0ull;

  Slots(const Ring& ring, const Shape& shape)
      : ring_(ring),
        head_word_(ring.control_word(kHead)),
        slots_(shape.slots),
        claimed_(shape.first_sequence),
        fed_(shape.first_sequence),
        carried_(shape.slots),
        available_(shape.slots) {
    head_word_.set_release(shape.first_sequence);
  }

  // Claims the next `count` sequences. Returns the first, or kFull. Every sequence below `landed` has
  // landed, and its owner has heard of it.
  uint64_t try_claim(uint32_t count, uint64_t landed) {
    uint64_t first = claimed_.load();
    do {
      if (first + count > landed + slots_) return kFull;
    } while (!claimed_.compare_exchange_weak(first, first + count));
    return first;
  }

  Slot& at(uint64_t sequence) { return carried_[sequence & ring_.slot_mask]; }

  void publish(uint64_t first, uint32_t count) {
    for (uint64_t s = first; s < first + count; s++) {
      available_[s & ring_.slot_mask].store(s + 1);
    }
    uint64_t head;
    do {
      if (feeding_.exchange(true)) return;  // whoever feeds looks again after it stopped
      head = fed_.load();
      while (is_available(head)) head++;
      head_word_.set_release(head);
      fed_.store(head);
      feeding_.store(false);
    } while (is_available(head));
  }

  // Every sequence below is published: what was written of it before can be read.
  uint64_t published() const { return fed_.load(); }

  uint64_t claimed() const { return claimed_.load(); }

 private:
  bool is_available(uint64_t sequence) const {
    return available_[sequence & ring_.slot_mask].load() == sequence + 1;
  }

  const Ring& ring_;
  const Word head_word_;
  const uint32_t slots_;
  std::atomic<uint64_t> claimed_;
  std::atomic<uint64_t> fed_;  // of whoever is feeding
  std::atomic<bool> feeding_{false};
  std::vector<Slot> carried_;
  std::vector<std::atomic<uint64_t>> available_;
};

}  // namespace host
