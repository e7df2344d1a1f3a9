// A lane: what a queue is to a ring. It gives its entries places in the arena, hears what became of them,
// and frees their places when nobody reads there any more. In Java these are io.gpumq.trackb.log and store.
#pragma once

#include <deque>

#include "link_host.h"

namespace host {

// A piece of the arena, a lane's own until it gives it back.
struct Segment {
  uint64_t place;  // where it begins, in units
  uint32_t used;   // units
  uint32_t uses;   // entries that lie there, those who read there, and whoever fills it
};

// The arena in segments of one size: the last that came back is given out first.
class Store {
 public:
  Store(uint32_t segments, uint32_t units) : units_(units), all_(segments) {
    for (uint32_t i = 0; i < segments; i++) {
      all_[i].place = static_cast<uint64_t>(i) * units;
      free_.push_back(&all_[i]);
    }
  }

  // An empty segment, with its filler for a use; nullptr if there is none.
  Segment* take() {
    const std::lock_guard<std::mutex> guard(lock_);
    if (free_.empty()) return nullptr;
    Segment* segment = free_.back();
    free_.pop_back();
    segment->used = 0;
    segment->uses = 1;
    return segment;
  }

  void give_back(Segment* segment) {
    const std::lock_guard<std::mutex> guard(lock_);
    free_.push_back(segment);
  }

  uint32_t units() const { return units_; }

 private:
  const uint32_t units_;
  std::vector<Segment> all_;
  std::mutex lock_;
  std::vector<Segment*> free_;
};

struct Entry {
  Message message;
  uint64_t slot;     // its sequence in the ring
  Segment* segment;  // the cleaner may give it another, and another place
  uint64_t place;
  uint32_t units;
  Chunk* chunk;  // of the window
  uint64_t filling;
  uint32_t unit;
  uint64_t word;      // once completed
  bool came_express;  // and is kept there
};

// A bucket of keys, where handlers run in their order.
struct Bucket {
  uint64_t last;     // one more than the slot of its last message
  uint64_t count;    // of its messages
  uint64_t handled;  // the turn that was handled last
};

class Lane : public Carried {
 public:
  static constexpr uint64_t kBuckets = 4;

  // Entries that it keeps at once.
  static constexpr uint64_t kMost = 64;

  Lane(Link& link, Store& store, uint32_t handler)
      : link_(link), store_(store), handler_(handler), entries_(kMost) {}

  // Claims what is drafted, as far as there is room, and publishes it. Returns how many.
  uint32_t append(Draft& draft, bool is_near) {
    const std::lock_guard<std::mutex> guard(lock_);
    const bool alone = draft.left() == 1;
    uint32_t some = give_places(draft);
    if (some == 0) return 0;
    const uint32_t given = some;
    const uint64_t first = link_.try_claim(some);
    if (first == Slots::kFull) some = 0;
    for (uint32_t i = some; i < given; i++) drop(entry(claimed_ + i).segment);
    const bool push = is_near && draft.chunk()->is_pushed();
    for (uint32_t i = 0; i < some; i++) {
      Entry& next = entry(claimed_ + i);
      next.slot = first + i;
      note(next);
      next.chunk = draft.chunk();
      next.filling = draft.chunk()->filling();
      next.unit = draft.describe(next.message, next.slot, next.place, push, alone, this, claimed_ + i);
    }
    claimed_ += some;
    if (some > 0) link_.slots().publish(first, some);
    return some;
  }

  // Sends the message of a landed entry of `from` again, if there is one and there is room. Its payload stays
  // until the new entry has landed.
  bool append_again(Lane& from, Dice& dice) {
    Entry old;
    uint64_t index;
    if (!from.pin_one(dice, old, index)) return false;
    const bool sent = append_from(old.message, old.place + old.message.heading_units(), index);
    while (sent && landed() <= index) {
      link_.completions().advance();
      wait("a message that is sent again", index);
    }
    from.let_go(old.segment);
    return sent;
  }

  // Sends a message whose payload goes to its place before it is claimed: the copy engine's work.
  bool append_placed(const Message& message) {
    Entry next = {};
    if (!begin(message, next)) return false;
    const uint64_t source = next.place + message.heading_units();
    uint64_t index;
    std::memcpy(link_.ring().at(source), message.payload, message.length);
    return append_moved(next, source, index);
  }

  void completed(const Slot& slot, uint64_t word) override {
    Entry& done = entry(slot.index);
    const Outcome right =
        outcome_of(link_.ring(), handler_, done.message, slot.tries, slot.condemned);
    const uint64_t pushed = word & 1ull << kPushedBit;
    if ((word & ~pushed) !=
        completion_word(done.slot, right.status, false, right.tries, right.error)) {
      die("a completion word says what did not happen", word);
    }
    done.word = word;
    done.came_express = slot.came_express;
    landing_ += slot.is_landing;
    completed_.store(slot.index + 1);
    if (landing_ == 0) landed_.store(slot.index + 1);
  }

  void landed(const Slot& slot) override {
    landing_--;
    landed_.store(landing_ == 0 ? completed_.load() : slot.index + 1);
  }

  uint64_t completed() const { return completed_.load(); }
  uint64_t landed() const { return landed_.load(); }
  uint64_t claimed() {
    const std::lock_guard<std::mutex> guard(lock_);
    return claimed_;
  }

