package io.flotilla.engine.node;

import static io.flotilla.engine.node.LocalFleet.bytes;
import static io.flotilla.engine.node.LocalFleet.key;
import static io.flotilla.engine.node.LocalFleet.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.BusyException;
import io.flotilla.engine.ClosedException;
import io.flotilla.engine.Cursor;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.SnapshotHold;
import io.flotilla.engine.SnapshotTooOldException;
import io.flotilla.engine.StoreOpenException;
import io.flotilla.engine.WriteBatch;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One store in one process, as an application embeds it.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SingleNodeIT {
  @TempDir Path folder;

  @Test
  void whatWasWrittenIsThereAfterReopening() throws IOException {
    Snapshot before;
    try (Engine engine = Engine.open(folder)) {
      for (int i = 0; i < 50; i++) {
        engine.put(key(i), bytes("v" + i));
      }
      before = engine.snapshot();
      engine.delete(key(7));
      engine.put(bytes("empty"), new byte[0]);
      assertTrue(engine.compareAndSet(key(8), Optional.of(bytes("v8")), Optional.of(bytes("x"))));
      engine.write(
          new WriteBatch().put(key(9), bytes("a")).delete(key(10)).put(key(9), bytes("b")));
    }
    Files.writeString(folder.resolve("ADDRESSES"), "1 nowhere:xx\nrubbish");
    try (Engine engine = Engine.open(folder)) {
      assertEquals("v0", text(engine.get(key(0))));
      assertEquals("-", text(engine.get(key(7))));
      assertEquals("v7", text(engine.get(key(7), before)));
      assertEquals("x", text(engine.get(key(8))));
      assertEquals("b", text(engine.get(key(9))));
      assertEquals(0, engine.get(bytes("empty")).orElseThrow().length);
      assertEquals(48, keys(engine, KeyRange.prefix(bytes("k")), ScanOptions.FORWARD).size());
      assertEquals(
          50, keys(engine, KeyRange.prefix(bytes("k")), ScanOptions.FORWARD.at(before)).size());
    }
  }

  @Test
  void keysOfZerosAndOnesSortAndScanBothWays() {
    List<byte[]> sorted =
        List.of(
            new byte[] {0},
            new byte[] {0, 0},
            new byte[] {0, 0, 0},
            new byte[] {0, 1},
            new byte[] {0, -1},
            new byte[] {1},
            new byte[] {-1},
            new byte[] {-1, 0},
            new byte[] {-1, -1});
    try (Engine engine = Engine.open(folder)) {
      sorted.reversed().forEach(key -> engine.put(key, key));
      engine.fleet().split(ranges(engine, new byte[] {0}), Optional.of(Key.of(new byte[] {0, 0})));
      engine.fleet().split(ranges(engine, new byte[] {1}), Optional.of(Key.of(new byte[] {-1})));
      for (int page : new int[] {1, 3, 1 << 18}) {
        assertKeys(sorted, keys(engine, KeyRange.ALL, new ScanOptions(false, 0, null, page)));
        assertKeys(
            sorted.reversed(), keys(engine, KeyRange.ALL, new ScanOptions(true, 0, null, page)));
      }
      KeyRange middle = KeyRange.between(new byte[] {0, 0}, new byte[] {-1, 0});
      assertKeys(sorted.subList(1, 7), keys(engine, middle, ScanOptions.FORWARD));
      assertKeys(sorted.subList(1, 7).reversed(), keys(engine, middle, ScanOptions.REVERSE));
      sorted.forEach(key -> assertArrayEquals(key, engine.get(key).orElseThrow()));
    }
  }

  @Test
  void largeMultiGetsAndBatchesStayWithinTheFrames() {
    try (Engine engine = Engine.open(folder)) {
      List<byte[]> keys = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        keys.add(key(i));
        engine.put(key(i), new byte[1 << 20]);
      }
      try (Engine client = Engine.connect(addressOf(engine))) {
        List<Optional<byte[]>> values = client.multiGet(keys);
        assertEquals(24, values.size());
        values.forEach(value -> assertEquals(1 << 20, value.orElseThrow().length));
        List<byte[]> many = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
          byte[] long4k = new byte[4096];
          long4k[0] = (byte) i;
          long4k[1] = (byte) (i >> 8);
          many.add(long4k);
        }
        assertEquals(6_000, client.multiGet(many).size());
      }
    }
  }

  @Test
  void everyCallInFlightEndsWhenTheEngineCloses() {
    List<CompletableFuture<?>> calls = new ArrayList<>();
    Engine engine = Engine.open(folder);
    for (int i = 0; i < 2_000; i++) {
      calls.add(engine.putAsync(key(i), bytes("v")));
      calls.add(engine.getAsync(key(i)));
      if (i % 10 == 0) {
        calls.add(engine.scanAsync(KeyRange.ALL, ScanOptions.FORWARD));
      }
    }
    engine.close();
    calls.forEach(SingleNodeIT::ended);
    assertThrows(ClosedException.class, () -> engine.get(key(1)));
    engine.close();
  }

  @Test
  void everyCallInFlightEndsWhenTheNodeCloses() {
    Node node = Node.start(new NodeConfig(folder, "127.0.0.1:0", null, List.of(), Map.of(), null));
    List<CompletableFuture<?>> calls = new ArrayList<>();
    Engine client = Engine.connect(node.address());
    for (int i = 0; i < 1_000; i++) {
      calls.add(node.engine().putAsync(key(i), bytes("v")));
      calls.add(client.getAsync(key(i)));
      calls.add(node.engine().scanAsync(KeyRange.ALL, ScanOptions.FORWARD));
    }
    node.close();
    client.close();
    calls.forEach(SingleNodeIT::ended);
    node.engine().close();
    node.close();
    try (Engine again = Engine.open(folder)) {
      again.put(key(1), bytes("again"));
    }
  }

  @Test
  void aNodeThatCannotStartLeavesNothingBehind() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listen = "127.0.0.1:" + taken.getLocalPort();
      NodeConfig config = new NodeConfig(folder, listen, null, List.of(), Map.of(), null);
      assertThrows(NodeStartException.class, () -> Node.start(config));
      assertThrows(
          NodeStartException.class,
          () -> Node.start(config.withListen("127.0.0.1:0").withJoin(List.of(listen))));
    }
    try (Engine engine = Engine.open(folder)) {
      engine.put(key(1), bytes("v"));
      assertThrows(StoreOpenException.class, () -> Engine.open(folder));
      assertEquals("v", text(engine.get(key(1))));
    }
    try (Engine engine = Engine.open(folder)) {
      assertEquals("v", text(engine.get(key(1))));
    }
  }

  /// A port that is forwarded to the node: what it listens on, nobody else may call.
  @Test
  void whatANodeAdvertisesIsWhatClientsCall() throws IOException {
    int free = freePort();
    String advertised = "localhost:" + free;
    NodeConfig config = NodeConfig.of(folder).withListen("127.0.0.1:0").withAdvertise(advertised);
    try (Node node = Node.start(config);
        Engine client = Engine.connect(node.address()).withDeadline(Duration.ofSeconds(1))) {
      LocalFleet.await(
          "the store has registered by what it advertises",
          () ->
              node.engine().fleet().stores().stream()
                  .anyMatch(store -> store.address().equals(advertised)));
      assertThrows(EngineException.class, () -> client.put(key(1), bytes("v")));
    }
    try (Node _ = Node.start(config.withListen("127.0.0.1:" + free));
        Engine client = Engine.connect("127.0.0.1:" + free)) {
      client.put(key(1), bytes("v"));
      assertEquals("v", text(client.get(key(1))));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  @Test
  void clientsOverTheLimitAreToldThatTheNodeIsBusyAndTheOthersGoOn() {
    NodeConfig config =
        NodeConfig.of(folder).withListen("127.0.0.1:0").withOptions(Map.of("connections-max", "4"));
    List<Engine> clients = new ArrayList<>();
    try (Node node = Node.start(config)) {
      for (int i = 0; i < 4; i++) {
        clients.add(FleetClient.connect(node.address(), EngineOptions.DEFAULT));
      }
      BusyException busy =
          assertThrows(
              BusyException.class,
              () -> FleetClient.connect(node.address(), EngineOptions.DEFAULT).close());
      assertTrue(busy.getMessage().contains("too many connections"), busy.getMessage());
      clients.getFirst().put(key(1), bytes("v"));
      clients.forEach(client -> assertEquals("v", text(client.get(key(1)))));
    } finally {
      clients.forEach(Engine::close);
    }
  }

  @Test
  void aStoreOfAnotherClusterIsTurnedAway(@TempDir Path other) {
    Engine.open(other).close();
    Node node = Node.start(new NodeConfig(folder, "127.0.0.1:0", null, List.of(), Map.of(), null));
    try (node) {
      NodeConfig stranger =
          new NodeConfig(other, "127.0.0.1:0", null, List.of(node.address()), Map.of(), null);
      assertThrows(RuntimeException.class, () -> Node.start(stranger));
      node.engine().put(key(1), bytes("v"));
    }
    try (Engine engine = Engine.open(other)) {
      assertFalse(engine.get(key(1)).isPresent());
    }
  }

  @Test
  void aSplitThatCannotBeDoneSaysWhyAtOnce() {
    try (Engine engine = Engine.open(folder)) {
      engine.put(key(1), bytes("v"));
      io.flotilla.keyspace.RangeId range = ranges(engine, key(1));
      for (int i = 0; i < 2; i++) {
        long begun = System.nanoTime();
        RejectedException rejected =
            assertThrows(
                RejectedException.class, () -> engine.fleet().split(range, Optional.empty()));
        assertTrue(rejected.getMessage().contains("too little data"), rejected::getMessage);
        assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(8), "before the deadline");
      }
      assertTrue(String.valueOf(engine.fleet().range(range).problem()).contains("too little"));
      engine.put(key(2), bytes("v"));
      engine.fleet().split(range, Optional.of(Key.of(key(2))));
      assertEquals(2, keys(engine, KeyRange.prefix(bytes("k")), ScanOptions.FORWARD).size());
    }
  }

  @Test
  void aSnapshotIsHeldUntilItIsGivenUp() {
    try (Engine engine = Engine.open(folder)) {
      engine.put(key(1), bytes("v"));
      Snapshot snapshot = engine.snapshot();
      engine.put(key(1), bytes("w"));
      try (SnapshotHold hold = engine.hold(snapshot)) {
        assertEquals("v", text(engine.get(key(1), hold.snapshot())));
      }
      Snapshot aged = new Snapshot(Timestamp.atMillis(snapshot.timestamp().millis() - 3_700_000));
      SnapshotTooOldException refused =
          assertThrows(SnapshotTooOldException.class, () -> engine.hold(aged));
      assertTrue(refused.getMessage().contains("60 min"), refused::getMessage);
    }
  }

  private static void ended(CompletableFuture<?> call) {
    try {
      call.orTimeout(20, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      assertTrue(e.getCause() instanceof io.flotilla.engine.EngineException, e.toString());
    }
  }

  private static io.flotilla.keyspace.RangeId ranges(Engine engine, byte[] key) {
    return engine.fleet().rangeOf(Key.of(key)).descriptor().id();
  }

  private static String addressOf(Engine engine) {
    return engine.fleet().stores().getFirst().address();
  }

  private static List<byte[]> keys(Engine engine, KeyRange range, ScanOptions options) {
    List<byte[]> found = new ArrayList<>();
    try (Cursor cursor = engine.scan(range, options)) {
      while (cursor.hasNext()) {
        KeyValue entry = cursor.next();
        found.add(entry.key());
      }
    }
    return found;
  }

  private static void assertKeys(List<byte[]> expected, List<byte[]> found) {
    assertArrayEquals(expected.toArray(), found.toArray());
  }
}
