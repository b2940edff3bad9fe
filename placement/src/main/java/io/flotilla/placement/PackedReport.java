package io.flotilla.placement;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import java.util.ArrayList;
import java.util.List;

/// The numbers of a [RangeReport] that is kept: of very many ranges, for long, and hardly ever
/// looked at. About 30 bytes, where a report takes 150 beside its descriptor and size.
///
/// Term, leader, committed, how many followers, and of each its peer, how far its log is from
/// committed, and whether it is active.
public final class PackedReport {
  private PackedReport() {}

  public static byte[] pack(RangeReport report) {
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
    return out.toBytes();
  }

  /// An equal report to the one that was packed, whose descriptor and size these were.
  public static RangeReport unpack(byte[] numbers, RangeDescriptor descriptor, RangeSize size) {
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
