package io.flotilla.transport.request;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.transport.LeakCheck;
import io.flotilla.transport.TestNode;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.request.RequestFailure.Busy;
import io.flotilla.transport.request.RequestFailure.NotSent;
import io.flotilla.transport.request.RequestFailure.TimedOut;
import io.flotilla.transport.request.RequestFailure.Unknown;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Nodes that can be connected to and do not answer, or do not let anybody in.
@ExtendWith(LeakCheck.class)
class SilentNodeTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final Duration SOON = Duration.ofMillis(200);

  private final NettyEventLoops loops =
      new NettyEventLoops(1, "client", Throwable::printStackTrace);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    loops.close();
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  private RequestClient client(TransportLimits limits) {
    return closing(RequestClient.alone(loops, Identity.ANYBODY, limits, null));
  }

  private RequestClient client() {
    return client(TransportLimits.DEFAULTS);
  }

  /// A client that has a connection, and takes silence for what it is soon.
  private RequestClient connected(HostPort address, Duration silenceMax) throws Exception {
    RequestClient client = client(TransportLimits.DEFAULTS.withSilenceMax(silenceMax));
    CompletableFuture<Object> answer = new CompletableFuture<>();
    client.identify(
        address,
        new IdentityHandler() {
          @Override
          public void onIdentity(Identity identity) {
            answer.complete(identity);
          }

          @Override
          public void onFailure(RequestFailure failure) {
            answer.complete(failure);
          }
        });
    assertInstanceOf(Identity.class, get(answer));
    return client;
  }

  private static CompletableFuture<Object> ask(
      RequestClient client, HostPort address, int bytes, long nanos) {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    client.request(
        address,
        (byte) 7,
        new byte[bytes],
        System.nanoTime() + nanos,
        new ResponseHandler() {
          @Override
          public void onResponse(ByteBuffer body) {
            assertTrue(answer.complete(TestNode.bytes(body)), "answered twice");
          }

          @Override
          public void onFailure(RequestFailure failure) {
            assertTrue(answer.complete(failure), "answered twice");
          }
        });
    return answer;
  }

  private static Object get(CompletableFuture<Object> answer) throws Exception {
    return answer.get(20, TimeUnit.SECONDS);
  }

  /// Lets what is scheduled on the client's loop run.
  private void settle() throws Exception {
    for (int i = 0; i < 3; i++) {
      CountDownLatch turn = new CountDownLatch(1);
      loops.get(0).execute(turn::countDown);
      assertTrue(turn.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void whatWasSentToASilentNodeIsUnknownLongBeforeItsDeadline() throws Exception {
    SilentNode node = closing(new SilentNode(true));
    RequestClient client = connected(node.address(), SOON);
    Unknown lost = assertInstanceOf(Unknown.class, get(ask(client, node.address(), 9, MINUTE)));
    assertTrue(lost.reason().contains("fell silent"), lost.reason());
  }

  @Test
  void whatHasNotLeftIsNotUnknown() throws Exception {
    SilentNode node = closing(new SilentNode(true));
    // All must have been asked before it counts as silent: what comes later has another connection.
    RequestClient client = connected(node.address(), Duration.ofSeconds(3));
    List<CompletableFuture<Object>> answers = new ArrayList<>();
    answers.add(ask(client, node.address(), 9, MINUTE));
    settle();
    for (int i = 0; i < 30; i++) {
      answers.add(ask(client, node.address(), 1 << 20, MINUTE));
      settle();
    }
    assertInstanceOf(Unknown.class, get(answers.getFirst()));
    assertInstanceOf(NotSent.class, get(answers.getLast()));
    boolean sent = true;
    for (CompletableFuture<Object> answer : answers) {
      boolean unknown = get(answer) instanceof Unknown;
      assertTrue(sent || !unknown, "one that was sent behind one that was not");
      sent = unknown;
    }
  }

  @Test
  void aNodeThatIsOnlySlowIsWaitedFor() throws Exception {
    TestNode node = closing(new TestNode(TestNode.ANY_PORT, TransportLimits.DEFAULTS));
    node.start(1, TestNode.DROP, (_, _, _) -> {});
    RequestClient client = connected(node.address(), Duration.ofMillis(500));
    TimedOut late =
        assertInstanceOf(TimedOut.class, get(ask(client, node.address(), 9, MINUTE / 30)));
    assertTrue(late.sent());
  }

  @Test
  void aRequestDoesNotWaitLongForAConnection() throws Exception {
    SilentNode node = closing(new SilentNode(false));
    RequestClient client = client(TransportLimits.DEFAULTS.withSilenceMax(SOON));
    assertInstanceOf(NotSent.class, get(ask(client, node.address(), 9, MINUTE)));
    CompletableFuture<Object> next = ask(client, node.address(), 9, MINUTE);
    settle();
    assertTrue(next.isDone());
    assertInstanceOf(NotSent.class, get(next));
  }

  @Test
  void aNodeWithTooManyConnectionsIsBusy() throws Exception {
    TransportLimits one = TransportLimits.DEFAULTS.withConnectionsMax(1);
    TestNode node = closing(new TestNode(TestNode.ANY_PORT, one));
    node.start(1, TestNode.DROP, (context, _, body) -> context.respond(TestNode.bytes(body)));
    RequestClient first = client();
    assertInstanceOf(byte[].class, get(ask(first, node.address(), 9, MINUTE)));
    Busy busy = assertInstanceOf(Busy.class, get(ask(client(), node.address(), 9, MINUTE)));
    assertTrue(busy.reason().contains("too many connections"), busy.reason());
    assertInstanceOf(byte[].class, get(ask(first, node.address(), 9, MINUTE)));
  }

  @Test
  void aClientKeepsToTheClusterThatAnsweredFirst() throws Exception {
    TestNode node = closing(TestNode.echo(1, null));
    TestNode other = closing(new TestNode(TestNode.ANY_PORT, TransportLimits.DEFAULTS));
    other.transport.start(
        new Identity("another", 1),
        TestNode.DROP,
        (context, _, body) -> context.respond(TestNode.bytes(body)));
    RequestClient client = client();
    assertInstanceOf(byte[].class, get(ask(client, node.address(), 9, MINUTE)));
    NotSent refused = assertInstanceOf(NotSent.class, get(ask(client, other.address(), 9, MINUTE)));
    assertTrue(refused.reason().contains("of cluster " + TestNode.CLUSTER), refused.reason());
    assertFalse(get(ask(client(), other.address(), 9, MINUTE)) instanceof NotSent);
  }
}
