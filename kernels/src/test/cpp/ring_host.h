// The host's side of a ring, as the classes of io.gpumq.trackb.ring of the same names do it, over
// the same words in the same orders; each ordering here is one there. Whatever is not a word of the
// protocol is plain memory, so that ThreadSanitizer sees whom the words let touch it.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "../../main/cuda/ring_protocol.h"

namespace host {

using namespace gpumq;

// RingGeometry.
struct Geometry {
  uint32_t capacity;
  uint32_t ingress_slots;
  uint32_t window_slots;
  uint32_t slot_bytes;
  uint32_t stride_bytes;
  uint32_t chunk_slots;
  uint32_t max_tries;
  uint64_t first_sequence;
  bool express;  // whether messages are offered to the express way

  uint32_t result_bytes() const { return stride_bytes - slot_bytes; }
  uint32_t express_result_cell() const { return cells_of(std::min(slot_bytes, kExpressPayload)); }
  uint32_t express_bytes() const {
    return ((express_result_cell() + kExpressResultCells) * kCellBytes + 127) / 128 * 128;
  }
};

// A word of shared memory: Words of Java.
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

// The memory of one ring, pinned and VRAM alike, in the state that its first lap starts from.
class Memory {
 public:
  Memory(const Geometry& g, const HandlerParams& params)
      : control_(kControlWords * kControlStride),
        descriptors_(g.ingress_slots * sizeof(uint64_t)),
        ingress_(g.ingress_slots * g.slot_bytes),
        completions_(g.capacity * sizeof(uint64_t)),
        window_(g.window_slots * g.stride_bytes),
        express_(2 * kExpressSlots * g.express_bytes()),
        states_(g.capacity * sizeof(uint64_t)),
        slots_(g.capacity * g.stride_bytes) {
    ring_ = {control_.bytes(),
             descriptors_.words(),
             ingress_.bytes(),
             completions_.words(),
             window_.bytes(),
             states_.words(),
             slots_.bytes(),
             &mirror_,
             express_.bytes(),
             g.first_sequence,
             g.first_sequence,
             kNever,
             g.ingress_slots - 1,
             g.window_slots - 1,
             g.capacity - 1,
             static_cast<uint32_t>(std::countr_zero(g.capacity)),
             g.slot_bytes,
             g.stride_bytes,
             static_cast<uint32_t>(std::countr_zero(g.chunk_slots)),
             g.max_tries,
             g.express_bytes(),
             g.express_result_cell(),
             params};
    // CudaRing.clear().
    std::fill_n(ring_.states, g.capacity, state_word(g.first_sequence / g.capacity, kEmpty));
    mirror_.tickets = g.first_sequence / g.chunk_slots;
    mirror_.head = g.first_sequence;
  }

  const Ring& ring() const { return ring_; }

  // Recovery.resume() and CudaKernel.setMirror(), while no warp runs: from the first sequence from
  // `landed` on without a completion word.
  void resume(const Geometry& g, uint64_t landed) {
    const auto completed = [this](uint64_t sequence) {
      const uint64_t* word = ring_.completions + (sequence & ring_.capacity_mask);
      return stamp_in(Word(const_cast<uint64_t*>(word)).get_acquire()) == stamp_of(sequence);
    };
    ring_.first = landed;
    while (completed(ring_.first)) ring_.first++;
    ring_.resume_end = ring_.first;
    for (uint64_t s = ring_.first; s < ring_.first + g.ingress_slots; s++) {
      if (completed(s)) ring_.resume_end = s + 1;
    }
    mirror_ = {};
    mirror_.tickets = ring_.first / g.chunk_slots;
    mirror_.head = ring_.first;
  }

 private:
  // Zeros, aligned as a page of the shared file would be to all that matters here.
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

  Block control_, descriptors_, ingress_, completions_, window_, express_, states_, slots_;
  Mirror mirror_ = {};
  Ring ring_;
};

// The host's side of the express way. Cells are written and read in opaque order: their words alone
// tell whether they are whole. (On a GPU a cell crosses the link at once. A thread's stores do not, so
// a slot is not offered here before every reader is done with the message that it held last.)
class Express {
 public:
  Express(const Ring& ring, const Geometry& g) : ring_(ring), g_(g) {}

