package io.gpumq.trackb.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.spi.Resume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What owner and device process say arrives as it was said, or not at all. */
class LinesTest {
  private static final RingShape SHAPE =
      new RingShape(1024, 32_768, 32, 8, 3, 8192, 4, 5L << 32, 16);

  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static List<String> throughLine(List<?> words) throws IOException {
    var out = new ByteArrayOutputStream();
    Lines.write(out, words);
    assertEquals(1, out.toString(StandardCharsets.US_ASCII).lines().count(), "one line");
    return Lines.read(new ByteArrayInputStream(out.toByteArray()));
  }

  static Stream<Command> commands() {
    return Stream.of(
        new Command.Open(
            7,
            Path.of("/tmp/a b/ü%\n.ring"),
            SHAPE,
            new Command.Memory("two words", 1L << 40),
            "fail:every=2,how=trap"),
        new Command.Launch(1, new Resume(3, 9, Resume.NEVER)),
        new Command.Launch(1, new Resume(3, 9, 17)),
        new Command.Stop(2),
        new Command.Ask(2),
        new Command.Close(Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commandsArriveAsTheyWere(Command command) throws IOException {
    assertEquals(command, Command.parse(throughLine(command.words())));
  }

  static Stream<Answer> answers() {
    return Stream.of(
        new Answer.Ready(),
        new Answer.Opened(3),
        new Answer.Launched(3),
        new Answer.Ended(4),
        new Answer.Alive(4),
        new Answer.Refused(Answer.NO_RING, "no room:\n  5 > 4 + ä"),
        new Answer.Fault(5, "", true),
        new Answer.Fault(6, "it is", false));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void answersArriveAsTheyWere(Answer answer) throws IOException {
    assertEquals(answer, Answer.parse(throughLine(answer.words())));
  }

  /** The character that takes most room, more often than a line could hold. */
  @Test
  void aLongTextIsCutToWhatALineHolds() throws IOException {
    var said =
        (Answer.Fault)
            Answer.parse(throughLine(new Answer.Fault(1, "䨀".repeat(5000), true).words()));
    assertTrue(said.why().endsWith("..."), said.why());
    assertTrue(said.why().length() > 900);
  }

  @Test
  void aLineThatIsTooLongIsNeitherWrittenNorRead() {
    String most = "x".repeat(Lines.MOST_BYTES);
    assertThrows(
        IOException.class, () -> Lines.write(new ByteArrayOutputStream(), List.of(most + "x")));
    assertThrows(IOException.class, () -> Lines.read(in(most + "x\n")));
  }

  @Test
  void theLongestLineIsRead() throws IOException {
    String most = "x".repeat(Lines.MOST_BYTES);
    assertEquals(List.of(most), throughLine(List.of(most)));
  }

  /** Its writer died in the middle of it. */
  @Test
  void halfALineIsNone() throws IOException {
    InputStream in = in("ended 1\nended 2");
    assertEquals(List.of("ended", "1"), Lines.read(in));
    assertNull(Lines.read(in));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "open", "open 1 /x h 9 echo 1 2", "launch 1 2 3", "stop", "stop x", "dance 1"})
  void whatIsNoCommandIsRefused(String line) {
    assertThrows(IOException.class, () -> Command.parse(List.of(line.split(" "))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "launched", "ended x", "refused 1", "fault 1", "dance"})
  void whatIsNoAnswerIsRefused(String line) {
    assertThrows(IOException.class, () -> Answer.parse(List.of(line.split(" "))));
  }
}
