package io.flotilla.replica;

import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.raft.Proposed;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.Ready;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.lease.LeaseClock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The part of a replica that deals with leading: it begins and ends [Leadership]s, lets requests
/// to the machine, and gets what a turn proposed into the log.
final class LeaderSide {
  private static final int GIVE_UP_TIMEOUTS = 4;

  private final RangeReplica replica;
  private final ReplicaHost host;
  private @Nullable Leadership leadership;
  private int deposedTicks;

  LeaderSide(RangeReplica replica, ReplicaHost host) {
    this.replica = replica;
    this.host = host;
  }

  /// As it was when the replica rested.
  LeaderSide(RangeReplica replica, ReplicaHost host, RaftGroup group, RestReader in) {
    this(replica, host);
    if (in.flag()) {
      LeaseClock lease = newLease();
      lease.onRoundStarted(group.startedRound(), host.nanos());
      lease.rest();
      leadership = new Leadership(in, lease);
    }
  }

  boolean mayRest() {
    return leadership == null || leadership.mayRest();
  }

  void rest(RestWriter out) {
    out.flag(leadership != null);
    if (leadership != null) {
      leadership.rest(out);
    }
  }

  private LeaseClock newLease() {
    ReplicaOptions options = host.options();
    return new LeaseClock(options.raft().electionTicks(), options.tickNanos());
  }

  /// The leadership, if the core still stands by it: it may have stepped down in this very turn.
  @Nullable Leadership current() {
    Leadership lead = leadership;
    RaftGroup group = replica.group();
    return lead != null && group.role() == RoleKind.LEADER && group.term() == lead.term()
        ? lead
        : null;
  }

  boolean leaseHolds() {
    Leadership lead = current();
    if (lead == null || !lead.isOpen() || !host.options().leases()) {
      return false;
    }
    long nanos = host.nanos();
    boolean holds = lead.lease().holds(nanos) || replica.slumber().leaseHolds(nanos);
    return holds && host.clocksAgree(nanos) && !isOvertaken();
  }

  /// A follower that reads may have applied what is committed, and shown it, while we have not:
  /// then what is applied here is not the newest that anybody has seen.
  private boolean isOvertaken() {
    return replica.group().isReadElsewhere()
        && replica.group().committed() > replica.applied().index();
  }

  void onTick() {
    Leadership lead = leadership;
    if (lead != null) {
      TransferStep.onTick(replica, lead);
    } else if (replica.proposals().open() > 0
        && ++deposedTicks > GIVE_UP_TIMEOUTS * host.options().raft().electionTicks()) {
      replica.proposals().giveUpProposed("leadership was lost, and nothing was heard since");
    }
  }

  void onAccepted(PeerId peer) {
    if (leadership != null) {
      leadership.onAccepted(peer);
    }
  }

  /// There was a pause: no lease until a new round is confirmed.
  void onPause() {
    if (leadership != null) {
      leadership.lease().end();
    }
  }

  void serve(RangeRequest request, RangeMachine machine) {
    Leadership lead = current();
    if (lead == null) {
      FollowerSide.serve(replica, request, machine);
    } else if (request.isLate()) {
      request.refuse(new Refusal.TooLate());
    } else if (lead.isOpen()) {
      try {
        machine.serve(request);
      } catch (RuntimeException e) {
        throw Serving.refused(replica.id(), e, request::refuse);
      }
    } else if (!lead.defer(request, host.options().deferredMax())) {
      request.refuse(new Refusal.Busy("requests waiting for range " + replica.id(), 50));
    }
  }

  /// Proposes what was staged, as one entry.
  void flush() {
    Leadership lead = leadership;
    if (lead != null && !lead.stage().isEmpty()) {
      WriteStage.Batch batch = lead.stage().take();
      Proposed proposed = propose(batch);
      if (!(proposed instanceof Proposed.Accepted)) {
        lead.setRefusing(true);
        batch.refuse(RangeAdmin.refusal(replica, proposed));
      }
    }
  }

