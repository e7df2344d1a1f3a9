// The messages of ring_protocol_tsan: made from a seed and their sequence, so that every thread can
// tell what any of them must be, and what must become of it.
#pragma once

#include <cstdint>
#include <cstring>

#include "../../main/cuda/handlers.h"
#include "../../main/cuda/ring_words.h"

namespace host {

using namespace gpumq;

// Most bytes of a payload.
constexpr uint32_t kMostBytes = 128;

// Numbers that look random: a counter, well mixed.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t x = state_ += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93ull;
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93ull;
    return x ^ x >> 32;
  }
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(next() % limit); }

 private:
  uint64_t state_;
};

struct Message {
  bool is_void;
  uint32_t length;
};

// Message `sequence`, its bytes written to `bytes`: a sixteenth are void, many empty or full.
inline Message message_of(uint64_t seed, uint64_t sequence, uint32_t slot_bytes, uint8_t* bytes) {
  Dice dice(seed + Dice(sequence).next());
  const uint32_t kind = dice.below(16);
  if (kind == 0) return {true, 0};
  const uint32_t length = kind == 1 ? 0 : kind < 6 ? slot_bytes : dice.below(slot_bytes + 1);
  for (uint32_t at = 0; at < length; at += 8) {
    const uint64_t word = dice.next();
    std::memcpy(bytes + at, &word, length - at < 8 ? length - at : 8);
  }
  return {false, length};
}

// CRC-32C bit by bit, as its definition goes.
inline uint32_t crc_of(const uint8_t* bytes, uint32_t length) {
  uint32_t crc = ~0u;
  for (uint32_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
    }
  }
  return ~crc;
}

struct Outcome {
  uint32_t status;
  uint32_t tries;
  uint32_t error;
};

// What the completion word of a message must say.
template <class H>
Outcome outcome_of(const HandlerParams& params, uint32_t max_tries, const Message& message,
                   const uint8_t* bytes) {
  if (message.is_void) return {kStatusVoid, 1, 0};
  uint64_t number = 0;
  if (H::kId == Fail::kId && message.length >= 8) {
    std::memcpy(&number, bytes, 8);
    if (number % params.p[0] == 0) {
      const uint32_t needed = static_cast<uint32_t>(params.p[1]) + 1;
      return needed <= max_tries ? Outcome{kStatusOk, needed, 0}
                                 : Outcome{kStatusFailed, max_tries, Fail::kFailed};
    }
  }
  return {kStatusOk, 1, 0};
}

inline uint32_t status_in(uint64_t completion) { return completion >> kStatusShift & 3; }

}  // namespace host
