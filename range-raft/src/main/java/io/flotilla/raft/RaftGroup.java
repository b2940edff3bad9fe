package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One peer of one Raft group, as a machine: inputs go in, one [Ready] comes out.
///
/// Driven by one thread at a time. The same inputs give the same outputs. Every input may make the
/// group *ready*; whoever gave it asks [#hasReady()] and takes the [Ready] when it suits, several
/// inputs later if that batches better.
public final class RaftGroup {
  /*
   * This class only decides who handles an input. What happens then is told by Receiving (the term
   * rule and the dispatch of messages), Elections (campaigns, votes, roles), Following (a leader's
   * messages), Leading (a leader's life), Replication (a leader's sending, committing, reads),
   * Quiescing (when not to tick) and ReadyBuilder (the output), which share one GroupState.
   */
  private final GroupState state;
  private final Replication replication;
  private final Leading leading;
  private final Elections elections;
  private final Following following;
  private final Receiving receiving;
  private final Quiescing quiescing;
  private final ReadyBuilder readyBuilder;

  public RaftGroup(RaftOptions options, PeerId self, GroupStart start, RandomGenerator random) {
    this(new GroupState(options, self, start, random), null);
  }

  private RaftGroup(GroupState state, @Nullable RestReader in) {
    this.state = state;
    this.replication = new Replication(state);
    this.leading = new Leading(state, replication);
    this.elections = new Elections(state, leading);
    this.following = new Following(state);
    this.quiescing = new Quiescing(state, elections, replication);
    this.receiving = new Receiving(state, elections, following, leading, replication, quiescing);
    this.readyBuilder =
        in == null
            ? new ReadyBuilder(state, replication)
            : new ReadyBuilder(state, replication, in);
  }

  // Rest ------------------------------------------------------------------------------------------

  /// A group that goes on exactly where another one, which is used no more, came to rest.
  ///
  /// @param random makes the source of what chance the group needs, from a seed
  public static RaftGroup resume(
      RaftOptions options, PeerId self, RestReader in, LongFunction<RandomGenerator> random) {
    return new RaftGroup(new GroupState(options, self, in, random), in);
  }

  /// True if nothing is under way, so that all there is to know fits in some bytes.
  public boolean mayRest() {
    return state.mayRest() && readyBuilder.mayRest();
  }

  /// Writes what [#resume] reads. To be called if it [#mayRest], and as the last of all.
  public void rest(RestWriter out) {
    state.rest(out);
    readyBuilder.rest(out);
  }

  // Inputs ----------------------------------------------------------------------------------------

  /// One unit of time has passed.
  public void tick() {
    state.tickPromises(1);
    if (state.log.tick()) {
      trim();
    }
    if (state.role() instanceof Leader leader) {
      if (!leading.tick(leader)) {
        elections.becomeFollower(state.term(), null);
      }
      return;
    }
    if (state.role() instanceof Follower follower) {
      follower.tick(context -> state.outbox.readReady(context, 0));
    }
    elections.tick();
  }

  /// An idle group gives back what memory it can.
  private void trim() {
    state.apply.trim();
    if (state.role() instanceof Leader leader) {
      leader.progress.trim();
    }
  }

  /// A message of another peer has come. Messages of unknown peers and of old terms are harmless.
  public void receive(Message message) {
    receiving.receive(message);
  }

  /// For those of this package who look into a group.
  GroupState state() {
    return state;
  }

  /// What concerns a group that does not tick, or is about to stop.
  public Quiescing quiescing() {
    return quiescing;
  }

  /// Appends a command to the leader's log. The array is taken over.
  public Proposed propose(byte[] payload) {
    return state.role() instanceof Leader leader
        ? leading.propose(leader, payload)
        : new Proposed.NotLeader(state.leader());
  }

  /// Appends a membership change; what it means the caller says in [#membershipApplied] when the
  /// entry comes to be applied.
  public Proposed proposeMembership(byte[] payload) {
    return state.role() instanceof Leader leader
        ? leading.proposeMembership(leader, payload)
        : new Proposed.NotLeader(state.leader());
  }

  /// Hands the leadership to a voter; false if this peer is not a leader that can. Proposals are
  /// refused until it is done or an election timeout has passed.
  public boolean transferTo(PeerId voter) {
    return state.role() instanceof Leader leader && leading.transferTo(leader, voter);
  }

  /// On a leader: how the hand-over that [#transferTo] began stands; otherwise there is none.
  public HandOver handOver() {
    return state.role() instanceof Leader leader ? leader.handOver() : HandOver.NONE;
  }

  /// A leader whose hand-over failed steps down and asks to be elected for the next term at once:
  /// what it told the target is void in a later one. Does nothing where there is no such leader, or
  /// where a membership change has to be applied first.
  public void leadAnew() {
    if (handOver() == HandOver.FAILED) {
      elections.leadAnew();
    }
  }

  /// Campaigns at once (without pre-vote), as the old leader's store does for the right half of a
  /// split. Does nothing where that could break a promise: while a live leader is heard, or just
  /// after a restart.
  public void campaign() {
    elections.campaign();
  }

