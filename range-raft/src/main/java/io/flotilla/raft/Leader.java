package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.RaftGroup.HandOver;
import io.flotilla.raft.quorum.PeerValues;
import org.jspecify.annotations.Nullable;

/// Leads in its term: what it knows of its followers, its rounds of beats, and what waits for them.
final class Leader implements Role {
  private final PeerId self;
  private final long termFirstIndex;
  final ProgressTable progress;
  private final PeerValues matches;
  private final PeerValues rounds;
  final ReadBarriers reads = new ReadBarriers();
  private boolean readElsewhere;
  private @Nullable Transfer transfer;
  private boolean handedOver;
  private long ticks;
  private long round;
  private boolean beatsDue;
  private long confirmedRound;
  private boolean appendsDue;
  private long uncommittedBytes;
  private boolean silent;

  /// A transfer of the leadership that is under way.
  record Transfer(PeerId target, long sinceTick, boolean isSent) {}

  Leader(PeerId self, RaftLog log) {
    this.self = self;
    this.termFirstIndex = log.lastIndex() + 1;
    this.progress = new ProgressTable(self);
    this.matches = matches(log);
    this.rounds = answered();
  }

  /// As it was when the group rested.
  Leader(PeerId self, RaftLog log, RestReader in) {
    this.self = self;
    this.termFirstIndex = in.number();
    this.progress = new ProgressTable(self, in);
    this.matches = matches(log);
    this.rounds = answered();
    this.ticks = in.number();
    this.round = in.number();
    this.confirmedRound = in.number();
    this.appendsDue = in.flag();
    this.silent = in.flag();
  }

  /// True if nothing waits, nothing is under way, and leadership is not being handed over.
  boolean mayRest() {
    return reads.isIdle()
        && transfer == null
        && !handedOver
        && !beatsDue
        && uncommittedBytes == 0
        && !readElsewhere
        && progress.mayRest();
  }

  void rest(RestWriter out) {
    out.number(termFirstIndex);
    progress.rest(out);
    out.number(ticks);
    out.number(round);
    out.number(confirmedRound);
    out.flag(appendsDue);
    out.flag(silent);
  }

  private PeerValues matches(RaftLog log) {
    return peer -> peer.equals(self) ? log.durable() : progress.matchOf(peer);
  }

  private PeerValues answered() {
    return peer -> peer.equals(self) ? round : progress.roundOf(peer);
  }

  /// How far each peer has the log durably; this one too.
  PeerValues matches() {
    return matches;
  }

  /// The newest round that each peer has answered.
  PeerValues rounds() {
    return rounds;
  }

  boolean isActive(PeerId peer, int electionTicks) {
    Progress follower = progress.of(peer);
    return peer.equals(self) || (follower != null && follower.isActive(ticks, electionTicks));
  }

  @Override
  public RoleKind kind() {
    return RoleKind.LEADER;
  }

  @Override
  public PeerId leader() {
    return self;
  }

  /// Index of the empty entry that opened the term.
  long termFirstIndex() {
    return termFirstIndex;
  }

  long ticks() {
    return ticks;
  }

  void tick() {
    ticks++;
  }

  // Rounds ----------------------------------------------------------------------------------------

  long round() {
    return round;
  }

  /// Starts a round, unless one is started whose beats have not left yet: then that one will do.
  long startRound() {
    if (!beatsDue) {
      round++;
      beatsDue = true;
    }
    return round;
  }

  boolean areBeatsDue() {
    return beatsDue;
  }

  void beatsLeft() {
    beatsDue = false;
  }

  long confirmedRound() {
    return confirmedRound;
  }

  void setConfirmedRound(long newest) {
    Invariant.check(newest <= round, "only a started round is confirmed", newest, round);
    confirmedRound = newest;
  }

  /// The round that may back a lease: none while the leadership is being handed over. Once
  /// "campaign now" has left, followers may elect another in spite of their promises as late as
  /// that message travels, so this term has no lease any more.
  long leaseRound() {
    return handOver() == HandOver.NONE ? confirmedRound : 0;
  }

  /// True while the followers are asked to agree that the group stops ticking: a beat would wake
  /// those who did.
  boolean isSilent() {
    return silent;
  }

  void setSilent(boolean newSilent) {
    silent = newSilent;
  }

  // Appends ---------------------------------------------------------------------------------------

  boolean areAppendsDue() {
    return appendsDue;
  }

  void setAppendsDue(boolean due) {
    appendsDue = due;
  }

  long uncommittedBytes() {
    return uncommittedBytes;
  }

  void addUncommittedBytes(long bytes) {
    uncommittedBytes += bytes;
    Invariant.check(uncommittedBytes >= 0, "uncommitted bytes add up", uncommittedBytes);
  }

  // Transfer --------------------------------------------------------------------------------------

  @Nullable Transfer transfer() {
    return transfer;
  }

  void startTransfer(PeerId target) {
    Invariant.check(!target.equals(self), "the leadership is handed to another", target.value());
    transfer = new Transfer(target, ticks, false);
  }

  void transferSent(PeerId target) {
    transfer = new Transfer(target, ticks, true);
    handedOver = true;
  }

  void abortTransfer() {
    transfer = null;
  }

  HandOver handOver() {
    if (transfer != null) {
      return HandOver.UNDER_WAY;
    }
    return handedOver ? HandOver.FAILED : HandOver.NONE;
  }

  /// A follower has asked for a read barrier.
  void noteReadElsewhere() {
    readElsewhere = true;
  }

  /// True once one has, in this term.
  boolean isReadElsewhere() {
    return readElsewhere;
  }
}
