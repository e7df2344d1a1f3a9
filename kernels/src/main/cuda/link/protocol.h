// What every warp of the persistent kernel does: take a ticket, wait until its sequences are
// published, carry the messages in, handle them, complete them.
//
// Plain C++: a GPU runs it with 32 lanes to a warp, a host test with threads that stand for warps.
// docs/MEMORY_ORDERING.md draws which release pairs with which acquire.
#pragma once

#include "carry.h"
#include "lookout.h"
#include "order.h"

namespace gpumq::link {

// Whether there is anything to run: what could fail, fault or hang.
template <class H>
GPUMQ_FN constexpr bool runs() {
  return H::kId != Echo::kId;
}

template <class H>
GPUMQ_FN constexpr uint32_t result_units() {
  return units_of(H::kResultBytes);
}

// What became of a message: tries << 8 | error.
constexpr uint32_t kFirstTry = 1 << 8;

// This is before its handler runs, or where none does.
GPUMQ_FN uint32_t outcome_of(uint64_t what, uint64_t where) {
  if (!is_handled(what)) return 0;
  const uint32_t before = tries_in(what);
  if (is_condemned(where)) return before << 8 | kErrorFault;
  return (before == kMostTries ? before : before + 1) << 8;
}

// Runs the handler on one message until it succeeds or has had its tries, and returns the outcome.
template <class H, class T>
GPUMQ_FN uint32_t handle_one(const T& tile, const Ring& ring, uint64_t sequence, uint64_t what,
                             uint64_t where) {
  uint8_t* payload = ring.at(place_in(where) + 1 + extensions_in(where));
  uint8_t* result = payload + units_of(length_in(what)) * kUnit;
  const uint64_t lap = sequence >> ring.slot_shift;
  for (uint32_t tries = outcome_of(what, where) >> 8;; tries++) {
    const uint32_t error = H::run(tile, ring.params, payload, length_in(what), result, tries);
    if (error == 0 || tries >= ring.max_tries) return tries << 8 | error;
    // Back to READY for the next run: who takes the slots over after a crash sees it as untaken.
    if (tile.lane() == 0) {
      move_local(ring.state(sequence), state_word(lap, kInflight), state_word(lap, kReady));
      move_local(ring.state(sequence), state_word(lap, kReady), state_word(lap, kInflight));
    }
    tile.sync();
  }
}

// Runs the handler on every message that wants it, as many at once as there are tiles in a warp, if it is
// due, as its lane says. Returns the outcome of this lane's message.
template <class H>
GPUMQ_FN uint32_t handle_all(const Warp& warp, const Ring& ring, const Work& work, bool due) {
  const Tile<H::kLanes> tile;
  const uint32_t tiles = warp.size() / tile.size();
  uint32_t outcome = outcome_of(work.what, work.where);
  if constexpr (runs<H>()) {
    for (uint32_t base = 0; base < work.n; base += tiles) {
      const uint32_t message = base + warp.lane() / tile.size();
      const uint64_t what = warp.from(work.what, message % warp.size());
      const uint64_t where = warp.from(work.where, message % warp.size());
      uint32_t theirs = outcome_of(what, where);
      const bool is_due = warp.from(due, message % warp.size());
      if (message < work.n && is_due && is_handled(what) && !is_condemned(where)) {
        theirs = handle_one<H>(tile, ring, work.first + message, what, where);
      }
      warp.sync();
      const uint32_t back = warp.from(theirs, (warp.lane() - base) % tiles * tile.size());
      if (warp.lane() >= base && warp.lane() < base + tiles) outcome = back;
    }
  }
  return outcome;
}

// As handle_all(), each message behind the one that it comes after, as its lane says.
template <class H>
GPUMQ_FN uint32_t handle_in_order(const Warp& warp, const Ring& ring, const Work& work,
                                  uint64_t after) {
  const uint32_t mine = round_of(warp, work, after);
  uint32_t outcome = 0;
  bool more = true;
  for (uint32_t round = 0; more; round++) {
    const uint32_t seen = handle_all<H>(warp, ring, work, mine == round);
    if (mine == round) outcome = seen;
    more = !warp.all(mine <= round);
    warp.sync();  // what one has written, those behind it may read
  }
  return outcome;
}

GPUMQ_FN uint32_t status_of(uint32_t outcome) {
  return (outcome & 0xff) != 0 ? kStatusFailed : kStatusOk;
}

// Writes this lane's message's header again where the host's guess at it was wrong.
template <class H>
GPUMQ_FN void correct_header(const Ring& ring, uint64_t what, uint64_t where, uint32_t outcome) {
  if (outcome == kFirstTry || !is_handled(what)) return;
  auto* header = reinterpret_cast<uint64_t*>(ring.at(place_in(where)));
  const uint64_t kinds = *header & kEntryKinds;
  const uint64_t word =
      kinds | entry_word(length_in(what), extensions_in(where), status_of(outcome),
                         outcome >> 8, outcome & 0xff, H::kResultBytes);
  *header = word;
  if (is_pushed(what)) {
    *reinterpret_cast<uint64_t*>(ring.window + static_cast<uint64_t>(unit_in(where)) * kUnit) = word;
  }
}

GPUMQ_FN uint64_t completion_of(uint64_t sequence, uint64_t what, uint32_t outcome) {
  return completion_word(sequence, status_of(outcome), is_pushed(what), outcome >> 8,
                         outcome & 0xff);
}

// Carries n published messages to their completion. Returns false if the kernel is to end first: then they
// are as they were.
template <class H>
GPUMQ_FN bool carry(const Warp& warp, const Ring& ring, uint64_t first, uint32_t n) {
  const bool mine = warp.lane() < n;  // lane m stands for message m where messages have one lane each
  const uint64_t sequence = first + warp.lane();

  // The descriptors' trip across the link and the slots' way from DONE to INFLIGHT overlap.
  Work work = {first, n, 0, 0};
  Moves moves = {};
  uint32_t flaw = 0;
  uint32_t units = 0;
  if (mine) {
    const Quad descriptor = poll_quad(ring.descriptor(sequence));
    empty(ring, sequence);
    work.what = low_of(descriptor);
    work.where = high_of(descriptor);
    flaw = flaw_of(ring, sequence, work.what, work.where, result_units<H>());
    if (flaw != 0) work.what = nothing_for(sequence);
    units = units_to_move(work.what, work.where);
  }
  move_in(warp, ring, work, units);
  if (!warp.all(!is_moved(work.what))) {
    const uint32_t absent = move_payloads(warp, ring, work);
    if (absent != 0) {
      flaw = absent;
      work.what = nothing_for(sequence);
    }
  }
  if constexpr (H::kResultBytes > 0) clear_results<result_units<H>()>(warp, ring, work);
  const bool in_order = runs<H>() && ring.in_order != 0;
  uint64_t after = 0;
  if (in_order) {
    warp.sync();
    if (mine) after = after_of(ring, work.what, work.where);
    if (!await_others(warp, ring, work, after)) return false;
  }
  if (mine) take(ring, sequence, moves);
  warp.sync();
  const uint32_t outcome = in_order ? handle_in_order<H>(warp, ring, work, after)
                                    : handle_all<H>(warp, ring, work, true);
  if constexpr (H::kResultBytes > 0) {
    warp.sync();
    push_results<result_units<H>()>(warp, ring, work);
  }
  warp.sync();
  if (mine && flaw != 0) {
    fail(ring, flaw, sequence);
  } else if (mine) {
    correct_header<H>(ring, work.what, work.where, outcome);
    finish(ring, sequence, moves);
    before_shared_release();
    complete(ring, sequence, moves, completion_of(sequence, work.what, outcome));
  }
  return true;
}

// Carries one message, or a read, that came by express: in, handled, out. It lands later. Where no handler
// runs that could fault, the answer goes out before the slot's state says who is at work, so that it does
// not wait behind the CASes. What comes by express comes after nothing: the host offers no other.
template <class H>
GPUMQ_FN void carry_express(const Warp& warp, const Ring& ring, uint64_t sequence,
                            const Express& express, Lookout& lookout, Landing& landing) {
  const bool mine = warp.lane() == sequence % warp.size();
  const uint64_t where = express.where(warp);
  const uint64_t second = express.second(warp);
  const uint32_t op = static_cast<uint32_t>(where) & kCheckMask;
  const uint32_t length = op == kOpRead ? static_cast<uint32_t>(second)
                                        : static_cast<uint32_t>(second) & ((1u << kLengthBits) - 1);
  const uint64_t what = what_word(sequence, op, false, length);
  const uint32_t flaw = flaw_of(ring, sequence, what, where, result_units<H>());
  Moves moves = {};
  if (runs<H>() && mine) {
    empty(ring, sequence);
    take(ring, sequence, moves);
  }
  uint32_t outcome = outcome_of(what, where);
  if (flaw == 0 && op == kOpRead) {
    express_read(warp, ring, sequence, place_in(where), units_of(length) * kUnit);
  } else if (flaw == 0) {
    express_in(warp, ring, place_in(where), express);
    const Work work = {sequence, 1, what, where};
    if constexpr (H::kResultBytes > 0) clear_results<result_units<H>()>(warp, ring, work);
    if constexpr (runs<H>()) {
      warp.sync();
      outcome = warp.from(handle_all<H>(warp, ring, work, true), 0);
    }
    warp.sync();
    if (outcome == kFirstTry) {
      const uint8_t* result = ring.at(place_in(where) + result_unit(what, where));
      express_out(warp, ring, sequence, express, result, H::kResultBytes);
    }
  }
  lookout.answered = now();
  tell_answered(warp, ring, sequence + 1, lookout.turnaround);
  if (flaw != 0) {
    if (mine) fail(ring, flaw, sequence);
    return;
  }
  if (mine) {
    if constexpr (!runs<H>()) {
      empty(ring, sequence);
      take(ring, sequence, moves);
    }
    correct_header<H>(ring, what, where, outcome);
    finish(ring, sequence, moves);
    landing.sequence = sequence;
    landing.word = completion_of(sequence, what, outcome);
    landing.moves = moves;
    landing.due = true;
  }
  landing.count++;
  if (landing.count >= kMostToLand || landing.count >= warp.size()) land(warp, ring, landing);
}

// Whether a kernel before this one completed a message.
GPUMQ_FN bool was_completed(const Warp& warp, const Ring& ring, uint64_t sequence) {
  if (sequence >= ring.resume_end) return false;
  const uint64_t word = poll_shared(ring.completion(sequence));
  return sequence < ring.first || stamp_in(warp.from(word, 0)) == stamp_of(sequence);
}

// How many messages a warp carries at once from `sequence` on: one in a trial, so that a fault is known
// for its own, and one where some may be completed already.
GPUMQ_FN uint32_t most_at_once(const Warp& warp, const Ring& ring, uint64_t sequence) {
  return ring.end != kNever || sequence < ring.resume_end ? 1 : warp.size();
}

// The life of one warp: ticket after ticket, until the stop word or the end of a trial.
template <class H>
GPUMQ_FN void run_warp(const Warp& warp, const Ring& ring) {
  Landing landing = {};
  Lookout lookout = {};
  Express express;
  express.looked = kExpressRows;
  for (;;) {
    const uint64_t ticket =
        warp.from(warp.lane() == 0 ? add_local(&ring.mirror->tickets, 1) : 0, 0);
    uint64_t next = ticket << ring.ticket_shift;
    if (next >= ring.end) break;
    const uint64_t ticket_end = next + (1ull << ring.ticket_shift);
    const uint64_t end = ticket_end < ring.end ? ticket_end : ring.end;
    lookout.front = false;
    while (next < end) {
      if (was_completed(warp, ring, next)) {
        next++;
        tell_answered(warp, ring, next, lookout.turnaround);  // or nobody would look out behind it
        continue;
      }
      const Look seen = await_published<!runs<H>()>(warp, ring, next, lookout, express, landing);
      if (express.word != 0) {
        carry_express<H>(warp, ring, next, express, lookout, landing);
        next++;
        lookout.quick = true;
        if (next == end) land(warp, ring, landing);
        continue;
      }
      if (landing.count > 0) land(warp, ring, landing);
      // A head beyond this ticket, and a stop, is news for the others, who hear of it first; that the
      // express is not the only way any more, too.
      const bool news = seen.head >= end || seen.stop != 0 || lookout.quick;
      if (lookout.front && news) pass_on(warp, ring, seen);
      lookout.quick = false;
      if (seen.stop != 0) return;
      const uint64_t upto = seen.head < end ? seen.head : end;
      while (next < upto && !was_completed(warp, ring, next)) {
        const uint32_t left = static_cast<uint32_t>(upto - next);  // at most a ticket
        const uint32_t most = most_at_once(warp, ring, next);
        const uint32_t n = left < most ? left : most;
        if (!carry<H>(warp, ring, next, n)) return;
        next += n;
      }
    }
  }
}

}  // namespace gpumq::link
