package io.flotilla.store.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the simulation finds in leases and quiescence when it is wrong. The table is in
/// docs/planted-bugs.md. The hunt takes minutes and runs in the profile `planted` alone, where
/// `-Dflotilla.planted.only=TEXT` takes those whose name has the text; that the edits fit the
/// sources is looked at always.
final class PlantedBugsTest {
  private static final String ONLY = System.getProperty("flotilla.planted.only", "");
  private static final String HELD = "store/liveness/HeldSupport.java";
  private static final String GIVEN = "store/liveness/GivenSupport.java";
  private static final String LIVENESS = "store/liveness/StoreLiveness.java";
  private static final String SLUMBER = "replica/Slumber.java";
  private static final String SLEEPERS = "store/Sleepers.java";
  private static final String QUIESCING = "raft/Quiescing.java";
  private static final String OUTPUT = "replica/DurableOutput.java";

  static List<PlantedBug> bugs() {
    List<PlantedBug> all = new ArrayList<>();
    all.addAll(ofLeases());
    all.addAll(ofPromises());
    all.addAll(ofSleep());
    all.addAll(ofRest());
    all.addAll(ofForgotten());
    all.removeIf(each -> !each.name().contains(ONLY));
    return all;
  }

  private static List<PlantedBug> ofLeases() {
    return List.of(
        PlantedBug.of(
            "a promise counted from the answer, not from the question",
            400,
            HELD,
            "long asked = askedAt[slot(number)];",
            "long asked = nanos;"),
        PlantedBug.of(
            "no margin for clocks", 400, HELD, "promiseNanos / 5 * 4", "promiseNanos * 11 / 10"),
        PlantedBug.of(
            "no new incarnation after a restart",
            400,
            "store/Store.java",
            "env.log().raiseIncarnation()",
            "1L"),
        PlantedBug.of(
            "votes not withheld after a restart",
            400,
            "raft/GroupState.java",
            "start.restored() ? options.withholdTicks() : 0",
            "0"),
        PlantedBug.of(
                "withdrawn support given again at the same epoch",
                400,
                GIVEN,
                "askedEpoch <= withdrawn || given && askedEpoch < epoch",
                "given && askedEpoch < epoch")
            .and(GIVEN, "Invariant.check(askedEpoch > withdrawn, ", "Invariant.check(true, ")
            .and(LIVENESS, "beat.withdrawnEpoch() >= held.epoch()", "beat.withdrawnEpoch() < 0"),
        PlantedBug.of(
                "asleep with a follower that lacks something",
                400,
                "replica/Backing.java",
                "group.quiescing().matchOf(voter) != last || ",
                "")
            .and(QUIESCING, "&& offer.last() == log.lastIndex()", "")
            .and(QUIESCING, "&& offer.term() == log.last().term()", "")
            .and(QUIESCING, "&& offer.last() == log.durable()", "")
            .and(QUIESCING, "log.commitTo(offer.last());", ""),
        PlantedBug.of(
                "nobody wakes when support is withdrawn",
                100,
                SLEEPERS,
                "noticed.await(asker, ticks + NOTICE_TICKS);",
                "")
            .and(SLEEPERS, "leaders.await(asker, ticks + graceTicks + turns);", ""));
  }

  private static List<PlantedBug> ofPromises() {
    return List.of(
        PlantedBug.of(
            "a sleeping leader's lease needs no quorum",
            400,
            SLUMBER,
            "return stage == Stage.LEADING && vouchedNanos(nanos) > 0;",
            "return stage == Stage.LEADING;"),
        PlantedBug.of(
            "a sleeping follower votes",
            400,
            "raft/GroupState.java",
            "|| promisedTicks > 0 || fortified != null",
            "|| promisedTicks > 0"),
        PlantedBug.of(
            "a late beat frees a sleeping follower",
            400,
            QUIESCING,
            "beat.round() > now.round()",
            "beat.round() > 0"),
        PlantedBug.of(
            "the lease carried over at waking is not bounded by the promises",
            400,
            "replica/lease/LeaseClock.java",
            "if (promisedNanos > 0 && (!held",
            "until = nanos + spanNanos;\n    if ((!held"),
        PlantedBug.of(
                "a pause voids nothing",
                400,
                "store/StoreViews.java",
                "paused = true;",
                "paused = false;")
            .and(LIVENESS, "pair.held.forget();", "")
            .and("replica/lease/PauseWatch.java", "> leapNanosMax;", "> 1_000_000_000_000L;"),
        PlantedBug.of(
            "the lease of the rounds survives falling asleep, and so a pause",
            800,
            "replica/lease/LeaseClock.java",
            "    end();\n    startedAt = NONE;",
            "    startedAt = NONE;\n    oldestRound = newestRound + 1;"),
        PlantedBug.of(
            "ticks of sleep are taken off a promise given at waking",
            400,
            SLUMBER,
            "if (isAsleep()) {\n      creditTicks();",
            "if (isAsleep()) {"));
  }

