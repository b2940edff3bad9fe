package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.request.RequestContext;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.RequestFailure.NotSent;
import io.flotilla.transport.request.RequestFailure.Refused;
import io.flotilla.transport.request.RequestFailure.TimedOut;
import io.flotilla.transport.request.RequestFailure.Unknown;
import io.flotilla.transport.request.RequestService;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// What becomes of requests over every [NodeNetwork]. What its lanes do is
/// [io.flotilla.spi.PeerNetworkContract]'s.
abstract class NodeNetworkContract {
  private static final long SECOND = 1_000_000_000;
  private static final byte SERVICE = 7;
  private static final Receiver DROP =
      new Receiver() {
        @Override
        public void onMessages(StoreId from, List<RangeMessage> messages) {}

        @Override
        public void onSnapshot(StoreId from, SnapshotMessage message) {}
      };

  /// One more for everything that a test may wait for.
  final Semaphore changes = new Semaphore(0);

  /// A node's end that lets nobody in yet.
  abstract NodeNetwork open();

  /// The node's process is gone.
  abstract void stop(NodeNetwork node);

  /// The monotonic side of the node's clock.
  abstract long nanos(NodeNetwork node);

  /// Where no node listens.
  abstract HostPort nobody();

  /// Lets the network work until the condition holds; fails after a while.
  abstract void await(BooleanSupplier condition);

  private NodeNetwork start(long store, RequestService service) {
    NodeNetwork node = open();
    node.start(new Identity("contract", store), DROP, service);
    return node;
  }

  private static void echo(RequestContext context, byte service, ByteBuffer body) {
    context.respond(bytes(body));
  }

  /// Answers later, if at all.
  private RequestService holding(List<RequestContext> held) {
    return (context, _, _) -> {
      held.add(context);
      changes.release();
    };
  }

  private static byte[] bytes(ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return bytes;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// What became of one request: texts of responses, and failures.
  private final class Answer implements ResponseHandler {
    private final List<Object> calls = new CopyOnWriteArrayList<>();

    @Override
    public void onResponse(ByteBuffer body) {
      calls.add(new String(bytes(body), StandardCharsets.UTF_8));
      changes.release();
    }

    @Override
    public void onFailure(RequestFailure failure) {
      calls.add(failure);
      changes.release();
    }

    Object get() {
      NodeNetworkContract.this.await(() -> !calls.isEmpty());
      return calls.getFirst();
    }
  }

  private Answer ask(NodeNetwork from, HostPort to, String body, long withinNanos) {
    Answer answer = new Answer();
    from.request(to, SERVICE, bytes(body), nanos(from) + withinNanos, answer);
    return answer;
  }

  private Answer ask(NodeNetwork from, HostPort to, String body) {
    return ask(from, to, body, 20 * SECOND);
  }

  @Test
  void aRequestArrivesAsItWasAskedAndIsAnswered() {
    List<String> seen = new CopyOnWriteArrayList<>();
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two =
        start(
            2,
            (context, service, body) -> {
              long left = context.remainingNanos();
              boolean isRight = left > 0 && left <= 20 * SECOND + SECOND / 100;
              String text = new String(bytes(body), StandardCharsets.UTF_8);
              seen.add(context.peerStore() + " " + service + " " + text + " " + isRight);
              context.respond(6, target -> target.put(bytes("answer")));
            });
    assertEquals("answer", ask(one, two.address(), "question").get());
    assertEquals(List.of("1 7 question true"), seen);
    assertEquals("and back", ask(two, one.address(), "and back").get());
  }

  @Test
  void whoHasNotStartedAsksAsAClient() {
    List<Long> askers = new CopyOnWriteArrayList<>();
    NodeNetwork one =
        start(
            1,
            (context, _, body) -> {
              askers.add(context.peerStore());
              context.respond(bytes(body));
            });
    assertEquals("who?", ask(open(), one.address(), "who?").get());
    assertEquals(List.of(0L), askers);
  }

  @Test
  void everyRequestGetsItsOwnAnswer() {
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two = start(2, NodeNetworkContract::echo);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(ask(one, two.address(), "number " + i));
    }
    for (int i = 0; i < 200; i++) {
      assertEquals("number " + i, answers.get(i).get());
    }
    assertTrue(answers.stream().allMatch(answer -> answer.calls.size() == 1));
  }

