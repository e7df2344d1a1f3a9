// What differs between a GPU and a host compiler, and nothing else: every other header here is plain
// C++ that nvcc compiles for the GPU and g++ compiles for threads under ThreadSanitizer.
#pragma once

#include <cstdint>

#if defined(__CUDACC__)
#include <cuda/atomic>
#define GPUMQ_FN __device__ __forceinline__
#else
#include <atomic>
#include <thread>
#define GPUMQ_FN inline
#endif

namespace gpumq {

// The lanes that work on one message together. Code written against a tile runs with any number of
// lanes: lane() + k * size() are the pieces of lane(), and sync() orders what the lanes wrote.
#if defined(__CUDACC__)
template <unsigned N>
class Tile {
  static_assert(N >= 1 && N <= 32 && (N & (N - 1)) == 0, "lanes: a power of two up to a warp");

 public:
  __device__ __forceinline__ unsigned lane() const { return threadIdx.x & (N - 1); }
  __device__ __forceinline__ static constexpr unsigned size() { return N; }
  // The tile's lanes within its warp.
  __device__ __forceinline__ unsigned mask() const {
    if constexpr (N == 32) {
      return 0xffffffffu;
    } else {
      return ((1u << N) - 1u) << (threadIdx.x & (32u - N));
    }
  }
  __device__ __forceinline__ void sync() const { __syncwarp(mask()); }
  // The value of another lane of this tile.
  template <class T>
  __device__ __forceinline__ T from(T value, unsigned lane) const {
    return __shfl_sync(mask(), value, lane, N);
  }
  // Whether it is true in every lane.
  __device__ __forceinline__ bool all(bool value) const { return __all_sync(mask(), value); }
};
#else
// A thread that stands for a whole warp.
template <unsigned N>
class Tile {
 public:
  unsigned lane() const { return 0; }
  static constexpr unsigned size() { return 1; }
  void sync() const {}
  template <class T>
  T from(T value, unsigned) const {
    return value;
  }
  bool all(bool value) const { return value; }
};
#endif

}  // namespace gpumq
