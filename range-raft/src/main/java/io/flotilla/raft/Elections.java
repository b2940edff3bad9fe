package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.PreVoteReply;
import io.flotilla.raft.Message.PreVoteRequest;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import io.flotilla.raft.membership.Membership;
import io.flotilla.raft.quorum.VoteTally;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Campaigns, votes, and the changes of role that come of them (paper, sections 5.2 and 5.4.1;
/// thesis, sections 4.2.3 and 9.6).
final class Elections {
  private final GroupState state;
  private final Leading leading;

  Elections(GroupState state, Leading leading) {
    this.state = state;
    this.leading = leading;
  }

  /// A tick of a peer that does not lead.
  void tick() {
    boolean isDue = state.timer.tick() && !state.hearsLeader();
    if (isDue && !mayCampaign()) {
      waitForLeader();
    } else if (isDue || isAloneAndIdle()) {
      campaignAfterPreVote();
    }
  }

  /// A sole voter need not wait for anybody's timeout, but for what it promised a leader of before.
  private boolean isAloneAndIdle() {
    return state.isSoleVoter() && isFollower() && !state.hearsLeader() && mayCampaign();
  }

  /// Campaigns at once, unless a leader that we hear relies on our not doing so.
  void campaign() {
    if (!(state.role() instanceof Leader) && !state.hearsLeader() && mayCampaign()) {
      campaignNow(false);
    }
  }

  /// The leader hands over to us.
  void onCampaignNow(PeerId from) {
    if (!(state.role() instanceof Follower follower) || !from.equals(follower.leader())) {
      return;
    }
    state.unfortify();
    if (mayCampaign()) {
      campaignNow(true);
    } else {
      follower.campaignOnceApplied();
    }
  }

  /// The leader's hand-over failed. It has no lease, so the voters need not keep their promises to
  /// it, just as if it handed over to itself.
  void leadAnew() {
    if (mayCampaign()) {
      becomeFollower(state.term(), null);
      campaignNow(true);
    }
  }

  /// Something was applied that may have held a campaign back.
  void onApplied() {
    if (state.role() instanceof Follower follower
        && follower.isToCampaignOnceApplied()
        && mayCampaign()) {
      campaignNow(true);
    }
  }

  // Asking ----------------------------------------------------------------------------------------

  /// A membership change that is committed must be applied before we campaign: with the old
  /// membership we could win against a leader that others elect with the new one.
  private boolean mayCampaign() {
    RaftLog log = state.log;
    boolean isBehind = log.mayHoldMembership() && log.committed() > log.applied();
    return state.membership().isVoter(state.self)
        && !state.withholdsVotes()
        && !state.isInstalling()
        && !isBehind;
  }

  private boolean isFollower() {
    return state.role() instanceof Follower;
  }

  private void waitForLeader() {
    if (!isFollower() || state.leader() != null) {
      becomeFollower(state.term(), null);
    }
  }

  private void campaignAfterPreVote() {
    abandonForwardedReads();
    PreCandidate preCandidate = new PreCandidate();
    state.become(preCandidate);
    preCandidate.tally.record(state.self, true);
    if (preCandidate.tally.outcome(state.membership()) == VoteTally.Outcome.WON) {
      campaignNow(false);
      return;
    }
    PreVoteRequest request = preVoteRequest();
    forEachOtherVoter(voter -> state.outbox.send(voter, request));
  }

  private PreVoteRequest preVoteRequest() {
    RaftLog log = state.log;
    return new PreVoteRequest(state.self, state.term() + 1, log.last(), log.committedId());
  }

  private void campaignNow(boolean transfer) {
    abandonForwardedReads();
    state.raiseTerm(state.term() + 1);
    state.voteFor(state.self);
    state.become(new Candidate());
    VoteRequest request = new VoteRequest(state.self, state.term(), state.log.last(), transfer);
    forEachOtherVoter(voter -> state.outbox.sendOncePersisted(voter, request));
  }

  /// Our own vote counts only when it is durable, like anybody's.
  void onPersisted() {
    if (state.role() instanceof Candidate candidate
        && state.log.persists().hasDurableVote(state.term(), state.self)) {
      candidate.tally.record(state.self, true);
      decide(candidate.tally);
    }
  }

  void onPreVoteReply(PreVoteReply reply) {
    learnCommitted(reply.committed());
    if (!reply.granted() && reply.term() > state.term()) {
      becomeFollower(reply.term(), null);
      return;
    }
    boolean isCurrent = reply.term() == (reply.granted() ? state.term() + 1 : state.term());
    if (state.role() instanceof PreCandidate preCandidate && isCurrent) {
      preCandidate.tally.record(reply.from(), reply.granted());
      decide(preCandidate.tally);
    }
  }

  /// Whoever refuses us may have been removed by a change that we have and do not know to be
  /// committed.
  private void learnCommitted(EntryId committed) {
    RaftLog log = state.log;
    if (committed.index() > log.committed() && log.termAt(committed.index()) == committed.term()) {
      log.commitTo(committed.index());
    }
  }

  void onVoteReply(VoteReply reply) {
    if (state.role() instanceof Candidate candidate) {
      candidate.tally.record(reply.from(), reply.granted());
      decide(candidate.tally);
    }
  }

  private void decide(VoteTally tally) {
    switch (tally.outcome(state.membership())) {
      case PENDING -> {}
      case LOST -> becomeFollower(state.term(), null);
      case WON -> {
        if (state.role() instanceof Candidate) {
          leading.begin();
        } else {
          campaignNow(false);
        }
      }
    }
  }

  private void forEachOtherVoter(Consumer<PeerId> action) {
    Membership membership = state.membership();
    List<PeerId> peers = membership.peers();
    for (PeerId peer : peers) {
      if (!peer.equals(state.self) && membership.isVoter(peer)) {
        action.accept(peer);
      }
    }
  }

  // Answering -------------------------------------------------------------------------------------

  void onPreVoteRequest(PreVoteRequest request) {
    learnCommitted(request.committed());
    boolean isNewer = request.term() > state.term();
    if (isNewer && (state.hearsLeader() || state.withholdsVotes())) {
      return;
    }
    boolean granted = isNewer && wouldGrant(request);
    long term = granted ? request.term() : state.term();
    state.outbox.send(
        request.from(), new PreVoteReply(state.self, term, granted, state.log.committedId()));
  }

  /// Two that ask at the same time would each vote for themselves, and both wait once more. So the
  /// one with the better log goes first, of equals the one with the lower id, and the other waits.
  private boolean wouldGrant(PreVoteRequest request) {
    boolean isUpToDate = state.log.isUpToDate(request.last());
    boolean competes =
        state.role() instanceof PreCandidate && state.membership().isVoter(request.from());
    if (!competes) {
      return isUpToDate;
    }
    boolean isBetter =
        request.term() > state.term() + 1 || !request.last().equals(state.log.last());
    if (isUpToDate && (isBetter || request.from().compareTo(state.self) < 0)) {
      becomeFollower(state.term(), null);
      return true;
    }
    // What we asked may have come while it still heard the leader: then it was not answered.
    state.outbox.send(request.from(), preVoteRequest());
    return false;
  }

  void onVoteRequest(VoteRequest request) {
    if (request.term() > state.term()) {
      if (isBound(request) || state.withholdsVotes()) {
        return;
      }
      becomeFollower(request.term(), null);
    }
    boolean granted = request.term() == state.term() && grants(request);
    if (granted) {
      if (state.role() instanceof PreCandidate) {
        becomeFollower(state.term(), null);
      }
      state.voteFor(request.from());
      state.timer.reset();
    }
    VoteReply reply = new VoteReply(state.self, state.term(), granted);
    state.outbox.sendOncePersisted(request.from(), reply);
  }

  /// Also a peer that has nothing yet votes: it has acknowledged nothing, so it is a voter like any
  /// other that is far behind.
  private boolean grants(VoteRequest request) {
    return isFree(request) && !state.withholdsVotes() && state.log.isUpToDate(request.last());
  }

  /// One vote in a term. Our term may have been raised since a leader of an older one was promised
  /// something: that still holds.
  private boolean isFree(VoteRequest request) {
    return state.vote() == null
        ? state.leader() == null && !isBound(request)
        : request.from().equals(state.vote());
  }

  private boolean isBound(VoteRequest request) {
    return state.hearsLeader() && !request.transfer();
  }

  // Following -------------------------------------------------------------------------------------

  /// A message of this term's leader has come.
  void follow(PeerId leader) {
    Invariant.check(
        !(state.role() instanceof Leader), "one leader in a term (paper, 5.2)", state.term());
    if (leader.equals(state.leader())) {
      state.timer.reset();
      return;
    }
    Invariant.check(state.leader() == null, "one leader in a term (paper, 5.2)", state.term());
    becomeFollower(state.term(), leader);
  }

  /// Follows from now on, in the same term or a later one.
  void becomeFollower(long term, @Nullable PeerId leader) {
    abandonForwardedReads();
    if (state.role() instanceof Leader leaderRole) {
      leading.end(leaderRole);
    }
    if (term > state.term()) {
      state.raiseTerm(term);
    }
    state.become(new Follower(leader));
  }

  private void abandonForwardedReads() {
    if (state.role() instanceof Follower follower) {
      follower.abandon(context -> state.outbox.readReady(context, 0));
    }
  }
}
