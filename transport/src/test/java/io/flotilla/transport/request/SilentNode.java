package io.flotilla.transport.request;

import io.flotilla.transport.frame.FrameType;
import io.flotilla.transport.frame.HostPort;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A node that takes connections and never answers a request, like one that was paused.
final class SilentNode implements AutoCloseable {
  private static final int RECEIVE_BYTES = 64 << 10;

  private final ServerSocket server;
  private final boolean welcoming;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /// @param welcoming answers the handshake; false: not even that
  SilentNode(boolean welcoming) throws IOException {
    this.welcoming = welcoming;
    server = new ServerSocket();
    server.setReceiveBufferSize(RECEIVE_BYTES);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().start(this::accept);
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        if (welcoming) {
          welcome(socket);
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void welcome(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    in.readNBytes(in.readInt());
    byte[] body = {1, 9, 0, (byte) 0x80, (byte) 0x80, (byte) 0x80, 8, 1, 'c'};
    ByteBuffer frame = ByteBuffer.allocate(5 + body.length);
    frame.putInt(1 + body.length).put((byte) FrameType.WELCOME).put(body);
    socket.getOutputStream().write(frame.array());
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
