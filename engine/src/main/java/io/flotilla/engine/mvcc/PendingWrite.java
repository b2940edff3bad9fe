package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.Overlay.InFlight;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A write on its way: waits for its timestamp, is evaluated, then is under way until its outcome.
final class PendingWrite implements TimestampBatcher.Waiter, Consumer<ProposalOutcome> {
  private final WritePath path;
  final KvCall call;
  final long leadership;
  private long timestamp;
  private int attempts;
  private List<InFlight> inFlight = List.of();
  private @Nullable List<Waiter> waiters;
  private boolean done;

  /// Who goes on when the write is applied. In all other cases nothing is known about the write's
  /// keys at this replica: the fates of the write and of its leadership are those of whoever looked
  /// at it.
  interface Waiter {
    void onApplied();

    void onLost(Refusal refusal);
  }

  PendingWrite(WritePath path, KvCall call, long leadership) {
    this.path = path;
    this.call = call;
    this.leadership = leadership;
  }

  long timestamp() {
    return timestamp;
  }

  /// Counts an attempt to evaluate; false: there were enough.
  boolean tryAgain(int attemptsMax) {
    return ++attempts <= attemptsMax;
  }

  @Override
  public void onTimestamp(long drawn) {
    timestamp = drawn;
    path.onDrawn();
    path.evaluate(this);
  }

  @Override
  public void onNoTimestamp(Refusal refusal) {
    path.onDrawn();
    call.refuse(refusal);
  }

  /// Its proposal was taken: these are its keys.
  void enter(List<InFlight> keys) {
    inFlight = keys;
  }

  boolean isDone() {
    return done;
  }

  void await(Waiter waiter) {
    if (waiters == null) {
      waiters = new ArrayList<>(2);
    }
    waiters.add(waiter);
  }

  @Override
  public void accept(ProposalOutcome outcome) {
    done = true;
    path.leave(this, inFlight, outcome instanceof ProposalOutcome.Applied);
    path.answer(this, outcome);
    List<Waiter> waiting = takeWaiters();
    for (Waiter waiter : waiting) {
      switch (outcome) {
        case ProposalOutcome.Applied _ -> waiter.onApplied();
        case ProposalOutcome.Refused(var refusal) -> waiter.onLost(refusal);
        case ProposalOutcome.Unknown _ -> waiter.onLost(path.notLeader());
      }
    }
  }

  /// The leadership is over: whoever waits need not wait longer.
  void abandon(Refusal refusal) {
    takeWaiters().forEach(waiter -> waiter.onLost(refusal));
  }

  private List<Waiter> takeWaiters() {
    if (waiters == null) {
      return List.of();
    }
    List<Waiter> taken = waiters;
    waiters = null;
    return taken;
  }
}
