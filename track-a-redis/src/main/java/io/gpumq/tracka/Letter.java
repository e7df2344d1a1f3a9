package io.gpumq.tracka;

import io.gpumq.api.DeadLetter;

/**
 * An entry that is to become a dead letter.
 *
 * @param id its ID in its queue's stream
 * @param key null for none
 */
record Letter(byte[] id, byte[] payload, Long key, DeadLetter told) {
  long sequence() {
    return told.sequence();
  }
}
