package io.gpumq.soak.report;

import io.gpumq.soak.guard.Quietest;
import io.gpumq.soak.suite.Figure;
import io.gpumq.soak.suite.Outcome;
import io.gpumq.soak.suite.Row;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One row on one track, in all of its rounds. */
record RowRounds(List<Outcome> outcomes) {
  private record Key(String track, Row row) {}

  /** These outcomes by track and row, in their order. */
  static List<RowRounds> of(List<Outcome> outcomes) {
    var grouped = new LinkedHashMap<Key, List<Outcome>>();
    for (Outcome outcome : outcomes) {
      var key = new Key(outcome.track(), outcome.row());
      grouped.computeIfAbsent(key, any -> new ArrayList<>()).add(outcome);
    }
    return grouped.values().stream().map(RowRounds::new).toList();
  }

  Row row() {
    return outcomes.get(0).row();
  }

  String track() {
    return outcomes.get(0).track();
  }

  int count() {
    return outcomes.size();
  }

  /** Every figure of those rounds that saw it. */
  Map<Figure, Spread> figures() {
    var seen = new EnumMap<Figure, List<Double>>(Figure.class);
    for (Outcome outcome : outcomes) {
      outcome
          .seen()
          .forEach((figure, v) -> seen.computeIfAbsent(figure, any -> new ArrayList<>()).add(v));
    }
    var figures = new EnumMap<Figure, Spread>(Figure.class);
    seen.forEach((figure, values) -> figures.put(figure, Spread.of(values)));
    return figures;
  }

  /** Whether every round is. */
  boolean clean() {
    return outcomes.stream().allMatch(Outcome::clean);
  }

  /** Why a round did not run, if there was too little here for it. */
  Optional<String> skipped() {
    return outcomes.stream().filter(Outcome::skipped).map(Outcome::problem).findFirst();
  }

  boolean judged() {
    return outcomes.get(0).judged();
  }

  /** Whether the medians reach every aim, and every message of every round is verified. */
  boolean reached() {
    Map<Figure, Spread> figures = figures();
    return clean()
        && row().aims().stream().allMatch(aim -> aim.reachedBy(figures.get(aim.figure()).median()));
  }

  /** Rounds before which the machine was disturbed. */
  long disturbed(Quietest quietest) {
    return outcomes.stream().filter(outcome -> quietest.isDisturbed(outcome.guard())).count();
  }
}
