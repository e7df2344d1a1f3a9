// A ring's memory, and the arena, as the device sees them.
#pragma once

#include "../handlers.h"
#include "../ordering.h"
#include "words.h"

namespace gpumq::link {

using Warp = Tile<32>;

// What the device keeps of its own: the tickets, and what front warps look up across the link for
// all of them. From `head` on it is read as the control block is, a word in each 128 bytes.
struct Mirror {
  alignas(128) uint64_t tickets;     // tickets given out so far
  alignas(128) uint64_t head;        // near copy of kHead, may lag behind
  alignas(128) uint64_t stop;        // any warp may set it; nobody clears it
  alignas(128) uint64_t answered;    // messages below were answered, the last of them by express
  alignas(128) uint64_t turnaround;  // cycles from such an answer to the next look, as last found best
  alignas(128) uint64_t beats;
};
static_assert(sizeof(Mirror) == kMirrorBytes && offsetof(Mirror, tickets) == kMirrorTickets &&
                  offsetof(Mirror, head) == kMirrorHead,
              "Java sets the first two");

// A view of one ring's memory, owned by the host. Passed to the kernel by value; Java packs it.
struct Ring {
  uint8_t* control;
  uint64_t* descriptors;
  uint8_t* ingress;
  uint64_t* completions;
  uint8_t* window;
  uint8_t* express;
  uint64_t* states;
  Mirror* mirror;
  uint8_t* arena;
  uint64_t arena_units;
  uint64_t first;       // sequences below were completed by a kernel before this one
  uint64_t resume_end;  // those from `first` up to here may have been, and are looked at one by one
  uint64_t end;         // where a trial ends, which carries one message at a time; or kNever
  uint32_t slot_mask;
  uint32_t slot_shift;
  uint32_t ticket_shift;  // a ticket is 1 << ticket_shift sequences, at most a warp's lanes
  uint32_t max_tries;
  uint32_t express_bytes;  // an express slot
  uint32_t window_units;   // of the window, and of the ingress memory
  uint32_t in_order;       // whether a message waits for the one that it comes after
  uint32_t unused;
  HandlerParams params;

  GPUMQ_FN uint64_t* control_word(uint32_t index) const {
    return reinterpret_cast<uint64_t*>(control + index * kControlStride);
  }
  GPUMQ_FN uint64_t* state(uint64_t sequence) const { return states + (sequence & slot_mask); }
  GPUMQ_FN uint64_t* completion(uint64_t sequence) const {
    return completions + (sequence & slot_mask);
  }
  GPUMQ_FN const uint8_t* descriptor(uint64_t sequence) const {
    return reinterpret_cast<const uint8_t*>(descriptors) + (sequence & slot_mask) * kDescriptorBytes;
  }
  GPUMQ_FN uint8_t* at(uint64_t place) const { return arena + place * kUnit; }
  GPUMQ_FN uint8_t* express_in(uint64_t sequence) const {
    return express + (sequence & (kExpressSlots - 1)) * express_bytes;
  }
  GPUMQ_FN uint8_t* express_out(uint64_t sequence) const {
    return express_in(sequence) + kExpressSlots * express_bytes;
  }
};
static_assert(sizeof(Ring) == kRingBytes, "the packing in Java says so too");

}  // namespace gpumq::link
