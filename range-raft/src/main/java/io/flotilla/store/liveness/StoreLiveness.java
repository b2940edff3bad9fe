package io.flotilla.store.liveness;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.StoreBeat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// This store's side of all pairs: asks every peer store for support, and supports those that ask.
/// Confined to one loop.
///
/// Epochs of one life are all higher than those of earlier ones ([Epochs]); within a life each pair
/// takes a higher one whenever support was lost for good. Once this life has no more of them, the
/// pair asks for nothing: who is not asked promises nothing, so that is safe, and what this store
/// leads with a follower there stays awake until it starts anew.
public final class StoreLiveness {
  private static final int LATE_PART = 4;

  private final LivenessOptions options;
  private final long incarnation;
  private final Epochs epochs;
  private final LivenessListener listener;
  private final Map<StoreId, Pair> pairs = new TreeMap<>();
  private int ticks;
  private boolean stalled;
  private boolean wasLate;

  /// @param incarnation of this life, durable and higher than that of any life before
  public StoreLiveness(LivenessOptions options, long incarnation, LivenessListener listener) {
    this(options, incarnation, new Epochs(incarnation), listener);
  }

  StoreLiveness(
      LivenessOptions options, long incarnation, Epochs epochs, LivenessListener listener) {
    this.options = options;
    this.incarnation = incarnation;
    this.epochs = epochs;
    this.listener = listener;
  }

  /// There are ranges with replicas here and there.
  public void meet(StoreId peer) {
    pairs.computeIfAbsent(peer, Pair::new);
  }

  /// Time passes. `late`: this store itself did not run for a while, so that questions may wait
  /// which it could not see. `stalled`: its disk takes nothing, so it asks nobody.
  public void onTick(
      long nanos, boolean late, boolean isStalled, BiConsumer<StoreId, StoreBeat> send) {
    ticks++;
    stalled = isStalled;
    for (Pair pair : pairs.values()) {
      // Whoever is late again and again has seen since what waited for it the first time.
      pair.onTick(nanos, late && !wasLate);
      if (pair.takeDue(late)) {
        send.accept(pair.store, pair.beat(nanos));
      }
    }
    wasLate = late;
  }

  /// The process did not run for a while: what this store was promised proves nothing until it has
  /// asked anew. Whoever counts on it notices the pause by itself.
  public void onPause() {
    for (Pair pair : pairs.values()) {
      pair.held.forget();
    }
  }

  public void onBeat(StoreId from, StoreBeat beat, long nanos) {
    pairs.computeIfAbsent(from, Pair::new).onBeat(beat, nanos);
  }

  /// A question has come. Where ticks are late the answer must not wait for the next one.
  public void answerLate(StoreId asker, long nanos, BiConsumer<StoreId, StoreBeat> send) {
    Pair pair = pairs.get(asker);
    if (pair != null && nanos - pair.sentAt > options.promiseNanos() / LATE_PART) {
      send.accept(asker, pair.beat(nanos));
    }
  }

  /// Messages leave for that store now, which wake it: a beat that is nearly due goes with them.
  public void ride(StoreId to, long nanos, BiConsumer<StoreId, StoreBeat> send) {
    Pair pair = pairs.get(to);
    if (pair != null && pair.takeRide()) {
      send.accept(to, pair.beat(nanos));
    }
  }

  /// How it stands with every peer store, sorted by store.
  public List<PeerSupport> peers(long nanos) {
    List<PeerSupport> all = new ArrayList<>();
    pairs.values().forEach(pair -> all.add(pair.status(nanos)));
    return all;
  }

  /// True if a store asked at both epochs in one life, so that it still knows what it leads.
  public static boolean isSameLife(long epoch, long otherEpoch) {
    return Epochs.isSameLife(epoch, otherEpoch);
  }

  /// True once this life has no epochs left: support that is lost is not asked for again.
  public boolean isSpent() {
    return epochs.isSpent();
  }

  /// One peer store.
  private final class Pair {
    private final StoreId store;
    private final GivenSupport given = new GivenSupport(options.promiseNanos());
    private final HeldSupport held = new HeldSupport(options.promiseNanos(), epochs.next());
    private long life;
    private long heardAt;
    private long sentAt;
    private boolean isUp;
    private boolean isStalled;
    private boolean told;
    private boolean lapsing;
    private long lapsedAt;
    private boolean soon = true;
    private int sentTick;
    private boolean rides;

    Pair(StoreId store) {
      this.store = store;
    }

