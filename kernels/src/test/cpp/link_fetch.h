// Reads of the arena by a ring, and moves within it that no handler sees: Fetch and Move of
// io.gpumq.trackb.link.
#pragma once

#include "link_host.h"

namespace host {

// Units that lie one behind the other in the arena.
struct Stretch {
  uint64_t place;
  uint32_t units;
};

// Asks a ring for something, and waits until it has come. For one thread.
class Errand : public Carried {
 public:
  explicit Errand(Link& link) : link_(link) {}

  void completed(const Slot& slot, uint64_t word) override {
    const Outcome outcome = outcome_in(word);
    if (outcome.error != 0 || (!slot.is_landing && outcome.tries != 0)) {
      die("a completion word says what did not happen", word);
    }
    came_express_ = slot.came_express;
    arrived_.store(slot.index + 1);
  }
  void landed(const Slot&) override {}

 protected:
  // Claims slots for up to `most`; `most` becomes for how many. Nothing has come of them.
  uint64_t claim(uint32_t& most) {
    const uint64_t first = link_.try_claim(most);
    return first;
  }

  void describe(uint64_t sequence, uint64_t what, uint64_t where) {
    link_.describe(sequence, what, where, this, next());
  }

  // What the next thing asked for is to this.
  uint64_t next() { return asked_++; }

  void await() {
    while (arrived_.load() != asked_) {
      link_.completions().advance();
      if (arrived_.load() != asked_) host::wait("what was asked for", asked_);
    }
  }

  Link& link_;

  // Of who tells, until it has come.
  bool came_express_ = false;  // the last did, and is kept there

 private:
  uint64_t asked_ = 0;
  std::atomic<uint64_t> arrived_{0};
};

class Fetch : public Errand {
 public:
  using Errand::Errand;

  // Reads the first of some stretches to `to`, one behind the other, as many as there is room for.
  // Returns how many; 0 if there was no room.
  uint32_t read(const Stretch* wanted, uint32_t count, uint8_t* to) {
    Chunk* chunk = link_.read_chunks().take(taken(wanted[0]) * kUnit);
    if (chunk == nullptr) return 0;
    uint32_t some = 0;
    for (uint32_t room = chunk->room() / kUnit; some < count && taken(wanted[some]) <= room; some++) {
      room -= taken(wanted[some]);
    }
    some = std::min(some, link_.shape().slots);
    const uint64_t first = claim(some);
    bool is_there = false;
    if (first != Slots::kFull) {
      ask(wanted, some, first, chunk);
      await();
      collect(first, wanted, some, chunk, to);
      is_there = true;
    }
    link_.read_chunks().leave(chunk);
    return is_there ? some : 0;
  }

 private:
  // Units of the window that a read takes.
  static uint32_t taken(const Stretch& wanted) {
    return (wanted.units + kReadUnits - 1) / kReadUnits * kReadUnits;
  }

  void ask(const Stretch* wanted, uint32_t count, uint64_t first, Chunk* chunk) {
    uint32_t unit = chunk->at() / kUnit;
    for (uint32_t i = 0; i < count; i++) {
      const uint64_t where = where_word(first + i, wanted[i].place, unit / kReadUnits, 0);
      const uint32_t bytes = wanted[i].units * kUnit;
      describe(first + i, what_word(first + i, kOpRead, false, bytes), where);
      if (count == 1 && link_.is_quick(first) && link_.express().fits(bytes)) {
        link_.express().offer_read(first, where, bytes);
      }
      unit += taken(wanted[i]);
    }
    chunk->fill(chunk->at(), first + count);  // it rests until they have landed
    link_.slots().publish(first, count);
  }

  void collect(uint64_t first, const Stretch* wanted, uint32_t count, const Chunk* chunk,
               uint8_t* to) {
    if (came_express_) {
      link_.express().copy(first, 0, to);
      link_.express().let_go(first);
    } else {
      const uint8_t* from = link_.ring().window + chunk->at();
      for (uint32_t i = 0; i < count; i++) {
        std::memcpy(to, from, wanted[i].units * kUnit);
        to += wanted[i].units * kUnit;
        from += taken(wanted[i]) * kUnit;
      }
    }
  }
};

class Placing : public Errand {
 public:
  using Errand::Errand;

  // Moves an entry to a place as it is. `copy` is the entry: only its payload comes from where it lies.
  // Returns false if there was no room in the ring.
  bool move(const Message& message, const uint8_t* copy, uint64_t from, uint64_t to) {
    const uint32_t head = message.heading_units();
    const uint32_t results = units_of(link_.shape().result_bytes);
    Move move(link_, from + head, head + results);
    if (move.chunk() == nullptr) return false;
    uint32_t one = 1;
    const uint64_t first = claim(one);
    if (first == Slots::kFull) return false;
    const uint8_t* result = copy + (head + message.payload_units()) * kUnit;
    std::memcpy(move.head(), copy, head * kUnit);
    std::memcpy(move.head() + head * kUnit, result, results * kUnit);
    move.describe(first, kOpKeep, message, results, to, this, next());
    link_.slots().publish(first, 1);
    await();
    return true;
  }
};

}  // namespace host
