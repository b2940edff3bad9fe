package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.flotilla.engine.mvcc.Overlay.InFlight;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The overlay against a list that is searched from end to end.
class OverlayTwinTest {
  private final RandomSource random = new RandomSource(7);
  private final Bench bench = new Bench();
  private final Overlay overlay = new Overlay();
  private final List<InFlight> twin = new ArrayList<>();
  private long clock;

  @Test
  void answersAsANaiveListDoes() {
    for (int step = 0; step < 20_000; step++) {
      change();
      check();
    }
  }

  private void change() {
    if (twin.size() < 30 && !random.oneIn(3)) {
      PendingWrite write = write();
      for (int i = 0; i <= random.nextInt(3); i++) {
        twin.add(overlay.add(key(), Bench.bytes("v" + clock), write));
      }
    } else if (!twin.isEmpty()) {
      // Outcomes come in the order of the log, save for what is dropped at its end.
      int slot = random.oneIn(4) ? random.nextInt(twin.size()) : 0;
      overlay.remove(twin.remove(slot));
    }
    if (random.oneIn(2000)) {
      overlay.clear();
      twin.clear();
    }
  }

  private PendingWrite write() {
    Leadership leadership = new Leadership(bench.range, bench.environment);
    WritePath path = new WritePath(leadership, new VersionReader(bench.state));
    KvRequest put = new KvRequest.Put(Bench.target(), key(), new byte[0]);
    PendingWrite write = new PendingWrite(path, new KvCall(put, _ -> {}), -1);
    write.onTimestamp(++clock);
    return write;
  }

  private void check() {
    Key key = key();
    long at = random.oneIn(3) ? Timestamp.MAX.value() : clock - random.nextInt(20);
    assertSame(newest(one -> one.key.equals(key), Timestamp.MAX.value()), overlay.newest(key));
    assertSame(writeOf(newest(one -> one.key.equals(key), at)), overlay.latest(key, at));
    Key other = key();
    KeySpan span = key.compareTo(other) < 0 ? new KeySpan(key, other) : new KeySpan(key, Key.EMPTY);
    assertSame(writeOf(newest(one -> span.contains(one.key), at)), overlay.latest(span, at));
    assertSame(
        writeOf(newest(one -> one.key.equals(key) || one.key.equals(other), at)),
        overlay.latest(List.of(key, other), at));
    assertEquals(twin.isEmpty(), overlay.isEmpty());
  }

  private @Nullable InFlight newest(java.util.function.Predicate<InFlight> wanted, long at) {
    return twin.reversed().stream()
        .filter(wanted)
        .filter(one -> one.write.timestamp() <= at)
        .max(Comparator.comparingLong(one -> one.write.timestamp()))
        .orElse(null);
  }

  private static @Nullable PendingWrite writeOf(@Nullable InFlight inFlight) {
    return inFlight == null ? null : inFlight.write;
  }

  private Key key() {
    return Bench.key("k" + random.nextInt(6));
  }
}
