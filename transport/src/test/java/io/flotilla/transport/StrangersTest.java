package io.flotilla.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.Lane;
import io.flotilla.spi.RandomSource;
import io.flotilla.transport.RawConnection.Frame;
import io.flotilla.transport.frame.FrameType;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.TransportLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whoever does not belong here is turned away with the reason, and harms nobody.
@ExtendWith(LeakCheck.class)
class StrangersTest {
  private static final int MAGIC = 0x464C4F54;
  private static final int REQUESTS = Lane.REQUESTS.ordinal();
  private static final int BEATS = Lane.BEATS.ordinal();

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  private TestNode node(TransportLimits limits) {
    TestNode node = new TestNode(TestNode.ANY_PORT, limits);
    open.add(node);
    return node.start(
        7, TestNode.DROP, (context, _, body) -> context.respond(TestNode.bytes(body)));
  }

  private RawConnection connect(TestNode node) throws IOException {
    RawConnection connection = new RawConnection(node.address());
    open.add(connection);
    return connection;
  }

  private static byte[] goodHello() {
    return RawConnection.hello(MAGIC, 1, REQUESTS, 0, 0, "");
  }

  private void assertServes(TestNode node) throws IOException {
    byte[] request = {0, 0, 0, 8, FrameType.REQUESTS, 0, 5, 1, 100, 2, 'o', 'k'};
    RawConnection connection = connect(node).send(goodHello());
    assertEquals(FrameType.WELCOME, connection.read().type());
    Frame answer = connection.send(request).read();
    assertEquals(new Frame(FrameType.RESPONSES, "\5\0\2ok"), answer);
  }

  private void assertRefused(TestNode node, byte[] hello, String reason) throws IOException {
    RawConnection connection = connect(node).send(hello);
    Frame refusal = connection.read();
    assertEquals(FrameType.REFUSED, refusal.type());
    assertTrue(refusal.text().contains(reason), refusal.text());
    assertTrue(connection.isEnded());
  }

