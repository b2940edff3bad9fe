package io.flotilla.placement;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the placement group's leader answers.
public sealed interface PlacementReply {
  /// @param safePoint versions that were superseded at or before it may be collected
  record Registered(
      StoreId store,
      Policy policy,
      Timestamp safePoint,
      long storesVersion,
      List<StoreAddress> stores)
      implements PlacementReply {
    public Registered {
      stores = List.copyOf(stores);
    }
  }

  /// @param receipt what the next report must name
  /// @param taken false: nothing of the report was taken in, since it did not name the newest
  ///   receipt
  /// @param fullFrom the next report should have a stretch of everything that begins here or
  ///   before: of what lies there this leader has not heard yet; null: it has heard all
  /// @param stores all stores if the list changed since the version that the report named, else
  ///   empty
  /// @param withoutRoom the stores whose disks are nearly full, as they last said
  record Reported(
      long receipt,
      boolean taken,
      @Nullable RangeId fullFrom,
      Timestamp safePoint,
      Policy policy,
      long storesVersion,
      List<StoreAddress> stores,
      List<StoreId> withoutRoom,
      List<Instruction> instructions)
      implements PlacementReply {
    public Reported {
      stores = List.copyOf(stores);
      withoutRoom = List.copyOf(withoutRoom);
      instructions = List.copyOf(instructions);
    }
  }

  /// `first` to `first + count - 1`.
  record Ids(long first, int count) implements PlacementReply {}

  /// The timestamps with the values `first` to `first + count - 1`.
  ///
  /// @param safePoint as of the draw: at or above every safe point that anybody had been told
  ///   before the request arrived
  record Timestamps(Timestamp first, int count, Timestamp safePoint) implements PlacementReply {}

  /// @param gaps parts of the asked span, up to the end of the last range or of the span, of which
  ///   no leader has reported
  /// @param more the page was full
  /// @param stores where the leaders and replicas in `ranges` listen
  record Ranges(
      List<RangeRecord> ranges, List<KeySpan> gaps, boolean more, List<StoreAddress> stores)
      implements PlacementReply {
    public Ranges {
      ranges = List.copyOf(ranges);
      gaps = List.copyOf(gaps);
      stores = List.copyOf(stores);
    }
  }

  /// No leader has reported it yet: ask one of these stores, or again in a moment.
  ///
  /// @param complete all stores that are up have reported in full, so a range of which nothing is
  ///   known has no leader at the moment, or does not exist
  record RangeUnknown(boolean complete, List<StoreAddress> ask) implements PlacementReply {
    public RangeUnknown {
      ask = List.copyOf(ask);
    }
  }

  record Stores(List<StoreStatus> stores) implements PlacementReply {
    public Stores {
      stores = List.copyOf(stores);
    }
  }

  /// @param underReplicated ranges with fewer voters on live stores than the policy wants
  /// @param leaderless ranges without a known leader
  /// @param gaps spans of which no leader has reported
  /// @param complete all stores that are up have reported in full
  record Fleet(
      String cluster,
      int stores,
      int storesUp,
      long ranges,
      long underReplicated,
      long leaderless,
      long bytes,
      int operators,
      Policy policy,
      @Nullable StoreId placementLeader,
      Timestamp safePoint,
      int gaps,
      boolean complete)
      implements PlacementReply {}

  record PolicySet(Policy policy) implements PlacementReply {}

  /// What became of a replica.
  enum Membership {
    /// It is in the newest known descriptor.
    MEMBER,
    /// A newer descriptor is without it: it can never be a member again and should destroy itself.
    GONE,
    /// Not known at the moment: ask again later, and keep everything.
    UNKNOWN
  }

  /// @param newest the newest known descriptor of the range, null: none known
  record Fate(Membership membership, @Nullable RangeDescriptor newest) implements PlacementReply {}

  /// The wanted change is an operator now. The range's leader gets the instruction with the reply
  /// to its next report; whoever is in a hurry may hand it over at once.
  record Planned(Instruction instruction, StoreId leader, String leaderAddress)
      implements PlacementReply {}

  /// The store is out of the fleet as soon as none of its replicas is left.
  ///
  /// @param replicas still to be replaced
  record Removing(long replicas) implements PlacementReply {}

  /// @param safePoint as of now; never above the hold
  record Held(Timestamp safePoint) implements PlacementReply {}

  /// Why a request was turned down.
  enum Reason {
    /// The store belongs to another cluster.
    WRONG_CLUSTER,
    /// No store has that id.
    UNKNOWN_STORE,
    /// No leader of that range is known.
    UNKNOWN_RANGE,
    /// Something about the request cannot be.
    INVALID,
    /// The timestamp is below the safe point.
    TOO_OLD,
    /// It may or may not have happened; repeating it is safe.
    OUTCOME_UNKNOWN,
    /// Nothing was done, and the same will be possible soon.
    NOT_YET
  }

  /// Turned down, with one line that says what was wrong and what to try.
  record Rejected(Reason reason, String message) implements PlacementReply {}
}
