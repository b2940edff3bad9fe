package io.flotilla.replica;

import io.flotilla.raft.RoleKind;

/// Requests that a follower may answer, because they prove themselves that it is up to date.
final class FollowerSide {
  /*
   * The proof is a read barrier that the leader makes for us (thesis, section 6.4): it names its
   * commit index, shows by a round of beats that nobody else led meanwhile, and we wait until
   * that index is applied here. All that a turn asks for share one message. A lost one is given
   * up after an election timeout, which needs ticks: so a follower that sleeps asks for nothing.
   * It sends the caller to the leader, which may read by its lease without waking anybody, and
   * tells the leader that the range is wanted.
   */

  private FollowerSide() {}

  static void serve(RangeReplica replica, RangeRequest request, RangeMachine machine) {
    if (!request.isForAnyReplica()) {
      request.refuse(replica.notLeader());
    } else if (!canAsk(replica)) {
      if (replica.isAsleep()) {
        replica.slumber().nudge(true);
      }
      request.refuse(replica.notLeader());
    } else if (request.isLate()) {
      request.refuse(new Refusal.TooLate());
    } else {
      try {
        machine.serve(request);
      } catch (RuntimeException e) {
        throw Serving.refused(replica.id(), e, request::refuse);
      }
    }
  }

  /// True if it follows somebody whom it can ask, and has state of its own to read.
  static boolean canAsk(RangeReplica replica) {
    return replica.group().role() == RoleKind.FOLLOWER
        && replica.group().leader() != null
        && !replica.isAsleep()
        && !replica.isInstalling();
  }
}
