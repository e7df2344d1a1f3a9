// What can be run on a message. Each handler has a twin in Java (Handler, HostHandler): same id,
// lanes, result size and results.
//
// run() is called by all lanes of a tile with the same arguments. It is fastest when the tiles of a
// warp call it together: tiles that come at different times are run one after the other.
//   payload  16-byte aligned, readable up to the slot's size; the message is its first `length`
//            bytes, 0 to 65,536
//   result   16-byte aligned, with room for kResultBytes; sync the tile before other lanes read it
//   attempt  which attempt at this message this is, from 1
// It returns 0, or an error code of 1 to 255 (the result then means nothing), the same in every lane.
#pragma once

#include "crc32c.h"
#include "quad.h"
#include "platform.h"
#include "sha256.h"

// The handlers' names and types, for what is made once for each.
#define GPUMQ_HANDLERS(MAKE) \
  MAKE(echo, Echo)           \
  MAKE(crc32c, Crc32c)       \
  MAKE(sha256, Sha256)       \
  MAKE(fail, Fail)

namespace gpumq {

// HandlerSpec.params().
struct HandlerParams {
  uint64_t p[4];
};
static_assert(sizeof(HandlerParams) == 32, "HandlerSpec.PARAMS longs");

// Makes no result: the message itself is what comes back.
struct Echo {
  static constexpr uint32_t kId = 1;
  static constexpr uint32_t kLanes = 8;
  static constexpr uint32_t kResultBytes = 0;

  template <class T>
  static GPUMQ_FN uint32_t run(const T&, const HandlerParams&, const uint8_t*, uint32_t, uint8_t*,
                               uint32_t) {
    return 0;
  }
};

// CRC-32C, little-endian.
struct Crc32c {
  static constexpr uint32_t kId = 2;
  static constexpr uint32_t kLanes = 8;
  static constexpr uint32_t kResultBytes = 4;

  template <class T>
  static GPUMQ_FN uint32_t run(const T& tile, const HandlerParams&, const uint8_t* payload,
                               uint32_t length, uint8_t* result, uint32_t) {
    const uint32_t crc = crc32c::of(tile, payload, length);
    if (tile.lane() == 0) {
      *reinterpret_cast<Word*>(result) = crc;
    }
    return 0;
  }

 private:
  using Word __attribute__((may_alias)) = uint32_t;
};

// SHA-256. One lane, so that a warp hashes 32 messages in the time of one.
struct Sha256 {
  static constexpr uint32_t kId = 3;
  static constexpr uint32_t kLanes = 1;
  static constexpr uint32_t kResultBytes = 32;

  template <class T>
  static GPUMQ_FN uint32_t run(const T& tile, const HandlerParams&, const uint8_t* payload,
                               uint32_t length, uint8_t* result, uint32_t) {
    const sha256::State digest = sha256::of(payload, length);
    if (tile.lane() == 0) {
      store_quad(result, 0,
                  {{sha256::swap(digest.h[0]), sha256::swap(digest.h[1]),
                    sha256::swap(digest.h[2]), sha256::swap(digest.h[3])}});
      store_quad(result, 1,
                  {{sha256::swap(digest.h[4]), sha256::swap(digest.h[5]),
                    sha256::swap(digest.h[6]), sha256::swap(digest.h[7])}});
    }
    return 0;
  }
};

// Makes no result and fails on chosen messages, for tests and drills: those of at least 8 bytes
// whose first 8, as an unsigned little-endian number, are a multiple of p[0], at the first p[1]
// attempts, in the way p[2].
struct Fail {
  static constexpr uint32_t kId = 4;
  static constexpr uint32_t kLanes = 8;
  static constexpr uint32_t kResultBytes = 0;

  static constexpr uint32_t kFailed = 1;

  static constexpr uint64_t kError = 0;
  static constexpr uint64_t kTrap = 1;
  static constexpr uint64_t kAddress = 2;
  static constexpr uint64_t kLoop = 3;

  template <class T>
  static GPUMQ_FN uint32_t run(const T&, const HandlerParams& params, const uint8_t* payload,
                               uint32_t length, uint8_t*, uint32_t attempt) {
    if (length < 8 || attempt > params.p[1]) {
      return 0;
    }
    const Quad quad = load_quad(payload, 0);
    if ((static_cast<uint64_t>(quad.word[1]) << 32 | quad.word[0]) % params.p[0] != 0) {
      return 0;
    }
    if (params.p[2] == kTrap) {
      trap();
    }
    if (params.p[2] == kAddress) {
      // p[3] is zero, an address that is never mapped.
      *reinterpret_cast<volatile uint32_t*>(params.p[3]) = 0;
    }
    while (params.p[2] == kLoop) {
      // Volatile, as a loop that does nothing may be taken for one that ends.
      (void)*reinterpret_cast<const volatile uint8_t*>(payload);
    }
    return kFailed;
  }

 private:
  static GPUMQ_FN void trap() {
#if defined(__CUDACC__)
    __trap();
#else
    __builtin_trap();
#endif
  }
};

}  // namespace gpumq
