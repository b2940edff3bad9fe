package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.StoreOpenException;
import io.flotilla.engine.TlsFiles;
import io.flotilla.engine.rocks.RocksDisk;
import io.flotilla.engine.rocks.StoreFolder;
import io.flotilla.engine.rocks.StoreIdentity;
import io.flotilla.engine.route.BlockingEngine;
import io.flotilla.engine.route.Router;
import io.flotilla.engine.route.Waiting;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StorageException;
import io.flotilla.store.Store;
import io.flotilla.transport.Transport;
import io.flotilla.transport.TransportException;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.tls.Tls;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
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
  private final Clock clock = new SystemClock();
  private final NodeEvents events = new NodeEvents();
  private final RandomSource random = new RandomSource(new SecureRandom().nextLong());
  private final Function<Path, DiskGauge> gauges;
  private final NodeOptions options;
  private final NodeThreads threads;
  private final StoreFolder folder;
  private final Transport transport;
  private final AddressBook book;
  private final NodeCore core;
  private StoreIdentity identity;

  private NodeAssembly(NodeConfig config, Function<Path, DiskGauge> gauges) {
    this.gauges = gauges;
    this.options = NodeOptions.parse(config.options());
    HostPort listen = FirstStart.parse(config.listen().isEmpty() ? "127.0.0.1:0" : config.listen());
    HostPort advertised = FirstStart.advertised(config.advertise(), listen);
    TlsFiles files = config.tls() == null ? options.tls() : config.tls();
    Tls tls = TlsSetup.load(files, NodeStartException::new);
    try {
      this.folder = closing.add("the store's folder", FirstStart.folder(config.data()));
      this.threads =
          closing.add("threads", new NodeThreads(options.loops(), failure::onTaskFailure));
      this.transport = closing.add("the network", listen(listen, tls));
      this.book = new AddressBook(config.data(), this::onAddress);
      String instance = FirstStart.instance(config.data());
      this.identity = FirstStart.identity(folder, config.join(), transport.client());
      this.core =
          new NodeCore(
              new NodeEnvironment(
                  options,
                  NodeParts.store(options),
                  QueueLimits.DEFAULT,
                  instance,
                  config.join(),
                  threads.loops(),
                  clock,
                  random,
                  new TransportNetwork(transport, advertised),
                  book,
                  events,
                  failure));
      join();
      bringUp();
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

  private void join() {
    if (identity.isAssigned()) {
      return;
    }
    PlacementReply.Registered registered =
        FirstStart.register(core.placement(), core.self(cluster(), null).request());
    book.learn(PlacementLookup.byStore(registered.stores()));
    identity = new StoreIdentity(identity.clusterId(), registered.store());
  }

  private void bringUp() {
    DiskParts room = new DiskParts(folder.path(), options, gauges, store(), clock);
    RocksDisk disk =
        closing.add("the databases", room.open(() -> NodeParts.disk(folder, options, random)));
    closing.add("the threads that use the databases", threads::closeStages);
    closing.add("the network", transport);
    Store store =
        core.make(
            new NodeCore.Member(cluster(), store()),
            new NodeDisk(disk.log(), disk.state(), disk.snapshots(), room.disk()));
    if (!folder.identity().isAssigned()) {
      beginFirstTime(store, disk);
    }
    core.start();
    closing.add("the store", () -> stop(store));
    room.start(disk, store, threads, closing);
    closing.add("reports, introductions, the collection of old versions", core::stopServing);
  }

  private void beginFirstTime(Store made, RocksDisk disk) {
    if (NodeParts.isFounder(store())) {
      FirstStart.bootstrap(made);
    } else {
      FirstStart.requireEmptyForJoining(folder, !disk.state().load().isEmpty());
    }
    folder.assign(cluster(), store());
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
    Router router = core.router("router");
    closing.add("requests", router::close);
    return new BlockingEngine(
        router,
        deadline,
        within -> new FleetView(core.placement(), within, clock, Waiting.THREAD),
        onClose);
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
