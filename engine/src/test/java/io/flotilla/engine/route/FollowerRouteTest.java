package io.flotilla.engine.route;

import static io.flotilla.engine.route.ScriptedWorld.MILLI;
import static io.flotilla.engine.route.ScriptedWorld.range;
import static io.flotilla.engine.route.ScriptedWorld.store;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.ReadMode;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.replica.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Reads that any replica may answer: whom they go to.
final class FollowerRouteTest {
  private final ScriptedWorld world = new ScriptedWorld();
  private final RoutedEngine engine = new RoutedEngine(world.router);

  @BeforeEach
  void know() {
    world.router.cache().learn(range(2, "", "", 3), store(2));
  }

  private CompletableFuture<Optional<byte[]>> get(ReadMode reads) {
    return engine.newest(new byte[] {'k'}, reads, 1000 * MILLI);
  }

  private void answer() {
    world.sent.remove().reply(new KvReply.Value(null));
  }

  @Test
  void followersTakeTurnsAndTheLeaderIsKnownAsBefore() {
    for (int i = 0; i < 3; i++) {
      get(ReadMode.FOLLOWER);
      answer();
    }
    get(ReadMode.LEASE);
    assertEquals(
        List.of("to 1 range 2", "to 3 range 2", "to 3 range 2", "to 2 range 2"), world.log);
  }

  @Test
  void whoeverRefusesSendsTheReadToTheLeader() {
    var get = get(ReadMode.FOLLOWER);
    world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), store(2)));
    answer();
    assertTrue(get.isDone());
    assertEquals(List.of("to 1 range 2", "to 2 range 2"), world.log);
  }

  @Test
  void aReadByIndexGoesToTheLeaderAndSaysSo() {
    var get = get(ReadMode.INDEX);
    KvRequest.IndexGet sent = (KvRequest.IndexGet) world.sent.getFirst().request();
    assertTrue(!sent.anyReplica());
    answer();
    assertTrue(get.isDone());
    assertEquals(List.of("to 2 range 2"), world.log);
  }
}
