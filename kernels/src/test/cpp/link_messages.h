// The messages of link_protocol_tsan: made from a seed and their id, so that every thread can tell what
// any of them must be, and what must become of it.
#pragma once

#include <cstring>

#include "link_watch.h"

namespace host {

// Most bytes of a payload.
constexpr uint32_t kMostBytes = 128;

// Most units of an entry: header, two extensions, payload, result.
constexpr uint32_t kMostUnits = 3 + kMostBytes / kUnit + 1;

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
  bool one_in(uint32_t n) { return below(n) == 0; }

 private:
  uint64_t state_;
};

struct Message {
  uint64_t id;
  uint64_t kinds;   // kEntryKeyedBit and kEntryFullIdBit
  uint64_t key;
  uint64_t after;   // what it comes after where handlers run in the order of keys
  uint32_t length;  // of the payload
  uint8_t payload[kMostBytes];

  bool keyed() const { return kinds >> kEntryKeyedBit & 1; }
  uint32_t extensions() const { return std::popcount(kinds); }
  uint32_t bytes() const { return (1 + extensions()) * kUnit + length; }  // without the result
  uint32_t heading_units() const { return 1 + extensions(); }
  uint32_t payload_units() const { return units_of(length); }
};

// Many are empty or full. `keyed`: whether each has a key, and no other extension.
inline Message message_of(uint64_t seed, uint64_t id, uint32_t largest_payload, bool keyed) {
  Dice dice(seed + Dice(id).next());
  Message message = {};
  message.id = id;
  message.key = ~id;
  message.kinds = keyed ? 1ull << kEntryKeyedBit : dice.next() & kEntryKinds;
  const uint32_t kind = dice.below(16);
  message.length = kind == 0 ? 0 : kind < 5 ? largest_payload : dice.below(largest_payload + 1);
  for (uint32_t at = 0; at < message.length; at += 8) {
    const uint64_t word = dice.next();
    std::memcpy(message.payload + at, &word, std::min(message.length - at, 8u));
  }
  return message;
}

// Which one of its bucket of keys a message is. Its key says where this lies.
struct Turn {
  uint64_t* handled;  // the turn that was handled last: plain memory, for one handler at a time
  uint64_t number;
};

// As crc32c, on messages that have a key each, and in their turn.
struct InTurn : Crc32c {
  template <class T>
  static uint32_t run(const T& tile, const HandlerParams& params, const uint8_t* payload,
                      uint32_t length, uint8_t* result, uint32_t attempt) {
    const auto* turn = *reinterpret_cast<const Turn* const*>(payload - kUnit);
    if (*turn->handled >= turn->number) die("handled out of turn", turn->number);
    *turn->handled = turn->number;
    return Crc32c::run(tile, params, payload, length, result, attempt);
  }
};

// What became of a message.
struct Outcome {
  uint32_t status;
  uint32_t tries;
  uint32_t error;
};

constexpr Outcome kGood = {kStatusOk, 1, 0};

inline Outcome outcome_in(uint64_t completion) {
  return {static_cast<uint32_t>(completion >> kStatusShift) & 3,
          static_cast<uint32_t>(completion >> kCompletionTriesShift) & kMostTries,
          static_cast<uint32_t>(completion >> kCompletionErrorShift) & 255};
}

// What must become of it after runs of the handler that a device did not survive.
inline Outcome outcome_of(const Ring& ring, uint32_t handler, const Message& message,
                          uint32_t tries_before, bool condemned) {
  if (condemned) return {kStatusFailed, tries_before, kErrorFault};
  const uint32_t first = std::min(tries_before + 1, kMostTries);
  uint64_t number = 1;
  if (message.length >= 8) std::memcpy(&number, message.payload, 8);
  const uint32_t failures = static_cast<uint32_t>(ring.params.p[1]);
  const bool fails = handler == Fail::kId && message.length >= 8 && number % ring.params.p[0] == 0;
  if (!fails || first > failures) return {kStatusOk, first, 0};
  if (failures < ring.max_tries) return {kStatusOk, failures + 1, 0};
  return {kStatusFailed, std::max(first, ring.max_tries), Fail::kFailed};
}

// Writes what stands before the payload; returns where that goes.
inline uint8_t* write_head(const Message& message, const Outcome& outcome, uint32_t result_bytes,
                           uint8_t* to) {
  uint64_t words[6] = {entry_word(message.length, message.extensions(), outcome.status,
                                  outcome.tries, outcome.error, result_bytes) |
                           message.kinds,
                       message.id};
  uint32_t count = 2;
  if (message.keyed()) {
    words[count++] = message.key;
    words[count++] = message.after;
  }
  if (message.kinds >> kEntryFullIdBit & 1) {
    words[count++] = message.id * 3;
    words[count++] = message.id * 5;
  }
  std::memcpy(to, words, count * 8);
  return to + count * 8;
}

// Writes an entry as it comes in, or as it stays with that outcome; returns where its result goes.
inline uint8_t* write_entry(const Message& message, const Outcome& outcome, uint32_t result_bytes,
                            uint8_t* to) {
  uint8_t* payload = write_head(message, outcome, result_bytes, to);
  std::memcpy(payload, message.payload, message.length);
  return payload + message.payload_units() * kUnit;
}

// CRC-32C bit by bit, as its definition goes.
inline uint32_t crc_of(const Message& message) {
  uint32_t crc = ~0u;
  for (uint32_t i = 0; i < message.length; i++) {
    crc ^= message.payload[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
  }
  return ~crc;
}

}  // namespace host
