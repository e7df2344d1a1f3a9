package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gpumq.soak.suite.Extent;
import io.gpumq.soak.suite.Isolation;
import io.gpumq.soak.suite.Limit;
import io.gpumq.soak.suite.Row;
import io.gpumq.soak.suite.RowChoice;
import io.gpumq.soak.suite.SuitePlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A suite in miniature through the command line, on the real tracks. */
@Tag("redis")
class SuiteRunTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void showsAndWritesEveryRow() throws Exception {
    Path file = folder.resolve("suite.json");
    int code =
        GpuMq.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(
                "bench",
                "--suite=limit",
                "--device=host",
                "--duration=40ms",
                "--warmup=10ms",
                "--backlog=4M",
                "--seed=7",
                "--set=cuda.blocks=16",
                "--set=cuda.device=0",
                "--json=" + file);
    assertEquals(GpuMq.OK, code, err::toString);
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals("limit", json.get("suite").getAsString());
    assertEquals(7, json.get("seed").getAsLong());
    assertEquals("16", json.getAsJsonObject("settings").get("cuda.blocks").getAsString());
    assertEquals("0", json.getAsJsonObject("settings").get("cuda.device").getAsString());
    assertTrue(json.getAsJsonObject("environment").get("cores").getAsInt() > 0);
    var names = new ArrayList<String>();
    for (JsonElement element : json.getAsJsonArray("rows")) {
      names.add(checked(element.getAsJsonObject()));
    }
    assertEquals(
        Stream.concat(
                Limit.rows().stream().map(row -> "b " + row.name()),
                Limit.rows().stream().filter(Row::beside).map(row -> "a " + row.name()))
            .toList(),
        names);
    assertTrue(out.toString().contains("host device (no GPU)"), out::toString);
    for (Row row : Limit.rows()) {
      assertTrue(out.toString().contains("\n" + row.name() + "\n"), row.name());
    }
    assertTrue(out.toString().contains("lost 0, duplicated 0, reordered 0, corrupted 0"));
  }

  @Test
  void showsAndWritesWhatIsolationCosts() throws Exception {
    Path file = folder.resolve("suite.json");
    var once =
        new SuitePlan(
            List.of("b", "a"),
            Map.of(),
            Duration.ofMillis(40),
            Duration.ofMillis(10),
            1,
            new Extent(2, 1, Extent.AS_MUCH_AS_IS_FREE, 1),
            7,
            Duration.ofSeconds(30));
    int code =
        new SuiteRunner(
                "isolation", RowChoice.ALL, once, file, new PrintWriter(out), new PrintWriter(err))
            .run("host", null);
    assertEquals(GpuMq.OK, code, err::toString);
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals("isolation", json.get("suite").getAsString());
    var names = new ArrayList<String>();
    for (JsonElement element : json.getAsJsonArray("rows")) {
      names.add(checked(element.getAsJsonObject()));
    }
    assertEquals(Isolation.rows().stream().map(row -> "b " + row.name()).toList(), names);
    for (Row row : Isolation.rows()) {
      assertTrue(out.toString().contains("\n" + row.name() + "\n"), row.name());
    }
  }

  @Test
  void aRowThatFindsTooLittleIsNoFailure() throws Exception {
    Path file = folder.resolve("suite.json");
    int code =
        GpuMq.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(
                "bench",
                "--suite=queues",
                "--rows=pending",
                "--track=b",
                "--device=host",
                "--quick",
                "--set=store.bytes=16M",
                "--json=" + file);
    assertEquals(GpuMq.OK, code, err::toString);
    assertTrue(out.toString().contains("SKIPPED wants a store for "), out::toString);
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonObject row = json.getAsJsonArray("rows").get(0).getAsJsonObject();
    assertTrue(row.get("problem").getAsString().contains("--set store.bytes="), row::toString);
    assertTrue(row.get("reached").isJsonNull());
  }

  /** Its track and name, once it is seen to be whole. */
  private static String checked(JsonObject row) {
    String name = row.get("track").getAsString() + " " + row.get("name").getAsString();
    assertEquals("host", row.get("device").getAsString(), name);
    assertTrue(row.get("reached").isJsonNull(), name + ": judged on host");
    assertTrue(row.get("problem").isJsonNull(), name);
    JsonObject seen = row.getAsJsonObject("seen");
    for (JsonElement element : row.getAsJsonArray("aim")) {
      JsonObject aim = element.getAsJsonObject();
      assertTrue(seen.has(aim.get("figure").getAsString()), name + ": " + seen);
      assertTrue(List.of("at_most", "at_least").contains(aim.get("bound").getAsString()), name);
      assertTrue(aim.get("limit").getAsDouble() > 0, name);
    }
    JsonObject guard = row.getAsJsonObject("guard");
    for (String time : "one_thread_ms threads all_threads_ms gap_ms".split(" ")) {
      assertTrue(guard.get(time).getAsDouble() > 0, name + ": " + time);
    }
    assertTrue(guard.get("disturbed").getAsJsonPrimitive().isBoolean(), name);
    assertEquals(1, row.get("round").getAsInt(), name);
    JsonObject workload = row.getAsJsonObject("workload");
    String verify = name.endsWith(", light") ? "light" : "full";
    assertEquals(verify, workload.get("verify").getAsString(), name);
    for (String knob :
        "queues payload_bytes producers consumers lanes batch max_messages".split(" ")) {
      assertTrue(workload.get(knob).getAsInt() > 0, name + ": " + knob);
    }
    JsonObject tally = row.getAsJsonObject("tally");
    long back = tally.get("received").getAsLong() + tally.get("dead_lettered").getAsLong();
    assertEquals(tally.get("sent").getAsLong(), back, name);
    for (String bad : List.of("lost", "duplicated", "reordered", "corrupted")) {
      assertEquals(0, tally.get(bad).getAsLong(), name + ": " + bad);
    }
    return name;
  }
}
