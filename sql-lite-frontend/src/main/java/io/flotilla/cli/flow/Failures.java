package io.flotilla.cli.flow;

import io.flotilla.engine.BusyException;
import io.flotilla.engine.ClosedException;
import io.flotilla.engine.DeadlineException;
import io.flotilla.engine.DiskFullException;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.MultiRangeBatchException;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.SnapshotTooOldException;
import io.flotilla.engine.StoreOpenException;
import io.flotilla.engine.TooLargeException;
import io.flotilla.engine.UnavailableException;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/// What a failed call means for one who would call again.
public final class Failures {
  private Failures() {}

  /// The failure itself, without what a future wraps around it.
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /// True if the same call may succeed later. Only for calls that may be done twice: after
  /// [OutcomeUnknownException] the first may have been done.
  public static boolean isPassing(Throwable failure) {
    return cause(failure) instanceof EngineException known
        && switch (known) {
          case BusyException _,
              DiskFullException _,
              UnavailableException _,
              DeadlineException _,
              OutcomeUnknownException _ ->
              true;
          case TooLargeException _,
              MultiRangeBatchException _,
              SnapshotTooOldException _,
              ClosedException _,
              StoreOpenException _,
              RejectedException _ ->
              false;
        };
  }

  /// A short name to count by: `busy`, `outcome-unknown`.
  public static String kind(Throwable failure) {
    String name = cause(failure).getClass().getSimpleName().replace("Exception", "");
    return name.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
