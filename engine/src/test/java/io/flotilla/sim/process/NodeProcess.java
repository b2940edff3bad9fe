package io.flotilla.sim.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One node as a process of its own, which is killed and stopped as processes are. Confined to one
/// thread, but for [#hasEndedByItself].
final class NodeProcess {
  private static final int STOP_SECONDS_MAX = 30;

  private final List<String> command;
  private final Path log;
  private volatile @Nullable Process process;
  private boolean paused;

  /// @param command that becomes the node, or starts it by `exec`
  /// @param log takes what it prints
  NodeProcess(List<String> command, Path log) {
    this.command = List.copyOf(command);
    this.log = log;
  }

  /// Starts it, and returns its process id. Not for one that runs.
  ///
  /// @param more arguments, for this time
  long start(List<String> more) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(more);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().put("FLOTILLA_NO_BUILD", "1");
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process started = builder.start();
    process = started;
    return started.pid();
  }

  boolean isRunning() {
    return process != null;
  }

  boolean isPaused() {
    return paused;
  }

  /// True if it was neither killed nor told to stop, and is gone.
  boolean hasEndedByItself() {
    Process current = process;
    return current != null && !current.isAlive();
  }

  /// `kill -9`; returns when it is gone.
  void kill() throws InterruptedException {
    Process current = process;
    process = null;
    paused = false;
    if (current != null) {
      current.destroyForcibly();
      current.waitFor();
    }
  }

  /// SIGSTOP: it does nothing any more, and its connections stay.
  void pause() throws IOException, InterruptedException {
    signal("-STOP");
    paused = true;
  }

  /// SIGCONT.
  void resume() throws IOException, InterruptedException {
    signal("-CONT");
    paused = false;
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process current = process;
    if (current != null) {
      new ProcessBuilder("kill", name, Long.toString(current.pid())).start().waitFor();
    }
  }

  /// SIGTERM; returns its exit code once it has stopped in order.
  int stop() throws InterruptedException {
    Process current = process;
    if (current == null) {
      return 0;
    }
    process = null;
    current.destroy();
    if (!current.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
      current.destroyForcibly().waitFor();
      return -1;
    }
    // 128 and the number of the signal is how the JVM ends by SIGTERM.
    return current.exitValue() == 143 ? 0 : current.exitValue();
  }

  /// Takes it away, whatever its state: for the end of this process.
  void endNow() {
    Process current = process;
    if (current != null) {
      current.destroyForcibly();
    }
  }
}
