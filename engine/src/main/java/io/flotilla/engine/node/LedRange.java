package io.flotilla.engine.node;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.placement.PeerProgress;
import io.flotilla.placement.RangeReport;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the placement driver decides by of a range that this store leads, and what it was told of
/// its size. A store may lead very many, so that this is kept small.
final class LedRange {
  /*
   * Numbers, packed: the leader's peer, term, committed, and for each follower its peer, how far
   * its log matches, and 1 if it was heard of late.
   */
  private static final int HEAD = 3;
  private static final int FOLLOWER = 3;

  private final RangeDescriptor descriptor;
  private final RangeSize size;
  private final byte[] packed;
  private RangeSize said = RangeSize.UNKNOWN;

  LedRange(RangeDescriptor descriptor, ReplicaStatus status) {
    this.descriptor = descriptor;
    this.size = status.size();
    RestWriter out = new RestWriter();
    out.number(status.peer().value());
    out.number(status.term());
    out.number(status.committed());
    out.number(status.followers().size());
    for (FollowerStatus follower : status.followers()) {
      out.number(follower.peer().value());
      out.number(follower.match() - status.committed());
      out.number(follower.recentlyActive() ? 1 : 0);
    }
    this.packed = out.toBytes();
  }

  private long[] numbers() {
    RestReader in = new RestReader(packed);
    long peer = in.number();
    long term = in.number();
    long committed = in.number();
    long[] numbers = new long[HEAD + FOLLOWER * in.count()];
    numbers[0] = peer;
    numbers[1] = term;
    numbers[2] = committed;
    for (int i = HEAD; i < numbers.length; i += FOLLOWER) {
      numbers[i] = in.number();
      numbers[i + 1] = committed + in.number();
      numbers[i + 2] = in.number();
    }
    return numbers;
  }

  RangeDescriptor descriptor() {
    return descriptor;
  }

  /// True if the driver should hear of this, after `before`. Of a range that is watched every step
  /// counts.
  boolean isNewsAfter(LedRange before, boolean isWatched) {
    said = before.said;
    long[] now = numbers();
    long[] then = before.numbers();
    return now[1] != then[1]
        || !descriptor.equals(before.descriptor)
        || isOtherSize()
        || !isSameActivity(now, then)
        || isWatched && (!Arrays.equals(now, then) || !size.equals(before.size));
  }

  /// Compared with what the driver was told, for a range may grow in small steps.
  private boolean isOtherSize() {
    return size.generation() != said.generation()
        || Math.abs(size.bytes() - said.bytes()) > said.bytes() / 8;
  }

  private static boolean isSameActivity(long[] now, long[] then) {
    boolean same = now.length == then.length;
    for (int i = HEAD; i < now.length && same; i += FOLLOWER) {
      same = now[i + 2] == then[i + 2];
    }
    return same;
  }

  /// The driver is being told.
  RangeReport report() {
    long[] now = numbers();
    List<PeerProgress> progress = new ArrayList<>();
    for (int i = HEAD; i < now.length; i += FOLLOWER) {
      progress.add(new PeerProgress(new PeerId(now[i]), now[i + 1], now[i + 2] == 1));
    }
    said = size;
    return new RangeReport(descriptor, now[1], new PeerId(now[0]), now[2], size, progress);
  }
}
