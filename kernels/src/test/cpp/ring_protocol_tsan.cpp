// Runs the ring's protocol, from the very headers that the GPU runs, on threads: some stand for
// warps, some produce, some read. Small rings, thousands of laps, every byte checked; built with
// ThreadSanitizer, which ends it at the first access that no word of the protocol allows.
//
//   ring_protocol_tsan [SEED]
//
// Exit status 0: all is well; 1: what went wrong stands in the last line; 2: all is well, but not
// everything happened that was to be tested; 66: a race.

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <thread>

#include "ring_host.h"
#include "ring_messages.h"
#include "ring_pass_on.h"

extern "C" const char* __tsan_default_options() { return "halt_on_error=1:exitcode=66"; }

namespace {

using namespace host;
using std::chrono::steady_clock;

// Of one run; on two idle cores the longest takes ten seconds.
auto most_time = std::chrono::seconds(180);

// Rounds at least, and at most until everything has happened that is to be tested.
constexpr int kRounds = 6;
constexpr int kMostRounds = 24;
uint64_t seed;
steady_clock::time_point deadline;

// What a run was made to do; each must happen, or the test tests less than it says.
struct Tally {
  std::atomic<uint64_t> from_window, from_express, from_vram, voids, failures, retries, laps,
      resumed;
} tally;

struct Plan {
  Geometry g;
  HandlerParams params;
  uint32_t warps;
  uint32_t producers;
  uint32_t readers;
  uint32_t relays;  // times that the warps end, and others take up their work
  uint64_t messages;
};

template <class H>
class Run {
 public:
  explicit Run(const Plan& plan)
      : plan_(plan),
        memory_(plan.g, plan.params),
        ring_(memory_.ring()),
        end_(plan.g.first_sequence + plan.messages),
        express_(ring_, plan.g),
        completions_(ring_, plan.g, express_),
        window_(ring_, plan.g),
        releases_(plan.g, plan.readers),
        ingress_(ring_, plan.g) {}

  void run() {
    std::vector<std::thread> others;
    start_warps();
    for (uint32_t p = 0; p < plan_.producers; p++) {
      others.emplace_back([this, p] { produce(p); });
    }
    for (uint32_t r = 0; r < plan_.readers; r++) {
      others.emplace_back([this, r] { read(r); });
    }
    for (uint32_t relay = 1; relay <= plan_.relays; relay++) {
      const uint64_t from = plan_.g.first_sequence + plan_.messages * relay / (plan_.relays + 1);
      while (advance() < from) wait("completions before a relay", from);
      stop_warps();
      Word(ring_.control_word(kStop)).set_release(0);
      memory_.resume(plan_.g, completions_.landed());
      tally.resumed += ring_.resume_end - ring_.first;
      start_warps();
    }
    for (auto& other : others) other.join();
    if (advance() != end_) die("more was completed than sent", end_);
    stop_warps();
    for (uint64_t s = end_ - std::min<uint64_t>(plan_.messages, plan_.g.capacity); s < end_; s++) {
      if (*ring_.state(s) != state_word(s >> ring_.capacity_shift, kDone)) {
        die("a slot is not DONE at the end", s);
      }
    }
    tally.laps += plan_.messages / plan_.g.capacity;
  }

 private:
  void start_warps() {
    running_ = plan_.warps;
    for (uint32_t w = 0; w < plan_.warps; w++) {
      warps_.emplace_back([this] {
        run_warp<H>(Warp(), ring_);
        running_--;
      });
    }
  }

  void stop_warps() {
    Word(ring_.control_word(kStop)).set_release(1);
    while (running_.load() > 0) wait("the warps to see the stop word", end_);
    for (auto& warp : warps_) warp.join();
    warps_.clear();
  }

  void produce(uint32_t producer) {
    Dice dice(seed ^ producer);
    uint8_t bytes[kMostBytes];
    uint64_t left = plan_.messages / plan_.producers;
    if (producer == 0) left += plan_.messages % plan_.producers;
    while (left > 0) {
      const uint32_t most = static_cast<uint32_t>(
          std::min<uint64_t>(left, 1 + dice.below(std::min(4u, plan_.g.ingress_slots))));
      uint64_t first;
      for (;;) {
        advance();
        first = ingress_.try_claim(most, completions_.landed(), releases_.released());
        if (first != IngressRing::kFull) break;
        wait("room to send", end_ - left);
      }
      for (uint64_t s = first; s < first + most; s++) {
        const Message message = message_of(seed, s, plan_.g.slot_bytes, bytes);
        if (message.is_void) {
          ingress_.describe_void(s);
        } else {
          std::memcpy(ingress_.payload(s), bytes, message.length);
          ingress_.describe(s, message.length);
          if (most == 1) {
            express_.offer(s, message.length, completions_.landed(), releases_.released());
          }
        }
      }
      // Now and then one is late, and others overtake it.
      pause(dice.below(8) == 0 ? 50 : 0);
      ingress_.publish(first, most);
      left -= most;
      // Where there is an express, it wants the queue nearly empty every now and then.
      while (plan_.g.express && dice.below(2) == 0 && releases_.released() < first + most) {
        wait("the queue to empty", first);
      }
    }
  }

