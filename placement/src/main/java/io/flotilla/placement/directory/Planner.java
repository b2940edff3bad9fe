package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.FailedStep;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeProblem;
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

  /// The most instructions of one reply.
  private static final int INSTRUCTIONS_MAX = 500;

  private final Office office;
  private final StoreCatalogue catalogue;
  private final RangeDirectory directory;
  private final IdDesk rangeIds;
  private final IdDesk peerIds;
  private final Supplier<Policy> policy;
  private final TreeMap<RangeId, Operator> operators = new TreeMap<>();
  private final Setbacks setbacks;
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
    this.setbacks = new Setbacks(office.options().retryMillis(), office.options().retryMillisMax());
    this.storesAtMillis = office.nowMillis() - office.options().viewMillis();
  }

  Optional<Operator> operator(RangeId range) {
    return Optional.ofNullable(operators.get(range));
  }

  /// Why the range's last operator failed, unless that is long ago.
  Optional<RangeProblem> problem(RangeId range) {
    return setbacks.problem(range);
  }

  int size() {
    return operators.size();
  }

  /// Stores turned these steps down: an operator whose next step is one of them is over.
  void failed(List<FailedStep> steps) {
    long now = office.nowMillis();
    for (FailedStep failed : steps) {
      Operator operator = operators.get(failed.instruction().range());
      if (operator != null && operator.current().equals(failed.instruction().step())) {
        String reason = failed.reason();
        end(operator, "rejected: " + reason, setbacks.rejected(operator, reason, now));
      }
    }
  }

  /// Looks at what the newest reports say of all operators under way.
  void observe() {
    long now = office.nowMillis();
    setbacks.forgetOld(now);
    for (Operator operator : List.copyOf(operators.values())) {
      Optional<Known> known = directory.find(operator.range());
      if (known.isEmpty()) {
        if (now - operator.deadlineMillis() > 0) {
          drop(operator, "nothing known of the range any more", now);
        }
        continue;
      }
      switch (operator.observe(known.get().report(), now)) {
        case Going(var going) -> operators.put(going.range(), going);
        case Done() -> {
          setbacks.clear(operator);
          end(operator, "done");
        }
        case Dropped(var reason) -> drop(operator, reason, now);
      }
    }
  }

  private void drop(Operator operator, String reason, long nowMillis) {
    end(operator, "dropped: " + reason, setbacks.dropped(operator, reason, nowMillis));
  }

  private void end(Operator operator, String how, long pauseMillis) {
    boolean again = !operator.kind().isCommand();
    end(operator, again ? how + "; not again for " + pauseMillis / 1_000 + " s" : how);
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
      if (known != null && known.leader() != null && !isSpokenFor(known.report())) {
        check(known.report(), now);
      }
    }
  }

  private void check(RangeReport report, long nowMillis) {
    ClusterView view = view();
    for (Checker checker : CHECKERS) {
      Operator found = checker.check(view, report).orElse(null);
      if (found != null && !setbacks.isPaused(report.range(), found.kind(), nowMillis)) {
        start(view, found, report);
        return;
      }
    }
  }

  private List<RangeId> ledBy(StoreId store) {
    return directory.all().stream()
        .filter(known -> store.equals(known.leader()))
        .map(known -> known.report().range())
        .toList();
  }

  private boolean isSpokenFor(RangeReport report) {
    return operators.containsKey(report.range()) || report.descriptor().isJoint();
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

  /// What a store has to do now for the ranges that it leads, as much as goes into one reply. The
  /// rest comes when that is over.
  List<Instruction> instructions(StoreId store) {
    List<Instruction> instructions = new ArrayList<>();
    for (Operator operator : operators.values()) {
      if (instructions.size() == INSTRUCTIONS_MAX) {
        break;
      }
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
