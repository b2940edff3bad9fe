package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvRequest.Get;
import io.flotilla.engine.mvcc.KvRequest.IndexGet;
import io.flotilla.engine.mvcc.KvRequest.Read;
import io.flotilla.engine.mvcc.KvRequest.Write;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.RangeMachine;
import io.flotilla.replica.RangeRequest;
import org.jspecify.annotations.Nullable;

/// One range of the ordered map: gives each request to the path that answers it, and tells all
/// parts what happens to the range.
final class KvMachine implements RangeMachine {
  /*
   * Most ranges are led for long without a request: what only requests need is made with the first
   * one.
   */
  private final Leadership leadership;
  private @Nullable ReadPath reads;
  private @Nullable WritePath writes;
  private final GarbageCollector collector;
  private final GarbageWalk walk;

  KvMachine(RangeAccess access, KvEnvironment environment, GarbageCollector collector) {
    this.leadership = new Leadership(access, environment);
    this.collector = collector;
    this.walk = new GarbageWalk(leadership);
  }

  @Override
  public void onLeadership(long term) {
    leadership.begin();
    if (writes != null) {
      writes.onLeadershipChanged();
    }
    collector.add(walk);
  }

  @Override
  public void onLeadershipLost() {
    collector.remove(walk);
    if (writes != null) {
      writes.onLeadershipChanged();
    }
    leadership.end();
  }

  @Override
  public void serve(RangeRequest request) {
    if (!(request instanceof KvCall call)) {
      throw new IllegalArgumentException("not a request to a range of the map: " + request);
    }
    if (!leadership.isLeading()) {
      serveAsFollower(call);
      return;
    }
    switch (call.request()) {
      case IndexGet(var target, var key, _) ->
          reads().serveByBarrier(call, new Get(target, key, Timestamp.MAX));
      case Read read -> reads().serve(call, read);
      case Write write -> writes().serve(call, write);
    }
  }

  private void serveAsFollower(KvCall call) {
    if (call.request() instanceof IndexGet(_, var key, boolean anyReplica) && anyReplica) {
      new FollowerReads(leadership, reader()).serve(call, key);
    } else {
      call.refuse(leadership.notLeader());
    }
  }

  private ReadPath reads() {
    ReadPath path = reads;
    if (path == null) {
      path = new ReadPath(leadership, reader());
      reads = path;
    }
    return path;
  }

  private WritePath writes() {
    WritePath path = writes;
    if (path == null) {
      path = new WritePath(leadership, reader());
      writes = path;
    }
    return path;
  }

  private VersionReader reader() {
    return new VersionReader(leadership.environment.state());
  }

  /// Nothing to do: what is applied leaves the overlay with its outcome, in the same turn.
  @Override
  public void onApplied(long index) {}

  /// Whatever waits compares its keys with the descriptor when it goes on, and what is under way
  /// gets its outcome.
  @Override
  public void onDescriptor(RangeDescriptor descriptor) {
    leadership.onSpanChanged();
  }

  /// What a leaseholder remembers is void without leadership, so whatever still waits here finds
  /// that nobody leads. A follower's read asks the replica itself whether what it read still holds.
  @Override
  public boolean isDisposable() {
    return !leadership.isLeading();
  }

  @Override
  public void onRemoved() {
    if (leadership.isLeading()) {
      onLeadershipLost();
    }
  }
}
