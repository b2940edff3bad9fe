package io.flotilla.store.liveness;

/// Times and budgets of store liveness and quiescence. Ticks are those of the store's loops.
///
/// @param quiescence false: no range ever stops ticking
/// @param promiseNanos how long a store's promise lasts, on its own clock from the question's
///   receipt; with the store's ticks it must be over when votes are granted again after a restart
/// @param askTicks a store asks every so many ticks
/// @param idleTicks a range quiesces after so long without anything to do
/// @param wakesPerTick ranges that one loop wakes in one tick because of an event that concerns
///   many
/// @param offersPerTick ranges for which one loop asks its followers to quiesce in one tick
/// @param dormantTicks replicas that were found at the start and heard nothing wake after so long
/// @param auditTicks every sleeping follower asks its leader once in so long whether it still leads
/// @param stallNanos a log that is not durable after so long is stalled
/// @param probeTicks a store writes a little to its log so often, to know of a stall
public record LivenessOptions(
    boolean quiescence,
    long promiseNanos,
    int askTicks,
    int idleTicks,
    int wakesPerTick,
    int offersPerTick,
    int dormantTicks,
    int auditTicks,
    long stallNanos,
    int probeTicks) {
  public static final LivenessOptions DEFAULT =
      new LivenessOptions(true, 750_000_000L, 3, 20, 400, 1_000, 40, 6_000, 3_000_000_000L, 200);

  public LivenessOptions {
    if (promiseNanos < 1 || stallNanos < 1) {
      throw new IllegalArgumentException("times of store liveness must be positive");
    }
    if (askTicks < 1 || idleTicks < 1 || dormantTicks < 1 || auditTicks < 1 || probeTicks < 1) {
      throw new IllegalArgumentException("ticks of store liveness must be positive");
    }
    if (wakesPerTick < 1 || offersPerTick < 1) {
      throw new IllegalArgumentException("budgets of store liveness must be positive");
    }
  }

  public LivenessOptions withQuiescence(boolean newQuiescence) {
    return new LivenessOptions(
        newQuiescence,
        promiseNanos,
        askTicks,
        idleTicks,
        wakesPerTick,
        offersPerTick,
        dormantTicks,
        auditTicks,
        stallNanos,
        probeTicks);
  }
}
