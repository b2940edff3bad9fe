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
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StorageException;
import io.flotilla.store.Store;
import io.flotilla.transport.Transport;
import io.flotilla.transport.TransportException;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.tls.Tls;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
   *   4. the threads that use the databases: a read that runs on would crash in a closed one;
   *   5. the databases, 6. the network, 7. its threads, 8. the folder's lock.
   */
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");
  private static final long STOP_SECONDS_MAX = 15;

  private final Closing closing = new Closing();
  private final NodeFailure failure = new NodeFailure();
  private final Clock clock = new SystemClock();
  private final NodeEvents events = new NodeEvents();
  private final RandomSource random = new RandomSource(new SecureRandom().nextLong());
  private final NodeOptions options;
  private final NodeThreads threads;
  private final StoreFolder folder;
  private final Transport transport;
  private final AddressBook book;
  private final NodeCore core;
  private StoreIdentity identity;

  private NodeAssembly(NodeConfig config) {
    this.options = NodeOptions.parse(config.options());
    HostPort listen = FirstStart.parse(config.listen().isEmpty() ? "127.0.0.1:0" : config.listen());
    TlsFiles files = config.tls() == null ? options.tls() : config.tls();
    Tls tls = TlsSetup.load(files, NodeStartException::new);
    try {
      this.folder = closing.add(FirstStart.folder(config.data()));
      this.threads = closing.add(new NodeThreads(options.loops(), failure::onTaskFailure));
      this.transport = closing.add(listen(listen, tls));
      this.book = new AddressBook(config.data(), this::onAddress);
      String instance = FirstStart.instance(config.data());
      this.identity = FirstStart.identity(folder, config.join(), transport.client());
      this.core =
          new NodeCore(
              new NodeEnvironment(
                  options,
                  instance,
                  config.join(),
                  threads.loops(),
                  clock,
                  random,
                  new TransportNetwork(transport),
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

  static NodeAssembly start(NodeConfig config) {
    try {
      return new NodeAssembly(config);
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
    RocksDisk disk = closing.add(NodeParts.disk(folder, options, random));
    closing.add(threads::closeStages);
    Store store =
        core.make(
            new NodeCore.Member(cluster(), store()),
            new NodeDisk(
                disk.log(), disk.state(), disk.snapshots(), () -> NodeParts.freeBytes(folder)));
    if (!folder.identity().isAssigned()) {
      beginFirstTime(store, disk);
    }
    core.start();
    closing.add(() -> stop(store));
    closing.add(core::stopServing);
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
    closing.add(router::close);
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

  @Override
  public void close() {
    closing.close();
  }
}