  @Test
  void answersMayComeLaterAndInAnotherOrder() {
    List<RequestContext> held = new CopyOnWriteArrayList<>();
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two = start(2, holding(held));
    Answer first = ask(one, two.address(), "first");
    await(() -> held.size() == 1);
    Answer second = ask(one, two.address(), "second");
    await(() -> held.size() == 2);
    held.get(1).respond(bytes("to the second"));
    assertEquals("to the second", second.get());
    assertEquals(List.of(), first.calls);
    held.get(0).respond(bytes("to the first"));
    assertEquals("to the first", first.get());
  }

  @Test
  void theFirstAnswerCounts() {
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two =
        start(
            2,
            (context, _, body) -> {
              context.respond(bytes(body));
              context.respond(bytes("again"));
              context.refuse("on second thought");
              context.fail("and on third");
            });
    Answer answer = ask(one, two.address(), "first");
    assertEquals("first", answer.get());
    assertEquals("fence", ask(one, two.address(), "fence").get());
    assertEquals(List.of("first"), answer.calls);
  }

  @Test
  void refusalsAndFailuresAreToldApart() {
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two =
        start(
            2,
            (context, _, body) -> {
              switch (new String(bytes(body), StandardCharsets.UTF_8)) {
                case "refuse" -> context.refuse("not here");
                case "fail" -> context.fail("the disk is broken");
                default -> throw new CodecException("garbled");
              }
            });
    assertEquals(new Refused("not here"), ask(one, two.address(), "refuse").get());
    assertEquals(new Unknown("the disk is broken"), ask(one, two.address(), "fail").get());
    assertInstanceOf(Refused.class, ask(one, two.address(), "what?").get());
  }

  @Test
  void whoIsNotAnsweredInTimeIsToldSoAndNothingElseLater() {
    List<RequestContext> held = new CopyOnWriteArrayList<>();
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two = start(2, holding(held));
    long start = nanos(one);
    Answer late = ask(one, two.address(), "slow", SECOND);
    await(() -> held.size() == 1);
    TimedOut timedOut = assertInstanceOf(TimedOut.class, late.get());
    assertTrue(timedOut.sent(), "it arrived");
    assertTrue(nanos(one) - start >= SECOND, "too early");
    held.getFirst().respond(bytes("too late"));
    Answer fence = ask(one, two.address(), "fence");
    await(() -> held.size() == 2);
    held.get(1).respond(bytes("fence"));
    assertEquals("fence", fence.get());
    assertEquals(List.of(timedOut), late.calls);
  }

  /// If it says that the request never left, nobody may have seen it.
  @Test
  void aRequestPastItsDeadlineTimesOut() {
    List<RequestContext> held = new CopyOnWriteArrayList<>();
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two = start(2, holding(held));
    TimedOut timedOut =
        assertInstanceOf(TimedOut.class, ask(one, two.address(), "past", -SECOND).get());
    ask(one, two.address(), "fence");
    await(() -> !held.isEmpty() && held.getLast().remainingNanos() > 0);
    assertTrue(timedOut.sent() || held.size() == 1);
  }

  @Test
  void whereNobodyListensNothingIsSent() {
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two = start(2, NodeNetworkContract::echo);
    Answer inVain = ask(one, nobody(), "anybody?");
    assertInstanceOf(NotSent.class, inVain.get());
    assertEquals("you then", ask(one, two.address(), "you then").get());
    assertEquals(1, inVain.calls.size());
  }

  /// The outcome of what it was asked is unknown: it may have done that before it went.
  @Test
  void aServerThatGoesAwayLeavesWhatItWasAskedUnknown() {
    List<RequestContext> held = new CopyOnWriteArrayList<>();
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two = start(2, holding(held));
    Answer first = ask(one, two.address(), "first");
    Answer second = ask(one, two.address(), "second");
    await(() -> held.size() == 2);
    stop(two);
    assertInstanceOf(Unknown.class, first.get());
    assertInstanceOf(Unknown.class, second.get());
    held.forEach(context -> context.respond(bytes("from beyond")));
    assertInstanceOf(NotSent.class, ask(one, two.address(), "still there?").get());
    assertEquals(1, first.calls.size());
    assertEquals(1, second.calls.size());
  }

  @Test
  void anAskerThatGoesAwayHarmsNobody() {
    List<RequestContext> held = new CopyOnWriteArrayList<>();
    NodeNetwork one = start(1, NodeNetworkContract::echo);
    NodeNetwork two = start(2, holding(held));
    NodeNetwork three = start(3, NodeNetworkContract::echo);
    ask(one, two.address(), "mine");
    await(() -> held.size() == 1);
    stop(one);
    held.getFirst().respond(bytes("for nobody"));
    Answer other = ask(three, two.address(), "mine");
    await(() -> held.size() == 2);
    held.get(1).respond(bytes("yours"));
    assertEquals("yours", other.get());
  }
}
