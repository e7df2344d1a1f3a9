// Tiles of several lanes on the host, a thread a lane, for code that is written against a tile.
#pragma once

#include <barrier>
#include <cstdint>
#include <thread>
#include <vector>

// What the lanes of a tile share.
template <unsigned N>
struct LaneExchange {
  std::barrier<> barrier{N};
  uint64_t values[N] = {};
};

template <unsigned N>
class LaneTile {
 public:
  LaneTile(unsigned lane, LaneExchange<N>& exchange) : lane_(lane), exchange_(&exchange) {}

  unsigned lane() const { return lane_; }
  static constexpr unsigned size() { return N; }
  void sync() const { exchange_->barrier.arrive_and_wait(); }

  template <class T>
  T from(T value, unsigned lane) const {
    static_assert(sizeof(T) <= sizeof(uint64_t));
    exchange_->values[lane_] = value;
    sync();
    const T theirs = static_cast<T>(exchange_->values[lane % N]);
    sync();
    return theirs;
  }

 private:
  unsigned lane_;
  LaneExchange<N>* exchange_;
};

// Runs body(tile) once in each lane, all at the same time.
template <unsigned N, class Body>
void run_lanes(const Body& body) {
  LaneExchange<N> exchange;
  std::vector<std::thread> lanes;
  for (unsigned lane = 0; lane < N; lane++) {
    lanes.emplace_back([&body, &exchange, lane] { body(LaneTile<N>(lane, exchange)); });
  }
  for (auto& lane : lanes) {
    lane.join();
  }
}
