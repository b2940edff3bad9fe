package io.flotilla.sim.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What everybody calls instead of a node: passes on what comes, as far as the [Links] let it.
final class Proxy implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int CHUNK_BYTES = 64 << 10;

  private final int node;
  private final InetSocketAddress target;
  private final Links links;
  private final Origins origins;
  private final ServerSocket port;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  /// @param port of the proxy itself; 0: any
  /// @param target where the node listens
  Proxy(int node, int port, InetSocketAddress target, Links links, Origins origins)
      throws IOException {
    this.node = node;
    this.target = target;
    this.links = links;
    this.origins = origins;
    this.port = new ServerSocket(port, 256, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().name("proxy-" + node).start(this::acceptAll);
  }

  String address() {
    return "127.0.0.1:" + port.getLocalPort();
  }

  /// Breaks every connection that `from` has made: what is under way is lost.
  void reset(int from) {
    for (Connection each : connections) {
      if (each.from == from) {
        each.end();
      }
    }
  }

  private void acceptAll() {
    while (!port.isClosed()) {
      try {
        Socket caller = port.accept();
        Thread.ofVirtual().start(() -> connect(caller));
      } catch (IOException closed) {
        // Closed, or a caller that was gone at once.
      }
    }
  }

  private void connect(Socket caller) {
    Socket callee = new Socket();
    Connection connection = new Connection(0, caller, callee);
    try {
      int from = from(caller.getPort());
      connection = new Connection(from, caller, callee);
      if (links.isRefused(from, node)) {
        throw new IOException("refused");
      }
      callee.connect(target, CONNECT_MILLIS);
      connection.begin();
    } catch (IOException unreachable) {
      connection.end();
    }
  }

  private int from(int callerPort) {
    int from = origins.of(callerPort, port.getLocalPort());
    // The lowest bit of a port is the same for most callers.
    return from == Links.CLIENTS && (callerPort >> 1) % 2 == 1 ? links.otherClients() : from;
  }

  private final class Connection {
    final int from;
    private final Socket caller;
    private final Socket callee;
    private final Thread there;
    private final Thread back;

    Connection(int from, Socket caller, Socket callee) {
      this.from = from;
      this.caller = caller;
      this.callee = callee;
      this.there = Thread.ofVirtual().unstarted(() -> pump(caller, callee, from, node));
      this.back = Thread.ofVirtual().unstarted(() -> pump(callee, caller, node, from));
    }

    void begin() throws IOException {
      caller.setTcpNoDelay(true);
      callee.setTcpNoDelay(true);
      connections.add(this);
      there.start();
      back.start();
    }

    private void pump(Socket in, Socket out, int sender, int receiver) {
      byte[] chunk = new byte[CHUNK_BYTES];
      try {
        InputStream source = in.getInputStream();
        OutputStream sink = out.getOutputStream();
        for (int read = source.read(chunk); read >= 0; read = source.read(chunk)) {
          links.await(sender, receiver);
          sink.write(chunk, 0, read);
        }
      } catch (IOException | InterruptedException ended) {
        // So does the connection.
      }
      end();
    }

    /// Resets both sides. Idempotent.
    void end() {
      connections.remove(this);
      abort(caller);
      abort(callee);
      there.interrupt();
      back.interrupt();
    }

    private static void abort(Socket socket) {
      try (socket) {
        socket.setSoLinger(true, 0);
      } catch (IOException closed) {
        // As it should be.
      }
    }
  }

  @Override
  public void close() throws IOException {
    port.close();
    Set.copyOf(connections).forEach(Connection::end);
  }
}
