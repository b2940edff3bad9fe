package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.PlacementRequest.IdKind;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// People who operate the fleet while it fails: splits and transfers by way of the placement
/// driver, and membership changes behind its back.
final class Operators {
  private static final long SELDOM_NANOS_MAX = 1_500_000_000L;
  private static final long OFTEN_NANOS_MAX = 500_000_000L;
  private static final long PATIENCE_NANOS = 2_000_000_000L;
  private static final int RANGES_MAX = 7;

  private final SimulatedFleet fleet;
  private final RandomSource random;
  private final long everyNanosMax;
  private @Nullable RangeId lately;
  private boolean stopped;

  Operators(SimulatedFleet fleet) {
    this.fleet = fleet;
    this.random = fleet.world().random("operators");
    this.everyNanosMax = random.oneIn(2) ? SELDOM_NANOS_MAX : OFTEN_NANOS_MAX;
    next();
  }

  /// No more trouble from here.
  void stop() {
    stopped = true;
  }

  private void next() {
    fleet
        .world()
        .at(
            random.nextLong(everyNanosMax),
            () -> {
              if (!stopped) {
                operate();
                next();
              }
            });
  }

  private void operate() {
    List<RangeDescriptor> ranges = new ArrayList<>(fleet.ranges());
    RangeDescriptor range = one(ranges);
    ReplicaDescriptor replica = range.replicas().get(random.nextInt(range.replicas().size()));
    switch (random.nextInt(4)) {
      case 0 -> split(range);
      case 1 -> ask(new PlacementRequest.TransferLeader(range.id(), replica.store()));
      case 2 ->
          ask(new PlacementRequest.TransferLeader(RangeDescriptor.PLACEMENT, replica.store()));
      default -> change(range);
    }
  }

  /// Whoever has done something to a range likes to do more to it.
  private RangeDescriptor one(List<RangeDescriptor> ranges) {
    RangeDescriptor drawn = ranges.get(random.nextInt(ranges.size()));
    if (random.oneIn(2)) {
      for (RangeDescriptor each : ranges) {
        drawn = each.id().equals(lately) ? each : drawn;
      }
    }
    lately = drawn.id();
    return drawn;
  }

  /// Takes a store's replicas out of some of its ranges, if enough are left; the driver puts others
  /// in their place. Returns if there was any.
  boolean replace(StoreId store) {
    boolean any = false;
    for (RangeDescriptor range : List.copyOf(fleet.ranges())) {
      List<ReplicaDescriptor> left = voters(range);
      if (left.removeIf(each -> each.store().equals(store))
          && left.size() >= 2
          && random.oneIn(2)) {
        changeTo(range, left);
        any = true;
      }
    }
    return any;
  }

  /// Splits a range behind the driver's back, if there are not too many yet.
  boolean splitNow(RangeDescriptor range) {
    List<Key> all = new ArrayList<>();
    for (char letter = 'b'; letter < 'z'; letter++) {
      all.add(Key.of(("k" + letter).getBytes(UTF_8)));
    }
    all.removeIf(each -> !range.span().canSplitAt(each));
    boolean can = fleet.ranges().size() < 2 * RANGES_MAX && !all.isEmpty();
    if (can) {
      Key at = all.get(random.nextInt(all.size()));
      int peers = range.replicas().size();
      allocate(
          IdKind.RANGE,
          1,
          right -> allocate(IdKind.PEER, peers, first -> splitNow(range, right, first, at)));
    }
    return can;
  }

  private void splitNow(RangeDescriptor range, long right, long firstPeer, Key at) {
    List<PeerId> peers = new ArrayList<>();
    for (int i = 0; i < range.replicas().size(); i++) {
      peers.add(new PeerId(firstPeer + i));
    }
    fleet.transcript().add(0, "behind the driver's back: split of " + range + " at " + at);
    for (SimulatedNode node : fleet.nodes()) {
      Store store = node.store();
      if (store != null) {
        store.split(range.id(), range.generation(), new RangeId(right), peers, at, _ -> {});
      }
    }
  }

  private void allocate(IdKind kind, int count, LongConsumer then) {
    fleet
        .client()
        .ask(
            new PlacementRequest.AllocateIds(kind, count),
            PATIENCE_NANOS,
            reply -> {
              if (reply instanceof PlacementReply.Ids(long first, _) && !stopped) {
                then.accept(first);
              }
            });
  }

  /// Has a range split somewhere, if there are not too many yet.
  boolean split(RangeDescriptor range) {
    Key at = Key.of(("k" + (char) ('b' + random.nextInt(24))).getBytes(UTF_8));
    boolean can = fleet.ranges().size() < RANGES_MAX && range.span().canSplitAt(at);
    if (can) {
      ask(new PlacementRequest.SplitRequested(range.id(), at));
    }
    return can;
  }

  private void ask(PlacementRequest request) {
    fleet.transcript().add(0, "asked for: " + request);
    fleet.client().ask(request, PATIENCE_NANOS);
  }

  /// Adds a learner where there is no replica yet, or swaps it in for another one.
  private void change(RangeDescriptor range) {
    List<ReplicaDescriptor> voters = voters(range);
    List<ReplicaDescriptor> learners = learners(range);
    if (learners.isEmpty()) {
      addLearner(range);
    } else {
      if (voters.size() >= fleet.wantedReplicas()) {
        voters.remove(random.nextInt(voters.size()));
      }
      voters.add(learners.getFirst().withKind(ReplicaKind.VOTER));
      changeTo(range, voters);
    }
  }

  private static List<ReplicaDescriptor> voters(RangeDescriptor range) {
    List<ReplicaDescriptor> voters = new ArrayList<>(range.replicas());
    voters.removeIf(each -> each.kind() != ReplicaKind.VOTER);
    return voters;
  }

  private static List<ReplicaDescriptor> learners(RangeDescriptor range) {
    List<ReplicaDescriptor> learners = new ArrayList<>(range.replicas());
    learners.removeIf(each -> each.kind() != ReplicaKind.LEARNER);
    return learners;
  }

  private boolean isRunning(StoreId store) {
    return fleet.nodes().stream().anyMatch(node -> node.isRunning() && store.equals(node.id()));
  }

  private List<StoreId> freeStores(RangeDescriptor range) {
    List<StoreId> free = new ArrayList<>();
    for (SimulatedNode node : fleet.nodes()) {
      StoreId id = node.id();
      if (node.isRunning() && id != null && range.replicaOn(id).isEmpty()) {
        free.add(id);
      }
    }
    return free;
  }

  private void addLearner(RangeDescriptor range) {
    List<StoreId> free = freeStores(range);
    if (!free.isEmpty()) {
      StoreId store = free.get(random.nextInt(free.size()));
      // Stores count on it that a newer replica has the higher peer id.
      allocate(
          IdKind.PEER,
          1,
          peer ->
              addLearner(
                  range, new ReplicaDescriptor(new PeerId(peer), store, ReplicaKind.LEARNER)));
    }
  }

  private void addLearner(RangeDescriptor range, ReplicaDescriptor learner) {
    List<ReplicaDescriptor> target = new ArrayList<>(range.replicas());
    target.add(learner);
    changeTo(range, target);
  }

  /// Whoever leads does it.
  private void changeTo(RangeDescriptor range, List<ReplicaDescriptor> target) {
    if (range.isJoint()) {
      return;
    }
    fleet.transcript().add(0, "behind the driver's back: " + range + " to " + target);
    for (SimulatedNode node : fleet.nodes()) {
      Store store = node.store();
      if (store != null) {
        store.changeMembership(range.id(), range.generation(), target, _ -> {});
      }
    }
  }
}
