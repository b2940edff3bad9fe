package io.flotilla.store;

import io.flotilla.replica.RangeReplica;
import java.util.ArrayDeque;

/// Lets sleeping replicas of one loop give up their memory: those that fell asleep, and those that
/// something stirred since, a bounded number in each tick.
final class Resting {
  private static final int RESTS_PER_TICK = 1000;

  /// Something is under way in some that sleep (a snapshot for a follower, say): looked at again
  /// after so many ticks.
  private static final int AGAIN_TICKS = 100;

  private final StoreLoop loop;
  private ArrayDeque<RangeReplica> due = new ArrayDeque<>();
  private ArrayDeque<RangeReplica> again = new ArrayDeque<>();
  private int ticks;

  Resting(StoreLoop loop) {
    this.loop = loop;
  }

  /// The replica sleeps, and may not be at rest.
  void add(RangeReplica replica) {
    due.add(replica);
  }

  void onTick() {
    if (++ticks % AGAIN_TICKS == 0) {
      due.addAll(again);
      again = new ArrayDeque<>();
    }
    for (int i = 0; i < RESTS_PER_TICK && !due.isEmpty(); i++) {
      RangeReplica replica = due.poll();
      loop.guard(replica, () -> rest(replica));
    }
    if (due.isEmpty()) {
      due = new ArrayDeque<>(); // after a start it was long
    }
  }

  private void rest(RangeReplica replica) {
    boolean isHere = loop.replicas().get(replica.id()) == replica;
    if (isHere && replica.isAsleep() && !replica.rest()) {
      again.add(replica);
    }
  }
}
