// The host's side of a ring that lanes share: Ring and Draft of io.gpumq.trackb.link, over the same words in
// the same orders; each ordering here is one there. Whatever is not a word of the protocol is plain memory,
// so that ThreadSanitizer sees whom the words let touch it.
#pragma once

#include "link_chunks.h"
#include "link_completions.h"
#include "link_messages.h"
#include "link_watch.h"

namespace host {

class Link {
 public:
  Link(const Ring& ring, const Shape& shape)
      : ring_(ring),
        shape_(shape),
        slots_(ring, shape),
        express_(ring, shape),
        completions_(ring, shape, slots_, express_),
        chunks_(shape, 0, shape.chunks, landed_to()),
        read_chunks_(shape, shape.chunks, shape.read_chunks, landed_to()) {}

  const Ring& ring() const { return ring_; }
  const Shape& shape() const { return shape_; }
  Slots& slots() { return slots_; }
  Express& express() { return express_; }
  Completions& completions() { return completions_; }

  // Chunks that entries are written to, and pushed to.
  Chunks& chunks() { return chunks_; }

  // Chunks whose part of the window reads come to: apart, since readers hold what was pushed to others.
  Chunks& read_chunks() { return read_chunks_; }

  // Claims slots, at most `most`. Returns the first; `most` becomes how many.
  uint64_t try_claim(uint32_t& most) {
    uint64_t first = slots_.try_claim(most, completions_.landed());
    if (first == Slots::kFull && most > 1) {
      most = 1;
      first = slots_.try_claim(most, completions_.landed());
    }
    return first;
  }

  // Describes a claimed slot, and says what it carries.
  void describe(uint64_t sequence, uint64_t what, uint64_t where, Carried* owner, uint64_t index) {
    descriptor(sequence, 0).set_opaque(what);
    descriptor(sequence, 1).set_opaque(where);
    slots_.at(sequence) = {owner, index, 0, false, false, false};
  }

  // Of a published slot, while no warp runs: a device died at work on it, or beside it.
  void condemn(uint64_t sequence, uint32_t tries, bool condemned) {
    set_bits(descriptor(sequence, 0), static_cast<uint64_t>(tries) << kTriesShift);
    set_bits(descriptor(sequence, 1), static_cast<uint64_t>(condemned) << kCondemnedBit);
    slots_.at(sequence).tries = tries;
    slots_.at(sequence).condemned = condemned;
    express_.withdraw(sequence);
  }

  bool is_handled(uint64_t sequence) const {
    return link::is_handled(descriptor(sequence, 0).get_opaque());
  }

  // Whether the ring is so empty that the express is the quicker way, and its slot is free.
  bool is_quick(uint64_t sequence) {
    return sequence - completions_.completed() < 2 &&
           sequence - completions_.landed() < kExpressSlots && express_.may_offer(sequence);
  }

 private:
  std::function<bool(uint64_t)> landed_to() {
    return [this](uint64_t end) { return completions_.landed() >= end; };
  }

  Word descriptor(uint64_t sequence, uint32_t word) const {
    return Word(ring_.descriptors + (sequence & ring_.slot_mask) * 2 + word);
  }

  static void set_bits(const Word& word, uint64_t bits) { word.set_opaque(word.get_opaque() | bits); }

  const Ring& ring_;
  const Shape shape_;
  Slots slots_;
  Express express_;
  Completions completions_;
  Chunks chunks_;
  Chunks read_chunks_;
};

// Entries that a call has written into a chunk, one behind the other: nobody's until they are claimed.
class Draft {
 public:
  // Takes a chunk; `chunk()` is nullptr if there is none.
  explicit Draft(Link& link)
      : link_(link), chunk_(link.chunks().take(link.shape().most_units() * kUnit)) {
    if (chunk_ != nullptr) at_ = claimed_at_ = chunk_->at();
  }
  ~Draft() {
    if (chunk_ != nullptr) link_.chunks().leave(chunk_);
  }
  Draft(const Draft&) = delete;

  Chunk* chunk() const { return chunk_; }

  // Whether one more entry has room, however long.
  bool has_room() const {
    return chunk_->room() - (at_ - chunk_->at()) >= link_.shape().most_units() * kUnit;
  }

  void add(const Message& message) {
    write_entry(message, kGood, link_.shape().result_bytes, link_.ring().ingress + at_);
    at_ += units_of(message) * kUnit;
    messages_.push_back(message);
  }

  // Entries that are written and not claimed.
  uint32_t left() const { return static_cast<uint32_t>(messages_.size()) - claimed_; }

  // The index-th of those.
  const Message& message(uint32_t index) const { return messages_[claimed_ + index]; }

  uint32_t units_of(const Message& message) const {
    return 1 + message.extensions() + message.payload_units() +
           host::units_of(link_.shape().result_bytes);
  }

  // Describes the next entry, which goes to `place`, and comes after what `message` says; returns where it
  // lies in the window, in units.
  uint32_t describe(const Message& message, uint64_t sequence, uint64_t place, bool push, bool alone,
                    Carried* owner, uint64_t index) {
    claimed_++;
    write_head(message, kGood, link_.shape().result_bytes, link_.ring().ingress + claimed_at_);
    const uint32_t unit = claimed_at_ / kUnit;
    const uint64_t where = where_word(sequence, place, unit, message.extensions());
    link_.describe(sequence, what_word(sequence, kOpCarry, push, message.length), where, owner,
                   index);
    if (alone && message.after == 0 && link_.is_quick(sequence)) {
      link_.express().offer(sequence, where, link_.ring().ingress + claimed_at_, message.bytes());
    }
    claimed_at_ += units_of(message) * kUnit;
    chunk_->fill(claimed_at_, sequence + 1);
    return unit;
  }

 private:
  Link& link_;
  Chunk* const chunk_;
  uint32_t at_ = 0;
  uint32_t claimed_ = 0;
  uint32_t claimed_at_ = 0;
  std::vector<Message> messages_;
};

// An entry whose payload lies in the arena already: its head is written into a chunk, before it where the
// payload lies. Move of io.gpumq.trackb.link.
class Move {
 public:
  // Takes a chunk; `chunk()` is nullptr if there is none.
  Move(Link& link, uint64_t source, uint32_t most_units)
      : link_(link), source_(source), chunk_(link.chunks().take((1 + most_units) * kUnit)) {}
  ~Move() {
    if (chunk_ != nullptr) link_.chunks().leave(chunk_);
  }
  Move(const Move&) = delete;

  Chunk* chunk() const { return chunk_; }

  // Where the head is to be written, in units.
  uint32_t unit() const { return chunk_->at() / kUnit + 1; }
  uint8_t* head() const { return link_.ring().ingress + unit() * kUnit; }

  // Describes what was written for a claimed slot.
  //
  // behind: units of it that go behind the payload
  void describe(uint64_t sequence, uint32_t op, const Message& message, uint32_t behind,
                uint64_t place, Carried* owner, uint64_t index) {
    const uint64_t before[2] = {source_, behind};
    std::memcpy(head() - kUnit, before, kUnit);
    link_.describe(sequence, what_word(sequence, op, false, message.length),
                   where_word(sequence, place, unit(), message.extensions()), owner, index);
    chunk_->fill((unit() + message.heading_units() + behind) * kUnit, sequence + 1);
  }

 private:
  Link& link_;
  const uint64_t source_;
  Chunk* const chunk_;
};

}  // namespace host
