// The memory orders that the ring uses, each defined once and named after what it does. The scope
// is part of the name: "shared" words are seen by the host, "local" words by the device alone.
#pragma once

#include "quad.h"

namespace gpumq {

#if defined(__CUDACC__)
template <class T>
using Shared = cuda::atomic_ref<T, cuda::thread_scope_system>;
template <class T>
using Local = cuda::atomic_ref<T, cuda::thread_scope_device>;
constexpr auto relaxed = cuda::memory_order_relaxed;
#else
template <class T>
using Shared = std::atomic_ref<T>;
template <class T>
using Local = std::atomic_ref<T>;
constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto release = std::memory_order_release;
#endif

// A load that is repeated until it shows what is waited for, and then made an acquire by
// after_wait(): a loop of acquires costs a fence a turn on a GPU (3.3 against 2.5 µs a round trip).
GPUMQ_FN uint64_t poll_shared(uint64_t* word) {
#if defined(__CUDACC__)
  return Shared<uint64_t>(*word).load(relaxed);
#else
  return Shared<uint64_t>(*word).load(std::memory_order_acquire);  // TSan knows no fences
#endif
}

// What was polled before happens before what is read after.
GPUMQ_FN void after_shared_wait() {
#if defined(__CUDACC__)
  cuda::atomic_thread_fence(cuda::memory_order_acquire, cuda::thread_scope_system);
#endif
}

GPUMQ_FN void after_local_wait() {
#if defined(__CUDACC__)
  cuda::atomic_thread_fence(cuda::memory_order_acquire, cuda::thread_scope_device);
#endif
}

// What was written before happens before what release_shared() shows after. Apart from it, so that
// work which need not wait for the fence can stand between the two.
GPUMQ_FN void before_shared_release() {
#if defined(__CUDACC__)
  cuda::atomic_thread_fence(cuda::memory_order_release, cuda::thread_scope_system);
#endif
}

GPUMQ_FN void release_shared(uint64_t* word, uint64_t value) {
#if defined(__CUDACC__)
  Shared<uint64_t>(*word).store(value, relaxed);
#else
  Shared<uint64_t>(*word).store(value, release);
#endif
}

GPUMQ_FN void set_shared(uint64_t* word, uint64_t value) {
  Shared<uint64_t>(*word).store(value, relaxed);
}

GPUMQ_FN void set_local(uint64_t* word, uint64_t value) {
  Local<uint64_t>(*word).store(value, relaxed);
}

GPUMQ_FN uint64_t add_local(uint64_t* word, uint64_t amount) {
  return Local<uint64_t>(*word).fetch_add(amount, relaxed);
}

// As before_shared_release() and release_shared(), among the device's own.
GPUMQ_FN void before_local_release() {
#if defined(__CUDACC__)
  cuda::atomic_thread_fence(cuda::memory_order_release, cuda::thread_scope_device);
#endif
}

GPUMQ_FN void release_local(uint64_t* word, uint64_t value) {
#if defined(__CUDACC__)
  Local<uint64_t>(*word).store(value, relaxed);
#else
  Local<uint64_t>(*word).store(value, release);
#endif
}

// Raises a word to at least `value`; a release like release_local() where it does.
GPUMQ_FN void raise_local(uint64_t* word, uint64_t value) {
#if defined(__CUDACC__)
  Local<uint64_t>(*word).fetch_max(value, relaxed);
#else
  Local<uint64_t> local(*word);
  uint64_t seen = local.load(relaxed);
  while (seen < value && !local.compare_exchange_weak(seen, value, release, relaxed)) {
  }
#endif
}

// Moves a word from one value to another if it holds the one. Returns what it held: whoever need
// not know at once compares later, and does not wait for the trip to the memory and back.
GPUMQ_FN uint64_t move_local(uint64_t* word, uint64_t from, uint64_t to) {
#if defined(__CUDACC__)
  uint64_t held;
  asm volatile("atom.relaxed.gpu.cas.b64 %0, [%1], %2, %3;"
               : "=l"(held)
               : "l"(word), "l"(from), "l"(to)
               : "memory");
  return held;
#else
  Local<uint64_t>(*word).compare_exchange_strong(from, to, relaxed, relaxed);
  return from;
#endif
}

// As move_local(), after before_local_release(): pairs with poll_local() and after_local_wait().
GPUMQ_FN uint64_t release_move_local(uint64_t* word, uint64_t from, uint64_t to) {
#if defined(__CUDACC__)
  return move_local(word, from, to);
#else
  Local<uint64_t>(*word).compare_exchange_strong(from, to, release, relaxed);
  return from;
#endif
}

// As poll_shared(), of a word of the device's own.
GPUMQ_FN uint64_t poll_local(uint64_t* word) {
#if defined(__CUDACC__)
  return Local<uint64_t>(*word).load(relaxed);
#else
  return Local<uint64_t>(*word).load(std::memory_order_acquire);
#endif
}

// A quad that the host wrote: read past every cache that is not coherent with it.
GPUMQ_FN Quad poll_quad(const uint8_t* from) {
#if defined(__CUDACC__)
  Quad p;
  asm volatile("ld.relaxed.sys.global.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(p.word[0]), "=r"(p.word[1]), "=r"(p.word[2]), "=r"(p.word[3])
               : "l"(from)
               : "memory");
  return p;
#else
  return load_quad(from, 0);
#endif
}

// Half of an express cell. On the host a relaxed word with its bytes would prove nothing: there it
// is acquired, and released by put_half(); on a GPU the sector is what keeps them together.
GPUMQ_FN Quad poll_half(const uint8_t* from) {
#if defined(__CUDACC__)
  return poll_quad(from);
#else
  auto* words = reinterpret_cast<uint64_t*>(const_cast<uint8_t*>(from));
  const uint64_t high = Shared<uint64_t>(words[1]).load(std::memory_order_acquire);
  const uint64_t low = Shared<uint64_t>(words[0]).load(relaxed);
  return {static_cast<uint32_t>(low), static_cast<uint32_t>(low >> 32),
          static_cast<uint32_t>(high), static_cast<uint32_t>(high >> 32)};
#endif
}

GPUMQ_FN void put_half(uint8_t* to, const Quad& half) {
#if defined(__CUDACC__)
  asm volatile("st.relaxed.sys.global.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(to), "r"(half.word[0]),
               "r"(half.word[1]), "r"(half.word[2]), "r"(half.word[3])
               : "memory");
#else
  auto* words = reinterpret_cast<uint64_t*>(to);
  Shared<uint64_t>(words[0]).store(static_cast<uint64_t>(half.word[1]) << 32 | half.word[0], relaxed);
  Shared<uint64_t>(words[1]).store(static_cast<uint64_t>(half.word[3]) << 32 | half.word[2], release);
#endif
}

// Eight aligned bytes of the device's own memory.
GPUMQ_FN uint64_t load_eight(const uint8_t* from) {
  return *reinterpret_cast<const uint64_t*>(from);
}

GPUMQ_FN void store_eight(uint8_t* to, uint64_t bytes) {
  *reinterpret_cast<uint64_t*>(to) = bytes;
}

// Turns that a warp waits awake; then it naps between rounds of looks. A thread never does: the one it
// waits for may want its processor.
#if defined(__CUDACC__)
constexpr uint32_t kAwakeTurns = 32768;
#else
constexpr uint32_t kAwakeTurns = 0;
#endif

GPUMQ_FN void pause(uint32_t nanos) {
#if defined(__CUDACC__)
  __nanosleep(nanos);
#else
  (void)nanos;
  std::this_thread::yield();
#endif
}

#if defined(__CUDACC__)
using Instant = long long;  // of the multiprocessor's clock, in cycles
GPUMQ_FN Instant now() { return clock64(); }
#else
using Instant = uint32_t;
GPUMQ_FN Instant now() { return 0; }
#endif

// Waits awake until so many cycles have passed: pause() is not exact to a microsecond.
// On threads nobody waits so.
GPUMQ_FN void spin_until(Instant from, uint32_t cycles) {
#if defined(__CUDACC__)
  while (clock64() - from < cycles) {
  }
#else
  (void)from;
  (void)cycles;
#endif
}

}  // namespace gpumq
