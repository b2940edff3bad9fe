package io.flotilla.store;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.Ready;
import io.flotilla.replica.AppliedBatch.CommandEffect.SplitDone;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.ReplicaHost;
import io.flotilla.replica.ReplicaOptions;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.replica.lease.PauseWatch;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One single-threaded loop of a store and the replicas that belong to it.
final class StoreLoop implements ReplicaHost {
  /*
   * Inputs (requests, messages, results of the stages, ticks) run as tasks of the event loop and
   * step the replicas they concern. A replica that has something to give out is *touched*; the
   * first one touched queues the turn behind all inputs that wait already. So a turn collects
   * what all of them led to, and hands it out once for each stage: one job to the log writer, one
   * to the applier, one batch of messages for each peer store.
   *
   * A request on the loop's own thread goes to the machine at once. Between two turns that is
   * sound: inputs and turns run to their end, so every replica is in a consistent state, and what
   * the machine proposes waits for the next turn. Only one made from within a machine's own call
   * queues, which `busy` tells.
   */

  private static final int PASSES_PER_TURN = 4;
  private static final long LEAP_MILLIS_MAX = 100;

  private final StoreCore core;
  private final EventLoop loop;
  private final StoreOptions options;
  private final Map<RangeId, RangeReplica> replicas = new LinkedHashMap<>();
  private final Outbox outbox;
  private final KnownRanges known = new KnownRanges();
  private final Arrivals arrivals;
  private final Installs installs;
  private final Housekeeper housekeeper;
  private final StatusBoard board = new StatusBoard();
  private final PauseWatch pauses;
  private List<RangeReplica> touched = new ArrayList<>();
  private List<GroupWrite> writes = new ArrayList<>();
  private List<LogWriter.Persisted> persisted = new ArrayList<>();
  private List<Runnable> onceDurable = new ArrayList<>();
  private List<Applier.Job.Apply> toApply = new ArrayList<>();
  private List<Runnable> afterHandOut = new ArrayList<>();
  private long applyBacklogBytes;
  private int ticks;
  private boolean turnScheduled;
  private boolean busy;
  private boolean running;
  private String notRunning = "the store is starting";
  private EventLoop.@Nullable Cancellable timer;

  StoreLoop(StoreCore core, EventLoop loop) {
    this.core = core;
    this.loop = loop;
    this.options = core.env().options();
    this.outbox = new Outbox(core.env().network());
    this.arrivals = new Arrivals(core, this);
    this.installs = new Installs(core, this);
    this.housekeeper = new Housekeeper(core, this);
    this.pauses =
        new PauseWatch(
            options.replica().tickNanos() * (1 + options.pauseTicks()),
            LEAP_MILLIS_MAX,
            core.env().clock().nanos(),
            core.env().clock().wallMillis());
  }

  // Inputs --------------------------------------------------------------------------------------

  /// Runs `input` on this loop. Callable from any thread.
  void post(Runnable input) {
    loop.execute(input);
  }

  void start() {
    running = true;
    tick();
  }

  boolean isRunning() {
    return running;
  }

  /// True as long as what this store promised in its life before may still be relied on.
  boolean isYoung() {
    return ticks <= options.replica().raft().electionTicks();
  }

  /// The applier had no use for so much: its replica is broken.
  void onNotApplied(long bytes) {
    applyBacklogBytes -= bytes;
  }

  void serve(RangeId range, RangeRequest request) {
    if (loop.inLoop() && !busy) {
      serveHere(range, request);
    } else {
      long queuedAt = core.env().clock().nanos();
      loop.execute(() -> {
        if (core.env().clock().nanos() - queuedAt > options.queueNanosMax()) {
          request.refuse(new Refusal.Busy("the store loop's queue", 100));
        } else {
          serveHere(range, request);
        }
      });
    }
  }

  private void serveHere(RangeId range, RangeRequest request) {
    RangeReplica replica = replicas.get(range);
    if (!running) {
      request.refuse(new Refusal.Unavailable(notRunning));
    } else if (replica == null) {
      request.refuse(new Refusal.NoReplica(range));
    } else {
      guard(replica, () -> Serving.serve("range " + range, request, replica::serve));
    }
  }

  /// Callable from any thread; on the loop itself the messages are worked off at once.
  void deliver(StoreId from, List<RangeMessage> messages) {
    if (loop.inLoop() && !busy) {
      onMessages(from, messages);
    } else {
      loop.execute(() -> onMessages(from, messages));
    }
  }

