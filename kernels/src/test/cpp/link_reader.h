// Reads a lane's entries as the consumers of io.gpumq.trackb.queue do, by every way there is, and verifies
// them.
#pragma once

#include "link_fetch.h"
#include "link_lane.h"

namespace host {

// What a run was made to do; each must happen, or the test tests less than it says.
struct Tally {
  std::atomic<uint64_t> from_window, by_express, landed_late, by_read, from_vram, moved, moved_by_ring,
      sent_again, placed, failures, retries, condemned, trials, resumed, not_pushed, laps;
};
inline Tally tally;

// For one thread.
class Reader {
 public:
  Reader(Link& link, Lane& lane, uint64_t seed, uint32_t handler)
      : link_(link), lane_(lane), dice_(seed), handler_(handler), fetch_(link) {}

  // Reads what is completed, up to some entries; returns whether there was any.
  bool read_some() {
    const uint64_t end = std::min(lane_.completed(), next_ + 1 + dice_.below(8));
    if (end == next_) {
      lane_.release(next_);
      return false;
    }
    for (; next_ < end; next_++) read(next_);
    fetch_all();
    if (dice_.one_in(2)) pause();
    verify_held();
    for (Segment* segment : pinned_) lane_.let_go(segment);
    pinned_.clear();
    if (dice_.one_in(2)) lane_.release(next_);
    return true;
  }

  bool has_read_to(uint64_t end) const { return next_ == end; }

 private:
  void read(uint64_t index) {
    const Entry entry = lane_.pin(index);
    pinned_.push_back(entry.segment);
    const Outcome outcome = outcome_in(entry.word);
    count(outcome);
    find(index, entry, outcome);
    if (entry.came_express) link_.express().let_go(entry.slot);
  }

  void count(const Outcome& outcome) {
    tally.failures += outcome.status == kStatusFailed;
    tally.condemned += outcome.error == kErrorFault;
    tally.retries += outcome.status == kStatusOk && outcome.tries > 1;
  }

  void find(uint64_t index, const Entry& entry, const Outcome& outcome) {
    const uint32_t way = dice_.below(8);
    tally.not_pushed += !(entry.word >> kPushedBit & 1);
    if (way < 5 && entry.word >> kPushedBit & 1 && entry.chunk->try_hold(entry.filling)) {
      held_.push_back(entry);
      return;
    }
    if (way < 5 && entry.came_express) {
      alignas(16) uint8_t copy[kMostUnits * kUnit];
      link_.express().copy(entry.slot, link_.shape().result_bytes, copy);
      verify(entry.message, outcome, copy, "by express");
      tally.by_express++;
      return;
    }
    while (lane_.landed() <= index) {
      tally.landed_late++;
      link_.completions().advance();
      wait("an entry to land", index);
    }
    if (way == 7) {
      verify(entry.message, outcome, link_.ring().at(entry.place), "VRAM");
      tally.from_vram++;
    } else {
      wanted_.push_back({entry.place, entry.units});
      fetched_.push_back(entry);
    }
  }

  // Before any chunk is held for long: who reads waits for the ring, which waits for nobody.
  void fetch_all() {
    alignas(16) uint8_t copies[8 * kMostUnits * kUnit];
    for (uint32_t done = 0; done < wanted_.size();) {
      const uint32_t most = dice_.one_in(2) ? 1 : static_cast<uint32_t>(wanted_.size()) - done;
      const uint32_t some = fetch_.read(&wanted_[done], most, copies);
      if (some == 0) wait("room to read", done);
      const uint8_t* at = copies;
      for (uint32_t i = done; i < done + some; i++) {
        verify(fetched_[i].message, outcome_in(fetched_[i].word), at, "by a read");
        at += wanted_[i].units * kUnit;
      }
      done += some;
      tally.by_read += some;
    }
    wanted_.clear();
    fetched_.clear();
  }

  void verify_held() {
    for (const Entry& entry : held_) {
      const uint8_t* window = link_.ring().window + entry.unit * kUnit;
      verify(entry.message, outcome_in(entry.word), window, "the window");
      entry.chunk->let_go();
      tally.from_window++;
    }
    held_.clear();
  }

  void verify(const Message& message, const Outcome& outcome, const uint8_t* at, const char* where) {
    uint8_t right[kMostUnits * kUnit];
    const uint8_t* result = write_entry(message, outcome, link_.shape().result_bytes, right);
    bool is_right = std::memcmp(at, right, message.bytes()) == 0;
    if (handler_ == Crc32c::kId && outcome.status == kStatusOk) {
      const uint32_t crc = crc_of(message);
      is_right = is_right && std::memcmp(at + (result - right), &crc, sizeof crc) == 0;
    }
    if (!is_right) {
      std::fprintf(stderr, "%s: ", where);
      die("an entry is not what was sent", message.id);
    }
  }

  void pause() {
    for (uint32_t turns = dice_.below(40); turns > 0; turns--) std::this_thread::yield();
  }

  Link& link_;
  Lane& lane_;
  Dice dice_;
  const uint32_t handler_;
  Fetch fetch_;
  uint64_t next_ = 0;
  std::vector<Segment*> pinned_;
  std::vector<Entry> held_;     // in the window
  std::vector<Entry> fetched_;  // from the arena, by the ring
  std::vector<Stretch> wanted_;
};

}  // namespace host
