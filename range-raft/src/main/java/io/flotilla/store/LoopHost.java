package io.flotilla.store;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.Ready;
import io.flotilla.replica.AppliedBatch.CommandEffect.SplitDone;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaHost;
import io.flotilla.replica.ReplicaOptions;
import io.flotilla.replica.Vouching;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.List;

/// What the replicas of one loop ask of it, and who of the loop's parts does it.
final class LoopHost implements ReplicaHost {
  private final StoreCore core;
  private final StoreLoop loop;
  private final HandOut handOut;
  private long readContext;

  LoopHost(StoreCore core, StoreLoop loop, HandOut handOut) {
    this.core = core;
    this.loop = loop;
    this.handOut = handOut;
    this.readContext = core.env().random().fork("read contexts").nextLong();
  }

  // Surroundings --------------------------------------------------------------------------------

  @Override
  public StoreId store() {
    return core.env().store();
  }

  @Override
  public EventLoop loop() {
    return loop.loop();
  }

  @Override
  public ReplicaOptions options() {
    return core.env().options().replica();
  }

  @Override
  public EventSink events() {
    return core.env().events();
  }

  @Override
  public long nanos() {
    return core.env().clock().nanos();
  }

  @Override
  public Vouching vouching() {
    return loop.sleepers();
  }

  @Override
  public boolean clocksAgree(long nanos) {
    return loop.ticks().clocksAgree(nanos);
  }

  /// Counts from a number that is drawn for each life: that two lives meet is beyond all chance.
  @Override
  public long newReadContext() {
    return readContext++;
  }

  @Override
  public boolean isApplyBacklogFull() {
    return handOut.isApplyBacklogFull();
  }

  @Override
  public List<RangeDescriptor> localDescriptors(KeySpan span) {
    return loop.known().overlapping(span);
  }

  // Work ----------------------------------------------------------------------------------------

  @Override
  public void touched(RangeReplica replica) {
    loop.touched(replica);
  }

  @Override
  public void send(StoreId to, RangeMessage message) {
    handOut.send(to, message);
  }

  @Override
  public void persist(RangeReplica replica, long readyNumber, GroupWrite write) {
    handOut.persist(replica, readyNumber, write);
  }

  @Override
  public void writeEventually(GroupWrite write) {
    handOut.write(write);
  }

  @Override
  public void apply(RangeReplica replica, List<Entry> entries) {
    handOut.apply(replica, entries);
  }

  @Override
  public void fetch(RangeReplica replica, Ready.LogFetch fetch) {
    core.env()
        .readLoop()
        .execute(() -> {
          try {
            List<Entry> entries =
                core.env()
                    .log()
                    .read(replica.id(), fetch.fromIndex(), fetch.toIndex(), fetch.bytesMax());
            loop.post(() -> loop.guard(replica, () -> replica.onFetched(fetch, entries)));
          } catch (RuntimeException e) {
            core.fail(e);
          }
        });
  }

  @Override
  public void sendSnapshot(RangeReplica replica, Ready.SnapshotWanted wanted) {
    loop.installs().send(replica, wanted);
  }

  @Override
  public void install(
      RangeReplica replica, long readyNumber, GroupWrite firstStep, Ready.Install install) {
    loop.installs().begin(replica, readyNumber, firstStep, install);
  }

  // News ----------------------------------------------------------------------------------------

  @Override
  public void onSplit(RangeReplica left, SplitDone split, boolean led) {
    events().emit(new StoreEvent.RangeSplit(store(), split.left(), split.right()));
    core.withClaims(claims -> claims.split(split.left(), split.right()));
    core.publish(split.left());
    core.publish(split.right());
    StoreLoop owner = core.loopOf(split.right().id());
    // Behind the hand-out, in which the left half notes that the split is committed: the right
    // half's first log write must come after that note.
    handOut.afterwards(() -> owner.post(() -> owner.arrivals().onSplit(split, led)));
  }

  @Override
  public void onServing(RangeReplica replica) {
    loop.replicas().changed(replica);
  }

  @Override
  public void onDescriptor(RangeReplica replica) {
    loop.replicas().changed(replica);
    RangeDescriptor descriptor = replica.descriptorOrNull();
    if (descriptor != null) {
      LivenessDesk.meet(core, loop, descriptor);
      core.publish(descriptor);
    }
  }

  @Override
  public void onRole(RangeReplica replica, Ready.RoleChange change) {
    loop.replicas().changed(replica);
    loop.installs().onRole(replica, change);
    events().emit(new StoreEvent.RoleChanged(store(), replica.id(), change.role(), change.term()));
  }

  @Override
  public void onRemovedFromRange(RangeReplica replica) {
    if (!replica.isEnded()) {
      Removal.begin(core, loop, replica);
    }
  }

  @Override
  public void onLeaderMissing(RangeReplica replica) {
    RangeDescriptor descriptor = replica.descriptorOrNull();
    long generation = descriptor == null ? 0 : descriptor.generation();
    events().emit(new StoreEvent.LeaderMissing(store(), replica.id(), replica.peer(), generation));
  }
}
