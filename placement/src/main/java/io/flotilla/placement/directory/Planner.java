package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.WaitForCatchUp;
import io.flotilla.placement.check.Checker;
import io.flotilla.placement.check.ClusterView;
import io.flotilla.placement.check.Operator;
import io.flotilla.placement.check.Operator.Progress.Done;
import io.flotilla.placement.check.Operator.Progress.Dropped;
import io.flotilla.placement.check.Operator.Progress.Going;
import io.flotilla.placement.check.RangeSizeChecker;
import io.flotilla.placement.check.ReplicaCountChecker;
import io.flotilla.placement.check.StoreView;
import io.flotilla.placement.directory.RangeDirectory.Known;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The operators under way, one for a range at most: starts what the checkers say, follows it in
/// the reports, and tells each store what to do next.
final class Planner {
  /// In the order of urgency: the first that finds something decides.
  private static final List<Checker> CHECKERS =
      List.of(new ReplicaCountChecker(), new RangeSizeChecker());

  private final Office office;
  private final StoreCatalogue catalogue;
  private final RangeDirectory directory;
  private final IdDesk rangeIds;
  private final IdDesk peerIds;
  private final Supplier<Policy> policy;
  private final TreeMap<RangeId, Operator> operators = new TreeMap<>();
  private final TreeMap<RangeId, Long> notBefore = new TreeMap<>();
  private final TreeMap<StoreId, Long> sweptMillis = new TreeMap<>();
  private List<StoreView> stores = List.of();
  private long storesAtMillis;

  Planner(
      Office office,
      StoreCatalogue catalogue,
      RangeDirectory directory,
      IdDesk rangeIds,
      IdDesk peerIds,
      Supplier<Policy> policy) {
    this.office = office;
    this.catalogue = catalogue;
    this.directory = directory;
    this.rangeIds = rangeIds;
    this.peerIds = peerIds;
    this.policy = policy;
    this.storesAtMillis = office.nowMillis() - office.options().viewMillis();
  }

  Optional<Operator> operator(RangeId range) {
    return Optional.ofNullable(operators.get(range));
  }

  int size() {
    return operators.size();
  }

  /// Looks at what the newest reports say of all operators under way.
  void observe() {
    long now = office.nowMillis();
    for (Operator operator : List.copyOf(operators.values())) {
      Optional<Known> known = directory.find(operator.range());
      if (known.isEmpty()) {
        if (now - operator.deadlineMillis() > 0) {
          end(operator, "dropped: nothing known of the range any more");
        }
        continue;
      }
      switch (operator.observe(known.get().report(), now)) {
        case Going(var going) -> operators.put(going.range(), going);
        case Done() -> end(operator, "done");
        case Dropped(var reason) -> {
          notBefore.put(operator.range(), now + office.options().retryMillis());
          end(operator, "dropped: " + reason);
        }
      }
    }
  }

  private void end(Operator operator, String how) {
    operators.remove(operator.range());
    office.events().emit(new PlacementEvent.OperatorEnded(operator.range(), operator.kind(), how));
  }

  /// Lets the checkers look at ranges of one leader's store: those it has just reported, or, now
  /// and then, all of them.
  void check(StoreId leader, List<RangeId> reported) {
    long now = office.nowMillis();
    Long swept = sweptMillis.get(leader);
    boolean sweep = swept == null || now - swept >= office.options().viewMillis();
    if (sweep) {
      sweptMillis.put(leader, now);
    }
    for (RangeId range : sweep ? ledBy(leader) : reported) {
      Known known = directory.find(range).orElse(null);
      if (known == null || known.leader() == null || isSpokenFor(known.report(), now)) {
        continue;
      }
      ClusterView view = view();
      for (Checker checker : CHECKERS) {
        Optional<Operator> found = checker.check(view, known.report());
        if (found.isPresent()) {
          start(view, found.get(), known.report());
          break;
        }
      }
    }
  }

  private List<RangeId> ledBy(StoreId store) {
    return directory.all().stream()
        .filter(known -> store.equals(known.leader()))
        .map(known -> known.report().range())
        .toList();
  }

  private boolean isSpokenFor(RangeReport report, long nowMillis) {
    Long until = notBefore.get(report.range());
    if (until != null && nowMillis - until >= 0) {
      notBefore.remove(report.range());
      until = null;
    }
    return until != null || operators.containsKey(report.range()) || report.descriptor().isJoint();
  }

  /// Puts an operator under way, in place of the one that the range had: each is tied to its
  /// generation, so of two that reach the range's leader only one can take effect.
  void start(ClusterView view, Operator operator, RangeReport report) {
    Operator old = operators.put(operator.range(), operator);
    if (old != null) {
      office.events().emit(new PlacementEvent.OperatorEnded(old.range(), old.kind(), "replaced"));
    }
    stores = view.with(operator, report).stores();
    peerIds.take(operator.newPeers());
    rangeIds.take(operator.newRanges());
    office.events().emit(new PlacementEvent.OperatorStarted(operator));
  }

  /// What a store has to do now, for the ranges that it leads.
  List<Instruction> instructions(StoreId store) {
    List<Instruction> instructions = new ArrayList<>();
    for (Operator operator : operators.values()) {
      directory
          .find(operator.range())
          .filter(known -> store.equals(known.leader()))
          .flatMap(known -> instruction(operator, known.report().descriptor()))
          .ifPresent(instructions::add);
    }
    return instructions;
  }

  private static Optional<Instruction> instruction(Operator operator, RangeDescriptor descriptor) {
    boolean leavesJoint = operator.current() instanceof ChangeReplicas && descriptor.isJoint();
    if (operator.current() instanceof WaitForCatchUp || leavesJoint) {
      return Optional.empty();
    }
    return Optional.of(
        new Instruction(operator.range(), descriptor.generation(), operator.current()));
  }

  /// What decisions may look at. Counting replicas takes a walk over all ranges, so the counts are
  /// allowed to be a little old; what this planner started since is in them.
  ClusterView view() {
    long now = office.nowMillis();
    if (now - storesAtMillis >= office.options().viewMillis()) {
      stores = storeViews(now);
      storesAtMillis = now;
    }
    return new ClusterView(
        now,
        policy.get(),
        office.options().limits(),
        stores,
        peerIds.next(),
        peerIds.left(),
        rangeIds.next(),
        rangeIds.left());
  }

  private List<StoreView> storeViews(long nowMillis) {
    TreeMap<StoreId, int[]> replicas = new TreeMap<>();
    TreeMap<StoreId, long[]> bytes = new TreeMap<>();
    for (Known known : directory.all()) {
      for (ReplicaDescriptor replica : known.report().descriptor().replicas()) {
        replicas.computeIfAbsent(replica.store(), _ -> new int[1])[0]++;
        bytes.computeIfAbsent(replica.store(), _ -> new long[1])[0] += known.report().bytes();
      }
    }
    List<StoreView> views = new ArrayList<>();
    for (StoreCatalogue.Member member : catalogue.all()) {
      StoreId id = member.info().id();
      views.add(
          new StoreView(
              id,
              catalogue.isUp(member, nowMillis),
              member.silentMillis(nowMillis),
              member.stats().bytesForReplicas(),
              replicas.getOrDefault(id, new int[1])[0],
              bytes.getOrDefault(id, new long[1])[0],
              0,
              0));
    }
    for (Map.Entry<RangeId, Operator> entry : operators.entrySet()) {
      Known known = directory.find(entry.getKey()).orElse(null);
      if (known != null) {
        views = ClusterView.loaded(views, entry.getValue(), known.report());
      }
    }
    return views;
  }
}
