package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a peer has in every role: its term and vote, its log, its membership, its timer and what it
/// is about to put out.
final class GroupState {
  final RaftOptions options;
  final PeerId self;
  final RaftLog log;
  final ApplyCursor apply;
  final ElectionTimer timer;
  final Outbox outbox;
  final LedTerms ledTerms;
  private long term;
  private @Nullable PeerId vote;
  private boolean hardStateDirty;
  private Membership membership;
  private long membershipIndex;
  private Role role;
  private final boolean ledLastTerm;
  private int withheldTicks;
  private int promisedTicks;
  private @Nullable Fortified fortified;

  /// What a quiescent follower has agreed to: not to vote or campaign against `leader` of `term`
  /// while its store supports the leader's at `epoch`.
  record Fortified(PeerId leader, long term, long epoch, long round) {}

  GroupState(RaftOptions options, PeerId self, GroupStart start, RandomGenerator random) {
    this.options = options;
    this.self = self;
    this.log = new RaftLog(options, start);
    this.apply = new ApplyCursor(options, log);
    this.timer = new ElectionTimer(options.electionTicks(), random);
    this.outbox = new Outbox(self);
    this.ledTerms = new LedTerms();
    this.role = new Follower((PeerId) null);
    this.term = start.hardState().term();
    this.vote = start.hardState().vote();
    this.membership = start.membership();
    this.membershipIndex = start.applied();
    this.withheldTicks = start.restored() ? options.withholdTicks() : 0;
    this.ledLastTerm = self.equals(vote) && log.last().term() == term;
    Invariant.check(term >= log.last().term(), "no entry is of a later term than the peer", term);
  }

  /// One that goes on where it rested.
  GroupState(
      RaftOptions options, PeerId self, RestReader in, LongFunction<RandomGenerator> random) {
    this.options = options;
    this.self = self;
    this.term = in.number();
    this.vote = in.peerOrNull();
    this.membership = new Membership(in.peers(), in.peers(), in.peers());
    this.membershipIndex = in.number();
    this.ledLastTerm = in.flag();
    this.withheldTicks = in.count();
    this.promisedTicks = in.count();
    PeerId fortifiedBy = in.peerOrNull();
    this.fortified =
        fortifiedBy == null
            ? null
            : new Fortified(fortifiedBy, in.number(), in.number(), in.number());
    this.ledTerms = new LedTerms(in);
    this.log = new RaftLog(options, in);
    this.apply = new ApplyCursor(options, log);
    this.timer = new ElectionTimer(options.electionTicks(), in, random);
    this.outbox = new Outbox(self);
    this.role = in.flag() ? new Leader(self, log, in) : new Follower(in);
  }

  /// True if nothing is under way.
  boolean mayRest() {
    boolean isRoleIdle =
        switch (role) {
          case Leader leader -> leader.mayRest();
          case Follower follower -> follower.mayRest();
          case PreCandidate _, Candidate _ -> false;
        };
    return isRoleIdle && !hardStateDirty && outbox.isEmpty() && log.mayRest() && apply.mayRest();
  }

  /// Writes all that the group must know when it goes on.
  void rest(RestWriter out) {
    out.number(term);
    out.peer(vote);
    out.peers(membership.voters());
    out.peers(membership.outgoing());
    out.peers(membership.learners());
    out.number(membershipIndex);
    out.flag(ledLastTerm);
    out.number(withheldTicks);
    out.number(promisedTicks);
    out.peer(fortified == null ? null : fortified.leader);
    if (fortified != null) {
      out.number(fortified.term);
      out.number(fortified.epoch);
      out.number(fortified.round);
    }
    ledTerms.rest(out);
    log.rest(out);
    timer.rest(out);
    out.flag(role instanceof Leader);
    switch (role) {
      case Leader leader -> leader.rest(out);
      case Follower follower -> follower.rest(out);
      case PreCandidate _, Candidate _ ->
          throw new IllegalStateException("a candidate does not rest");
    }
  }

  long term() {
    return term;
  }

  @Nullable PeerId vote() {
    return vote;
  }

  void raiseTerm(long newTerm) {
    Invariant.check(newTerm > term, "the term only rises", newTerm, term);
    term = newTerm;
    vote = null;
    hardStateDirty = true;
  }

  void voteFor(PeerId candidate) {
    Invariant.check(vote == null || vote.equals(candidate), "one vote in a term", term);
    if (vote == null) {
      vote = candidate;
      hardStateDirty = true;
    }
  }

  boolean isHardStateDirty() {
    return hardStateDirty;
  }

  void hardStateOffered() {
    hardStateDirty = false;
  }

  // Membership ------------------------------------------------------------------------------------

  Membership membership() {
    return membership;
  }

  /// The entry at `index` made `newMembership` the one in force. False: a later one already is.
  boolean adoptMembership(long index, Membership newMembership) {
    if (index <= membershipIndex) {
      return false;
    }
    membershipIndex = index;
    membership = newMembership;
    return true;
  }

  boolean isSoleVoter() {
    return membership.voters().size() == 1
        && !membership.isJoint()
        && membership.voters().getFirst().equals(self);
  }

  // Role ------------------------------------------------------------------------------------------

  Role role() {
    return role;
  }

  void become(Role newRole) {
    Invariant.check(
        !(role instanceof Leader) || newRole instanceof Follower,
        "a leader can only step down",
        term);
    role = newRole;
    timer.restart();
    outbox.touch();
  }

  @Nullable PeerId leader() {
    return role.leader();
  }

  /// True from the moment a snapshot has come until it has taken the place of log and state.
  boolean isInstalling() {
    return outbox.install != null || log.persists().isInstalling();
  }

  // Promises --------------------------------------------------------------------------------------

  /// After a restart a leader may still rely on what we promised before it, for one election
  /// timeout. A sole voter that led the last term itself promised nothing to anybody.
  boolean withholdsVotes() {
    return withheldTicks > 0 && !(ledLastTerm && isSoleVoter());
  }

  void tickPromises(int ticks) {
    withheldTicks = Math.max(0, withheldTicks - ticks);
    promisedTicks = Math.max(0, promisedTicks - ticks);
  }

  /// A live leader was heard. What it may rely on from now on outlasts its term: a late message of
  /// a later one makes nobody free to elect another before the time is over.
  void promise() {
    promisedTicks = options.electionTicks();
  }

  /// True while a live leader relies on our not helping another one (thesis, section 6.4.1).
  boolean hearsLeader() {
    return role instanceof Leader || promisedTicks > 0 || fortified != null;
  }

  // Quiescence ------------------------------------------------------------------------------------

  @Nullable Fortified fortified() {
    return fortified;
  }

  /// From here on the store's promise stands for this group too.
  void fortify(Fortified newFortified) {
    Invariant.check(newFortified.term() == term, "one agrees in one's own term", term);
    fortified = newFortified;
  }

  void unfortify() {
    fortified = null;
  }
}
