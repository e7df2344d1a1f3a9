// Chunks of a ring's ingress memory and window: Chunk and Chunks of io.gpumq.trackb.link.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "link_memory.h"

namespace host {

// Whoever has taken it writes there alone. When it is full it rests until all of it has landed.
class Chunk {
 public:
  Chunk(uint32_t start, uint32_t bytes) : start_(start), end_(start + bytes), filled_(end_) {}

  bool try_take() {
    int expected = kOpen;
    return state_.compare_exchange_strong(expected, kTaken);
  }
  void open() { state_.store(kOpen); }
  void rest() { state_.store(kResting); }

  // Begins a new filling: all that was in it has landed.
  void refill() {
    filling_.store(filling_.load() + 1);
    is_pushed_ = readers_.load() == 0;  // behind it: pairs with try_hold()
    filled_ = start_;
    state_.store(kTaken);
  }

  // Of whoever has taken it.
  uint32_t at() const { return filled_; }
  uint32_t room() const { return end_ - filled_; }
  uint64_t until() const { return until_; }  // all of it has landed once every sequence below has
  bool is_pushed() const { return is_pushed_; }
  uint64_t filling() const { return filling_.load(); }
  void fill(uint32_t at, uint64_t until) {
    filled_ = at;
    until_ = until;
  }

  // Keeps what a filling has pushed until let_go(); false if another filling has begun.
  bool try_hold(uint64_t of_filling) {
    readers_.fetch_add(1);
    if (filling_.load() == of_filling) return true;  // behind it: a filling that begins finds us
    readers_.fetch_sub(1);
    return false;
  }
  void let_go() { readers_.fetch_sub(1); }

 private:
  static constexpr int kResting = 0, kOpen = 1, kTaken = 2;

  const uint32_t start_;
  const uint32_t end_;
  std::atomic<int> state_{kResting};
  uint32_t filled_;
  uint64_t until_ = 0;
  bool is_pushed_ = false;
  std::atomic<uint64_t> filling_{0};
  std::atomic<uint32_t> readers_{0};
};

// Chunks that threads share: taken, written to, and left for the next.
class Chunks {
 public:
  // `has_landed` tells whether every ring sequence below the one given has landed.
  template <class HasLanded>
  Chunks(const Shape& shape, uint32_t first, uint32_t count, const HasLanded& has_landed)
      : least_room_(shape.chunk_bytes / 16), has_landed_(has_landed) {
    for (uint32_t i = first; i < first + count; i++) {
      all_.push_back(std::make_unique<Chunk>(i * shape.chunk_bytes, shape.chunk_bytes));
      resting_.push_back(all_.back().get());
    }
  }

  // Takes one that has the room; nullptr if there is none now.
  Chunk* take(uint32_t bytes) {
    for (const auto& chunk : all_) {
      if (!chunk->try_take()) continue;
      if (chunk->room() >= bytes) return chunk.get();
      rest(chunk.get());
    }
    return take_rested();
  }

  void leave(Chunk* chunk) {
    if (chunk->room() < least_room_) {
      rest(chunk);
    } else {
      chunk->open();
    }
  }

 private:
  Chunk* take_rested() {
    const std::lock_guard<std::mutex> guard(lock_);
    if (resting_.empty() || !has_landed_(resting_.front()->until())) return nullptr;
    Chunk* chunk = resting_.front();
    resting_.pop_front();
    chunk->refill();
    return chunk;
  }

  void rest(Chunk* chunk) {
    const std::lock_guard<std::mutex> guard(lock_);
    chunk->rest();
    resting_.push_back(chunk);
  }

  const uint32_t least_room_;
  const std::function<bool(uint64_t)> has_landed_;
  std::vector<std::unique_ptr<Chunk>> all_;
  std::mutex lock_;
  std::deque<Chunk*> resting_;
};

}  // namespace host
