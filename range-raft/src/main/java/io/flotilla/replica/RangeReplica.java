package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.raft.Message;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.Ready;
import io.flotilla.raft.RoleKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One range's copy on this store: the consensus core, and around it what turns its Readys into
/// work and the results of that work into inputs. Confined to the loop that owns it.
public final class RangeReplica extends ReplicaList.Member {
  /*
   * Inputs step the core or a part of the replica, and touch it; at the end of the loop's turn
   * `collect` takes the core's Readys and hands out what they want done. The parts, each telling
   * one story:
   *
   * - LeaderSide: requests, leases and proposals of a leadership
   * - DurableOutput: what is written to the log and said to peers, in which order
   * - ApplySide: committed entries on their way to the state, and what comes back
   * - SnapshotSide: snapshots in both directions
   * - RangeAdmin, with SplitStep, MembershipStep and TransferStep: the operators' steps
   *
   * A write: serve, the machine, ReplicaAccess.propose, LeaderSide.flush, collect and handle here,
   * DurableOutput.take, onPersisted, ApplySide.handOut and onApplied, ProposalTable.
   * A read: serve, the machine, ReplicaAccess.leaseHolds; or ReplicaAccess.readBarrier, collect
   * and handle here, ReadBarriers.
   *
   * Orders that hold here, each beside the code that keeps it:
   *
   * 1. A Ready's held messages leave when that Ready and all earlier ones are durable
   *    (DurableOutput).
   * 2. Readys go to the log in the order in which they were taken.
   * 3. Entries go to the applier in the order of the log. A descriptor changes here only when the
   *    applied result comes back, before the machine hears of the index, before any outcome.
   * 4. A snapshot begins to be installed only when nothing is with the applier, so that the spans
   *    to be cleared are those of the descriptor in force.
   * 5. The first log write of a split's right half is queued behind a hard state of the left half
   *    that knows the split to be committed (see SplitPlan).
   */

  private static final int READYS_PER_TURN = 32;
  private static final byte[] NOTHING = new byte[0];

  private final ReplicaHost host;
  private final RangeId id;
  private final PeerId peer;
  private final ApplySide applySide;
  private final Slumber slumber;
  private ReplicaEnd end = ReplicaEnd.NOT_YET;
  private @Nullable ReplicaParts parts;
  private byte[] rested = NOTHING;
  private boolean touched;
  private int silentTicks;
  private int ticks;
  private RangeSize size = RangeSize.UNKNOWN;

  public RangeReplica(ReplicaHost host, ReplicaStart start) {
    this.host = host;
    this.id = start.id();
    this.peer = start.peer();
    this.parts = new ReplicaParts(this, host, start);
    this.applySide = new ApplySide(this, host, start);
    this.slumber = new Slumber(this, host.vouching());
  }

  /// Makes the machine of a replica that has state; apart from the constructor, for it gets this.
  public void open(RangeMachine.Factory machines) {
    applySide.open(machines);
  }

  // Inputs --------------------------------------------------------------------------------------

  public void tick() {
    if (isEnded()) {
      end.tick(this);
      return;
    }
    ticks++;
    group().tick();
    if (group().role() == RoleKind.LEADER) {
      silentTicks = 0;
    } else if (++silentTicks % host.options().leaderMissingTicks() == 0) {
      host.onLeaderMissing(this);
    }
    leaderSide().onTick();
    slumber.onTick();
    touchIfReady();
  }

  public void receive(StoreId from, Message message) {
    if (isEnded()) {
      end.drop();
      return;
    }
    if (message instanceof Message.Snapshot) {
      return; // a snapshot comes from the store itself, which has its files
    }
    output().onHeard(message.from(), from);
    if (SlumberMessages.take(slumber, from, message)) {
      touchIfReady();
      return;
    }
    slumber.before(message);
    if (message instanceof Message.AppendReply reply
        && reply.result() instanceof Message.AppendResult.Accepted) {
      leaderSide().onAccepted(message.from());
    }
    if (message instanceof Message.Append || message instanceof Message.Beat) {
      silentTicks = 0;
    }
    group().receive(message);
    slumber.after();
    touchIfReady();
  }

  // Sleep ---------------------------------------------------------------------------------------

  /// Found at the start of the store: does not tick before somebody needs it.
  public void beginDormant() {
    slumber.beginDormant();
  }

