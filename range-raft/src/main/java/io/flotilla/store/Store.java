package io.flotilla.store;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.replica.RangeAdmin;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.replica.split.SplitPlan;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StateStorage.StoredRange;
import io.flotilla.spi.StoreBeat;
import io.flotilla.store.liveness.StoreLiveness.PeerSupport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All replicas of one store: the multi in multi-Raft.
///
/// How to use it:
///
/// 1. Make it from a [StoreEnvironment]. Wire the network's receiver to this object.
/// 2. Only for the first store of a new fleet: [#bootstrap] each first range, before [#start].
/// 3. [#start] on a thread that may block. From then on everything runs on the loops.
/// 4. [#serve] requests; operators use [#split], [#changeMembership], [#transferLeader].
/// 5. [#stop], and when that is done close storages and loops.
///
/// Every method but `bootstrap` and `start` may be called from any thread. Callbacks run on one of
/// the store's loops, must not block, and come exactly once.
///
/// Whoever wires a node listens to [StoreEvent]s: on `StoreFailed` the process should end, on
/// `LeaderMissing` the placement driver should be asked, and [#replicaGone] told what it said.
public final class Store implements PeerNetwork.Receiver {
  private static final int CHANGES_MAX = 500;

  private final StoreEnvironment env;
  private final StoreCore core;

  public Store(StoreEnvironment env) {
    this.env = env;
    this.core = new StoreCore(env);
  }

  /// For those of this package who look into a store, from its own loops or while they stand still.
  StoreCore core() {
    return core;
  }

  // Life ----------------------------------------------------------------------------------------

  /// Writes a range that did not exist anywhere before, durably. `descriptor` must have one
  /// replica, on this store. `writes` are what is in it from the start. Doing it again after a
  /// crash is harmless; a range that is here already is left as it is. Blocks; before [#start]
  /// only.
  public void bootstrap(RangeDescriptor descriptor, List<StateWrite> writes) {
    if (descriptor.replicas().size() != 1 || descriptor.replicaOn(env.store()).isEmpty()) {
      throw new IllegalArgumentException(
          "a new range has one replica, on store " + env.store() + ", not " + descriptor);
    }
    for (StoredRange there : env.state().load()) {
      if (there.descriptor().id().equals(descriptor.id())) {
        return;
      }
    }
    env.state()
        .apply(
            List.of(
                new RangeUpdate(descriptor.id(), SplitPlan.LOG_START, descriptor, writes, false)));
    env.state().flush();
  }

  /// Loads log and state, finishes what a crash interrupted, and begins to serve. Blocks.
  ///
  /// @throws io.flotilla.spi.StorageException if what is on disk is damaged
  public void start() {
    List<Runnable> replicas = new Recovery(core).run();
    core.liveness().begin(env.log().raiseIncarnation());
    core.desk().start();
    core.loops().forEach(loop -> loop.post(loop::start));
    replicas.forEach(Runnable::run);
    env.events().emit(new StoreEvent.StoreStarted(env.store(), replicas.size()));
  }

  /// Ends everything in order: requests and proposals that are open are answered (the latter as
  /// "unknown"), what is in the stages is written, the state is flushed. Then runs `onStopped` on
  /// the bulk loop.
  public void stop(Runnable onStopped) {
    askLoops(
        loop -> {
          loop.stop("the store is stopping");
          return loop;
        },
        _ -> env.logLoop().execute(() -> env.applyLoop().execute(() -> finishStop(onStopped))));
  }

  private void finishStop(Runnable onStopped) {
    core.desk().stop();
    core.bulk(() -> {
      try {
        env.state().flush(); // what it cannot write, the log still has
      } finally {
        env.events().emit(new StoreEvent.StoreStopped(env.store()));
        onStopped.run();
      }
    });
  }

  // Requests ------------------------------------------------------------------------------------

  /// Gives a request to the range's machine if this store's replica leads, or refuses it. On the
  /// range's own loop ([#loopOf]) it is served before this returns.
  public void serve(RangeId range, RangeRequest request) {
    core.loopOf(range).serve(range, request);
  }

