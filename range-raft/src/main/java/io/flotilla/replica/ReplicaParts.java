package io.flotilla.replica;

import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.spi.RandomSource;

/// What a replica needs while something happens to it, and only then: one that rests keeps in some
/// bytes what these objects know, and makes them anew from that.
final class ReplicaParts {
  /*
   * Nothing is lost over a rest, and nothing is won: a replica that rests and goes on is in the
   * state of one that did neither, but for what is void in sleep anyway. Everything that is under
   * way (an entry, a message, a read, a change) forbids a rest, so what has to be written down are
   * numbers and peers.
   */
  final RaftGroup group;
  final ProposalTable proposals = new ProposalTable();
  final ReadBarriers barriers;
  final DurableOutput output;
  final LeaderSide leaderSide;

  ReplicaParts(RangeReplica replica, ReplicaHost host, ReplicaStart start) {
    this.group = start.group();
    this.barriers = new ReadBarriers(start.id());
    this.output = new DurableOutput(replica, host, start);
    this.leaderSide = new LeaderSide(replica, host);
  }

  /// Goes on where others rested.
  ReplicaParts(RangeReplica replica, ReplicaHost host, byte[] rested) {
    RestReader in = new RestReader(rested);
    this.group = RaftGroup.resume(host.options().raft(), replica.peer(), in, RandomSource::new);
    this.barriers = new ReadBarriers(replica.id());
    this.output = new DurableOutput(replica, host, in);
    this.leaderSide = new LeaderSide(replica, host, group, in);
    in.finish();
  }

  /// True if nothing is under way.
  boolean mayRest() {
    return group.mayRest()
        && proposals.mayRest()
        && barriers.mayRest()
        && output.mayRest(group.leader())
        && leaderSide.mayRest();
  }

  /// All that is to be known. The parts are used no more after this.
  byte[] rest() {
    RestWriter out = new RestWriter();
    group.rest(out);
    output.rest(out);
    leaderSide.rest(out);
    return out.toBytes();
  }
}
