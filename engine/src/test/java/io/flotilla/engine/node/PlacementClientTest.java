package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.mvcc.FakeRange;
import io.flotilla.engine.mvcc.ManualLoop;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whom the placement client asks, and for how long it waits for whom: store 2's, which store 1 led
/// when it last asked.
class PlacementClientTest {
  private static final long MILLI = 1_000_000;
  private static final StoreId ONE = new StoreId(1);
  private static final StoreId TWO = new StoreId(2);
  private static final StoreId THREE = new StoreId(3);

  private final ManualLoop loop = new ManualLoop();
  private final AddressBook book = new AddressBook(null, (store, address) -> {});

  /// Requests without an answer, by the port where they went.
  private final Map<String, ResponseHandler> sent = new LinkedHashMap<>();

  private final List<String> log = new ArrayList<>();
  private final List<PlacementClient.Outcome> outcomes = new ArrayList<>();

  /// What the replica of store 2 believes; itself: it leads.
  private @Nullable StoreId believed = ONE;

  private final PlacementClient.Local local =
      new PlacementClient.Local() {
        @Override
        public StoreId store() {
          return TWO;
        }

        @Override
        public void ask(PlacementRequest request, Consumer<PlacementAnswer> onAnswer) {
          log.add("here");
          onAnswer.accept(
              TWO.equals(believed) ? new PlacementAnswer.Replied(drawn(22)) : notLeader(believed));
        }
      };

  PlacementClientTest() {
    book.learn(new TreeMap<>(Map.of(ONE, "h:1", TWO, "h:2", THREE, "h:3")));
  }

  private PlacementClient client(PlacementClient.@Nullable Local here) {
    return new PlacementClient(
        book,
        List.of(),
        here,
        (address, service, body, deadlineNanos, handler) -> {
          log.add("to " + address);
          assertEquals(null, sent.put(address, handler), "asked twice at a time: " + address);
        },
        loop,
        loop);
  }

  private static PlacementReply drawn(long first) {
    return new PlacementReply.Timestamps(new Timestamp(first), 1, new Timestamp(0));
  }

  private static PlacementAnswer notLeader(@Nullable StoreId leader) {
    return new PlacementAnswer.Refused(
        new Refusal.NotLeader(FakeRange.descriptor(1, "", "", 1), leader));
  }

  private void draw(PlacementClient client) {
    client.call(
        new PlacementRequest.DrawTimestamps(1), loop.nanos() + 5_000 * MILLI, outcomes::add);
    loop.advance(0);
  }

  private void answer(String address, PlacementAnswer answer) {
    ResponseHandler handler = sent.remove(address);
    handler.onResponse(ByteBuffer.wrap(PlacementAnswer.encode(answer)));
    loop.advance(0);
  }

  /// A client of store 2 that knows that store 1 leads.
  private PlacementClient settled() {
    PlacementClient client = client(local);
    draw(client);
    answer("h:1", new PlacementAnswer.Replied(drawn(1)));
    assertEquals(List.of("here", "to h:1"), log);
    outcomes.clear();
    log.clear();
    return client;
  }

  private long first() {
    assertEquals(1, outcomes.size());
    return outcomes.getFirst()
            instanceof PlacementClient.Outcome.Replied(PlacementReply.Timestamps drawn)
        ? drawn.first().value()
        : -1;
  }

  @Test
  void aLeaderThatAnswersSoonIsAskedAlone() {
    draw(settled());
    loop.advance(90 * MILLI);
    answer("h:1", new PlacementAnswer.Replied(drawn(7)));
    assertEquals(7, first());
    loop.advance(10_000 * MILLI);
    assertEquals(List.of("to h:1"), log);
  }

  @Test
  void nothingRunsOnceACallIsDone() {
    draw(settled());
    answer("h:1", new PlacementAnswer.Replied(drawn(7)));
    loop.advance(100 * MILLI);
    assertTrue(!loop.hasTimers());
  }

  /// The connection to a paused store takes 0.7 s to be given up. Whoever leads instead is asked a
  /// moment after the own replica knows him.
  @Test
  void aPausedLeaderIsNotWaitedForOnceAnotherIsKnownHere() {
    draw(settled());
    loop.advance(300 * MILLI);
    assertTrue(log.contains("here") && outcomes.isEmpty(), log.toString());
    believed = THREE;
    for (int i = 0; i < 3 && !sent.containsKey("h:3"); i++) {
      loop.advance(50 * MILLI);
      if (sent.containsKey("h:2")) {
        answer("h:2", notLeader(THREE));
      }
    }
    answer("h:3", new PlacementAnswer.Replied(drawn(33)));
    assertEquals(33, first());
  }

  @Test
  void theOwnReplicaMayHaveTakenOver() {
    believed = ONE;
    PlacementClient client = settled();
    believed = TWO;
    draw(client);
    loop.advance(125 * MILLI);
    assertEquals(22, first());
  }

  @Test
  void theNextCallGoesToTheNewLeaderAtOnce() {
    PlacementClient client = settled();
    draw(client);
    believed = THREE;
    loop.advance(125 * MILLI);
    answer("h:3", new PlacementAnswer.Replied(drawn(33)));
    log.clear();
    draw(client);
    assertEquals(List.of("to h:3"), log);
  }

  /// It owes an answer, and everybody says that it leads: it is slow. One request is enough.
  @Test
  void aSlowLeaderIsNotAskedAgainAndItsAnswerCounts() {
    draw(settled());
    for (int i = 0; i < 60; i++) {
      loop.advance(10 * MILLI);
      List.copyOf(sent.keySet()).stream()
          .filter(address -> !address.equals("h:1"))
          .forEach(address -> answer(address, notLeader(ONE)));
    }
    assertEquals(1, log.stream().filter("to h:1"::equals).count());
    assertTrue(log.size() < 25, "asked too often: " + log);
    answer("h:1", new PlacementAnswer.Replied(drawn(7)));
    assertEquals(7, first());
  }

  @Test
  void theFirstReplyCountsAndTheSecondIsNotHeard() {
    draw(settled());
    believed = THREE;
    loop.advance(125 * MILLI);
    answer("h:3", new PlacementAnswer.Replied(drawn(33)));
    answer("h:1", new PlacementAnswer.Replied(drawn(7)));
    loop.advance(10_000 * MILLI);
    assertEquals(33, first());
  }

  /// After its connection was given up, a paused store is connected to anew, and that hangs as long
  /// again: here as well the others are asked meanwhile.
  @Test
  void aHandshakeThatHangsIsNotWaitedFor() {
    draw(settled());
    ResponseHandler old = sent.remove("h:1");
    old.onFailure(new RequestFailure.Unknown("silent"));
    loop.advance(10 * MILLI);
    assertTrue(sent.containsKey("h:1"), "the own replica still took it for the leader: " + log);
    believed = TWO;
    loop.advance(125 * MILLI);
    assertEquals(22, first());
  }

  @Test
  void aClientWithoutAStoreAsksTheOthers() {
    PlacementClient client = client(null);
    draw(client);
    loop.advance(125 * MILLI);
    answer("h:2", notLeader(THREE));
    answer("h:3", new PlacementAnswer.Replied(drawn(33)));
    assertEquals(33, first());
    assertEquals(List.of("to h:1", "to h:2", "to h:3"), log);
  }

  @Test
  void nobodyAnswersUntilTheDeadline() {
    draw(settled());
    loop.advance(10_000 * MILLI);
    assertTrue(outcomes.getFirst() instanceof PlacementClient.Outcome.Failed, outcomes.toString());
    assertEquals(1, outcomes.size());
    assertTrue(!loop.hasTimers());
  }
}
