package io.flotilla.transport.request;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.CodecException;
import io.flotilla.spi.RandomSource;
import io.flotilla.transport.LeakCheck;
import io.flotilla.transport.TestNode;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.request.RequestFailure.Busy;
import io.flotilla.transport.request.RequestFailure.NotSent;
import io.flotilla.transport.request.RequestFailure.Refused;
import io.flotilla.transport.request.RequestFailure.TimedOut;
import io.flotilla.transport.request.RequestFailure.Unknown;
import io.flotilla.transport.tls.Tls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Requests over the loopback.
@ExtendWith(LeakCheck.class)
class RequestTest {
  /// Nobody here falls silent, but a machine that is busy may be late.
  private static final TransportLimits PATIENT =
      TransportLimits.DEFAULTS.withSilenceMax(Duration.ofSeconds(20));

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

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

  /// What client and nodes speak; null: they speak in plain.
  @Nullable Tls tls() {
    return null;
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  /// What a test waits for has come by then, or never will.
  private static RequestContext next(BlockingQueue<RequestContext> held) throws Exception {
    RequestContext next = held.poll(20, TimeUnit.SECONDS);
    assertNotNull(next, "no request arrived");
    return next;
  }

  private RequestClient client(TransportLimits limits) {
    return closing(RequestClient.alone(loops, Identity.ANYBODY, limits, tls()));
  }

  private RequestClient client() {
    return client(PATIENT);
  }

  private TestNode serving(RequestService service) {
    return closing(new TestNode(TestNode.ANY_PORT, PATIENT, tls()))
        .start(1, TestNode.DROP, service);
  }

  /// A response or a failure.
  private static final class Answer implements ResponseHandler {
    final CompletableFuture<Object> result = new CompletableFuture<>();

    @Override
    public void onResponse(ByteBuffer body) {
      assertTrue(result.complete(TestNode.bytes(body)), "answered twice");
    }

    @Override
    public void onFailure(RequestFailure failure) {
      assertTrue(result.complete(failure), "answered twice");
    }

    Object get() throws Exception {
      return result.get(20, TimeUnit.SECONDS);
    }
  }

  private static Answer ask(RequestClient client, HostPort address, byte[] body, long nanos) {
    Answer answer = new Answer();
    client.request(address, (byte) 7, body, System.nanoTime() + nanos, answer);
    return answer;
  }

  @Test
  void thousandsOfRequestsFromManyThreadsGetTheirOwnAnswers() throws Exception {
    TestNode node = closing(TestNode.echo(1, tls()));
    RequestClient client = client();
    List<Thread> threads = new ArrayList<>();
    BlockingQueue<String> wrong = new LinkedBlockingQueue<>();
    AtomicInteger right = new AtomicInteger();
    for (int t = 0; t < 4; t++) {
      RandomSource random = new RandomSource(t);
      threads.add(
          Thread.startVirtualThread(() -> {
            List<byte[]> bodies = new ArrayList<>();
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
              byte[] body = new byte[random.nextInt(random.oneIn(50) ? 100_000 : 300)];
              random.nextBytes(body);
              bodies.add(body);
              answers.add(ask(client, node.address(), body, 20 * SECOND));
            }
            for (int i = 0; i < bodies.size(); i++) {
              String difference = difference(bodies.get(i), answers.get(i));
              if (difference.isEmpty()) {
                right.incrementAndGet();
              } else {
                wrong.add(difference);
              }
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(wrong));
    assertEquals(8_000, right.get());
  }

  private static String difference(byte[] expected, Answer answer) {
    try {
      Object got = answer.get();
      boolean isSame = got instanceof byte[] bytes && Arrays.equals(expected, bytes);
      return isSame ? "" : expected.length + " bytes: " + got;
    } catch (Exception e) {
      return expected.length + " bytes: " + e;
    }
  }

  @Test
  void answersMayComeInAnotherOrderAndFromAnotherThread() throws Exception {
    BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
    TestNode node = serving((context, _, _) -> held.add(context));
    RequestClient client = client();
    Answer first = ask(client, node.address(), new byte[0], 20 * SECOND);
    Answer second = ask(client, node.address(), new byte[0], 20 * SECOND);
    RequestContext one = next(held);
    RequestContext two = next(held);
    assertEquals(0, one.peerStore());
    assertTrue(one.remainingNanos() > 15 * SECOND && one.remainingNanos() < 21 * SECOND);
    two.respond(4, target -> target.putInt(2));
    assertArrayEquals(new byte[] {0, 0, 0, 2}, (byte[]) second.get());
    one.respond(new byte[] {1});
    one.respond(new byte[] {9});
    assertArrayEquals(new byte[] {1}, (byte[]) first.get());
  }

  @Test
  void theServiceNumberAndTheBodyArriveAndRefusalsAndFailuresAreToldApart() throws Exception {
    TestNode node =
        serving((context, service, body) -> {
          switch (body.get()) {
            case 0 -> context.respond(new byte[] {service});
            case 1 -> context.refuse("no such thing");
            case 2 -> context.fail("half done");
            case 3 -> throw new CodecException("what is this");
            default -> throw new IllegalStateException("a bug");
          }
        });
    RequestClient client = client();
    List<Answer> answers = new ArrayList<>();
    for (byte kind = 0; kind < 5; kind++) {
      answers.add(ask(client, node.address(), new byte[] {kind}, 20 * SECOND));
    }
    assertArrayEquals(new byte[] {7}, (byte[]) answers.get(0).get());
    assertEquals(new Refused("no such thing"), answers.get(1).get());
    assertEquals(new Unknown("half done"), answers.get(2).get());
    assertEquals(new Refused("malformed request: what is this"), answers.get(3).get());
    assertInstanceOf(Unknown.class, answers.get(4).get());
  }

  @Test
  void aDeadlinePassesWhileTheServerIsSilentAndALateAnswerIsIgnored() throws Exception {
    BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
    TestNode node =
        serving((context, _, body) -> {
          if (body.hasRemaining()) {
            context.respond(new byte[] {5});
          } else {
            held.add(context);
          }
        });
    RequestClient client = client();
    ask(client, node.address(), new byte[1], 20 * SECOND).get();
    Answer late = ask(client, node.address(), new byte[0], SECOND / 20);
    Answer later = ask(client, node.address(), new byte[0], SECOND / 10);
    assertTrue(assertInstanceOf(TimedOut.class, late.get()).sent());
    assertTrue(assertInstanceOf(TimedOut.class, later.get()).sent());
    next(held).respond(new byte[] {1});
    Answer alive = ask(client, node.address(), new byte[1], 20 * SECOND);
    assertArrayEquals(new byte[] {5}, (byte[]) alive.get());
  }

  @Test
  void aShorterDeadlineThanAnEarlierRequestsIsKept() throws Exception {
    TestNode node = serving((_, _, _) -> {});
    RequestClient client = client();
    Answer patient = ask(client, node.address(), new byte[0], 3600 * SECOND);
    Answer hasty = ask(client, node.address(), new byte[0], SECOND / 20);
    assertInstanceOf(TimedOut.class, hasty.get());
    assertTrue(!patient.result.isDone());
  }

  @Test
  void aRequestPastItsDeadlineIsNotSent() throws Exception {
    TestNode node = closing(TestNode.echo(1, tls()));
    Answer answer = ask(client(), node.address(), new byte[0], -1);
    assertEquals(false, assertInstanceOf(TimedOut.class, answer.get()).sent());
  }

  @Test
  void aLostConnectionLeavesSentRequestsUnknownAndTheNextOneConnectsAgain() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    TestNode node = serving((_, _, _) -> arrived.countDown());
    HostPort address = node.address();
    RequestClient client = client();
    Answer lost = ask(client, address, new byte[0], 60 * SECOND);
    assertTrue(arrived.await(20, TimeUnit.SECONDS));
    node.close();
    open.remove(node);
    assertInstanceOf(Unknown.class, lost.get());

    Answer nobody = ask(client, address, new byte[0], 60 * SECOND);
    NotSent notSent = assertInstanceOf(NotSent.class, nobody.get());
    assertTrue(notSent.reason().contains("connection refused"), notSent.reason());

    closing(new TestNode(address, PATIENT, tls()))
        .start(1, TestNode.DROP, (context, _, body) -> context.respond(TestNode.bytes(body)));
    Object result = nobody.get();
    for (long end = System.nanoTime() + 20 * SECOND;
        result instanceof NotSent && System.nanoTime() < end; ) {
      result = ask(client, address, new byte[3], 20 * SECOND).get();
    }
    assertArrayEquals(new byte[3], (byte[]) result);
  }

  @Test
  void tooMuchInFlightIsBusyAndRoomComesBack() throws Exception {
    BlockingQueue<RequestContext> held = new LinkedBlockingQueue<>();
    TestNode node = serving((context, _, _) -> held.add(context));
    RequestClient client = client(PATIENT.withInFlightBytesMax(10_000));
    Answer big = ask(client, node.address(), new byte[9_000], 60 * SECOND);
    Answer refused = ask(client, node.address(), new byte[9_000], 60 * SECOND);
    assertInstanceOf(Busy.class, refused.get());
    next(held).respond(new byte[0]);
    big.get();
    Answer again = ask(client, node.address(), new byte[9_000], 60 * SECOND);
    next(held).respond(new byte[0]);
    assertArrayEquals(new byte[0], (byte[]) again.get());
  }

  @Test
  void aRequestOrAnAnswerOverTheFrameLimitFailsAlone() throws Exception {
    TransportLimits small = PATIENT.withFrameBytesMax(4096);
    TestNode node =
        closing(new TestNode(TestNode.ANY_PORT, small, tls()))
            .start(
                1, TestNode.DROP, (context, _, body) -> context.respond(new byte[body.getInt()]));
    RequestClient client = client();
    byte[] asksForMuch = ByteBuffer.allocate(4).putInt(5_000).array();
    byte[] asksForLittle = ByteBuffer.allocate(4).putInt(50).array();
    assertInstanceOf(NotSent.class, ask(client, node.address(), new byte[5_000], SECOND).get());
    assertInstanceOf(Unknown.class, ask(client, node.address(), asksForMuch, 9 * SECOND).get());
    assertArrayEquals(
        new byte[50], (byte[]) ask(client, node.address(), asksForLittle, 9 * SECOND).get());
  }

  @Test
  void aClosedClientFailsWhatIsInFlightAndWhatComesAfter() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    TestNode node = serving((_, _, _) -> arrived.countDown());
    RequestClient client = client();
    Answer inFlight = ask(client, node.address(), new byte[0], 60 * SECOND);
    assertTrue(arrived.await(20, TimeUnit.SECONDS));
    client.close();
    assertInstanceOf(Unknown.class, inFlight.get());
    Answer after = ask(client, node.address(), new byte[0], 60 * SECOND);
    assertInstanceOf(NotSent.class, after.get());
  }

  @Test
  void aClientLearnsWhoListens() throws Exception {
    TestNode node = closing(TestNode.echo(42, tls()));
    CompletableFuture<Object> answer = new CompletableFuture<>();
    IdentityHandler handler =
        new IdentityHandler() {
          @Override
          public void onIdentity(Identity identity) {
            answer.complete(identity);
          }

          @Override
          public void onFailure(RequestFailure failure) {
            answer.complete(failure);
          }
        };
    client().identify(node.address(), handler);
    assertEquals(new Identity(TestNode.CLUSTER, 42), answer.get(20, TimeUnit.SECONDS));
  }

  @Test
  void aHostNameIsResolvedAndAnUnknownOneIsSaid() throws Exception {
    TestNode node = closing(TestNode.echo(1, tls()));
    RequestClient client = client();
    HostPort byName = new HostPort("localhost", node.address().port());
    assertArrayEquals(new byte[2], (byte[]) ask(client, byName, new byte[2], 20 * SECOND).get());
    HostPort nowhere = new HostPort("no-such-host.invalid", 1);
    NotSent failure =
        assertInstanceOf(NotSent.class, ask(client, nowhere, new byte[2], 60 * SECOND).get());
    assertTrue(failure.reason().contains("no-such-host.invalid"), failure.reason());
  }
}
