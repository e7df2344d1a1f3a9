package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Small benches through the command line, on the real tracks. */
@Tag("redis")
class BenchRunTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  private int bench(String... options) {
    String[] always = {
      "bench",
      "--device=host",
      "--quick",
      "--warmup=50ms",
      "--rate=2000",
      "--max-messages=4096",
      "--json=" + folder.resolve("bench.json"),
      "--html=" + folder.resolve("bench.html")
    };
    String[] args = new String[always.length + options.length];
    System.arraycopy(always, 0, args, 0, always.length);
    System.arraycopy(options, 0, args, always.length, options.length);
    return GpuMq.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private JsonObject json() throws Exception {
    return JsonParser.parseString(Files.readString(folder.resolve("bench.json"))).getAsJsonObject();
  }

  @Test
  void bothTracksCarryTheSameMessages() throws Exception {
    assertEquals(GpuMq.OK, bench("--payload=64,256,64", "--duration=100ms"), err::toString);
    JsonObject json = json();
    List<String> order =
        json.getAsJsonArray("results").asList().stream()
            .map(JsonElement::getAsJsonObject)
            .map(r -> r.get("track").getAsString() + " " + r.get("payload_bytes").getAsInt())
            .toList();
    assertEquals(List.of("a 64", "a 256", "b 64", "b 256"), order);
    for (JsonElement element : json.getAsJsonArray("results")) {
      JsonObject result = element.getAsJsonObject();
      assertEquals("host", result.get("device").getAsString());
      assertEquals(result.get("sent").getAsLong(), result.get("received").getAsLong());
      assertTrue(result.get("throughput_msg_s").getAsDouble() > 0);
      for (String times : List.of("latency_us", "round_trip_us")) {
        assertTrue(result.getAsJsonObject(times).get("p50").getAsDouble() > 0, times);
      }
      for (String bad : List.of("lost", "duplicated", "reordered", "corrupted")) {
        assertEquals(0, result.get(bad).getAsLong(), bad);
      }
    }
    assertEquals(2, json.getAsJsonObject("ratio_b_over_a").size());
    assertTrue(Files.readString(folder.resolve("bench.html")).contains("host device (no GPU)"));
    assertTrue(out.toString().contains("lost 0, duplicated 0, reordered 0, corrupted 0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"crc32c", "sha256", "fail:every=10"})
  void handlersAreVerified(String handler) throws Exception {
    String[] options = {"--payload=128", "--messages=2000", "--handler=" + handler};
    assertEquals(GpuMq.OK, bench(options), err::toString);
    for (JsonElement element : json().getAsJsonArray("results")) {
      JsonObject result = element.getAsJsonObject();
      assertEquals(2000, result.get("sent").getAsLong());
      assertEquals(2000, result.get("received").getAsLong());
      long deadLettered = result.get("dead_lettered").getAsLong();
      assertEquals(handler.startsWith("fail"), deadLettered > 0);
    }
  }

  @Test
  void severalProducersAndConsumers() throws Exception {
    String[] options = {"--payload=256", "--messages=5000", "--producers=3", "--consumers=2"};
    assertEquals(GpuMq.OK, bench(options), err::toString);
    assertEquals(3, json().getAsJsonObject("workload").get("producers").getAsInt());
  }

  @Test
  void anUnknownHandlerIsNamed() {
    assertEquals(GpuMq.USAGE, bench("--payload=64", "--handler=nonsense"));
    assertTrue(err.toString().contains("handler 'nonsense'"), err.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void anUnknownDeviceIsNamed(String track) {
    CommandLine line = GpuMq.commandLine().setErr(new PrintWriter(err));
    assertEquals(GpuMq.USAGE, line.execute("bench", "--track", track, "--device", "tpu"));
    assertTrue(err.toString().contains("device 'tpu': must be auto"), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "redis://127.0.0.1:1, cannot be used",
    "nonsense, must be redis://host:port",
    "http://127.0.0.1:6379, must be redis://host:port"
  })
  void aBadRedisIsNamedBeforeAnythingIsMeasured(String uri, String said) {
    for (String track : List.of("a", "both")) {
      assertEquals(GpuMq.USAGE, bench("--track=" + track, "--redis=" + uri));
      assertRefused(uri, said);
      assertEquals(GpuMq.USAGE, suite("--track=" + track, "--redis=" + uri));
      assertRefused(uri, said);
    }
    assertEquals("", out.toString());
    assertEquals(0, folder.toFile().list().length);
  }

  private int suite(String... options) {
    var args = new ArrayList<>(List.of("bench", "--suite=limit", "--device=host", "--quick"));
    args.add("--json=" + folder.resolve("suite.json"));
    args.addAll(List.of(options));
    return GpuMq.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(String[]::new));
  }

  private void assertRefused(String uri, String said) {
    assertTrue(err.toString().contains(uri), err.toString());
    assertTrue(err.toString().contains(said), err.toString());
    // A line of a size or a row begins so.
    assertFalse(err.toString().contains("track b, "), err.toString());
    assertFalse(err.toString().contains("track a, "), err.toString());
    err.getBuffer().setLength(0);
  }
}
