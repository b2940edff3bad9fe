package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.Backing;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaList;
import io.flotilla.replica.Vouching;
import io.flotilla.store.liveness.LivenessListener;
import io.flotilla.store.liveness.LivenessOptions;
import io.flotilla.store.liveness.StoreLiveness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who ticks on one loop and who sleeps, and what wakes many at once: always an event, always
/// within a budget for each tick.
final class Sleepers implements Vouching, LivenessListener {
  /*
   * A replica is in one of the lists: awake, leading (sleeping leaders), following[store] (sleeping
   * followers of leaders on that store), heirs and dormant (found at the start, in use by nobody
   * yet; heirs are those that voted for themselves last, so that they may have led).
   *
   * What concerns many is noted as a sweep over a list, which goes on from tick to tick. A sweep
   * looks at each member once; members that leave meanwhile make place for the last one, so what a
   * sweep has yet to see is never skipped. A store's death is urgent: what other sweeps have yet to
   * do waits for it, and sweeps of one urgency take turns.
   *
   * A store that was only held up for a moment should not wake whatever it shares with this one.
   * Leaders that it does not support any more have no lease, but nobody minds until somebody needs
   * them, which wakes each by itself: they sleep on for a while, and often the same promise comes
   * back. Of the followers of its leaders those are woken without delay that are to take its place
   * (the other voters wake when they are asked for their vote), but once it is back, in the same
   * life, the rest is left to it: it asks each of them to agree anew, and only who was not asked
   * wakes.
   */
  private static final int GRACE_PROMISES = 2;
  private static final int ASKED_STORES = 2;
  private static final int AUDIT_EVERY_TICKS = 20;
  private static final int AUDITS_MAX = 20;
  private static final int OFFERS_PART = 10;
  private static final int BACKINGS_MAX = 256;
  private static final int HEIR_TICKS = 1;

  /// One would be none on the loop that withdraws, which does so before it ticks.
  private static final int NOTICE_TICKS = 2;

  private static final String WITHDRAWN = "withdrawn";
  private static final String HEIRS = "heirs";

