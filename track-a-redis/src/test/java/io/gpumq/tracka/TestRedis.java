package io.gpumq.tracka;

import com.redis.testcontainers.RedisContainer;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * The Redis that tests use: the one at a given address (system property {@code gpumq.redis} or
 * environment variable {@code GPUMQ_REDIS}), else the program that {@value
 * OwnRedis#SERVER_VARIABLE} names, else one in a container where Docker answers, else one of the
 * tests' own. Started once, ended with the tests' process.
 */
final class TestRedis {
  private static final String URI = find();

  private TestRedis() {}

  /** Where it is. */
  static String uri() {
    return URI;
  }

  /** Opens Track A on it, on the host device. */
  static Track track() {
    return Tracks.open("a", options(URI));
  }

  static TrackOptions options(String uri) {
    return new TrackOptions("host", Map.of(RedisSettings.URI_KEY, uri));
  }

  private static String find() {
    String given = System.getProperty("gpumq.redis", System.getenv("GPUMQ_REDIS"));
    if (given != null && !given.isBlank()) {
      return given;
    }
    if (System.getenv(OwnRedis.SERVER_VARIABLE) != null) {
      return own(); // as the distribution does, where there is no library for containers
    }
    return DockerClientFactory.instance().isDockerAvailable() ? inContainer() : own();
  }

  @SuppressWarnings("resource") // ended by the container library with this process
  private static String inContainer() {
    var container = new RedisContainer(RedisContainer.DEFAULT_IMAGE_NAME.withTag("7.4"));
    container.start();
    return container.getRedisURI();
  }

  @SuppressWarnings("resource") // ended with this process
  private static String own() {
    return OwnRedis.start().uri();
  }
}
