package io.flotilla.store.liveness;

/// The epochs at which a store may ask within one life, each of them once: the life is their upper
/// part, so that all are above those of any life before and below those of any later one.
///
/// There are very many, and an end. An epoch beyond it would be the first one of the next life: a
/// follower that agreed at it, and what was withdrawn up to it, would be taken for that life's. So
/// there is none: [#next] gives 0, at which nothing is asked and nothing is promised.
final class Epochs {
  static final int PER_LIFE = 1 << 24;
  private static final long LIVES_MAX = Long.MAX_VALUE / PER_LIFE;

  private final long first;
  private int used;

  /// @throws IllegalArgumentException if there are no epochs for this life
  Epochs(long life) {
    this(life, 0);
  }

  /// @param used so many were asked at already
  Epochs(long life, int used) {
    if (life < 1 || life > LIVES_MAX) {
      throw new IllegalArgumentException(
          "the incarnation of a store is from 1 to " + LIVES_MAX + ", not " + life);
    }
    this.first = firstOf(life);
    this.used = used;
  }

  /// A higher one than all before; 0: this life has no more.
  long next() {
    return isSpent() ? 0 : first + used++;
  }

  boolean isSpent() {
    return used == PER_LIFE;
  }

  static long firstOf(long life) {
    return life * PER_LIFE;
  }

  static boolean isSameLife(long epoch, long otherEpoch) {
    return epoch / PER_LIFE == otherEpoch / PER_LIFE;
  }
}
