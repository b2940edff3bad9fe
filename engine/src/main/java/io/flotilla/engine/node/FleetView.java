package io.flotilla.engine.node;

import io.flotilla.engine.DeadlineException;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.UnavailableException;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.FleetStatus;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.admin.StoreLiveness;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.engine.route.Waiting;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.RangeProblem;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.Step;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskStage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/// The fleet as the placement group's leader tells it. Blocks the caller's thread, so never to be
/// called on a loop.
final class FleetView implements Fleet {
  private static final long LOOK_AGAIN_NANOS = 10_000_000;
  private static final long PATIENCE_NANOS = 100_000_000;

  private final PlacementClient placement;
  private final Duration deadline;
  private final Clock clock;
  private final Waiting waiting;

  FleetView(PlacementClient placement, Duration deadline, Clock clock, Waiting waiting) {
    this.placement = placement;
    this.deadline = deadline;
    this.clock = clock;
    this.waiting = waiting;
  }

  @Override
  public FleetStatus status() {
    PlacementReply.Fleet fleet =
        ask(new PlacementRequest.FleetStatus(), PlacementReply.Fleet.class, until());
    StoreId leader = fleet.placementLeader();
    return new FleetStatus(
        fleet.cluster(),
        fleet.stores(),
        fleet.storesUp(),
        fleet.ranges(),
        fleet.underReplicated(),
        fleet.leaderless(),
        fleet.bytes(),
        fleet.policy().replicas(),
        leader == null ? 0 : leader.value(),
        fleet.operators());
  }

  @Override
  public List<StoreStatus> stores() {
    return ask(new PlacementRequest.ListStores(), PlacementReply.Stores.class, until())
        .stores()
        .stream()
        .map(FleetView::storeStatus)
        .toList();
  }

  @Override
  public List<StoreLiveness> liveness() {
    return look(until()).liveness();
  }

  private FleetLook look(long until) {
    PlacementReply.Stores stores =
        ask(new PlacementRequest.ListStores(), PlacementReply.Stores.class, until);
    return FleetLook.at(stores.stores(), placement, waiting);
  }

  private static StoreStatus storeStatus(io.flotilla.placement.StoreStatus store) {
    return new StoreStatus(
        store.info().id(),
        store.info().address(),
        stateOf(store),
        store.ranges(),
        store.leaders(),
        store.stats().usedBytes(),
        store.stats().freeBytes(),
        diskOf(store.stats().disk()),
        store.silentMillis(),
        store.info().version(),
        store.info().durability());
  }

  private static StoreStatus.State stateOf(io.flotilla.placement.StoreStatus store) {
    return switch (store.standing()) {
      case MEMBER -> store.up() ? StoreStatus.State.UP : StoreStatus.State.DOWN;
      case DEAD -> StoreStatus.State.DEAD;
      case REMOVED -> store.up() ? StoreStatus.State.LEAVING : StoreStatus.State.REMOVED;
    };
  }

  private static StoreStatus.Disk diskOf(DiskStage stage) {
    return switch (stage) {
      case ROOMY -> StoreStatus.Disk.ROOMY;
      case LOW -> StoreStatus.Disk.LOW;
      case FULL -> StoreStatus.Disk.FULL;
      case EXHAUSTED -> StoreStatus.Disk.EXHAUSTED;
    };
  }

  @Override
  public List<RangeStatus> ranges() {
    long until = until();
    FleetLook look = look(until);
    List<RangeStatus> all = new ArrayList<>();
    KeySpan rest = KeySpan.ALL;
    while (true) {
      PlacementReply.Ranges page =
          ask(
              new PlacementRequest.ListRanges(rest, PlacementRequest.PAGE_MAX, all.isEmpty()),
              PlacementReply.Ranges.class,
              until);
      page.ranges().forEach(range -> all.add(rangeStatus(range, look)));
      if (!page.more() || page.ranges().isEmpty()) {
        return all;
      }
      Key next = page.ranges().getLast().descriptor().span().end();
      if (next.isEmpty()) {
        return all;
      }
      rest = new KeySpan(next, Key.EMPTY);
    }
  }

  @Override
  public RangeStatus range(RangeId id) {
    return lookup(new PlacementRequest.LookupById(id), "range " + id, until());
  }

  @Override
  public RangeStatus rangeOf(Key key) {
    return lookup(new PlacementRequest.LookupRange(key), "the range of " + key, until());
  }

  @Override
  public List<RangeStatus> split(RangeId range, Optional<Key> at) {
    long until = until();
    PlacementReply.Planned planned =
        ask(
            new PlacementRequest.SplitRequested(range, at.orElse(null)),
            PlacementReply.Planned.class,
            until);
    if (!(planned.instruction().step() instanceof Step.Split step)) {
      throw new UnavailableException(
          "range "
              + range
              + " is busy with another change ("
              + planned.instruction().step()
              + "); try again in a moment");
    }
    placement.askToReport(planned.leaderAddress());
    Change change = new Change(range, step.toString(), until);
    RangeStatus right = await(change, step.right(), status -> status.leader() != null);
    RangeStatus left =
        await(
            change,
            range,
            status -> status.descriptor().span().end().equals(right.descriptor().span().start()));
    return List.of(left, right);
  }

  @Override
  public void transferLeader(RangeId range, StoreId to) {
    long until = until();
    PlacementReply.Planned planned =
        ask(new PlacementRequest.TransferLeader(range, to), PlacementReply.Planned.class, until);
    placement.askToReport(planned.leaderAddress());
    Change change = new Change(range, planned.instruction().step().toString(), until);
    await(change, range, status -> to.equals(status.leader()));
  }

