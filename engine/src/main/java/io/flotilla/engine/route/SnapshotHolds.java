package io.flotilla.engine.route;

import io.flotilla.engine.Snapshot;
import io.flotilla.engine.SnapshotHold;
import io.flotilla.engine.SnapshotTooOldException;
import io.flotilla.engine.route.HoldSource.Answer;
import io.flotilla.keyspace.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Keeps the snapshots that are in use here readable: has the oldest of them held at the placement
/// driver, which keeps the newer ones as well, and renews that as long as it is in use.
/// Thread-safe.
final class SnapshotHolds {
  /*
   * A snapshot is readable for the retention time by itself, which is a second at least, so a use
   * that is over soon needs no hold: the first request goes when one is FIRST_NANOS old. From then
   * on there is one request each RENEW_NANOS, however many uses there are.
   *
   * Holds are not given up but run out, and each (holder, timestamp) runs out by itself. So when
   * the oldest use ends, the newer ones are covered by what was held for it until the next renewal
   * names the oldest of them: RENEW_NANOS is well below TTL_NANOS.
   */
  private static final long FIRST_NANOS = 150_000_000;
  private static final long RENEW_NANOS = 10_000_000_000L;
  static final long TTL_NANOS = 30_000_000_000L;
  private static final long RETRY_NANOS = 1_000_000_000;

  private final Router router;
  private final HoldSource source;
  private final TreeSet<Use> uses =
      new TreeSet<>(Comparator.comparing(Use::at).thenComparingLong(use -> use.number));
  private long numbers;
  private long armed;
  private boolean asking;
  private long heldFrom = Long.MAX_VALUE;
  private boolean closed;

  /// One use of a snapshot, from when it is made to when it is closed.
  final class Use implements SnapshotHold {
    private final Timestamp at;
    private final long number;
    private final long sinceNanos;
    private volatile @Nullable String lost;

    private Use(Timestamp at, long number) {
      this.at = at;
      this.number = number;
      this.sinceNanos = router.nanos();
    }

    Timestamp at() {
      return at;
    }

    @Override
    public Snapshot snapshot() {
      return new Snapshot(at);
    }

    /// Throws if the placement driver has said that this snapshot is not kept any longer.
    void requireKept() {
      String reason = lost;
      if (reason != null) {
        throw new SnapshotTooOldException(reason);
      }
    }

    @Override
    public void close() {
      end(this);
    }
  }

  SnapshotHolds(Router router, HoldSource source) {
    this.router = router;
    this.source = source;
  }

  /// Begins a use. It is held some time later, if it lasts.
  synchronized Use use(Timestamp at) {
    Use use = new Use(at, numbers++);
    if (!closed) {
      boolean uncovered = uses.isEmpty() || at.value() < heldFrom;
      uses.add(use);
      if (uncovered && !asking) {
        arm(FIRST_NANOS);
      }
    }
    return use;
  }

  /// Begins a use that is held already when the future completes.
  CompletableFuture<SnapshotHold> hold(Timestamp at, long deadlineNanos) {
    return new HoldCall(router, source, use(at), deadlineNanos).start();
  }

  /// Ends all uses; nothing more is asked for.
  synchronized void close() {
    closed = true;
    uses.clear();
    armed++;
  }

  private synchronized void end(Use use) {
    uses.remove(use);
    if (uses.isEmpty()) {
      heldFrom = Long.MAX_VALUE;
      armed++;
    }
  }

  /// The next look is due in so long, whatever was planned before.
  private void arm(long nanos) {
    armed++;
    long mine = armed;
    router.after(nanos, () -> look(mine));
  }

  private void look(long mine) {
    Timestamp oldest;
    synchronized (this) {
      if (mine != armed || asking || uses.isEmpty()) {
        return;
      }
      oldest = oldestThatLasts();
      if (oldest == null) {
        arm(FIRST_NANOS);
        return;
      }
      asking = true;
    }
    source.hold(oldest, TTL_NANOS, RENEW_NANOS, answer -> answered(oldest, answer));
  }

  private @Nullable Timestamp oldestThatLasts() {
    long now = router.nanos();
    for (Use use : uses) {
      if (now - use.sinceNanos >= FIRST_NANOS) {
        return use.at;
      }
    }
    return null;
  }

  private synchronized void answered(Timestamp asked, Answer answer) {
    asking = false;
    if (uses.isEmpty()) {
      return;
    }
    switch (answer) {
      case Answer.Held() -> {
        heldFrom = asked.value();
        arm(uses.first().at.value() < heldFrom ? FIRST_NANOS : RENEW_NANOS);
      }
      case Answer.TooOld(var reason) -> {
        lose(asked, reason);
        arm(0);
      }
      case Answer.Failed _ -> arm(RETRY_NANOS);
    }
  }

  /// What is at this moment or before is not kept any longer.
  private void lose(Timestamp asked, String reason) {
    List<Use> lost = new ArrayList<>();
    for (Use use : uses) {
      if (use.at.compareTo(asked) <= 0) {
        lost.add(use);
      }
    }
    lost.forEach(use -> use.lost = reason);
    uses.removeAll(lost);
  }
}
