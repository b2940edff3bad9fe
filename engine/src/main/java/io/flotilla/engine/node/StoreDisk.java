package io.flotilla.engine.node;

import io.flotilla.engine.mvcc.AddedData;
import io.flotilla.engine.mvcc.WriteRoom;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.DiskStage;
import io.flotilla.store.DiskLimits;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What is known of this store's disk and of those of the other stores, for all who must heed it.
/// Thread-safe.
///
/// Of other stores the placement driver tells, with every answer to a report. What it said counts
/// for a while only: nothing is refused for long because of somebody who is not heard of any more.
final class StoreDisk implements DiskRoom, WriteRoom {
  private static final long NEWS_NANOS_MAX = 15_000_000_000L;

  /// By then a range has another leader, if one of its replicas is on a store with room.
  private static final long HAND_OVER_MILLIS = 300;

  private final StoreId self;
  private final DiskLimits limits;
  private final Clock clock;
  private final AtomicLong graceBytes;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Own own;
  private volatile Others others;

  /// @param againAtBytes so much must be free for data to be taken again
  private record Own(DiskStage stage, long freeBytes, long againAtBytes) {}

  /// @param full without this store
  private record Others(Set<StoreId> full, long atNanos) {}

  /// A disk with room, until [#set] says otherwise.
  StoreDisk(StoreId self, DiskLimits limits, Clock clock) {
    this.self = self;
    this.limits = limits;
    this.clock = clock;
    this.own = new Own(DiskStage.ROOMY, Long.MAX_VALUE, 0);
    this.others = new Others(Set.of(), clock.nanos() - NEWS_NANOS_MAX);
    this.graceBytes = new AtomicLong(graceBytes(limits));
  }

  /// What was under way when the disk ran full is still taken, up to a quarter of what is kept free
  /// for such: else a range whose entries are stuck could not commit the deletes behind them.
  private static long graceBytes(DiskLimits limits) {
    return limits.fullBytes() / 4;
  }

  /// This store's disk was looked at.
  ///
  /// @param owedBytes of the ballast that are not on it
  void set(DiskStage stage, long freeBytes, long owedBytes) {
    if (!stage.isAtLeast(DiskStage.FULL)) {
      graceBytes.set(graceBytes(limits));
    }
    boolean isNew = stage != own.stage;
    own = new Own(stage, freeBytes, limits.roomyFromBytes(owedBytes));
    if (isNew) {
      listeners.forEach(Runnable::run);
    }
  }

  /// Runs `listener` whenever there is another stage, on the thread that found it.
  void onStage(Runnable listener) {
    listeners.add(listener);
  }

  /// The placement driver said which stores have no room.
  void setFull(Collection<StoreId> full) {
    TreeSet<StoreId> without = new TreeSet<>(full);
    without.remove(self);
    others = new Others(without, clock.nanos());
  }

  StoreId self() {
    return self;
  }

  @Override
  public DiskStage stage() {
    return own.stage;
  }

  long freeBytes() {
    return own.freeBytes;
  }

  // DiskRoom ------------------------------------------------------------------------------------

  @Override
  public boolean takes(RangeId range, Entry entry) {
    return !own.stage.isAtLeast(DiskStage.FULL)
        || range.equals(RangeDescriptor.PLACEMENT)
        || !AddedData.isIn(entry)
        || (own.stage == DiskStage.FULL && graceBytes.addAndGet(-entry.bytes()) >= 0);
  }

  @Override
  public boolean takesSnapshot(long bytes) {
    // They are staged, and unpacked into copies that the state takes over.
    return own.stage == DiskStage.ROOMY && own.freeBytes - limits.lowBytes() >= 2 * bytes;
  }

  @Override
  public boolean isFull(StoreId store) {
    Others known = others;
    return known.full.contains(store) && isFresh(known);
  }

  private boolean isFresh(Others known) {
    return clock.nanos() - known.atNanos < NEWS_NANOS_MAX;
  }

  /// True if it is known now who has room and who has not.
  boolean knowsOthers() {
    return isFresh(others);
  }

  // WriteRoom -----------------------------------------------------------------------------------

  @Override
  public boolean isScarce() {
    return own.stage != DiskStage.ROOMY;
  }

  @Override
  public @Nullable Refusal refusal(RangeDescriptor range, boolean addsData) {
    Own now = own;
    if (now.stage == DiskStage.ROOMY) {
      return addsData ? refusalForOthers(range) : null;
    }
    if (!addsData && now.stage != DiskStage.EXHAUSTED) {
      return null;
    }
    long retryMillis = anotherCanLead(range) ? HAND_OVER_MILLIS : 0;
    return new Refusal.DiskFull(self, now.freeBytes, now.againAtBytes, retryMillis);
  }

  private boolean anotherCanLead(RangeDescriptor range) {
    Others known = others;
    if (!isFresh(known)) {
      return false;
    }
    for (ReplicaDescriptor replica : range.replicas()) {
      if (replica.kind() == ReplicaKind.VOTER
          && !replica.store().equals(self)
          && !known.full.contains(replica.store())) {
        return true;
      }
    }
    return false;
  }

  /// A write that only a minority has room for would be stuck, and all later ones behind it.
  private @Nullable Refusal refusalForOthers(RangeDescriptor range) {
    Others known = others;
    if (known.full.isEmpty() || !isFresh(known)) {
      return null;
    }
    int voters = 0;
    int without = 0;
    StoreId named = self;
    for (ReplicaDescriptor replica : range.replicas()) {
      if (replica.kind() != ReplicaKind.LEARNER) {
        voters++;
        if (known.full.contains(replica.store())) {
          without++;
          named = replica.store();
        }
      }
    }
    return 2 * (voters - without) > voters || without == 0
        ? null
        : new Refusal.DiskFull(named, -1, -1, 0);
  }
}
