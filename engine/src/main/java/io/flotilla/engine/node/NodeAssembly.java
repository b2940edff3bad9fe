package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.StoreOpenException;
import io.flotilla.engine.TlsFiles;
import io.flotilla.engine.mvcc.WriteRoom;
import io.flotilla.engine.rocks.RocksDisk;
import io.flotilla.engine.rocks.StoreFolder;
import io.flotilla.engine.rocks.StoreIdentity;
import io.flotilla.engine.route.BlockingEngine;
import io.flotilla.engine.route.LocalFirstChannel;
import io.flotilla.engine.route.RouteOptions;
import io.flotilla.engine.route.Router;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PlacementReply;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StorageException;
import io.flotilla.store.Store;
import io.flotilla.store.StoreEnvironment;
import io.flotilla.transport.Transport;
import io.flotilla.transport.TransportException;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.request.ResponseHandler;
import io.flotilla.transport.tls.Tls;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything of one node, put together in the order in which it has to come up, and taken apart in
/// the reverse one.
final class NodeAssembly implements AutoCloseable {
  /*
   * Going down, each of these ends before the next one may:
   *   1. the routers: whoever still waits for a call is told;
   *   2. reports, introductions, collection of old versions;
   *   3. the store: every request is answered, what is in the stages is written;
   *   4. the network: nothing that hangs below keeps the port;
   *   5. the threads that use the databases: a read that runs on would crash in a closed one;
   *   6. the databases, 7. the network's threads, 8. the folder's lock.
   */
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");
  private static final Duration CLOSE_MAX = Duration.ofSeconds(10);
  private static final long STOP_SECONDS_MAX = 5;

  private final Closing closing = new Closing(CLOSE_MAX);
  private final NodeFailure failure = new NodeFailure();
  private final LocalPlacement local = new LocalPlacement();
  private final Clock clock = new SystemClock();
  private final NodeEvents events = new NodeEvents();
  private final RandomSource random = new RandomSource(new SecureRandom().nextLong());
  private final NodeConfig config;
  private final Function<Path, DiskGauge> gauges;
  private final NodeOptions options;
  private final NodeThreads threads;
  private final StoreFolder folder;
  private final Transport transport;
  private final AddressBook book;
  private final PlacementClient placement;
  private final OracleClient oracle;
  private final String instance;
  private final Store store;
  private StoreIdentity identity;

  private NodeAssembly(NodeConfig config, Function<Path, DiskGauge> gauges) {
    this.config = config;
    this.gauges = gauges;
    this.options = NodeOptions.parse(config.options());
    HostPort listen = FirstStart.parse(config.listen().isEmpty() ? "127.0.0.1:0" : config.listen());
    TlsFiles files = config.tls() == null ? options.tls() : config.tls();
    Tls tls = TlsSetup.load(files, NodeStartException::new);
    try {
      this.folder = closing.add("the store's folder", FirstStart.folder(config.data()));
      this.threads =
          closing.add("threads", new NodeThreads(options.loops(), failure::onTaskFailure));
      this.transport = closing.add("the network", listen(listen, tls));
      this.book = new AddressBook(config.data(), this::onAddress);
      this.instance = FirstStart.instance(config.data());
      this.identity = FirstStart.identity(folder, config.join(), transport.client());
      EventLoop control = threads.control();
      this.placement =
          new PlacementClient(book, config.join(), local, this::request, control, clock);
      this.oracle = new OracleClient(placement, clock);
      join();
      this.store = bringUp();
    } catch (RuntimeException | Error failed) {
      closing.close();
      throw failed;
    }
  }

  /// @param gauges the gauge of the disk that a folder is on
  static NodeAssembly start(NodeConfig config, Function<Path, DiskGauge> gauges) {
    try {
      return new NodeAssembly(config, gauges);
    } catch (StorageException damaged) {
      throw new StoreOpenException(String.valueOf(damaged.getMessage()), damaged);
    }
  }

  private Transport listen(HostPort listen, @Nullable Tls tls) {
    try {
      return Transport.open(threads.netty(), listen, NodeParts.limits(options), tls);
    } catch (TransportException taken) {
      throw new NodeStartException(String.valueOf(taken.getMessage()), taken);
    }
  }

  private void onAddress(StoreId store, String address) {
    transport.setAddress(store, FirstStart.parse(address));
  }

  private void request(
      String address, byte service, byte[] body, long deadlineNanos, ResponseHandler handler) {
    transport.client().request(HostPort.parse(address), service, body, deadlineNanos, handler);
  }

  private void join() {
    if (identity.isAssigned()) {
      return;
    }
    PlacementReply.Registered registered = FirstStart.register(placement, self(null).request());
    book.learn(PlacementLookup.byStore(registered.stores()));
    identity = new StoreIdentity(identity.clusterId(), registered.store());
  }

