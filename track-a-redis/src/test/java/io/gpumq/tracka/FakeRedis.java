package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Answers INFO with what it is told, and knows no other command. */
final class FakeRedis implements AutoCloseable {
  private final ServerSocket server;
  private final String info;

  FakeRedis(String info) throws IOException {
    this.info = info;
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread thread = new Thread(this::serve, "fake-redis");
    thread.setDaemon(true);
    thread.start();
  }

  String uri() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        answer(client);
      } catch (IOException e) {
        // The client is gone, or the test is over.
      }
    }
  }

  private void answer(Socket client) throws IOException {
    var in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
    for (String head; (head = in.readLine()) != null; ) {
      String command = "";
      for (int left = Integer.parseInt(head.substring(1)); left > 0; left--) {
        in.readLine();
        String word = in.readLine();
        command = command.isEmpty() ? word : command;
      }
      String answer = "-ERR unknown command\r\n";
      if (command.equals("INFO")) {
        answer = "$" + info.length() + "\r\n" + info + "\r\n";
      }
      client.getOutputStream().write(answer.getBytes(US_ASCII));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
