package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.Envelope;
import io.flotilla.raft.HardState;
import io.flotilla.raft.Message;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.Ready;
import io.flotilla.raft.RoleKind;
import io.flotilla.raft.membership.Membership;
import io.flotilla.replica.AppliedBatch.CommandEffect;
import io.flotilla.replica.lease.LeaseClock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One range's copy on this store: the consensus core, and around it what turns its Readys into work and
/// the results of that work into inputs. Confined to the loop that owns it.
public final class RangeReplica implements RangeAccess {
  /*
   Orders that hold here, each beside the code that keeps it:

   1. A Ready's held messages leave when that Ready and all earlier ones are durable (HeldMessages).
   2. Readys go to the log in the order in which they were taken. While a snapshot is installed, later
      ones wait behind it; their messages that promise nothing leave at once.
   3. Entries go to the applier in the order of the log. A descriptor changes here only when the applied
      result comes back, before the machine hears of the index, before any outcome.
   4. A snapshot begins to be installed only when nothing is with the applier, so that the spans to be
      cleared are those of the descriptor in force.
   5. The first log write of a split's right half is queued behind a hard state of the left half that
      knows the split to be committed (see SplitPlan).
  */

  private static final int READYS_PER_TURN = 32;
  private static final int GIVE_UP_TIMEOUTS = 4;

  private final ReplicaHost host;
  private final RangeId id;
  private final PeerId peer;
  private final RaftGroup group;
  private final ProposalTable proposals = new ProposalTable();
  private final HeldMessages held = new HeldMessages();
  private final PeerStores stores = new PeerStores();
  private final ReadBarriers barriers = new ReadBarriers();
  private final ArrayDeque<Ready> behindInstall = new ArrayDeque<>();
  private final LogKeeper log;
  private HardState hardState;
  private EntryId applied;
  private long handedOut;
  private boolean logged;
  private boolean touched;
  private boolean installing;
  private boolean leaving;
  private boolean ended;
  private int silentTicks;
  private int deposedTicks;
  private int ticks;
  private long bytes;
  private @Nullable RangeDescriptor descriptor;
  private @Nullable RangeMachine machine;
  private @Nullable Leadership leadership;

  /// What a replica comes up with.
  ///
  /// @param logged true if the log has this group with this peer already
  /// @param descriptor null: uninitialised
  public record Start(
      RangeId id,
      PeerId peer,
      RaftGroup group,
      HardState hardState,
      EntryId compacted,
      EntryId applied,
      boolean logged,
      @Nullable RangeDescriptor descriptor) {}

  public RangeReplica(ReplicaHost host, Start start) {
    this.host = host;
    this.id = start.id();
    this.peer = start.peer();
    this.group = start.group();
    this.hardState = start.hardState();
    this.applied = start.applied();
    this.handedOut = start.applied().index();
    this.logged = start.logged();
    this.log = new LogKeeper(start.compacted(), group.lastEntry().index());
    this.descriptor = start.descriptor();
  }

