package io.flotilla.engine.route;

import static io.flotilla.engine.route.ScriptedWorld.range;
import static io.flotilla.engine.route.ScriptedWorld.store;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.ClosedException;
import io.flotilla.engine.Cursor;
import io.flotilla.engine.Engine;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.ReadMode;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.TooLargeException;
import io.flotilla.engine.WriteBatch;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.ManualLoop;
import io.flotilla.engine.route.StoreChannel.Delivery;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// The public engine's calls, over a store that answers at once.
class BlockingEngineTest {
  private static final byte[] KEY = "k".getBytes(UTF_8);
  private static final byte[] VALUE = "v".getBytes(UTF_8);

  private final List<Long> timeouts = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private boolean rejecting;
  private final Engine engine = engine();

  private Engine engine() {
    ManualLoop loop = new ManualLoop();
    Router router =
        new Router(
            new Router.Ports(
                (to, request, timeoutNanos, onDelivery) -> {
                  timeouts.add(timeoutNanos);
                  answer(request, onDelivery);
                },
                (key, timeout, onFound) ->
                    onFound.accept(
                        new RangeLookup.Found.Known(new Route(range(2, "", "", 1), store(1)))),
                (timeout, onDrawn) -> onDrawn.accept(new SnapshotSource.Drawn.At(new Timestamp(7))),
                (at, ttl, timeout, onAnswer) -> onAnswer.accept(new HoldSource.Answer.Held()),
                loop,
                loop,
                new RandomSource(1)),
            RouteOptions.DEFAULT);
    return new BlockingEngine(
        router,
        Duration.ofSeconds(3),
        _ -> {
          throw new IllegalStateException("no fleet here");
        },
        () -> closed.add("closed"));
  }

  private void answer(KvRequest request, Consumer<Delivery> onDelivery) {
    KvReply reply =
        switch (request) {
          case KvRequest.Get _, KvRequest.IndexGet _ -> new KvReply.Value(VALUE);
          case KvRequest.MultiGet(_, var keys, _) ->
              new KvReply.Values(keys.stream().map(_ -> VALUE).toList());
          case KvRequest.Scan _ -> new KvReply.Page(List.of(new KeyValue(KEY, VALUE)), null);
          case KvRequest.CompareAndSet _ -> new KvReply.Swapped(true);
          case KvRequest.Put _, KvRequest.Delete _, KvRequest.Batch _ ->
              new KvReply.Done(new Timestamp(5));
        };
    onDelivery.accept(new Delivery.Replied(rejecting ? new KvReply.Rejected("no") : reply));
  }

  @Test
  void everyCallHasBothForms() throws Exception {
    engine.put(KEY, VALUE);
    engine.delete(KEY);
    engine.write(new WriteBatch().put(KEY, VALUE));
    assertTrue(engine.compareAndSet(KEY, Optional.empty(), Optional.of(VALUE)));
    assertSame(VALUE, engine.get(KEY).orElseThrow());
    assertSame(VALUE, engine.withReads(ReadMode.INDEX).get(KEY).orElseThrow());
    assertEquals(7, engine.snapshot().timestamp().value());
    assertSame(VALUE, engine.get(KEY, engine.snapshot()).orElseThrow());
    assertEquals(2, engine.multiGet(List.of(KEY, KEY)).size());
    assertEquals(1, engine.multiGet(List.of(KEY), engine.snapshot()).size());
    assertSame(VALUE, engine.getAsync(KEY).get().orElseThrow());
    assertTrue(engine.compareAndSetAsync(KEY, Optional.of(KEY), Optional.empty()).get());
    engine.putAsync(KEY, VALUE).get();
    engine.deleteAsync(KEY).get();
    engine.writeAsync(new WriteBatch().delete(KEY)).get();
    assertEquals(1, engine.multiGetAsync(List.of(KEY)).get().size());
    assertEquals(1, engine.scanAsync(KeyRange.ALL, ScanOptions.FORWARD).get().entries().size());
    assertEquals(7, engine.snapshotAsync().get().timestamp().value());
    try (Cursor cursor = engine.scan(KeyRange.prefix(KEY))) {
      assertEquals(7, cursor.snapshot().timestamp().value());
      assertSame(VALUE, cursor.next().value());
      assertFalse(cursor.hasNext());
    }
  }

  @Test
  void aClosedCursorSaysSo() {
    Cursor cursor = engine.scan(KeyRange.ALL);
    cursor.close();
    assertThrows(ClosedException.class, cursor::hasNext);
  }

  @Test
  void callsFailWithTheExceptionItself() {
    rejecting = true;
    assertThrows(RejectedException.class, () -> engine.get(KEY));
    assertThrows(RejectedException.class, () -> engine.scan(KeyRange.ALL).hasNext());
    assertInstanceOf(RejectedException.class, engine.putAsync(KEY, VALUE).exceptionNow());
    CompletableFuture<?> scan = engine.scanAsync(KeyRange.ALL, ScanOptions.FORWARD);
    assertInstanceOf(RejectedException.class, scan.exceptionNow());
    assertThrows(TooLargeException.class, () -> engine.get(new byte[0]));
    assertInstanceOf(TooLargeException.class, engine.getAsync(new byte[0]).exceptionNow());
  }

  @Test
  void deadlinesArePassedOn() {
    engine.get(KEY);
    engine.withDeadline(Duration.ofMillis(20)).get(KEY);
    assertEquals(List.of(3_000_000_000L, 20_000_000L), timeouts);
    assertThrows(IllegalArgumentException.class, () -> engine.withDeadline(Duration.ZERO));
  }

  @Test
  void aClosedEngineSaysSo() {
    engine.close();
    assertEquals(List.of("closed"), closed);
    assertThrows(ClosedException.class, () -> engine.get(KEY));
    assertThrows(ClosedException.class, engine::snapshot);
  }
}
