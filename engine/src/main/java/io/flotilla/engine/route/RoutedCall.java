package io.flotilla.engine.route;

import io.flotilla.engine.ClosedException;
import io.flotilla.engine.DeadlineException;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.engine.UnavailableException;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvReply.MultiRange;
import io.flotilla.engine.mvcc.KvReply.Refused;
import io.flotilla.engine.mvcc.KvReply.Unknown;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.route.RangeLookup.Found;
import io.flotilla.engine.route.StoreChannel.Delivery;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.DiskFull;
import io.flotilla.replica.Refusal.NoReplica;
import io.flotilla.replica.Refusal.NotLeader;
import io.flotilla.replica.Refusal.StaleRange;
import io.flotilla.replica.Refusal.TooLate;
import io.flotilla.replica.Refusal.Unavailable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One request to the range that has a key, tried until it is answered for good or its time is up.
///
/// Each step is taken by one thread at a time: either a request is with the channel, and its
/// delivery brings the call on, or the call goes on by itself (looks up, pauses, sends). The
/// deadline may come in at any moment from another thread; the state decides who was first, and
/// whether the write that it ends may have been done. A read does not wait for one silent store
/// until then, but asks another in between; what the first one says after that is not heard.
final class RoutedCall implements DeadlineWatch.Watched {
  /// The state is even while the call goes on by itself, odd while a request is with the channel,
  /// and counts up: each request has a number of its own.
  private static final int DONE = -1;

  /// So often a hint is followed at once; after that hints may chase each other.
  private static final int HINTS_MAX = 4;

  /// A read waits for a store so long, then twice as long, and so on.
  private static final long SILENCE_NANOS = 1_000_000_000L;

  /// One round in so many asks for a route that seems right but leads to nobody.
  private static final int ASK_EVERY = 4;

  /// One round in so many, which are most of a second, asks a store that was silent, or for the
  /// route.
  private static final int SUSPECT_EVERY = 12;

  private final Router router;
  private final Ask ask;
  private final long deadlineNanos;
  private final AtomicInteger state = new AtomicInteger();
  private final Candidates candidates;

  private int attempts;
  private int hints;
  private int silences;
  private int rounds;
  private boolean confirmed;
  private boolean unreachable;
  private @Nullable Route route;
  private @Nullable StoreId target;
  private volatile @Nullable String lastProblem;
  private volatile @Nullable DiskFull diskFull;
  private volatile boolean heardOfAny;
  private volatile long silentAtNanos;

  /// What is asked, and who wants to know.
  interface Ask {
    /// The key whose range is meant.
    Key position();

    /// True: the range meant is that of the keys just below the position.
    default boolean below() {
      return false;
    }

    /// True: if it was sent and no reply comes, it may have been done.
    default boolean isWrite() {
      return false;
    }

    /// True: a follower may answer it as well as the leader, and is asked first.
    default boolean isForAnyReplica() {
      return false;
    }

    /// The request for the range as the route says it is; null if that does not do, after which
    /// nothing is called any more.
    @Nullable KvRequest request(Route route);

    /// Any reply but a refusal or an unknown outcome, from the range of the last [#request].
    void onReply(KvReply reply);

    void onFailure(EngineException failure);
  }

  RoutedCall(Router router, Ask ask, long deadlineNanos) {
    this.router = router;
    this.ask = ask;
    this.deadlineNanos = deadlineNanos;
    this.silentAtNanos = deadlineNanos;
    this.candidates = new Candidates(router.suspects());
  }

  void start() {
    router.watch(this);
    attempt();
  }

  private void attempt() {
    if (isDone()) {
      return;
    }
    Route found = router.route(ask.position(), ask.below());
    if (found == null) {
      lookUp();
      return;
    }
    StoreId store =
        ask.isForAnyReplica()
            ? candidates.nextFollower(found, router.nanos(), router.turn())
            : candidates.next(found, router.nanos());
    if (store == null || isBetterLeftAlone(store)) {
      startOver(found);
      return;
    }
    send(found, store);
  }

  /// It was silent lately, and others have answered that they know the range: they will elect a
  /// leader before it breaks its silence. Now and then it is asked all the same, for it may lead
  /// on.
  private boolean isBetterLeftAlone(StoreId store) {
    return confirmed
        && router.suspects().contains(store, router.nanos())
        && rounds % SUSPECT_EVERY != SUSPECT_EVERY - 1;
  }

  /// All replicas were tried. If none of them knew the range, the route is wrong. If one could not
  /// be reached, it may have moved, or its address was never told here; but more likely it died,
  /// and the others, who know the range, are about to elect a leader. So the route is kept, and
  /// asked for now and then: the placement group may have to elect one as well, and learn anew; and
  /// the one that knew may have been away while the range left it.
  private void startOver(Route found) {
    if (!confirmed) {
      router.cache().forget(found);
    } else if (rounds % SUSPECT_EVERY == SUSPECT_EVERY / 2
        || unreachable && rounds % ASK_EVERY == 0) {
      lookBeside();
    }
    rounds++;
    confirmed = false;
    unreachable = false;
    candidates.forget();
    pause(0);
  }

