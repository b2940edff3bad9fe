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
import io.flotilla.replica.Refusal.NoReplica;
import io.flotilla.replica.Refusal.NotLeader;
import io.flotilla.replica.Refusal.StaleRange;
import io.flotilla.replica.Refusal.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One request to the range that has a key, tried until it is answered for good or its time is up.
///
/// Each step is taken by one thread at a time: either a request is with the channel, and the reply
/// brings the call on, or the call goes on by itself (looks up, pauses, sends). The deadline may
/// come in at any moment from another thread; the state decides who was first, and whether the
/// write that it ends may have been done.
final class RoutedCall implements DeadlineWatch.Watched {
  private static final int AT_HOME = 0;
  private static final int SENT = 1;
  private static final int DONE = 2;

  /// So often a hint is followed at once; after that hints may chase each other.
  private static final int HINTS_MAX = 4;

  private final Router router;
  private final Ask ask;
  private final long deadlineNanos;
  private final AtomicInteger state = new AtomicInteger(AT_HOME);

  private int attempts;
  private int hints;
  private boolean confirmed;
  private List<StoreId> avoided = List.of();
  private @Nullable Route route;
  private @Nullable StoreId target;
  private volatile @Nullable String lastProblem;
  private volatile boolean heardOfAny;

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
  }

  void start() {
    router.watch(this);
    attempt();
  }

  private void attempt() {
    if (state.get() == DONE) {
      return;
    }
    Route found = router.route(ask.position(), ask.below());
    if (found == null) {
      lookUp();
      return;
    }
    StoreId store = choose(found);
    if (store == null) {
      startOver(found);
      return;
    }
    send(found, store);
  }

  /// All replicas were tried. If none of them knew the range, the route is wrong.
  private void startOver(Route found) {
    if (!confirmed) {
      router.cache().forget(found);
    }
    confirmed = false;
    avoided = List.of();
    pause(0);
  }

  /// The leader if it is known and was not in vain so far, or any other replica; null: all were
  /// tried.
  private @Nullable StoreId choose(Route found) {
    StoreId leader = found.leader();
    if (leader != null && !avoided.contains(leader)) {
      return leader;
    }
    for (var replica : found.descriptor().replicas()) {
      if (!avoided.contains(replica.store())) {
        return replica.store();
      }
    }
    return null;
  }

  private void send(Route found, StoreId store) {
    KvRequest request = ask.request(found);
    if (request == null) {
      state.set(DONE);
      return;
    }
    route = found;
    target = store;
    if (state.compareAndSet(AT_HOME, SENT)) {
      long timeout = Math.max(1, deadlineNanos - router.nanos());
      router.channel().send(store, request, timeout, this::onDelivery);
    }
  }

  private void onDelivery(Delivery delivery) {
    switch (delivery) {
      case Delivery.Replied(Refused(var refusal)) -> onRefused(refusal);
      case Delivery.Replied(Unknown(var reason)) -> fail(SENT, unknown(reason));
      case Delivery.Replied(var reply) -> onReply(reply);
      case Delivery.NotSent(var reason) -> onUnreachable(reason);
      case Delivery.Lost(var reason) when ask.isWrite() -> fail(SENT, unknown(reason));
      case Delivery.Lost(var reason) -> onUnreachable(reason);
    }
  }

  private OutcomeUnknownException unknown(String reason) {
    return new OutcomeUnknownException(
        "the write to "
            + where()
            + " may or may not be done: "
            + reason
            + "; read before you write again");
  }

  private void onReply(KvReply reply) {
    if (!state.compareAndSet(SENT, DONE)) {
      return;
    }
    Route used = route;
    StoreId store = target;
    if (used != null && store != null && !store.equals(used.leader())) {
      router.cache().learn(used.descriptor(), store);
    }
    if (reply instanceof MultiRange(var current)) {
      current.forEach(descriptor -> router.cache().learn(descriptor, null));
    }
    ask.onReply(reply);
  }

  private void onRefused(Refusal refusal) {
    if (!state.compareAndSet(SENT, AT_HOME)) {
      return;
    }
    heardOfAny = true;
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
      case Unavailable _ -> {
        avoidTarget();
        pause(0);
      }
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
    avoided = List.of();
    goOn();
  }

  private void onUnreachable(String reason) {
    if (!state.compareAndSet(SENT, AT_HOME)) {
      return;
    }
    lastProblem = "store " + target + " cannot be reached: " + reason;
    avoidTarget();
    goOn();
  }

  private void avoidTarget() {
    StoreId store = target;
    Route used = route;
    if (store == null || used == null) {
      return;
    }
    avoided = new ArrayList<>(avoided);
    avoided.add(store);
    router.cache().forgetLeader(used, store);
  }

  /// On to the next store at once, unless that has not helped for too long.
  private void goOn() {
    if (++hints <= HINTS_MAX) {
      attempt();
    } else {
      avoided = List.of();
      pause(0);
    }
  }

  private void pause(long millisMin) {
    hints = 0;
    router.afterBackoff(attempts++, millisMin, this::attempt);
  }

  private void lookUp() {
    long timeout = Math.max(1, deadlineNanos - router.nanos());
    Key key = ask.below() ? LastKey.below(ask.position()) : ask.position();
    router.lookup().find(key, timeout, this::onFound);
  }

  private void onFound(Found found) {
    switch (found) {
      case Found.Known(var known) -> {
        avoided = List.of();
        router.cache().learn(known.descriptor(), known.leader());
        if (router.route(ask.position(), ask.below()) == null) {
          lastProblem = "the placement group knows an older " + known.descriptor();
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
    return deadlineNanos;
  }

  @Override
  public boolean isDone() {
    return state.get() == DONE;
  }

  @Override
  public void onDeadline() {
    if (!fail(AT_HOME, tooLate())) {
      fail(SENT, ask.isWrite() ? unknown("no reply before the deadline") : noReply());
    }
  }

  @Override
  public void onClosed() {
    ClosedException closed = new ClosedException("the engine was closed during the call");
    if (!fail(AT_HOME, closed)) {
      fail(SENT, ask.isWrite() ? unknown("the engine was closed before the reply") : closed);
    }
  }

  private EngineException tooLate() {
    String problem = lastProblem == null ? "waiting for a route" : lastProblem;
    return heardOfAny
        ? new DeadlineException("not done before the deadline; " + where() + ": " + problem)
        : new UnavailableException("no replica could be reached; " + where() + ": " + problem);
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

  private boolean fail(int from, EngineException failure) {
    boolean first = state.compareAndSet(from, DONE);
    if (first) {
      ask.onFailure(failure);
    }
    return first;
  }
}
