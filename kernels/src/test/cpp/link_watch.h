// How long a run of link_protocol_tsan may take, and how it ends when something is wrong.
#pragma once

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "link_memory.h"

namespace host {

using std::chrono::steady_clock;

// Of the run at work.
struct Watch {
  static inline const Ring* ring = nullptr;
  static inline steady_clock::time_point deadline;
  static inline char plan[256];  // in words
};

[[noreturn]] inline void die(const char* what, uint64_t number) {
  std::fprintf(stderr, "%s: %" PRIu64 " (%s)\n", what, number, Watch::plan);
  std::_Exit(1);
}

// One turn of a loop that waits for others.
inline void wait(const char* what, uint64_t number) {
  const uint64_t error = Word(Watch::ring->control_word(kError)).get_acquire();
  if (error != 0) die("a warp ended the ring with an error word of code", error >> kErrorCodeShift);
  if (steady_clock::now() > Watch::deadline) {
    std::fprintf(stderr, "waited too long for ");
    die(what, number);
  }
  std::this_thread::yield();
}

}  // namespace host
