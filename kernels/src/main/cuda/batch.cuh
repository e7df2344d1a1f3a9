// One launch a batch, one tile a message: gpumq_batch_<handler> for every handler. Any grid of
// one-dimensional blocks of whole warps does; count / (256 / lanes) blocks of 256 keep all tiles busy.
//   payloads  count slots of `stride` bytes, 16-byte aligned, stride a multiple of 16
//   lengths   bytes of each message
//   results   count slots of `result_stride` bytes, 16-byte aligned, a multiple of 16 that is at
//             least the handler's result size
//   errors    the handler's code for each message
#pragma once

#include "handlers.h"

namespace gpumq {

template <class H>
__device__ __forceinline__ void run_batch(const uint8_t* payloads, uint32_t stride,
                                          const uint32_t* lengths, uint8_t* results,
                                          uint32_t result_stride, uint32_t* errors, uint32_t count,
                                          uint32_t attempt, const HandlerParams& params) {
  const Tile<H::kLanes> tile;
  const uint32_t tiles = gridDim.x * blockDim.x / H::kLanes;
  const uint32_t first = (blockIdx.x * blockDim.x + threadIdx.x) / H::kLanes;
  for (uint64_t i = first; i < count; i += tiles) {
    const uint32_t error = H::run(tile, params, payloads + i * stride, lengths[i],
                                  results + i * result_stride, attempt);
    if (tile.lane() == 0) {
      errors[i] = error;
    }
  }
}

}  // namespace gpumq

#define GPUMQ_BATCH_KERNEL(name, Handler)                                                        \
  extern "C" __global__ void __launch_bounds__(256) gpumq_batch_##name(                          \
      const uint8_t* payloads, uint32_t stride, const uint32_t* lengths, uint8_t* results,       \
      uint32_t result_stride, uint32_t* errors, uint32_t count, uint32_t attempt,                \
      gpumq::HandlerParams params) {                                                             \
    gpumq::run_batch<gpumq::Handler>(payloads, stride, lengths, results, result_stride, errors,  \
                                     count, attempt, params);                                    \
  }
GPUMQ_HANDLERS(GPUMQ_BATCH_KERNEL)
#undef GPUMQ_BATCH_KERNEL
