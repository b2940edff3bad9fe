package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PlacementReply.Fleet;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.PlacementRequest.FleetStatus;
import io.flotilla.placement.PlacementRequest.ListRanges;
import io.flotilla.placement.PlacementRequest.SplitRequested;
import io.flotilla.placement.check.LeaderLimits;
import io.flotilla.placement.directory.ToyFleet.ToyRange;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A fleet in which anything may happen at any time: stores come, go and are slow, ranges grow,
/// split and change leaders, the placement group changes its own, late instructions are carried
/// out. Nothing wrong may ever come of it; and once it is left alone, every range gets its three
/// voters.
class RandomFleetTest {
  private static final int STEPS = 300;
  private static final int STORES = 5;

  private final TreeMap<PeerId, RangeId> owners = new TreeMap<>();
  private int gap;
  private final List<Instruction> late = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void healsAndNeverBreaks(long seed) {
    RandomSource random = new RandomSource(seed);
    this.gap = (int) (seed % 4);
    ToyFleet fleet = new ToyFleet(_ -> {}, LeaderLimits.DEFAULT.with(gap, 2_000));
    fleet.found();
    fleet.loses = () -> random.oneIn(10);
    int stores = 1;
    for (int i = 0; i < STEPS; i++) {
      if (stores < STORES && random.oneIn(20)) {
        stores++;
        fleet.join(String.valueOf((char) ('a' + stores - 1)));
      }
      disturb(fleet, random, stores);
      fleet.round();
      check(fleet);
    }
    while (stores < 3) {
      stores++;
      fleet.join(String.valueOf((char) ('a' + stores - 1)));
    }
    heal(fleet, stores);
  }

  private void disturb(ToyFleet fleet, RandomSource random, int stores) {
    long store = 1 + random.nextInt(stores);
    List<RangeId> ids = List.copyOf(fleet.ranges().keySet());
    ToyRange range = fleet.range(ids.get(random.nextInt(ids.size())).value());
    switch (random.nextInt(12)) {
      case 0 -> fleet.store(store).up ^= true;
      case 1 -> fleet.store(store).slow ^= true;
      case 2 -> elect(range, random);
      case 3 -> range.bytes += (long) random.nextInt(200) << 20;
      case 4 -> {
        if (random.oneIn(4)) {
          fleet.nextTenure();
        }
      }
      case 5 -> fleet.ask(new SplitRequested(range.descriptor.id(), null));
      case 6 -> late.addAll(fleet.instructions(store));
      case 7 -> {
        if (!late.isEmpty()) {
          Instruction instruction = late.remove(random.nextInt(late.size()));
          fleet.perform(fleet.range(instruction.range().value()).leader, instruction);
        }
      }
      case 8 -> fleet.group().advance(random.nextInt(400_000));
      case 9 -> fleet.measuring ^= true;
      case 10 -> range.indivisible ^= random.oneIn(3);
      default -> {}
    }
  }

  private static void elect(ToyRange range, RandomSource random) {
    List<ReplicaDescriptor> voters =
        range.descriptor.replicas().stream()
            .filter(replica -> replica.kind() == ReplicaKind.VOTER)
            .toList();
    range.leader = voters.get(random.nextInt(voters.size())).store();
    range.term++;
  }

  private void check(ToyFleet fleet) {
    List<KeySpan> spans = new ArrayList<>();
    for (ToyRange range : fleet.ranges().values()) {
      for (ReplicaDescriptor replica : range.descriptor.replicas()) {
        if (replica.peer().value() > 1) {
          RangeId owner = owners.putIfAbsent(replica.peer(), range.descriptor.id());
          assertTrue(
              owner == null || owner.equals(range.descriptor.id()),
              () -> "peer " + replica.peer() + " is used twice");
        }
      }
      long voters =
          range.descriptor.replicas().stream()
              .filter(replica -> replica.kind() == ReplicaKind.VOTER)
              .count();
      assertTrue(voters % 2 == 1, () -> "never an even number of voters: " + range.descriptor);
      if (!range.descriptor.isPlacement()) {
        spans.add(range.descriptor.span());
      }
    }
    for (int i = 0; i < spans.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertTrue(!spans.get(i).overlaps(spans.get(j)), "the toy itself tiles");
      }
    }
  }

  private void heal(ToyFleet fleet, int stores) {
    for (long id = 1; id <= stores; id++) {
      fleet.store(id).up = true;
      fleet.store(id).slow = false;
    }
    fleet.loses = () -> false;
    fleet.measuring = true;
    fleet.ranges().values().forEach(range -> range.bytes = 1);
    for (int i = 0; i < 200; i++) {
      fleet.round();
      check(fleet);
    }
    Fleet status = fleet.ask(new FleetStatus()).as(Fleet.class);
    assertEquals(0, status.underReplicated(), status::toString);
    assertEquals(0, status.gaps(), status::toString);
    assertEquals(0, status.leaderless(), status::toString);
    assertEquals(0, status.operators(), status::toString);
    assertEquals(fleet.ranges().size(), status.ranges());
    Ranges ranges = fleet.ask(new ListRanges(KeySpan.ALL, 10_000, true)).as(Ranges.class);
    ranges
        .ranges()
        .forEach(record ->
            assertEquals(
                fleet.range(record.descriptor().id().value()).descriptor, record.descriptor()));
    if (gap > 0) {
      requireBalance(fleet);
    }
  }

  /// No range could be led by a store that leads fewer by more than the gap.
  private void requireBalance(ToyFleet fleet) {
    TreeMap<StoreId, Integer> leaders = new TreeMap<>();
    fleet.ranges().values().forEach(range -> leaders.merge(range.leader, 1, Integer::sum));
    for (ToyRange range : fleet.ranges().values()) {
      for (ReplicaDescriptor each : range.descriptor.replicas()) {
        int more = leaders.get(range.leader) - leaders.getOrDefault(each.store(), 0);
        assertTrue(
            range.descriptor.isPlacement() || each.kind() != ReplicaKind.VOTER || more <= gap,
            () -> range.descriptor + " led by " + range.leader + ", and " + leaders);
      }
    }
  }
}
