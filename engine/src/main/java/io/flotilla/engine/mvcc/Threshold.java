package io.flotilla.engine.mvcc;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.StateStorage.StateCursor;
import io.flotilla.spi.StateStorage.StateWrite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The lowest timestamp a range can still be read at: below, versions may be collected.
final class Threshold {
  /*
   * Nothing is collected above a safe point the placement driver told, and a threshold is at or
   * above the safe point of every collection that ever touched the range's keys:
   *
   * 1. By this leadership: it raises the threshold before it proposes the first deletion.
   * 2. By an earlier leader of this range, here or elsewhere: it wrote a *mark* under the range's
   *    first key, in front of its first deletion in the same log, so whoever has applied a deletion
   *    has the mark. A leader has applied everything of its predecessors before it serves.
   * 3. By a leader of the range that this one was split from: that mark is under a key of the other
   *    half, and may be on other stores by now. But then there is no mark here, and the leader
   *    asks the driver for its safe point, after its leadership began: what the parent's leader was
   *    told was told before the split, hence before that, and safe points never go back.
   *
   * Why not the time of the retention ago, which is above every safe point as well: because holds
   * keep the safe point lower, and a held snapshot would die with the next split.
   */
  private static final long UNKNOWN = -1;

  private final RangeAccess access;
  private final KvEnvironment environment;
  private long value = UNKNOWN;
  private @Nullable Mark mark;
  private List<Waiting> waiting = List.of();

  /// What is kept of the last collection.
  ///
  /// @param threshold nothing below it can be read
  /// @param appliedIndex of the range when the collection began
  record Mark(long threshold, long appliedIndex) {
    byte[] encode() {
      return ByteBuffer.allocate(16).putLong(threshold).putLong(appliedIndex).array();
    }

    static Mark decode(byte[] stored) {
      ByteBuffer in = ByteBuffer.wrap(stored);
      return new Mark(in.getLong(), in.getLong());
    }
  }

  private record Waiting(Runnable then, Consumer<Refusal> orElse) {}

  Threshold(RangeAccess access, KvEnvironment environment) {
    this.access = access;
    this.environment = environment;
  }

  /// As it was when the machine rested.
  Threshold(RangeAccess access, KvEnvironment environment, RestReader in) {
    this(access, environment);
    value = in.number();
    if (in.flag()) {
      mark = new Mark(in.number(), in.number());
    }
  }

  /// True if nobody waits for it to be known.
  boolean mayRest() {
    return waiting.isEmpty();
  }

  void rest(RestWriter out) {
    out.number(value);
    out.flag(mark != null);
    if (mark != null) {
      out.number(mark.threshold());
      out.number(mark.appliedIndex());
    }
  }

  void forget() {
    value = UNKNOWN;
    mark = null;
  }

  boolean isKnown() {
    return value != UNKNOWN;
  }

  long value() {
    return value;
  }

  /// The last collection that is known of; null: of none, or not known yet.
  @Nullable Mark mark() {
    return mark;
  }

  void raise(long newValue) {
    value = Math.max(value, newValue);
  }

  StateWrite markWrite(Mark newMark) {
    mark = newMark;
    byte[] key = StateLayout.garbageKey(access.descriptor().span().start().bytes());
    return new StateWrite(key, newMark.encode());
  }

  /// Runs `then` once the threshold is known, or `orElse`.
  void whenKnown(Runnable then, Consumer<Refusal> orElse) {
    if (isKnown()) {
      then.run();
      return;
    }
    boolean first = waiting.isEmpty();
    if (first) {
      waiting = new ArrayList<>();
    }
    waiting.add(new Waiting(then, orElse));
    if (first) {
      load();
    }
  }

  void refuseWaiting(Refusal refusal) {
    List<Waiting> refused = waiting;
    waiting = List.of();
    refused.forEach(one -> one.orElse().accept(refusal));
  }

  private void load() {
    List<Waiting> asking = waiting;
    KeySpan marks = StateLayout.garbageOf(access.descriptor().span());
    boolean submitted =
        environment
            .readPool()
            .submit(
                () -> newestMark(marks),
                found -> onLoaded(asking, found),
                failure -> ifAsking(asking, () -> refuseWaiting(unreadable(failure))));
    if (!submitted) {
      refuseWaiting(new Refusal.Busy("reads from disk", 10));
    }
  }

  private static Refusal unreadable(RuntimeException failure) {
    return new Refusal.Unavailable("the state database cannot be read: " + failure.getMessage());
  }

  private Mark newestMark(KeySpan marks) {
    Mark newest = new Mark(UNKNOWN, 0);
    try (StateCursor cursor =
        environment.state().scan(marks.start().bytes(), marks.end().bytes(), false, false)) {
      for (; cursor.isValid(); cursor.next()) {
        Mark found = Mark.decode(cursor.value());
        if (found.threshold() > newest.threshold()) {
          newest = found;
        }
      }
    }
    return newest;
  }

  private void onLoaded(List<Waiting> asking, Mark found) {
    if (found.threshold() != UNKNOWN) {
      ifAsking(asking, () -> mark = found);
      onKnown(asking, found.threshold());
      return;
    }
    environment
        .timestamps()
        .draw(
            new TimestampBatcher.Waiter() {
              @Override
              public void onTimestamp(long now) {
                onKnown(asking, environment.timestamps().safePoint().value());
              }

              @Override
              public void onNoTimestamp(Refusal refusal) {
                ifAsking(asking, () -> refuseWaiting(refusal));
              }
            });
  }

  private void onKnown(List<Waiting> asking, long known) {
    ifAsking(
        asking,
        () -> {
          raise(known);
          waiting = List.of();
          asking.forEach(one -> one.then().run());
        });
  }

  /// Those who asked may have been refused meanwhile, and others may ask under another leadership.
  private void ifAsking(List<Waiting> asking, Runnable action) {
    if (waiting == asking) {
      action.run();
    }
  }
}
