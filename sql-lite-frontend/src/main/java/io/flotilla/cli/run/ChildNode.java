package io.flotilla.cli.run;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A node in a process of its own, which ends with this one: it watches its standard input, and
/// that ends however this process ends.
final class ChildNode {
  private static final String LISTENING = "listening";
  private static final String READY = "ready in";

  /// Somewhat more than a node takes to end when its disk hangs.
  private static final Duration STOP_MAX = Duration.ofSeconds(12);

  private static final Duration POLL = Duration.ofMillis(20);

  private final int number;
  private final Process process;
  private final Path log;
  private volatile String address = "";
  private volatile boolean isToldToEnd;

  /// What it had started when it was killed.
  private final List<ProcessHandle> started = new CopyOnWriteArrayList<>();

  private ChildNode(int number, Process process, Path log) {
    this.number = number;
    this.process = process;
    this.log = log;
  }

  /// How to start one.
  ///
  /// @param folder its data goes into `folder/NUMBER`
  /// @param listen `host:port`; port 0: any
  /// @param join a node to join; null: none, or it has joined before
  /// @param jvm options for its JVM, besides those of this process
  record Plan(int number, Path folder, String listen, @Nullable String join, List<String> jvm) {}

  /// Starts one. It serves, and its address is known, after [#awaitReady].
  static ChildNode start(Plan plan) {
    int number = plan.number();
    Path folder = plan.folder();
    Path log = folder.resolve("node-" + number + ".log");
    List<String> command = new ArrayList<>(JavaCommand.ofThisProcess());
    command.addAll(command.size() - 1, plan.jvm());
    command.addAll(List.of("start", "--stop-with-stdin", "--listen", plan.listen(), "--data"));
    command.add(folder.resolve(Integer.toString(number)).toString());
    if (plan.join() != null) {
      command.addAll(List.of("--join", plan.join()));
    }
    try {
      Process process =
          new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
      return new ChildNode(number, process, log);
    } catch (IOException e) {
      throw new CommandFailure("cannot start node " + number + ": " + IoReason.of(e), e);
    }
  }

  /// Waits until it serves.
  void awaitReady() {
    try {
      address = readAddress(process);
    } catch (IOException e) {
      kill();
      throw new CommandFailure(
          "node %d did not start: %s (its log: %s)".formatted(number, lastLine(), log), e);
    }
  }

  // Reads what it prints up to "ready", and goes on reading for as long as it runs, so that it can
  // always print. Returns where it listens.
  private static String readAddress(Process process) throws IOException {
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String address = "";
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.strip().startsWith(LISTENING)) {
        address = line.strip().substring(LISTENING.length()).strip();
      }
      if (line.strip().startsWith(READY) && !address.isEmpty()) {
        Thread.ofVirtual().start(() -> drain(output));
        return address;
      }
    }
    throw new IOException("ended before it was ready");
  }

  private static void drain(BufferedReader output) {
    try (output) {
      long _ = output.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // It ended.
    }
  }

  /// Of its log.
  String lastLine() {
    return lastLine(log);
  }

  static String lastLine(Path log) {
    try {
      List<String> lines =
          Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? "it said nothing" : lines.getLast().replaceFirst("^flotilla: ", "");
    } catch (IOException e) {
      return "it left no log";
    }
  }

  int number() {
    return number;
  }

  long pid() {
    return process.pid();
  }

  /// Empty before it serves.
  String address() {
    return address;
  }

  Path log() {
    return log;
  }

  /// True if it is gone, and neither [#stop] nor [#kill] was called.
  boolean hasEndedByItself() {
    return !isToldToEnd && !process.isAlive();
  }

  /// Asks it to stop.
  void stop() {
    isToldToEnd = true;
    process.destroy();
  }

  /// `kill -9`, also for what it has started: a JVM that writes a cache down lets another one do
  /// that.
  void kill() {
    isToldToEnd = true;
    started.addAll(process.descendants().toList());
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  /// Waits for it to stop, and makes it after a while.
  void awaitStop() {
    boolean _ = awaitStop(STOP_MAX);
  }

  /// Returns false if it had to be made to.
  boolean awaitStop(Duration most) {
    try {
      if (process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      kill();
      process.waitFor();
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    } finally {
      awaitStarted();
    }
    return false;
  }

  // They are children of nobody here any more, so they can only be looked at.
  private void awaitStarted() {
    long began = System.nanoTime();
    while (started.stream().anyMatch(ProcessHandle::isAlive)
        && System.nanoTime() - began < STOP_MAX.toNanos()) {
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