  private void send(Route found, StoreId store) {
    KvRequest request = ask.request(found);
    if (request == null) {
      state.set(DONE);
      return;
    }
    route = found;
    target = store;
    int home = state.get();
    int number = home + 1;
    if (home == DONE || !state.compareAndSet(home, number)) {
      return;
    }
    long now = router.nanos();
    if (!ask.isWrite()) {
      long patience = now + (SILENCE_NANOS << silences);
      silentAtNanos = deadlineNanos - patience < 0 ? deadlineNanos : patience;
    }
    long timeout = Math.max(1, deadlineNanos - now);
    router.channel().send(store, request, timeout, delivery -> onDelivery(number, delivery));
  }

  private void onDelivery(int number, Delivery delivery) {
    switch (delivery) {
      case Delivery.Replied(Refused(var refusal)) -> onRefused(number, refusal);
      case Delivery.Replied(Unknown(var reason)) -> fail(number, unknown(reason));
      case Delivery.Replied(var reply) -> onReply(number, reply);
      case Delivery.NotSent(var reason) -> onUnreachable(number, reason);
      case Delivery.Lost(var reason) when ask.isWrite() -> onWriteLost(number, reason);
      case Delivery.Lost(var reason) -> onUnreachable(number, reason);
    }
  }

  /// It may be done, or be done yet: trying again would do it twice, or undo what came after it.
  private void onWriteLost(int number, String reason) {
    failSilent(number, unknown(reason));
  }

  /// Fails the call over a store that owes it an answer. The store is suspected first, for whoever
  /// hears of the failure may well call again at once.
  private void failSilent(int number, EngineException failure) {
    if (state.compareAndSet(number, DONE)) {
      suspectTarget();
      ask.onFailure(failure);
    }
  }

  /// The request is over, and the call goes on; false: it is not this request's turn any more.
  private boolean comeHome(int number) {
    return state.compareAndSet(number, number + 1);
  }

  private OutcomeUnknownException unknown(String reason) {
    return new OutcomeUnknownException(
        "the write to "
            + where()
            + " may or may not be done: "
            + reason
            + "; read before you write again");
  }

  private void onReply(int number, KvReply reply) {
    if (!state.compareAndSet(number, DONE)) {
      return;
    }
    Route used = route;
    StoreId store = target;
    if (used != null && store != null) {
      router.suspects().heardOf(store);
      if (!store.equals(used.leader()) && !ask.isForAnyReplica()) {
        router.cache().learn(used.descriptor(), store);
      }
    }
    if (reply instanceof MultiRange(var current)) {
      current.forEach(descriptor -> router.cache().learn(descriptor, null));
    }
    ask.onReply(reply);
  }

  private void onRefused(int number, Refusal refusal) {
    if (!comeHome(number)) {
      return;
    }
    heardOfAny = true;
    diskFull = null;
    if (target != null) {
      router.suspects().heardOf(target);
    }
    lastProblem = "store " + target + " refused: " + refusal;
    confirmed |= !(refusal instanceof NoReplica);
    switch (refusal) {
      case NotLeader(var descriptor, var leader) -> onNotLeader(descriptor, leader);
      case StaleRange(var current) -> onStale(current);
      case NoReplica _ -> {
        avoidTarget();
        goOn();
      }
      case Busy(_, long retryAfterMillis) -> pause(retryAfterMillis);
      case DiskFull full -> onDiskFull(full);
      case Unavailable _ -> {
        avoidTarget();
        pause(0);
      }
      case TooLate _ -> pause(0);
    }
  }

  private void onDiskFull(DiskFull full) {
    diskFull = full;
    if (full.retryAfterMillis() > 0) {
      pause(full.retryAfterMillis());
    } else {
      fail(state.get(), Replies.diskFull(full, where()));
    }
  }

  private void onNotLeader(RangeDescriptor descriptor, @Nullable StoreId leader) {
    avoidTarget();
    router.cache().learn(descriptor, leader);
    if (leader == null) {
      pause(0);
    } else {
      goOn();
    }
  }

  /// The store that refused has replicas of what it names, and likely leads the half that split
  /// off.
  private void onStale(List<RangeDescriptor> current) {
    current.forEach(descriptor -> router.cache().learn(descriptor, null));
    Route better = router.route(ask.position(), ask.below());
    Route used = route;
    if (better != null && used != null && better.descriptor().equals(used.descriptor())) {
      router.cache().forget(used);
      pause(0);
      return;
    }
    StoreId store = target;
    if (better != null && store != null && better.leader() == null) {
      boolean there = better.descriptor().replicaOn(store).isPresent();
      router.cache().learn(better.descriptor(), there ? store : null);
    }
    candidates.forget();
    goOn();
  }

