package io.gpumq.trackb.delivery;

import java.util.Arrays;

/**
 * The runs that are under a lease, in the order of their due times: every lease is as long, and the
 * clock does not go back. Each is also linked to the others of its taker, so that a taker's leases
 * end without a look at anybody else's. Every step but the iteration takes the same time however
 * many there are, and none allocates. For one thread at a time.
 */
final class Leases {
  private Run first;
  private Run last;
  private int size;

  /** By the taker's number: its latest run, from which the earlier ones are linked. */
  private Run[] latest = new Run[16];

  /** Adds a run whose due time is not before that of any other. */
  void add(Run run, int owner) {
    run.owner = owner;
    run.before = last;
    run.behind = null;
    if (last == null) {
      first = run;
    } else {
      last.behind = run;
    }
    last = run;
    if (owner >= latest.length) {
      latest = Arrays.copyOf(latest, Math.max(owner + 1, 2 * latest.length));
    }
    Run earlier = latest[owner];
    run.earlierOfOwner = earlier;
    run.laterOfOwner = null;
    if (earlier != null) {
      earlier.laterOfOwner = run;
    }
    latest[owner] = run;
    size++;
  }

  /** Returns the run that is due first, or null. */
  Run peek() {
    return first;
  }

  /** Returns the run that is due next after {@code run}, which is here, or null. */
  Run behind(Run run) {
    return run.behind;
  }

  /** Returns a taker's latest run, or null. */
  Run latestOf(int owner) {
    return owner < latest.length ? latest[owner] : null;
  }

  /** Takes out a run that is here, and returns it. */
  Run remove(Run run) {
    if (run.before == null) {
      first = run.behind;
    } else {
      run.before.behind = run.behind;
    }
    if (run.behind == null) {
      last = run.before;
    } else {
      run.behind.before = run.before;
    }
    if (run.laterOfOwner == null) {
      latest[run.owner] = run.earlierOfOwner;
    } else {
      run.laterOfOwner.earlierOfOwner = run.earlierOfOwner;
    }
    if (run.earlierOfOwner != null) {
      run.earlierOfOwner.laterOfOwner = run.laterOfOwner;
    }
    run.before = null;
    run.behind = null;
    run.earlierOfOwner = null;
    run.laterOfOwner = null;
    size--;
    return run;
  }

  int size() {
    return size;
  }
}
