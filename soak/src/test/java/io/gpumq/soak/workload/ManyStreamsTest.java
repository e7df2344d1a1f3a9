package io.gpumq.soak.workload;

import static io.gpumq.soak.workload.Streams.assertTally;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that were doctored on their way from their writer to their checker. */
class ManyStreamsTest {
  private static final int LEAST = 16;
  private static final int MOST = 300;
  private static final byte OLD = (byte) 0xEE;

  private ManyStreams streams = streams(Verification.FULL, LEAST, MOST);
  private StreamWriter writer = streams.writer();
  private final StreamChecker checker = streams.checker("reader");

  private static ManyStreams streams(Verification verification, int least, int most) {
    return new ManyStreams(verification, 42, least, most, 3);
  }

  private List<byte[]> send(int stream, int count) {
    var messages = new ArrayList<byte[]>();
    writer.of(stream);
    for (int i = 0; i < count; i++) {
      var slot = new byte[MOST];
      Arrays.fill(slot, OLD);
      ByteBuffer buffer = ByteBuffer.wrap(slot);
      writer.write(i, buffer);
      messages.add(Arrays.copyOf(slot, buffer.position()));
    }
    writer.advance(count);
    return messages;
  }

  /** Shows it as a queue does: read-only, not at position 0, amid other bytes. */
  private static ByteBuffer shown(byte[] message) {
    ByteBuffer around = ByteBuffer.allocateDirect(message.length + 48);
    around.put(17, message).limit(17 + message.length).position(17);
    return around.asReadOnlyBuffer();
  }

  private void check(int stream, List<byte[]> messages) {
    messages.forEach(message -> checker.check(stream, shown(message)));
  }

  @ParameterizedTest
  @CsvSource({"FULL, 16, 16", "FULL, 16, 300", "LIGHT, 16, 16", "LIGHT, 16, 300", "LIGHT, 23, 25"})
  void cleanStreamsAreClean(Verification verification, int least, int most) {
    ManyStreams some = streams(verification, least, most);
    writer = some.writer();
    StreamChecker reader = some.checker("reader");
    for (int round = 0; round < 3; round++) {
      for (int stream = 0; stream < 3; stream++) {
        for (byte[] message : send(stream, 500)) {
          reader.check(stream, shown(message));
        }
      }
    }
    Tally tally = some.settle();
    assertTally(tally, 0, 0, 0, 0);
    assertEquals(4500, tally.sent());
    assertEquals(4500, tally.received());
  }

  @Test
  void sizesAreDrawnFromAllThatMayBe() {
    var seen = new BitSet();
    send(0, 10_000).forEach(message -> seen.set(message.length));
    assertEquals(LEAST, seen.nextSetBit(0));
    assertEquals(MOST + 1, seen.length());
    assertEquals(MOST - LEAST + 1, seen.cardinality());
  }

  @Test
  void twoReadersOfAStreamAreSettledTogether() {
    StreamChecker other = streams.checker("other");
    List<byte[]> sent = send(1, 100);
    check(1, sent.subList(0, 30));
    sent.subList(30, 60).forEach(message -> other.check(1, shown(message)));
    check(1, sent.subList(60, 100));
    assertTally(streams.settle(), 0, 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 99})
  void aLostMessageIsCounted(int which) {
    List<byte[]> sent = send(2, 100);
    sent.remove(which);
    check(2, sent);
    assertTally(streams.settle(), 1, 0, 0, 0);
  }

  @Test
  void aStreamThatNobodySawIsLost() {
    send(0, 5);
    assertTally(streams.settle(), 5, 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 99})
  void aRepeatedMessageIsCounted(int which) {
    List<byte[]> sent = send(0, 100);
    sent.add(which, sent.get(which));
    check(0, sent);
    assertTally(streams.settle(), 0, 1, 0, 0);
  }

  @Test
  void aMessageThatComesAgainIsCheckedAndNotCounted() {
    List<byte[]> sent = send(0, 2);
    check(0, sent);
    checker.checkAgain(0, shown(sent.get(0)));
    assertTally(streams.settle(), 0, 0, 0, 0);
    checker.checkAgain(1, shown(sent.get(0)));
    assertTally(streams.settle(), 0, 0, 0, 1);
  }

  @Test
  void aMessageBehindALaterOneIsCounted() {
    List<byte[]> sent = send(0, 100);
    sent.add(50, sent.remove(40));
    check(0, sent);
    Tally tally = streams.settle();
    assertTally(tally, 0, 0, 1, 0);
    assertEquals(List.of("reader: out of order: stream 0 sequence 40"), tally.problems());
  }

  @Test
  void everyWrongBitIsFound() {
    byte[] message = send(0, 20).get(19);
    for (int bit = 0; bit < 8 * message.length; bit++) {
      byte[] wrong = message.clone();
      wrong[bit / 8] ^= (byte) (1 << bit % 8);
      checker.checkAgain(0, shown(wrong));
    }
    assertEquals(8L * message.length, streams.settle().corrupted());
  }

  @ParameterizedTest
  @EnumSource(Verification.class)
  void aBodyOfAnotherMessageIsFound(Verification verification) {
    streams = streams(verification, MOST, MOST);
    writer = streams.writer();
    StreamChecker reader = streams.checker("reader");
    List<byte[]> sent = send(0, 100);
    byte[] overwritten = sent.get(1);
    System.arraycopy(sent.get(0), 16, overwritten, 16, MOST - 16);
    sent.forEach(message -> reader.check(0, shown(message)));
    assertTally(streams.settle(), 0, 0, 0, 1);
  }

  @Test
  void aMessageOfAnotherStreamIsFound() {
    check(1, send(0, 1));
    assertTally(streams.settle(), 1, 0, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 15, 299})
  void aMessageThatWasCutShortIsFound(int bytes) {
    streams = streams(Verification.LIGHT, MOST, MOST);
    writer = streams.writer();
    StreamChecker reader = streams.checker("reader");
    reader.check(0, shown(Arrays.copyOf(send(0, 1).get(0), bytes)));
    assertTrue(streams.settle().corrupted() == 1);
  }
}