  private Store bringUp() {
    DiskParts room = new DiskParts(folder.path(), options, gauges, store(), clock);
    RocksDisk disk =
        closing.add("the databases", room.open(() -> NodeParts.disk(folder, options, random)));
    closing.add("the threads that use the databases", threads::closeStages);
    closing.add("the network", transport);
    NodeParts.Machines machines = machines(disk, room.disk());
    Store made = new Store(environment(disk, room.disk(), machines));
    events.listen(new StoreWatch(made, placement, failure, threads.control(), clock));
    if (!folder.identity().isAssigned()) {
      beginFirstTime(made, disk);
    }
    made.start();
    closing.add("the store", () -> stop(made));
    closing.add("the collection of old versions", machines::stop);
    room.start(disk, made, threads, closing);
    local.up(store(), made);
    book.learn(Map.of(store(), address()));
    serve(made, machines, room.disk());
    return made;
  }

  private NodeParts.Machines machines(RocksDisk disk, WriteRoom room) {
    return new NodeParts.Machines(
        threads,
        disk.state(),
        oracle,
        room,
        NodeParts.placement(
            cluster(),
            options,
            disk.state(),
            threads.storeLoops().getFirst(),
            threads.readers().getFirst(),
            clock,
            events));
  }

  private void beginFirstTime(Store made, RocksDisk disk) {
    if (NodeParts.isFounder(store())) {
      FirstStart.bootstrap(made);
    } else {
      FirstStart.requireEmptyForJoining(folder, !disk.state().load().isEmpty());
    }
    folder.assign(cluster(), store());
  }

  private StoreEnvironment environment(RocksDisk disk, DiskRoom room, NodeParts.Machines machines) {
    return new StoreEnvironment(
        store(),
        threads.storeLoops(),
        threads.log(),
        threads.apply(),
        threads.readers().getLast(),
        threads.bulk(),
        clock,
        random.fork("store"),
        disk.log(),
        disk.state(),
        disk.snapshots(),
        room,
        transport.peers(),
        events,
        machines,
        NodeParts.store(options));
  }

  /// Lets the fleet in, and tells it that this store is here.
  private void serve(Store made, NodeParts.Machines machines, StoreDisk disk) {
    EventLoop control = threads.control();
    StoreReporter reporter =
        new StoreReporter(
            new StoreReporter.Self(store(), address()),
            new StoreReporter.Ports(made, placement, book, disk, control, clock),
            reportsOwner(machines));
    Introductions introductions =
        new Introductions(
            new Introductions.Self(cluster(), store(), address()),
            config.join(),
            book,
            this::request,
            control,
            clock);
    Registration registration =
        new Registration(self(store()), placement, book, failure, control, clock);
    transport.start(
        new Identity(cluster(), store().value()),
        made,
        new Requests(made, reporter::reportNow, introductions::serve, book::all));
    closing.add("introductions", () -> control.execute(introductions::end));
    closing.add("reports", () -> control.execute(reporter::stop));
    control.execute(introductions::begin);
    control.execute(() ->
        registration.begin(() -> {
          introductions.end();
          reporter.start();
        }));
  }

  private StoreReporter.Owner reportsOwner(NodeParts.Machines machines) {
    return new StoreReporter.Owner() {
      @Override
      public void onSafePoint(Timestamp safePoint) {
        machines.onSafePoint(safePoint);
      }

      @Override
      public void onInstructed(Instruction instruction, AdminOutcome outcome) {
        NodeEvents.onInstructed(instruction, outcome);
      }
    };
  }

  private Registration.Self self(@Nullable StoreId id) {
    return new Registration.Self(cluster(), instance, address(), options.durability(), id);
  }

  /// Who is told when the node cannot go on; must not block.
  void onFailure(Runnable listener) {
    failure.listen(listener);
  }

  String failure() {
    return failure.reason();
  }

  StoreId store() {
    StoreId id = identity.storeId();
    if (id == null) {
      throw new IllegalStateException("the store has no id yet");
    }
    return id;
  }

  String cluster() {
    String cluster = identity.clusterId();
    if (cluster == null) {
      throw new IllegalStateException("the store has no cluster yet");
    }
    return cluster;
  }

  String address() {
    return transport.address().toString();
  }

  /// An engine over this node: its own store without the network, all others through it.
  Engine engine(Duration deadline, Runnable onClose) {
    Router router =
        new Router(
            new Router.Ports(
                new LocalFirstChannel(
                    store(),
                    store::serve,
                    new RemoteChannel(transport::addressOf, transport.client()),
                    clock),
                new PlacementLookup(placement, clock),
                oracle.forSnapshots(),
                oracle.forHolds(),
                threads.control(),
                clock,
                random.fork("router")),
            RouteOptions.DEFAULT);
    closing.add("requests", router::close);
    return new BlockingEngine(
        router, deadline, within -> new FleetView(placement, within), onClose);
  }

  private static void stop(Store store) {
    CountDownLatch done = new CountDownLatch(1);
    store.stop(done::countDown);
    try {
      if (!done.await(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        LOG.warn(
            "the store did not stop within {} s; what it acknowledged is durable",
            STOP_SECONDS_MAX);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// What closing still waits for after it gave up waiting; empty: nothing.
  String hanging() {
    return closing.hanging();
  }

  /// Returns when everything is closed, or after a bound; see [Closing].
  @Override
  public void close() {
    closing.close();
  }
}
