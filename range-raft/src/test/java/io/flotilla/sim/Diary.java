package io.flotilla.sim;

import java.util.ArrayDeque;

/// What happened in a life by a seed: a digest of everything, and the newest events in words.
public final class Diary {
  private static final int LINES_MAX = 100;

  private final ArrayDeque<Line> lines = new ArrayDeque<>();
  private long digest = 17;

  private record Line(long moment, Object who, Object what) {}

  /// Adds to the digest: `hash` has to be the same in every run, so nothing of an identity hash.
  public void trace(long hash) {
    digest = digest * 31 + hash;
  }

  public long digest() {
    return digest;
  }

  /// Keeps a line for [#newest]; the digest knows nothing of it.
  ///
  /// @param what does not change any more: it becomes text only where somebody asks
  public void tell(long moment, Object who, Object what) {
    if (lines.size() >= LINES_MAX) {
      lines.removeFirst();
    }
    lines.add(new Line(moment, who, what));
  }

  /// The newest `count` lines, oldest first.
  public String newest(int count) {
    StringBuilder text = new StringBuilder();
    lines.stream()
        .skip(Math.max(0, lines.size() - count))
        .forEach(line -> {
          String moment = Long.toString(line.moment());
          text.append(" ".repeat(Math.max(0, 10 - moment.length()))).append(moment);
          text.append("  ").append(line.who()).append(": ").append(line.what()).append('\n');
        });
    return text.toString();
  }
}
