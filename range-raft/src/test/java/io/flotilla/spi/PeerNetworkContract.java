package io.flotilla.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.codec.RandomValues;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.Beat;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Piece;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// What every [PeerNetwork] does when nothing fails.
public abstract class PeerNetworkContract {
  protected static final StoreId ONE = new StoreId(1);
  protected static final StoreId TWO = new StoreId(2);
  protected static final StoreId THREE = new StoreId(3);

  private final RandomValues values = new RandomValues(new RandomSource(11));

  /// Starts a store's end; stores started before and after can reach it.
  protected abstract PeerNetwork start(StoreId store, Receiver receiver);

  /// Lets the network work until the condition holds; fails after a while.
  protected abstract void await(BooleanSupplier condition);

  /// Keeps what came. Filled on the network's thread, read on the test's.
  public static final class Recorder implements Receiver {
    private final List<StoreId> senders = new ArrayList<>();
    private final List<RangeMessage> messages = new ArrayList<>();
    private final List<SnapshotMessage> steps = new ArrayList<>();
    private final List<StoreBeat> beats = new ArrayList<>();
    private int messagesBeforeFirstBeat;

    @Override
    public synchronized void onMessages(StoreId from, List<RangeMessage> batch) {
      for (RangeMessage message : batch) {
        senders.add(from);
        messages.add(message);
      }
    }

    @Override
    public synchronized void onSnapshot(StoreId from, SnapshotMessage message) {
      senders.add(from);
      steps.add(message);
    }

    @Override
    public synchronized void onBeat(StoreId from, StoreBeat beat) {
      if (beats.isEmpty()) {
        messagesBeforeFirstBeat = messages.size();
      }
      senders.add(from);
      beats.add(beat);
    }

    public synchronized int count() {
      return senders.size();
    }

    public synchronized List<RangeMessage> messages(Lane lane) {
      return messages.stream().filter(m -> Lane.of(m.message()) == lane).toList();
    }

    public synchronized List<SnapshotMessage> steps() {
      return List.copyOf(steps);
    }

    public synchronized List<StoreBeat> beats() {
      return List.copyOf(beats);
    }

    synchronized int messagesBeforeFirstBeat() {
      return messagesBeforeFirstBeat;
    }

    public synchronized List<StoreId> senders() {
      return List.copyOf(senders);
    }
  }

  protected static RangeMessage beat(long range, long round) {
    return new RangeMessage(
        new RangeId(range), new PeerId(2), null, new Beat(new PeerId(1), 3, 4, round));
  }