  private Proposed propose(WriteStage.Batch batch) {
    try {
      byte[] payload = CommandCodec.encode(new WriteCommand(batch.writes()));
      Proposed proposed = replica.group().propose(payload);
      if (proposed instanceof Proposed.Accepted(var id)) {
        replica.proposals().add(id, batch.outcomes());
      }
      return proposed;
    } catch (RuntimeException e) {
      String reason = "range " + replica.id() + " broke: " + e.getMessage();
      batch.finish(new ProposalOutcome.Unknown(reason));
      throw e;
    }
  }

  /// A turn ends.
  void endTurn() {
    flush();
    if (leadership != null) {
      leadership.setRefusing(false);
      MembershipStep.maybeLeaveJoint(replica, leadership);
    }
  }

  /// `nanos` is no later than any message of the Ready leaves.
  void onReady(Ready ready, long nanos) {
    if (ready.roleChange() != null) {
      onRole(ready.roleChange());
    }
    if (leadership != null) {
      leadership.lease().onRoundStarted(replica.group().startedRound(), nanos);
      leadership.lease().onRoundConfirmed(ready.confirmedRound());
    }
  }

  private void onRole(Ready.RoleChange change) {
    Leadership old = leadership;
    if (old != null && (change.role() != RoleKind.LEADER || change.term() != old.term())) {
      leadership = null;
      depose(old);
    }
    if (change.role() == RoleKind.LEADER && leadership == null) {
      leadership = new Leadership(change.term(), change.termFirstIndex(), newLease());
    }
    host.onRole(replica, change);
  }

  private void depose(Leadership old) {
    deposedTicks = 0;
    RangeDescriptor descriptor = replica.descriptorOrNull();
    List<RangeDescriptor> known = descriptor == null ? List.of() : List.of(descriptor);
    List<Runnable> all =
        List.of(
            () -> tellMachine(old),
            () -> old.end(replica.notLeader()),
            () -> replica.barriers().refuseAll(replica.notLeader()),
            () -> old.endTransfer(new AdminOutcome.Done(known)));
    Answers.toAll(all, Runnable::run);
  }

  private void tellMachine(Leadership old) {
    RangeMachine machine = replica.applySide().machine();
    if (old.isServing() && machine != null) {
      machine.onLeadershipLost();
    }
  }

  /// Lets requests to the machine once the term's first entry is applied and no split is under way.
  void openIfReady() {
    Leadership lead = current();
    RangeMachine machine = replica.applySide().machine();
    if (lead == null || machine == null || replica.applied().index() < lead.firstIndex()) {
      return;
    }
    if (!lead.isServing()) {
      lead.startServing();
      machine.onLeadership(lead.term());
      host.onServing(replica);
    }
    for (RangeRequest next; lead.isOpen() && (next = lead.takeDeferred()) != null; ) {
      replica.serve(next);
    }
  }

  /// Gives back what a leader that sleeps does not need.
  void trim() {
    if (leadership != null) {
      leadership.lease().rest();
    }
  }

  /// A split is over, one way or the other.
  void unfence(Leadership fenced) {
    fenced.unfence();
    if (leadership == fenced) {
      openIfReady();
    }
  }

  /// The membership is this now.
  void onMembership(RangeDescriptor changed) {
    if (leadership != null && !changed.isJoint()) {
      leadership.endChange(new AdminOutcome.Done(List.of(changed)));
    }
  }

  /// The replica is at its end.
  void end(String reason, Refusal refusal) {
    Leadership lead = leadership;
    leadership = null;
    if (lead != null) {
      AdminOutcome unknown = new AdminOutcome.Unknown(reason);
      List<Runnable> all = List.of(() -> lead.end(refusal), () -> lead.endTransfer(unknown));
      Answers.toAll(all, Runnable::run);
    }
  }
}
