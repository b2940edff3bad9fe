package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.split.SplitPlan;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StorageException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A state that checks everything that is applied to it, and can be told to fail.
final class WatchedState implements StateStorage {
  private final SimStateStorage inner;
  private final WatchedLog log;
  private final Truth truth;
  private final Power power;
  private final LongConsumer trace;
  private final int digestEvery;
  private final Map<RangeId, EntryId> applied = new HashMap<>();
  private boolean failNextRead;
  private boolean failNextApply;

  /// @param trace is given a hash of all data that is compared
  /// @param digestEvery the data of a range is compared with that of other replicas at every so
  ///   manieth index, and whenever a node starts or installs a snapshot
  WatchedState(
      SimStateStorage inner,
      WatchedLog log,
      Truth truth,
      Power power,
      LongConsumer trace,
      int digestEvery) {
    this.inner = inner;
    this.log = log;
    this.truth = truth;
    this.power = power;
    this.trace = trace;
    this.digestEvery = digestEvery;
  }

  void failNextRead() {
    failNextRead = true;
  }

  void failNextApply() {
    failNextApply = true;
  }

  /// Nothing that was asked for and has not happened yet will.
  void calm() {
    failNextRead = false;
    failNextApply = false;
  }

  @Override
  public List<StoredRange> load() {
    power.operation();
    List<StoredRange> found = inner.load();
    for (StoredRange stored : found) {
      if (log.beganWith(stored.descriptor().id(), stored.applied())) {
        compare(stored);
      }
    }
    return found;
  }

  /// A snapshot took the place of what the range had here.
  void installed(RangeDescriptor descriptor) {
    truth.described(descriptor);
    truth.checkTiling();
    for (StoredRange stored : inner.load()) {
      if (stored.descriptor().id().equals(descriptor.id())) {
        compare(stored);
      }
    }
  }

  private void compare(StoredRange stored) {
    long digest = digest(stored.descriptor());
    trace.accept(digest);
    truth.digest(stored.descriptor().id(), stored.applied(), digest);
  }

  @Override
  public void apply(List<RangeUpdate> batch) {
    if (failNextApply) {
      failNextApply = false;
      throw new StorageException("simulated state: the disk failed");
    }
    power.operation();
    inner.apply(batch);
    boolean described = false;
    for (RangeUpdate update : batch) {
      described |= take(update);
    }
    if (described) {
      truth.checkTiling();
    }
    for (StoredRange stored : inner.load()) {
      RangeId range = stored.descriptor().id();
      boolean touched = batch.stream().anyMatch(update -> update.range().equals(range));
      if (touched && stored.applied().index() % digestEvery == 0) {
        compare(stored);
      }
    }
  }

  private boolean take(RangeUpdate update) {
    RangeId range = update.range();
    if (update.removed()) {
      applied.remove(range);
      return false;
    }
    EntryId now = update.applied();
    EntryId before = applied.put(range, now);
    Broken.check(
        before == null || now.index() >= before.index(),
        () -> "range " + range + ": applied moved back from " + before + " to " + now);
    if (!now.equals(SplitPlan.LOG_START)) {
      Broken.check(
          log.explains(range, now),
          () -> "range " + range + ": applied what its log does not have: " + now);
      truth.committed(range, now);
    }
    for (StateWrite write : update.writes()) {
      takeVersion(write);
    }
    if (update.descriptor() != null) {
      truth.described(update.descriptor());
    }
    return update.descriptor() != null;
  }

  private void takeVersion(StateWrite write) {
    byte[] key = write.key();
    byte[] value = write.value();
    if (key[0] == StateLayout.VERSION && value != null) {
      truth.version(
          new String(StateLayout.userKeyOf(key), UTF_8),
          StateLayout.timestampOf(key),
          value[0] == 0 ? null : new String(value, 1, value.length - 1, UTF_8));
    }
  }

  private long digest(RangeDescriptor descriptor) {
    long digest = descriptor.generation();
    for (KeySpan span : StateLayout.intervalsOf(descriptor)) {
      try (StateCursor cursor =
          inner.scan(span.start().bytes(), span.end().bytes(), false, false)) {
        for (; cursor.isValid(); cursor.next()) {
          digest = digest * 31 + Arrays.hashCode(cursor.key());
          digest = digest * 31 + Arrays.hashCode(cursor.value());
        }
      }
    }
    return digest;
  }

  private void maybeFail() {
    power.operation();
    if (failNextRead) {
      failNextRead = false;
      throw new StorageException("simulated state: a checksum does not fit");
    }
  }

  @Override
  public EntryId durableApplied(RangeId range) {
    power.operation();
    return inner.durableApplied(range);
  }

  @Override
  public void flush() {
    power.operation();
    inner.flush();
  }

  @Override
  public Lookup getFromMemory(byte[] stateKey) {
    return inner.getFromMemory(stateKey);
  }

  @Override
  public byte @Nullable [] get(byte[] stateKey) {
    maybeFail();
    return inner.get(stateKey);
  }

  @Override
  public Seek seek(byte[] from, int prefixBytes, boolean memoryOnly) {
    if (!memoryOnly) {
      maybeFail();
    }
    return inner.seek(from, prefixBytes, memoryOnly);
  }

  @Override
  public StateCursor scan(byte[] from, byte[] to, boolean reverse, boolean memoryOnly) {
    if (!memoryOnly) {
      maybeFail();
    }
    return inner.scan(from, to, reverse, memoryOnly);
  }

  @Override
  public long approximateBytes(RangeDescriptor descriptor) {
    return inner.approximateBytes(descriptor);
  }

  @Override
  public byte @Nullable [] middleKey(RangeDescriptor descriptor) {
    return inner.middleKey(descriptor);
  }

  @Override
  public void clear(RangeDescriptor descriptor) {
    power.operation();
    inner.clear(descriptor);
  }

  @Override
  public void close() {
    inner.close();
  }
}
