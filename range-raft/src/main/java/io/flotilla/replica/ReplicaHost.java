package io.flotilla.replica;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.Ready;
import io.flotilla.replica.AppliedBatch.CommandEffect.SplitDone;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.List;

/// What a replica needs of the loop that owns it. All of it only notes what is to be done: the loop
/// hands it out once, at the end of its turn.
public interface ReplicaHost {
  StoreId store();

  EventLoop loop();

  ReplicaOptions options();

  /// False if leases must not be trusted at the moment: the two clocks have drifted apart.
  boolean clocksAgree(long nanos);

  /// Which stores vouch for which, and who sleeps.
  Vouching vouching();

  /// Now, on the monotonic clock.
  long nanos();

  /// A number for a read barrier that no other read of this replica has or had, in this life or one
  /// before: the answer to a read of then may come now, and says too little.
  long newReadContext();

  /// True if so much waits to be applied that nothing should be proposed.
  boolean isApplyBacklogFull();

  /// The replica has something to collect in this turn or the next.
  void touched(RangeReplica replica);

  void send(StoreId to, RangeMessage message);

  /// Makes `write` durable and then calls [RangeReplica#onPersisted] with `readyNumber`.
  void persist(RangeReplica replica, long readyNumber, GroupWrite write);

  /// Makes `write` durable some time; nobody waits for it.
  void writeEventually(GroupWrite write);

  /// Applies `entries` and then calls [RangeReplica#onApplied].
  void apply(RangeReplica replica, List<Entry> entries);

  /// Reads from the log and then calls [RangeReplica#onFetched].
  void fetch(RangeReplica replica, Ready.LogFetch fetch);

  /// Ships a snapshot and then calls [SnapshotSide#onSent].
  void sendSnapshot(RangeReplica replica, Ready.SnapshotWanted wanted);

  /// Installs the staged snapshot and then calls [SnapshotSide#onInstalled].
  void install(RangeReplica replica, long readyNumber, GroupWrite firstStep, Ready.Install install);

  /// The replica has applied a split, and is about to adopt the left half's descriptor.
  void onSplit(RangeReplica left, SplitDone split, boolean led);

  /// The replica leads, and takes requests from now on.
  void onServing(RangeReplica replica);

  /// The replica's descriptor has changed.
  void onDescriptor(RangeReplica replica);

  void onRole(RangeReplica replica, Ready.RoleChange change);

  /// The descriptor that was applied has no place for this replica any more.
  void onRemovedFromRange(RangeReplica replica);

  /// No leader was heard for long.
  void onLeaderMissing(RangeReplica replica);

  /// The descriptors of this store's replicas that overlap `span`.
  List<RangeDescriptor> localDescriptors(KeySpan span);

  EventSink events();
}