  /// The loop that owns the range's replica.
  public EventLoop loopOf(RangeId range) {
    return core.loopOf(range).loop();
  }

  // Network -------------------------------------------------------------------------------------

  @Override
  public void onMessages(StoreId from, List<RangeMessage> arrived) {
    List<RangeMessage> messages = DiskFilter.admitted(env.room(), arrived);
    if (core.loops().size() == 1) {
      core.loops().getFirst().deliver(from, messages);
      return;
    }
    Map<StoreLoop, List<RangeMessage>> byLoop = new LinkedHashMap<>();
    for (RangeMessage message : messages) {
      byLoop.computeIfAbsent(core.loopOf(message.range()), _ -> new ArrayList<>()).add(message);
    }
    byLoop.forEach((loop, its) -> loop.deliver(from, its));
  }

  @Override
  public void onSnapshot(StoreId from, SnapshotMessage message) {
    core.desk().onMessage(from, message);
  }

  @Override
  public void onBeat(StoreId from, StoreBeat beat) {
    core.liveness().onBeat(from, beat);
  }

  // Operators' steps ----------------------------------------------------------------------------

  /// Cuts a range that this store leads.
  ///
  /// @param rightPeers ids for the right half's replicas, in the order of the descriptor's
  /// @param at where, null: in the middle by size
  public void split(
      RangeId range,
      long expectedGeneration,
      RangeId right,
      List<PeerId> rightPeers,
      @Nullable Key at,
      Consumer<AdminOutcome> onDone) {
    if (at != null) {
      admin(range, onDone, a -> a.split(expectedGeneration, right, rightPeers, at, onDone));
      return;
    }
    onReplica(
        range,
        onDone,
        replica -> {
          RangeDescriptor descriptor = replica.descriptorOrNull();
          if (descriptor == null || !replica.isLeader()) {
            admin(range, onDone, a -> a.requireLeader(onDone));
            return;
          }
          core.bulk(() -> {
            byte[] middle = env.state().middleKey(descriptor);
            if (middle == null) {
              String reason = "range " + range + " has too little data to be cut in the middle";
              onDone.accept(new AdminOutcome.Rejected(reason));
            } else {
              Key key = Key.of(middle);
              split(range, expectedGeneration, right, rightPeers, key, onDone);
            }
          });
        });
  }

  /// Gives a range that this store leads the replicas `target` (voters and learners only). New ones
  /// must be added as learners first; the joint stage is entered and left by itself. Answered when
  /// the change is complete.
  public void changeMembership(
      RangeId range,
      long expectedGeneration,
      List<ReplicaDescriptor> target,
      Consumer<AdminOutcome> onDone) {
    admin(range, onDone, a -> a.changeMembership(expectedGeneration, target, onDone));
  }

  /// Hands the leadership of a range that this store leads to the voter on `to`.
  public void transferLeader(RangeId range, StoreId to, Consumer<AdminOutcome> onDone) {
    admin(range, onDone, a -> a.transferLeader(to, onDone));
  }

  /// What the placement driver answered to [StoreEvent.LeaderMissing]: as of `generation`, `peer`
  /// has no place in the range. The replica destroys itself if that is news to it.
  public void replicaGone(RangeId range, PeerId peer, long generation) {
    StoreLoop loop = core.loopOf(range);
    loop.post(() -> loop.arrivals().onGone(range, peer, generation));
  }

  private void admin(RangeId range, Consumer<AdminOutcome> onDone, Consumer<RangeAdmin> step) {
    onReplica(range, onDone, replica -> step.accept(replica.admin()));
  }

