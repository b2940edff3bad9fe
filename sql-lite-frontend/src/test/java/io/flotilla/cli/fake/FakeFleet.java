package io.flotilla.cli.fake;

import io.flotilla.engine.RejectedException;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.FleetStatus;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.admin.StoreLiveness;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Two stores and a learner; the placement group and one data range, which splits.
public final class FakeFleet implements Fleet {
  private final List<RangeStatus> ranges = new ArrayList<>();
  private long nextId = 3;
  private @Nullable FleetStatus status;

  FakeFleet() {
    ranges.add(range(1, KeySpan.ALL, 1L));
    ranges.add(range(2, KeySpan.ALL, 1L));
  }

  private static RangeStatus range(long id, KeySpan span, @Nullable Long leader) {
    List<ReplicaDescriptor> replicas =
        List.of(
            new ReplicaDescriptor(new PeerId(10), new StoreId(1), ReplicaKind.VOTER),
            new ReplicaDescriptor(new PeerId(11), new StoreId(2), ReplicaKind.LEARNER));
    RangeDescriptor descriptor = new RangeDescriptor(new RangeId(id), span, 3, replicas);
    return new RangeStatus(
        descriptor,
        leader == null ? null : new StoreId(leader),
        5,
        1_234,
        5 << 20,
        id == 1,
        null,
        null);
  }

  public void setStatus(FleetStatus changed) {
    status = changed;
  }

  @Override
  public synchronized FleetStatus status() {
    return status == null
        ? new FleetStatus("c0ffee", 2, 1, ranges.size(), 2, 0, 10 << 20, 3, 1, 0)
        : status;
  }

  @Override
  public synchronized List<StoreStatus> stores() {
    return List.of(
        store(1, "127.0.0.1:4100", StoreStatus.State.UP, 300),
        store(2, "127.0.0.1:4101", StoreStatus.State.DOWN, 61_000));
  }

  private static StoreStatus store(long id, String address, StoreStatus.State state, long seen) {
    boolean isLow = id == 2;
    return new StoreStatus(
        new StoreId(id),
        address,
        state,
        2,
        3 - id,
        5 << 20,
        isLow ? 700L << 20 : 40L << 30,
        isLow ? StoreStatus.Disk.LOW : StoreStatus.Disk.ROOMY,
        seen,
        "0.1",
        "fsync");
  }

  /// Store 1 answers, store 2 does not.
  @Override
  public synchronized List<StoreLiveness> liveness() {
    StoreLiveness.Peer peer = new StoreLiveness.Peer(new StoreId(2), false, false, false, true, 0);
    return List.of(
        new StoreLiveness(new StoreId(1), true, 2, 1, List.of(peer)),
        new StoreLiveness(new StoreId(2), false, 0, 0, List.of()));
  }

  /// Store 2 can go, the other one cannot.
  @Override
  public synchronized long removeStore(StoreId store) {
    if (store.value() != 2) {
      throw new RejectedException("nobody else can take the replica of range 2");
    }
    return ranges.size();
  }

  @Override
  public synchronized List<RangeStatus> ranges() {
    return List.copyOf(ranges);
  }

  @Override
  public synchronized RangeStatus range(RangeId id) {
    return ranges.stream()
        .filter(range -> range.descriptor().id().equals(id))
        .findFirst()
        .orElseThrow(() -> new RejectedException("there is no range " + id));
  }

  @Override
  public synchronized RangeStatus rangeOf(Key key) {
    return ranges.stream()
        .filter(range -> !range.descriptor().isPlacement())
        .filter(range -> range.descriptor().span().contains(key))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public synchronized List<RangeStatus> split(RangeId id, Optional<Key> at) {
    RangeStatus old = range(id);
    KeySpan span = old.descriptor().span();
    Key middle = at.orElse(Key.of("m".getBytes(StandardCharsets.UTF_8)));
    RangeStatus left = range(id.value(), new KeySpan(span.start(), middle), 1L);
    RangeStatus right = range(nextId++, new KeySpan(middle, span.end()), 1L);
    ranges.remove(old);
    ranges.addAll(List.of(left, right));
    ranges.sort(Comparator.comparing(range -> range.descriptor().span().start()));
    return List.of(left, right);
  }

  @Override
  public synchronized void transferLeader(RangeId id, StoreId to) {
    RangeStatus old = range(id);
    ranges.set(ranges.indexOf(old), range(id.value(), old.descriptor().span(), to.value()));
  }
}
