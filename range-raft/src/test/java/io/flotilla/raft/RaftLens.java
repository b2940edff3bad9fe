package io.flotilla.raft;

import org.jspecify.annotations.Nullable;

/// Looks into a group and changes nothing.
public final class RaftLens {
  private RaftLens() {}

  /// Bytes of entries that were given out to be applied and are not yet.
  public static long applyingBytes(RaftGroup group) {
    return group.state().apply.underWayBytes();
  }

  /// True if a change of members may be in its log that has not been applied.
  public static boolean mayHoldMembership(RaftGroup group) {
    return group.state().log.mayHoldMembership();
  }

  /// What of the group is beyond its bound; null: nothing. A bound in bytes is one for what is let
  /// in: the last thing let in may reach beyond it.
  ///
  /// @param entryBytesMax of the largest entry
  public static @Nullable String overfull(RaftGroup group, long entryBytesMax) {
    GroupState state = group.state();
    RaftOptions options = state.options;
    // What had to be fetched is given out whole, on top of what is under way.
    long applying = state.apply.underWayBytes();
    if (applying >= 2L * options.applyBytesMax() + entryBytesMax) {
      return applying + " bytes being applied";
    }
    if (!(state.role() instanceof Leader leader)) {
      return null;
    }
    if (leader.uncommittedBytes() > options.uncommittedBytesMax() + 2 * entryBytesMax) {
      return leader.uncommittedBytes() + " uncommitted bytes";
    }
    for (Progress follower : leader.progress.followers()) {
      Inflight inflight = follower.inflight();
      long most = (long) options.inflightBytesMax() + options.appendBytesMax() + entryBytesMax;
      if (inflight.count() > options.inflightAppendsMax() || inflight.bytes() > most) {
        return inflight.count()
            + " appends of "
            + inflight.bytes()
            + " bytes under way to "
            + follower.peer();
      }
    }
    return null;
  }
}
