package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import org.junit.jupiter.api.Test;

class OrphansTest {
  private final Orphans orphans = new Orphans();

  private boolean isGone(long leader, long receipt, long nowMillis) {
    return orphans.isGone(new RangeId(7), new PeerId(9), new StoreId(leader), receipt, nowMillis);
  }

  @Test
  void goneOnceItsLeaderReportedAnewAndLater() {
    assertFalse(isGone(1, 10, 0), "it may be news that has yet to be reported");
    assertFalse(isGone(1, 12, 10_000), "the reports may have been under way");
    assertTrue(isGone(1, 13, 10_000));
    assertFalse(isGone(1, 14, 10_001), "asked anew");
  }

  @Test
  void notWithinAMoment() {
    assertFalse(isGone(1, 10, 0));
    assertFalse(isGone(1, 99, 4_999));
    assertTrue(isGone(1, 99, 5_000));
  }

  @Test
  void anotherLeaderHasToSayItToo() {
    assertFalse(isGone(1, 10, 0));
    assertFalse(isGone(2, 50, 10_000));
    assertFalse(isGone(2, 52, 20_000));
    assertTrue(isGone(2, 53, 20_000));
  }

  @Test
  void whoIsNamedMeanwhileBeginsAnew() {
    assertFalse(isGone(1, 10, 0));
    orphans.forget(new RangeId(7), new PeerId(9));
    assertFalse(isGone(1, 20, 10_000));
  }
}