  /// Makes the machine of a replica that has state. Apart from the constructor, since the machine gets
  /// this object.
  public void open(RangeMachine.Factory machines) {
    if (descriptor != null && machine == null) {
      machine = machines.create(id, this);
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

  // Inputs -----------------------------------------------------------------------------------------

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
    if (leadership == null
        && proposals.open() > 0
        && ++deposedTicks > GIVE_UP_TIMEOUTS * host.options().raft().electionTicks()) {
      proposals.giveUpProposed("leadership was lost, and no leader was heard since");
    }
    if (leadership != null && leadership.transfer() != null) {
      RangeAdmin.checkTransfer(this, leadership);
    }
    touchIfReady();
  }

  public void receive(StoreId from, Message message) {
    if (ended) {
      return;
    }
    stores.onHeard(message.from(), from, descriptor);
    if (leadership != null) {
      leadership.onHeard(message.from());
    }
    if (message instanceof Message.Append || message instanceof Message.Beat) {
      silentTicks = 0;
    }
    group.receive(message);
    touchIfReady();
  }

  /// A request from anywhere. Exactly one answer will be given.
  public void serve(RangeRequest request) {
    RangeMachine serving = machine;
    if (serving == null || ended) {
      request.refuse(new Refusal.NoReplica(id));
      return;
    }
    Leadership lead = currentLeadership();
    if (lead == null) {
      request.refuse(notLeader());
    } else if (lead.isOpen()) {
      serving.serve(request);
    } else if (!lead.defer(request, host.options().deferredMax())) {
      request.refuse(new Refusal.Busy("requests waiting for range " + id, 50));
    } else {
      touch();
    }
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
    held.onDurable(number, this::sendAll);
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
    log.holdFor(follower, index);
  }

  public void onSnapshotSent(PeerId follower, long lastIndex) {
    log.release(follower);
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
    Invariant.check(
        batch.last().index() > applied.index(),
        "applied never moves back",
        batch.last().index(),
        applied.index());
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
    openIfReady();
    touch();
  }

  /// The staged snapshot took the place of log and state.
  public void onInstalled(
      RangeDescriptor newDescriptor, EntryId last, long number, RangeMachine.Factory machines) {
    if (ended) {
      return;
    }
    Invariant.check(installing, "an install ends that has begun");
    installing = false;
    applied = last;
    handedOut = last.index();
    proposals.giveUpAll("a snapshot took the place of the log");
    log.onReplaced(last);
    adopt(newDescriptor);
    group.persisted(number);
    if (group.applied() < last.index()) {
      group.applied(last.index());
    }
    open(machines);
    if (machine != null) {
      machine.onApplied(last.index());
    }
    barriers.onApplied(last.index());
    held.onDurable(number, this::sendAll);
    while (!behindInstall.isEmpty() && !installing) {
      persist(behindInstall.poll());
    }
    touch();
  }

  // Outputs ----------------------------------------------------------------------------------------

  /// The loop's turn ends: proposes what was staged and hands out what the core wants done.
  public void collect(long nanos) {
    touched = false;
    if (ended) {
      return;
    }
    flush();
    if (leadership != null) {
      leadership.setRefusing(false);
      RangeAdmin.maybeLeaveJoint(this, leadership);
    }
    barriers.ask(group);
    for (int i = 0; i < READYS_PER_TURN && group.hasReady() && !ended; i++) {
      handle(group.takeReady(), nanos);
    }
    if (leaving && !installing) {
      host.onRemovedFromRange(this);
    }
    touchIfReady();
  }

  private void handle(Ready ready, long nanos) {
    if (ready.roleChange() != null) {
      onRole(ready.roleChange());
    }
    if (leadership != null) {
      leadership.lease().onRoundStarted(group.startedRound(), nanos);
      leadership.lease().onRoundConfirmed(ready.confirmedRound());
    }
    sendAll(ready.sendNow());
    if (ready.hardState() != null) {
      hardState = ready.hardState();
    }
    if (installing) {
      behindInstall.add(ready);
    } else {
      persist(ready);
    }
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
      log.holdFor(wanted.follower(), applied.index());
      host.sendSnapshot(this, wanted);
    }
  }

  private void persist(Ready ready) {
    if (ready.mustPersist()) {
      held.onPersisting(ready.number());
      GroupWrite write = firstWrite(ready.hardState(), ready.toPersist());
      if (ready.install() != null) {
        installing = true;
        host.install(this, ready.number(), write, ready.install());
      } else {
        log.onAppended(ready.toPersist());
        host.persist(this, ready.number(), write);
      }
    }
    if (held.isIdle()) {
      sendAll(ready.sendOncePersisted());
    } else {
      held.hold(ready.sendOncePersisted());
    }
  }

  /// A write of the group; the first one also says who it is and where its log starts.
  private GroupWrite firstWrite(@Nullable HardState newHardState, List<Entry> entries) {
    if (logged) {
      return new GroupWrite(id, null, newHardState, entries, null, null, null);
    }
    logged = true;
    EntryId start = log.compacted();
    HardState first = newHardState == null ? hardState : newHardState;
    EntryId compactTo = start.equals(EntryId.ZERO) ? null : start;
    // The starting point comes before the entries: a batch is applied in order.
    if (compactTo != null) {
      host.writeEventually(new GroupWrite(id, peer, first, List.of(), compactTo, null, null));
    }
    return new GroupWrite(id, peer, first, entries, null, null, null);
  }

  private void handOut(List<Entry> entries) {
    long first = entries.getFirst().index();
    Invariant.check(first == handedOut + 1, "entries are applied in order", first, handedOut + 1);
    Invariant.check(!installing, "nothing is applied while a snapshot is installed");
    handedOut = entries.getLast().index();
    proposals.onCommitted(entries, notLeader());
    host.apply(this, entries);
  }

  private void sendAll(List<Envelope> envelopes) {
    for (Envelope envelope : envelopes) {
      StoreId to = stores.storeOf(envelope.to(), descriptor);
      if (to != null) {
        host.send(
            to, new RangeMessage(id, envelope.to(), spanFor(envelope), envelope.message()));
      }
    }
  }

