package io.flotilla.sim;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.StateStorage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A state storage that compares every state it comes to with what other stores had at the same
/// entry of the same range.
final class CheckedState implements StateStorage {
  private final SimStateStorage inner;
  private final Agreement agreement;

  /// What all stores of a fleet have seen: for each range and index the digest of the data.
  static final class Agreement {
    private final Map<String, String> seen = new HashMap<>();
    private final LongConsumer trace;
    private long compared;

    /// @param trace is given a hash of everything that is written
    Agreement(LongConsumer trace) {
      this.trace = trace;
    }

    void check(RangeDescriptor descriptor, EntryId applied, long digest) {
      String key = descriptor.id() + "/" + applied.index();
      String found = applied.term() + " g" + descriptor.generation() + " " + digest;
      trace.accept(31L * key.hashCode() + found.hashCode());
      String before = seen.putIfAbsent(key, found);
      if (before != null) {
        compared++;
        if (!before.equals(found)) {
          throw new AssertionError(
              "replicas of range "
                  + descriptor.id()
                  + " differ at "
                  + applied
                  + ": "
                  + before
                  + " and "
                  + found
                  + " "
                  + descriptor);
        }
      }
    }

    long compared() {
      return compared;
    }
  }

  CheckedState(SimStateStorage inner, Agreement agreement) {
    this.inner = inner;
    this.agreement = agreement;
  }

  @Override
  public List<StoredRange> load() {
    return inner.load();
  }

  @Override
  public void apply(List<RangeUpdate> batch) {
    inner.apply(batch);
    for (StoredRange range : inner.load()) {
      RangeId id = range.descriptor().id();
      boolean touched = batch.stream().anyMatch(update -> update.range().equals(id));
      if (touched) {
        agreement.check(range.descriptor(), range.applied(), digest(range.descriptor()));
      }
    }
  }

  private long digest(RangeDescriptor descriptor) {
    long digest = 7;
    for (KeySpan span : inner.layout().intervals(descriptor)) {
      var view = inner.image().data().subMap(span.start(), true, span.end(), false);
      for (var entry : view.entrySet()) {
        digest = digest * 31 + entry.getKey().hashCode();
        digest = digest * 31 + Arrays.hashCode(entry.getValue());
      }
    }
    return digest;
  }

  @Override
  public EntryId durableApplied(RangeId range) {
    return inner.durableApplied(range);
  }

  @Override
  public void flush() {
    agreement.trace.accept(inner.unflushed());
    inner.flush();
  }

  @Override
  public Lookup getFromMemory(byte[] stateKey) {
    return inner.getFromMemory(stateKey);
  }

  @Override
  public byte @Nullable [] get(byte[] stateKey) {
    return inner.get(stateKey);
  }

  @Override
  public Seek seek(byte[] from, int prefixBytes, boolean memoryOnly) {
    return inner.seek(from, prefixBytes, memoryOnly);
  }

  @Override
  public StateCursor scan(byte[] from, byte[] to, boolean reverse, boolean memoryOnly) {
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
    agreement.trace.accept(descriptor.id().value());
    inner.clear(descriptor);
  }

  @Override
  public void close() {
    inner.close();
  }
}
