package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Leader.Transfer;
import io.flotilla.raft.Message.CampaignNow;
import io.flotilla.raft.Message.ReadIndexReply;
import io.flotilla.raft.membership.Membership;
import io.flotilla.raft.quorum.Quorum;
import org.jspecify.annotations.Nullable;

/// The life of a leader: it opens its term, takes proposals, watches its quorum, changes its
/// membership, hands over (paper, sections 5.3, 6 and 8; thesis, sections 3.10, 4 and 6.2).
final class Leading {
  private static final byte[] NO_PAYLOAD = new byte[0];

  private final GroupState state;
  private final Replication replication;

  Leading(GroupState state, Replication replication) {
    this.state = state;
    this.replication = replication;
  }

  /// The election is won.
  void begin() {
    RaftLog log = state.log;
    Leader leader = new Leader(state.self, log);
    leader.progress.adopt(state.membership(), leader.termFirstIndex(), 0);
    state.become(leader);
    state.ledTerms.add(state.term(), log.termAt(log.committed()));
    append(leader, EntryKind.NOOP, NO_PAYLOAD);
    replication.startRound(leader);
  }

  /// The leadership is lost: what relied on it is refused.
  void end(Leader leader) {
    for (ReadBarriers.Waiting read : leader.reads.abandon()) {
      if (read.from().equals(state.self)) {
        state.outbox.readReady(read.context(), 0);
      } else {
        state.outbox.send(
            read.from(), new ReadIndexReply(state.self, state.term(), read.context(), 0));
      }
    }
  }

  /// A tick of a leader. False: it has not heard from a quorum for an election timeout, and must
  /// step down.
  boolean tick(Leader leader) {
    leader.tick();
    int electionTicks = state.options.electionTicks();
    Transfer transfer = leader.transfer();
    if (transfer != null && leader.ticks() - transfer.sinceTick() >= electionTicks) {
      leader.abortTransfer();
    }
    if (!leader.isSilent() && leader.ticks() % state.options.beatTicks() == 0) {
      replication.startRound(leader);
    }
    return Quorum.has(state.membership(), peer -> leader.isActive(peer, electionTicks));
  }

  // Proposals -------------------------------------------------------------------------------------

  Proposed propose(Leader leader, byte[] payload) {
    long bytes = (long) Entry.OVERHEAD_BYTES + payload.length;
    if (leader.transfer() != null) {
      return new Proposed.Refused("the leadership is being handed over");
    }
    if (leader.uncommittedBytes() > 0
        && leader.uncommittedBytes() + bytes > state.options.uncommittedBytesMax()) {
      return new Proposed.Busy("uncommitted bytes");
    }
    return new Proposed.Accepted(append(leader, EntryKind.COMMAND, payload).id());
  }

  Proposed proposeMembership(Leader leader, byte[] payload) {
    if (leader.transfer() != null) {
      return new Proposed.Refused("the leadership is being handed over");
    }
    if (state.log.applied() < leader.termFirstIndex()) {
      return new Proposed.Refused("the first entry of the leader's term is not applied yet");
    }
    if (state.log.mayHoldMembership()) {
      return new Proposed.Refused("another membership change is not applied yet");
    }
    return new Proposed.Accepted(append(leader, EntryKind.MEMBERSHIP, payload).id());
  }

  private Entry append(Leader leader, EntryKind kind, byte[] payload) {
    Entry entry = new Entry(state.term(), state.log.lastIndex() + 1, kind, payload);
    state.log.append(entry);
    leader.addUncommittedBytes(entry.bytes());
    leader.setAppendsDue(true);
    return entry;
  }

  // Membership ------------------------------------------------------------------------------------

  /// The membership in force changed. False: this leader has no vote in it, and must step down.
  ///
  /// The old members hear at once that the change is committed, which this leader may be the only
  /// one to know: those who stay can go on without it, those who leave can go.
  boolean onMembership(Leader leader) {
    Membership membership = state.membership();
    replication.sendBeats(leader);
    leader.progress.adopt(membership, state.log.lastIndex() + 1, leader.ticks());
    leader.setAppendsDue(true);
    state.outbox.touch();
    Transfer transfer = leader.transfer();
    if (transfer != null && !membership.voters().contains(transfer.target())) {
      leader.abortTransfer();
    }
    replication.onQuorumChanged(leader);
    if (membership.isVoter(state.self)) {
      return true;
    }
    nameSuccessor(leader);
    return false;
  }

  /// A leader that removed itself asks a follower that has everything to campaign at once.
  private void nameSuccessor(Leader leader) {
    for (Progress follower : leader.progress.followers()) {
      if (follower.match() == state.log.lastIndex()
          && state.membership().voters().contains(follower.peer())) {
        sendCampaignNow(follower.peer());
        return;
      }
    }
  }

  // Transfer --------------------------------------------------------------------------------------

  boolean transferTo(Leader leader, PeerId target) {
    Progress follower = leader.progress.of(target);
    if (follower == null
        || leader.transfer() != null
        || !state.membership().voters().contains(target)
        || !leader.isActive(target, state.options.electionTicks())) {
      return false;
    }
    leader.startTransfer(target);
    maybeHandOver(leader, follower);
    return true;
  }

  /// The target of a transfer campaigns as soon as it has the whole log.
  void maybeHandOver(Leader leader, @Nullable Progress follower) {
    Transfer transfer = leader.transfer();
    if (transfer != null
        && !transfer.isSent()
        && follower != null
        && follower.peer().equals(transfer.target())
        && follower.match() == state.log.lastIndex()) {
      leader.transferSent(transfer.target());
      sendCampaignNow(transfer.target());
    }
  }

  private void sendCampaignNow(PeerId target) {
    state.outbox.send(target, new CampaignNow(state.self, state.term()));
  }
}
