package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.FailedStep;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeProblem;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.WaitForCatchUp;
import io.flotilla.placement.balance.LeaderScheduler;
import io.flotilla.placement.check.Checker;
import io.flotilla.placement.check.ClusterView;
import io.flotilla.placement.check.Finding;
import io.flotilla.placement.check.GoneStoreChecker;
import io.flotilla.placement.check.Leaders;
import io.flotilla.placement.check.Operator;
import io.flotilla.placement.check.Operator.Progress.Done;
import io.flotilla.placement.check.Operator.Progress.Dropped;
import io.flotilla.placement.check.Operator.Progress.Going;
import io.flotilla.placement.check.RangeSizeChecker;
import io.flotilla.placement.check.ReplicaCountChecker;
import io.flotilla.placement.check.StoreView;
import io.flotilla.placement.check.SurplusChecker;
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
      List.of(
          new GoneStoreChecker(),
          new ReplicaCountChecker(),
          new SurplusChecker(),
          new RangeSizeChecker());

  /// Asked only if nothing is to be repaired.
  private static final Checker SCHEDULER = new LeaderScheduler();

  /// So old may be what is known of stores once an operator ended: with many, each is looked at for
  /// each operator.
  private static final long ENDED_MILLIS = 20;

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
  private final Agenda agenda;
  private List<StoreView> stores = List.of();
  private long storesAtMillis;
  private boolean calm = true;
  private long calmAtMillis;
  private boolean ended;
  private boolean anew;

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
    this.setbacks =
        new Setbacks(
            office.options().retryMillis(), office.options().retryMillisMax(), office.nowMillis());
    this.agenda = new Agenda(directory, office.options().roundMillis(), office.nowMillis());
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

  /// The policy is another one: any range may need something now.
  void policyChanged() {
    agenda.hurry();
  }

  /// Stores turned these steps down: an operator whose next step is one of them is over.
  void failed(List<FailedStep> steps) {
    long now = office.nowMillis();
    for (FailedStep failed : steps) {
      Operator operator = operators.get(failed.instruction().range());
      if (operator != null && operator.current().equals(failed.instruction().step())) {
        String reason = failed.reason();
        if (operator.current() instanceof Step.TransferLeader move) {
          catalogue.find(move.store()).ifPresent(member -> member.unsettled(now));
        }
        end(operator, "rejected: " + reason, setbacks.rejected(operator, reason, now));
      }
    }
  }

  /// Looks at what the newest reports say of all operators under way.
  void observe() {
    long now = office.nowMillis();
    setbacks.forgetOld(now);
    ClusterView view = viewAsOf(now);
    for (Operator operator : List.copyOf(operators.values())) {
      Optional<Known> known = directory.find(operator.range());
      if (known.isEmpty()) {
        if (now - operator.deadlineMillis() > 0) {
          drop(operator, "nothing known of the range any more", now);
        }
        continue;
      }
      RangeReport report = known.get().report();
      switch (operator.observe(report, now)) {
        case Going(var going) -> {
          if (going.isForNothing(view, report)) {
            drop(going, "the store of the new replica is gone", now);
          } else {
            operators.put(going.range(), going);
          }
        }
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
    agenda.later(operator.range());
    ended = true;
    office.events().emit(new PlacementEvent.OperatorEnded(operator.range(), operator.kind(), how));
  }

  /// Lets the checkers look at ranges: those just reported, some of those that wait once there may
  /// be room for them, and a portion of all.
  void check(List<RangeId> reported) {
    long now = office.nowMillis();
    refreshStores(now);
    reported.forEach(this::look);
    if (anew) {
      anew = false;
      agenda.someWaiting().forEach(this::look);
    }
    agenda.portion(now).forEach(this::look);
  }

  private void look(RangeId range) {
    agenda.settled(range);
    Known known = directory.find(range).orElse(null);
    if (known == null || known.leader() == null || isSpokenFor(known.descriptor())) {
      return; // it will be reported when that changes
    }
    RangeReport report = known.report();
    ClusterView view = view();
    switch (repair(view, report)) {
      case STARTED -> {}
      case WAITS -> agenda.later(range);
      case NOTHING -> {
        if (calm && follow(SCHEDULER.check(view, report), view, report) == Followed.WAITS) {
          agenda.laterMove(range);
        }
      }
    }
  }

  private Followed repair(ClusterView view, RangeReport report) {
    Followed followed = Followed.NOTHING;
    for (Checker checker : CHECKERS) {
      switch (follow(checker.check(view, report), view, report)) {
        case NOTHING -> {}
        case WAITS -> followed = Followed.WAITS;
        case STARTED -> {
          return Followed.STARTED;
        }
      }
    }
    return followed;
  }

  private enum Followed {
    NOTHING,
    WAITS,
    STARTED
  }

  private Followed follow(Finding finding, ClusterView view, RangeReport report) {
    return switch (finding) {
      case Finding.Nothing() -> Followed.NOTHING;
      case Finding.Later() -> Followed.WAITS;
      case Finding.Start(var found) -> {
        if (setbacks.isPaused(report.range(), found.kind(), view.nowMillis())
            || operators.size() >= most(found.kind())) {
          yield Followed.WAITS;
        }
        start(view, found, report);
        yield Followed.STARTED;
      }
    };
  }

  /// How many operators may be under way for another of this kind: room is kept for repair.
  private int most(Operator.Kind kind) {
    int all = office.options().limits().operatorsMax();
    return kind == Operator.Kind.BALANCE_LEADERS ? all / 2 : all;
  }

  private boolean isSpokenFor(RangeDescriptor range) {
    return operators.containsKey(range.id()) || range.isJoint();
  }

  /// Puts an operator under way, in place of the one that the range had: each but a transfer is
  /// tied to its generation, so of two that reach the range's leader only one can take effect.
  void start(ClusterView view, Operator operator, RangeReport report) {
    Operator old = operators.put(operator.range(), operator);
    if (old != null) {
      office.events().emit(new PlacementEvent.OperatorEnded(old.range(), old.kind(), "replaced"));
    }
    setbacks.begun(operator);
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
          .flatMap(known -> instruction(operator, known.descriptor()))
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

  /// What decisions may look at. The stores in it are allowed to be a little old; what this planner
  /// started since is in them.
  ClusterView view() {
    long now = office.nowMillis();
    refreshStores(now);
    return viewAsOf(now);
  }

  private ClusterView viewAsOf(long nowMillis) {
    return new ClusterView(
        nowMillis,
        policy.get(),
        office.options().limits(),
        stores,
        peerIds.next(),
        peerIds.left(),
        rangeIds.next(),
        rangeIds.left());
  }

  /// If they are due: by the time, or because an operator that is over has made room. Whoever's
  /// look it was that found them due, there may be room for those that wait.
  private void refreshStores(long nowMillis) {
    long age = nowMillis - storesAtMillis;
    if (age < (ended ? ENDED_MILLIS : office.options().viewMillis())) {
      return;
    }
    List<StoreView> before = stores;
    stores = storeViews(nowMillis);
    storesAtMillis = nowMillis;
    ended = false;
    anew = true;
    if (isOther(before)) {
      agenda.hurry();
    }
    watchCalm(before, nowMillis);
  }

  /// When a store is lost, others are elected for all that it led, and who leads how many changes
  /// by the moment: nothing is balanced before that is over.
  private void watchCalm(List<StoreView> before, long nowMillis) {
    if (wasLost(before)) {
      calm = false;
      dropMoves(nowMillis);
      calmAtMillis = nowMillis + office.options().limits().leaders().settleMillis();
    } else if (!calm && nowMillis - calmAtMillis >= 0) {
      calm = true;
      agenda.hurry();
    }
  }

  private void dropMoves(long nowMillis) {
    for (Operator operator : List.copyOf(operators.values())) {
      if (operator.kind() == Operator.Kind.BALANCE_LEADERS) {
        drop(operator, "a store was lost", nowMillis);
      }
    }
  }

  /// True if a store could be relied on until now.
  private boolean wasLost(List<StoreView> before) {
    for (StoreView then : before) {
      boolean isSettled =
          stores.stream().anyMatch(now -> now.id().equals(then.id()) && now.leaders().settled());
      if (then.leaders().settled() && !isSettled) {
        return true;
      }
    }
    return false;
  }

  /// True if the stores are others, or one of them takes replicas that took none or the reverse, or
  /// takes leaderships that took none.
  private boolean isOther(List<StoreView> before) {
    if (before.size() != stores.size()) {
      return true;
    }
    for (int i = 0; i < before.size(); i++) {
      StoreView then = before.get(i);
      StoreView now = stores.get(i);
      if (!then.isLike(now) || now.leaders().settled() && !then.leaders().settled()) {
        return true;
      }
    }
    return false;
  }

  private List<StoreView> storeViews(long nowMillis) {
    long settle = office.options().limits().leaders().settleMillis();
    List<StoreView> views = new ArrayList<>();
    for (StoreCatalogue.Member member : catalogue.all()) {
      StoreId id = member.info().id();
      StoreTally.Count count = directory.tally().of(id);
      views.add(
          new StoreView(
              id,
              catalogue.isUp(member, nowMillis),
              member.standing(),
              member.stats().bytesForReplicas(),
              count.replicas(),
              count.bytes(),
              0,
              0,
              new Leaders(count.leaders(), 0, catalogue.isSettled(member, settle, nowMillis))));
    }
    for (Map.Entry<RangeId, Operator> entry : operators.entrySet()) {
      Known known = directory.find(entry.getKey()).orElse(null);
      if (known != null) {
        views = ClusterView.loaded(views, entry.getValue(), known.report(), known.leader());
      }
    }
    return List.copyOf(views);
  }
}
