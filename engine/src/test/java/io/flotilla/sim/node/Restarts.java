package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.spi.RandomSource;

/// Starts nodes anew, in half of the seeds into the next power cut: before any of the operations by
/// which a start recovers what is on the disk, or a moment later.
final class Restarts {
  /// A start alone has about as many operations as `RECOVERY`; `BEGINNING` are some more.
  private static final int RECOVERY = 12;

  private static final int BEGINNING = 80;

  private final FaultPlan plan;
  private final SimulatedFleet fleet;
  private final RandomSource random;
  private final boolean fail;

  /// Draws from a stream of its own, so that seeds of before there were such cuts keep their sense.
  Restarts(FaultPlan plan, SimulatedFleet fleet) {
    this.plan = plan;
    this.fleet = fleet;
    this.random = fleet.world().random("starts");
    this.fail = random.oneIn(2);
  }

  /// Starts it, unless it runs or is gone.
  void start(SimulatedNode node) {
    if (node.isRunning() || plan.gone().contains(node.number())) {
      return;
    }
    if (!plan.isOver() && fail && random.oneIn(3)) {
      int operation = 1 + random.nextInt(random.oneIn(3) ? BEGINNING : RECOVERY);
      fleet.rules().cutPowerAt(node, operation, () -> cutPower(node, operation));
    }
    fleet.restart(node.number());
  }

  private void cutPower(SimulatedNode node, int operation) {
    fleet.transcript().add(node.number(), "the power is cut at disk operation " + operation);
    plan.count(FaultPlan.Kind.CRASH_AT_START);
    plan.crash(node, random.oneIn(3));
  }
}
