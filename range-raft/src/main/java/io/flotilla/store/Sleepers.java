package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaList;
import io.flotilla.replica.Vouching;
import io.flotilla.store.liveness.LivenessListener;
import io.flotilla.store.liveness.LivenessOptions;
import io.flotilla.store.liveness.StoreLiveness;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who ticks on one loop and who sleeps, and what wakes many at once: always an event, always
/// within a budget for each tick.
final class Sleepers implements Vouching, LivenessListener {
  /*
   * A replica is in one of the lists: awake, leading (sleeping leaders), following[store] (sleeping
   * followers of leaders on that store), dormant (found at the start, in use by nobody yet).
   *
   * What concerns many is noted as a sweep over a list, which goes on from tick to tick. A sweep
   * looks at each member once; members that leave meanwhile make place for the last one, so what a
   * sweep has yet to see is never skipped. A store's death is urgent: what other sweeps have yet to
   * do waits for it, and sweeps of one urgency take turns.
   *
   * A store that was only held up for a moment should not wake whatever it shares with this one.
   * Leaders that it does not support any more have no lease, but nobody minds until somebody needs
   * them, which wakes each by itself: they sleep on for a while, and often the same promise comes
   * back. Followers of its leaders are woken without delay, but once it is back, in the same life,
   * the rest is left to it: it asks each of them to agree anew, and only who was not asked wakes.
   */
  private static final int GRACE_PROMISES = 2;
  private static final int ASKED_STORES = 2;
  private static final int AUDIT_EVERY_TICKS = 20;
  private static final int AUDITS_MAX = 20;
  private static final int OFFERS_PART = 10;
  private static final String WITHDRAWN = "withdrawn";

  private final StoreLoop loop;
  private final LivenessOptions options;
  private final StoreViews views = new StoreViews();
  private final ReplicaList awake = new ReplicaList();
  private final ReplicaList leading = new ReplicaList();
  private final ReplicaList dormant = new ReplicaList();
  private final Map<StoreId, ReplicaList> following = new TreeMap<>();
  private final Map<Urgency, Deque<Sweep>> sweeps = new EnumMap<>(Urgency.class);
  private final Set<StoreId> met = new TreeSet<>();
  private final Returns supporters = new Returns();
  private final Returns leaders = new Returns();
  private final WakeBudget budget;
  private final int graceTicks;
  private final Resting resting;
  private int ticks;
  private int dormantUntil;
  private int offers;
  private boolean stalled;

  /// A look at every member of a list; `step` says whether that was work.
  private static final class Sweep {
    final String name;
    final ReplicaList list;
    final Step step;
    int next;

    Sweep(String name, ReplicaList list, Step step) {
      this.name = name;
      this.list = list;
      this.step = step;
      this.next = list.size() - 1;
    }

    boolean is(String otherName, ReplicaList otherList) {
      return name.equals(otherName) && list == otherList;
    }
  }

  private enum Urgency {
    URGENT,
    ROUTINE
  }

  private interface Step {
    boolean isWork(RangeReplica replica);
  }

  Sleepers(StoreCore core, StoreLoop loop) {
    this.loop = loop;
    this.resting = new Resting(loop);
    this.options = core.env().options().liveness();
    this.budget = new WakeBudget(options.wakesPerTick());
    long tickNanos = core.env().options().replica().tickNanos();
    this.graceTicks = Math.toIntExact(GRACE_PROMISES * options.promiseNanos() / tickNanos);
  }

  // Who is here -----------------------------------------------------------------------------------

  /// A replica that was added to the loop.
  void add(RangeReplica replica) {
    (replica.isDormant() ? dormant : awake).take(replica);
    resting.add(replica);
    if (replica.isDormant()) {
      // Long enough for leaders elsewhere to ask for each of them within their own budgets.
      int turns = dormant.size() / options.offersPerTick();
      dormantUntil = Math.max(dormantUntil, ticks + options.dormantTicks() + turns);
    }
  }

  void drop(RangeReplica replica) {
    ReplicaList.drop(replica);
  }

  ReplicaList awake() {
    return awake;
  }

  int asleep() {
    int sum = leading.size() + dormant.size();
    for (ReplicaList each : following.values()) {
      sum += each.size();
    }
    return sum;
  }

