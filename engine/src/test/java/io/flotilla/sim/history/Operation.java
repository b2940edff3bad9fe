package io.flotilla.sim.history;

import org.jspecify.annotations.Nullable;

/// One call as its client saw it.
///
/// A write whose outcome is unknown is as if it had never returned: `returned` is [#NEVER], and for
/// a [Call.Swap] of that kind `swapped` is true, since only then it matters.
///
/// @param client for people
/// @param invoked when it began; no two moments of a history are equal
/// @param returned when its answer came
public record Operation(String client, String key, Call call, long invoked, long returned) {
  /// No answer came.
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    if (returned <= invoked) {
      throw new IllegalArgumentException("a call returns after it began: " + call);
    }
    if (returned == NEVER && (call instanceof Call.Get || refused(call))) {
      throw new IllegalArgumentException("without an answer nothing was found: " + call);
    }
  }

  private static boolean refused(@Nullable Call call) {
    return call instanceof Call.Swap swap && !swap.swapped();
  }

  /// True if it may or may not have happened.
  public boolean isUnknown() {
    return returned == NEVER;
  }

  @Override
  public String toString() {
    String end = isUnknown() ? "?" : Long.toString(returned);
    return "[" + invoked + ".." + end + "] " + client + ": " + key + " " + call;
  }
}
