package io.flotilla.sim.node;

/// The power of a node in one life, cut between two operations of its disk if that was asked for.
///
/// The cut ends the simulated storages, so the operation before which it comes throws, and so does
/// whatever the process still tries.
final class Power {
  private final Runnable cut;
  private int left;

  /// @param operation before which it is cut, from 1 on, counted from the start of the process; 0:
  ///   it is not
  Power(int operation, Runnable cut) {
    this.left = operation;
    this.cut = cut;
  }

  /// Never cut.
  static Power steady() {
    return new Power(0, () -> {});
  }

  /// An operation of the disk begins.
  void operation() {
    if (left > 0 && --left == 0) {
      cut.run();
    }
  }

  /// It is not cut any more.
  void calm() {
    left = 0;
  }
}
