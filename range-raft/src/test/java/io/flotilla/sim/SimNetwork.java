package io.flotilla.sim;

import io.flotilla.codec.RangeMessageCodec;
import io.flotilla.codec.SnapshotMessageCodec;
import io.flotilla.codec.StoreBeatCodec;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.Lane;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StoreBeat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The network between simulated stores. Carries encoded bytes, so that the codec runs too; loses,
/// doubles, delays and reorders as told, and cuts links in one direction or both.
///
/// Everything happens on one thread: that of the scheduler. Without faults each lane from one store
/// to another keeps its order.
public final class SimNetwork {
  private static final long LATE_NANOS_MAX = 3_000_000_000L;

  private final RandomSource random;
  private final Clock clock;
  private final EventLoop scheduler;
  private final Map<StoreId, Station> stations = new TreeMap<>();
  private final Map<String, Long> lastArrival = new TreeMap<>();
  private final Set<Link> cuts = new HashSet<>();

  private long delayNanosMin = 100_000;
  private long delayNanosMax = 500_000;
  private final Map<StoreId, Long> slow = new TreeMap<>();
  private int dropOneIn;
  private int duplicateOneIn;
  private int reorderOneIn;
  private int lateOneIn;
  private @Nullable Filter filter;
  private long delivered;
  private long dropped;
  private LongConsumer traced = _ -> {};
  private Consumer<String> told = _ -> {};

  /// @param clock the scheduler's virtual time
  public SimNetwork(RandomSource random, Clock clock, EventLoop scheduler) {
    this.random = random.fork("network");
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /// Decides over single messages, for tests that want exactly one of them lost.
  public interface Filter {
    boolean lets(StoreId from, StoreId to, RangeMessage message);
  }

  private record Link(StoreId from, StoreId to) {}

  private record Station(EventLoop loop, Receiver receiver) {}

  /// Who hears from now on of a hash of each frame, when it is sent and when it arrives, and of
  /// what is done to the links, in words.
  void watch(LongConsumer frames, Consumer<String> faults) {
    traced = frames;
    told = faults;
  }

  /// The port of one store. Replaces what was attached under this id: bytes under way go to whoever
  /// is attached when they arrive.
  public PeerNetwork attach(StoreId store, EventLoop loop, Receiver receiver) {
    stations.put(store, new Station(loop, receiver));
    return new Port(store);
  }

  /// The store is gone: nothing reaches it.
  public void detach(StoreId store) {
    stations.remove(store);
  }

  public void delay(long nanosMin, long nanosMax) {
    delayNanosMin = nanosMin;
    delayNanosMax = nanosMax;
  }

  /// What goes to this store takes up to so much longer; what it sends does not.
  public void slowTo(StoreId store, long nanosMax) {
    told.accept("what goes to " + store + " is slow");
    slow.put(store, nanosMax);
  }

  /// Loses one message in so many; 0: none.
  public void dropOneIn(int oneIn) {
    told.accept("loses one in " + oneIn);
    dropOneIn = oneIn;
  }

  /// Delivers one frame in so many twice; 0: none.
  public void duplicateOneIn(int oneIn) {
    told.accept("doubles one in " + oneIn);
    duplicateOneIn = oneIn;
  }

  /// Lets one frame in so many overtake or be overtaken; 0: none.
  public void reorderOneIn(int oneIn) {
    told.accept("reorders one in " + oneIn);
    reorderOneIn = oneIn;
  }

  public void filter(@Nullable Filter newFilter) {
    filter = newFilter;
  }

  /// Holds one frame in so many up for seconds; 0: none. Such frames outlive [#healAll].
  public void lateOneIn(int oneIn) {
    told.accept("holds up one in " + oneIn);
    lateOneIn = oneIn;
  }

  /// From now on nothing goes from `from` to `to`, nor arrives that is under way.
  public void cut(StoreId from, StoreId to) {
    told.accept("cut from " + from + " to " + to);
    cuts.add(new Link(from, to));
  }

  public void cutBothWays(StoreId a, StoreId b) {
    cut(a, b);
    cut(b, a);
  }

  /// Cuts a store off from everybody that is attached.
  public void isolate(StoreId store) {
    told.accept("cut off: " + store);
    for (StoreId other : stations.keySet()) {
      if (!other.equals(store)) {
        cuts.add(new Link(store, other));
        cuts.add(new Link(other, store));
      }
    }
  }

  public void heal(StoreId from, StoreId to) {
    told.accept("mended from " + from + " to " + to);
    cuts.remove(new Link(from, to));
  }

  /// Mends every cut and ends every fault but delay.
  public void healAll() {
    told.accept("all mended");
    cuts.clear();
    slow.clear();
    dropOneIn = 0;
    duplicateOneIn = 0;
    reorderOneIn = 0;
    lateOneIn = 0;
    filter = null;
  }

  /// Frames that arrived.
  public long delivered() {
    return delivered;
  }

  /// Messages and frames that were lost.
  public long dropped() {
    return dropped;
  }

  private void sendMessages(StoreId from, StoreId to, List<RangeMessage> messages) {
    for (Lane lane : List.of(Lane.BEATS, Lane.APPENDS)) {
      List<RangeMessage> kept = new ArrayList<>();
      for (RangeMessage message : messages) {
        if (Lane.of(message.message()) == lane && passes(from, to, message)) {
          kept.add(message);
        }
      }
      if (!kept.isEmpty()) {
        byte[] frame = RangeMessageCodec.encode(kept);
        transmit(
            new Link(from, to),
            lane,
            Arrays.hashCode(frame),
            receiver -> receiver.onMessages(from, RangeMessageCodec.decode(frame)));
      }
    }
  }

  private boolean passes(StoreId from, StoreId to, RangeMessage message) {
    Filter current = filter;
    boolean lost =
        (dropOneIn > 0 && random.oneIn(dropOneIn))
            || (current != null && !current.lets(from, to, message));
    dropped += lost ? 1 : 0;
    return !lost;
  }

  private void sendSnapshot(StoreId from, StoreId to, SnapshotMessage message) {
    if (dropOneIn > 0 && random.oneIn(dropOneIn)) {
      dropped++;
      return;
    }
    byte[] frame = SnapshotMessageCodec.encode(message);
    transmit(
        new Link(from, to),
        Lane.SNAPSHOTS,
        Arrays.hashCode(frame),
        receiver -> receiver.onSnapshot(from, SnapshotMessageCodec.decode(frame)));
  }

  private void sendBeat(StoreId from, StoreId to, StoreBeat beat) {
    if (dropOneIn > 0 && random.oneIn(dropOneIn)) {
      dropped++;
      return;
    }
    ByteBuffer frame = ByteBuffer.allocate(StoreBeatCodec.BYTES_MAX);
    StoreBeatCodec.encode(beat, frame);
    frame.flip();
    transmit(
        new Link(from, to),
        Lane.BEATS,
        frame.hashCode(),
        receiver -> receiver.onBeat(from, StoreBeatCodec.decode(frame.duplicate())));
  }

  private void transmit(Link link, Lane lane, int frameHash, Consumer<Receiver> delivery) {
    long ends = link.from().value() * 31 + link.to().value();
    long hash = (ends * 31 + lane.ordinal()) * 31 + frameHash;
    traced.accept(hash);
    if (cuts.contains(link)) {
      dropped++;
      return;
    }
    int copies = duplicateOneIn > 0 && random.oneIn(duplicateOneIn) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      scheduler.schedule(delayFor(link, lane), () -> arrive(link, hash, delivery));
    }
  }

