package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.mvcc.FakeRange;
import io.flotilla.engine.mvcc.ManualLoop;
import io.flotilla.engine.route.RangeLookup.Found;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementReply.RangeUnknown;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.StoreAddress;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whom a lookup asks: a client's, whose placement leader is at h:1.
class PlacementLookupTest {
  private static final long MILLI = 1_000_000;
  private static final Key KEY = Key.of(new byte[] {'k'});
  private static final StoreId TWO = new StoreId(2);

  private final ManualLoop loop = new ManualLoop();
  private final AddressBook book = new AddressBook(null, (store, address) -> {});

  /// Requests without an answer: "placement h:1", or "store h:1".
  private final Map<String, ResponseHandler> sent = new LinkedHashMap<>();

  private final List<Found> found = new ArrayList<>();

  private final PlacementClient.Remote remote =
      (address, service, body, deadlineNanos, handler) -> {
        String whom = service == Services.LOCATE ? "store " : "placement ";
        assertEquals(null, sent.put(whom + address, handler), "asked twice at a time: " + address);
      };

  private final PlacementClient placement =
      new PlacementClient(book, List.of("h:1"), null, remote, loop, loop);

  private final PlacementLookup lookup =
      new PlacementLookup(
          placement, new StoreSearch(book, List.of("h:1"), remote, loop, loop), loop, loop);

  private void find() {
    lookup.find(KEY, 5_000 * MILLI, found::add);
    loop.advance(0);
  }

  private void stores(int count) {
    Map<StoreId, String> addresses = new TreeMap<>();
    for (int i = 1; i <= count; i++) {
      addresses.put(new StoreId(i), "h:" + i);
    }
    book.learn(addresses);
  }

  private long storesAsked() {
    return sent.keySet().stream().filter(each -> each.startsWith("store ")).count();
  }

  /// What the driver knows, and what the leader says.
  private static Ranges range() {
    return range(2, 1, TWO);
  }

  /// What a store's replica says, which has heard where store 1 was long ago.
  private static Ranges range(long store, long generation, @Nullable StoreId leader) {
    RangeRecord range =
        new RangeRecord(FakeRange.descriptor(7, "", "", generation), leader, 0, 0, 0, null, null);
    List<StoreAddress> addresses = new ArrayList<>();
    addresses.add(new StoreAddress(new StoreId(store), "h:" + store));
    if (store != 1) {
      addresses.add(new StoreAddress(new StoreId(1), "old:1"));
    }
    return new Ranges(List.of(range), List.of(), false, addresses);
  }

  private long generationFound() {
    assertEquals(1, found.size());
    return ((Found.Known) found.getFirst()).route().descriptor().generation();
  }

  private static PlacementReply unknown() {
    return new RangeUnknown(false, List.of(new StoreAddress(TWO, "h:2")));
  }

  private void answerOfPlacement(PlacementReply reply) {
    ResponseHandler handler = sent.remove("placement h:1");
    handler.onResponse(ByteBuffer.wrap(PlacementAnswer.encode(new PlacementAnswer.Replied(reply))));
    loop.advance(0);
  }

  private void answer(String store, PlacementReply reply) {
    sent.remove("store " + store).onResponse(ByteBuffer.wrap(PlacementCodec.encode(reply)));
    loop.advance(0);
  }

  private void answerOfStores(PlacementReply reply) {
    List<String> asked = sent.keySet().stream().filter(each -> each.startsWith("store ")).toList();
    asked.forEach(each -> answer(each.substring("store ".length()), reply));
  }

  private void requireFound() {
    assertEquals(1, found.size());
    Found.Known known = (Found.Known) found.getFirst();
    assertEquals(7, known.route().descriptor().id().value());
    assertEquals(TWO, known.route().leader());
  }

  @Test
  void aDriverThatKnowsIsEnough() {
    find();
    answerOfPlacement(range());
    loop.advance(10_000 * MILLI);
    requireFound();
    assertEquals(0, storesAsked());
    assertFalse(loop.hasTimers());
  }

  @Test
  void storesAreAskedAtOnceWhenTheDriverDoesNotKnowYet() {
    book.learn(Map.of(new StoreId(1), "h:1"));
    find();
    answerOfPlacement(unknown());
    assertEquals("[store h:1, store h:2]", sent.keySet().toString());
    answer("h:2", range());
    requireFound();
    answer("h:1", unknown());
    assertEquals(1, found.size());
  }

  @Test
  void storesAreAskedWhenTheDriverIsSilent() {
    stores(3);
    find();
    loop.advance(90 * MILLI);
    assertEquals(0, storesAsked());
    loop.advance(40 * MILLI);
    assertEquals(3, storesAsked());
    answer("h:3", range());
    requireFound();
    loop.advance(10_000 * MILLI);
    assertFalse(loop.hasTimers(), "the driver is asked on, though nobody needs it");
  }

  @Test
  void whatAStoreHeardOfOthersOnlyFillsGaps() {
    stores(2);
    find();
    loop.advance(130 * MILLI);
    answer("h:2", range());
    assertEquals("{1=h:1, 2=h:2}", book.all().toString());
  }

