package io.flotilla.placement;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What may be asked of the placement group. Every request may be repeated when its reply was lost.
public sealed interface PlacementRequest {
  /// The most timestamps of one draw.
  int DRAW_MAX = 1 << 16;

  /// The most ids of one allocation.
  int IDS_MAX = 1024;

  /// The most ranges of one page.
  int PAGE_MAX = 10_000;

  /// A store starts: it says where it listens, and gets its id the first time.
  ///
  /// @param existing its id if it has one, null: assign one
  /// @return [PlacementReply.Registered]
  record RegisterStore(
      String cluster,
      String instance,
      String address,
      List<Label> labels,
      String version,
      String durability,
      @Nullable StoreId existing)
      implements PlacementRequest {
    public RegisterStore {
      labels = List.copyOf(labels);
    }
  }

  /// What a store has to say, once a second and at once when something changes.
  ///
  /// A store's reports are a chain: each names the receipt of the newest reply that the store has,
  /// and only one that names the newest receipt given out is taken in. So neither a copy that
  /// arrives late nor one whose reply was lost undoes what a newer one said; news stay in the next
  /// reports until one of them was taken in.
  ///
  /// @param storesVersion of the newest list of stores that this store was given, 0: none
  /// @param receipt 0: none yet
  /// @return [PlacementReply.Reported]
  record StoreReport(
      StoreId store,
      String address,
      StoreStats stats,
      long storesVersion,
      long receipt,
      RangeNews news)
      implements PlacementRequest {}

  /// What ids there are to give out (a store's comes with its registration).
  enum IdKind {
    RANGE,
    PEER
  }

  /// @return [PlacementReply.Ids]
  record AllocateIds(IdKind kind, int count) implements PlacementRequest {
    public AllocateIds {
      requireWithin("count", count, IDS_MAX);
    }
  }

  /// @return [PlacementReply.Timestamps], all drawn after this request arrived
  record DrawTimestamps(int count) implements PlacementRequest {
    public DrawTimestamps {
      requireWithin("count", count, DRAW_MAX);
    }
  }

  /// @return [PlacementReply.Ranges] with one range, or [PlacementReply.RangeUnknown]
  record LookupRange(Key key) implements PlacementRequest {}

  /// @return [PlacementReply.Ranges] with one range, or [PlacementReply.RangeUnknown]
  record LookupById(RangeId range) implements PlacementRequest {}

  /// The ranges that overlap a span, in the order of their keys. One page: the next one starts at
  /// the end of the last range.
  ///
  /// @param placement the placement group comes first (for lists that people read)
  /// @return [PlacementReply.Ranges]
  record ListRanges(KeySpan span, int limit, boolean placement) implements PlacementRequest {
    public ListRanges {
      requireWithin("limit", limit, PAGE_MAX);
    }
  }

  /// @return [PlacementReply.Stores]
  record ListStores() implements PlacementRequest {}

  /// @return [PlacementReply.Fleet]
  record FleetStatus() implements PlacementRequest {}

  /// @return [PlacementReply.PolicySet]
  record SetPolicy(Policy policy) implements PlacementRequest {}

  /// A replica that hears from nobody asks whether it is still wanted.
  ///
  /// @param generation of the newest descriptor it has, which names it as a member; 0: it has none
  /// @return [PlacementReply.Fate]
  record ReplicaFate(RangeId range, PeerId peer, long generation) implements PlacementRequest {}

  /// Somebody wants a range split: `at` that key, or null: in the middle by size.
  ///
  /// @return [PlacementReply.Planned]
  record SplitRequested(RangeId range, @Nullable Key at) implements PlacementRequest {}

  /// @return [PlacementReply.Planned]
  record TransferLeader(RangeId range, StoreId store) implements PlacementRequest {}

  /// Somebody takes a store out of the fleet for good, dead or alive: its replicas are replaced,
  /// and it does not come back.
  ///
  /// @return [PlacementReply.Removing], or a rejection if data would be lost with the store or
  ///   nobody else can take its replicas
  record RemoveStore(StoreId store) implements PlacementRequest {}

  /// A reader of old versions keeps the safe point at or below `at` for a while; to be renewed well
  /// before `ttlMillis` are over. Holds are not given up, they run out: so a copy of this request
  /// that arrives late does no harm.
  ///
  /// @param holder names the reader; it may hold several timestamps
  /// @param ttlMillis counted from when this is granted; shortened to what the driver allows
  /// @return [PlacementReply.Held]
  record SnapshotHold(String holder, Timestamp at, long ttlMillis) implements PlacementRequest {
    public SnapshotHold {
      if (ttlMillis < 1) {
        throw new IllegalArgumentException("ttlMillis must be positive, got " + ttlMillis);
      }
    }
  }

  private static void requireWithin(String what, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(what + " must be 1 to " + max + ", got " + value);
    }
  }
}