  void onMessages(StoreId from, List<RangeMessage> messages) {
    if (!running) {
      return;
    }
    for (RangeMessage message : messages) {
      RangeReplica replica = replicas.get(message.range());
      if (replica != null && replica.peer().equals(message.to())) {
        guard(replica, () -> replica.receive(from, message.message()));
      } else {
        arrivals.onStray(from, message, replica);
      }
    }
  }

  void onDurable(LogWriter.Job job) {
    if (!running) {
      return;
    }
    for (LogWriter.Persisted each : job.persisted()) {
      guard(each.replica(), () -> each.replica().onPersisted(each.number()));
    }
    job.then().forEach(Runnable::run);
  }

  void onApplied(Applier.Applied applied) {
    applyBacklogBytes -= applied.bytes();
    if (running) {
      guard(applied.replica(), () -> applied.replica().onApplied(applied.batch()));
      housekeeper.onApplied(applied.replica());
    }
  }

  private void tick() {
    if (!running) {
      return;
    }
    timer = loop.schedule(options.replica().tickNanos(), this::tick);
    ticks += isYoung() ? 1 : 0;
    long nanos = core.env().clock().nanos();
    if (pauses.onTick(nanos, core.env().clock().wallMillis())) {
      core.env().events().emit(new StoreEvent.PauseNoticed(store()));
      replicas.values().forEach(RangeReplica::onPause);
    }
    for (RangeReplica replica : replicas.values()) {
      guard(replica, replica::tick);
    }
    arrivals.onTick();
    installs.onTick();
    housekeeper.onTick();
  }

  /// Ends this loop's part of the store: everything open is answered, nothing is taken any more.
  void stop(String reason) {
    if (!running) {
      notRunning = reason;
      return;
    }
    running = false;
    notRunning = reason;
    if (timer != null) {
      timer.cancel();
    }
    for (RangeReplica replica : replicas.values()) {
      replica.end(reason, new Refusal.Unavailable(reason));
    }
    handOut();
  }

  // The turn ------------------------------------------------------------------------------------

  private void turn() {
    turnScheduled = false;
    if (!running) {
      return;
    }
    long nanos = core.env().clock().nanos();
    for (int pass = 0; pass < PASSES_PER_TURN && !touched.isEmpty(); pass++) {
      List<RangeReplica> now = touched;
      touched = new ArrayList<>();
      for (RangeReplica replica : now) {
        guard(replica, () -> replica.collect(nanos));
      }
    }
    handOut();
    if (!touched.isEmpty()) {
      scheduleTurn();
    }
  }

  private void handOut() {
    if (!writes.isEmpty() || !onceDurable.isEmpty()) {
      core.logWriter().submit(new LogWriter.Job(this, writes, persisted, onceDurable));
      writes = new ArrayList<>();
      persisted = new ArrayList<>();
      onceDurable = new ArrayList<>();
    }
    if (!toApply.isEmpty()) {
      core.applier().submit(toApply);
      toApply = new ArrayList<>();
    }
    outbox.flush();
    if (!afterHandOut.isEmpty()) {
      List<Runnable> now = afterHandOut;
      afterHandOut = new ArrayList<>();
      now.forEach(Runnable::run);
    }
  }

  void scheduleTurn() {
    if (!turnScheduled) {
      turnScheduled = true;
      loop.execute(this::turn);
    }
  }

  /// A replica that breaks is taken out; the others go on.
  void guard(RangeReplica replica, Runnable step) {
    boolean wasBusy = busy;
    busy = true;
    try {
      step.run();
    } catch (RuntimeException e) {
      poison(replica, e);
    } finally {
      busy = wasBusy;
    }
  }

  void poison(RangeReplica replica, RuntimeException cause) {
    core.env().events().emit(new StoreEvent.ReplicaPoisoned(store(), replica.id(), cause));
    replica.end(
        "range " + replica.id() + " is broken here",
        new Refusal.Unavailable(
            "range "
                + replica.id()
                + " is broken on store "
                + store()
                + ": "
                + cause.getMessage()));
  }

  // What the parts of the loop use --------------------------------------------------------------

  Collection<RangeReplica> replicas() {
    return replicas.values();
  }

  @Nullable RangeReplica replica(RangeId range) {
    return replicas.get(range);
  }

  void add(RangeReplica replica, String how) {
    replicas.put(replica.id(), replica);
    guard(replica, () -> replica.open(core.env().machines()));
    housekeeper.onApplied(replica);
    core.env()
        .events()
        .emit(new StoreEvent.ReplicaCreated(store(), replica.id(), replica.peer(), how));
    onDescriptor(replica);
  }

  void drop(RangeReplica replica) {
    replicas.remove(replica.id(), replica);
    board.removed(replica.id());
  }

  Arrivals arrivals() {
    return arrivals;
  }

