package io.flotilla.replica.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.snapshot.OutgoingSnapshot.Step;
import io.flotilla.spi.SnapshotStorage.Chunk;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SnapshotTransferMachinesTest {
  private static final SnapshotManifest MANIFEST =
      new SnapshotManifest(
          new SnapshotId(1, 2),
          new RangeDescriptor(RangeDescriptor.FIRST, KeySpan.ALL, 1, List.of()),
          new EntryId(5, 20),
          Collections.nCopies(6, new Chunk(100, 0)));

  @Test
  void theSenderSendsWhatIsMissingAsFarAsItHasCredit() {
    OutgoingSnapshot out = new OutgoingSnapshot(MANIFEST);
    assertEquals(-1, out.nextChunk());
    out.onWant(bits(1, 3, 4, 5), 200);
    assertEquals(1, send(out));
    assertEquals(3, send(out));
    assertEquals(-1, out.nextChunk());
    out.onCredit(100);
    assertEquals(4, send(out));
    assertEquals(-1, out.nextChunk());
  }

  @Test
  void aNewWantStartsOverWithWhatIsStillMissing() {
    OutgoingSnapshot out = new OutgoingSnapshot(MANIFEST);
    out.onWant(bits(0, 1, 2, 3, 4, 5), 600);
    send(out);
    send(out);
    out.onWant(bits(1, 4), 600);
    assertEquals(1, send(out));
    assertEquals(4, send(out));
    assertEquals(-1, out.nextChunk());
  }

  @Test
  void silenceIsAskedAndThenGivenUp() {
    OutgoingSnapshot out = new OutgoingSnapshot(MANIFEST);
    for (int i = 1; i < 10; i++) {
      assertEquals(Step.NOTHING, out.onTick());
    }
    assertEquals(Step.OFFER_AGAIN, out.onTick());
    out.onCredit(1);
    assertEquals(Step.NOTHING, out.onTick());
    Step last = Step.NOTHING;
    for (int i = 0; i < 300; i++) {
      last = out.onTick();
    }
    assertEquals(Step.GIVE_UP, last);
  }

  @Test
  void theReceiverGrantsHalfWindowsAndNothingTwice() {
    IncomingSnapshot in = new IncomingSnapshot(MANIFEST, bits(0, 1, 2, 3, 4, 5), 400);
    in.onStored(0);
    assertEquals(0, in.creditDue());
    in.onStored(1);
    assertEquals(200, in.creditDue());
    in.onGranted(200);
    assertEquals(0, in.creditDue());
    assertFalse(in.needs(1));
    assertFalse(in.needs(6));
    assertFalse(in.needs(-1));
    assertTrue(in.needs(2));
    assertEquals(bits(2, 3, 4, 5), in.missing());
  }

  @Test
  void theLastChunkCompletesIt() {
    IncomingSnapshot in = new IncomingSnapshot(MANIFEST, bits(5), 400);
    assertFalse(in.isComplete());
    in.onStored(5);
    assertTrue(in.isComplete());
    assertEquals(0, in.creditDue());
  }

  @Test
  void theBudgetGivesItsRateInTheLongRun() {
    ByteBudget budget = new ByteBudget(1_000_000, 0);
    long taken = 0;
    for (long millis = 0; millis < 2_000; millis++) {
      while (budget.take(700, millis * 1_000_000)) {
        taken += 700;
      }
    }
    assertTrue(taken > 1_900_000 && taken < 2_200_000, "took " + taken);
  }

  private static int send(OutgoingSnapshot out) {
    int chunk = out.nextChunk();
    out.onSent(chunk);
    return chunk;
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    for (int each : set) {
      bits.set(each);
    }
    return bits;
  }
}
