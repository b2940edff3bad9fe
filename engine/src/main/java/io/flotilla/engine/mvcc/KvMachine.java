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

/// One range of the ordered map: gives each request to the path that answers it, and tells all
/// parts what happens to the range.
final class KvMachine implements RangeMachine {
  private final Leadership leadership;
  private final ReadPath reads;
  private final FollowerReads followerReads;
  private final WritePath writes;
  private final GarbageCollector collector;
  private final GarbageWalk walk;

  KvMachine(RangeAccess access, KvEnvironment environment, GarbageCollector collector) {
    VersionReader reader = new VersionReader(environment.state());
    this.leadership = new Leadership(access, environment);
    this.reads = new ReadPath(leadership, reader);
    this.followerReads = new FollowerReads(leadership, reader);
    this.writes = new WritePath(leadership, reader);
    this.collector = collector;
    this.walk = new GarbageWalk(leadership);
  }

  @Override
  public void onLeadership(long term) {
    leadership.begin();
    writes.onLeadershipChanged();
    collector.add(walk);
  }

  @Override
  public void onLeadershipLost() {
    collector.remove(walk);
    writes.onLeadershipChanged();
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
          reads.serveByBarrier(call, new Get(target, key, Timestamp.MAX));
      case Read read -> reads.serve(call, read);
      case Write write -> writes.serve(call, write);
    }
  }

  private void serveAsFollower(KvCall call) {
    if (call.request() instanceof IndexGet(_, var key, boolean anyReplica) && anyReplica) {
      followerReads.serve(call, key);
    } else {
      call.refuse(leadership.notLeader());
    }
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
  /// that nobody leads.
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
