package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.GroupState.Fortified;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.QuiesceOffer;
import io.flotilla.raft.Message.Snapshot;
import io.flotilla.raft.RaftGroup.HandOver;
import org.jspecify.annotations.Nullable;

/// When a group may stop ticking, and what ends that. The reasons are in docs/leases.md; when to
/// try, and whether the stores vouch for each other, is the caller's business.
public final class Quiescing {
  private final GroupState state;
  private final Elections elections;
  private final Replication replication;

  Quiescing(GroupState state, Elections elections, Replication replication) {
    this.state = state;
    this.elections = elections;
    this.replication = replication;
  }

  // Leading ---------------------------------------------------------------------------------------

  /// True on a leader whose group could stop ticking as far as it alone can tell: everything it has
  /// is of a leadership that can have a lease, durable, committed and applied, nobody waits, and
  /// the membership is plain.
  public boolean isQuiet() {
    RaftLog log = state.log;
    return state.role() instanceof Leader leader
        && leader.handOver() == HandOver.NONE
        && leader.reads.isIdle()
        && leader.uncommittedBytes() == 0
        && log.applied() >= leader.termFirstIndex()
        && log.applied() == log.lastIndex()
        && log.durable() == log.lastIndex()
        && !log.mayHoldMembership()
        && !state.membership().isJoint()
        && state.membership().learners().isEmpty();
  }

  /// On a leader: sends no more beats, because followers are being asked.
  public void holdBeats() {
    if (state.role() instanceof Leader leader) {
      leader.setSilent(true);
    }
  }

  /// On a leader: ticks go on. Followers who agreed wake with the first beat.
  public void resume() {
    if (state.role() instanceof Leader leader && leader.isSilent()) {
      leader.setSilent(false);
      leader.setAppendsDue(true);
      // A new one even if the last has not left: what was offered carries its number, and a late
      // reply must not count for the next offer.
      leader.beatsLeft();
      replication.startRound(leader);
    }
  }

  /// The follower answered, which is as good as an answered beat.
  public void onAnswer(PeerId follower) {
    if (state.role() instanceof Leader leader
        && leader.progress.of(follower) instanceof Progress progress) {
      progress.heard(leader.ticks());
    }
  }

  /// How far the follower's log is known to match, durably.
  public long matchOf(PeerId follower) {
    return state.role() instanceof Leader leader ? leader.progress.matchOf(follower) : 0;
  }

  // Following -------------------------------------------------------------------------------------

  /// A follower that has exactly what the leader has agrees. The caller made sure that its store
  /// supports the leader's at the offered epoch.
  public boolean agree(QuiesceOffer offer) {
    RaftLog log = state.log;
    boolean isFollowing =
        state.role() instanceof Follower follower
            && (follower.leader() == null || offer.from().equals(follower.leader()));
    boolean isSame =
        offer.term() == state.term()
            && offer.last() == log.lastIndex()
            && offer.term() == log.last().term()
            && offer.last() == log.durable();
    if (!isFollowing
        || !isSame
        || state.isInstalling()
        || !state.membership().isVoter(state.self)
        || isOld(offer)) {
      return false;
    }
    elections.follow(offer.from());
    if (offer.last() > log.committed()) {
      log.commitTo(offer.last());
    }
    state.fortify(new Fortified(offer.from(), offer.term(), offer.epoch(), offer.round()));
    return true;
  }

  /// An offer of before the last one that was agreed to.
  private boolean isOld(QuiesceOffer offer) {
    Fortified now = state.fortified();
    return now != null && now.term() == offer.term() && now.round() > offer.round();
  }

  public boolean isFortified() {
    return state.fortified() != null;
  }

  /// The epoch of the leader's store that was agreed to; 0: this peer agreed to nothing.
  public long epoch() {
    Fortified now = state.fortified();
    return now == null ? 0 : now.epoch();
  }

  /// Whom this peer agreed with; null: it agreed to nothing.
  public @Nullable PeerId fortifiedLeader() {
    Fortified now = state.fortified();
    return now == null ? null : now.leader();
  }

  /// The term this peer agreed in; 0: it agreed to nothing.
  public long fortifiedTerm() {
    Fortified now = state.fortified();
    return now == null ? 0 : now.term();
  }

  /// The store's promise is over, or the leader says that it does not lead.
  public void unfortify() {
    state.unfortify();
  }

  /// A message of a leader wakes a follower if it was sent after the offer that the follower agreed
  /// to: from now on the tick's promise holds, which is given anew with it. Older ones that come
  /// late must not, for the leader counts on what was agreed.
  void onLeaderHeard(Message message) {
    Fortified now = state.fortified();
    if (now == null || message.term() < now.term()) {
      return;
    }
    if (message.term() > now.term() || isNewerThan(now, message)) {
      state.unfortify();
    }
  }

  private boolean isNewerThan(Fortified now, Message message) {
    return switch (message) {
      case Beat beat -> beat.round() > now.round();
      case Append append ->
          append.previous().index() + append.entries().size() > state.log.lastIndex();
      case Snapshot snapshot -> snapshot.last().index() > state.log.lastIndex();
      default -> false;
    };
  }

  // Time ------------------------------------------------------------------------------------------

  /// So many ticks have passed at least while this group did not tick.
  public void skip(int ticks) {
    state.tickPromises(ticks);
  }

  /// The leader is gone for certain: the election timeout ends in so many ticks.
  public void hasten(int ticks) {
    state.timer.hasten(ticks);
  }

  /// Gives back all memory that a group without ticks does not need.
  public void trim() {
    state.log.trim();
    state.apply.trim();
    if (state.role() instanceof Leader leader) {
      leader.progress.trim();
    }
  }
}