  private final StoreLoop loop;
  private final LivenessOptions options;
  private final StoreViews views = new StoreViews();
  private final ReplicaList awake = new ReplicaList();
  private final ReplicaList leading = new ReplicaList();
  private final ReplicaList heirs = new ReplicaList();
  private final ReplicaList dormant = new ReplicaList();
  private final Map<StoreId, ReplicaList> following = new TreeMap<>();
  private final Map<Urgency, Deque<Sweep>> sweeps = new EnumMap<>(Urgency.class);
  private final Set<StoreId> met = new TreeSet<>();
  private final Returns supporters = new Returns();
  private final Returns leaders = new Returns();
  private final Returns noticed = new Returns();
  private final WakeBudget budget;
  private final int graceTicks;
  private final Map<Backing, Backing> backings = new LinkedHashMap<>();
  private final Resting resting;
  private int ticks;
  private int heirsUntil;
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
    boolean isDormant = replica.slumber().isDormant();
    boolean isHeir = replica.peer().equals(replica.hardState().vote());
    (isDormant ? isHeir ? heirs : dormant : awake).take(replica);
    resting.add(replica);
    if (isDormant) {
      // Long enough for leaders elsewhere to ask for each of them within their own budgets.
      int turns = (heirs.size() + dormant.size()) / askedPerTick();
      heirsUntil = Math.max(heirsUntil, ticks + options.dormantTicks() + turns);
      dormantUntil = heirsUntil + graceTicks;
    }
  }

  private int askedPerTick() {
    return Math.min(options.offersPerTick(), options.wakesPerTick());
  }

  void drop(RangeReplica replica) {
    ReplicaList.drop(replica);
  }

  ReplicaList awake() {
    return awake;
  }

  int asleep() {
    int sum = leading.size() + heirs.size() + dormant.size();
    for (ReplicaList each : following.values()) {
      sum += each.size();
    }
    return sum;
  }

  List<RangeId> asleepAndLeading() {
    List<RangeId> ranges = new ArrayList<>(leading.size());
    for (int i = 0; i < leading.size(); i++) {
      ranges.add(leading.get(i).id());
    }
    return ranges;
  }

  /// True if the store is new to this loop.
  boolean meet(StoreId store) {
    return met.add(store);
  }

  // Time ------------------------------------------------------------------------------------------

  /// `late`: the loop has more to do than it can.
  void onTick(boolean late) {
    ticks++;
    offers = 0;
    // Backwards: whoever falls asleep is replaced by one that has ticked already.
    for (int i = awake.size() - 1; i >= 0; i--) {
      RangeReplica replica = awake.get(i);
      loop.guard(replica, replica::tick);
    }
    endDormancy();
    if (stalled) {
      handAway();
    }
    giveUpWaiting();
    runSweeps(late);
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

  /// Who led before leads again; the others follow without ever being woken from here. Those that
  /// are left then have to find a leader among themselves.
  private void endDormancy() {
    if (ticks == heirsUntil) {
      sweep(Urgency.ROUTINE, HEIRS, heirs, replica -> wakeDormant(replica, HEIR_TICKS));
    } else if (isSweeping(Urgency.ROUTINE, HEIRS, heirs)) {
      dormantUntil = ticks + graceTicks;
    } else if (ticks == dormantUntil) {
      sweep(Urgency.ROUTINE, "dormant", dormant, replica -> wakeDormant(replica, 0));
    }
  }

  private void giveUpWaiting() {
    for (StoreId gone : noticed.takeDue(ticks)) {
      ReplicaList followers = following.get(gone);
      if (followers != null) {
        sweep(Urgency.URGENT, WITHDRAWN, followers, replica -> replica.slumber().succeed(gone));
      }
    }
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
        sweep(
            Urgency.ROUTINE,
            WITHDRAWN,
            followers,
            replica -> replica.slumber().wakeIfWithdrawn(leader));
      }
    }
  }

  private boolean wakeIfUnsupported(RangeReplica replica) {
    return replica.slumber().wakeIfUnsupported(loop.host().nanos());
  }

  private void runSweeps(boolean late) {
    budget.renew(awake.size(), late);
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

  /// It may campaign in so many ticks; 0: when nobody else has for an election timeout.
  private static boolean wakeDormant(RangeReplica replica, int ticks) {
    replica.wake();
    if (ticks > 0) {
      replica.hasten(ticks);
    }
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
    if (isSameLife) {
      noticed.end(asker);
      ReplicaList followers = following.get(asker);
      if (followers != null) {
        endSweep(Urgency.URGENT, WITHDRAWN, followers);
      }
    }
  }

  @Override
  public void withdrawn(StoreId asker, long upToEpoch) {
    views.withdrawn(asker, upToEpoch);
    leaders.end(asker);
    ReplicaList followers = following.get(asker);
    if (followers != null) {
      endSweep(Urgency.ROUTINE, WITHDRAWN, followers);
      // A little later: whoever campaigns now is not heard by stores that are about to notice.
      noticed.await(asker, ticks + NOTICE_TICKS);
      // Long enough for heirs everywhere, or, should it come back, for it to ask each follower of
      // its other peers, too, if they have withdrawn as well.
      int turns = ASKED_STORES * followers.size() / askedPerTick();
      leaders.await(asker, ticks + graceTicks + turns);
    }
  }

  @Override
  public void held(StoreId supporter, long epoch, long untilNanos, long askedNanos) {
    boolean isSameEpoch = views.lastHeld(supporter) == epoch;
    if (views.held(supporter, epoch, untilNanos, askedNanos)) {
      if (isSameEpoch) {
        supporters.end(supporter);
      }
      sweep(
          Urgency.ROUTINE,
          askOf(supporter),
          leading,
          replica -> replica.slumber().askAgain(supporter));
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
  public Backing shared(Backing backing) {
    if (backings.size() > BACKINGS_MAX) {
      backings.clear();
    }
    return backings.computeIfAbsent(backing, each -> each);
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
  public boolean mayLead(StoreId store) {
    return views.mayLead(store);
  }

  @Override
  public boolean supports(StoreId asker, long epoch) {
    return views.supports(asker, epoch);
  }

  @Override
  public long heldEpoch(StoreId supporter) {
    return views.heldEpoch(supporter);
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
