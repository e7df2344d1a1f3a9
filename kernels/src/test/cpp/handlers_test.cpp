// Runs the handlers of handlers.h on messages from a file: handlers_test IN OUT.
// For each Request in IN, which its payload follows, a Reply is written to OUT. The caller compares.

#include "../../main/cuda/handlers.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "lane_tile.h"

namespace {

using namespace gpumq;

struct Request {
  uint32_t handler;
  uint32_t lanes;
  uint32_t attempt;
  uint32_t length;
  HandlerParams params;
};

constexpr uint32_t kRoom = 48;
constexpr uint8_t kUntouched = 0xa5;

struct Reply {
  uint32_t error;
  alignas(16) uint8_t result[kRoom];
};

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "handlers_test: %s\n", what);
  std::exit(2);
}

template <class H, unsigned N>
uint32_t run_in_lanes(const Request& request, const uint8_t* payload, uint8_t* result) {
  uint32_t errors[N];
  run_lanes<N>([&](const LaneTile<N>& tile) {
    errors[tile.lane()] =
        H::run(tile, request.params, payload, request.length, result, request.attempt);
  });
  for (const uint32_t error : errors) {
    if (error != errors[0]) {
      die("lanes of one tile return different errors");
    }
  }
  return errors[0];
}

template <class H>
uint32_t run(const Request& request, const uint8_t* payload, uint8_t* result) {
  switch (request.lanes) {
    case 1:
      return H::run(Tile<H::kLanes>(), request.params, payload, request.length, result,
                    request.attempt);
    case 2:
      return run_in_lanes<H, 2>(request, payload, result);
    case 4:
      return run_in_lanes<H, 4>(request, payload, result);
    case 8:
      return run_in_lanes<H, 8>(request, payload, result);
    case 16:
      return run_in_lanes<H, 16>(request, payload, result);
    case 32:
      return run_in_lanes<H, 32>(request, payload, result);
    default:
      die("lanes: must be a power of two up to 32");
  }
}

uint32_t run(const Request& request, const uint8_t* payload, uint8_t* result) {
#define RUN(name, Handler)              \
  if (request.handler == Handler::kId) { \
    return run<Handler>(request, payload, result); \
  }
  GPUMQ_HANDLERS(RUN)
#undef RUN
  die("unknown handler");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    die("arguments: must be IN OUT");
  }
  std::FILE* in = std::fopen(arguments[1], "rb");
  std::FILE* out = std::fopen(arguments[2], "wb");
  if (in == nullptr || out == nullptr) {
    die("cannot open IN or OUT");
  }
  Request request;
  while (std::fread(&request, sizeof request, 1, in) == 1) {
    // As much as a handler may read and not a byte more, so that the address sanitizer sees it; what
    // follows the message within it is not zero.
    const size_t room = (request.length + 15) / 16 * 16;
    std::unique_ptr<uint8_t, decltype(&std::free)> payload(
        static_cast<uint8_t*>(std::aligned_alloc(16, room)), &std::free);
    std::memset(payload.get(), kUntouched, room);
    if (std::fread(payload.get(), 1, request.length, in) != request.length) {
      die("IN ends within a payload");
    }
    Reply reply = {};
    std::memset(reply.result, kUntouched, kRoom);
    reply.error = run(request, payload.get(), reply.result);
    if (std::fwrite(&reply.error, sizeof reply.error, 1, out) != 1 ||
        std::fwrite(reply.result, kRoom, 1, out) != 1) {
      die("cannot write OUT");
    }
  }
  std::fclose(in);
  return std::fclose(out) == 0 ? 0 : 2;
}
