package io.flotilla.placement.directory;

/// Ids that may be given out because a bound above them is committed.
///
/// Invariant: next <= bound. What is left of a window is skipped when leadership changes: ids have
/// gaps and no repeats.
final class IdWindow {
  private final int size;
  private long next;
  private long bound;
  private long requested;

  /// @param start the committed bound, or the first id of all: where this window starts, still
  ///   empty
  IdWindow(long start, int size) {
    this.size = size;
    this.next = start;
    this.bound = start;
    this.requested = start;
  }

  long next() {
    return next;
  }

  int left() {
    return Math.toIntExact(bound - next);
  }

  /// Takes the next ids, of which there must be enough.
  long take(int count) {
    if (count > left()) {
      throw new IllegalStateException(count + " ids asked for, " + left() + " there");
    }
    long first = next;
    next += count;
    return first;
  }

  /// The bound that should be committed now, or 0: there is enough for `need` and half a window is
  /// left, or one is under way.
  long wantedBound(int need) {
    if (requested > bound || left() >= need && left() > size / 2) {
      return 0;
    }
    requested = bound + Math.max(size, need);
    return requested;
  }

  void committed(long newBound) {
    bound = newBound;
  }

  /// The bound under way was refused, or nobody knows.
  void failed() {
    requested = bound;
  }
}
