// One run of link_protocol_tsan: threads that stand for warps, that produce, read, move entries, and let
// other warps take up the work.
#pragma once

#include "link_reader.h"

namespace host {

struct Plan {
  Shape shape;
  HandlerParams params;
  uint32_t handler;
  void (*warp)(const Warp&, const Ring&);
  uint32_t warps;
  uint32_t lanes;
  uint32_t producers;
  uint32_t readers;
  uint32_t segments;  // of the arena
  uint32_t relays;    // times that the warps end, and others take up their work
  uint64_t messages;
};

class Run {
 public:
  Run(const Plan& plan, uint64_t seed)
      : plan_(plan),
        seed_(seed),
        memory_(plan.shape, plan.params),
        link_(memory_.ring(), plan.shape),
        store_(plan.segments, plan.shape.arena_units / plan.segments),
        fetch_(link_),
        placing_(link_) {
    for (uint32_t i = 0; i < plan.lanes; i++) {
      lanes_.push_back(std::make_unique<Lane>(link_, store_, plan.handler));
      readers_.push_back(std::make_unique<Reader>(link_, *lanes_[i], ~seed ^ i, plan.handler));
    }
    Watch::ring = &memory_.ring();
  }

  void run() {
    std::vector<std::thread> producers;
    std::vector<std::thread> others;
    start_warps();
    for (uint32_t p = 0; p < plan_.producers; p++) {
      producers.emplace_back([this, p] { produce(p); });
    }
    for (uint32_t r = 0; r < plan_.readers; r++) {
      others.emplace_back([this, r] { read(r); });
    }
    others.emplace_back([this] { clean(); });
    for (uint32_t relay = 1; relay <= plan_.relays; relay++) {
      await_sent(plan_.messages * relay / (plan_.relays + 1));
      pass_over(Dice(seed_ + relay));
    }
    for (auto& producer : producers) producer.join();
    all_sent_ = true;
    for (auto& other : others) other.join();
    const uint64_t end = link_.slots().claimed();
    while (link_.completions().landed() < end) wait("all to land", end);
    stop_warps();
    for (uint64_t s = end - plan_.shape.slots; s < end; s++) {
      if (*memory_.ring().state(s) != state_word(s >> memory_.ring().slot_shift, kDone)) {
        die("a slot is not DONE at the end", s);
      }
    }
    tally.laps += (end - plan_.shape.first_sequence) / plan_.shape.slots;
  }

 private:
  void start_warps() {
    running_ = plan_.warps;
    for (uint32_t w = 0; w < plan_.warps; w++) {
      warps_.emplace_back([this] {
        plan_.warp(Warp(), memory_.ring());
        running_--;
      });
    }
  }

  void await_warps() {
    while (running_.load() > 0) wait("the warps to end", running_.load());
    for (auto& warp : warps_) warp.join();
    warps_.clear();
  }

  void stop_warps() {
    const Word stop(memory_.ring().control_word(kStop));
    stop.set_release(1);
    await_warps();
    stop.set_release(0);
  }

  void await_sent(uint64_t count) {
    while (sent_.load() < count) {
      link_.completions().advance();
      wait("messages before a relay", count);
    }
  }

  // The warps end, as if their device had died, and others take up the work; some of them for a trial.
  void pass_over(Dice dice) {
    stop_warps();
    const uint64_t landed = link_.completions().landed();
    const uint64_t head = Word(memory_.ring().control_word(kHead)).get_acquire();
    for (uint64_t s = landed; s < head; s++) {
      if (!memory_.is_completed(s)) suspect(dice, s);
    }
    if (head > landed && dice.one_in(2)) {
      const uint64_t end = landed + 1 + dice.below(static_cast<uint32_t>(head - landed));
      memory_.resume(landed, end);
      start_warps();
      await_warps();
      for (uint64_t s = landed; s < end; s++) {
        if (!memory_.is_completed(s)) die("a trial ended before this was completed", s);
      }
      tally.trials++;
    }
    memory_.resume(link_.completions().landed(), kNever);
    tally.resumed += memory_.ring().resume_end - memory_.ring().first;
    start_warps();
  }

