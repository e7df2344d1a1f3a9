// The host's side of the express way: Express of io.gpumq.trackb.link. Texts are written and read in opaque
// order: the cells' words alone tell whether they are whole.
//
// On a GPU a cell crosses the link at once. A thread's stores do not, and a slot out that is written while
// it is read would be torn. So here a message that came out is kept until its reader is done with it, and
// nothing is offered to a slot meanwhile.
#pragma once

#include "link_memory.h"
#include "link_watch.h"

namespace host {

class Express {
 public:
  Express(const Ring& ring, const Shape& shape) : ring_(ring), shape_(shape) {}

  // Whether so many bytes can come out.
  bool fits(uint32_t bytes) const {
    return cells_of(kTextHead + bytes) * kCellBytes <= shape_.express_bytes();
  }

  // Offers an entry, header to payload. The message that had the slot before must have landed.
  void offer(uint64_t sequence, uint64_t where, const uint8_t* entry, uint32_t bytes) const {
    put(sequence, kTextHead + bytes, [&](uint32_t i) {
      return i == 0 ? where : load_eight(entry + i * 8 - kTextHead);
    });
  }

  void offer_read(uint64_t sequence, uint64_t where, uint32_t bytes) const {
    put(sequence, 2 * kTextHead, [&](uint32_t i) { return i == 0 ? where | kOpRead : bytes; });
  }

  // Takes back, while no warp runs, what was offered and not taken.
  void withdraw(uint64_t sequence) const {
    for (uint32_t cell = 0; cell < shape_.express_bytes() / kCellBytes; cell++) {
      const Word word(cell_at(ring_.express_in(sequence), cell) + kCellPayload / 8);
      if (is_express_of(word.get_opaque(), sequence)) word.set_opaque(0);
    }
  }

  // Whether a sequence has come out here.
  bool has(uint64_t sequence) const { return is_express_of(first_word(sequence), sequence); }

  // Copies what a sequence has brought, which is kept: bytes, and behind them from the next unit on the
  // result.
  void copy(uint64_t sequence, uint32_t result_bytes, uint8_t* to) const {
    uint8_t* out = ring_.express_out(sequence);
    const uint64_t word = first_word(sequence);
    const uint32_t bytes = text_in(word) - kTextHead;
    copy_cells(out, word, kTextHead, kTextHead + bytes, to);
    copy_cells(out + cells_of(text_in(word)) * kCellBytes, word, 0, result_bytes,
               to + units_of(bytes) * kUnit);
  }

  bool may_offer(uint64_t sequence) const {
    return shape_.express && !kept_[sequence % kExpressSlots].load();
  }
  void keep(uint64_t sequence) { kept_[sequence % kExpressSlots].store(true); }
  void let_go(uint64_t sequence) { kept_[sequence % kExpressSlots].store(false); }

 private:
  static uint64_t* cell_at(uint8_t* slot, uint32_t cell) {
    return reinterpret_cast<uint64_t*>(slot + cell * kCellBytes);
  }

  // The first cell last: the warp takes the message once it has seen that one.
  template <class Eight>
  void put(uint64_t sequence, uint32_t text, const Eight& eight) const {
    const uint64_t word = express_word(sequence, text);
    if (word == 0) return;  // looks like an untouched cell
    for (uint32_t cell = cells_of(text); cell-- > 0;) {
      uint64_t* to = cell_at(ring_.express_in(sequence), cell);
      for (uint32_t i = 0; i < kCellPayload / 8 && cell * kCellPayload + i * 8 < text; i++) {
        Word(to + i).set_opaque(eight(cell * kCellPayload / 8 + i));
      }
      Word(to + kCellPayload / 8).set_release(word);  // pairs with poll_half()
    }
  }

  uint64_t first_word(uint64_t sequence) const {
    return Word(cell_at(ring_.express_out(sequence), 0) + kCellPayload / 8).get_acquire();
  }

  // Copies the text from one byte to another out of cells. The warp shows them at once: the later ones
  // are close behind the first.
  static void copy_cells(uint8_t* from, uint64_t word, uint32_t begin, uint32_t end, uint8_t* to) {
    for (uint32_t at = begin; at < end; at += 8) {
      uint64_t* cell = cell_at(from, at / kCellPayload);
      while (Word(cell + kCellPayload / 8).get_acquire() != word) wait("the rest of an express", word);
      store_eight(to + at - begin, Word(cell + at % kCellPayload / 8).get_opaque());
    }
  }

  const Ring& ring_;
  const Shape shape_;
  std::atomic<bool> kept_[kExpressSlots] = {};
};

}  // namespace host