    void onTick(long nanos, boolean late) {
      if (late) {
        given.prolong(nanos);
      } else if (given.expire(nanos)) {
        listener.withdrawn(store, given.withdrawn());
      }
      watchHeld(nanos);
      if (isUp && !late && nanos - heardAt > 2 * options.promiseNanos()) {
        isUp = false;
        listener.down(store);
      }
    }

    /// Short gaps wake nobody: the next answer may mend them. Nobody counts on it meanwhile.
    private void watchHeld(long nanos) {
      if (!told || held.holds(nanos)) {
        lapsing = false;
      } else if (!lapsing) {
        lapsing = true;
        lapsedAt = nanos;
      } else if (nanos - lapsedAt > options.promiseNanos()) {
        told = false;
        lapsing = false;
        listener.lost(store);
      }
    }

    /// A silent store is asked less often; one whose life is new is answered soon. With late ticks
    /// the promise would run out before the third of them.
    boolean takeDue(boolean late) {
      int wait = isUp ? options.askTicks() : 4 * options.askTicks();
      boolean isDue = soon || late && isUp || ticks - sentTick >= wait;
      rides &= !isDue;
      return isDue;
    }

    /// After a beat that left alone the next message will do, so that beats fall in with messages
    /// that come more often.
    boolean takeRide() {
      int wait = rides ? Math.max(1, options.askTicks() - 1) : 1;
      boolean isDue = isUp && ticks - sentTick >= wait;
      rides |= isDue;
      return isDue;
    }

    StoreBeat beat(long nanos) {
      soon = false;
      sentAt = nanos;
      sentTick = ticks;
      boolean asks = !stalled && life > 0 && held.epoch() > 0;
      return new StoreBeat(
          incarnation,
          life,
          asks ? held.epoch() : 0,
          asks ? held.ask(nanos) : 0,
          given.epoch(),
          given.number(),
          given.withdrawn(),
          stalled);
    }

    void onBeat(StoreBeat beat, long nanos) {
      if (beat.incarnation() < life) {
        return; // of a life that is over
      }
      if (beat.incarnation() > life) {
        beginLife(beat.incarnation());
      }
      heardAt = nanos;
      isStalled = beat.stalled();
      if (!isUp) {
        isUp = true;
        listener.up(store);
      }
      soon |= held.isUnasked();
      if (beat.toIncarnation() == incarnation) {
        onAnswer(beat, nanos);
        onAsk(beat, nanos);
      }
    }

    /// The peer store has started anew. It remembers nothing of what it promised, and nobody counts
    /// on what was promised to its former life.
    private void beginLife(long newLife) {
      boolean isFirst = life == 0;
      soon = true;
      life = newLife;
      if (given.endFor(Epochs.firstOf(newLife))) {
        listener.withdrawn(store, given.withdrawn());
      }
      if (!isFirst) {
        raise();
        isUp = false;
      }
    }

    private void onAnswer(StoreBeat beat, long nanos) {
      if (held.epoch() == 0) {
        return; // nothing was asked
      }
      if (beat.withdrawnEpoch() >= held.epoch()) {
        raise();
      } else if (held.onAnswer(beat.answeredEpoch(), beat.answeredNumber(), nanos)) {
        told = true;
        listener.held(store, held.epoch(), held.until(), held.countedFrom());
      }
    }

    private void raise() {
      held.raise(epochs.next());
      told = false;
      listener.lost(store);
    }

    private void onAsk(StoreBeat beat, long nanos) {
      if (beat.epoch() == 0) {
        return;
      }
      long before = given.withdrawn();
      if (given.onAsk(beat.epoch(), beat.number(), nanos)) {
        if (given.withdrawn() > before) {
          listener.withdrawn(store, given.withdrawn());
        }
        listener.given(store, given.epoch());
      }
    }

    PeerSupport status(long nanos) {
      boolean holds = held.holds(nanos);
      return new PeerSupport(
          store,
          isUp,
          isStalled,
          holds ? held.epoch() : 0,
          holds ? nanos - held.since() : 0,
          given.epoch());
    }
  }

  /// How it stands with one peer store.
  ///
  /// @param isUp it was heard of late
  /// @param isStalled it said that its disk takes nothing
  /// @param heldEpoch at which it supports this store, 0: it does not
  /// @param heldNanos for how long already
  /// @param givenEpoch at which this store supports it, 0: it does not
  public record PeerSupport(
      StoreId store,
      boolean isUp,
      boolean isStalled,
      long heldEpoch,
      long heldNanos,
      long givenEpoch) {}
}