  private void onReplica(
      RangeId range, Consumer<AdminOutcome> onDone, Consumer<RangeReplica> step) {
    StoreLoop loop = core.loopOf(range);
    loop.post(() -> {
      RangeReplica replica = loop.replicas().get(range);
      if (!loop.isRunning()) {
        Refusal refusal = new Refusal.Unavailable("the store does not run");
        onDone.accept(new AdminOutcome.Refused(refusal));
      } else if (replica == null) {
        onDone.accept(new AdminOutcome.Refused(new Refusal.NoReplica(range)));
      } else {
        loop.guard(replica, () -> step.accept(replica));
      }
    });
  }

  // Reports -------------------------------------------------------------------------------------

  /// Replicas that changed since `cursor` ([StatusReport.Cursor#START]: all there are), and those
  /// of `also`, whether they changed or not. Of very many changes the report has the oldest, so
  /// that no loop is held up for long.
  public void report(
      StatusReport.Cursor cursor, List<RangeId> also, Consumer<StatusReport> onReport) {
    askLoops(
        loop -> {
          loop.replicas().reporting();
          long since = cursor.of(core.loops().indexOf(loop));
          return loop.replicas().changesAfter(since, CHANGES_MAX, also);
        },
        changes -> onReport.accept(StatusReport.of(changes)));
  }

  /// Runs `listener`, on any of the store's loops, when something changes after a [#report]: until
  /// then another one would be empty. To be called before the first report.
  public void onNews(Runnable listener) {
    core.loops().forEach(loop -> loop.post(() -> loop.replicas().onNews(listener)));
  }

  /// How it stands with every store that this one shares ranges with.
  public void listPeers(Consumer<List<PeerSupport>> onList) {
    core.liveness().list(onList);
  }

  /// Who sleeps here.
  public void listSleepers(Consumer<SleepReport> onList) {
    askLoops(
        loop ->
            new SleepReport(
                loop.replicas().size(),
                loop.sleepers().asleep(),
                loop.sleepers().asleepAndLeading()),
        reports -> onList.accept(SleepReport.sum(reports)));
  }

  /// Which range has `key`, as far as this store's own replica of it knows, which may be old;
  /// empty: it has none that takes part.
  public void locate(Key key, Consumer<Optional<Located>> onFound) {
    StoreLoop any = core.loops().getFirst();
    any.post(() -> {
      RangeDescriptor descriptor = any.known().find(key);
      if (descriptor == null) {
        onFound.accept(Optional.empty());
        return;
      }
      StoreLoop loop = core.loopOf(descriptor.id());
      loop.post(() -> onFound.accept(located(loop, descriptor.id(), key)));
    });
  }

  private static Optional<Located> located(StoreLoop loop, RangeId range, Key key) {
    RangeReplica replica = loop.isRunning() ? loop.replicas().get(range) : null;
    RangeDescriptor descriptor = replica == null ? null : replica.descriptorOrNull();
    if (replica == null || descriptor == null || replica.isEnded()) {
      return Optional.empty();
    }
    return descriptor.span().contains(key)
        ? Optional.of(new Located(loop.store(), descriptor, replica.leaderStore()))
        : Optional.empty();
  }

  /// Every replica of this store.
  public void listReplicas(Consumer<List<ReplicaStatus>> onList) {
    askLoops(
        loop -> loop.replicas().changesAfter(0, Integer.MAX_VALUE, List.of()),
        changes -> onList.accept(StatusReport.of(changes).changed()));
  }

  /// Puts `question` to each loop, there, and gives `onAll` their answers, in the order of the
  /// loops, on the first one.
  private <T> void askLoops(Function<StoreLoop, T> question, Consumer<List<T>> onAll) {
    List<StoreLoop> loops = core.loops();
    Map<Integer, T> answers = new TreeMap<>();
    for (int i = 0; i < loops.size(); i++) {
      int slot = i;
      StoreLoop loop = loops.get(i);
      loop.post(() -> {
        T answer = question.apply(loop);
        loops
            .getFirst()
            .post(() -> {
              answers.put(slot, answer);
              if (answers.size() == loops.size()) {
                onAll.accept(List.copyOf(answers.values()));
              }
            });
      });
    }
  }
}