  private void onUnreachable(int number, String reason) {
    if (comeHome(number)) {
      unreachable = true;
      lastProblem = "store " + target + " cannot be reached: " + reason;
      suspectTarget();
      goOn();
    }
  }

  private void onSilent(int number) {
    if (comeHome(number)) {
      silentAtNanos = deadlineNanos;
      silences = Math.min(silences + 1, 5);
      lastProblem = "store " + target + " did not answer in time";
      suspectTarget();
      goOn();
    }
  }

  private void suspectTarget() {
    StoreId store = target;
    if (store != null) {
      router.suspects().add(store, router.nanos());
    }
    avoidTarget();
  }

  private void avoidTarget() {
    StoreId store = target;
    Route used = route;
    if (store == null || used == null) {
      return;
    }
    candidates.triedInVain(store);
    router.cache().forgetLeader(used, store);
  }

  /// On to the next store at once, unless that has not helped for too long.
  private void goOn() {
    if (++hints <= HINTS_MAX) {
      attempt();
    } else {
      candidates.forget();
      pause(0);
    }
  }

  private void pause(long millisMin) {
    hints = 0;
    router.afterBackoff(attempts++, millisMin, this::attempt);
  }

  private void lookUp() {
    long timeout = Math.max(1, deadlineNanos - router.nanos());
    router.lookup().find(sought(), timeout, this::onFound);
  }

  private Key sought() {
    return ask.below() ? LastKey.below(ask.position()) : ask.position();
  }

  /// Asks, and goes on with the route that there is meanwhile.
  private void lookBeside() {
    long timeout = Math.clamp(deadlineNanos - router.nanos(), 1, SILENCE_NANOS);
    router
        .lookup()
        .find(
            sought(),
            timeout,
            found -> {
              if (found instanceof Found.Known(var known)) {
                router.cache().learn(known.descriptor(), known.leader());
              }
            });
  }

  private void onFound(Found found) {
    switch (found) {
      case Found.Known(var known) -> {
        candidates.forget();
        router.cache().learn(known.descriptor(), known.leader());
        if (router.route(ask.position(), ask.below()) == null) {
          lastProblem = "what was found is an older " + known.descriptor();
          pause(0);
        } else {
          goOn();
        }
      }
      case Found.Failed(var reason) -> {
        lastProblem = "the range of the key cannot be looked up: " + reason;
        pause(0);
      }
    }
  }

  @Override
  public long deadlineNanos() {
    return silentAtNanos;
  }

  @Override
  public boolean isDone() {
    return state.get() == DONE;
  }

  @Override
  public void onDeadline(long now) {
    if (deadlineNanos - now > 0) {
      int number = state.get();
      if (isSent(number)) {
        onSilent(number);
      }
      return;
    }
    for (int at = state.get(); at != DONE; at = state.get()) {
      if (isSent(at)) {
        failSilent(at, ask.isWrite() ? unknown("no reply before the deadline") : noReply());
      } else {
        fail(at, tooLate());
      }
    }
  }

  @Override
  public void onClosed() {
    ClosedException closed = new ClosedException("the engine was closed during the call");
    for (int at = state.get(); at != DONE; at = state.get()) {
      boolean maybeDone = isSent(at) && ask.isWrite();
      fail(at, maybeDone ? unknown("the engine was closed before the reply") : closed);
    }
  }

  private static boolean isSent(int number) {
    return (number & 1) == 1 && number != DONE;
  }

  private EngineException tooLate() {
    DiskFull full = diskFull;
    if (full != null) {
      return Replies.diskFull(full, where());
    }
    String problem = lastProblem == null ? "waiting for a route" : lastProblem;
    return heardOfAny
        ? new DeadlineException("not done before the deadline; " + where() + ": " + problem)
        : new UnavailableException(
            "no replica could be reached; "
                + where()
                + ": "
                + problem
                + "; are most of these stores running? try again when they are");
  }

  private EngineException noReply() {
    String earlier = lastProblem == null ? "" : "; before that: " + lastProblem;
    return new DeadlineException(
        "no reply before the deadline from store " + target + ", " + where() + earlier);
  }

  private String where() {
    Route used = route;
    return used == null
        ? "the range of key " + ask.position()
        : "range " + used.descriptor().id() + " on stores " + storesOf(used.descriptor());
  }

  private static List<StoreId> storesOf(RangeDescriptor descriptor) {
    return descriptor.replicas().stream().map(replica -> replica.store()).toList();
  }

  private void fail(int from, EngineException failure) {
    if (state.compareAndSet(from, DONE)) {
      ask.onFailure(failure);
    }
  }
}
