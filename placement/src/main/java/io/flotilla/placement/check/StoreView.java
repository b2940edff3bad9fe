package io.flotilla.placement.check;

import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Standing;

/// A store as decisions see it.
///
/// @param up it reports
/// @param standing replicas stay only on members
/// @param freeBytes that a new replica may take of its disk
/// @param replicas on it, with those that operators under way will bring
/// @param bytes of these replicas, about
/// @param inbound replicas that operators under way are filling on it
/// @param outbound ranges it leads whose operators under way fill a replica
/// @param leaders of which ranges it is the leader's store
public record StoreView(
    StoreId id,
    boolean up,
    Standing standing,
    long freeBytes,
    int replicas,
    long bytes,
    int inbound,
    int outbound,
    Leaders leaders) {
  /// True if it is the same store and would be asked for the same: how much is on it may differ.
  public boolean isLike(StoreView other) {
    return id.equals(other.id)
        && up == other.up
        && standing == other.standing
        && (freeBytes > 0) == (other.freeBytes > 0)
        && leaders.settled() == other.leaders.settled();
  }

  /// True if replicas on it can be counted on.
  public boolean isWell() {
    return up && standing == Standing.MEMBER;
  }

  StoreView withInbound(long moreBytes, boolean isNew) {
    return new StoreView(
        id,
        up,
        standing,
        freeBytes,
        isNew ? replicas + 1 : replicas,
        bytes + moreBytes,
        inbound + 1,
        outbound,
        leaders);
  }

  StoreView withOutbound() {
    return new StoreView(
        id, up, standing, freeBytes, replicas, bytes, inbound, outbound + 1, leaders);
  }

  StoreView withLeaders(Leaders other) {
    return new StoreView(id, up, standing, freeBytes, replicas, bytes, inbound, outbound, other);
  }
}
