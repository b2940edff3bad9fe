package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.Message;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.Ready;

/// The part of a replica that deals with snapshots: those that a leader sends, and the one that
/// takes the place of log and state. The store moves the files; here is what it means to the core
/// and the log.
public final class SnapshotSide {
  private final RangeReplica replica;
  private final RaftGroup group;
  private final DurableOutput output;

  SnapshotSide(RangeReplica replica) {
    this.replica = replica;
    this.group = replica.group();
    this.output = replica.output();
  }

  // Sending -------------------------------------------------------------------------------------

  /// The core has a follower that is behind the compacted log.
  void send(Ready.SnapshotWanted wanted) {
    output.log().holds().begin(wanted.follower(), replica.applied().index(), 0);
    replica.host().sendSnapshot(replica, wanted);
  }

  /// A snapshot of `bytes` for `follower` was cut at `index`: what comes after it is needed.
  public void onCut(PeerId follower, long index, long bytes) {
    output.log().holds().begin(follower, index, bytes);
  }

  /// `follower` has the snapshot of `lastIndex`, or did not get it (0).
  public void onSent(PeerId follower, long lastIndex) {
    if (lastIndex > 0) {
      output.log().holds().arrived(follower);
    } else {
      output.log().holds().release(follower);
    }
    if (!replica.isEnded()) {
      group.snapshotSent(follower, lastIndex);
      replica.touchIfReady();
    }
  }

  /// No log is kept any more for followers that get a snapshot of this replica.
  public void releaseAll() {
    output.log().holds().releaseAll();
  }

  // Receiving -----------------------------------------------------------------------------------

  /// True if a snapshot may begin to be installed: nothing is with the applier or about to be.
  public boolean isStill() {
    return !replica.isEnded()
        && !replica.isInstalling()
        && !group.hasReady()
        && replica.applySide().isIdle()
        && (!replica.isInitialised() || group.committed() <= replica.applied().index());
  }

  /// A snapshot whose files are here, and whose span is reserved.
  public void receiveStaged(StoreId from, Message.Snapshot snapshot) {
    output.onHeard(snapshot.from(), from);
    replica.slumber().before(snapshot);
    group.receive(snapshot);
    replica.slumber().after();
    replica.touchIfReady();
  }

  /// The staged snapshot took the place of log and state.
  public void onInstalled(
      RangeDescriptor descriptor, EntryId last, long readyNumber, RangeMachine.Factory machines) {
    if (!replica.isEnded()) {
      replica.applySide().onInstalled(descriptor, last, readyNumber, machines);
      output.onInstalled(readyNumber, last);
      replica.touch();
    }
  }
}
