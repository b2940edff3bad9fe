package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A state in memory that forgets as the real one may: a power cut loses a suffix of what was
/// applied after the last flush, while an installed snapshot is durable at once. Which suffix, the
/// seed decides.
public final class SimStateStorage implements StateStorage {
  private final SimLayout layout;
  private final RandomSource random;
  private final SimImage current;
  private final SimImage durable;
  private final List<Change> unflushed = new ArrayList<>();
  private boolean closed;
  private boolean cold;

  /// One step that a power cut loses whole or not at all.
  private sealed interface Change {
    record Applied(List<RangeUpdate> batch) implements Change {}

    record Cleared(List<KeySpan> intervals) implements Change {}
  }

  public SimStateStorage(SimLayout layout, RandomSource random) {
    this(layout, random, new SimImage());
  }

  private SimStateStorage(SimLayout layout, RandomSource random, SimImage image) {
    this.layout = layout;
    this.random = random;
    this.durable = image;
    this.current = image.copy();
  }

  /// A power cut: this object is of no use from now on; the one returned has what was flushed and
  /// some of what came after it, up to some batch and none beyond.
  public SimStateStorage crash() {
    return crash(random.nextInt(unflushed.size() + 1));
  }

  /// As [#crash()], with the first `kept` of the unflushed steps.
  public SimStateStorage crash(int kept) {
    closed = true;
    SimImage image = durable.copy();
    unflushed.subList(0, kept).forEach(change -> perform(image, change));
    return new SimStateStorage(layout, random, image);
  }

  /// Steps that a power cut could lose.
  public int unflushed() {
    return unflushed.size();
  }

  /// While true, nothing is in memory: [#getFromMemory] and memory-only scans ask for the disk.
  public void setCold(boolean cold) {
    this.cold = cold;
  }

  @Override
  public List<StoredRange> load() {
    requireOpen();
    return current.ranges();
  }

  @Override
  public void apply(List<RangeUpdate> batch) {
    requireOpen();
    record(new Change.Applied(List.copyOf(batch)));
  }

  @Override
  public EntryId durableApplied(RangeId range) {
    requireOpen();
    return durable.applied(range);
  }

  @Override
  public void flush() {
    requireOpen();
    unflushed.forEach(change -> perform(durable, change));
    unflushed.clear();
  }

  @Override
  public Lookup getFromMemory(byte[] stateKey) {
    if (cold) {
      return new Lookup.NeedsDisk();
    }
    byte[] value = get(stateKey);
    return value == null ? new Lookup.Absent() : new Lookup.Found(value);
  }

  @Override
  public byte @Nullable [] get(byte[] stateKey) {
    requireOpen();
    return current.data().get(Key.of(stateKey));
  }

  @Override
  public Seek seek(byte[] from, int prefixBytes, boolean memoryOnly) {
    requireOpen();
    if (cold && memoryOnly) {
      return Seek.NEEDS_DISK;
    }
    Map.Entry<Key, byte[]> next = current.data().ceilingEntry(Key.of(from));
    Key prefix = Key.of(Arrays.copyOf(from, prefixBytes));
    return next == null || !next.getKey().startsWith(prefix)
        ? Seek.ABSENT
        : new Seek.Found(next.getKey().bytes(), next.getValue());
  }

  @Override
  public StateCursor scan(byte[] from, byte[] to, boolean reverse, boolean memoryOnly) {
    requireOpen();
    NavigableMap<Key, byte[]> view =
        new TreeMap<>(current.data().subMap(Key.of(from), true, Key.of(to), false));
    return new SimStateCursor(reverse ? view.descendingMap() : view, cold && memoryOnly);
  }

  @Override
  public long approximateBytes(RangeDescriptor descriptor) {
    requireOpen();
    return current.bytes(layout.intervals(descriptor));
  }

  @Override
  public byte @Nullable [] middleKey(RangeDescriptor descriptor) {
    requireOpen();
    List<KeySpan> intervals = layout.intervals(descriptor);
    long half = current.bytes(intervals) / 2;
    long bytes = 0;
    for (Map.Entry<Key, byte[]> entry : current.in(intervals).entrySet()) {
      bytes += entry.getKey().length() + entry.getValue().length;
      Key userKey = layout.userKey(entry.getKey());
      if (bytes > half && descriptor.span().canSplitAt(userKey)) {
        return isFirst(descriptor, userKey) ? null : userKey.bytes();
      }
    }
    return null;
  }

  /// A cut below all data would leave the left half empty.
  private boolean isFirst(RangeDescriptor descriptor, Key userKey) {
    Key first = current.in(layout.intervals(descriptor)).firstKey();
    return layout.userKey(first).equals(userKey);
  }

  @Override
  public void clear(RangeDescriptor descriptor) {
    requireOpen();
    record(new Change.Cleared(layout.intervals(descriptor)));
  }

  @Override
  public void close() {
    if (!closed) {
      flush();
      closed = true;
    }
  }

  /// What is applied, for a snapshot of it.
  SimImage image() {
    return current;
  }

  SimLayout layout() {
    return layout;
  }

  /// Installs a snapshot: durable at once, while older steps of other ranges may still get lost.
  void install(RangeDescriptor descriptor, EntryId applied, SimImage data, List<KeySpan> clear) {
    List<Change> kept = new ArrayList<>();
    for (Change change : unflushed) {
      kept.add(without(change, descriptor.id(), clear));
    }
    unflushed.clear();
    unflushed.addAll(kept);
    for (SimImage image : List.of(durable, current)) {
      image.clear(clear);
      image.data().putAll(data.data());
      image.put(descriptor, applied);
    }
  }

  private static Change without(Change change, RangeId range, List<KeySpan> spans) {
    if (!(change instanceof Change.Applied(List<RangeUpdate> batch))) {
      return change;
    }
    List<RangeUpdate> rest = new ArrayList<>();
    for (RangeUpdate update : batch) {
      if (!update.range().equals(range)) {
        List<StateWrite> writes = new ArrayList<>(update.writes());
        writes.removeIf(w -> spans.stream().anyMatch(span -> span.contains(Key.of(w.key()))));
        rest.add(
            new RangeUpdate(
                update.range(), update.applied(), update.descriptor(), writes, update.removed()));
      }
    }
    return new Change.Applied(rest);
  }

  private void record(Change change) {
    perform(current, change);
    unflushed.add(change);
  }

  private static void perform(SimImage image, Change change) {
    switch (change) {
      case Change.Applied(List<RangeUpdate> batch) -> batch.forEach(image::apply);
      case Change.Cleared(List<KeySpan> intervals) -> image.clear(intervals);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new StorageException("simulated state: closed");
    }
  }
}
