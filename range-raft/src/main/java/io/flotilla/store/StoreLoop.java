package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.ReplicaHost;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.List;

/// One single-threaded loop of a store and the replicas that belong to it.
final class StoreLoop {
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
   *
   * Inputs and the turn are told here. The other parts of the loop: ReplicaTable (who is here),
   * HandOut (what a turn gives to the stages), LoopHost (what replicas ask of the loop), LoopTicks
   * (time), Sleepers (who ticks), Arrivals (how replicas come), Removal (how they go), Installs
   * (snapshots) and Housekeeper (logs and sizes).
   */

  private static final int PASSES_PER_TURN = 4;

  private final StoreCore core;
  private final EventLoop loop;
  private final ReplicaTable replicas = new ReplicaTable();
  private final KnownRanges known = new KnownRanges();
  private final HandOut handOut;
  private final LoopHost host;
  private final LoopTicks ticks;
  private final Sleepers sleepers;
  private final Arrivals arrivals;
  private final Installs installs;
  private final Housekeeper housekeeper;
  private List<RangeReplica> touched = new ArrayList<>();
  private boolean turnScheduled;
  private boolean busy;
  private boolean running;
  private String notRunning = "the store is starting";

  StoreLoop(StoreCore core, EventLoop loop) {
    this.core = core;
    this.loop = loop;
    this.sleepers = new Sleepers(core, this);
    this.handOut = new HandOut(core, this);
    this.host = new LoopHost(core, this, handOut);
    this.ticks = new LoopTicks(core, this);
    this.arrivals = new Arrivals(core, this);
    this.installs = new Installs(core, this);
    this.housekeeper = new Housekeeper(core, this);
  }

  // Life ----------------------------------------------------------------------------------------

  void start() {
    running = true;
    ticks.start();
  }

  boolean isRunning() {
    return running;
  }

  /// Ends this loop's part of the store: everything open is answered, nothing is taken any more.
  void stop(String reason) {
    boolean wasRunning = running;
    running = false;
    notRunning = reason;
    if (wasRunning) {
      ticks.stop();
      for (RangeReplica replica : replicas.all()) {
        end(replica, reason, new Refusal.Unavailable(reason));
      }
      handOut.giveOut();
    }
  }

  // Inputs --------------------------------------------------------------------------------------

  /// Runs `input` on this loop. Callable from any thread.
  void post(Runnable input) {
    loop.execute(input);
  }

  void serve(RangeId range, RangeRequest request) {
    if (loop.inLoop() && !busy) {
      serveHere(range, request);
    } else {
      long queuedAt = core.env().clock().nanos();
      loop.execute(() -> {
        if (core.env().clock().nanos() - queuedAt > core.env().options().queueNanosMax()) {
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
      guard(replica, () -> replica.serve(request));
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
      boolean isHere = replica != null && replica.peer().equals(message.to());
      if (message.message() instanceof Message.Nudge nudge
          && (!isHere || replica == null || replica.isEnded())) {
        arrivals.answerNudge(from, message.range(), message.to(), nudge);
      } else if (replica != null && isHere) {
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
    handOut.onLogDone();
    for (LogWriter.Persisted each : job.persisted()) {
      guard(each.replica(), () -> each.replica().onPersisted(each.number()));
    }
    job.then().forEach(core::runOrFail);
  }

  void onApplied(Applier.Applied applied) {
    handOut.onApplied(applied.bytes());
    if (running) {
      guard(applied.replica(), () -> applied.replica().onApplied(applied.batch()));
      housekeeper.onApplied(applied.replica());
    }
  }

  /// The applier cannot go on with the replica.
  void onNotApplied(Applier.Job.Apply job, RuntimeException cause) {
    handOut.onApplied(job.bytes());
    poison(job.replica(), cause);
  }

  /// Does something with a replica that is here; if that breaks, the replica is taken out and the
  /// others go on.
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

  /// Ends a replica in order; if something of it breaks over that, it is as much at its end.
  void end(RangeReplica replica, String reason, Refusal refusal) {
    guard(replica, () -> replica.end(reason, refusal));
  }

  private void poison(RangeReplica replica, RuntimeException cause) {
    replica.poison(cause);
    core.desk().cancelSends(replica.id());
    replicas.changed(replica);
    core.env().events().emit(new StoreEvent.ReplicaPoisoned(store(), replica.id(), cause));
  }

  // The turn ------------------------------------------------------------------------------------

  /// The replica has something to collect.
  void touched(RangeReplica replica) {
    touched.add(replica);
    scheduleTurn();
  }

  void scheduleTurn() {
    if (!turnScheduled) {
      turnScheduled = true;
      loop.execute(this::turn);
    }
  }

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
    handOut.giveOut();
    if (!touched.isEmpty()) {
      scheduleTurn();
    }
  }

  // Coming and going ----------------------------------------------------------------------------

  void add(RangeReplica replica, String how) {
    replicas.put(replica);
    sleepers.add(replica);
    guard(replica, () -> replica.open(core.env().machines()));
    housekeeper.onApplied(replica);
    core.env()
        .events()
        .emit(new StoreEvent.ReplicaCreated(store(), replica.id(), replica.peer(), how));
    host.onDescriptor(replica);
  }

  void drop(RangeReplica replica) {
    replicas.remove(replica);
    sleepers.drop(replica);
  }

  // Parts ---------------------------------------------------------------------------------------

  StoreId store() {
    return core.env().store();
  }

  EventLoop loop() {
    return loop;
  }

  ReplicaTable replicas() {
    return replicas;
  }

  KnownRanges known() {
    return known;
  }

  HandOut handOut() {
    return handOut;
  }

  ReplicaHost host() {
    return host;
  }

  Sleepers sleepers() {
    return sleepers;
  }

  LoopTicks ticks() {
    return ticks;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  Installs installs() {
    return installs;
  }

  Housekeeper housekeeper() {
    return housekeeper;
  }
}
