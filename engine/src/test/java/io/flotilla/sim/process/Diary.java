package io.flotilla.sim.process;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What happened to a fleet, with the time since the start, in a file; and what must not have
/// happened. Thread-safe.
final class Diary implements AutoCloseable {
  private final long started = System.nanoTime();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> violations = new ArrayList<>();
  private final PrintWriter file;
  private final PrintStream out;

  /// @param out takes what people are to see at once
  Diary(Path file, PrintStream out) throws IOException {
    this.file = new PrintWriter(Files.newBufferedWriter(file), true);
    this.out = out;
  }

  synchronized void note(String what) {
    file.println(String.format(Locale.ROOT, "%8.3f  %s", seconds(), what));
  }

  /// Notes it, and counts it as one of its kind.
  synchronized void happened(String kind, String what) {
    counts.merge(kind, 1, Integer::sum);
    note(what);
  }

  /// Something that must not be.
  synchronized void violation(String what) {
    violations.add(what);
    note("VIOLATION " + what);
    say("VIOLATION " + what);
  }

  /// For people.
  synchronized void say(String what) {
    out.println(String.format(Locale.ROOT, "%7.1f s  %s", seconds(), what));
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /// How often each kind of trouble happened, as in `kills 3, pauses 2`.
  synchronized String counts() {
    List<String> all = new ArrayList<>();
    counts.forEach((kind, count) -> all.add(kind + " " + count));
    return String.join(", ", all);
  }

  private double seconds() {
    return (System.nanoTime() - started) / 1e9;
  }

  @Override
  public synchronized void close() {
    file.close();
  }
}
