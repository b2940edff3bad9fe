package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvRequest.Get;
import io.flotilla.engine.mvcc.KvRequest.IndexGet;
import io.flotilla.engine.mvcc.KvRequest.Read;
import io.flotilla.engine.mvcc.KvRequest.Write;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.RangeMachine;
import io.flotilla.replica.RangeRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One range of the ordered map: gives each request to the path that answers it, and tells all
/// parts what happens to the range.
final class KvMachine implements RangeMachine {
  /*
   * Most ranges are led for long without a request. What a leader has while it is used are its
   * *parts*; when its replica rests they become some bytes, and are made anew from those.
   */
  private static final byte[] NOTHING = new byte[0];

  private final RangeAccess access;
  private final KvMachines shared;
  private @Nullable Parts parts;

  /// What the parts of a leader knew before they rested.
  private byte[] rested = NOTHING;

  /// What is kept in the heap stays good over a rest; null: nothing is.
  private HotKeys.@Nullable Reign reign;

  /// Where the collector keeps this; -1: it does not.
  private int place = -1;

  /// What is made with the first use.
  private static final class Parts {
    private final Leadership leadership;
    private final GarbageWalk walk;
    private @Nullable ReadPath reads;
    private @Nullable WritePath writes;

    Parts(Leadership leadership) {
      this.leadership = leadership;
      this.walk = new GarbageWalk(leadership);
    }
  }

  KvMachine(RangeAccess access, KvMachines shared) {
    this.access = access;
    this.shared = shared;
  }

  private Parts parts() {
    Parts now = parts;
    if (now == null) {
      now = new Parts(leadership());
      parts = now;
      rested = NOTHING;
      reign = null;
      shared.collector().wakes(this);
    }
    return now;
  }

  private Leadership leadership() {
    if (rested == NOTHING) {
      return new Leadership(access, shared.environment());
    }
    RestReader in = new RestReader(rested);
    Leadership resumed = new Leadership(access, shared.environment(), in, reign);
    in.finish();
    return resumed;
  }

  private boolean isLeading() {
    Parts now = parts;
    return now == null ? rested != NOTHING : now.leadership.isLeading();
  }

  @Override
  public void rest() {
    Parts now = parts;
    if (now != null && now.leadership.mayRest() && now.walk.mayRest()) {
      reign = now.leadership.reignOrNull();
      RestWriter out = new RestWriter();
      now.leadership.rest(out);
      shared.collector().rests(this, now.leadership.garbage);
      rested = out.toBytes();
      parts = null;
    }
  }

  @Override
  public void onLeadership(long term) {
    Parts now = parts();
    now.leadership.begin();
    if (now.writes != null) {
      now.writes.onLeadershipChanged();
    }
    shared.collector().add(this);
  }

  @Override
  public void onLeadershipLost() {
    shared.collector().remove(this);
    Parts now = parts();
    if (now.writes != null) {
      now.writes.onLeadershipChanged();
    }
    now.leadership.end();
  }

  @Override
  public void serve(RangeRequest request) {
    if (!(request instanceof KvCall call)) {
      throw new IllegalArgumentException("not a request to a range of the map: " + request);
    }
    Parts now = parts();
    if (!now.leadership.isLeading()) {
      serveAsFollower(now.leadership, call);
      return;
    }
    switch (call.request()) {
      case IndexGet(var target, var key, _) ->
          reads(now).serveByBarrier(call, new Get(target, key, Timestamp.MAX));
      case Read read -> reads(now).serve(call, read);
      case Write write -> writes(now).serve(call, write);
    }
  }

  private void serveAsFollower(Leadership leadership, KvCall call) {
    if (call.request() instanceof IndexGet(_, var key, boolean anyReplica) && anyReplica) {
      new FollowerReads(leadership, reader()).serve(call, key);
    } else {
      call.refuse(leadership.notLeader());
    }
  }

  private ReadPath reads(Parts now) {
    ReadPath path = now.reads;
    if (path == null) {
      path = new ReadPath(now.leadership, reader());
      now.reads = path;
    }
    return path;
  }

  private WritePath writes(Parts now) {
    WritePath path = now.writes;
    if (path == null) {
      path = new WritePath(now.leadership, reader());
      now.writes = path;
    }
    return path;
  }

  private VersionReader reader() {
    return new VersionReader(shared.environment().state());
  }

  /// Nothing to do: what is applied leaves the overlay with its outcome, in the same turn.
  @Override
  public void onApplied(long index) {}

  /// Whatever waits compares its keys with the descriptor when it goes on, and what is under way
  /// gets its outcome.
  @Override
  public void onDescriptor(RangeDescriptor descriptor) {
    reign = null;
    if (parts != null) {
      parts.leadership.onSpanChanged();
    }
  }

  /// What a leaseholder remembers is void without leadership, so whatever still waits here finds
  /// that nobody leads. A follower's read asks the replica itself whether what it read still holds.
  @Override
  public boolean isDisposable() {
    return !isLeading();
  }

  @Override
  public void onRemoved() {
    if (isLeading()) {
      onLeadershipLost();
    }
  }

  // For the collector -----------------------------------------------------------------------------

  /// True if it should pay to collect old versions. A machine at rest stays at rest over this.
  boolean isGarbageDue(long safePoint) {
    Parts now = parts;
    if (now != null) {
      return now.walk.isDue(safePoint);
    }
    return rested != NOTHING
        && safePoint >= restedGarbage().dueFrom(shared.environment().garbageVersionsMin());
  }

  private GarbageMeter restedGarbage() {
    return new GarbageMeter(new RestReader(rested));
  }

  /// Collects a little; `onDone` is told if there is more to do.
  void collectGarbage(Consumer<Boolean> onDone) {
    parts()
        .walk
        .step(more -> {
          onDone.accept(more);
          if (!more) {
            rest(); // the replica may be at rest all the time
          }
        });
  }

  int place() {
    return place;
  }

  void placeAt(int newPlace) {
    place = newPlace;
  }
}
