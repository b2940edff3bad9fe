package io.flotilla.transport;

import io.flotilla.transport.frame.HostPort;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A plain socket that speaks to a node byte by byte.
final class RawConnection implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;

  RawConnection(HostPort address) throws IOException {
    socket = new Socket(address.host(), address.port());
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
  }

  /// A hello as docs/formats.md has it, with varints of one byte.
  static byte[] hello(int magic, int protocol, int lane, int store, int wanted, String cluster) {
    byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(4 + 1 + 4 + 2 + 3 + 1 + name.length);
    frame.putInt(frame.capacity() - 4).put((byte) 1).putInt(magic);
    frame.put((byte) protocol).put((byte) lane).put((byte) store).put((byte) wanted);
    frame.put((byte) 0).put((byte) name.length).put(name);
    return frame.array();
  }

  RawConnection send(byte[] bytes) throws IOException {
    try {
      socket.getOutputStream().write(bytes);
    } catch (SocketException e) {
      // The node has closed the connection already; what it said can still be read.
    }
    return this;
  }

  /// The next frame's type, and its body as text.
  record Frame(int type, String text) {}

  Frame read() throws IOException {
    byte[] body = new byte[in.readInt() - 1];
    int type = in.read();
    in.readFully(body);
    return new Frame(type, new String(body, StandardCharsets.UTF_8));
  }

  /// True once the node has closed the connection.
  boolean isEnded() {
    try {
      while (in.read() >= 0) {}
      return true;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