  private static List<PlantedBug> ofSleep() {
    return List.of(
        PlantedBug.of(
            "a store that has begun a new life is asked at the epoch of before",
            100,
            LIVENESS,
            "        raise();\n        isUp = false;",
            "        isUp = false;"),
        PlantedBug.of(
                "what was found at the start never wakes",
                100,
                SLEEPERS,
                "ticks == dormantUntil",
                "ticks == -1")
            .and(SLEEPERS, "ticks == heirsUntil", "ticks == -1"),
        PlantedBug.of(
            "a promise shortened by its own giver",
            400,
            GIVEN,
            "nanos - until < 0",
            "nanos - until < -promiseNanos / 2"));
  }

  /// A replica that rests comes back as it was: one field less shows.
  private static List<PlantedBug> ofRest() {
    return List.of(
        PlantedBug.of(
            "a replica forgets over a rest what it wrote last",
            100,
            OUTPUT,
            "out.peer(hardState.vote());",
            "out.peer(null);"),
        PlantedBug.of(
            "a replica forgets over a rest how often its state was replaced",
            100,
            OUTPUT,
            "out.number(installs);",
            "out.number(0);"),
        PlantedBug.of(
            "a group forgets its vote over a rest",
            100,
            "raft/GroupState.java",
            "out.peer(vote);",
            "out.peer(null);"),
        PlantedBug.of(
            "a leader forgets over a rest how far a follower is",
            100,
            "raft/Progress.java",
            "out.number(match);",
            "out.number(match - 1);"),
        PlantedBug.of(
            "a leader forgets over a rest which followers have accepted something",
            100,
            "replica/Leadership.java",
            "out.peers(List.copyOf(accepted));",
            "out.peers(List.of());"),
        PlantedBug.of(
            "a promise of before is forgotten over a rest",
            100,
            "raft/GroupState.java",
            "out.number(fortified.epoch);",
            "out.number(0);"));
  }

  /// An empty replica that was forgotten comes again in its term.
  private static List<PlantedBug> ofForgotten() {
    return List.of(
        PlantedBug.of(
                "the term of a forgotten replica is not durable",
                40,
                "store/Removal.java",
                "List.of(), null, null, tombstone)",
                "List.of(), null, null,\n"
                    + "new Tombstone(tombstone.peer(), tombstone.applied(), 0))")
            .by(ForgottenSeeds.class),
        PlantedBug.of(
                "a start forgets the term of a forgotten replica",
                40,
                "store/Arrivals.java",
                "tombstones.merge(range, tombstone, Tombstone::merge);",
                "tombstones.merge(range, loop.isRunning() ? tombstone\n"
                    + ": new Tombstone(tombstone.peer(), tombstone.applied(), 0),"
                    + " Tombstone::merge);")
            .by(ForgottenSeeds.class));
  }

  @Test
  void everyEditFits(@TempDir Path folder) throws IOException {
    List<PlantedBug> all = bugs();
    for (int i = 0; i < all.size(); i++) {
      PlantedBug bug = all.get(i);
      assertFalse(bug.write(Files.createDirectory(folder.resolve("" + i))).isEmpty(), bug.name());
    }
  }

  @ParameterizedTest
  @EnabledIfSystemProperty(named = "flotilla.planted", matches = "true")
  @MethodSource("bugs")
  void everyPlantedBugIsFound(PlantedBug bug, @TempDir Path folder) {
    String found = bug.hunt(folder);
    System.out.println("planted: " + bug + ": " + found);
    assertFalse(found.isEmpty(), "not found within " + bug.seeds() + " seeds: " + bug);
  }

  @Test
  @EnabledIfSystemProperty(named = "flotilla.planted", matches = "true")
  void withoutOneNothingIsFound(@TempDir Path folder) {
    PlantedBug none =
        PlantedBug.of("none", 20, HELD, "promiseNanos / 5 * 4", "promiseNanos * 4 / 5");
    assertEquals("", none.hunt(folder));
  }
}
