package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and Redis and breaks one connection at a chosen place: after a command is
 * asked, before its answer arrives; or in the middle of a pipeline. After that it lets everything
 * through until it is armed again.
 */
final class FaultyProxy implements AutoCloseable {
  /** How many bytes of the request that holds {@code word} get through; all, where negative. */
  private record Fault(String word, int requestBytes) {}

  private final URI redis;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Fault armed;
  private volatile int cuts;
  private volatile Runnable whenCut = () -> {};

  FaultyProxy(String redisUri) throws IOException {
    redis = URI.create(redisUri);
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(this::accept);
  }

  String uri() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  /** The next request that holds {@code word} is executed, its answer is lost. */
  void loseAnswerTo(String word) {
    armed = new Fault(word, -1);
  }

  /** Of the next request that holds {@code word}, only the first bytes reach Redis. */
  void cutRequest(String word, int requestBytes) {
    armed = new Fault(word, requestBytes);
  }

  /** Does something when the next connection is cut, before its client can see that. */
  void whenCut(Runnable action) {
    whenCut = action;
  }

  /** How many connections were broken. */
  int cuts() {
    return cuts;
  }

  private static void start(Runnable body) {
    Thread thread = new Thread(body, "faulty-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket upstream = new Socket(redis.getHost(), redis.getPort());
        sockets.add(client);
        sockets.add(upstream);
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        Connection connection = new Connection(client, upstream);
        start(connection::forwardRequests);
        start(connection::forwardAnswers);
      }
    } catch (IOException e) {
      close(); // the test is over, or Redis is away
    }
  }

  /** Takes the fault if this request is the one it waits for. */
  private synchronized Fault takeFault(String request) {
    Fault fault = armed;
    if (fault == null || !request.contains(fault.word)) {
      return null;
    }
    armed = null;
    cuts++;
    return fault;
  }

  @Override
  public void close() {
    closeQuietly(server);
    sockets.forEach(FaultyProxy::closeQuietly);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // Closed is all that it should be.
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket upstream;
    private volatile boolean losing;

    Connection(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    void forwardRequests() {
      byte[] buffer = new byte[1 << 16];
      try {
        for (int length; (length = client.getInputStream().read(buffer)) > 0; ) {
          Fault fault = takeFault(new String(buffer, 0, length, ISO_8859_1));
          if (fault != null && fault.requestBytes >= 0) {
            whenCut.run();
            upstream.getOutputStream().write(buffer, 0, Math.min(length, fault.requestBytes));
            break;
          }
          losing = fault != null;
          upstream.getOutputStream().write(buffer, 0, length);
        }
      } catch (IOException e) {
        // Either side is gone: so is the other then.
      }
      end();
    }

    void forwardAnswers() {
      byte[] buffer = new byte[1 << 16];
      try {
        int length;
        while ((length = upstream.getInputStream().read(buffer)) > 0 && !losing) {
          client.getOutputStream().write(buffer, 0, length);
        }
        if (losing) {
          whenCut.run();
        }
      } catch (IOException e) {
        // Either side is gone: so is the other then.
      }
      end();
    }

    private void end() {
      closeQuietly(client);
      closeQuietly(upstream);
    }
  }
}
