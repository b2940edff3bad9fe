package io.flotilla.engine.node;

import io.flotilla.codec.RangeMessageCodec;
import io.flotilla.codec.SnapshotMessageCodec;
import io.flotilla.codec.StoreBeatCodec;
import io.flotilla.keyspace.StoreId;
import io.flotilla.sim.SimWorld;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.Lane;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StoreBeat;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.request.RequestService;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The network of a simulated fleet, between processes that have addresses: frames between stores,
/// and requests. Carries encoded bytes only.
///
/// Frames between stores are lost, doubled, held up and reordered as told. Requests travel over
/// connections, as in production: in order, each once; a connection breaks if one of its ends dies,
/// if nothing gets through for a while, or by chance, and then nobody knows what became of what was
/// under way.
public final class SimulatedNetwork {
  private static final long DELAY_NANOS_MIN = 100_000;
  private static final long DELAY_NANOS_MAX = 600_000;
  private static final long LATE_NANOS_MAX = 3_000_000_000L;

  private final SimWorld world;
  private final RandomSource random;
  private final Map<String, Endpoint> listening = new TreeMap<>();
  private final Map<String, Long> lastArrival = new TreeMap<>();
  private final Set<String> cuts = new TreeSet<>();
  private final Set<Integer> muffled = new TreeSet<>();
  private final Map<String, Long> slowLinks = new TreeMap<>();
  private int dropOneIn;
  private int duplicateOneIn;
  private int reorderOneIn;
  private int lateOneIn;
  private int breakOneIn;
  private long delayNanosMax = DELAY_NANOS_MAX;
  private long requests;

  public SimulatedNetwork(SimWorld world) {
    this.world = world;
    this.random = world.random("network");
  }

  // Faults --------------------------------------------------------------------------------------

  /// Nothing goes from process `from` to process `to` any more.
  public void cut(int from, int to) {
    cuts.add(from + ">" + to);
  }

  public void mend(int from, int to) {
    cuts.remove(from + ">" + to);
  }

  /// No frame of the process reaches another store, nor the reverse; requests go on: everybody can
  /// still ask it, and only it does not know what became of the fleet.
  public void muffle(int process) {
    muffled.add(process);
  }

  /// Whatever goes from process `from` to process `to` takes up to so much longer.
  public void slow(int from, int to, long nanosMax) {
    slowLinks.put(from + ">" + to, nanosMax);
  }

  /// Ends every fault.
  public void healAll() {
    cuts.clear();
    muffled.clear();
    slowLinks.clear();
    mayhem(0, 0, 0, 0, 0);
    delayNanosMax = DELAY_NANOS_MAX;
  }

  /// Loses, doubles, reorders and holds up one frame in so many, and breaks one connection in so
  /// many requests; 0: none.
  public void mayhem(int drop, int duplicate, int reorder, int late, int breaks) {
    dropOneIn = drop;
    duplicateOneIn = duplicate;
    reorderOneIn = reorder;
    lateOneIn = late;
    breakOneIn = breaks;
  }

  /// Loses one frame in so many, on top of other faults; 0: none.
  public void lose(int oneIn) {
    dropOneIn = oneIn;
  }

  /// Likewise, doubles one.
  public void duplicate(int oneIn) {
    duplicateOneIn = oneIn;
  }

  /// Likewise, lets one be overtaken.
  public void reorder(int oneIn) {
    reorderOneIn = oneIn;
  }

  /// What a process was told by a store, perhaps long ago, comes to it now.
  public void comesLate(StoreId from, int process, PeerNetwork.RangeMessage message) {
    byte[] frame = RangeMessageCodec.encode(List.of(message));
    for (Endpoint there : List.copyOf(listening.values())) {
      PeerNetwork.Receiver its = there.receiver;
      if (there.process == process && its != null) {
        there.loop.execute(() -> its.onMessages(from, RangeMessageCodec.decode(frame)));
      }
    }
  }

  public void slow(long nanosMax) {
    delayNanosMax = Math.max(DELAY_NANOS_MIN + 1, nanosMax);
  }

  // Ends ----------------------------------------------------------------------------------------

  /// A process at an address. It listens from [Endpoint#start] on.
  ///
  /// @param process its number, by which links are cut
  Endpoint open(int process, HostPort address, EventLoop loop, Clock clock, AddressBook book) {
    return new Endpoint(process, address, loop, clock, book);
  }

  /// One life of a process.
  final class Endpoint implements NodeNetwork, PeerNetwork {
    private final int process;
    private final HostPort address;
    private final EventLoop loop;
    private final Clock clock;
    private final AddressBook book;
    private final Map<Long, SimulatedRequest> open = new TreeMap<>();
    private Identity self = Identity.ANYBODY;
    private PeerNetwork.@Nullable Receiver receiver;
    private @Nullable RequestService service;
    private Consumer<List<RangeMessage>> onSend = _ -> {};
    private boolean dead;

    private Endpoint(int process, HostPort address, EventLoop loop, Clock clock, AddressBook book) {
      this.process = process;
      this.address = address;
      this.loop = loop;
      this.clock = clock;
      this.book = book;
    }

    /// The process is gone, and with it every connection.
    void die() {
      dead = true;
      listening.remove(address.toString(), this);
      List.copyOf(open.values()).forEach(SimulatedRequest::serverDied);
      open.clear();
    }

    /// Who looks at what is sent to other stores.
    void onSend(Consumer<List<RangeMessage>> looker) {
      onSend = looker;
    }

    int process() {
      return process;
    }

    boolean isDead() {
      return dead;
    }

