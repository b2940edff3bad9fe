package io.flotilla.placement.directory;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.FailedStep;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.LedSet;
import io.flotilla.placement.PeerProgress;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementReply.Registered;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.PlacementRequest.RegisterStore;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeNews;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.ReportChain;
import io.flotilla.placement.Step;
import io.flotilla.placement.StoreStats;
import io.flotilla.placement.check.LeaderLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A fleet of toy stores around a real placement machine. A toy range is a descriptor, a leader and
/// a match for each follower; its leader's store does what it is told in one report's time. A
/// learner catches up in the next round, unless its store is slow.
final class ToyFleet {
  private static final long FREE = 1L << 40;

  /// Few, so that a report of everything takes several.
  private static final int REPORT_RANGES_MAX = 3;

  private static final int REPORTS_AT_ONCE = 100;

  /// One range, as the members of its group agree on it.
  static final class ToyRange {
    RangeDescriptor descriptor;
    StoreId leader;
    long term = 1;
    long bytes = 1 << 20;

    /// All of it lies under one key.
    boolean indivisible;

    /// What its leader knows of its size.
    RangeSize size = RangeSize.UNKNOWN;

    private final TreeSet<PeerId> caughtUp = new TreeSet<>();

    ToyRange(RangeDescriptor descriptor, StoreId leader) {
      this.descriptor = descriptor;
      this.leader = leader;
      descriptor.replicas().forEach(replica -> caughtUp.add(replica.peer()));
    }
  }

  /// One store.
  static final class ToyStore {
    boolean up = true;
    boolean slow;
    private final ReportChain chain = new ReportChain(REPORT_RANGES_MAX, 1 << 20);
    private long version;
    private final TreeMap<RangeId, RangeReport> reported = new TreeMap<>();
    private List<Instruction> instructions = List.of();
  }

  private final FakeRange group = new FakeRange();
  private final Consumer<String> log;
  private final PlacementMachine machine;
  private final TreeMap<StoreId, ToyStore> stores = new TreeMap<>();
  private final TreeMap<RangeId, ToyRange> ranges = new TreeMap<>();
  private long term;

  /// Whether leaders measure their ranges now.
  boolean measuring = true;

  /// Loses messages if it says so.
  BooleanSupplier loses = () -> false;

  ToyFleet(Consumer<String> log) {
    this(log, LeaderLimits.DEFAULT);
  }

  ToyFleet(Consumer<String> log, LeaderLimits leaders) {
    this.log = log;
    this.machine =
        new PlacementMachine(
            group,
            group,
            group,
            event -> log.accept(event.toString()),
            PlacementOptions.of("toy", Policy.DEFAULT).withLeaders(leaders));
    nextTenure();
  }

  void nextTenure() {
    term++;
    machine.onLeadership(term);
  }

  FakeCall ask(PlacementRequest request) {
    return FakeCall.serve(machine, request);
  }

  TreeMap<RangeId, ToyRange> ranges() {
    return ranges;
  }

  /// What a store was told in the reply to its last report.
  List<Instruction> instructions(long id) {
    report(new StoreId(id));
    return store(id).instructions;
  }

  FakeRange group() {
    return group;
  }

  ToyStore store(long id) {
    return stores.computeIfAbsent(new StoreId(id), _ -> new ToyStore());
  }

  ToyRange range(long id) {
    ToyRange range = ranges.get(new RangeId(id));
    if (range == null) {
      throw new IllegalArgumentException("no range " + id);
    }
    return range;
  }

  /// The first store, with the placement group and one range.
  void found() {
    StoreId first = new StoreId(1);
    for (RangeId id : List.of(RangeDescriptor.PLACEMENT, RangeDescriptor.FIRST)) {
      ReplicaDescriptor replica = new ReplicaDescriptor(new PeerId(1), first, ReplicaKind.VOTER);
      ranges.put(
          id, new ToyRange(new RangeDescriptor(id, KeySpan.ALL, 1, List.of(replica)), first));
    }
    register("a", first);
  }

  long join(String instance) {
    return register(instance, null);
  }

  private long register(String instance, @Nullable StoreId existing) {
    StoreId id = ask(registration(instance, existing)).as(Registered.class).store();
    store(id.value());
    return id.value();
  }

  /// A store that has started again says so.
  FakeCall registerAgain(long id) {
    return ask(registration(String.valueOf((char) ('a' + id - 1)), new StoreId(id)));
  }

