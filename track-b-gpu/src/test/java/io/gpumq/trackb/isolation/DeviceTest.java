package io.gpumq.trackb.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.device.HostBackendBut;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Backend;
import io.gpumq.trackb.spi.MountedRing;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import io.gpumq.trackb.spi.Vram;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device process's inside, in this process; the test is its owner. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeviceTest {
  private static final int RING = 3;

  private static final HandlerSpec HANDLER = HandlerSpec.parse("fail:every=2,how=trap");
  private static final long BYTES = 16 << 20;

  private final Vram vram = new HostBackend().allocate(BYTES, true);
  private final RingShape shape = RingShape.of(64, HANDLER, 1, 0, 1);
  private final RingFile file = RingFile.create("d", shape);
  private final PipedOutputStream commands = new PipedOutputStream();
  private final PipedInputStream answers = new PipedInputStream();

  /** What the next look at a kernel throws. */
  private final AtomicReference<Error> thrown = new AtomicReference<>();

  private final Backend backend =
      new HostBackendBut() {
        @Override
        protected RingKernel launch(
            MountedRing ring, RingFile file, RingShape shape, HandlerSpec handler, Resume resume) {
          return failing(super.launch(ring, file, shape, handler, resume));
        }
      };

  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  @BeforeEach
  void start() throws Exception {
    var device =
        new Device(
            backend,
            new PipedInputStream(commands),
            new PipedOutputStream(answers),
            exit::complete);
    Thread thread =
        new Thread(
            () -> {
              try {
                device.run();
              } catch (IOException e) {
                exit.completeExceptionally(e);
              }
            },
            "device");
    thread.setDaemon(true);
    thread.start();
    assertEquals(new Answer.Ready(), answer());
  }

  @AfterEach
  void close() throws IOException {
    commands.close();
    file.close();
    vram.close();
  }

  /** The kernel, but that a look at it may throw. */
  private RingKernel failing(RingKernel kernel) {
    return (RingKernel)
        Proxy.newProxyInstance(
            RingKernel.class.getClassLoader(),
            new Class<?>[] {RingKernel.class},
            (proxy, method, args) -> {
              Error now = method.getName().equals("failure") ? thrown.getAndSet(null) : null;
              if (now != null) {
                throw now;
              }
              return method.invoke(kernel, args);
            });
  }

  private void say(Command command) throws IOException {
    Lines.write(commands, command.words());
  }

  private Answer answer() throws IOException {
    return Answer.parse(Lines.read(answers));
  }

  private Command.Open open(Path path, String handle) {
    var store = new Command.Memory(handle, BYTES);
    return new Command.Open(RING, path, shape, store, HANDLER.text());
  }

  private void opens() throws IOException {
    vram.writeWords(0, shape.emptyStates());
    say(open(file.path(), vram.handle()));
    assertEquals(new Answer.Opened(RING), answer());
  }

  private String refusal() throws IOException {
    Answer.Refused refused = (Answer.Refused) answer();
    assertEquals(RING, refused.ring());
    return refused.why();
  }

  @Test
  void aRingIsLaunchedAndEnded() throws IOException {
    opens();
    say(new Command.Launch(RING, Resume.fresh(0)));
    assertEquals(new Answer.Launched(RING), answer());
    say(new Command.Ask(RING));
    assertEquals(new Answer.Alive(RING), answer());
    say(new Command.Stop(RING));
    assertEquals(new Answer.Ended(RING), answer());
    say(new Command.Close(RING));
    say(new Command.Launch(RING, Resume.fresh(0)));
    assertEquals("ring 3 is not open in this device process", refusal());
  }

  /** The last thing that it was asked to do must not hide how it ended. */
  @Test
  void aRingThatDiesBeforeItIsStoppedHasDied() throws IOException {
    opens();
    say(new Command.Launch(RING, Resume.fresh(0)));
    assertEquals(new Answer.Launched(RING), answer());
    Control control = new Control(file.control());
    control.releaseHead(1); // nothing was published there
    Await.until("the ring is found broken", () -> control.error() != 0);
    say(new Command.Stop(RING));
    Answer.Fault fault = (Answer.Fault) answer();
    assertFalse(fault.withAll(), "other rings of the host device live on");
  }

  @Test
  void aLookThatThrowsIsNotTheLast() throws IOException {
    opens();
    say(new Command.Launch(RING, Resume.fresh(0)));
    assertEquals(new Answer.Launched(RING), answer());
    thrown.set(new OutOfMemoryError("of a test"));
    Await.until("a look threw", () -> thrown.get() == null);
    say(new Command.Stop(RING));
    assertEquals(new Answer.Ended(RING), answer());
  }

  @Test
  void aTrialEndsByItself() throws IOException {
    opens();
    say(new Command.Launch(RING, new Resume(0, 0, 0)));
    assertEquals(new Answer.Launched(RING), answer());
    assertEquals(new Answer.Ended(RING), answer());
  }

  @Test
  void whatCannotBeOpenedIsRefused() throws IOException {
    say(open(file.path(), "/no/such/memory"));
    assertEquals("memory of a store, /no/such/memory: it is not there", refusal());
    say(open(Path.of(vram.handle()), vram.handle()));
    assertTrue(refusal().startsWith("shared-memory file " + vram.handle() + ": "));
    say(open(file.path(), "/another/memory"));
    assertTrue(refusal().startsWith("a second store, "));
    say(new Command.Launch(RING, Resume.fresh(0)));
    assertEquals("ring 3 is not open in this device process", refusal());
  }

  /** The owner has died: nobody else removes what it shared, opened here or not. */
  @Test
  void theEndOfTheCommandsIsTheEndOfAll() throws Exception {
    opens();
    say(new Command.Launch(RING, Resume.fresh(0)));
    assertEquals(new Answer.Launched(RING), answer());
    commands.close();
    assertEquals(Device.EXIT_ENDED, exit.get(30, TimeUnit.SECONDS));
    assertFalse(Files.exists(file.path()));
    assertFalse(Files.exists(Path.of(vram.handle())));
  }

  @Test
  void whatWasClosedIsItsOwnersToRemove() throws Exception {
    opens();
    say(new Command.Close(RING));
    commands.close();
    assertEquals(Device.EXIT_ENDED, exit.get(30, TimeUnit.SECONDS));
    assertTrue(Files.exists(file.path()));
    assertTrue(Files.exists(Path.of(vram.handle())));
  }

  @Test
  void aLineThatIsNoCommandEndsIt() throws IOException {
    Lines.write(commands, List.of("dance", 1));
    var failure = assertThrows(ExecutionException.class, () -> exit.get(30, TimeUnit.SECONDS));
    assertEquals("'dance' is no command", failure.getCause().getMessage());
  }
}