    Identity self() {
      return self;
    }

    EventLoop loop() {
      return loop;
    }

    Clock clock() {
      return clock;
    }

    @Nullable RequestService service() {
      return service;
    }

    /// Requests that this end has taken and not answered.
    Map<Long, SimulatedRequest> open() {
      return open;
    }

    @Override
    public HostPort address() {
      return address;
    }

    @Override
    public PeerNetwork peers() {
      return this;
    }

    @Override
    public void start(Identity identity, PeerNetwork.Receiver newReceiver, RequestService served) {
      self = identity;
      receiver = newReceiver;
      service = served;
      listening.put(address.toString(), this);
    }

    @Override
    public void request(
        HostPort to, byte code, byte[] body, long deadlineNanos, ResponseHandler handler) {
      world.trace(Arrays.hashCode(body));
      new SimulatedRequest(SimulatedNetwork.this, this, code, body, deadlineNanos, handler)
          .send(to);
    }

    @Override
    public void send(StoreId to, List<RangeMessage> messages) {
      onSend.accept(messages);
      for (Lane lane : List.of(Lane.BEATS, Lane.APPENDS)) {
        List<RangeMessage> kept = new ArrayList<>();
        for (RangeMessage message : messages) {
          if (Lane.of(message.message()) == lane && !isLost()) {
            kept.add(message);
          }
        }
        if (!kept.isEmpty()) {
          byte[] frame = RangeMessageCodec.encode(kept);
          world.trace(Arrays.hashCode(frame));
          transmit(to, lane, (at, from) -> at.onMessages(from, RangeMessageCodec.decode(frame)));
        }
      }
    }

    @Override
    public void sendBeat(StoreId to, StoreBeat beat) {
      if (!isLost()) {
        ByteBuffer frame = ByteBuffer.allocate(StoreBeatCodec.BYTES_MAX);
        StoreBeatCodec.encode(beat, frame);
        frame.flip();
        world.trace(frame.hashCode());
        transmit(
            to,
            Lane.BEATS,
            (at, from) -> at.onBeat(from, StoreBeatCodec.decode(frame.duplicate())));
      }
    }

    @Override
    public void sendSnapshot(StoreId to, SnapshotMessage message) {
      if (!isLost()) {
        byte[] frame = SnapshotMessageCodec.encode(message);
        world.trace(Arrays.hashCode(frame));
        transmit(
            to,
            Lane.SNAPSHOTS,
            (at, from) -> at.onSnapshot(from, SnapshotMessageCodec.decode(frame)));
      }
    }

    /// The simulated wire takes everything at once.
    @Override
    public long snapshotBytesQueued(StoreId to) {
      return 0;
    }

    private boolean isLost() {
      return dropOneIn > 0 && random.oneIn(dropOneIn);
    }

    private void transmit(StoreId to, Lane lane, Delivery delivery) {
      Endpoint there = at(book.hostPortOf(to));
      if (there == null || hasNoWay(there)) {
        return;
      }
      int copies = duplicateOneIn > 0 && random.oneIn(duplicateOneIn) ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        after(delay(process, there.process, lane), () -> arrive(to, there, delivery));
      }
    }

    /// Whoever listens at the address is asked who he is, as the handshake does.
    private void arrive(StoreId to, Endpoint there, Delivery delivery) {
      Receiver its = there.receiver;
      boolean itIs = there.self.store() == to.value();
      if (!there.dead && its != null && itIs && !hasNoWay(there)) {
        there.loop.execute(() -> delivery.deliver(its, new StoreId(self.store())));
      }
    }

    private boolean hasNoWay(Endpoint there) {
      return isCut(process, there.process)
          || muffled.contains(process)
          || muffled.contains(there.process);
    }
  }

  private interface Delivery {
    void deliver(PeerNetwork.Receiver receiver, StoreId from);
  }

  // The wire ------------------------------------------------------------------------------------

  @Nullable Endpoint at(@Nullable HostPort address) {
    return address == null ? null : listening.get(address.toString());
  }

  boolean isCut(int from, int to) {
    return cuts.contains(from + ">" + to);
  }

  void after(long nanos, Runnable task) {
    world.at(nanos, task);
  }

  long nextNumber() {
    return requests++;
  }

  boolean breaksNow() {
    return breakOneIn > 0 && random.oneIn(breakOneIn);
  }

  boolean chance(int oneIn) {
    return random.oneIn(oneIn);
  }

  /// How long a frame takes on a lane; without faults it overtakes none.
  private long delay(int from, int to, Lane lane) {
    if (lateOneIn > 0 && random.oneIn(lateOneIn)) {
      return random.nextLong(LATE_NANOS_MAX);
    }
    if (reorderOneIn > 0 && random.oneIn(reorderOneIn)) {
      return 3 * drawn(from + ">" + to);
    }
    return inOrder(from, to, lane.name());
  }

  /// As [#delay], for what is never reordered.
  long inOrder(int from, int to, String lane) {
    String link = from + ">" + to;
    String key = link + " " + lane;
    long now = world.nanos();
    long arrival = Math.max(now + drawn(link), lastArrival.getOrDefault(key, Long.MIN_VALUE));
    lastArrival.put(key, arrival);
    return arrival - now;
  }

  private long drawn(String link) {
    long most = slowLinks.isEmpty() ? 0 : slowLinks.getOrDefault(link, 0L);
    long more = most > 0 ? random.nextLong(most) : 0;
    return DELAY_NANOS_MIN + random.nextLong(delayNanosMax - DELAY_NANOS_MIN) + more;
  }
}