  /// Gives up all memory that a sleeping replica does not need, until something needs it again.
  /// False: it is awake, or something is under way.
  public boolean rest() {
    ReplicaParts now = parts;
    if (now != null && isAsleep() && !isEnded() && !touched && now.mayRest()) {
      rested = now.rest();
      parts = null;
      applySide.rest();
    }
    return parts == null;
  }

  private ReplicaParts parts() {
    ReplicaParts now = parts;
    if (now == null) {
      now = new ReplicaParts(this, host, rested);
      parts = now;
      rested = NOTHING;
      host.vouching().stirred(this);
    }
    return now;
  }

  /// True if it sleeps and its parts are put away: what asks for one of them makes all anew.
  public boolean isAtRest() {
    return parts == null;
  }

  public Slumber slumber() {
    return slumber;
  }

  /// It does not tick.
  public boolean isAsleep() {
    return slumber.isAsleep();
  }

  /// Something needs the group: it ticks again, and if it leads its followers will. A follower that
  /// has promised its leader to sleep goes on sleeping.
  public void wake() {
    slumber.wake();
  }

  /// This store should lead nothing now: every so often a leader tries to hand over to a follower
  /// that can take it.
  public void handAway(int tick) {
    TransferStep.handAway(this, tick);
  }

  /// Asks the leader of a sleeping follower whether it still leads.
  public void lookRound() {
    slumber.nudge(false);
  }

  /// A request from anywhere. Exactly one answer will be given.
  public void serve(RangeRequest request) {
    RangeMachine serving = applySide.machine();
    Refusal ended = end.refusal();
    if (ended != null) {
      request.refuse(ended);
    } else if (serving == null) {
      request.refuse(new Refusal.NoReplica(id));
    } else {
      slumber.onRequest();
      leaderSide().serve(request, serving);
    }
  }

  /// The operators' steps.
  public RangeAdmin admin() {
    slumber.wake();
    return new RangeAdmin(this);
  }

  /// Snapshots for followers, and one that takes the place of log and state here.
  public SnapshotSide snapshots() {
    return new SnapshotSide(this);
  }

  public void campaign() {
    if (!isEnded()) {
      slumber.wake();
      group().campaign();
      touchIfReady();
    }
  }

  /// It may campaign in so many ticks.
  public void hasten(int ticks) {
    group().quiescing().hasten(ticks);
  }

  /// There was a pause of the process.
  public void onPause() {
    leaderSide().onPause();
  }

  /// Everything of Ready `number` and before is durable.
  public void onPersisted(long number) {
    if (isEnded()) {
      return;
    }
    group().persisted(number);
    output().onDurable(number);
    touchIfReady();
  }

  public void onFetched(Ready.LogFetch fetch, List<Entry> entries) {
    if (!isEnded()) {
      group().fetched(fetch, entries);
      touchIfReady();
    }
  }

  /// The state has more entries.
  public void onApplied(AppliedBatch batch) {
    if (!isEnded()) {
      applySide.onApplied(batch);
      touch();
    }
  }

  /// Drops the log up to an applied entry that is durable, as far as nobody needs it.
  public void compact(EntryId durable, boolean quiet, long atBytes) {
    if (isEnded() || output().isInstalling() || !isInitialised()) {
      return;
    }
    output().compact(group(), Math.min(durable.index(), applied().index()), quiet, atBytes);
  }

  // The end -------------------------------------------------------------------------------------

  /// Nothing more happens here: the replica is removed, or the store stops, or it is broken.
  /// Whoever waits is told, even if one of them throws, which is thrown on.
  public void end(String reason, Refusal refusal) {
    end = end.begun();
    end.end(this, reason, refusal);
  }

  /// Something went wrong here that must not: nothing of this object can be trusted any more. It
  /// takes part no more until its store restarts, or until it hears that it was replaced.
  public void poison(RuntimeException cause) {
    end = end.begun();
    end.poison(this, cause);
  }

  // The turn ------------------------------------------------------------------------------------

  /// The loop's turn ends: proposes what was staged and hands out what the core wants done.
  public void collect(long nanos) {
    touched = false;
    if (isEnded()) {
      return;
    }
    leaderSide().endTurn();
    barriers().ask(group(), host);
    for (int i = 0; i < READYS_PER_TURN && group().hasReady() && !isEnded(); i++) {
      handle(group().takeReady(), nanos);
    }
    if (applySide.isLeaving() && !output().isInstalling()) {
      host.onRemovedFromRange(this);
    }
    touchIfReady();
  }

