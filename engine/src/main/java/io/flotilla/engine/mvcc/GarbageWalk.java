package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.GarbageFinder.Slice;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Collects one range's old versions: walks over it slice by slice, and replicates the deletions.
///
/// A walk has one safe point from its first slice to its last. Before the first deletion is
/// proposed the threshold is raised to it, here and in the range's mark, which goes in front of the
/// deletions.
final class GarbageWalk {
  private final Leadership leadership;
  private long began;
  private long safePoint;
  private byte @Nullable [] position;
  private long walked;

  GarbageWalk(Leadership leadership) {
    this.leadership = leadership;
  }

  /// True if no walk is under way.
  boolean mayRest() {
    return position == null;
  }

  boolean isDue(long atSafePoint) {
    return leadership.garbage.isDue(atSafePoint, leadership.environment.garbageVersionsMin());
  }

  /// Does one slice; `onDone` is told if there is more to do.
  void step(Consumer<Boolean> onDone) {
    leadership.threshold.whenKnown(() -> begin(onDone), _ -> abandon(onDone));
  }

  private void begin(Consumer<Boolean> onDone) {
    if (position == null || !leadership.isStill(began)) {
      if (!start()) {
        abandon(onDone);
        return;
      }
    }
    readSlice(onDone);
  }

  /// False: a look at the range's mark shows that there is not enough to collect.
  private boolean start() {
    KvEnvironment environment = leadership.environment;
    long applied = leadership.access.appliedIndex();
    Threshold.Mark mark = leadership.threshold.mark();
    if (mark != null) {
      leadership.garbage.correct(Math.max(0, applied - mark.appliedIndex()));
    }
    safePoint = environment.timestamps().safePoint().value();
    if (!isDue(safePoint)) {
      return false;
    }
    began = leadership.number();
    walked = 0;
    position = StateLayout.versionsOf(leadership.access.descriptor().span()).start().bytes();
    leadership.threshold.raise(safePoint);
    safePoint = leadership.threshold.value();
    StateWrite write = leadership.threshold.markWrite(new Threshold.Mark(safePoint, applied));
    leadership.access.propose(List.of(write), outcome -> onMarked(outcome));
    return true;
  }

  private void onMarked(ProposalOutcome outcome) {
    if (!(outcome instanceof ProposalOutcome.Applied)) {
      position = null;
    }
  }

  private void readSlice(Consumer<Boolean> onDone) {
    byte[] from = position;
    if (from == null) {
      abandon(onDone);
      return;
    }
    byte[] to = StateLayout.versionsOf(leadership.access.descriptor().span()).end().bytes();
    long safe = safePoint;
    GarbageFinder finder = new GarbageFinder(leadership.environment.state());
    int versionsMax = leadership.environment.options().garbageSliceVersions();
    boolean submitted =
        leadership.readOnPool(
            () -> finder.find(from, to, safe, versionsMax),
            slice -> collect(slice, onDone),
            _ -> abandon(onDone));
    if (!submitted) {
      onDone.accept(true);
    }
  }

  private void collect(Slice slice, Consumer<Boolean> onDone) {
    if (position == null || !leadership.isStill(began)) {
      abandon(onDone);
      return;
    }
    if (!covers(slice)) {
      // The range was split meanwhile: the other half's versions are not its to delete any more.
      abandon(onDone);
      return;
    }
    walked += slice.walked();
    if (slice.deletions().isEmpty()) {
      advance(slice, onDone);
      return;
    }
    List<StateWrite> writes = new ArrayList<>(slice.deletions().size());
    slice.deletions().forEach(key -> writes.add(new StateWrite(key, null)));
    leadership.access.propose(
        writes,
        outcome -> {
          if (outcome instanceof ProposalOutcome.Applied && leadership.isStill(began)) {
            advance(slice, onDone);
          } else {
            abandon(onDone);
          }
        });
  }

  private boolean covers(Slice slice) {
    KeySpan versions = StateLayout.versionsOf(leadership.access.descriptor().span());
    return slice.deletions().stream().map(Key::of).allMatch(versions::contains);
  }

  private void advance(Slice slice, Consumer<Boolean> onDone) {
    position = slice.next();
    if (position == null) {
      leadership.garbage.collected(walked);
    }
    onDone.accept(position != null);
  }

  private void abandon(Consumer<Boolean> onDone) {
    position = null;
    onDone.accept(false);
  }
}