  /// A leader tells the span to peers that have not answered: their store may not know the range yet.
  private @Nullable KeySpan spanFor(Envelope envelope) {
    boolean introduces =
        leadership != null
            && descriptor != null
            && !leadership.hasHeard(envelope.to())
            && (envelope.message() instanceof Message.Append
                || envelope.message() instanceof Message.Beat);
    return introduces ? descriptor.span() : null;
  }

  private void onRole(Ready.RoleChange change) {
    Leadership old = leadership;
    if (old != null && (change.role() != RoleKind.LEADER || change.term() != old.term())) {
      leadership = null;
      endLeadership(old);
    }
    if (change.role() == RoleKind.LEADER && leadership == null) {
      ReplicaOptions options = host.options();
      LeaseClock lease = new LeaseClock(options.raft().electionTicks(), options.tickNanos());
      leadership = new Leadership(change.term(), change.termFirstIndex(), lease);
    }
    host.onRole(this, change);
  }

  private void endLeadership(Leadership old) {
    deposedTicks = 0;
    if (old.isServing() && machine != null) {
      machine.onLeadershipLost();
    }
    old.end(notLeader());
    barriers.refuseAll(notLeader());
    old.endTransfer(new AdminOutcome.Done(descriptor == null ? List.of() : List.of(descriptor)));
  }

  private void openIfReady() {
    Leadership lead = currentLeadership();
    RangeMachine serving = machine;
    if (lead == null || serving == null || applied.index() < lead.firstIndex()) {
      return;
    }
    if (!lead.isServing()) {
      lead.startServing();
      serving.onLeadership(lead.term());
      host.onDescriptor(this);
    }
    if (lead.isOpen()) {
      lead.takeDeferred().forEach(this::serve);
    }
  }

  private void perform(CommandEffect effect, List<Long> voided) {
    switch (effect) {
      case CommandEffect.SplitDone split -> {
        boolean led = group.role() == RoleKind.LEADER;
        if (led) {
          group.startRound(); // the followers hear at once that they can split
        }
        knowCommitted(split.index());
        adopt(split.left());
        host.onSplit(this, split, led);
      }
      case CommandEffect.MembershipDone(long index, RangeDescriptor changed) -> {
        tellCommitted();
        group.membershipApplied(index, Membership.of(changed));
        leaving = changed.replica(peer).isEmpty();
        adopt(changed);
        if (leadership != null && !changed.isJoint()) {
          leadership.endChange(new AdminOutcome.Done(List.of(changed)));
        }
      }
      case CommandEffect.Void(long index, boolean membership) -> {
        voided.add(index);
        if (membership) {
          group.membershipApplied(index, group.membership());
        }
      }
    }
  }

  /// Whoever the change removes hears no more of this leader: it should know by then that the change
  /// is committed.
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

  private void knowCommitted(long index) {
    if (hardState.committed() < index) {
      hardState = new HardState(hardState.term(), hardState.vote(), index);
      host.writeEventually(firstWrite(hardState, List.of()));
    }
  }

  // RangeAccess ------------------------------------------------------------------------------------

  @Override
  public RangeDescriptor descriptor() {
    RangeDescriptor current = descriptor;
    if (current == null) {
      throw new IllegalStateException("range " + id + " has no state here yet");
    }
    return current;
  }

  @Override
  public EventLoop loop() {
    return host.loop();
  }

  @Override
  public long appliedIndex() {
    return applied.index();
  }

  @Override
  public boolean leaseHolds() {
    Leadership lead = currentLeadership();
    if (lead == null || !lead.isOpen() || !host.options().leases()) {
      return false;
    }
    long nanos = host.nanos();
    return lead.lease().holds(nanos) && host.clocksAgree(nanos);
  }

  @Override
  public void readBarrier(Runnable onCurrent, Consumer<Refusal> onRefused) {
    if (ended || currentLeadership() == null) {
      onRefused.accept(notLeader());
    } else if (barriers.open() >= host.options().proposalsMax()) {
      onRefused.accept(new Refusal.Busy("reads waiting in range " + id, 20));
    } else {
      barriers.add(onCurrent, onRefused);
      touch();
    }
  }

  @Override
  public long propose(List<StateWrite> writes, Consumer<ProposalOutcome> onOutcome) {
    Leadership lead = currentLeadership();
    Refusal refusal = ended || lead == null ? notLeader() : objection(lead);
    if (refusal != null || lead == null) {
      Leadership.refuse(onOutcome, refusal == null ? notLeader() : refusal);
      return 0;
    }
    if (lead.stage().isFullFor(writes, host.options().entryBytesMax())) {
      flush();
      if (lead.isRefusing()) {
        Leadership.refuse(onOutcome, new Refusal.Busy("uncommitted bytes of range " + id, 20));
        return 0;
      }
    }
    lead.stage().add(writes, onOutcome);
    touch();
    return group.lastEntry().index() + 1;
  }

