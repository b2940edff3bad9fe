package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.store.StoreOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// One seed: a fleet of five stores, clients, trouble, healing, and the verdict.
public final class ChaosRun implements SeedLife {
  private static final RangeId FIRST = RangeDescriptor.FIRST;

  private final SimFleet fleet;
  private final Chaos chaos;
  private final boolean lulls;
  private final long rageNanos;
  private final List<KeyClient> clients = new ArrayList<>();

  public ChaosRun(long seed, long rageNanos) {
    this(seed, SimFleet.smallOptions(), false, rageNanos);
  }

  /// @param lulls clients rest now and then, so that ranges fall asleep; clocks run as wrong as
  ///   they may
  /// @param rageNanos for how long there are faults
  public ChaosRun(long seed, StoreOptions options, boolean lulls, long rageNanos) {
    this.rageNanos = rageNanos;
    this.fleet = new SimFleet(seed, options);
    this.lulls = lulls;
    if (lulls) {
      fleet.lookAtLemmas();
    }
    int step = lulls ? 41 : 5;
    for (int i = 1; i <= 5; i++) {
      fleet.add(i, i % 2 + 1, 1_000 + step * (i - 3));
    }
    for (int i = 2; i <= 5; i++) {
      fleet.store(i).start();
    }
    fleet.bootstrap();
    this.chaos = new Chaos(fleet, lulls);
    for (int i = 10; i < 30; i += lulls ? 3 : 1) {
      clients.add(new KeyClient(fleet, "k" + i, lulls));
    }
  }

  /// Returns the digest of the time of everything that happened, every event, fault and frame, all
  /// that became durable, and what clients were told.
  @Override
  public long run() {
    fleet.addReplica(FIRST, 2, 2);
    fleet.addReplica(FIRST, 3, 3);
    clients.forEach(KeyClient::start);
    chaos.rage(rageNanos);
    chaos.heal();
    fleet.settle();
    clients.forEach(KeyClient::stop);
    fleet.run(3 * SimFleet.SECOND);
    if (lulls) {
      aftermath();
    }
    verdict();
    return fleet.world().digest();
  }

  @Override
  public String moment() {
    return fleet.world().nanos() / 1_000 + " us";
  }

  @Override
  public String newest(int lines) {
    return fleet.world().newest(lines);
  }

  public SimFleet fleet() {
    return fleet;
  }

  public long acknowledged() {
    return clients.stream().mapToLong(KeyClient::acknowledged).sum();
  }

  public long reads() {
    return clients.stream().mapToLong(KeyClient::reads).sum();
  }

  /// Reads by the lease of a range that was asleep.
  public long readsAsleep() {
    return fleet.readsAsleep();
  }

  /// Nobody uses anything any more, so all ranges sleep: the death of a store and a power cut of
  /// all have to wake them by themselves.
  private void aftermath() {
    fleet.descriptors().values().forEach(this::dropLearner);
    fleet.run(2 * SimFleet.SECOND);
    List<SimStore> stores = fleet.stores();
    SimStore dying = stores.get(Math.floorMod(fleet.world().seed(), stores.size()));
    List<RangeDescriptor> ranges = new ArrayList<>(fleet.descriptors().values());
    dying.crash();
    awaitLeaders(ranges, "a death");
    dying.start();
    fleet.settle();
    fleet.run(2 * SimFleet.SECOND);
    stores.forEach(SimStore::crash);
    stores.forEach(SimStore::start);
    awaitLeaders(ranges, "a power cut");
    fleet.settle();
    fleet.run(3 * SimFleet.SECOND);
  }

  /// A range with a learner does not sleep.
  private void dropLearner(RangeDescriptor range) {
    for (ReplicaDescriptor each : range.replicas()) {
      if (each.kind() == ReplicaKind.LEARNER) {
        fleet.removeReplica(range.id(), each.store().value());
      }
    }
  }

  private void awaitLeaders(List<RangeDescriptor> ranges, String after) {
    fleet.runUntil(
        "leaders after " + after,
        5 * SimFleet.SECOND,
        () ->
            ranges.stream().allMatch(each -> fleet.leader(each.id()) != null || !hasQuorum(each)));
  }

  private boolean hasQuorum(RangeDescriptor range) {
    long up =
        range.replicas().stream().filter(each -> fleet.store(each.store().value()).isUp()).count();
    return 2 * up > range.replicas().size();
  }

  private void verdict() {
    List<RangeDescriptor> ranges = new ArrayList<>(fleet.descriptors().values());
    ranges.sort(Comparator.comparing(range -> range.span().start()));
    Key next = Key.EMPTY;
    for (RangeDescriptor range : ranges) {
      fleet.check(range.span().start().equals(next), "ranges tile: " + ranges);
      next = range.span().end();
    }
    fleet.check(next.isEmpty(), "ranges tile to the end: " + ranges);
    for (KeyClient client : clients) {
      RangeId range = client.range();
      fleet.check(range != null, "every key has a range");
      if (range != null) {
        client.judgeLast(fleet.get(range, new String(client.key().bytes())));
      }
    }
    for (RangeDescriptor range : ranges) {
      long applied = -1;
      for (ReplicaDescriptor replica : range.replicas()) {
        MapMachine machine = fleet.machine(fleet.store(replica.store().value()), range.id());
        long its = machine == null ? -2 : machine.access().appliedIndex();
        fleet.check(
            applied == -1 || applied == its,
            "replicas of " + range + " have all applied: " + applied + " and " + its);
        applied = its;
      }
    }
  }
}
