package io.flotilla.spi;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The state of all replicas of a store: what their applied entries made, and how far each has
/// applied.
///
/// Written without a log of its own, for the Raft log already is one: after a crash the newest
/// batches may be missing as a whole suffix, and the Raft log is replayed from the applied index
/// that survived. `apply` is called from one thread at a time; reads from any. Keys here are the
/// *state keys* that requests were evaluated to, of which this port knows only which belong to
/// which range (data of a range lies in the intervals that its descriptor's span maps to).
public interface StateStorage extends AutoCloseable {
  /// Every range with state here, sorted by range. Called at the start only, before replicas run.
  List<StoredRange> load();

  /// Applies the whole batch atomically and in order; visible to reads when this returns, durable
  /// after the next flush. Blocks only while the storage has to (a full memtable).
  void apply(List<RangeUpdate> batch);

  /// The applied entry of a range that a power cut now would leave, [EntryId#ZERO] if none. The
  /// Raft log may be compacted up to it and no further.
  EntryId durableApplied(RangeId range);

  /// Makes everything applied so far durable. Blocks.
  void flush();

  /// The newest value of a state key from memory alone (memtables and block cache), or the word
  /// that a disk is needed. Never blocks: for loops.
  Lookup getFromMemory(byte[] stateKey);

  /// The newest value of a state key, null if there is none. May block on the disk.
  byte @Nullable [] get(byte[] stateKey);

  /// The first state key at or after `from` if it shares the first `prefixBytes` bytes with it: one
  /// look, without what it costs to open a cursor. With `memoryOnly` it never blocks.
  Seek seek(byte[] from, int prefixBytes, boolean memoryOnly);

  /// Walks state keys in [from, to). To be closed by whoever opened it; confined to one thread.
  /// With `memoryOnly` it never blocks, and [StateCursor#needsDisk()] tells when it had to stop.
  StateCursor scan(byte[] from, byte[] to, boolean reverse, boolean memoryOnly);

  /// About how many bytes of live data, as they are kept (compressed), lie in a range's intervals;
  /// cheap, may be off by tens of percent.
  long approximateBytes(RangeDescriptor descriptor);

  /// A user key near the middle of the range by size, null if it cannot be cut. Blocks.
  byte @Nullable [] middleKey(RangeDescriptor descriptor);

  /// Removes all state keys of the given range's span, in the background and throttled where that
  /// is much; returns when no read can see them. Blocks. For spans that no replica here owns.
  void clear(RangeDescriptor descriptor);

  @Override
  void close();

  /// One state key and its new value; null deletes it.
  record StateWrite(byte[] key, byte @Nullable [] value) {}

  /// What applying some entries of one range does.
  ///
  /// @param applied the last applied entry, written in the same batch as the data
  /// @param descriptor the new descriptor, null: unchanged
  /// @param removed true: the range's replica here is gone; its descriptor and applied entry are
  ///   dropped (its data is cleared with [#clear])
  record RangeUpdate(
      RangeId range,
      EntryId applied,
      @Nullable RangeDescriptor descriptor,
      List<StateWrite> writes,
      boolean removed) {}

  /// A range as it was found.
  record StoredRange(RangeDescriptor descriptor, EntryId applied) {}

  /// The result of a look into memory.
  sealed interface Lookup {
    record Found(byte[] value) implements Lookup {}

    record Absent() implements Lookup {}

    record NeedsDisk() implements Lookup {}
  }

  /// The result of a single look for the next key.
  sealed interface Seek {
    Seek ABSENT = new Absent();
    Seek NEEDS_DISK = new NeedsDisk();

    record Found(byte[] key, byte[] value) implements Seek {}

    record Absent() implements Seek {}

    record NeedsDisk() implements Seek {}
  }

  /// A walk over state keys, positioned on the first one (or at the end) when opened.
  interface StateCursor extends AutoCloseable {
    boolean isValid();

    /// True if the walk stopped because the next step needs the disk.
    boolean needsDisk();

    byte[] key();

    byte[] value();

    void next();

    /// Jumps to the first key at or after `stateKey` (in reverse: at or before it).
    void seek(byte[] stateKey);

    @Override
    void close();
  }
}