  @Test
  void messagesOfEveryKindArriveUnalteredWithTheirSender() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    List<RangeMessage> sent = new ArrayList<>();
    for (int kind = 0; kind <= 12; kind++) {
      sent.add(
          new RangeMessage(values.range(), values.peer(), values.span(), values.message(kind)));
    }
    one.send(TWO, sent);
    await(() -> two.count() == sent.size());
    for (Lane lane : List.of(Lane.BEATS, Lane.APPENDS)) {
      assertEquals(
          sent.stream().filter(m -> Lane.of(m.message()) == lane).toList(), two.messages(lane));
    }
    assertEquals(List.of(ONE), two.senders().stream().distinct().toList());
  }

  @Test
  void aLaneKeepsItsOrderAcrossManySends() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    List<RangeMessage> sent = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      RangeMessage message = beat(1 + i % 7, i);
      sent.add(message);
      one.send(TWO, List.of(message));
    }
    await(() -> two.count() == sent.size());
    assertEquals(sent, two.messages(Lane.BEATS));
  }

  @Test
  void theListStaysTheCallers() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    List<RangeMessage> reused = new ArrayList<>(List.of(beat(1, 1)));
    one.send(TWO, reused);
    reused.clear();
    await(() -> two.count() == 1);
    assertEquals(List.of(beat(1, 1)), two.messages(Lane.BEATS));
  }

  @Test
  void everybodyTalksToEverybody() {
    List<StoreId> stores = List.of(ONE, TWO, THREE);
    List<Recorder> recorders = new ArrayList<>();
    List<PeerNetwork> networks = new ArrayList<>();
    for (StoreId store : stores) {
      Recorder recorder = new Recorder();
      recorders.add(recorder);
      networks.add(start(store, recorder));
    }
    for (int from = 0; from < stores.size(); from++) {
      for (StoreId to : stores) {
        if (!to.equals(stores.get(from))) {
          networks.get(from).send(to, List.of(beat(1 + from, 9)));
        }
      }
    }
    await(() -> recorders.stream().allMatch(recorder -> recorder.count() == 2));
    assertEquals(List.of(TWO, THREE), recorders.getFirst().senders().stream().sorted().toList());
  }

  @Test
  void aStoreThatIsNotThereDelaysNobody() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    for (int i = 0; i < 100; i++) {
      one.send(THREE, List.of(beat(1, i)));
    }
    one.sendSnapshot(THREE, new SnapshotMessage.Done(new SnapshotId(1, 2)));
    one.send(TWO, List.of(beat(1, 1)));
    await(() -> two.count() == 1);
  }

  @Test
  void aLargeBatchArrivesWhole() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    List<RangeMessage> sent = new ArrayList<>();
    for (int range = 1; range <= 2_000; range++) {
      Entry entry = new Entry(5, 8, EntryKind.COMMAND, new byte[500]);
      Append append = new Append(new PeerId(1), 5, new EntryId(5, 7), List.of(entry), 6);
      sent.add(new RangeMessage(new RangeId(range), new PeerId(2), null, append));
    }
    one.send(TWO, sent);
    await(() -> two.count() == sent.size());
    assertEquals(sent, two.messages(Lane.APPENDS));
  }

  @Test
  void aSnapshotsStepsArriveInOrderAndTheQueueDrains() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    SnapshotId id = new SnapshotId(-1, 7);
    byte[] data = new byte[1 << 20];
    new Random(5).nextBytes(data);
    SnapshotMessage.Offer offer =
        new SnapshotMessage.Offer(values.manifest(), 4, new PeerId(1), new PeerId(2));
    one.sendSnapshot(TWO, offer);
    one.sendSnapshot(TWO, new Piece(id, 3, data));
    one.sendSnapshot(TWO, new SnapshotMessage.Refused(id, "changed my mind", true));
    await(() -> two.count() == 3);
    assertEquals(offer, two.steps().get(0));
    assertArrayEquals(data, ((Piece) two.steps().get(1)).data());
    assertEquals(new SnapshotMessage.Refused(id, "changed my mind", true), two.steps().get(2));
    await(() -> one.snapshotBytesQueued(TWO) == 0);
  }

  @Test
  void aStoresBeatArrivesUnalteredWithItsSender() {
    Recorder one = new Recorder();
    Recorder two = new Recorder();
    PeerNetwork fromOne = start(ONE, one);
    PeerNetwork fromTwo = start(TWO, two);
    StoreBeat there = new StoreBeat(1, 0, 2, Long.MAX_VALUE, 4, 5, 6, true);
    fromOne.sendBeat(TWO, there);
    await(() -> two.count() == 1);
    StoreBeat back = values.storeBeat();
    fromTwo.sendBeat(ONE, back);
    await(() -> one.count() == 1);
    assertEquals(List.of(there), two.beats());
    assertEquals(List.of(ONE), two.senders());
    assertEquals(List.of(back), one.beats());
    assertEquals(List.of(TWO), one.senders());
  }

  /// They share a lane, so a message says nothing that the beat sent before it does not back.
  @Test
  void aStoresBeatIsNotOvertakenByTheMessagesThatItRidesWith() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    one.sendBeat(TWO, numbered(1));
    one.send(TWO, List.of(beat(1, 1), beat(2, 1)));
    await(() -> two.count() == 3);
    assertEquals(List.of(numbered(1)), two.beats());
    assertEquals(0, two.messagesBeforeFirstBeat());
    assertEquals(List.of(beat(1, 1), beat(2, 1)), two.messages(Lane.BEATS));
  }

  /// Those before it may come or not, and if so in their order.
  @Test
  void theNewestBeatOfManyArrivesLast() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    for (int number = 1; number <= 300; number++) {
      one.sendBeat(TWO, numbered(number));
    }
    await(() -> two.beats().contains(numbered(300)));
    List<Long> numbers = two.beats().stream().map(StoreBeat::number).toList();
    assertEquals(numbers.stream().sorted().distinct().toList(), numbers);
  }

  @Test
  void aBeatForAStoreThatIsNotThereDelaysNobody() {
    Recorder two = new Recorder();
    PeerNetwork one = start(ONE, new Recorder());
    start(TWO, two);
    for (int number = 1; number <= 100; number++) {
      one.sendBeat(THREE, numbered(number));
    }
    one.sendBeat(TWO, numbered(1));
    await(() -> two.count() == 1);
    assertEquals(List.of(numbered(1)), two.beats());
  }

  private static StoreBeat numbered(long number) {
    return new StoreBeat(1, 1, 1, number, 0, 0, 0, false);
  }
}