  /// Asks for a read barrier; the answer comes as [Ready.ReadBarrier] with the same `context`,
  /// which no other read of this peer may have or have had, not even before a restart.
  public void readIndex(long context) {
    switch (state.role()) {
      case Leader leader -> replication.addRead(leader, state.self, context);
      case Follower follower -> following.forwardRead(follower, context);
      case PreCandidate _, Candidate _ -> state.outbox.readReady(context, 0);
    }
  }

  /// True on a leader of whom a follower has asked a read barrier in this term: what is committed
  /// may have been seen there before it is applied here.
  public boolean isReadElsewhere() {
    return state.role() instanceof Leader leader && leader.isReadElsewhere();
  }

  /// Everything in the Readys up to and with `readyNumber` is durable.
  public void persisted(long readyNumber) {
    state.log.persisted(readyNumber);
    elections.onPersisted();
    if (state.role() instanceof Leader leader) {
      replication.maybeCommit(leader);
    }
  }

  /// The state has all entries up to `index`.
  public void applied(long index) {
    state.apply.onApplied(index);
    state.log.applyTo(index);
    elections.onApplied();
  }

  /// The applied membership entry at `index` made `membership` the one in force. A change that was
  /// refused at apply time says the unchanged one. To be called before [#applied] of that index.
  public void membershipApplied(long index, Membership membership) {
    if (state.adoptMembership(index, membership)
        && state.role() instanceof Leader leader
        && !leading.onMembership(leader)) {
      elections.becomeFollower(state.term(), null);
    }
  }

  /// The answer to a [Ready.LogFetch]. `entries` empty: that part is compacted away.
  public void fetched(Ready.LogFetch fetch, List<Entry> entries) {
    PeerId peer = fetch.follower();
    if (peer == null) {
      state.apply.onFetched(fetch, entries);
    } else if (state.role() instanceof Leader leader
        && leader.progress.of(peer) instanceof Progress follower) {
      replication.onFetched(leader, fetch, follower, entries);
    }
  }

  /// How the snapshot for a [Ready.SnapshotWanted] ended: `lastIndex` of it, or 0 for "it failed,
  /// probe and ask again".
  public void snapshotSent(PeerId follower, long lastIndex) {
    if (state.role() instanceof Leader leader
        && leader.progress.of(follower) instanceof Progress progress) {
      replication.onSnapshotSent(progress, lastIndex);
    }
  }

  /// The log up to and with `index` was dropped (the caller made sure: at most the durable applied
  /// index). Returns the new compaction point.
  public EntryId compacted(long index) {
    return state.log.compactTo(index);
  }

  // Outputs ---------------------------------------------------------------------------------------

  public boolean hasReady() {
    return readyBuilder.isDue();
  }

  public Ready takeReady() {
    return readyBuilder.take();
  }

  // What is so now --------------------------------------------------------------------------------

  public RoleKind role() {
    return state.role().kind();
  }

  public long term() {
    return state.term();
  }

  /// True while a leader may rely on this peer's helping nobody else.
  public boolean isReliedOn() {
    return state.hearsLeader() || state.withholdsVotes();
  }

  public @Nullable PeerId leader() {
    return state.leader();
  }

  public Membership membership() {
    return state.membership();
  }

  public EntryId lastEntry() {
    return state.log.last();
  }

  public EntryId compactionPoint() {
    return state.log.compacted();
  }

  public long committed() {
    return state.log.committed();
  }

  public long applied() {
    return state.log.applied();
  }

  /// The term of the entry at `index`; -1 if it is compacted away or not there yet.
  public long termAt(long index) {
    return state.log.termAt(index);
  }

  /// On a leader: the number of the newest round of beats it has started; 0 otherwise.
  public long startedRound() {
    return state.role() instanceof Leader leader ? leader.round() : 0;
  }

  /// On a leader: starts a new round of beats at once and returns its number; 0 otherwise.
  public long startRound() {
    return state.role() instanceof Leader leader ? replication.startRound(leader) : 0;
  }

  /// On a leader: what it knows of each other peer, sorted by peer; empty otherwise.
  public List<FollowerStatus> followers() {
    if (!(state.role() instanceof Leader leader)) {
      return List.of();
    }
    List<FollowerStatus> followers = new ArrayList<>();
    for (Progress follower : leader.progress.followers()) {
      followers.add(follower.status(leader.ticks(), state.options.electionTicks()));
    }
    return followers;
  }

  /// How a transfer of the leadership stands, as the leader sees it.
  public enum HandOver {
    /// None was begun in this term, or the target was not told yet when its time was over.
    NONE,

    UNDER_WAY,

    /// The target was told to campaign and did not take over in time. It may do so whenever the
    /// message reaches it, so no lease is proved in this term any more.
    FAILED
  }

  /// What a leader knows of a follower. `recentlyActive`: heard from within the last election
  /// timeout.
  public record FollowerStatus(
      PeerId peer, long match, long next, Mode mode, boolean recentlyActive) {
    /// A follower's replication mode.
    public enum Mode {
      PROBING,
      STREAMING,
      SNAPSHOTTING
    }
  }
}
