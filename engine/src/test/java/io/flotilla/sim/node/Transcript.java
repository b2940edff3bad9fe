package io.flotilla.sim.node;

import io.flotilla.sim.SimWorld;
import java.util.ArrayDeque;

/// The newest events of a fleet, for whoever looks into a failure.
final class Transcript {
  private static final int LINES_MAX = 400;

  private final SimWorld world;
  private final ArrayDeque<Line> lines = new ArrayDeque<>();

  private record Line(long nanos, int node, Object what) {}

  Transcript(SimWorld world) {
    this.world = world;
  }

  /// @param node 0: the fleet as a whole
  void add(int node, Object what) {
    if (lines.size() >= LINES_MAX) {
      lines.removeFirst();
    }
    lines.add(new Line(world.nanos(), node, what));
  }

  /// The newest `count` lines, oldest first.
  String tail(int count) {
    StringBuilder text = new StringBuilder();
    int skip = lines.size() - count;
    for (Line line : lines) {
      if (skip-- <= 0) {
        String micros = Long.toString(line.nanos() / 1_000);
        text.append(" ".repeat(Math.max(0, 12 - micros.length()))).append(micros).append(" us  ");
        text.append(line.node() == 0 ? "fleet " : "node " + line.node()).append("  ");
        text.append(line.what()).append('\n');
      }
    }
    return text.toString();
  }
}
