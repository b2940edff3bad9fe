package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.node.SimulatedNetwork.Endpoint;
import io.flotilla.sim.SimClock;
import io.flotilla.sim.SimLoop;
import io.flotilla.sim.SimWorld;
import io.flotilla.transport.frame.HostPort;
import java.util.function.BooleanSupplier;

/// Requests of simulated fleets end as real ones do when nothing fails, and when a process does.
final class SimulatedRequestTest extends NodeNetworkContract {
  private final SimWorld world = new SimWorld(5);
  private final SimulatedNetwork network = new SimulatedNetwork(world);
  private final AddressBook book = new AddressBook(null, (_, _) -> {});
  private int processes;

  @Override
  NodeNetwork open() {
    int process = ++processes;
    SimClock clock = new SimClock(world, process * 1_000_000_007L, 1000);
    SimLoop loop = new SimLoop(world, clock, "process " + process, 5_000);
    return network.open(process, address(process), loop, clock, book);
  }

  private static HostPort address(int process) {
    return HostPort.parse("10.0.0." + process + ":1");
  }

  @Override
  void stop(NodeNetwork node) {
    ((Endpoint) node).die();
  }

  @Override
  long nanos(NodeNetwork node) {
    return ((Endpoint) node).clock().nanos();
  }

  @Override
  HostPort nobody() {
    return address(250);
  }

  @Override
  void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertTrue(world.step(), "nothing left to do");
    }
  }
}
