package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Cuts the ways between clients and nodes now and then, one way or both, in half of the seeds: a
/// request or its answer is lost, while the node and the rest of the fleet are well.
final class ClientCuts {
  private static final Duration BETWEEN = Duration.ofMillis(800);
  private static final Duration MOST = Duration.ofSeconds(3);

  private final FaultPlan plan;
  private final SimulatedFleet fleet;
  private final RandomSource random;

  /// Draws from a stream of its own, so that seeds of before there were such cuts keep their sense.
  ClientCuts(FaultPlan plan, SimulatedFleet fleet) {
    this.plan = plan;
    this.fleet = fleet;
    this.random = fleet.world().random("client cuts");
    if (random.oneIn(2) && fleet.clientCount() > 0) {
      next();
    }
  }

  private void next() {
    later(
        BETWEEN,
        () -> {
          cut();
          next();
        });
  }

  private void later(Duration most, Runnable task) {
    Runnable unlessOver =
        () -> {
          if (!plan.isOver()) {
            task.run();
          }
        };
    fleet.world().at(random.nextLong(most.toNanos()), unlessOver);
  }

  private void cut() {
    List<SimulatedNode> nodes = new ArrayList<>(fleet.nodes());
    int node = nodes.get(random.nextInt(nodes.size())).number();
    int client = fleet.clientProcess(random.nextInt(fleet.clientCount()));
    boolean isOneWay = random.oneIn(2);
    boolean isAnswers = random.oneIn(2);
    int from = isAnswers ? node : client;
    int to = isAnswers ? client : node;
    plan.count(FaultPlan.Kind.CLIENT_CUT);
    fleet.cut(from, to);
    if (!isOneWay) {
      fleet.cut(to, from);
    }
    later(
        MOST,
        () -> {
          fleet.network().mend(from, to);
          fleet.network().mend(to, from);
        });
  }
}
