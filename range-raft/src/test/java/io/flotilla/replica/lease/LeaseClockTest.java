package io.flotilla.replica.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class LeaseClockTest {
  private static final long TICK = 1_000;

  /// Ten ticks less one, less a fifth.
  private static final long SPAN = 7_200;

  private final LeaseClock lease = new LeaseClock(10, TICK);

  @Test
  void nothingHoldsBeforeARoundIsConfirmed() {
    lease.onRoundStarted(1, 50);
    assertFalse(lease.holds(51));
    lease.onRoundConfirmed(1);
    assertTrue(lease.holds(51));
  }

  @Test
  void itCountsFromWhenTheRoundWasStarted() {
    lease.onRoundStarted(1, 50);
    lease.onRoundStarted(2, 5_000);
    lease.onRoundConfirmed(1);
    assertEquals(50 + SPAN, lease.heldUntilNanos());
    assertTrue(lease.holds(50 + SPAN - 1));
    assertFalse(lease.holds(50 + SPAN));
    lease.onRoundConfirmed(2);
    assertTrue(lease.holds(50 + SPAN));
  }

  @Test
  void anOlderConfirmationTakesNothingBack() {
    lease.onRoundStarted(1, 50);
    lease.onRoundStarted(2, 5_000);
    lease.onRoundConfirmed(2);
    lease.onRoundConfirmed(1);
    assertEquals(5_000 + SPAN, lease.heldUntilNanos());
  }

  @Test
  void roundsThatAreUnknownOrLongForgottenProveNothing() {
    lease.onRoundStarted(1, 50);
    lease.onRoundConfirmed(2);
    lease.onRoundConfirmed(0);
    assertFalse(lease.holds(51));
    lease.onRoundStarted(200, 60);
    lease.onRoundConfirmed(1);
    assertFalse(lease.holds(61));
  }

  @Test
  void roundsThatWereSkippedCountAsStartedTogether() {
    lease.onRoundStarted(5, 70);
    lease.onRoundConfirmed(3);
    assertEquals(70 + SPAN, lease.heldUntilNanos());
  }

  @Test
  void afterItsEndOnlyALaterRoundProvesIt() {
    lease.onRoundStarted(1, 50);
    lease.onRoundStarted(2, 60);
    lease.onRoundConfirmed(1);
    lease.end();
    assertFalse(lease.holds(70));
    lease.onRoundConfirmed(2);
    assertFalse(lease.holds(70));
    lease.onRoundStarted(3, 80);
    lease.onRoundConfirmed(3);
    assertTrue(lease.holds(90));
  }

  @Test
  void theClocksOriginMayBeAnywhere() {
    long nearTheEnd = Long.MAX_VALUE - 100;
    lease.onRoundStarted(1, nearTheEnd);
    lease.onRoundConfirmed(1);
    assertTrue(lease.holds(nearTheEnd + SPAN - 1));
    assertFalse(lease.holds(nearTheEnd + SPAN));
  }
}