  @Test
  void strangersAreToldWhy() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS);
    assertRefused(
        node,
        RawConnection.hello(MAGIC, 99, REQUESTS, 0, 0, ""),
        "protocol 99, this node speaks 1");
    assertRefused(
        node,
        RawConnection.hello(MAGIC, 1, BEATS, 3, 7, "other"),
        "store 3 of cluster other, this node is of cluster " + TestNode.CLUSTER);
    assertRefused(
        node, RawConnection.hello(MAGIC, 1, REQUESTS, 0, 0, "other"), "client of cluster other");
    assertRefused(
        node,
        RawConnection.hello(MAGIC, 1, BEATS, 3, 8, TestNode.CLUSTER),
        "looking for store 8, this is store 7");
    assertRefused(
        node,
        RawConnection.hello(MAGIC, 1, BEATS, 0, 0, TestNode.CLUSTER),
        "a client may use the requests lane alone");
    assertServes(node);
  }

  @Test
  void aNodeThatHasNotStartedSaysSo() throws Exception {
    TestNode node = new TestNode(TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    open.add(node);
    assertRefused(node, goodHello(), "not ready yet");
  }

  @Test
  void whoeverSpeaksSomethingElseIsCutOff() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS);
    byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    assertTrue(connect(node).send(http).isEnded());
    byte[] wrongMark = RawConnection.hello(0x12345678, 1, REQUESTS, 0, 0, "");
    assertTrue(connect(node).send(wrongMark).isEnded());
    assertServes(node);
  }

  @Test
  void whoeverSaysNothingIsSentAwayAfterAWhile() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS.withHandshakeTimeout(Duration.ofMillis(50)));
    RawConnection silent = connect(node);
    assertEquals(new Frame(FrameType.REFUSED, "\0no hello within 50 ms"), silent.read());
    assertTrue(silent.isEnded());
    assertServes(node(TransportLimits.DEFAULTS));
  }

  @Test
  void clientsOverTheLimitAreToldSoAndRoomComesBack() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS.withConnectionsMax(2));
    RawConnection first = connect(node).send(goodHello());
    assertEquals(FrameType.WELCOME, first.read().type());
    assertEquals(FrameType.WELCOME, connect(node).send(goodHello()).read().type());
    assertRefused(node, goodHello(), "too many connections: 2 clients are connected");
    byte[] store = RawConnection.hello(MAGIC, 1, BEATS, 3, 7, TestNode.CLUSTER);
    assertEquals(FrameType.WELCOME, connect(node).send(store).read().type());
    first.close();
    int type = FrameType.REFUSED;
    for (int i = 0; i < 1000 && type == FrameType.REFUSED; i++) {
      type = connect(node).send(goodHello()).read().type();
    }
    assertEquals(FrameType.WELCOME, type);
  }

  @Test
  void anOversizedFrameEndsItsConnectionAlone() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS.withFrameBytesMax(10_000));
    RawConnection bystander = connect(node).send(goodHello());
    assertEquals(FrameType.WELCOME, bystander.read().type());
    RawConnection large = connect(node).send(goodHello());
    assertEquals(FrameType.WELCOME, large.read().type());
    large.send(new byte[] {0, 1, 0, 0, FrameType.REQUESTS});
    assertTrue(large.isEnded());
    byte[] request = {0, 0, 0, 6, FrameType.REQUESTS, 0, 5, 1, 100, 0};
    assertEquals(new Frame(FrameType.RESPONSES, "\5\0\0"), bystander.send(request).read());
  }

  /// The clock that a frame brings tells that it was written long before the one that came first.
  @Test
  void whatCameTooLateIsNotServed() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS);
    RawConnection connection = connect(node).send(goodHello());
    assertEquals(FrameType.WELCOME, connection.read().type());
    byte[] inTime = {0, 0, 0, 7, FrameType.REQUESTS, 120, 5, 1, 100, 1, 'a'};
    assertEquals(new Frame(FrameType.RESPONSES, "\5\0\1a"), connection.send(inTime).read());
    byte[] tooLate = {0, 0, 0, 7, FrameType.REQUESTS, 0, 6, 1, 100, 1, 'b'};
    assertEquals(new Frame(FrameType.RESPONSES, "\6\3\0"), connection.send(tooLate).read());
    byte[] patient = {0, 0, 0, 8, FrameType.REQUESTS, 0, 7, 1, 0x7f, 0x7f, 1, 'c'};
    patient[8] = (byte) 0xff;
    assertEquals(new Frame(FrameType.RESPONSES, "\7\0\1c"), connection.send(patient).read());
  }

  @Test
  void aPingIsAnsweredAtOnce() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS);
    RawConnection connection = connect(node).send(goodHello());
    assertEquals(FrameType.WELCOME, connection.read().type());
    byte[] ping = {0, 0, 0, 1, FrameType.PING};
    assertEquals(new Frame(FrameType.PONG, ""), connection.send(ping).read());
  }

  @Test
  void randomBytesHarmNobody() throws Exception {
    TestNode node = node(TransportLimits.DEFAULTS);
    RandomSource random = new RandomSource(99);
    for (int i = 0; i < 150; i++) {
      byte[] bytes = new byte[random.nextInt(400)];
      random.nextBytes(bytes);
      RawConnection connection = connect(node);
      int kind = random.nextInt(3);
      if (kind > 0) {
        byte[] hello =
            kind == 1
                ? goodHello()
                : RawConnection.hello(
                    MAGIC, 1, random.nextInt(3), 1 + random.nextInt(9), 7, TestNode.CLUSTER);
        connection.send(hello);
        byte[] head = {0, 0, (byte) (bytes.length >> 8), (byte) bytes.length};
        connection.send(bytes.length > 0 ? head : new byte[0]);
        if (bytes.length > 1) {
          bytes[0] = (byte) (random.oneIn(2) ? 16 + random.nextInt(2) : 32);
          bytes[1] = 1;
        }
      }
      connection.send(bytes);
      connection.close();
    }
    assertServes(node);
  }

  @Test
  void aPortInUseIsSaidInOneLine() {
    TestNode node = node(TransportLimits.DEFAULTS);
    HostPort taken = node.address();
    TransportException refusal =
        assertThrows(TransportException.class, () -> new TestNode(taken, TransportLimits.DEFAULTS));
    assertEquals(
        "cannot listen on "
            + taken
            + ": the port is in use; stop who has it, or listen on another port",
        refusal.getMessage());
    HostPort nowhere = new HostPort("no-such-host.invalid", 1);
    assertThrows(TransportException.class, () -> new TestNode(nowhere, TransportLimits.DEFAULTS));
  }
}
