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
          placement, new StoreSearch(book, List.of("h:1"), remote, loop), loop, loop);

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

  private static Ranges range() {
    RangeRecord range =
        new RangeRecord(FakeRange.descriptor(7, "", "", 1), TWO, 1, 1, 1, null, null);
    List<StoreAddress> addresses =
        List.of(new StoreAddress(new StoreId(1), "old:1"), new StoreAddress(TWO, "h:2"));
    return new Ranges(List.of(range), List.of(), false, addresses);
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
    book.learn(Map.of(new StoreId(1), "h:1"));
    find();
    loop.advance(130 * MILLI);
    answer("h:1", range());
    assertEquals("{1=h:1, 2=h:2}", book.all().toString());
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
    loop.advance(130 * MILLI);
    answer("h:1", unknown());
    sent.remove("store h:2").onFailure(new RequestFailure.NotSent("gone"));
    sent.remove("store h:3").onResponse(ByteBuffer.wrap(new byte[] {99}));
    assertEquals(List.of(), found);
    answerOfPlacement(unknown());
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