  private @Nullable Refusal objection(Leadership lead) {
    if (!lead.isOpen()) {
      return new Refusal.Busy("range " + id + " is being split", 5);
    }
    if (lead.isRefusing()) {
      return new Refusal.Busy("uncommitted bytes of range " + id, 20);
    }
    if (proposals.open() + lead.stage().size() >= host.options().proposalsMax()) {
      return new Refusal.Busy("proposals under way in range " + id, 20);
    }
    return host.isApplyBacklogFull() ? new Refusal.Busy("bytes waiting to be applied", 20) : null;
  }

  @Override
  public List<RangeDescriptor> localDescriptors(KeySpan span) {
    return host.localDescriptors(span);
  }

  /// Proposes what was staged, as one entry.
  void flush() {
    Leadership lead = leadership;
    if (lead != null && !lead.stage().isEmpty()) {
      WriteStage.Batch batch = lead.stage().take();
      Refusal refusal = RangeAdmin.propose(this, batch);
      if (refusal != null) {
        lead.setRefusing(true);
        batch.refuse(refusal);
      }
    }
  }

  // For RangeAdmin, and for whoever asks how it goes --------------------------------------------------

  RaftGroup group() {
    return group;
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

  /// A split is over, one way or the other.
  void unfence(Leadership fenced) {
    fenced.unfence();
    if (leadership == fenced) {
      touch();
      openIfReady();
    }
  }

  /// The leadership, if the core still stands by it: it may have stepped down in this very turn.
  @Nullable Leadership currentLeadership() {
    Leadership lead = leadership;
    return lead != null && group.role() == RoleKind.LEADER && group.term() == lead.term()
        ? lead
        : null;
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
    return leader == null ? null : stores.storeOf(leader, descriptor);
  }

  public @Nullable StoreId storeOf(PeerId other) {
    return stores.storeOf(other, descriptor);
  }

  public long term() {
    return group.term();
  }

  public long committed() {
    return group.committed();
  }

  /// No follower waits for a snapshot of this replica any more.
  public void releaseSnapshots() {
    log.releaseAll();
  }

  public @Nullable RangeDescriptor descriptorOrNull() {
    return descriptor;
  }

  public HardState hardState() {
    return hardState;
  }

  public boolean isLogged() {
    return logged;
  }

  public boolean isLeader() {
    return currentLeadership() != null;
  }

  public LogKeeper log() {
    return log;
  }

  public EntryId applied() {
    return applied;
  }

  /// True if a snapshot may begin to be installed: nothing is with the applier or about to be.
  public boolean isStill() {
    return !ended
        && !installing
        && !group.hasReady()
        && handedOut == applied.index()
        && (descriptor == null || group.committed() <= applied.index());
  }

  public boolean isInstalling() {
    return installing;
  }

  public void setBytes(long newBytes) {
    bytes = newBytes;
  }

  public long bytes() {
    return bytes;
  }

  /// There was a pause: no lease until a new round is confirmed.
  public void onPause() {
    if (leadership != null) {
      leadership.lease().endForPause();
    }
  }

  /// Drops the log up to an applied entry that is durable, as far as nobody needs it.
  public void compact(EntryId durable, boolean quiet) {
    if (ended || installing || descriptor == null) {
      return;
    }
    long target = log.compactionTarget(durable.index(), quiet, group, host.options());
    if (target > log.compacted().index()) {
      EntryId point = group.compacted(target);
      log.onCompacted(point);
      host.writeEventually(new GroupWrite(id, null, null, List.of(), point, null, null));
    }
  }

  /// Nothing more happens here: the replica is removed, or the store stops, or it is broken.
  public void end(String reason, Refusal refusal) {
    if (ended) {
      return;
    }
    ended = true;
    Leadership lead = leadership;
    leadership = null;
    if (lead != null) {
      lead.end(refusal);
      lead.endTransfer(new AdminOutcome.Unknown(reason));
    }
    barriers.refuseAll(refusal);
    proposals.giveUpAll(reason);
    if (machine != null) {
      machine.onRemoved();
    }
  }

  public ReplicaStatus status() {
    Leadership lead = currentLeadership();
    return new ReplicaStatus(
        id,
        peer,
        descriptor,
        group.role(),
        group.term(),
        leaderStore(),
        group.committed(),
        applied.index(),
        lead != null && lead.isServing(),
        leaseHolds(),
        bytes,
        log.bytes(),
        group.followers());
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
