package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.lease.PauseWatch;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.StoreBeat;
import io.flotilla.store.liveness.LivenessListener;
import io.flotilla.store.liveness.LivenessOptions;
import io.flotilla.store.liveness.StoreLiveness;
import io.flotilla.store.liveness.StoreLiveness.PeerSupport;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps the store's liveness, on its first loop: gives it time and beats, tells all loops what
/// comes of it, and watches whether the log takes writes.
final class LivenessDesk {
  private final StoreCore core;
  private final LivenessOptions options;
  private final Set<StoreId> metBefore = new TreeSet<>();
  private final Set<StoreLoop> stalledLoops = new java.util.LinkedHashSet<>();
  private @Nullable StoreLiveness liveness;
  private int ticks;
  private boolean probing;
  private long probedAt;
  private boolean stalled;
  private boolean spent;

  LivenessDesk(StoreCore core) {
    this.core = core;
    this.options = core.env().options().liveness();
  }

  /// Before anything runs: this life's number.
  void begin(long incarnation) {
    StoreLiveness made = new StoreLiveness(options, incarnation, new ToAllLoops());
    metBefore.forEach(made::meet);
    liveness = made;
  }

  /// Some loop has a range with these replicas. Callable from any loop.
  static void meet(StoreCore core, StoreLoop loop, RangeDescriptor descriptor) {
    for (ReplicaDescriptor replica : descriptor.replicas()) {
      StoreId store = replica.store();
      if (!store.equals(core.env().store()) && loop.sleepers().meet(store)) {
        core.loops().getFirst().post(() -> core.liveness().meetHere(store));
      }
    }
  }

  private void meetHere(StoreId store) {
    if (liveness == null) {
      metBefore.add(store);
    } else {
      liveness.meet(store);
    }
  }

  /// A tick of the first loop.
  void onTick(long nanos, PauseWatch.Tick tick) {
    if (liveness == null) {
      return;
    }
    if (tick == PauseWatch.Tick.LEAPT) {
      liveness.onPause();
    }
    watchLog(nanos);
    boolean late = tick != PauseWatch.Tick.ON_TIME;
    liveness.onTick(nanos, late, stalled, core.env().network()::sendBeat);
    if (liveness.isSpent() && !spent) {
      spent = true;
      core.env().events().emit(new StoreEvent.EpochsSpent(core.env().store()));
    }
  }

  /// Callable from any thread.
  void onBeat(StoreId from, StoreBeat beat) {
    core.loops()
        .getFirst()
        .post(() -> {
          if (liveness != null && core.loops().getFirst().isRunning()) {
            long nanos = core.env().clock().nanos();
            liveness.onBeat(from, beat, nanos);
            liveness.answerLate(from, nanos, core.env().network()::sendBeat);
          }
        });
  }

  /// Messages leave for that store now. On the first loop only.
  void ride(StoreId to) {
    if (liveness != null) {
      liveness.ride(to, core.env().clock().nanos(), core.env().network()::sendBeat);
    }
  }

  /// Hands how it stands with each peer store to `onList`, on the first loop.
  void list(Consumer<List<PeerSupport>> onList) {
    core.loops()
        .getFirst()
        .post(() ->
            onList.accept(
                liveness == null ? List.of() : liveness.peers(core.env().clock().nanos())));
  }

  // The log ---------------------------------------------------------------------------------------

  /// A loop's log writes are stuck, or go on. Called from that loop.
  void onStalled(StoreLoop loop, boolean isStalled) {
    core.loops()
        .getFirst()
        .post(() -> {
          if (isStalled) {
            stalledLoops.add(loop);
          } else {
            stalledLoops.remove(loop);
          }
        });
  }

  private void watchLog(long nanos) {
    // A disk without any room is not written to just to see whether it takes it: that would fail,
    // and with it the store.
    boolean hasRoom = core.env().room().stage() != DiskStage.EXHAUSTED;
    if (++ticks % options.probeTicks() == 0 && !probing && hasRoom) {
      probing = true;
      probedAt = nanos;
      core.logWriter().probe(() -> core.loops().getFirst().post(() -> probing = false));
    }
    boolean isStuck = probing && nanos - probedAt > options.stallNanos();
    boolean now = isStuck || !stalledLoops.isEmpty();
    if (now != stalled) {
      stalled = now;
      core.env().events().emit(new StoreEvent.LogStalled(core.env().store(), now));
      core.loops().forEach(loop -> loop.post(() -> loop.sleepers().setStalled(now)));
    }
  }

  /// What changes goes to all loops, in order.
  private final class ToAllLoops implements LivenessListener {
    private void tell(Consumer<Sleepers> news) {
      for (StoreLoop loop : core.loops()) {
        if (loop == core.loops().getFirst()) {
          news.accept(loop.sleepers());
        } else {
          loop.post(() -> news.accept(loop.sleepers()));
        }
      }
    }

    @Override
    public void given(StoreId asker, long epoch) {
      tell(sleepers -> sleepers.given(asker, epoch));
    }

    @Override
    public void withdrawn(StoreId asker, long upToEpoch) {
      core.env()
          .events()
          .emit(new StoreEvent.SupportWithdrawn(core.env().store(), asker, upToEpoch));
      tell(sleepers -> sleepers.withdrawn(asker, upToEpoch));
    }

    @Override
    public void held(StoreId supporter, long epoch, long untilNanos, long askedNanos) {
      tell(sleepers -> sleepers.held(supporter, epoch, untilNanos, askedNanos));
    }

    @Override
    public void lost(StoreId supporter) {
      tell(sleepers -> sleepers.lost(supporter));
    }

    @Override
    public void up(StoreId store) {
      tell(sleepers -> sleepers.up(store));
    }

    @Override
    public void down(StoreId store) {
      tell(sleepers -> sleepers.down(store));
    }
  }
}