  /// A store that was away has kept a replica of what has long been elsewhere.
  @Test
  void anOldAnswerIsNotTheFirstBest() {
    stores(3);
    find();
    answerOfPlacement(unknown());
    answer("h:1", range(1, 3, null));
    assertEquals(List.of(), found);
    answer("h:2", range(2, 5, null));
    assertEquals(List.of(), found);
    answer("h:3", unknown());
    assertEquals(5, generationFound());
  }

  @Test
  void whatMostVotersSayIsEnough() {
    stores(3);
    find();
    answerOfPlacement(unknown());
    answer("h:1", range(1, 3, null));
    answer("h:3", range(3, 3, null));
    assertEquals(3, generationFound());
  }

  /// By the address that this client was told, and by the one that the fleet knows.
  @Test
  void theSameStoreCountsOnce() {
    book.learn(new TreeMap<>(Map.of(new StoreId(1), "also-h:1", TWO, "h:2")));
    find();
    loop.advance(130 * MILLI);
    answer("also-h:1", range(1, 3, null));
    answer("h:1", range(1, 3, null));
    assertEquals(List.of(), found);
    answer("h:2", range(2, 5, null));
    assertEquals(5, generationFound());
  }

  /// One of ten has it: the other two of which it tells are asked before the rest.
  @Test
  void whoeverHasItTellsWhomToAskNext() {
    stores(10);
    find();
    answerOfPlacement(unknown());
    String first = sent.keySet().iterator().next();
    answer(first.substring("store ".length()), range(1, 3, null));
    answer(storeAsked(), unknown());
    answer(storeAsked(), unknown());
    List<String> asked = List.copyOf(sent.keySet());
    assertTrue(asked.contains("store h:2") && asked.contains("store h:3"), asked.toString());
  }

  private String storeAsked() {
    return sent.keySet().stream()
        .filter(each -> !List.of("store h:2", "store h:3").contains(each))
        .findFirst()
        .orElseThrow()
        .substring("store ".length());
  }

  /// Before the first of them answers a client knows none but those that it was told of.
  @Test
  void storesAreAskedAgainOnceOthersAreKnown() {
    find();
    loop.advance(130 * MILLI);
    sent.remove("store h:1").onFailure(new RequestFailure.NotSent("gone"));
    assertEquals(0, storesAsked());
    stores(2);
    loop.advance(230 * MILLI);
    assertTrue(sent.containsKey("store h:2"), sent.keySet().toString());
    answer("h:2", range());
    requireFound();
  }

  @Test
  void whoDoesNotKnowYetIsAskedAgainBeforeLong() {
    stores(3);
    find();
    answerOfPlacement(unknown());
    answer("h:1", range(1, 3, null));
    loop.advance(330 * MILLI);
    assertEquals(1, found.size(), "two stores do not answer");
    assertTrue(found.getFirst() instanceof Found.Failed);
    answer("h:2", range());
    assertEquals(1, found.size());
  }

  @Test
  void nobodyIsAskedOnOnceItIsFound() {
    stores(10);
    find();
    loop.advance(130 * MILLI);
    assertEquals(4, storesAsked());
    answerOfPlacement(range());
    answerOfStores(unknown());
    assertEquals(0, storesAsked());
    requireFound();
  }

  @Test
  void searchesInVainAreFew() {
    stores(1);
    int searches = 0;
    for (int i = 0; i < 100; i++) {
      find();
      answerOfPlacement(unknown());
      searches += storesAsked() > 0 ? 1 : 0;
      answerOfStores(unknown());
    }
    assertEquals(16, searches);
    assertEquals(100, found.size());
    loop.advance(300 * MILLI);
    find();
    answerOfPlacement(unknown());
    assertEquals(2, storesAsked());
  }

  @Test
  void theDriverMayBeFaster() {
    stores(3);
    find();
    loop.advance(130 * MILLI);
    answerOfPlacement(range());
    answer("h:2", range());
    answer("h:3", unknown());
    requireFound();
  }

  @Test
  void itHasFailedOnlyWhenNobodyIsLeft() {
    stores(3);
    find();
    answerOfPlacement(unknown());
    answer("h:1", unknown());
    sent.remove("store h:2").onFailure(new RequestFailure.NotSent("gone"));
    assertEquals(List.of(), found);
    sent.remove("store h:3").onResponse(ByteBuffer.wrap(new byte[] {99}));
    assertEquals(
        List.of(new Found.Failed("the placement driver is still learning which ranges there are")),
        found);
  }

  @Test
  void ofManyStoresSomeAreAskedAtATime() {
    stores(10);
    find();
    answerOfPlacement(unknown());
    int asked = 0;
    while (storesAsked() > 0) {
      assertTrue(storesAsked() <= 4, sent.keySet().toString());
      String next = sent.keySet().iterator().next();
      answer(next.substring("store ".length()), unknown());
      asked++;
    }
    assertEquals(10, asked);
    assertEquals(1, found.size());
  }
}
