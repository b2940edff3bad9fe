package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.StoreId;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimLayout;
import io.flotilla.sim.SimLogStorage;
import io.flotilla.sim.SimNetwork;
import io.flotilla.sim.SimSnapshotStorage;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.sim.StepLoop;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.RandomSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The answer to a read of an earlier life must not be taken for the answer to one of this life.
final class ReadContextsTest {
  @Test
  void theNumbersOfTwoLivesNeverMeet() {
    Set<Long> seen = new HashSet<>();
    for (long seed = 1; seed <= 20; seed++) {
      LoopHost host = hostOfALife(new RandomSource(seed));
      for (int i = 0; i < 1_000; i++) {
        seen.add(host.newReadContext());
      }
    }
    assertEquals(20_000, seen.size());
  }

  private static LoopHost hostOfALife(RandomSource random) {
    StepLoop loop = new StepLoop();
    StoreId id = new StoreId(1);
    SimStateStorage state = new SimStateStorage(SimLayout.PLAIN, random);
    PeerNetwork network = new SimNetwork(random, loop, loop).attach(id, loop, null);
    StoreEnvironment env =
        new StoreEnvironment(
            id,
            List.of(loop),
            loop,
            loop,
            loop,
            loop,
            loop,
            random,
            new SimLogStorage(),
            state,
            new SimSnapshotStorage(state, random, 100),
            DiskRoom.ENDLESS,
            network,
            _ -> {},
            (_, _) -> null,
            SimFleet.smallOptions());
    return (LoopHost) new StoreCore(env).loops().getFirst().host();
  }
}
