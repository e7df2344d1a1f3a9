// One warp passes on what it saw while another, which saw less, does so, too. A third hears of the
// first one's head mostly beside the second one's push limit: then the head alone must bring it what
// the first one saw. In a whole ring the two are rarely so close.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "ring_host.h"

namespace host {

// Ends the process at a race, where ThreadSanitizer watches.
inline void pass_on_beside_another() {
  constexpr uint64_t kHeads = 100000;
  const Geometry g = {.capacity = 4, .ingress_slots = 4, .window_slots = 4, .slot_bytes = 16,
                      .stride_bytes = 16, .chunk_slots = 1, .max_tries = 1, .first_sequence = 0,
                      .express = false};
  const Memory memory(g, {});
  const Ring& ring = memory.ring();
  const auto published = std::make_unique<uint64_t[]>(kHeads);  // plain: the head alone protects it
  std::atomic<bool> heard{false};                               // relaxed: it orders nothing

  std::thread second([&] {
    while (!heard.load(relaxed)) pass_on(Warp(), ring, {});
  });
  std::thread first([&] {
    for (uint64_t head = 1; head <= kHeads; head++) {
      published[head - 1] = head;
      pass_on(Warp(), ring, {head, 0, 0, 0, 0});
    }
  });
  for (uint64_t head = 0; head < kHeads;) {
    const uint64_t next = look_near(Warp(), ring).head;
    for (; head < next; head++) {
      if (published[head] != head + 1) std::abort();
    }
    std::this_thread::yield();
  }
  heard.store(true, relaxed);
  first.join();
  second.join();
}

}  // namespace host