  private static RegisterStore registration(String instance, @Nullable StoreId existing) {
    return new RegisterStore(
        "toy", instance, "host:" + instance, List.of(), "1", "fsync", existing);
  }

  /// All stores that are up report, then do what they were told; a second passes.
  void round() {
    ranges.values().forEach(this::catchUp);
    if (measuring) {
      ranges
          .values()
          .forEach(range -> range.size = new RangeSize(range.bytes, range.descriptor.generation()));
    }
    for (StoreId id : List.copyOf(stores.keySet())) {
      if (store(id.value()).up) {
        report(id);
      }
    }
    for (StoreId id : List.copyOf(stores.keySet())) {
      ToyStore store = store(id.value());
      List<Instruction> instructions = store.instructions;
      store.instructions = List.of();
      instructions.forEach(instruction -> perform(id, instruction));
    }
    group.advance(1_000);
  }

  private void catchUp(ToyRange range) {
    for (ReplicaDescriptor replica : range.descriptor.replicas()) {
      ToyStore store = store(replica.store().value());
      if (store.up && !store.slow) {
        range.caughtUp.add(replica.peer());
      }
    }
  }

  void report(StoreId id) {
    ToyStore store = store(id.value());
    TreeMap<RangeId, RangeReport> led = new TreeMap<>();
    for (ToyRange range : ranges.values()) {
      if (range.leader.equals(id)) {
        led.put(range.descriptor.id(), describe(range));
      }
    }
    led.forEach((range, report) -> {
      if (!report.equals(store.reported.get(range))) {
        store.chain.changed(range);
      }
    });
    store.reported.keySet().stream()
        .filter(range -> !led.containsKey(range))
        .forEach(store.chain::released);
    store.reported.clear();
    store.reported.putAll(led);
    boolean more = true;
    for (int i = 0; more && i < REPORTS_AT_ONCE; i++) {
      more = reportOnce(id, store, led);
    }
  }

  /// True if there is more to say at once.
  private boolean reportOnce(StoreId id, ToyStore store, TreeMap<RangeId, RangeReport> led) {
    RangeNews news = store.chain.next(new LedSet(led.navigableKeySet(), led::get));
    StoreReport report =
        new StoreReport(
            id,
            "host:" + (char) ('a' + id.value() - 1),
            new StoreStats(FREE, 0, 0),
            store.version,
            store.chain.receipt(),
            news);
    if (loses.getAsBoolean()) {
      store.chain.lost();
      return false;
    }
    PlacementReply reply = ask(report).reply();
    if (!(reply instanceof Reported done)) {
      log.accept("store " + id + " was answered " + reply);
      store.chain.lost();
      return false;
    }
    if (loses.getAsBoolean()) {
      store.chain.lost();
      return false;
    }
    store.version = done.storesVersion();
    store.instructions = done.instructions();
    return store.chain.answered(done);
  }

  private RangeReport describe(ToyRange range) {
    List<PeerProgress> followers = new ArrayList<>();
    PeerId leader = range.descriptor.replicaOn(range.leader).orElseThrow().peer();
    for (ReplicaDescriptor replica : range.descriptor.replicas()) {
      if (!replica.peer().equals(leader)) {
        boolean caughtUp = range.caughtUp.contains(replica.peer());
        boolean active = store(replica.store().value()).up;
        followers.add(new PeerProgress(replica.peer(), caughtUp ? 9_000 : 0, active));
      }
    }
    return new RangeReport(range.descriptor, range.term, leader, 9_000, range.size, followers);
  }

  /// What a store does with a step: nothing unless it leads the range at that generation.
  void perform(StoreId id, Instruction instruction) {
    ToyRange range = ranges.get(instruction.range());
    if (range == null
        || !range.leader.equals(id)
        || range.descriptor.generation() != instruction.generation()) {
      log.accept("store " + id + " ignores " + instruction.step());
      return;
    }
    if (range.indivisible && instruction.step() instanceof Step.Split) {
      log.accept("store " + id + " turns down: " + instruction.step());
      store(id.value())
          .chain
          .failed(new FailedStep(instruction, "range " + range.descriptor.id() + " is one key"));
      return;
    }
    ranges.putAll(ToySteps.perform(range, instruction.step()));
    log.accept("store " + id + " did: " + instruction.step());
  }

  /// Every range, one a line.
  void show() {
    ranges
        .values()
        .forEach(range -> log.accept(range.descriptor + " led by store " + range.leader));
  }
}
