package io.flotilla.raft;

import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// Counts ticks since a leader was heard, a vote was granted or a campaign was started (paper,
/// section 5.2). The timeout is drawn anew with every change of role, so that split votes do not
/// repeat.
final class ElectionTimer {
  private final int electionTicks;
  private final RandomGenerator random;
  private int timeoutTicks;
  private int elapsedTicks;

  ElectionTimer(int electionTicks, RandomGenerator random) {
    this.electionTicks = electionTicks;
    this.random = random;
    restart();
  }

  /// One that goes on where it rested.
  ElectionTimer(int electionTicks, RestReader in, LongFunction<RandomGenerator> random) {
    this.electionTicks = electionTicks;
    this.random = random.apply(in.number());
    this.timeoutTicks = in.count();
    this.elapsedTicks = in.count();
  }

  void rest(RestWriter out) {
    out.number(random.nextLong());
    out.number(timeoutTicks);
    out.number(elapsedTicks);
  }

  /// True: the timeout is over (again at every tick until something resets the timer).
  boolean tick() {
    if (elapsedTicks < timeoutTicks) {
      elapsedTicks++;
    }
    return elapsedTicks >= timeoutTicks;
  }

  /// Lets the timeout end in so many ticks.
  void hasten(int ticks) {
    elapsedTicks = Math.max(elapsedTicks, timeoutTicks - ticks);
  }

  /// Time starts anew, with the same timeout.
  void reset() {
    elapsedTicks = 0;
  }

  /// Time starts anew, with another timeout.
  void restart() {
    elapsedTicks = 0;
    timeoutTicks = electionTicks + random.nextInt(electionTicks);
  }
}
