package io.flotilla.spi;

import java.util.random.RandomGenerator;

/// A seeded stream of random numbers (SplitMix64: Steele, Lea, Flood, OOPSLA 2014), the same on
/// every JDK. Not thread-safe: fork one for each user.
public final class RandomSource implements RandomGenerator {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  public RandomSource(long seed) {
    this.state = seed;
  }

  /// A stream of its own for `purpose`. Does not advance this one, so that one more fork or draw
  /// elsewhere shuffles nobody else's.
  public RandomSource fork(String purpose) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < purpose.length(); i++) {
      hash = (hash ^ purpose.charAt(i)) * 0x100000001B3L;
    }
    return new RandomSource(mix(state ^ mix(hash)));
  }

  @Override
  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /// Uniform in [0, bound).
  @Override
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be positive, got " + bound);
    }
    return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  /// True once in `oneIn` draws.
  public boolean oneIn(int oneIn) {
    return nextInt(oneIn) == 0;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
