package io.gpumq.soak.workload;

import static io.gpumq.soak.workload.Streams.assertTally;
import static io.gpumq.soak.workload.Streams.check;
import static io.gpumq.soak.workload.Streams.send;
import static io.gpumq.soak.workload.Streams.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of messages that were doctored on their way: each fault is found, and named as it is. */
class WorkloadTest {
  private static final int QUEUE = 0xABCD1234;
  private static final int PRODUCERS = 2;

  private final Bodies bodies = Verification.FULL.bodies(42, 256);
  private final Workload workload = new Workload(bodies, QUEUE, PRODUCERS, "echo", 3);

  @ParameterizedTest
  @ValueSource(ints = {32, 33, 64, 100, 256, 1024, 4096, 65536})
  void cleanStreamOfAnySizeIsClean(int payloadBytes) {
    var sized =
        new Workload(Verification.FULL.bodies(1, payloadBytes), QUEUE, PRODUCERS, "echo", 3);
    Verifier verifier = sized.verifier("reader");
    for (int producer = 0; producer < PRODUCERS; producer++) {
      send(sized.generator(producer), 500).forEach(m -> check(verifier, m));
    }
    Tally tally = sized.settle();
    assertTrue(tally.clean(), tally.verdict() + tally.problems());
    assertEquals(1000, tally.sent());
    assertEquals(1000, tally.received());
  }

  @Test
  void lostMessagesAreCountedAndNamed() {
    List<byte[]> messages = send(workload.generator(1), 1000);
    messages.subList(500, 503).clear();
    messages.remove(messages.size() - 1);
    assertTally(read(messages), 4, 0, 0, 0);
    assertTrue(
        workload.settle().problems().contains("producer 1: lost: 500 to 502"),
        () -> workload.settle().problems().toString());
  }

  @Test
  void aStreamThatNeverCameIsLost() {
    send(workload.generator(0), 7);
    assertTally(workload.settle(), 7, 0, 0, 0);
  }

  @Test
  void duplicatesAreCountedButNotAsReordered() {
    List<byte[]> messages = send(workload.generator(0), 100);
    messages.add(11, messages.get(10));
    messages.add(90, messages.get(20));
    messages.add(messages.get(20));
    assertTally(read(messages), 0, 3, 0, 0);
  }

  @Test
  void duplicatesAcrossConsumersAreCounted() {
    List<byte[]> messages = send(workload.generator(0), 100);
    Verifier one = workload.verifier("one");
    Verifier two = workload.verifier("two");
    messages.subList(0, 60).forEach(m -> check(one, m));
    messages.subList(50, 100).forEach(m -> check(two, m));
    assertTally(workload.settle(), 0, 10, 0, 0);
  }

  @Test
  void consumersThatShareAStreamAreClean() {
    List<byte[]> messages = send(workload.generator(0), 1000);
    Verifier one = workload.verifier("one");
    Verifier two = workload.verifier("two");
    for (int i = 0; i < messages.size(); i++) {
      check(i / 7 % 2 == 0 ? one : two, messages.get(i));
    }
    assertTally(workload.settle(), 0, 0, 0, 0);
  }

  @Test
  void reorderedMessagesAreCountedButNotAsLost() {
    List<byte[]> messages = send(workload.generator(0), 100);
    byte[] early = messages.remove(41);
    messages.add(40, early);
    byte[] late = messages.remove(60);
    messages.add(75, late);
    assertTally(read(messages), 0, 0, 2, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 25, 100, 254, 255})
  void oneBitOfTheBodyIsCorruption(int at) {
    List<byte[]> messages = send(workload.generator(0), 10);
    messages.get(5)[at] ^= 0x10;
    assertTally(read(messages), 0, 0, 0, 1);
    assertTrue(workload.settle().problems().get(0).contains("producer 0 sequence 5"));
  }

  @Test
  void oneBitAnywhereInTheHeaderIsCorruptionAndLeavesItsMessageMissing() {
    for (int bit = 0; bit < Message.BODY_AT * 8; bit++) {
      var fresh = new Workload(bodies, QUEUE, PRODUCERS, "echo", 3);
      List<byte[]> messages = send(fresh.generator(0), 3);
      messages.get(1)[bit / 8] ^= (byte) (1 << bit % 8);
      Verifier verifier = fresh.verifier("reader");
      messages.forEach(m -> check(verifier, m));
      assertTally(fresh.settle(), 1, 0, 0, 1);
    }
  }

