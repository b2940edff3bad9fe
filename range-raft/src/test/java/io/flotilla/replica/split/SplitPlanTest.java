package io.flotilla.replica.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SplitPlanTest {
  private static final Key B = Key.of(new byte[] {'b'});
  private static final Key M = Key.of(new byte[] {'m'});
  private static final Key Z = Key.of(new byte[] {'z'});
  private static final List<PeerId> PEERS = List.of(new PeerId(21), new PeerId(22));

  private final RangeDescriptor range =
      new RangeDescriptor(
          RangeDescriptor.FIRST,
          new KeySpan(B, Z),
          4,
          List.of(
              new ReplicaDescriptor(new PeerId(1), new StoreId(5), ReplicaKind.VOTER),
              new ReplicaDescriptor(new PeerId(2), new StoreId(6), ReplicaKind.LEARNER)));

  @Test
  void theHalvesTileAndShareStoresAndGeneration() {
    SplitCommand split = SplitPlan.command(range, new RangeId(9), PEERS, M);
    assertEquals(new KeySpan(B, M), split.left().span());
    assertEquals(new KeySpan(M, Z), split.right().span());
    assertEquals(5, split.left().generation());
    assertEquals(5, split.right().generation());
    assertEquals(range.replicas(), split.left().replicas());
    assertEquals(
        List.of(
            new ReplicaDescriptor(new PeerId(21), new StoreId(5), ReplicaKind.VOTER),
            new ReplicaDescriptor(new PeerId(22), new StoreId(6), ReplicaKind.LEARNER)),
        split.right().replicas());
    assertEquals(new EntryId(5, 10), split.rightStart());
  }

  @Test
  void itIsForOneGenerationOnly() {
    SplitCommand split = SplitPlan.command(range, new RangeId(9), PEERS, M);
    assertTrue(SplitPlan.isFor(range, split));
    assertFalse(SplitPlan.isFor(split.left(), split));
    assertFalse(SplitPlan.isFor(range.withReplicas(range.replicas()), split));
  }

  @Test
  void whatCannotBeCutIsSaid() {
    assertObjection("cannot be cut at", new RangeId(9), PEERS, B);
    assertObjection("cannot be cut at", new RangeId(9), PEERS, Z);
    assertObjection("range id of its own", range.id(), PEERS, M);
    assertObjection("needs 2 peer ids", new RangeId(9), List.of(), M);
    assertTrue(SplitPlan.objection(range, new RangeId(9), PEERS, M).isEmpty());
  }

  private void assertObjection(String part, RangeId right, List<PeerId> peers, Key at) {
    String objection = SplitPlan.objection(range, right, peers, at).orElse("none");
    assertTrue(objection.contains(part), objection);
  }
}