  @Override
  public long removeStore(StoreId store) {
    return ask(new PlacementRequest.RemoveStore(store), PlacementReply.Removing.class, until())
        .replicas();
  }

  /// What is being done to a range, as the placement driver names it.
  private record Change(RangeId range, String step, long until) {}

  /// Waits until a range is as the change makes it; ends early if the change came to nothing.
  private RangeStatus await(Change change, RangeId id, Predicate<RangeStatus> done) {
    String last = "it is not known yet";
    while (clock.nanos() - change.until() < 0) {
      Optional<RangeRecord> found = find(id, change.until());
      if (found.isPresent()) {
        RangeStatus status = rangeStatus(found.get(), FleetLook.NOBODY);
        if (done.test(status)) {
          return status;
        }
        last = "it is " + status;
      }
      requireGoingOn(change);
      waiting.pause(LOOK_AGAIN_NANOS);
    }
    throw new DeadlineException(
        "range "
            + id
            + " did not get there before the deadline: "
            + last
            + "; the change goes on, look with 'range show "
            + change.range()
            + "'");
  }

  private void requireGoingOn(Change change) {
    RangeRecord record = find(change.range(), change.until()).orElse(null);
    RangeProblem problem = record == null ? null : record.problem();
    String operator = record == null ? null : record.operator();
    boolean goesOn = operator != null && operator.contains(change.step());
    if (!goesOn && problem != null && problem.step().equals(change.step())) {
      throw new RejectedException(problem.reason());
    }
  }

  private Optional<RangeRecord> find(RangeId id, long until) {
    return ask(new PlacementRequest.LookupById(id), until) instanceof PlacementReply.Ranges found
        ? found.ranges().stream().findFirst()
        : Optional.empty();
  }

  private RangeStatus lookup(PlacementRequest request, String what, long until) {
    return switch (askPatiently(request, until)) {
      case PlacementReply.Ranges found when !found.ranges().isEmpty() ->
          lookedAt(found.ranges().getFirst(), until);
      case PlacementReply.RangeUnknown unknown ->
          throw new RejectedException(
              unknown.complete()
                  ? what + " does not exist, or has no leader at the moment"
                  : what + " is not known yet: the placement driver has just started, try again");
      case PlacementReply.Rejected rejected -> throw new RejectedException(rejected.message());
      case PlacementReply other -> throw new UnavailableException(what + ": got " + other);
    };
  }

  /// Of one range its leader's store alone can say whether it sleeps.
  private RangeStatus lookedAt(RangeRecord range, long until) {
    StoreId leader = range.leader();
    if (leader == null) {
      return rangeStatus(range, FleetLook.NOBODY);
    }
    PlacementReply.Stores all =
        ask(new PlacementRequest.ListStores(), PlacementReply.Stores.class, until);
    List<io.flotilla.placement.StoreStatus> there =
        all.stores().stream().filter(store -> store.info().id().equals(leader)).toList();
    return rangeStatus(range, FleetLook.at(there, placement, waiting));
  }

  private static RangeStatus rangeStatus(RangeRecord range, FleetLook look) {
    RangeProblem problem = range.problem();
    return new RangeStatus(
        range.descriptor(),
        range.leader(),
        range.term(),
        range.committed(),
        range.bytes(),
        look.isAsleep(range.descriptor().id(), range.leader()),
        range.operator(),
        problem == null ? null : problem.toString());
  }

  private <T extends PlacementReply> T ask(PlacementRequest request, Class<T> kind, long until) {
    PlacementReply reply = askPatiently(request, until);
    if (kind.isInstance(reply)) {
      return kind.cast(reply);
    }
    if (reply instanceof PlacementReply.Rejected rejected) {
      throw new RejectedException(rejected.message());
    }
    throw new UnavailableException("the placement driver answered " + reply);
  }

  /// Asks until the answer is more than "try again". A placement leader that has just begun, or a
  /// range between two leaders, is nothing that people should have to deal with.
  private PlacementReply askPatiently(PlacementRequest request, long until) {
    PlacementReply reply = ask(request, until);
    while (isPassing(request, reply) && until - clock.nanos() > PATIENCE_NANOS) {
      waiting.pause(PATIENCE_NANOS);
      reply = ask(request, until);
    }
    return reply;
  }

  /// Every key is in a range: the driver may know all that stores told it, and not yet of a leader
  /// that was elected since. Of an id it says so at once, for that may be of no range.
  private static boolean isPassing(PlacementRequest request, PlacementReply reply) {
    return switch (reply) {
      case PlacementReply.RangeUnknown(var complete, var _) ->
          !complete || request instanceof PlacementRequest.LookupRange;
      case PlacementReply.Rejected(var reason, var _) ->
          reason == PlacementReply.Reason.NOT_YET
              || reason == PlacementReply.Reason.OUTCOME_UNKNOWN;
      default -> false;
    };
  }

  private PlacementReply ask(PlacementRequest request, long until) {
    CompletableFuture<PlacementClient.Outcome> answer = new CompletableFuture<>();
    placement.call(request, until, answer::complete);
    waiting.until(answer);
    try {
      long grace = TimeUnit.SECONDS.toNanos(1);
      PlacementClient.Outcome outcome =
          answer.get(Math.max(0, until - clock.nanos()) + grace, TimeUnit.NANOSECONDS);
      return switch (outcome) {
        case PlacementClient.Outcome.Replied(var reply) -> reply;
        case PlacementClient.Outcome.Failed(var reason) -> throw new UnavailableException(reason);
      };
    } catch (TimeoutException late) {
      throw new UnavailableException("the placement driver did not answer in time", late);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while asking the placement driver", interrupted);
    }
  }

  private long until() {
    return clock.nanos() + deadline.toNanos();
  }
}
