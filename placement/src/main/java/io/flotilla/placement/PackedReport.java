package io.flotilla.placement;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import java.util.ArrayList;
import java.util.List;

/// A [RangeReport] that is kept: of very many ranges, for long, and hardly ever looked at. About 50
/// bytes beside descriptor and size, where the report takes 150. A value.
public final class PackedReport {
  private final RangeDescriptor descriptor;
  private final RangeSize size;

  /// Term, leader, committed, how many followers, and of each its peer, how far its log is from
  /// committed, and whether it is active.
  private final byte[] numbers;

  public PackedReport(RangeReport report) {
    this.descriptor = report.descriptor();
    this.size = report.size();
    RestWriter out = new RestWriter();
    out.number(report.term());
    out.peer(report.leader());
    out.number(report.committed());
    out.number(report.followers().size());
    for (PeerProgress follower : report.followers()) {
      out.peer(follower.peer());
      out.number(follower.match() - report.committed());
      out.flag(follower.active());
    }
    this.numbers = out.toBytes();
  }

  public RangeDescriptor descriptor() {
    return descriptor;
  }

  public RangeSize size() {
    return size;
  }

  /// An equal report to the one that was packed.
  public RangeReport report() {
    RestReader in = new RestReader(numbers);
    long term = in.number();
    PeerId leader = new PeerId(in.number());
    long committed = in.number();
    int count = in.count();
    List<PeerProgress> followers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      PeerId peer = new PeerId(in.number());
      long match = committed + in.number();
      followers.add(new PeerProgress(peer, match, in.flag()));
    }
    in.finish();
    return new RangeReport(descriptor, term, leader, committed, size, followers);
  }
}
