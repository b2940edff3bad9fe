package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.sim.ChaosRun;
import io.flotilla.sim.SeedRuns;
import io.flotilla.sim.SimFleet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What a seed that fails prints, and that it does fail.
final class SeedRunsTest {
  private static final String COMMAND =
      "to see it again: mvn -q -pl range-raft -am test -Dtest=StoreChaosTest -Dflotilla.seed=7"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  /// What seed 7 says when `trouble` befalls it in the midst.
  private static List<String> told(Consumer<SimFleet> trouble) {
    SeedRuns<ChaosRun> runs =
        new SeedRuns<>(
            StoreChaosTest.class,
            1,
            seed -> {
              ChaosRun run = new ChaosRun(seed, SimFleet.SECOND);
              run.fleet().world().at(2 * SimFleet.SECOND, () -> trouble.accept(run.fleet()));
              return run;
            });
    AssertionError failure = assertThrows(AssertionError.class, () -> runs.twice(7, _ -> {}));
    return failure.getMessage().lines().toList();
  }

  @Test
  void aBrokenRuleIsToldWithWhatHappenedBeforeAndTheCommand() {
    List<String> lines = told(fleet -> fleet.check(false, "a rule that fails on purpose"));
    String first = "StoreChaosTest seed 7 at 2\\d{6} us: .*: a rule that fails on purpose";
    assertTrue(lines.getFirst().matches(first), lines.getFirst());
    assertEquals("the newest events:", lines.get(1));
    List<String> events = lines.subList(2, lines.size() - 1);
    assertEquals(40, events.size());
    events.forEach(each -> assertTrue(each.matches(" *\\d+  (store \\d|network): \\S.*"), each));
    assertEquals(COMMAND, lines.getLast());
  }

  @Test
  void whatIsNotTheSameTwiceIsToldInTheSameWay() {
    AtomicLong lives = new AtomicLong();
    List<String> lines = told(fleet -> fleet.world().trace(lives.incrementAndGet()));
    String first = ".* seed 7 at .*: the seed is not the same twice: [0-9a-f]+ and [0-9a-f]+";
    assertTrue(lines.getFirst().matches(first), lines.getFirst());
    assertEquals(COMMAND, lines.getLast());
  }

  /// Both happen at the same times, with as many bytes: only what is in them differs.
  @Test
  void theDigestKnowsWhatIsWrittenAndSent() {
    assertEquals(digest("a"), digest("a"));
    assertNotEquals(digest("a"), digest("b"));
  }

  private static long digest(String value) {
    SimFleet fleet = SimFleet.ofThree(7, 3);
    fleet.put(RangeDescriptor.FIRST, "k", value);
    return fleet.world().digest();
  }

  @Test
  void keptSeedsComeFirst() {
    assumeTrue(System.getProperty("flotilla.seed") == null, "a seed was asked for");
    var runs = new SeedRuns<>(StoreChaosTest.class, 2, seed -> new ChaosRun(seed, 1));
    List<Long> seeds = runs.seeds().boxed().toList();
    assertEquals(77, seeds.getFirst());
    assertTrue(seeds.containsAll(List.of(1L, 2L)), "" + seeds);
  }
}