  void offer(uint64_t sequence, uint32_t length, uint64_t landed, uint64_t released) const {
    if (!g_.express || sequence - std::min(landed, released) >= kExpressSlots) return;
    if (express_word(sequence, length) == 0) return;  // looks like an untouched cell
    const uint8_t* from = ring_.ingress + (sequence & ring_.ingress_mask) * ring_.slot_bytes;
    for (uint32_t cell = cells_of(length); cell-- > 0;) {
      uint64_t* to = cell_at(ring_.express_in(sequence), cell);
      for (uint32_t i = 0; i < kCellPayload / 8 && cell * kCellPayload + i * 8 < length; i++) {
        Word(to + i).set_opaque(load_eight(from + cell * kCellPayload + i * 8));
      }
      Word(to + kCellPayload / 8).set_release(express_word(sequence, length));
    }
  }

  // Whether a sequence has come out here, and its payload length.
  bool has(uint64_t sequence, uint32_t& length) const {
    const uint64_t word =
        Word(cell_at(ring_.express_out(sequence), 0) + kCellPayload / 8).get_acquire();
    length = express_length_in(word);
    return is_express_of(word, sequence);
  }

  // Copies a completed message to `slot`; false if it did not come by express.
  bool copy(uint64_t sequence, uint32_t length, uint8_t* slot) const {
    uint8_t* out = ring_.express_out(sequence);
    const uint64_t word = express_word(sequence, length);
    return copy_cells(cell_at(out, 0), word, length, slot) &&
           (g_.result_bytes() == 0 ||
            copy_cells(cell_at(out, g_.express_result_cell()), word, g_.result_bytes(),
                       slot + g_.slot_bytes));
  }

 private:
  static uint64_t* cell_at(uint8_t* slot, uint32_t cell) {
    return reinterpret_cast<uint64_t*>(slot + cell * kCellBytes);
  }

  static bool copy_cells(uint64_t* from, uint64_t word, uint32_t length, uint8_t* to) {
    for (uint32_t cell = 0; cell < cells_of(length); cell++, from += kCellBytes / 8) {
      if (Word(from + kCellPayload / 8).get_acquire() != word) return false;
      for (uint32_t i = 0; i < kCellPayload / 8 && cell * kCellPayload + i * 8 < length; i++) {
        store_eight(to + cell * kCellPayload + i * 8, Word(from + i).get_opaque());
      }
    }
    return true;
  }

  const Ring& ring_;
  const Geometry g_;
};

class Completions {
 public:
  Completions(const Ring& ring, const Geometry& g, const Express& express)
      : ring_(ring), express_(express), completed_(g.first_sequence), landed_(g.first_sequence) {
    for (uint32_t slot = 0; g.first_sequence > 0 && slot < g.capacity; slot++) {
      const uint64_t before = g.first_sequence - g.capacity + slot;
      at(slot).set_opaque(completion_word(before, 0, 0, false, 0, 0));
    }
  }

  uint64_t word(uint64_t sequence) const {
    const uint64_t word = at(sequence).get_acquire();
    uint32_t length;
    if (stamp_in(word) != stamp_of(sequence) && express_.has(sequence, length)) {
      return completion_word(sequence, length, kStatusOk, false, 1, 0);
    }
    return word;
  }

  // Every sequence below is completed. `each` sees every completion word once and in order.
  template <class Each>
  uint64_t advance(const Each& each) {
    const uint64_t begin = completed_.load();
    if (stamp_in(word(begin)) != stamp_of(begin) || advancing_.exchange(true)) return begin;
    uint64_t next = completed_.load();
    for (;; next++) {
      const uint64_t word = this->word(next);
      if (stamp_in(word) != stamp_of(next)) break;
      each(next, word);
    }
    completed_.store(next);
    advancing_.store(false);
    return next;
  }

  // advance(), as far as somebody came.
  uint64_t completed() const { return completed_.load(); }

  // Every sequence below is completed, and its completion word stands in its place.
  uint64_t landed() {
    if (!advancing_.exchange(true)) {
      uint64_t next = landed_.load();
      while (next < completed_.load() && has_landed(next)) next++;
      landed_.store(next);
      advancing_.store(false);
    }
    return landed_.load();
  }

  bool has_landed(uint64_t sequence) const {
    return stamp_in(at(sequence).get_acquire()) == stamp_of(sequence);
  }

 private:
  Word at(uint64_t sequence) const {
    return Word(ring_.completions + (sequence & ring_.capacity_mask));
  }

  const Ring& ring_;
  const Express& express_;
  std::atomic<uint64_t> completed_;
  std::atomic<uint64_t> landed_;
  std::atomic<bool> advancing_{false};
};

class Window {
 public:
  Window(const Ring& ring, const Geometry& g)
      : limit_word_(ring.control_word(kPushLimit)),
        slots_(g.window_slots),
        ahead_(g.first_sequence),
        limit_(ahead_ + slots_) {
    limit_word_.set_release(limit_);
  }

