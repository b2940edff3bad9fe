package io.flotilla.engine.route;

import static io.flotilla.engine.route.ScriptedWorld.MILLI;
import static io.flotilla.engine.route.ScriptedWorld.range;
import static io.flotilla.engine.route.ScriptedWorld.store;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.ReadMode;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A leader that is silent, and followers that do not know it yet.
final class SuspectRouteTest {
  private final ScriptedWorld world = new ScriptedWorld();
  private final RoutedEngine engine = new RoutedEngine(world.router);
  private CompletableFuture<Optional<byte[]>> get;

  @BeforeEach
  void fallSilent() {
    world.router.cache().learn(range(2, "", "", 3), store(2));
    get = engine.newest(new byte[] {'k'}, ReadMode.LEASE, 20_000 * MILLI);
    world.loop.advance(1_020 * MILLI);
    world.sent.remove();
    assertEquals(1, asked());
  }

  private int asked() {
    return Collections.frequency(world.log, "to 2 range 2");
  }

  private void answer() {
    while (world.sent.isEmpty()) {
      world.loop.advance(10 * MILLI);
    }
    world.sent.remove().reply(new KvReply.Value(null));
    assertTrue(get.isDone());
  }

  private void sendAllBack() {
    while (!world.sent.isEmpty()) {
      world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), store(2)));
    }
  }

  @Test
  void theyElectBeforeItIsAskedAgain() {
    for (int i = 0; i < 8; i++) {
      sendAllBack();
      world.loop.advance(50 * MILLI);
    }
    assertEquals(1, asked());
    answer();
  }

  @Test
  void itIsAskedNowAndThenForItMayLeadOn() {
    for (int i = 0; i < 100 && asked() == 1; i++) {
      sendAllBack();
      world.loop.advance(50 * MILLI);
    }
    assertEquals(2, asked());
    answer();
  }

  @Test
  void aWriteTriesAllOthersFirst() {
    answer();
    world.log.clear();
    var put = engine.put(new byte[] {'k'}, new byte[] {'v'}, 20_000 * MILLI);
    while (asked() == 0) {
      if (world.sent.isEmpty()) {
        world.loop.advance(10 * MILLI);
      } else {
        world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), store(2)));
      }
    }
    assertTrue(world.log.containsAll(List.of("to 1 range 2", "to 3 range 2")));
    world.sent.remove().reply(new KvReply.Done(new Timestamp(5)));
    assertTrue(put.isDone());
  }
}
