// Runs the protocol of a ring that lanes share, from the very headers that the GPU runs, on threads: some
// stand for warps, some produce, some read, one moves entries. Small rings and a small arena, hundreds of
// laps, every byte checked; built with ThreadSanitizer, which ends it at the first access that no word of
// the protocol allows.
//
//   link_protocol_tsan [SEED [SECONDS]]
//
// SECONDS is how long one of its runs may take. Exit status 0: all is well; 1: what went wrong stands in the
// last line; 2: all is well, but not everything happened that was to be tested; 66: a race.

#include <iterator>
#include <type_traits>

#include "link_run.h"

extern "C" const char* __tsan_default_options() { return "halt_on_error=1:exitcode=66"; }

namespace {

using namespace host;

constexpr uint64_t kMessages = 1000;

// Rounds at least, and at most until everything has happened that is to be tested.
constexpr int kRounds = 6;
constexpr int kMostRounds = 24;

// A random plan for handler H.
template <class H>
Plan plan_for(Dice& dice, bool near_the_stamps_wrap) {
  Plan plan = {};
  Shape& s = plan.shape;
  s.slots = 4u << dice.below(4);
  s.ticket_slots = std::min(1u << dice.below(4), s.slots);
  s.max_tries = 1 + dice.below(3);
  s.largest_payload = 8 * (1 + dice.below(kMostBytes / 8));
  s.result_bytes = H::kResultBytes;
  const uint32_t units = s.most_units() * (1 + dice.below(4));
  s.chunk_bytes = (units + kReadUnits - 1) / kReadUnits * kReadUnits * kUnit;  // a read begins there
  s.chunks = 2 + dice.below(4);
  s.read_chunks = 1 + dice.below(2);
  s.express = dice.one_in(2);
  s.in_order = std::is_same_v<H, InTurn>;
  // The stamps, 32 bits, and what express knows of a sequence, 51, wrap behind the first laps.
  s.first_sequence = near_the_stamps_wrap ? (1ull << 51) - 4 * s.slots : 0;
  // Of handler fail: every second or third message, at its first one to three tries.
  plan.params = {{2 + dice.below(2), 1 + dice.below(3), Fail::kError, 0}};
  plan.handler = H::kId;
  plan.warp = run_warp<H>;
  plan.warps = 2 + dice.below(3);
  plan.lanes = 2 + dice.below(3);
  plan.producers = 1 + dice.below(3);
  plan.readers = 1 + dice.below(2);
  plan.relays = 1 + dice.below(12);
  plan.messages = kMessages;
  plan.segments = plan.lanes + 2 + dice.below(4);
  s.arena_units = plan.segments * s.most_units() * (1 + dice.below(3));
  return plan;
}

template <class H>
void run(const char* name, Dice& dice, uint64_t seed, std::chrono::seconds most_time,
         bool near_the_stamps_wrap) {
  const Plan plan = plan_for<H>(dice, near_the_stamps_wrap);
  const Shape& s = plan.shape;
  std::snprintf(Watch::plan, sizeof Watch::plan,
                "seed %" PRIu64 ", %s: %u slots, tickets of %u, chunks %u+%u of %u bytes, payloads to "
                "%u, arena %u units, first %" PRIu64 "%s; %u warps, %u lanes, %u producers, %u readers",
                seed, name, s.slots, s.ticket_slots, s.chunks, s.read_chunks, s.chunk_bytes,
                s.largest_payload, s.arena_units, s.first_sequence, s.express ? ", express" : "",
                plan.warps, plan.lanes, plan.producers, plan.readers);
  const auto start = steady_clock::now();
  Watch::deadline = start + most_time;
  Run(plan, dice.next()).run();
  std::printf("%s: %.1f s\n", Watch::plan,
              std::chrono::duration<double>(steady_clock::now() - start).count());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const uint64_t seed =
      count > 1 ? std::strtoull(arguments[1], nullptr, 10)
                : static_cast<uint64_t>(steady_clock::now().time_since_epoch().count());
  const std::chrono::seconds most_time(count > 2 ? std::strtol(arguments[2], nullptr, 10) : 120);
  Dice dice(seed);
  const struct {
    const char* what;
    const std::atomic<uint64_t>& times;
  } happened[] = {
      {"laps", tally.laps},
      {"entries from the window", tally.from_window},
      {"entries by express", tally.by_express},
      {"looks for an entry that had not landed", tally.landed_late},
      {"entries by a read", tally.by_read},
      {"entries from VRAM", tally.from_vram},
      {"entries that were not pushed", tally.not_pushed},
      {"entries moved", tally.moved},
      {"entries moved by the ring", tally.moved_by_ring},
      {"messages sent again", tally.sent_again},
      {"messages copied to their place first", tally.placed},
      {"retries", tally.retries},
      {"failures", tally.failures},
      {"condemned messages", tally.condemned},
      {"trials", tally.trials},
      {"messages looked at again by later warps", tally.resumed},
  };
  const auto all_happened = [&] {
    return std::all_of(std::begin(happened), std::end(happened),
                       [](const auto& each) { return each.times.load() > 0; });
  };
  for (int round = 0; round < kRounds || (round < kMostRounds && !all_happened()); round++) {
    const bool wrap = round % 2 == 1;
    run<Crc32c>("crc32c", dice, seed, most_time, wrap);
    run<Fail>("fail", dice, seed, most_time, wrap);
    run<Echo>("echo", dice, seed, most_time, !wrap);
    run<InTurn>("in turn", dice, seed, most_time, wrap);
  }
  for (const auto& [what, times] : happened) {
    std::printf("%" PRIu64 " %s\n", times.load(), what);
    if (times.load() == 0) {
      std::fprintf(stderr, "nothing was tested of: %s (seed %" PRIu64 ")\n", what, seed);
      return 2;
    }
  }
  return 0;
}