  // Takes what is completed run by run, as RingBatch does, and acknowledges it later.
  void read(uint32_t reader) {
    Dice dice(~seed ^ reader);
    for (uint64_t next = plan_.g.first_sequence; next < end_;) {
      const uint64_t completed = advance();
      if (completed == next) {
        releases_.acknowledge(reader, next);
        wait("completions", next);
        continue;
      }
      const uint64_t upto = std::min(completed, next + 1 + dice.below(plan_.g.window_slots));
      take(reader, next, upto);
      next = upto;
      if (dice.below(2) == 0) releases_.acknowledge(reader, next);
      // The second falls behind, so that it finds its entries gone from the window.
      pause(dice.below(4) == 0 ? 20 * reader : 0);
    }
    releases_.acknowledge(reader, end_);
  }

  void take(uint32_t reader, uint64_t from, uint64_t upto) {
    std::vector<uint64_t> entries;
    bool pushed = true;
    for (uint64_t s = from; s < upto; s++) {
      const uint64_t word = completions_.word(s);
      if (status_in(word) != kStatusOk) continue;
      entries.push_back(s);
      pushed &= word >> kPushedBit & 1;
    }
    if (entries.empty()) return;
    if (pushed && window_.hold(reader, entries.front(), entries.back() + 1)) {
      for (const uint64_t s : entries) verify_bytes(s, ring_.window_slot(s), "the window");
      window_.release(reader);
      tally.from_window += entries.size();
      return;
    }
    for (const uint64_t s : entries) {
      alignas(16) uint8_t copy[kMostBytes + 64];
      if (express_.copy(s, length_in(completions_.word(s)), copy)) {
        verify_bytes(s, copy, "by express");
        tally.from_express++;
      } else {
        verify_in_vram(s);
        tally.from_vram++;
      }
    }
    window_.passed(entries.back() + 1);
  }

  void verify_in_vram(uint64_t sequence) {
    while (!completions_.has_landed(sequence)) wait("a message to land", sequence);
    verify_bytes(sequence, ring_.slot(sequence), "VRAM");
  }

  // Moves the completions on, and holds each word against what its message must come to.
  uint64_t advance() {
    return completions_.advance([this](uint64_t sequence, uint64_t word) {
      uint8_t bytes[kMostBytes];
      const Message message = message_of(seed, sequence, plan_.g.slot_bytes, bytes);
      const Outcome outcome = outcome_of<H>(plan_.params, plan_.g.max_tries, message, bytes);
      const uint64_t right = completion_word(sequence, message.length, outcome.status, false,
                                             outcome.tries, outcome.error);
      // Of what came by express the tries are not known.
      const uint64_t express = completion_word(sequence, message.length, kStatusOk, false, 1, 0);
      const bool may_be_express = plan_.g.express && outcome.status == kStatusOk;
      if ((word & ~(1ull << kPushedBit)) != right && !(may_be_express && word == express)) {
        die("a completion word says what did not happen", sequence);
      }
      tally.retries += outcome.tries - 1;
      tally.voids += outcome.status == kStatusVoid;
      if (outcome.status == kStatusFailed) {
        tally.failures++;
        verify_in_vram(sequence);
      }
    });
  }

  void verify_bytes(uint64_t sequence, const uint8_t* slot, const char* where) {
    uint8_t bytes[kMostBytes];
    const Message message = message_of(seed, sequence, plan_.g.slot_bytes, bytes);
    if (std::memcmp(slot, bytes, message.length) != 0) {
      std::fprintf(stderr, "%s: ", where);
      die("the payload is not what was sent", sequence);
    }
    if constexpr (H::kId == Crc32c::kId) {
      const uint32_t crc = crc_of(bytes, message.length);
      if (std::memcmp(slot + plan_.g.slot_bytes, &crc, sizeof crc) != 0) {
        std::fprintf(stderr, "%s: ", where);
        die("the result is not the payload's CRC-32C", sequence);
      }
    }
  }

  static void pause(uint32_t turns) {
    for (; turns > 0; turns--) std::this_thread::yield();
  }

  // One turn of a loop that waits for others.
  void wait(const char* what, uint64_t sequence) {
    const uint64_t error = Word(ring_.control_word(kError)).get_acquire();
    if (error != 0) {
      die("a warp ended the ring with the error word's code", error >> kErrorCodeShift);
    }
    const uint64_t completed = completions_.completed();
    if (stamp_in(completions_.word(completed)) == stamp_of(completed + plan_.g.capacity) &&
        completed == completions_.completed()) {
      die("a completion word was overwritten before it was read", completed);
    }
    if (steady_clock::now() > deadline) {
      std::fprintf(stderr, "waited too long for %s: ", what);
      die("out of time at sequence", sequence);
    }
    std::this_thread::yield();
  }

