package io.flotilla.sim.process;

import java.util.concurrent.locks.LockSupport;

/// The ways between nodes, one for each direction, and what is wrong with them. Thread-safe.
///
/// What is sent on a way that is cut is held up and arrives late, unless the connection is reset:
/// that is what a network does whose packets are lost for a while.
final class Links {
  /// Stands for whoever is not a node.
  static final int CLIENTS = 0;

  private final boolean[][] cut;
  private final long[][] delayNanos;

  /// Of `nodes` nodes, numbered from 1.
  Links(int nodes) {
    this.cut = new boolean[nodes + 1][nodes + 1];
    this.delayNanos = new long[nodes + 1][nodes + 1];
  }

  synchronized void cut(int from, int to) {
    cut[from][to] = true;
  }

  synchronized void delay(int from, int to, long nanos) {
    delayNanos[from][to] = nanos;
  }

  synchronized void heal(int from, int to) {
    cut[from][to] = false;
    delayNanos[from][to] = 0;
    notifyAll();
  }

  synchronized void healAll() {
    for (int from = 0; from < cut.length; from++) {
      for (int to = 0; to < cut.length; to++) {
        heal(from, to);
      }
    }
  }

  /// Returns once something may go this way. Blocks.
  ///
  /// @throws InterruptedException if the connection was ended meanwhile
  void await(int from, int to) throws InterruptedException {
    long delay = delayNanos(from, to);
    if (delay > 0) {
      LockSupport.parkNanos(delay);
    }
    awaitOpen(from, to);
  }

  private synchronized long delayNanos(int from, int to) {
    return delayNanos[from][to];
  }

  private synchronized void awaitOpen(int from, int to) throws InterruptedException {
    while (cut[from][to]) {
      wait();
    }
  }
}