  // What the dead device may have died of.
  void suspect(Dice& dice, uint64_t sequence) {
    if (link_.is_handled(sequence) && dice.one_in(3)) {
      link_.condemn(sequence, 1 + dice.below(kMostTries), dice.one_in(2));
    }
  }

  void produce(uint32_t producer) {
    Dice dice(seed_ ^ producer);
    uint64_t id = static_cast<uint64_t>(producer) << 40;
    uint64_t left = plan_.messages / plan_.producers;
    while (left > 0) {
      const bool alone = plan_.shape.express ? !dice.one_in(4) : dice.one_in(2);
      const uint64_t most = alone ? 1 : std::min<uint64_t>(left, 1 + dice.below(6));
      if (dice.one_in(16)) {
        const bool sent = any_lane(dice).append_placed(message(id++));
        tally.placed += sent;
        sent_ += sent;
        left -= sent;
        continue;
      }
      if (alone && plan_.shape.express) await_calm();
      Draft draft(link_);
      if (draft.chunk() == nullptr) {
        link_.completions().advance();
        wait("a chunk", left);
        continue;
      }
      for (uint64_t i = 0; i < most && draft.has_room(); i++) {
        draft.add(message(id++));
      }
      // Now and then one is late, and others overtake it.
      if (dice.one_in(8)) std::this_thread::yield();
      const uint32_t some = lanes_[dice.below(plan_.lanes)]->append(draft, !dice.one_in(8));
      left -= some;
      sent_ += some;
      if (some == 0) wait("room to send", left);
    }
  }

  Message message(uint64_t id) const {
    return message_of(seed_, id, plan_.shape.largest_payload, plan_.shape.in_order);
  }

  // The express wants the ring nearly empty: waits for that, for a while.
  void await_calm() {
    for (uint32_t turn = 0; turn < 64; turn++) {
      if (link_.completions().advance() == link_.slots().claimed()) return;
      std::this_thread::yield();
    }
  }

  // Reads every so many-th lane, to its end.
  void read(uint32_t first) {
    for (bool done = false; !done;) {
      done = all_sent_.load();
      bool found = false;
      link_.completions().advance();
      for (uint32_t i = first; i < plan_.lanes; i += plan_.readers) {
        found = readers_[i]->read_some() || found;
        done = done && readers_[i]->has_read_to(lanes_[i]->claimed());
      }
      if (!found) wait("entries", first);
    }
  }

  // Moves entries to other places, by the copy engine or through the ring, and sends messages again.
  void clean() {
    Dice dice(seed_ + 1);
    while (!all_sent_.load()) {
      if (plan_.shape.express && !dice.one_in(16)) {
        wait("the end of sending", sent_.load());
        continue;
      }
      Lane& lane = any_lane(dice);
      if (dice.one_in(4)) {
        tally.sent_again += any_lane(dice).append_again(lane, dice);
      } else {
        tally.moved += move_one(lane, dice);
      }
      wait("the end of sending", sent_.load());
    }
  }

  Lane& any_lane(Dice& dice) { return *lanes_[dice.below(plan_.lanes)]; }

  bool move_one(Lane& lane, Dice& dice) {
    const bool by_ring = dice.one_in(4);
    return lane.move_one(dice, [&](const Entry& from, uint64_t to) {
      if (by_ring) {
        alignas(16) uint8_t copy[kMostUnits * kUnit];
        const Stretch stretch = {from.place, from.units};
        while (fetch_.read(&stretch, 1, copy) == 0) wait("room to read", from.place);
        while (!placing_.move(from.message, copy, from.place, to)) wait("room to move", to);
        tally.moved_by_ring++;
      } else {
        std::memcpy(memory_.ring().at(to), memory_.ring().at(from.place), from.units * kUnit);
      }
    });
  }

  const Plan plan_;
  const uint64_t seed_;
  Memory memory_;
  Link link_;
  Store store_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<Reader>> readers_;  // of a lane each
  Fetch fetch_;                                   // the cleaner's, as is the next
  Placing placing_;
  std::vector<std::thread> warps_;
  std::atomic<uint32_t> running_{0};
  std::atomic<uint64_t> sent_{0};
  std::atomic<bool> all_sent_{false};
};

}  // namespace host
