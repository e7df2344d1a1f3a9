package io.gpumq.trackb.isolation;

import io.gpumq.spi.Log;
import io.gpumq.trackb.memory.BriefFolders;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The connection of an owner and a device process: a socket in a folder of this user alone.
 * Standard streams would not do, since the virtual machine, its agents and a kernel's {@code
 * printf} write there, too.
 *
 * <p>The connection ends when the other process does. One thread may read while another writes.
 */
final class Wire implements Closeable {
  private static final Log LOG = Log.of(Wire.class);

  private final SocketChannel channel;
  private final InputStream input = new Input();
  private final OutputStream output = new Output();

  private Wire(SocketChannel channel) {
    this.channel = channel;
  }

  /** The owner's end before the device process has come: one wire, then it is of no use. */
  static final class Invitation implements Closeable {
    private final ServerSocketChannel server;
    private final Path address;

    /**
     * Makes the socket.
     *
     * @throws IOException if the system does not let it
     */
    Invitation() throws IOException {
      Path folder = BriefFolders.forWire();
      address = folder.resolve("wire");
      ServerSocketChannel made = null;
      try {
        made = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        made.bind(UnixDomainSocketAddress.of(address), 1);
        server = made;
      } catch (Throwable e) {
        try (var half = made) {
          remove(address);
        }
        throw e;
      }
    }

    Path address() {
      return address;
    }

    /**
     * Waits for the device process.
     *
     * @throws java.nio.channels.ClosedChannelException if this is closed meanwhile
     */
    Wire accept() throws IOException {
      try {
        return new Wire(server.accept());
      } finally {
        close();
      }
    }

    /** Takes it back, and leaves nothing; what the system refuses then is of no use to anybody. */
    @Override
    public void close() {
      try (server) {
        remove(address);
      } catch (IOException e) {
        LOG.debug("taking an invitation back", e);
      }
    }
  }

  /**
   * Connects to an owner that waits, and removes the address: an owner that was killed meanwhile
   * does not.
   *
   * @throws IOException if nobody waits there
   */
  static Wire connect(Path address) throws IOException {
    try {
      return new Wire(SocketChannel.open(UnixDomainSocketAddress.of(address)));
    } finally {
      remove(address);
    }
  }

  private static void remove(Path address) throws IOException {
    Files.deleteIfExists(address);
    Files.deleteIfExists(address.getParent());
  }

  InputStream input() {
    return input;
  }

  OutputStream output() {
    return output;
  }

  /** Ends what this side says; the other one may go on. */
  void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  // Not those of java.nio.channels.Channels: in Java 17 a reader there holds up the writers.

  private final class Input extends InputStream {
    private final ByteBuffer bytes = ByteBuffer.allocate(4096).limit(0);

    /** Returns the next byte, or -1 at the end; a peer that died with words unread is its end. */
    @Override
    public int read() {
      if (!bytes.hasRemaining() && !fill()) {
        return -1;
      }
      return bytes.get() & 0xFF;
    }

    private boolean fill() {
      bytes.clear();
      int read;
      try {
        read = channel.read(bytes);
      } catch (IOException e) {
        read = -1;
      }
      bytes.flip();
      return read > 0;
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int single) throws IOException {
      write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      ByteBuffer left = ByteBuffer.wrap(from, offset, length);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }
  }
}
