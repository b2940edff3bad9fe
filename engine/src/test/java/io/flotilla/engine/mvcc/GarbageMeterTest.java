package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.spi.RandomSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The safe point from which a collection pays, which is told in advance, against a meter that is
/// asked again and again.
class GarbageMeterTest {
  private static final int ROUNDS = 500;
  private static final int ASKS = 3;

  private int nows;
  private int laters;
  private int nevers;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatIsToldInAdvanceIsWhatWillBeFound(long seed) {
    RandomSource random = new RandomSource(seed);
    for (int i = 0; i < ROUNDS; i++) {
      GarbageMeter meter = anyMeter(random);
      long versionsMin = 1 + random.nextInt(40);
      compare(meter, versionsMin);
    }
    assertTrue(nows > 10 && laters > 10 && nevers > 10, nows + ", " + laters + ", " + nevers);
  }

  private static GarbageMeter anyMeter(RandomSource random) {
    GarbageMeter meter = new GarbageMeter();
    long now = 1 + random.nextInt(100);
    meter.reset(now);
    meter.inherited(random.nextInt(20));
    for (int i = 0; i < random.nextInt(8); i++) {
      now += random.nextInt(20);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> meter.isDue(now - random.nextInt(10), 5);
        case 3 -> meter.collected(random.nextInt(200));
        default -> meter.wrote(random.nextInt(30_000), now);
      }
    }
    return meter;
  }

  private void compare(GarbageMeter meter, long versionsMin) {
    long from = meter.dueFrom(versionsMin);
    if (from == GarbageRoll.NEVER) {
      nevers++;
      assertFalse(isDueAtLast(meter, GarbageRoll.NEVER - 1, versionsMin));
      return;
    }
    nows += from == 0 ? 1 : 0;
    laters += from > 0 ? 1 : 0;
    assertTrue(isDueAtLast(meter, from, versionsMin), "at " + from);
    if (from > 0) {
      assertFalse(isDueAtLast(meter, from - 1, versionsMin), "before " + from);
    }
  }

  private static boolean isDueAtLast(GarbageMeter meter, long safePoint, long versionsMin) {
    GarbageMeter copy = copyOf(meter);
    assertEquals(meter.dueFrom(versionsMin), copy.dueFrom(versionsMin));
    boolean due = false;
    for (int i = 0; i < ASKS; i++) {
      due = copy.isDue(safePoint, versionsMin);
    }
    return due;
  }

  private static GarbageMeter copyOf(GarbageMeter meter) {
    RestWriter out = new RestWriter();
    meter.rest(out);
    return new GarbageMeter(new RestReader(out.toBytes()));
  }
}
