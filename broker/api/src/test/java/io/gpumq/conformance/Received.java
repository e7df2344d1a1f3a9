package io.gpumq.conformance;

import io.gpumq.api.Entry;

/** A copy of one delivered entry. */
record Received(long sequence, int deliveries, byte[] payload, byte[] result) {
  static Received of(Entry entry) {
    return new Received(
        entry.sequence(), entry.deliveries(), entry.payloadBytes(), entry.resultBytes());
  }
}
