package io.flotilla.engine.node;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.placement.PackedReport;
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
  private final RangeSize size;
  private final byte[] numbers;
  private RangeSize said = RangeSize.UNKNOWN;

  LedRange(RangeDescriptor descriptor, ReplicaStatus status) {
    this.descriptor = descriptor;
    this.size = status.size();
    List<PeerProgress> progress = new ArrayList<>();
    for (FollowerStatus follower : status.followers()) {
      progress.add(new PeerProgress(follower.peer(), follower.match(), follower.recentlyActive()));
    }
    this.numbers =
        PackedReport.pack(
            new RangeReport(
                descriptor, status.term(), status.peer(), status.committed(), size, progress));
  }

  private RangeReport unpacked() {
    return PackedReport.unpack(numbers, descriptor, size);
  }

  RangeDescriptor descriptor() {
    return descriptor;
  }

  /// True if the driver should hear of this, after `before`. Of a range that is watched every step
  /// counts.
  boolean isNewsAfter(LedRange before, boolean isWatched) {
    said = before.said;
    boolean isStep = !Arrays.equals(numbers, before.numbers);
    return !descriptor.equals(before.descriptor)
        || isOtherSize()
        || isWatched && (isStep || !size.equals(before.size))
        || isStep && isOtherGroup(unpacked(), before.unpacked());
  }

  /// Entries alone are no news.
  private static boolean isOtherGroup(RangeReport now, RangeReport then) {
    return now.term() != then.term() || !activity(now).equals(activity(then));
  }

  /// Compared with what the driver was told, for a range may grow in small steps.
  private boolean isOtherSize() {
    return size.generation() != said.generation()
        || Math.abs(size.bytes() - said.bytes()) > said.bytes() / 8;
  }

  private static List<Boolean> activity(RangeReport report) {
    return report.followers().stream().map(PeerProgress::active).toList();
  }

  /// The driver is being told.
  RangeReport report() {
    said = size;
    return unpacked();
  }
}