  private void handle(Ready ready, long nanos) {
    leaderSide().onReady(ready, nanos);
    output().take(ready);
    if (!ready.dropped().isEmpty()) {
      proposals().onDropped(ready.dropped(), notLeader());
    }
    if (!ready.toApply().isEmpty()) {
      applySide.handOut(ready.toApply());
    }
    barriers().onReady(ready.readsReady(), notLeader());
    barriers().onApplied(applied().index());
    ready.toFetch().forEach(fetch -> host.fetch(this, fetch));
    ready.snapshotsWanted().forEach(wanted -> snapshots().send(wanted));
  }

  /// Sends at once what the core has to say, ahead of the turn's end.
  void sayNow() {
    handle(group().takeReady(), host.nanos());
  }

  void touch() {
    if (!touched) {
      touched = true;
      host.touched(this);
    }
  }

  void touchIfReady() {
    if (group().hasReady()) {
      touch();
    }
  }

  // What the parts share ------------------------------------------------------------------------

  ReplicaHost host() {
    return host;
  }

  RaftGroup group() {
    return parts().group;
  }

  LeaderSide leaderSide() {
    return parts().leaderSide;
  }

  ApplySide applySide() {
    return applySide;
  }

  DurableOutput output() {
    return parts().output;
  }

  ReadBarriers barriers() {
    return parts().barriers;
  }

  /// Gives back what a replica without anything to do does not need.
  void trim() {
    group().quiescing().trim();
    leaderSide().trim();
    output().trim();
  }

  ProposalTable proposals() {
    return parts().proposals;
  }

  int ticks() {
    return ticks;
  }

  @Nullable Leadership currentLeadership() {
    return leaderSide().current();
  }

  /// The range's descriptor; there is one once there is state.
  RangeDescriptor descriptor() {
    RangeDescriptor current = applySide.descriptor();
    if (current == null) {
      throw new IllegalStateException("range " + id + " has no state here yet");
    }
    return current;
  }

  Refusal notLeader() {
    return end.notServing(this);
  }

  // How it goes ---------------------------------------------------------------------------------

  public RangeId id() {
    return id;
  }

  public PeerId peer() {
    return peer;
  }

  public boolean isInitialised() {
    return applySide.descriptor() != null;
  }

  public boolean isEnded() {
    return end.isOver();
  }

  /// What is wrong with it, null: nothing. See [#poison].
  public @Nullable String broken() {
    return end.broken();
  }

  /// Messages that came after the end.
  public long dropped() {
    return end.dropped();
  }

  /// True if the state has all that is known to be committed. Before that a replica must not be
  /// destroyed: it may have to replay a split whose right half lives on.
  public boolean isSettled() {
    return !output().isInstalling()
        && applySide.isSettled()
        && group().committed() <= applied().index();
  }

  /// Without state, and no leader relies on it: nothing is lost if it goes and another one comes in
  /// [#termBehind()].
  public boolean isForgettable() {
    return !isEnded() && !isInitialised() && isSettled() && !group().isReliedOn();
  }

  /// The first term in which this one has not voted, nor in any later.
  public long termBehind() {
    HardState last = hardState();
    return last.vote() == null ? last.term() : last.term() + 1;
  }

  public boolean isLeader() {
    return currentLeadership() != null;
  }

  public @Nullable StoreId leaderStore() {
    PeerId leader = group().leader();
    return leader == null ? null : output().storeOf(leader);
  }

  public @Nullable StoreId storeOf(PeerId other) {
    return output().storeOf(other);
  }

  public @Nullable RangeDescriptor descriptorOrNull() {
    return applySide.descriptor();
  }

  public long term() {
    return group().term();
  }

  public long committed() {
    return group().committed();
  }

  public EntryId applied() {
    return applySide.applied();
  }

  public HardState hardState() {
    return output().hardState();
  }

  public LogKeeper log() {
    return output().log();
  }

  /// True while a snapshot takes the place of log and state.
  public boolean isInstalling() {
    return output().isInstalling();
  }

  public void measured(RangeSize newSize) {
    size = newSize;
  }

  public RangeSize size() {
    return size;
  }

  public ReplicaStatus status() {
    return ReplicaStatus.of(this);
  }
}