  /// True if the store is new to this loop.
  boolean meet(StoreId store) {
    return met.add(store);
  }

  // Time ------------------------------------------------------------------------------------------

  void onTick() {
    ticks++;
    offers = 0;
    // Backwards: whoever falls asleep is replaced by one that has ticked already.
    for (int i = awake.size() - 1; i >= 0; i--) {
      RangeReplica replica = awake.get(i);
      loop.guard(replica, replica::tick);
    }
    if (ticks == dormantUntil) {
      sweep(Urgency.ROUTINE, "dormant", dormant, this::wakeDormant);
    }
    if (stalled) {
      handAway();
    }
    giveUpWaiting();
    runSweeps();
    resting.onTick();
    if (ticks % AUDIT_EVERY_TICKS == 0) {
      audit();
    }
  }

  void onPause(long nanos) {
    views.onPause(nanos);
    for (int i = 0; i < awake.size(); i++) {
      awake.get(i).onPause();
    }
  }

  private void giveUpWaiting() {
    for (StoreId supporter : supporters.takeDue(ticks)) {
      if (isSweeping(Urgency.ROUTINE, askOf(supporter), leading)) {
        // Back under another epoch; whom it has yet to ask need not wake.
        supporters.await(supporter, ticks + graceTicks);
      } else {
        sweep(Urgency.ROUTINE, "unsupported", leading, this::wakeIfUnsupported);
      }
    }
    for (StoreId leader : leaders.takeDue(ticks)) {
      ReplicaList followers = following.get(leader);
      if (followers != null) {
        sweep(Urgency.ROUTINE, WITHDRAWN, followers, RangeReplica::wakeIfWithdrawn);
      }
    }
  }

  private boolean wakeIfUnsupported(RangeReplica replica) {
    return replica.wakeIfUnsupported(loop.host().nanos());
  }

  private void runSweeps() {
    budget.renew(awake.size());
    for (Deque<Sweep> each : sweeps.values()) {
      runSweeps(each);
    }
  }

  private void runSweeps(Deque<Sweep> waiting) {
    while (!waiting.isEmpty() && budget.isLeft()) {
      Sweep sweep = waiting.removeFirst();
      sweep.next = Math.min(sweep.next, sweep.list.size() - 1);
      if (sweep.next >= 0) {
        waiting.addLast(sweep);
        RangeReplica replica = sweep.list.get(sweep.next--);
        budget.onLook();
        loop.guard(
            replica,
            () -> {
              if (sweep.step.isWork(replica)) {
                budget.onWake();
              }
            });
      }
    }
  }

  private void sweep(Urgency urgency, String name, ReplicaList list, Step step) {
    endSweep(urgency, name, list);
    sweepsOf(urgency).addLast(new Sweep(name, list, step));
  }

  /// True if it was not done.
  private boolean endSweep(Urgency urgency, String name, ReplicaList list) {
    return sweepsOf(urgency).removeIf(each -> each.is(name, list));
  }

  private boolean isSweeping(Urgency urgency, String name, ReplicaList list) {
    return sweepsOf(urgency).stream().anyMatch(each -> each.is(name, list));
  }

  private Deque<Sweep> sweepsOf(Urgency urgency) {
    return sweeps.computeIfAbsent(urgency, _ -> new ArrayDeque<>());
  }

  private boolean wakeDormant(RangeReplica replica) {
    replica.wake();
    return true;
  }

  /// Every sleeping follower asks its leader now and then whether it leads: whatever was lost on
  /// the way, nobody sleeps for ever under one who does not. With very many ranges that takes
  /// longer instead of more work.
  private void audit() {
    for (ReplicaList list : following.values()) {
      int size = list.size();
      long inTime = 1 + (long) size * AUDIT_EVERY_TICKS / options.auditTicks();
      int count = (int) Math.min(Math.min(size, AUDITS_MAX), inTime);
      for (int i = 0; i < count; i++) {
        RangeReplica replica = list.next();
        loop.guard(replica, replica::lookRound);
      }
    }
  }

  /// The disk takes nothing: whatever this store leads somebody else should lead.
  private void handAway() {
    int budget = options.wakesPerTick();
    for (int i = awake.size() - 1; i >= 0 && budget > 0; i--) {
      RangeReplica replica = awake.get(i);
      if (replica.isLeader()) {
        loop.guard(replica, () -> replica.handAway(ticks));
        budget--;
      }
    }
  }

