package io.flotilla.cli.run;

import java.util.function.IntSupplier;

/// Turns Ctrl-C and SIGTERM into an orderly end.
final class StopSignal {
  private final Thread hook;

  private StopSignal(Thread hook) {
    this.hook = hook;
  }

  /// From now on, such a signal runs `stop` before the process ends with the exit code it gives.
  static StopSignal onSignal(IntSupplier stop) {
    Thread hook =
        Thread.ofPlatform()
            .name("stop")
            .unstarted(() -> {
              // The JVM would report 143 or 130, as if the process had been cut down.
              Runtime.getRuntime().halt(stop.getAsInt());
            });
    Runtime.getRuntime().addShutdownHook(hook);
    return new StopSignal(hook);
  }

  /// False if a signal came first: then `stop` is running, and the process is about to end.
  boolean disarm() {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyStopping) {
      return false;
    }
  }
}
