package io.gpumq.trackb.isolation;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.device.Backends;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The command line of a device process, its class path and its environment. Nothing that steers
 * this virtual machine steers that one, unless it is named here.
 */
final class Launcher {
  /** The Java virtual machine of a process that makes no garbage to speak of. */
  private static final List<String> MACHINE =
      List.of("-Xshare:auto", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx128m");

  /** A class of each place that a device process needs. */
  private static final List<Class<?>> NEEDED =
      List.of(DeviceMain.class, HandlerSpec.class, QueueConfig.class, Backends.cudaClass());

  /** In the jar of JCuda's native libraries, which has no classes. */
  private static final String NATIVES = "/META-INF/maven/org.jcuda/jcuda-natives/pom.properties";

  private static final String LIBRARIES = "-Djava.library.path=";
  private static final String TEMP = "-Djava.io.tmpdir=";
  private static final String ARCHIVE = "-XX:SharedArchiveFile=";

  /**
   * Variables that a device process gets: of the system, the loader of native libraries, NVIDIA's
   * driver and its tools. No debugger's, agent's or monitor's of a Java virtual machine.
   */
  private static final Pattern KEPT =
      Pattern.compile(
          "HOME|USER|LOGNAME|PATH|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|LD_.*|CUDA_.*|NVIDIA_.*|NV_.*"
              + "|NSYS_.*|QUADD_.*");

  private Launcher() {}

  /**
   * Returns how a device process is started.
   *
   * @param address where its owner waits for it
   * @param environment variables over those that it gets of this process
   */
  static ProcessBuilder builder(ProcessPlan plan, Path address, Map<String, String> environment) {
    var command = new ArrayList<String>();
    command.add(plan.java().toString());
    command.add(DeviceProcesses.mark());
    command.addAll(MACHINE);
    command.addAll(permits(Runtime.version().feature()));
    List<String> own = ManagementFactory.getRuntimeMXBean().getInputArguments();
    own.stream()
        .filter(option -> option.startsWith(LIBRARIES) || option.startsWith(TEMP))
        .forEach(command::add);
    Set<String> needed = needed();
    String classPath = String.join(File.pathSeparator, needed);
    String here = System.getProperty("java.class.path");
    if (List.of(here.split(File.pathSeparator)).containsAll(needed)) {
      var archive = own.stream().filter(option -> option.startsWith(ARCHIVE)).findFirst();
      if (archive.isPresent()) { // it holds for the class path alone that it was made with
        command.add(archive.get());
        classPath = here;
      }
    }
    command.addAll(plan.machine());
    command.add("-cp");
    command.add(classPath);
    command.add(DeviceMain.class.getName());
    command.add(address.toString());
    command.add(plan.device());
    new TreeMap<>(plan.settings()).forEach((key, value) -> command.add(key + "=" + value));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> !KEPT.matcher(name).matches());
    builder.environment().putAll(environment);
    return builder;
  }

  /**
   * Returns what a Java of that release takes to load native code and use {@code sun.misc.Unsafe}
   * without a word. An older one does not start with an option that it does not know.
   */
  static List<String> permits(int release) {
    var permits = new ArrayList<String>();
    if (release >= 22) {
      permits.add("--enable-native-access=ALL-UNNAMED");
    }
    if (release >= 23) {
      permits.add("--sun-misc-unsafe-memory-access=allow");
    }
    return permits;
  }

  /** Where the classes of this process came from, whatever its class path says. */
  private static Set<String> needed() {
    Set<String> needed = new LinkedHashSet<>();
    for (Class<?> each : NEEDED) {
      CodeSource source = each.getProtectionDomain().getCodeSource();
      needed.add(file(each.getSimpleName(), source == null ? null : source.getLocation()));
    }
    URL natives = Backends.cudaClass().getResource(NATIVES);
    if (natives != null) { // else they are in a folder of java.library.path
      needed.add(file(NATIVES, jarOf(natives)));
    }
    return needed;
  }

  private static URL jarOf(URL entry) {
    try {
      return entry.openConnection() instanceof JarURLConnection jar ? jar.getJarFileURL() : null;
    } catch (IOException e) {
      throw new IllegalStateException("looking for " + entry, e);
    }
  }

  private static String file(String what, URL place) {
    try {
      if (place != null && place.getProtocol().equals("file")) {
        return Path.of(place.toURI()).toString();
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException("looking for " + what + " in " + place, e);
    }
    throw new IllegalStateException(
        what
            + " was loaded from "
            + (place == null ? "an unknown place" : place)
            + ": a device process wants it in a folder or jar of its own on disk; unpack the"
            + " application, or open the track with isolation none");
  }
}
