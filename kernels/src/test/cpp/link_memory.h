// A ring's memory as the host sees it, pinned and VRAM alike: its shape, its words, and where warps take
// its work up. In Java these are RingShape, Words, RingFile and Resume.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <memory>

#include "../../main/cuda/link/protocol.h"

namespace host {

using namespace gpumq;
using namespace gpumq::link;

// Sizes are in bytes, counts of slots are powers of two.
struct Shape {
  uint32_t slots;
  uint32_t chunk_bytes;
  uint32_t chunks;       // that entries are written to
  uint32_t read_chunks;  // behind them: those that reads come to
  uint32_t ticket_slots;
  uint32_t max_tries;
  uint32_t largest_payload;
  uint32_t result_bytes;
  uint32_t arena_units;
  uint64_t first_sequence;
  bool express;   // whether messages and reads are offered to the express
  bool in_order;  // whether handlers run in the order of keys

  uint32_t window_bytes() const { return (chunks + read_chunks) * chunk_bytes; }

  // Header, two extensions, payload and result.
  uint32_t most_units() const { return 3 + units_of(largest_payload) + units_of(result_bytes); }

  uint32_t express_bytes() const {
    const uint32_t text = kTextHead + 3 * kUnit + std::min(largest_payload, kExpressPayload);
    return ((cells_of(text) + cells_of(result_bytes)) * kCellBytes + 127) / 128 * 128;
  }
};

// A word of shared memory.
class Word {
 public:
  explicit Word(uint64_t* at) : at_(*at) {}
  uint64_t get_acquire() const { return at_.load(std::memory_order_acquire); }
  uint64_t get_opaque() const { return at_.load(std::memory_order_relaxed); }
  void set_release(uint64_t value) const { at_.store(value, std::memory_order_release); }
  void set_opaque(uint64_t value) const { at_.store(value, std::memory_order_relaxed); }

 private:
  std::atomic_ref<uint64_t> at_;
};

// The memory of one ring, and the arena, in the state that its first lap starts from.
class Memory {
 public:
  Memory(const Shape& shape, const HandlerParams& params)
      : shape_(shape),
        control_(kControlWords * kControlStride),
        descriptors_(shape.slots * kDescriptorBytes),
        ingress_(shape.window_bytes()),
        completions_(shape.slots * sizeof(uint64_t)),
        window_(shape.window_bytes()),
        express_(2 * kExpressSlots * shape.express_bytes()),
        states_(shape.slots * sizeof(uint64_t)),
        arena_(shape.arena_units * kUnit) {
    ring_ = {.control = control_.bytes(),
             .descriptors = descriptors_.words(),
             .ingress = ingress_.bytes(),
             .completions = completions_.words(),
             .window = window_.bytes(),
             .express = express_.bytes(),
             .states = states_.words(),
             .mirror = &mirror_,
             .arena = arena_.bytes(),
             .arena_units = shape.arena_units,
             .first = shape.first_sequence,
             .resume_end = shape.first_sequence,
             .end = kNever,
             .slot_mask = shape.slots - 1,
             .slot_shift = static_cast<uint32_t>(std::countr_zero(shape.slots)),
             .ticket_shift = static_cast<uint32_t>(std::countr_zero(shape.ticket_slots)),
             .max_tries = shape.max_tries,
             .express_bytes = shape.express_bytes(),
             .window_units = shape.window_bytes() / kUnit,
             .in_order = shape.in_order,
             .unused = 0,
             .params = params};
    std::fill_n(ring_.states, shape.slots, state_word(shape.first_sequence / shape.slots, kEmpty));
    for (uint32_t slot = 0; shape.first_sequence > 0 && slot < shape.slots; slot++) {
      const uint64_t before = shape.first_sequence - shape.slots + slot;
      *ring_.completion(before) = completion_word(before, kStatusOk, false, 1, 0);
    }
    set_mirror();
  }

  const Ring& ring() const { return ring_; }

  // Whether the completion word of a sequence stands in its place.
  bool is_completed(uint64_t sequence) const {
    return stamp_in(Word(ring_.completion(sequence)).get_acquire()) == stamp_of(sequence);
  }

  // Where the next warps take the work up, while none runs: everything below `landed` is completed.
  void resume(uint64_t landed, uint64_t end) {
    ring_.first = landed;
    while (is_completed(ring_.first)) ring_.first++;
    ring_.resume_end = ring_.first;
    // One that went by express may be completed before it is published.
    for (uint64_t s = ring_.first; s < ring_.first + shape_.slots; s++) {
      if (is_completed(s)) ring_.resume_end = s + 1;
    }
    ring_.end = end;
    set_mirror();
  }

 private:
  // Zeros, aligned as a page of the file is to all that matters here.
  class Block {
   public:
    explicit Block(size_t bytes)
        : at_(static_cast<uint8_t*>(std::aligned_alloc(128, (bytes + 127) / 128 * 128)),
              &std::free) {
      std::fill_n(at_.get(), (bytes + 127) / 128 * 128, uint8_t{0});
    }
    uint8_t* bytes() const { return at_.get(); }
    uint64_t* words() const { return reinterpret_cast<uint64_t*>(at_.get()); }

   private:
    std::unique_ptr<uint8_t, decltype(&std::free)> at_;
  };

  void set_mirror() {
    mirror_ = {};
    mirror_.tickets = ring_.first / shape_.ticket_slots;
    mirror_.head = ring_.first;
  }

  const Shape shape_;
  Block control_, descriptors_, ingress_, completions_, window_, express_, states_, arena_;
  Mirror mirror_ = {};
  Ring ring_;
};

}  // namespace host
