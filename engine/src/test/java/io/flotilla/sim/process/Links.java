package io.flotilla.sim.process;

import java.util.concurrent.locks.LockSupport;

/// The ways between nodes, one for each direction, and what is wrong with them. Thread-safe.
///
/// What is sent on a way that is cut is held up and arrives late, unless the connection is reset:
/// that is what a network does whose packets are lost for a while.
final class Links {
  /// Stands for whoever is not a node: half of the connections of such.
  static final int CLIENTS = 0;

  private final int otherClients;
  private final boolean[][] cut;
  private final boolean[][] refused;
  private final long[][] delayNanos;

  /// Of `nodes` nodes, numbered from 1.
  Links(int nodes) {
    this.otherClients = nodes + 1;
    this.cut = new boolean[nodes + 2][nodes + 2];
    this.refused = new boolean[nodes + 2][nodes + 2];
    this.delayNanos = new long[nodes + 2][nodes + 2];
  }

  /// Stands for the other half.
  int otherClients() {
    return otherClients;
  }

  synchronized void cut(int from, int to) {
    cut[from][to] = true;
  }

  synchronized void delay(int from, int to, long nanos) {
    delayNanos[from][to] = nanos;
  }

  /// New connections are refused at once; those that are there go on.
  synchronized void refuse(int from, int to) {
    refused[from][to] = true;
  }

  synchronized boolean isRefused(int from, int to) {
    return refused[from][to];
  }

  synchronized void heal(int from, int to) {
    cut[from][to] = false;
    refused[from][to] = false;
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
