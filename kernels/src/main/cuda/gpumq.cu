// The kernels of GpuMQ, two for each handler. Built to PTX, shipped as a resource.
#include "batch.cuh"
#include "link/protocol.h"

// The persistent kernel of one ring: any number of blocks of 256 threads.
#define GPUMQ_LINK_KERNEL(name, Handler)                                  \
  extern "C" __global__ void __launch_bounds__(256, 1)                    \
      gpumq_link_##name(const __grid_constant__ gpumq::link::Ring ring) { \
    gpumq::link::run_warp<gpumq::Handler>(gpumq::link::Warp(), ring);     \
  }
GPUMQ_HANDLERS(GPUMQ_LINK_KERNEL)
#undef GPUMQ_LINK_KERNEL
