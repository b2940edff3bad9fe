package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.StoreId;
import io.flotilla.sim.SimClock;
import io.flotilla.sim.SimLoop;
import io.flotilla.sim.SimWorld;
import io.flotilla.spi.Lane;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetworkContract;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// The network of simulated fleets does what Netty's does when nothing fails.
final class SimulatedNetworkTest extends PeerNetworkContract {
  private final SimWorld world = new SimWorld(3);
  private final SimulatedNetwork network = new SimulatedNetwork(world);
  private final AddressBook book = new AddressBook(null, (_, _) -> {});

  @Override
  protected PeerNetwork start(StoreId store, PeerNetwork.Receiver receiver) {
    String address = "10.0.0." + store + ":1";
    SimClock clock = new SimClock(world, 0, 1000);
    SimLoop loop = new SimLoop(world, clock, "store " + store, 5_000);
    book.learn(Map.of(store, address));
    SimulatedNetwork.Endpoint end =
        network.open((int) store.value(), HostPort.parse(address), loop, clock, book);
    end.start(
        new Identity("simulated", store.value()),
        receiver,
        (context, _, _) -> context.refuse("nothing is served here"));
    return end;
  }

  @Override
  protected void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertTrue(world.step(), "nothing left to do");
    }
  }

  private void settle() {
    while (world.step()) {}
  }

  @Test
  void aCutWorksInOneDirectionAndOnWhatIsUnderWay() {
    Recorder atOne = new Recorder();
    Recorder atTwo = new Recorder();
    PeerNetwork one = start(ONE, atOne);
    PeerNetwork two = start(TWO, atTwo);
    one.send(TWO, List.of(beat(1, 1)));
    network.cut(1, 2);
    one.send(TWO, List.of(beat(1, 2)));
    two.send(ONE, List.of(beat(1, 3)));
    settle();
    assertEquals(0, atTwo.count());
    assertEquals(List.of(beat(1, 3)), atOne.messages(Lane.BEATS));
  }

  @Test
  void whoIsMuffledHearsNobodyAndIsHeardByNobody() {
    Recorder atOne = new Recorder();
    Recorder atTwo = new Recorder();
    PeerNetwork one = start(ONE, atOne);
    PeerNetwork two = start(TWO, atTwo);
    network.muffle(1);
    one.send(TWO, List.of(beat(1, 1)));
    two.send(ONE, List.of(beat(1, 2)));
    settle();
    network.healAll();
    one.send(TWO, List.of(beat(1, 3)));
    settle();
    assertEquals(0, atOne.count());
    assertEquals(List.of(beat(1, 3)), atTwo.messages(Lane.BEATS));
  }
}
