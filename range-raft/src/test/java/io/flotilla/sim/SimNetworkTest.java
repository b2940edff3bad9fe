package io.flotilla.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Lane;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetworkContract;
import io.flotilla.spi.RandomSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class SimNetworkTest extends PeerNetworkContract {
  private final StepLoop loop = new StepLoop();
  private final SimNetwork network = new SimNetwork(new RandomSource(3), loop, loop);

  @Override
  protected PeerNetwork start(StoreId store, Receiver receiver) {
    return network.attach(store, loop, receiver);
  }

  @Override
  protected void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertTrue(loop.step(), "nothing left to do");
    }
  }

  private void settle() {
    while (loop.step()) {}
  }

  @Test
  void aCutWorksInOneDirectionAndOnWhatIsUnderWay() {
    Recorder atOne = new Recorder();
    Recorder atTwo = new Recorder();
    PeerNetwork one = start(ONE, atOne);
    PeerNetwork two = start(TWO, atTwo);
    one.send(TWO, List.of(beat(1, 1)));
    network.cut(ONE, TWO);
    one.send(TWO, List.of(beat(1, 2)));
    two.send(ONE, List.of(beat(1, 3)));
    settle();
    assertEquals(0, atTwo.count());
    assertEquals(List.of(beat(1, 3)), atOne.messages(Lane.BEATS));
    assertEquals(2, network.dropped());
    network.healAll();
    one.send(TWO, List.of(beat(1, 4)));
    settle();
    assertEquals(List.of(beat(1, 4)), atTwo.messages(Lane.BEATS));
  }

  @Test
  void aSeedGivesTheSameLossesTwice() {
    assertEquals(lossy(5), lossy(5));
    assertTrue(lossy(5).size() > 500);
    assertTrue(!lossy(5).equals(lossy(6)));
  }

  private static List<RangeMessage> lossy(long seed) {
    StepLoop loop = new StepLoop();
    SimNetwork network = new SimNetwork(new RandomSource(seed), loop, loop);
    network.dropOneIn(4);
    network.duplicateOneIn(10);
    network.reorderOneIn(5);
    Recorder recorder = new Recorder();
    PeerNetwork one = network.attach(ONE, loop, new Recorder());
    network.attach(TWO, loop, recorder);
    for (int i = 0; i < 1_000; i++) {
      one.send(TWO, List.of(beat(1, i)));
    }
    while (loop.step()) {}
    return recorder.messages(Lane.BEATS);
  }

  @Test
  void aFilterPicksSingleMessages() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    network.filter((_, _, message) -> message.range().value() != 2);
    one.send(TWO, List.of(beat(1, 0), beat(2, 0), beat(3, 0)));
    settle();
    assertEquals(List.of(beat(1, 0), beat(3, 0)), two.messages(Lane.BEATS));
  }
}