  // Events ----------------------------------------------------------------------------------------

  @Override
  public void given(StoreId asker, long epoch) {
    boolean isSameLife = StoreLiveness.isSameLife(epoch, views.withdrawnOf(asker));
    views.given(asker, epoch);
    ReplicaList followers = following.get(asker);
    if (isSameLife && followers != null && endSweep(Urgency.URGENT, WITHDRAWN, followers)) {
      // Its other peers may have withdrawn as well: then it asks each follower of theirs, too.
      int turns = ASKED_STORES * followers.size() / options.wakesPerTick();
      leaders.await(asker, ticks + graceTicks + turns);
    }
  }

  @Override
  public void withdrawn(StoreId asker, long upToEpoch) {
    views.withdrawn(asker, upToEpoch);
    leaders.end(asker);
    ReplicaList followers = following.get(asker);
    if (followers != null) {
      endSweep(Urgency.ROUTINE, WITHDRAWN, followers);
      sweep(Urgency.URGENT, WITHDRAWN, followers, RangeReplica::wakeIfWithdrawn);
    }
  }

  @Override
  public void held(StoreId supporter, long epoch, long untilNanos, long askedNanos) {
    boolean isSameEpoch = views.lastHeld(supporter) == epoch;
    if (views.held(supporter, epoch, untilNanos, askedNanos)) {
      if (isSameEpoch) {
        supporters.end(supporter);
      }
      sweep(Urgency.ROUTINE, askOf(supporter), leading, replica -> replica.askAgain(supporter));
    }
  }

  private static String askOf(StoreId supporter) {
    return "ask " + supporter;
  }

  @Override
  public void lost(StoreId supporter) {
    views.lost(supporter);
    supporters.await(supporter, ticks + graceTicks);
  }

  @Override
  public void up(StoreId store) {
    views.up(store, true);
  }

  @Override
  public void down(StoreId store) {
    views.up(store, false);
  }

  void setStalled(boolean isStalled) {
    stalled = isStalled;
    if (isStalled) {
      sweep(
          Urgency.URGENT,
          "stalled",
          leading,
          replica -> {
            replica.wake();
            return true;
          });
    }
  }

  // What replicas ask -----------------------------------------------------------------------------

  @Override
  public int tick() {
    return ticks;
  }

  /// The placement group never sleeps: whoever writes waits for its timestamps, so the silence of
  /// its leader must be noticed as soon as that of any range in use.
  @Override
  public int idleTicks(RangeId range) {
    boolean sleeps = options.quiescence() && !range.equals(RangeDescriptor.PLACEMENT);
    return sleeps ? options.idleTicks() : 0;
  }

  @Override
  public boolean takeOffer() {
    // However many are awake, they are asked within a second: they cost more than the question.
    return ++offers <= Math.max(options.offersPerTick(), awake.size() / OFFERS_PART);
  }

  @Override
  public boolean isStalled() {
    return stalled;
  }

  @Override
  public boolean isUp(StoreId store) {
    return views.isUp(store);
  }

  @Override
  public boolean supports(StoreId asker, long epoch) {
    return views.supports(asker, epoch);
  }

  @Override
  public long heldEpoch(StoreId supporter, long nanos) {
    return views.heldEpoch(supporter, nanos);
  }

  @Override
  public long heldNanos(StoreId supporter, long epoch, long nanos) {
    return views.heldNanos(supporter, epoch, nanos);
  }

  @Override
  public void sleep(RangeReplica replica, StoreId leader) {
    if (loop.replicas().get(replica.id()) != replica) {
      return;
    }
    ReplicaList list =
        leader.equals(loop.store())
            ? leading
            : following.computeIfAbsent(leader, _ -> new ReplicaList());
    list.take(replica);
    resting.add(replica);
    loop.replicas().changed(replica);
  }

  @Override
  public void stirred(RangeReplica replica) {
    resting.add(replica);
  }

  @Override
  public void wake(RangeReplica replica) {
    if (loop.replicas().get(replica.id()) == replica) {
      awake.take(replica);
      loop.replicas().changed(replica);
    }
  }
}
