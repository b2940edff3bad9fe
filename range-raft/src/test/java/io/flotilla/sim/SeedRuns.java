package io.flotilla.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/// The seeds of one test: those that were kept, then the first so many. Each is run twice, and all
/// that was traced has to be the same. `-Dflotilla.seed=N` runs one seed, `-Dflotilla.seeds=N` the
/// first N.
public final class SeedRuns<L extends SeedLife> {
  private static final String KEPT = "/simulation/kept-store-seeds.txt";
  private static final int LINES = 40;

  private final String test;
  private final int count;
  private final LongFunction<L> lives;

  /// @param count how many seeds, 1 and up, if nobody says otherwise
  public SeedRuns(Class<?> test, int count, LongFunction<L> lives) {
    this.test = test.getSimpleName();
    this.count = count;
    this.lives = lives;
  }

  public LongStream seeds() {
    Long asked = Long.getLong("flotilla.seed");
    return asked != null
        ? LongStream.of(asked)
        : LongStream.concat(kept(), LongStream.rangeClosed(1, count())).distinct();
  }

  /// True if one seed was asked for, or fewer than usual: what all together do is not to be judged.
  public boolean isPart() {
    return Long.getLong("flotilla.seed") != null || count() < count;
  }

  private long count() {
    return Long.getLong("flotilla.seeds", count);
  }

  /// The seeds of this test in the file of kept ones.
  private LongStream kept() {
    try (InputStream in = Objects.requireNonNull(SeedRuns.class.getResourceAsStream(KEPT), KEPT)) {
      return LongStream.of(
          new String(in.readAllBytes(), UTF_8)
              .lines()
              .filter(line -> line.startsWith(test + " "))
              .mapToLong(line -> Long.parseLong(line.split(" ", 3)[1]))
              .toArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs the seed twice.
  ///
  /// @param verdict on each life, once it is over
  /// @return the second life
  /// @throws AssertionError what is wrong, what happened before it, and how to see it again
  public L twice(long seed, Consumer<L> verdict) {
    L first = lives.apply(seed);
    long digest = run(seed, first, verdict);
    L second = lives.apply(seed);
    long again = run(seed, second, verdict);
    if (again != digest) {
      String both = Long.toHexString(digest) + " and " + Long.toHexString(again);
      throw failed(seed, second, new AssertionError("the seed is not the same twice: " + both));
    }
    return second;
  }

  private long run(long seed, L life, Consumer<L> verdict) {
    try {
      long digest = life.run();
      verdict.accept(life);
      return digest;
    } catch (RuntimeException | AssertionError failure) {
      throw failed(seed, life, failure);
    }
  }

  private AssertionError failed(long seed, L life, Throwable failure) {
    String text =
        test
            + " seed "
            + seed
            + " at "
            + life.moment()
            + ": "
            + failure
            + "\nthe newest events:\n"
            + life.newest(LINES)
            + "to see it again: mvn -q -pl range-raft -am test -Dtest="
            + test
            + " -Dflotilla.seed="
            + seed
            + " -Dsurefire.failIfNoSpecifiedTests=false";
    return new AssertionError(text, failure);
  }
}
