// How a warp moves up to a warp of messages at once: from the ingress memory to their places in the arena
// and, if they are pushed, to the window; or from the arena to the window; or within the arena.
#pragma once

#include "memory.h"

namespace gpumq::link {

// The link carries whole lines best: a row that begins within one takes a fifth more requests.
constexpr uint32_t kLineBytes = 128;

// The messages that a warp carries at once: in lane m that of message m.
struct Work {
  uint64_t first;  // sequence of the first
  uint32_t n;      // how many, at most a warp's lanes
  uint64_t what;   // the descriptor
  uint64_t where;
};

// Units of header and extensions.
GPUMQ_FN uint32_t heading_units(uint64_t what, uint64_t where) {
  return op_in(what) == kOpRead ? 0 : 1 + extensions_in(where);
}

// Where a message or a read begins in the window, in units.
GPUMQ_FN uint64_t window_unit(uint64_t what, uint64_t where) {
  const uint64_t unit = unit_in(where);
  return op_in(what) == kOpRead ? unit * kReadUnits : unit;
}

// Whether a descriptor is its slot's and names memory that is there: 0, or the error.
GPUMQ_FN uint32_t flaw_of(const Ring& ring, uint64_t sequence, uint64_t what, uint64_t where,
                          uint32_t result_units) {
  if (stamp_in(what) != stamp_of(sequence) || !is_where_of(where, sequence)) return kErrorStamp;
  const uint32_t heading = heading_units(what, where);
  const uint32_t results = is_handled(what) ? result_units : 0;
  const uint32_t units = heading + units_of(length_in(what)) + results;
  const bool in_arena = place_in(where) + units <= ring.arena_units;
  const uint32_t there = is_moved(what) ? heading : units;
  const bool in_window = window_unit(what, where) + there <= ring.window_units;
  return length_in(what) <= kMostLength && in_arena && in_window ? 0 : kErrorPlace;
}

// What is done instead of a descriptor that has a flaw: nothing.
GPUMQ_FN uint64_t nothing_for(uint64_t sequence) { return what_word(sequence, kOpRead, false, 0); }

// Units of a message that cross the link before its handler runs.
GPUMQ_FN uint32_t units_to_move(uint64_t what, uint64_t where) {
  return heading_units(what, where) + (is_moved(what) ? 0 : units_of(length_in(what)));
}

// Where the messages of a warp begin when they are laid one behind the other: in lane m, message m.
GPUMQ_FN uint32_t begin_of(const Warp& warp, uint32_t units) {
  uint32_t end = units;
  for (uint32_t d = 1; d < warp.size(); d *= 2) {
    const uint32_t before = warp.from(end, warp.lane() - d);
    if (warp.lane() >= d) end += before;
  }
  return end - units;
}

// The message that the unit `u` of all belongs to: the last that begins at or before it.
GPUMQ_FN uint32_t message_of(const Warp& warp, uint32_t begin, uint32_t u) {
  uint32_t message = 0;
  for (uint32_t step = warp.size() / 2; step > 0; step /= 2) {
    if (warp.from(begin, message + step) <= u) message += step;
  }
  return message;
}

// Units left out before a message, so that rows begin where lines do: in lane m before message m. None where
// it follows the one before it in the ingress memory.
GPUMQ_FN uint32_t gap_before(const Warp& warp, const Work& work, uint32_t units) {
  const uint32_t unit = static_cast<uint32_t>(window_unit(work.what, work.where));
  const uint32_t before = warp.from(unit + units, warp.lane() - 1);
  return units == 0 ? 0 : (unit - (warp.lane() == 0 ? 0 : before)) % (kLineBytes / kUnit);
}

// Moves the messages of `work`. `units` is in lane m what message m has of them, 0 beyond the last.
//
// A row is what a warp moves at once: a unit a lane, of as many messages as it takes. Rows are loaded
// several at a time, since each crosses the link.
GPUMQ_FN void move_in(const Warp& warp, const Ring& ring, const Work& work, uint32_t units) {
  constexpr uint32_t kRows = 8;
  const uint32_t gap = gap_before(warp, work, units);
  const uint32_t begin = begin_of(warp, gap + units) + gap;
  const uint32_t total = warp.from(begin + units, warp.size() - 1);
  for (uint32_t base = 0; base < total; base += kRows * warp.size()) {
    Quad quads[kRows];
    uint8_t* arena[kRows];
    uint8_t* window[kRows];
#pragma unroll
    for (uint32_t r = 0; r < kRows; r++) {
      arena[r] = nullptr;
      window[r] = nullptr;
      if (base + r * warp.size() >= total) continue;  // a few messages have few rows
      const uint32_t u = base + r * warp.size() + warp.lane();
      const uint32_t message = message_of(warp, begin, u);
      const uint64_t what = warp.from(work.what, message);
      const uint64_t where = warp.from(work.where, message);
      const uint32_t offset = u - warp.from(begin, message);
      const bool there = offset < warp.from(units, message);
      const bool is_read = op_in(what) == kOpRead;
      uint8_t* place = ring.at(place_in(where) + offset);
      const uint64_t unit = (window_unit(what, where) + offset) * kUnit;
      if (there) quads[r] = poll_quad(is_read ? place : ring.ingress + unit);
      arena[r] = there && !is_read ? place : nullptr;
      window[r] = there && (is_read || is_pushed(what)) ? ring.window + unit : nullptr;
    }
#pragma unroll
    for (uint32_t r = 0; r < kRows; r++) {
      if (arena[r] != nullptr) store_quad(arena[r], 0, quads[r]);
      if (window[r] != nullptr) store_quad(window[r], 0, quads[r]);
    }
  }
}

// Copies the payloads that lie elsewhere in the arena, and what goes behind them, one message after the other:
// they are few. In lane m: 0, or the error where message m names memory that is not there.
GPUMQ_FN uint32_t move_payloads(const Warp& warp, const Ring& ring, const Work& work) {
  uint32_t flaw = 0;
  for (uint32_t m = 0; m < work.n; m++) {
    const uint64_t what = warp.from(work.what, m);
    const uint64_t where = warp.from(work.where, m);
    if (!is_moved(what)) continue;
    const uint32_t heading = heading_units(what, where);
    const uint32_t payload = units_of(length_in(what));
    const uint64_t unit = unit_in(where);
    const bool has_before = unit > 0;
    const Quad before = has_before ? poll_quad(ring.ingress + (unit - 1) * kUnit) : Quad();
    const uint64_t source = low_of(before);
    const uint64_t behind = high_of(before);
    const bool there = has_before && source <= ring.arena_units && behind <= ring.window_units &&
                       source + payload <= ring.arena_units &&
                       place_in(where) + heading + payload + behind <= ring.arena_units &&
                       unit + heading + behind <= ring.window_units;
    if (!there) {
      if (warp.lane() == m % warp.size()) flaw = kErrorPlace;
      continue;
    }
    uint8_t* to = ring.at(place_in(where) + heading);
    const uint8_t* tail = ring.ingress + (unit + heading) * kUnit;
    // What lies where it is to lie was copied there before the head was released.
    const uint32_t there_already = source == place_in(where) + heading ? payload : 0;
    for (uint32_t i = there_already + warp.lane(); i < payload + behind; i += warp.size()) {
      const uint8_t* from = i < payload ? ring.at(source + i) : tail + (i - payload) * kUnit;
      store_quad(to + i * kUnit, 0, poll_quad(from));
    }
  }
  return flaw;
}

// Where the result of a message that is handled begins, in units from the entry's start.
GPUMQ_FN uint32_t result_unit(uint64_t what, uint64_t where) {
  return heading_units(what, where) + units_of(length_in(what));
}

// Visits the results of a warp's messages, a fixed number of units each, a unit a lane: `visit` is given the
// message's descriptor and the unit, counted from the entry's start.
template <uint32_t Units, class Visit>
GPUMQ_FN void each_result_unit(const Warp& warp, const Work& work, const Visit& visit) {
  for (uint32_t base = 0; base < work.n * Units; base += warp.size()) {
    const uint32_t i = base + warp.lane();
    const uint32_t message = i / Units < work.n ? i / Units : 0;
    const uint64_t what = warp.from(work.what, message);
    const uint64_t where = warp.from(work.where, message);
    if (i < work.n * Units) visit(what, where, result_unit(what, where) + i % Units);
  }
}

// Makes the results of messages zero. What a handler leaves out, as one that fails does, shows nothing of
// the entry that lay there before.
template <uint32_t Units>
GPUMQ_FN void clear_results(const Warp& warp, const Ring& ring, const Work& work) {
  each_result_unit<Units>(warp, work, [&](uint64_t what, uint64_t where, uint32_t unit) {
    if (is_handled(what)) store_quad(ring.at(place_in(where) + unit), 0, Quad{});
  });
}

// Copies the results of pushed messages to the window.
template <uint32_t Units>
GPUMQ_FN void push_results(const Warp& warp, const Ring& ring, const Work& work) {
  each_result_unit<Units>(warp, work, [&](uint64_t what, uint64_t where, uint32_t unit) {
    if (op_in(what) != kOpCarry || !is_pushed(what)) return;
    store_quad(ring.window + (static_cast<uint64_t>(unit_in(where)) + unit) * kUnit, 0,
               load_quad(ring.at(place_in(where) + unit), 0));
  });
}

}  // namespace gpumq::link