  [[noreturn]] void die(const char* what, uint64_t sequence) const {
    const Geometry& g = plan_.g;
    std::fprintf(stderr,
                 "%s: %" PRIu64 " (seed %" PRIu64 ", handler %u, capacity %u, ingress %u, window %u, "
                 "chunk %u, slot bytes %u, first %" PRIu64 ", warps %u; head %" PRIu64
                 ", push limit %" PRIu64 ")\n",
                 what, sequence, seed, H::kId, g.capacity, g.ingress_slots, g.window_slots,
                 g.chunk_slots, g.slot_bytes, g.first_sequence, plan_.warps,
                 Word(ring_.control_word(kHead)).get_opaque(),
                 Word(ring_.control_word(kPushLimit)).get_opaque());
    std::_Exit(1);
  }

  const Plan plan_;
  Memory memory_;
  const Ring& ring_;
  const uint64_t end_;
  const host::Express express_;
  Completions completions_;
  Window window_;
  Releases releases_;
  IngressRing ingress_;
  std::vector<std::thread> warps_;
  std::atomic<uint32_t> running_{0};
};

// A random plan for handler H.
template <class H>
Plan plan_for(Dice& dice, uint64_t messages, bool near_the_stamps_wrap) {
  Plan plan = {};
  Geometry& g = plan.g;
  g.capacity = 4u << dice.below(4);
  g.ingress_slots = std::min(2u << dice.below(4), g.capacity);
  g.window_slots = std::min(2u << dice.below(4), g.capacity);
  g.chunk_slots = std::min(1u << dice.below(4), g.ingress_slots);
  g.slot_bytes = 16 * (1 + dice.below(kMostBytes / 16));
  g.stride_bytes = g.slot_bytes + (H::kResultBytes + 15) / 16 * 16;
  g.max_tries = 1 + dice.below(3);
  // The stamps, 32 bits, and what express knows of a sequence, 51, wrap in the middle of the run.
  const uint64_t wrap = (1ull << 51) - messages / 2;
  g.first_sequence = near_the_stamps_wrap ? wrap / g.capacity * g.capacity : 0;
  // Of handler fail: every second or third message, at its first one to three tries.
  plan.params = {{2 + dice.below(2), 1 + dice.below(3), Fail::kError, 0}};
  g.express = dice.below(2) == 0;
  plan.warps = 2 + dice.below(3);
  plan.producers = 1 + dice.below(3);
  plan.readers = 1 + dice.below(2);
  plan.relays = dice.below(16);
  plan.messages = messages;
  return plan;
}

template <class H>
void run(const char* name, Dice& dice, uint64_t messages, bool near_the_stamps_wrap) {
  const Plan plan = plan_for<H>(dice, messages, near_the_stamps_wrap);
  const auto start = steady_clock::now();
  deadline = start + most_time;
  Run<H>(plan).run();
  const Geometry& g = plan.g;
  std::printf("%-6s capacity %2u, ingress %2u, window %2u, chunk %u, %3u bytes, %u warps, "
              "%u producers, %u readers%s: %" PRIu64 " messages from %" PRIu64 " in %.1f s\n",
              name, g.capacity, g.ingress_slots, g.window_slots, g.chunk_slots, g.slot_bytes,
              plan.warps, plan.producers, plan.readers, g.express ? ", express" : "", plan.messages, g.first_sequence,
              std::chrono::duration<double>(steady_clock::now() - start).count());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  seed = count > 1 ? std::strtoull(arguments[1], nullptr, 10)
                   : static_cast<uint64_t>(steady_clock::now().time_since_epoch().count());
  // With a flaw planted that makes runs hang, waiting so long would only take time.
  if (count > 2) most_time = std::chrono::seconds(std::strtol(arguments[2], nullptr, 10));
  std::printf("seed %" PRIu64 "\n", seed);
  std::fflush(stdout);
  pass_on_beside_another();
  Dice dice(seed);
  constexpr uint64_t kMessages = 5000;
  const struct {
    const char* what;
    const std::atomic<uint64_t>& times;
  } happened[] = {
      {"laps", tally.laps},           {"entries from the window", tally.from_window},
      {"voids", tally.voids},         {"entries from VRAM", tally.from_vram},
      {"retries", tally.retries},     {"failures", tally.failures},
      {"entries by express", tally.from_express},
      {"messages looked at again by later warps", tally.resumed},
  };
  const auto all_happened = [&] {
    return std::all_of(std::begin(happened), std::end(happened),
                       [](const auto& each) { return each.times.load() > 0; });
  };
  for (int round = 0; round < kRounds || (round < kMostRounds && !all_happened()); round++) {
    const bool wrap = round % 2 == 1;
    run<Crc32c>("crc32c", dice, kMessages, wrap);
    run<Fail>("fail", dice, kMessages, wrap);
    run<Echo>("echo", dice, kMessages, !wrap);
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
