package io.gpumq.spi;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Puts services on the class path of this thread, and of nobody else, for a while. */
public final class Services {
  private Services() {}

  /** What runs while the services are there. */
  public interface Body {
    void run() throws Exception;
  }

  /** Runs {@code body} with these providers of {@code service}, registered in an empty folder. */
  public static void during(Path folder, Class<?> service, List<Class<?>> providers, Body body)
      throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(service.getName()),
        providers.stream().map(Class::getName).collect(Collectors.joining("\n")));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      body.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