  Installs installs() {
    return installs;
  }

  KnownRanges known() {
    return known;
  }

  StatusBoard board() {
    return board;
  }

  /// What changed after `since`: the replicas that are here, and the ranges that are not any more.
  void statusSince(long since, List<ReplicaStatus> changed, List<RangeId> gone) {
    for (RangeId range : board.since(since)) {
      RangeReplica replica = replicas.get(range);
      if (replica == null) {
        gone.add(range);
      } else {
        changed.add(replica.status());
      }
    }
  }

  /// Makes `write` durable and then runs `then` here.
  void write(GroupWrite write, Runnable then) {
    writes.add(write);
    onceDurable.add(then);
    scheduleTurn();
  }

  // ReplicaHost ---------------------------------------------------------------------------------

  @Override
  public StoreId store() {
    return core.env().store();
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public ReplicaOptions options() {
    return options.replica();
  }

  @Override
  public long nanos() {
    return core.env().clock().nanos();
  }

  @Override
  public boolean clocksAgree(long nanos) {
    return !pauses.hasLeapt(nanos, core.env().clock().wallMillis());
  }

  @Override
  public boolean isApplyBacklogFull() {
    return applyBacklogBytes > options.applyBacklogBytesMax();
  }

  @Override
  public void touched(RangeReplica replica) {
    touched.add(replica);
    scheduleTurn();
  }

  @Override
  public void send(StoreId to, RangeMessage message) {
    outbox.add(to, message);
    scheduleTurn();
  }

  @Override
  public void persist(RangeReplica replica, long readyNumber, GroupWrite write) {
    writes.add(write);
    persisted.add(new LogWriter.Persisted(replica, readyNumber));
    scheduleTurn();
  }

  @Override
  public void writeEventually(GroupWrite write) {
    writes.add(write);
    scheduleTurn();
  }

  @Override
  public void apply(RangeReplica replica, List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.bytes();
    }
    applyBacklogBytes += bytes;
    toApply.add(new Applier.Job.Apply(this, replica, entries, bytes));
    scheduleTurn();
  }

  @Override
  public void fetch(RangeReplica replica, Ready.LogFetch fetch) {
    core.env()
        .readLoop()
        .execute(() -> {
          try {
            List<Entry> entries =
                core.env()
                    .log()
                    .read(replica.id(), fetch.fromIndex(), fetch.toIndex(), fetch.bytesMax());
            post(() -> guard(replica, () -> replica.onFetched(fetch, entries)));
          } catch (RuntimeException e) {
            core.fail(e);
          }
        });
  }

  @Override
  public void sendSnapshot(RangeReplica replica, Ready.SnapshotWanted wanted) {
    installs.send(replica, wanted);
  }

  @Override
  public void install(
      RangeReplica replica, long readyNumber, GroupWrite firstStep, Ready.Install install) {
    installs.begin(replica, readyNumber, firstStep, install);
  }

  @Override
  public void onSplit(RangeReplica left, SplitDone split, boolean led) {
    core.env().events().emit(new StoreEvent.RangeSplit(store(), split.left(), split.right()));
    core.withClaims(claims -> claims.split(split.left(), split.right()));
    core.publish(split.right());
    StoreLoop owner = core.loopOf(split.right().id());
    // Behind the hand-out, in which the left half notes that the split is committed: the right
    // half's first log write must come after that note.
    afterHandOut.add(() -> owner.post(() -> owner.arrivals.onSplit(split, led)));
    scheduleTurn();
  }

  @Override
  public void onDescriptor(RangeReplica replica) {
    board.changed(replica.id());
    RangeDescriptor descriptor = replica.descriptorOrNull();
    if (descriptor != null) {
      core.publish(descriptor);
    }
  }

  @Override
  public void onRole(RangeReplica replica, Ready.RoleChange change) {
    board.changed(replica.id());
    installs.onRole(replica, change);
    events().emit(new StoreEvent.RoleChanged(store(), replica.id(), change.role(), change.term()));
  }

  @Override
  public void onRemovedFromRange(RangeReplica replica) {
    if (!replica.isEnded()) {
      Removal.begin(core, this, replica);
    }
  }

  @Override
  public void onLeaderMissing(RangeReplica replica) {
    RangeDescriptor descriptor = replica.descriptorOrNull();
    long generation = descriptor == null ? 0 : descriptor.generation();
    events().emit(new StoreEvent.LeaderMissing(store(), replica.id(), replica.peer(), generation));
  }

  @Override
  public List<RangeDescriptor> localDescriptors(KeySpan span) {
    return known.overlapping(span);
  }

  @Override
  public EventSink events() {
    return core.env().events();
  }
}