  // A completed entry as it is now. Its segment stays until let_go().
  Entry pin(uint64_t index) {
    const std::lock_guard<std::mutex> guard(lock_);
    entry(index).segment->uses++;
    return entry(index);
  }

  void let_go(Segment* segment) {
    const std::lock_guard<std::mutex> guard(lock_);
    drop(segment);
  }

  // Nobody wants what lies below `end` any more: their places are free, once they have landed, too.
  void release(uint64_t end) {
    const std::lock_guard<std::mutex> guard(lock_);
    const uint64_t freed = std::min(end, landed());
    while (released_ < freed) drop(entry(released_++).segment);
  }

  // Moves an entry that has landed and is not released, if there is one: the cleaner's work. `copy` brings
  // it to another place.
  template <class Copy>
  bool move_one(Dice& dice, const Copy& copy) {
    Entry old;
    uint64_t index, place;
    Segment* to;
    if (!pin_one(dice, old, index)) return false;
    {
      const std::lock_guard<std::mutex> guard(lock_);
      if (!give_place(old.units, place, to)) {
        drop(old.segment);
        return false;
      }
    }
    copy(old, place);
    const std::lock_guard<std::mutex> guard(lock_);
    const bool wanted = index >= released_;
    if (wanted) {
      entry(index).segment = to;
      entry(index).place = place;
    }
    drop(wanted ? old.segment : to);
    drop(old.segment);
    return wanted;
  }

 private:
  // Pins an entry that has landed and is not released, if there is one.
  bool pin_one(Dice& dice, Entry& one, uint64_t& index) {
    const std::lock_guard<std::mutex> guard(lock_);
    const uint64_t landed = landed_.load();
    if (landed <= released_) return false;
    index = released_ + dice.below(static_cast<uint32_t>(landed - released_));
    one = entry(index);
    one.segment->uses++;
    return true;
  }

  // Gives a message that is about to be sent its place.
  bool begin(const Message& message, Entry& next) {
    const std::lock_guard<std::mutex> guard(lock_);
    next.message = message;
    next.units = message.heading_units() + message.payload_units() +
                 units_of(link_.shape().result_bytes);
    return give_place(next.units, next.place, next.segment);
  }

  // Sends a message whose payload lies at `source`; `index` becomes its entry's.
  bool append_from(const Message& message, uint64_t source, uint64_t& index) {
    Entry next = {};
    return begin(message, next) && append_moved(next, source, index);
  }

  // The place is free again where there is no room.
  bool append_moved(Entry& next, uint64_t source, uint64_t& index) {
    Move move(link_, source, next.message.heading_units());
    const std::lock_guard<std::mutex> guard(lock_);
    uint32_t one = 1;
    const bool has_room = move.chunk() != nullptr && claimed_ < released_ + kMost;
    next.slot = has_room ? link_.try_claim(one) : Slots::kFull;
    if (next.slot == Slots::kFull) {
      drop(next.segment);
      return false;
    }
    index = claimed_++;
    note(next);
    entry(index) = next;
    write_head(next.message, kGood, link_.shape().result_bytes, move.head());
    move.describe(next.slot, kOpMove, next.message, 0, next.place, this, index);
    link_.slots().publish(next.slot, 1);
    return true;
  }

  // Where that matters, says what it comes after: KeyOrder of io.gpumq.trackb.link, with few buckets. Its key
  // leads to its turn.
  void note(Entry& next) {
    if (!link_.shape().in_order) return;
    Bucket& bucket = buckets_[next.message.id % kBuckets];
    turns_.push_back({&bucket.handled, ++bucket.count});
    next.message.key = reinterpret_cast<uint64_t>(&turns_.back());
    next.message.after = bucket.last <= link_.completions().landed() ? 0 : bucket.last;
    bucket.last = next.slot + 1;
  }

  Entry& entry(uint64_t index) { return entries_[index % kMost]; }

  // Gives places to the drafted entries, as far as there is room. Returns to how many.
  uint32_t give_places(const Draft& draft) {
    uint32_t given = 0;
    for (; given < draft.left() && claimed_ + given < released_ + kMost; given++) {
      Entry next = {};
      next.message = draft.message(given);
      next.units = draft.units_of(next.message);
      if (!give_place(next.units, next.place, next.segment)) break;
      entry(claimed_ + given) = next;
    }
    return given;
  }

  // Gives out the next units; they are a use of their segment.
  bool give_place(uint32_t units, uint64_t& place, Segment*& segment) {
    if (open_ == nullptr || open_->used + units > store_.units()) {
      Segment* next = store_.take();
      if (next == nullptr) return false;
      if (open_ != nullptr) drop(open_);
      open_ = next;
    }
    place = open_->place + open_->used;
    open_->used += units;
    open_->uses++;
    segment = open_;
    return true;
  }

  void drop(Segment* segment) {
    if (--segment->uses == 0) store_.give_back(segment);
  }

  Link& link_;
  Store& store_;
  const uint32_t handler_;

  // Under the lock.
  std::mutex lock_;
  std::vector<Entry> entries_;  // what became of one is written by who tells, before it is completed
  Segment* open_ = nullptr;
  uint64_t claimed_ = 0;
  uint64_t released_ = 0;
  Bucket buckets_[kBuckets] = {};
  std::deque<Turn> turns_;

  // Of who tells.
  std::atomic<uint64_t> completed_{0};
  std::atomic<uint64_t> landed_{0};
  uint32_t landing_ = 0;
};

}  // namespace host