  private long delayFor(Link link, Lane lane) {
    long span = delayNanosMax - delayNanosMin;
    long more = slow.getOrDefault(link.to(), 0L);
    long drawn = delayNanosMin + (span > 0 ? random.nextLong(span + 1) : 0);
    drawn += more > 0 ? random.nextLong(more) : 0;
    if (lateOneIn > 0 && random.oneIn(lateOneIn)) {
      return random.nextLong(LATE_NANOS_MAX);
    }
    if (reorderOneIn > 0 && random.oneIn(reorderOneIn)) {
      return drawn * 3;
    }
    long now = clock.nanos();
    String key = link.from() + ">" + link.to() + lane;
    long arrival = Math.max(now + drawn, lastArrival.getOrDefault(key, Long.MIN_VALUE));
    lastArrival.put(key, arrival);
    return arrival - now;
  }

  private void arrive(Link link, long hash, Consumer<Receiver> delivery) {
    Station station = stations.get(link.to());
    if (station == null || cuts.contains(link)) {
      dropped++;
      return;
    }
    delivered++;
    traced.accept(hash);
    station.loop().execute(() -> delivery.accept(station.receiver()));
  }

  private final class Port implements PeerNetwork {
    private final StoreId self;

    Port(StoreId self) {
      this.self = self;
    }

    @Override
    public void send(StoreId to, List<RangeMessage> messages) {
      sendMessages(self, to, messages);
    }

    @Override
    public void sendSnapshot(StoreId to, SnapshotMessage message) {
      SimNetwork.this.sendSnapshot(self, to, message);
    }

    @Override
    public void sendBeat(StoreId to, StoreBeat beat) {
      SimNetwork.this.sendBeat(self, to, beat);
    }

    /// The simulated wire takes everything at once.
    @Override
    public long snapshotBytesQueued(StoreId to) {
      return 0;
    }
  }
}