  @Test
  void theBodyOfAnotherLapOfTheRingIsCorruption() {
    Generator generator = workload.generator(0);
    for (int lap = 1; lap <= 27; lap++) {
      byte[] first = write(generator, 0);
      byte[] next = write(generator, 1 << lap);
      assertFalse(
          Arrays.equals(first, Message.BODY_AT, first.length, next, Message.BODY_AT, next.length),
          "2^" + lap + " further on the body is the same");
    }
  }

  @Test
  void aShorterOrLongerPayloadIsCorruption() {
    List<byte[]> messages = send(workload.generator(0), 4);
    messages.set(1, Arrays.copyOf(messages.get(1), 255));
    messages.set(2, Arrays.copyOf(messages.get(2), 257));
    assertTally(read(messages), 2, 0, 0, 2);
  }

  @Test
  void aMessageOfAnotherQueueIsCorruption() {
    List<byte[]> messages = send(workload.generator(0), 2);
    messages.add(write(new Generator(bodies, QUEUE + 1, 0), 2));
    messages.add(write(new Generator(bodies, QUEUE, PRODUCERS), 2));
    assertTally(read(messages), 0, 0, 0, 2);
  }

  @Test
  void aMessageThatNobodySentIsCorruption() {
    List<byte[]> messages = send(workload.generator(0), 10);
    messages.add(write(workload.generator(0), 5));
    assertTally(read(messages), 0, 0, 0, 1);
  }

  @Test
  void anEchoWithAResultIsCorruption() {
    Verifier verifier = workload.verifier("reader");
    for (byte[] message : send(workload.generator(0), 3)) {
      verifier.check(ByteBuffer.wrap(message), ByteBuffer.allocate(4));
    }
    assertTally(workload.settle(), 0, 0, 0, 3);
  }

  @Test
  void resultsAreComparedWithTheJdk() throws Exception {
    for (String handler : List.of("crc32c", "sha256")) {
      var handled = new Workload(bodies, QUEUE, PRODUCERS, handler, 3);
      Verifier verifier = handled.verifier("reader");
      for (byte[] message : send(handled.generator(0), 10)) {
        byte[] result = result(handler, message);
        verifier.check(ByteBuffer.wrap(message), ByteBuffer.wrap(result).asReadOnlyBuffer());
      }
      assertTrue(handled.settle().clean(), handled.settle().problems().toString());
      byte[] last = send(handled.generator(0), 1).get(0);
      byte[] wrong = result(handler, last);
      wrong[3] ^= 1;
      verifier.check(ByteBuffer.wrap(last), ByteBuffer.wrap(wrong));
      assertTally(handled.settle(), 0, 0, 0, 1);
    }
  }

  @Test
  void deadLettersAreExpectedWhereTheHandlerFailsAndNowhereElse() {
    var failing = new Workload(bodies, QUEUE, PRODUCERS, "fail:every=10", 3);
    Verifier verifier = failing.verifier("reader");
    List<byte[]> messages = send(failing.generator(0), 100);
    for (int i = 0; i < 100; i++) {
      check(i % 10 == 0 ? failing.deadLetters() : verifier, messages.get(i));
    }
    Tally tally = failing.settle();
    assertTrue(tally.clean(), tally.problems().toString());
    assertEquals(10, tally.deadLettered());
    assertEquals(90, tally.received());

    List<byte[]> more = send(failing.generator(0), 2);
    check(verifier, more.get(0));
    check(failing.deadLetters(), more.get(1));
    assertTally(failing.settle(), 0, 0, 0, 2);
  }

  @Test
  void aHandlerThatRecoversLeavesNoDeadLetters() {
    var failing = new Workload(bodies, QUEUE, PRODUCERS, "fail:every=10,attempts=2", 3);
    Verifier verifier = failing.verifier("reader");
    send(failing.generator(0), 100).forEach(m -> check(verifier, m));
    assertTrue(failing.settle().clean());
  }

  private static byte[] result(String handler, byte[] message) throws Exception {
    if (handler.equals("sha256")) {
      return MessageDigest.getInstance("SHA-256").digest(message);
    }
    var crc = new CRC32C();
    crc.update(message);
    return ByteBuffer.allocate(4).putInt(Integer.reverseBytes((int) crc.getValue())).array();
  }

  private Tally read(List<byte[]> messages) {
    Verifier verifier = workload.verifier("reader");
    messages.forEach(message -> check(verifier, message));
    return workload.settle();
  }
}
