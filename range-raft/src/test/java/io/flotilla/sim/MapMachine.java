package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.RangeMachine;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The least machine there can be: keys and values, no versions.
public final class MapMachine implements RangeMachine {
  private final RangeId range;
  private final RangeAccess access;
  private final StateStorage state;
  private boolean leading;
  private boolean removed;
  private long leasedReads;
  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);

  /// Where a machine can be told to break.
  public enum Fault {
    SERVE,
    READ,
    LEADERSHIP_LOST,
    APPLIED,
    DESCRIPTOR,
    REMOVED
  }

  /// What this machine understands.
  public sealed interface MapRequest extends RangeRequest {
    Key key();

    record Put(Key key, byte[] value, Consumer<ProposalOutcome> onDone, Consumer<Refusal> onRefused)
        implements MapRequest {
      @Override
      public void refuse(Refusal refusal) {
        onRefused.accept(refusal);
      }
    }

    /// `onValue` hears the value and whether it was read by lease.
    record Get(Key key, BiConsumer<byte @Nullable [], Boolean> onValue, Consumer<Refusal> onRefused)
        implements MapRequest {
      @Override
      public void refuse(Refusal refusal) {
        onRefused.accept(refusal);
      }
    }

    /// A read that a follower may answer, too, by an index that the leader names.
    record Look(Key key, Consumer<byte @Nullable []> onValue, Consumer<Refusal> onRefused)
        implements MapRequest {
      @Override
      public boolean isForAnyReplica() {
        return true;
      }

      @Override
      public void refuse(Refusal refusal) {
        onRefused.accept(refusal);
      }
    }
  }

  public MapMachine(RangeId range, RangeAccess access, StateStorage state) {
    this.range = range;
    this.access = access;
    this.state = state;
  }

  /// From now on it throws there.
  public void breakAt(Fault fault) {
    faults.add(fault);
  }

  private void maybeBreak(Fault fault) {
    if (faults.contains(fault)) {
      throw new IllegalStateException("planted: " + fault);
    }
  }

  public RangeId range() {
    return range;
  }

  public RangeAccess access() {
    return access;
  }

  public boolean isRemoved() {
    return removed;
  }

  public boolean isLeading() {
    return leading && !removed;
  }

  public long leasedReads() {
    return leasedReads;
  }

  @Override
  public void onLeadership(long term) {
    for (StateStorage.StoredRange stored : state.load()) {
      boolean mine = stored.descriptor().id().equals(range);
      if (mine && stored.applied().term() < term) {
        throw new AssertionError(
            "range " + range + " leads in term " + term + " but has applied " + stored.applied());
      }
    }
    leading = true;
  }

  @Override
  public void onLeadershipLost() {
    leading = false;
    maybeBreak(Fault.LEADERSHIP_LOST);
  }

  @Override
  public void serve(RangeRequest request) {
    MapRequest mine = (MapRequest) request;
    if (!leading && !mine.isForAnyReplica()) {
      throw new AssertionError("range " + range + ": a request came to one that does not lead");
    }
    maybeBreak(Fault.SERVE);
    if (!covers(mine)) {
      return;
    }
    switch (mine) {
      case MapRequest.Put put -> {
        byte[] key = SimLayout.PLAIN.stateKey(put.key()).bytes();
        access.propose(List.of(new StateWrite(key, put.value())), put.onDone());
      }
      case MapRequest.Get get -> read(get);
      case MapRequest.Look look -> look(look);
    }
  }

  private void look(MapRequest.Look look) {
    long number = access.stateNumber();
    access.readBarrier(
        () -> {
          if (number == 0 || number != access.stateNumber()) {
            look.refuse(new Refusal.NotLeader(access.descriptor(), null));
          } else if (covers(look)) {
            look.onValue().accept(lookUp(look.key()));
          }
        },
        look.onRefused());
  }

  private boolean covers(MapRequest request) {
    if (access.descriptor().span().contains(request.key())) {
      return true;
    }
    io.flotilla.keyspace.KeySpan one =
        new io.flotilla.keyspace.KeySpan(request.key(), request.key().next());
    request.refuse(new Refusal.StaleRange(access.localDescriptors(one)));
    return false;
  }

  private void read(MapRequest.Get get) {
    if (access.leaseHolds()) {
      byte[] value = lookUp(get.key());
      if (access.leaseHolds()) {
        leasedReads++;
        get.onValue().accept(value, true);
        return;
      }
    }
    access.readBarrier(
        () -> {
          maybeBreak(Fault.READ);
          if (covers(get)) {
            get.onValue().accept(lookUp(get.key()), false);
          }
        },
        get.onRefused());
  }

  private byte @Nullable [] lookUp(Key key) {
    return state.get(SimLayout.PLAIN.stateKey(key).bytes());
  }

  @Override
  public void onApplied(long index) {
    maybeBreak(Fault.APPLIED);
  }

  @Override
  public void onDescriptor(RangeDescriptor descriptor) {
    maybeBreak(Fault.DESCRIPTOR);
  }

  @Override
  public void onRemoved() {
    removed = true;
    leading = false;
    maybeBreak(Fault.REMOVED);
  }
}
