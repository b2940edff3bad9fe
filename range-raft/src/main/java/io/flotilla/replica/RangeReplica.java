package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
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
import io.flotilla.raft.membership.Membership;
import io.flotilla.replica.AppliedBatch.CommandEffect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One range's copy on this store: the consensus core, and around it what turns its Readys into
/// work and the results of that work into inputs. Confined to the loop that owns it.
public final class RangeReplica {
  /*
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

  private final ReplicaHost host;
  private final RangeId id;
  private final PeerId peer;
  private final RaftGroup group;
  private final ProposalTable proposals = new ProposalTable();
  private final ReadBarriers barriers = new ReadBarriers();
  private final DurableOutput output;
  private final LeaderSide leaderSide;
  private EntryId applied;
  private long handedOut;
  private boolean touched;
  private boolean leaving;
  private boolean ended;
  private int silentTicks;
  private int ticks;
  private RangeSize size = RangeSize.UNKNOWN;
  private @Nullable RangeDescriptor descriptor;
  private @Nullable RangeMachine machine;

  public RangeReplica(ReplicaHost host, ReplicaStart start) {
    this.host = host;
    this.id = start.id();
    this.peer = start.peer();
    this.group = start.group();
    this.applied = start.applied();
    this.handedOut = start.applied().index();
    this.output = new DurableOutput(this, host, start);
    this.leaderSide = new LeaderSide(this, host);
    this.descriptor = start.descriptor();
  }

  /// Makes the machine of a replica that has state; apart from the constructor, for it gets this.
  public void open(RangeMachine.Factory machines) {
    if (descriptor != null && machine == null) {
      machine = machines.create(id, new ReplicaAccess(this, host));
    }
  }

  public RangeId id() {
    return id;
  }

  public PeerId peer() {
    return peer;
  }

  public boolean isInitialised() {
    return descriptor != null;
  }

  public boolean isEnded() {
    return ended;
  }

  // Inputs --------------------------------------------------------------------------------------

  public void tick() {
    if (ended) {
      return;
    }
    ticks++;
    group.tick();
    if (group.role() == RoleKind.LEADER) {
      silentTicks = 0;
    } else if (++silentTicks % host.options().leaderMissingTicks() == 0) {
      host.onLeaderMissing(this);
    }
    leaderSide.onTick();
    touchIfReady();
  }

  public void receive(StoreId from, Message message) {
    if (ended || message instanceof Message.Snapshot) {
      return; // a snapshot comes from the store itself, which has its files
    }
    output.onHeard(message.from(), from);
    if (message instanceof Message.AppendReply reply
        && reply.result() instanceof Message.AppendResult.Accepted) {
      leaderSide.onAccepted(message.from());
    }
    if (message instanceof Message.Append || message instanceof Message.Beat) {
      silentTicks = 0;
    }
    group.receive(message);
    touchIfReady();
  }

  /// A snapshot whose files are here, and whose span is reserved.
  public void receiveStaged(StoreId from, Message.Snapshot snapshot) {
    output.onHeard(snapshot.from(), from);
    group.receive(snapshot);
    touchIfReady();
  }

  /// A request from anywhere. Exactly one answer will be given.
  public void serve(RangeRequest request) {
    RangeMachine serving = machine;
    if (serving == null || ended) {
      request.refuse(new Refusal.NoReplica(id));
      return;
    }
    leaderSide.serve(request, serving);
  }

  /// The operators' steps.
  public RangeAdmin admin() {
    return new RangeAdmin(this);
  }

  public void campaign() {
    if (!ended) {
      group.campaign();
      touchIfReady();
    }
  }

  /// Everything of Ready `number` and before is durable.
  public void onPersisted(long number) {
    if (ended) {
      return;
    }
    group.persisted(number);
    output.onDurable(number);
    touchIfReady();
  }

  public void onFetched(Ready.LogFetch fetch, List<Entry> entries) {
    if (!ended) {
      group.fetched(fetch, entries);
      touchIfReady();
    }
  }

  /// A snapshot for `follower` was cut at `index`: what comes after it is needed.
  public void onSnapshotCut(PeerId follower, long index) {
    output.log().holdFor(follower, index);
  }

  public void onSnapshotSent(PeerId follower, long lastIndex) {
    output.log().release(follower);
    if (!ended) {
      group.snapshotSent(follower, lastIndex);
      touchIfReady();
    }
  }

  /// The state has more entries.
  public void onApplied(AppliedBatch batch) {
    if (ended) {
      return;
    }
    long last = batch.last().index();
    Invariant.check(last > applied.index(), "applied never moves back", last, applied.index());
    applied = batch.last();
    List<Long> voided = new ArrayList<>();
    for (CommandEffect effect : batch.effects()) {
      perform(effect, voided);
    }
    group.applied(applied.index());
    if (machine != null) {
      machine.onApplied(applied.index());
    }
    proposals.onApplied(applied.index(), voided, stale());
    barriers.onApplied(applied.index());
    leaderSide.openIfReady();
    touch();
  }

  /// The staged snapshot took the place of log and state.
  public void onInstalled(
      RangeDescriptor newDescriptor, EntryId last, long number, RangeMachine.Factory machines) {
    if (ended) {
      return;
    }
    applied = last;
    handedOut = last.index();
    proposals.giveUpAll("a snapshot took the place of the log");
    adopt(newDescriptor);
    leaving = newDescriptor.replica(peer).isEmpty();
    group.persisted(number);
    if (group.applied() < last.index()) {
      group.applied(last.index());
    }
    open(machines);
    if (machine != null) {
      machine.onApplied(last.index());
    }
    barriers.onApplied(last.index());
    output.onInstalled(number, last);
    touch();
  }

  // Outputs -------------------------------------------------------------------------------------

  /// The loop's turn ends: proposes what was staged and hands out what the core wants done.
  public void collect(long nanos) {
    touched = false;
    if (ended) {
      return;
    }
    leaderSide.endTurn();
    barriers.ask(group);
    for (int i = 0; i < READYS_PER_TURN && group.hasReady() && !ended; i++) {
      handle(group.takeReady(), nanos);
    }
    if (leaving && !output.isInstalling()) {
      host.onRemovedFromRange(this);
    }
    touchIfReady();
  }

  private void handle(Ready ready, long nanos) {
    leaderSide.onReady(ready, nanos);
    output.take(ready);
    if (!ready.dropped().isEmpty()) {
      proposals.onDropped(ready.dropped(), notLeader());
    }
    if (!ready.toApply().isEmpty()) {
      handOut(ready.toApply());
    }
    barriers.onReady(ready.readsReady(), notLeader());
    barriers.onApplied(applied.index());
    ready.toFetch().forEach(fetch -> host.fetch(this, fetch));
    for (Ready.SnapshotWanted wanted : ready.snapshotsWanted()) {
      output.log().holdFor(wanted.follower(), applied.index());
      host.sendSnapshot(this, wanted);
    }
  }

  private void handOut(List<Entry> entries) {
    long first = entries.getFirst().index();
    Invariant.check(first == handedOut + 1, "entries are applied in order", first, handedOut + 1);
    Invariant.check(!output.isInstalling(), "nothing is applied while a snapshot is installed");
    handedOut = entries.getLast().index();
    proposals.onCommitted(entries, notLeader());
    host.apply(this, entries);
  }

  private void perform(CommandEffect effect, List<Long> voided) {
    switch (effect) {
      case CommandEffect.SplitDone split -> {
        boolean led = group.role() == RoleKind.LEADER;
        if (led) {
          group.startRound(); // the followers hear at once that they can split
        }
        output.knowCommitted(split.index());
        adopt(split.left());
        host.onSplit(this, split, led);
      }
      case CommandEffect.MembershipDone(long index, RangeDescriptor changed) -> {
        tellCommitted();
        group.membershipApplied(index, Membership.of(changed));
        leaving = changed.replica(peer).isEmpty();
        adopt(changed);
        leaderSide.onMembership(changed);
      }
      case CommandEffect.Skipped(long index, boolean membership) -> {
        voided.add(index);
        if (membership) {
          group.membershipApplied(index, group.membership());
        }
      }
    }
  }

  /// Whoever the change removes hears no more of this leader: it should know of the commit by then.
  private void tellCommitted() {
    if (group.role() == RoleKind.LEADER) {
      group.startRound();
      handle(group.takeReady(), host.nanos());
    }
  }

  private void adopt(RangeDescriptor changed) {
    descriptor = changed;
    if (machine != null) {
      machine.onDescriptor(changed);
    }
    host.onDescriptor(this);
  }

  void flush() {
    leaderSide.flush();
  }

  /// The range's descriptor; there is one once there is state.
  RangeDescriptor descriptor() {
    RangeDescriptor current = descriptor;
    if (current == null) {
      throw new IllegalStateException("range " + id + " has no state here yet");
    }
    return current;
  }

  boolean leaseHolds() {
    return leaderSide.leaseHolds();
  }

  // For RangeAdmin, and for whoever asks how it goes --------------------------------------------

  RaftGroup group() {
    return group;
  }

  ReadBarriers barriers() {
    return barriers;
  }

  ProposalTable proposals() {
    return proposals;
  }

  ReplicaHost host() {
    return host;
  }

  int ticks() {
    return ticks;
  }

  void unfence(Leadership fenced) {
    leaderSide.unfence(fenced);
  }

  @Nullable Leadership currentLeadership() {
    return leaderSide.current();
  }

  @Nullable RangeMachine machine() {
    return machine;
  }

  Refusal notLeader() {
    RangeDescriptor known = descriptor;
    if (known == null) {
      return new Refusal.NoReplica(id);
    }
    StoreId leader = leaderStore();
    return new Refusal.NotLeader(known, host.store().equals(leader) ? null : leader);
  }

  private Refusal stale() {
    return descriptor == null
        ? new Refusal.NoReplica(id)
        : new Refusal.StaleRange(List.of(descriptor));
  }

  public @Nullable StoreId leaderStore() {
    PeerId leader = group.leader();
    return leader == null ? null : output.storeOf(leader);
  }

  public @Nullable StoreId storeOf(PeerId other) {
    return output.storeOf(other);
  }

  public long term() {
    return group.term();
  }

  public long committed() {
    return group.committed();
  }

  /// No follower waits for a snapshot of this replica any more.
  public void releaseSnapshots() {
    output.log().releaseAll();
  }

  public @Nullable RangeDescriptor descriptorOrNull() {
    return descriptor;
  }

  public HardState hardState() {
    return output.hardState();
  }

  public boolean isLeader() {
    return currentLeadership() != null;
  }

  public LogKeeper log() {
    return output.log();
  }

  public EntryId applied() {
    return applied;
  }

  /// True if a snapshot may begin to be installed: nothing is with the applier or about to be.
  public boolean isStill() {
    return !ended
        && !output.isInstalling()
        && !group.hasReady()
        && handedOut == applied.index()
        && (descriptor == null || group.committed() <= applied.index());
  }

  public boolean isInstalling() {
    return output.isInstalling();
  }

  public void measured(RangeSize newSize) {
    size = newSize;
  }

  public RangeSize size() {
    return size;
  }

  public void onPause() {
    leaderSide.onPause();
  }

  /// Drops the log up to an applied entry that is durable, as far as nobody needs it.
  public void compact(EntryId durable, boolean quiet) {
    if (ended || output.isInstalling() || descriptor == null) {
      return;
    }
    LogKeeper log = output.log();
    long known = Math.min(durable.index(), applied.index()); // durable may run ahead of this loop
    long target = log.compactionTarget(known, quiet, group, host.options());
    if (target > log.compacted().index()) {
      output.compact(group.compacted(target));
    }
  }

  /// Nothing more happens here: the replica is removed, or the store stops, or it is broken.
  public void end(String reason, Refusal refusal) {
    if (ended) {
      return;
    }
    ended = true;
    leaderSide.end(reason, refusal);
    barriers.refuseAll(refusal);
    proposals.giveUpAll(reason);
    if (machine != null) {
      machine.onRemoved();
    }
  }

  public ReplicaStatus status() {
    return ReplicaStatus.of(this);
  }

  void touch() {
    if (!touched) {
      touched = true;
      host.touched(this);
    }
  }

  private void touchIfReady() {
    if (group.hasReady()) {
      touch();
    }
  }
}
