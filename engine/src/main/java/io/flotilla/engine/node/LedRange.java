package io.flotilla.engine.node;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.placement.PeerProgress;
import io.flotilla.placement.RangeReport;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the placement driver decides by of a range that this store leads, and what it was told of
/// its size. A store may lead very many, so that this is kept small.
final class LedRange {
  private final RangeDescriptor descriptor;
  private final PeerId peer;
  private final long term;
  private final long committed;
  private final RangeSize size;

  /// For each follower its id, how far its log matches, and 1 if it was heard of late.
  private final long[] followers;

  private RangeSize said = RangeSize.UNKNOWN;

  LedRange(RangeDescriptor descriptor, ReplicaStatus status) {
    this.descriptor = descriptor;
    this.peer = status.peer();
    this.term = status.term();
    this.committed = status.committed();
    this.size = status.size();
    this.followers = new long[3 * status.followers().size()];
    int at = 0;
    for (FollowerStatus follower : status.followers()) {
      followers[at++] = follower.peer().value();
      followers[at++] = follower.match();
      followers[at++] = follower.recentlyActive() ? 1 : 0;
    }
  }

  RangeDescriptor descriptor() {
    return descriptor;
  }

  /// True if the driver should hear of this, after `before`. Of a range that is watched every step
  /// counts.
  boolean isNewsAfter(LedRange before, boolean isWatched) {
    said = before.said;
    return term != before.term
        || !descriptor.equals(before.descriptor)
        || isOtherSize()
        || !isSameActivity(before)
        || isWatched && (committed != before.committed || isOtherProgress(before));
  }

  /// Compared with what the driver was told, for a range may grow in small steps.
  private boolean isOtherSize() {
    return size.generation() != said.generation()
        || Math.abs(size.bytes() - said.bytes()) > said.bytes() / 8;
  }

  private boolean isSameActivity(LedRange before) {
    boolean same = followers.length == before.followers.length;
    for (int i = 2; i < followers.length && same; i += 3) {
      same = followers[i] == before.followers[i];
    }
    return same;
  }

  private boolean isOtherProgress(LedRange before) {
    return !Arrays.equals(followers, before.followers) || !size.equals(before.size);
  }

  /// The driver is being told.
  RangeReport report() {
    List<PeerProgress> progress = new ArrayList<>();
    for (int i = 0; i < followers.length; i += 3) {
      progress.add(
          new PeerProgress(new PeerId(followers[i]), followers[i + 1], followers[i + 2] == 1));
    }
    said = size;
    return new RangeReport(descriptor, term, peer, committed, size, progress);
  }
}
