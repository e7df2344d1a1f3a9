package io.gpumq.soak.workload;

import static io.gpumq.soak.workload.Streams.assertTally;
import static io.gpumq.soak.workload.Streams.check;
import static io.gpumq.soak.workload.Streams.send;
import static io.gpumq.soak.workload.Streams.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one word of each message tells of streams that were doctored on their way. */
class LightTest {
  private static final int QUEUE = 0x1234ABCD;
  private static final int BYTES = 256;
  private static final byte OLD = (byte) 0xEE;

  private final Bodies bodies = Verification.LIGHT.bodies(42, BYTES);
  private final Workload workload = new Workload(bodies, QUEUE, 2, "echo", 3);

  @ParameterizedTest
  @ValueSource(ints = {32, 33, 39, 64, 100, 256, 1024, 65536})
  void aCleanStreamOfAnySizeIsClean(int payloadBytes) {
    var sized = new Workload(Verification.LIGHT.bodies(1, payloadBytes), QUEUE, 1, "echo", 3);
    Verifier verifier = sized.verifier("reader");
    send(sized.generator(0), 1000).forEach(message -> check(verifier, message));
    assertTally(sized.settle(), 0, 0, 0, 0);
  }

  @Test
  void aProducerWritesTheHeaderAndOneWord() {
    var slot = new byte[BYTES];
    Arrays.fill(slot, OLD);
    ByteBuffer buffer = ByteBuffer.wrap(slot);
    workload.generator(0).write(0, buffer);
    assertEquals(BYTES, buffer.position());
    long written = 0;
    for (int at = Message.BODY_AT; at < BYTES; at++) {
      written += slot[at] != OLD ? 1 : 0;
    }
    assertTrue(written > 0 && written <= Long.BYTES, written + " bytes of the body");
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 33, 39, 40, 256, 1000})
  void everyByteIsDrawnForSomeMessage(int payloadBytes) {
    var seen = new BitSet();
    var drawn = new DrawnWords(7, payloadBytes);
    for (long sequence = 0; sequence < 5000; sequence++) {
      int place = drawn.place(Message.checksum(sequence, QUEUE, 7));
      seen.set(place, place + Long.BYTES);
    }
    var body = new BitSet();
    body.set(Message.BODY_AT, payloadBytes);
    assertEquals(body, seen);
  }

  @Test
  void lostDoubledAndSwappedMessagesAreCounted() {
    List<byte[]> messages = send(workload.generator(0), 100);
    messages.remove(70);
    messages.add(30, messages.get(20));
    messages.add(10, messages.remove(11));
    assertTally(read(messages), 1, 1, 1, 0);
  }

  @Test
  void aShorterOrLongerMessageIsCorruption() {
    List<byte[]> messages = send(workload.generator(0), 4);
    messages.set(1, Arrays.copyOf(messages.get(1), BYTES - 1));
    messages.set(2, Arrays.copyOf(messages.get(2), BYTES + 1));
    assertTally(read(messages), 2, 0, 0, 2);
  }

  @Test
  void oneBitAnywhereInTheHeaderIsCorruption() {
    for (int bit = 0; bit < Message.BODY_AT * 8; bit++) {
      var fresh = new Workload(bodies, QUEUE, 2, "echo", 3);
      List<byte[]> messages = send(fresh.generator(0), 3);
      messages.get(1)[bit / 8] ^= (byte) (1 << bit % 8);
      Verifier verifier = fresh.verifier("reader");
      messages.forEach(message -> check(verifier, message));
      assertTally(fresh.settle(), 1, 0, 0, 1);
    }
  }

  @Test
  void aMessageThatAnotherOverwroteIsOneDoubledAndOneLost() {
    List<byte[]> messages = send(workload.generator(0), 10);
    messages.set(3, messages.get(8));
    Tally tally = read(messages);
    assertEquals(1, tally.lost());
    assertEquals(1, tally.duplicated());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 1024, 65536, 1 << 20})
  void theBodyOfAnotherMessageIsAlwaysFound(int apart) {
    doctored(
        1000,
        (sequence, message) -> {
          byte[] other = write(workload.generator(0), sequence + apart);
          System.arraycopy(other, Message.BODY_AT, message, Message.BODY_AT, BYTES - 24);
        },
        tally -> assertTally(tally, 0, 0, 0, 1000));
  }

  /** 16 bytes have two of 29 words: one message of 14 and a half. */
  @Test
  void aBodyThatIsWrongInPartIsFoundAsOftenAsItsWordLiesThere() {
    doctored(
        1000,
        (sequence, message) -> {
          // What an earlier message left there is no change where the word was not drawn.
          for (int at = 128; at < 144; at++) {
            message[at] ^= OLD;
          }
        },
        tally ->
            assertTrue(tally.corrupted() > 40 && tally.corrupted() < 100, () -> "found " + tally));
  }

  @Test
  void aResultOfAnotherLengthIsAlwaysFoundAndAWrongOneNowAndThen() {
    var handled = new Workload(bodies, QUEUE, 1, "crc32c", 3);
    Verifier verifier = handled.verifier("reader");
    List<byte[]> messages = send(handled.generator(0), 10_000);
    messages.forEach(message -> verifier.check(ByteBuffer.wrap(message), crc(message, 0)));
    assertTally(handled.settle(), 0, 0, 0, 0);
    List<byte[]> shorter = send(handled.generator(0), 100);
    shorter.forEach(m -> verifier.check(ByteBuffer.wrap(m), crc(m, 0).limit(3)));
    assertTally(handled.settle(), 0, 0, 0, 100);
    List<byte[]> wrong = send(handled.generator(0), 10_000);
    wrong.forEach(message -> verifier.check(ByteBuffer.wrap(message), crc(message, 1)));
    long found = handled.settle().corrupted() - 100;
    assertTrue(found > 10 && found < 80, "wrong results found: " + found);
  }

  private static ByteBuffer crc(byte[] message, int added) {
    var crc = new CRC32C();
    crc.update(message);
    return ByteBuffer.allocate(4).putInt(0, Integer.reverseBytes((int) crc.getValue() + added));
  }

  @FunctionalInterface
  private interface Doctor {
    void treat(int sequence, byte[] message);
  }

  private void doctored(int count, Doctor doctor, Consumer<Tally> assertion) {
    Verifier verifier = workload.verifier("reader");
    for (int i = 0; i < count; i++) {
      byte[] message = write(workload.generator(0), 0);
      doctor.treat(0, message);
      workload.generator(0).advance(1);
      check(verifier, message);
    }
    assertion.accept(workload.settle());
  }

  private Tally read(List<byte[]> messages) {
    Verifier verifier = workload.verifier("reader");
    messages.forEach(message -> check(verifier, message));
    return workload.settle();
  }
}
