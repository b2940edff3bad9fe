package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A leader stands still until another one is elected in its place, and for a while after that;
/// when it goes on it hears of no other store yet. For that moment two believe to lead, and whoever
/// asks the old one must not be told what was.
final class Deposing {
  private static final long STEP_NANOS = 20_000_000;
  private static final long GIVE_UP_NANOS = 4_000_000_000L;
  private static final int AFTER_MILLIS_MAX = 2_000;
  private static final Duration DEAF = Duration.ofMillis(700);

  private final FaultPlan plan;
  private final SimulatedFleet fleet;
  private final RandomSource random;

  Deposing(FaultPlan plan, SimulatedFleet fleet) {
    this.plan = plan;
    this.fleet = fleet;
    this.random = fleet.world().random("deposing");
  }

  /// Returns false if nobody leads what was drawn.
  boolean begin() {
    RangeId range = RangeDescriptor.PLACEMENT;
    if (!random.oneIn(3)) {
      List<RangeDescriptor> ranges = new ArrayList<>(fleet.ranges());
      range = ranges.get(random.nextInt(ranges.size())).id();
    }
    SimulatedNode leader = leaderBut(null, range);
    if (leader == null) {
      return false;
    }
    fleet.transcript().add(leader.number(), "stands still until another leads range " + range);
    long now = fleet.world().nanos();
    plan.cutOff(leader, Duration.ofNanos(GIVE_UP_NANOS).plus(DEAF));
    hold(leader, range, leader.lives(), now + GIVE_UP_NANOS, false);
    return true;
  }

  private void hold(SimulatedNode old, RangeId range, int life, long until, boolean elected) {
    long now = fleet.world().nanos();
    if (plan.isOver() || !old.isRunning() || old.lives() != life || now >= until) {
      plan.cutOff(old, DEAF);
      return;
    }
    old.pause(STEP_NANOS + STEP_NANOS / 2);
    boolean isElected = elected || leaderBut(old, range) != null;
    long end = until;
    if (isElected && !elected) {
      end = Math.min(until, now + plan.upTo(AFTER_MILLIS_MAX).toNanos());
    }
    long then = end;
    fleet.world().at(STEP_NANOS, () -> hold(old, range, life, then, isElected));
  }

  private @Nullable SimulatedNode leaderBut(@Nullable SimulatedNode old, RangeId range) {
    for (SimulatedNode node : fleet.nodes()) {
      if (node != old && fleet.leads(node, range)) {
        return node;
      }
    }
    return null;
  }
}