  // Keeps the window slots of a run of pushed sequences for `reader` until release(); false if the
  // first may have been overwritten.
  bool hold(uint32_t reader, uint64_t first, uint64_t end) {
    const std::lock_guard<std::mutex> guard(lock_);
    if (limit_ > first + slots_) return false;
    holds_[reader] = first;
    ahead_ = std::max(ahead_, end);
    raise();
    return true;
  }

  void release(uint32_t reader) {
    const std::lock_guard<std::mutex> guard(lock_);
    holds_[reader] = kNone;
    raise();
  }

  // A reader has come to `end`.
  void passed(uint64_t end) {
    const std::lock_guard<std::mutex> guard(lock_);
    ahead_ = std::max(ahead_, end);
    raise();
  }

 private:
  static constexpr uint64_t kNone = ~0ull;

  void raise() {
    const uint64_t lowest = std::min({ahead_, holds_[0], holds_[1]});
    if (lowest + slots_ > limit_ + slots_ / 8) limit_word_.set_release(limit_ = lowest + slots_);
  }

  const Word limit_word_;
  const uint32_t slots_;
  std::mutex lock_;
  uint64_t holds_[2] = {kNone, kNone};
  uint64_t ahead_;
  uint64_t limit_;
};

// How far each group, one reader each, has acknowledged.
class Releases {
 public:
  Releases(const Geometry& g, uint32_t readers) : acknowledged_(readers) {
    for (auto& group : acknowledged_) group.store(g.first_sequence);
  }

  void acknowledge(uint32_t reader, uint64_t end) { acknowledged_[reader].store(end); }

  // Every sequence below is released.
  uint64_t released() const {
    uint64_t lowest = ~0ull;
    for (const auto& group : acknowledged_) lowest = std::min(lowest, group.load());
    return lowest;
  }

 private:
  std::vector<std::atomic<uint64_t>> acknowledged_;
};

// The claims and availability of the Disruptor's ring, and the feeder.
class IngressRing {
 public:
  static constexpr uint64_t kFull = ~0ull;

  IngressRing(const Ring& ring, const Geometry& g)
      : ring_(ring),
        head_word_(ring.control_word(kHead)),
        g_(g),
        claimed_(g.first_sequence),
        head_(g.first_sequence),
        available_(g.ingress_slots) {
    head_word_.set_release(head_);
  }

  // Claims the next `count` sequences. Returns the first, or kFull.
  uint64_t try_claim(uint32_t count, uint64_t landed, uint64_t released) {
    uint64_t first = claimed_.load();
    do {
      const uint64_t end = first + count;
      // One that went by express may be done before it is published, and its slot is still wanted.
      const uint64_t usable = std::min(landed, head_word_.get_acquire());
      if (end > usable + g_.ingress_slots || end > released + g_.capacity) return kFull;
    } while (!claimed_.compare_exchange_weak(first, first + count));
    return first;
  }

  uint8_t* payload(uint64_t sequence) const {
    return ring_.ingress + (sequence & ring_.ingress_mask) * ring_.slot_bytes;
  }

  void describe(uint64_t sequence, uint32_t length) const {
    descriptor(sequence).set_opaque(descriptor_word(sequence, length));
  }

  void describe_void(uint64_t sequence) const {
    descriptor(sequence).set_opaque(descriptor_word(sequence, 0) | 1u << kVoidBit);
  }

  void publish(uint64_t first, uint32_t count) {
    for (uint64_t s = first; s < first + count; s++) {
      available_[s & ring_.ingress_mask].store(s + 1);
    }
    uint64_t head;
    do {
      if (feeding_.exchange(true)) return;
      while (is_available(head_)) head_++;
      head_word_.set_release(head = head_);
      feeding_.store(false);
    } while (is_available(head));
  }

 private:
  Word descriptor(uint64_t sequence) const {
    return Word(ring_.descriptors + (sequence & ring_.ingress_mask));
  }
  bool is_available(uint64_t sequence) const {
    return available_[sequence & ring_.ingress_mask].load() == sequence + 1;
  }

  const Ring& ring_;
  const Word head_word_;
  const Geometry g_;
  std::atomic<uint64_t> claimed_;
  std::atomic<bool> feeding_{false};
  uint64_t head_;  // of whoever is feeding
  std::vector<std::atomic<uint64_t>> available_;
};

}  // namespace host
