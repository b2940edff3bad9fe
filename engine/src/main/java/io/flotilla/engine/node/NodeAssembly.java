package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.StoreOpenException;
import io.flotilla.engine.rocks.RocksDisk;
import io.flotilla.engine.rocks.StoreFolder;
import io.flotilla.engine.rocks.StoreIdentity;
import io.flotilla.engine.route.BlockingEngine;
import io.flotilla.engine.route.LocalFirstChannel;
import io.flotilla.engine.route.RouteOptions;
import io.flotilla.engine.route.Router;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.spi.Clock;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StorageException;
import io.flotilla.store.Store;
import io.flotilla.store.StoreEnvironment;
import io.flotilla.store.StoreEvent;
import io.flotilla.transport.Transport;
import io.flotilla.transport.TransportException;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything of one node, put together in the order in which it has to come up, and taken apart in
/// the reverse one.
final class NodeAssembly implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");
  private static final String VERSION = "0.1.0";
  private static final long STOP_SECONDS_MAX = 15;
  private static final long FATE_NANOS_MAX = 5_000_000_000L;
  private static final long REGISTER_NANOS_MAX = 30_000_000_000L;

  private final Closing closing = new Closing();
  private final Clock clock = new SystemClock();
  private final NodeEvents events = new NodeEvents();
  private final RandomSource random = new RandomSource(new SecureRandom().nextLong());
  private final NodeOptions options;
  private final NodeThreads threads;
  private final StoreFolder folder;
  private final Transport transport;
  private final AddressBook book;
  private final PlacementClient placement;
  private final OracleClient oracle;
  private final String instance;
  private StoreIdentity identity;
  private @Nullable Store running;
  private Runnable failureListener = () -> {};
  private volatile String failure = "";

  private NodeAssembly(NodeConfig config) {
    this.options = NodeOptions.parse(config.options());
    HostPort listen = FirstStart.parse(config.listen().isEmpty() ? "127.0.0.1:0" : config.listen());
    try {
      this.folder = closing.add(open(config));
      this.threads = closing.add(new NodeThreads(options.loops(), NodeAssembly::onTaskFailure));
      this.transport = closing.add(listen(listen));
      this.book = new AddressBook(config.data(), this::onAddress);
      this.instance = FirstStart.instance(config.data());
      this.identity = identityFor(config);
      this.placement =
          new PlacementClient(
              book,
              config.join(),
              new LocalPlacement(),
              (address, service, body, deadlineNanos, handler) ->
                  transport
                      .client()
                      .request(HostPort.parse(address), service, body, deadlineNanos, handler),
              threads.control(),
              clock);
      this.oracle = new OracleClient(placement, clock);
      join(config);
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

  // Coming up
  // --------------------------------------------------------------------------------------

  private static StoreFolder open(NodeConfig config) {
    return StoreFolder.isStore(config.data())
        ? StoreFolder.open(config.data())
        : StoreFolder.create(config.data(), StoreIdentity.UNASSIGNED);
  }

  private Transport listen(HostPort listen) {
    try {
      return Transport.open(threads.netty(), listen, NodeParts.limits(options));
    } catch (TransportException taken) {
      throw new NodeStartException(String.valueOf(taken.getMessage()), taken);
    }
  }

  private void onAddress(StoreId store, String address) {
    transport.setAddress(store, FirstStart.parse(address));
  }

  /// Who this node is, or will be: a store that joins learns its id in [#join].
  private StoreIdentity identityFor(NodeConfig config) {
    StoreIdentity found = folder.identity();
    if (config.join().isEmpty()) {
      return found.isAssigned() ? found : FirstStart.founding();
    }
    String cluster;
    try {
      cluster = FirstStart.clusterAt(config.join(), transport.client());
    } catch (NodeStartException unreachable) {
      if (found.isAssigned()) {
        LOG.warn("{}; going on, since this store is a member already", unreachable.getMessage());
        return found;
      }
      throw unreachable;
    }
    folder.requireCluster(cluster);
    return found.isAssigned() ? found : new StoreIdentity(cluster, null);
  }

  private void join(NodeConfig config) {
    if (identity.isAssigned()) {
      return;
    }
    PlacementReply.Registered registered =
        FirstStart.register(placement, registration(config.data().toString(), null));
    book.learn(PlacementLookup.byStore(registered.stores()));
    identity = new StoreIdentity(identity.clusterId(), registered.store());
  }

  private void bringUp() {
    RocksDisk disk = closing.add(NodeParts.disk(folder, options, random));
    boolean first = !folder.identity().isAssigned();
    NodeParts.Machines machines =
        new NodeParts.Machines(
            threads,
            disk.state(),
            oracle,
            options,
            NodeParts.placement(
                cluster(),
                options,
                disk.state(),
                threads.storeLoops().getFirst(),
                threads.readers().getFirst(),
                clock,
                events));
    Store store = new Store(environment(disk, machines));
    running = store;
    events.listen(this::onEvent);
    if (first) {
      if (NodeParts.isFounder(store())) {
        FirstStart.bootstrap(store);
      } else {
        FirstStart.requireEmptyForJoining(folder, !disk.state().load().isEmpty());
      }
      folder.assign(cluster(), store());
    }
    store.start();
    closing.add(() -> stop(store));
    closing.add(machines::stop);
    StoreReporter reporter = reporter(store);
    transport.start(
        new Identity(cluster(), store().value()),
        store,
        new Requests(store, reporter::reportNow));
    book.learn(java.util.Map.of(store(), address()));
    startReporting(reporter);
  }

  private StoreEnvironment environment(RocksDisk disk, NodeParts.Machines machines) {
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
        transport.peers(),
        events,
        machines,
        NodeParts.store(options));
  }

  private StoreReporter reporter(Store store) {
    return new StoreReporter(
        new StoreReporter.Self(store(), address()),
        store,
        placement,
        book,
        threads.control(),
        clock,
        () -> NodeParts.freeBytes(folder),
        NodeAssembly::onInstructed);
  }

  private void startReporting(StoreReporter reporter) {
    threads.control().execute(() -> register(reporter::start));
    closing.add(() -> threads.control().execute(reporter::stop));
  }

  /// Tells the fleet that this store is here and where; goes on until somebody has heard it.
  private void register(Runnable then) {
    placement.call(
        registration("", store()),
        clock.nanos() + REGISTER_NANOS_MAX,
        outcome -> threads.control().execute(() -> registered(outcome, then)));
  }

  private void registered(PlacementClient.Outcome outcome, Runnable then) {
    switch (outcome) {
      case PlacementClient.Outcome.Replied(PlacementReply.Registered done) -> {
        book.learn(PlacementLookup.byStore(done.stores()));
        then.run();
      }
      case PlacementClient.Outcome.Replied(PlacementReply.Rejected(var reason, var message))
          when reason != PlacementReply.Reason.OUTCOME_UNKNOWN ->
          fail("the fleet turned this store away: " + message);
      default -> {
        LOG.warn("not registered yet: {}", OracleClient.reasonOf(outcome));
        register(then);
      }
    }
  }

  private PlacementRequest.RegisterStore registration(String folderName, @Nullable StoreId id) {
    LOG.debug("registering {} {}", folderName, id);
    return new PlacementRequest.RegisterStore(
        cluster(), instance, address(), List.of(), VERSION, options.durability(), id);
  }

  // While it runs
  // ----------------------------------------------------------------------------------

  private final class LocalPlacement implements PlacementClient.Local {
    @Override
    public StoreId store() {
      StoreId id = identity.storeId();
      return id == null ? FirstStart.FOUNDER : id;
    }

    @Override
    public void ask(PlacementRequest request, Consumer<PlacementAnswer> onAnswer) {
      Store store = running;
      if (store == null) {
        onAnswer.accept(
            new PlacementAnswer.Refused(
                new io.flotilla.replica.Refusal.NoReplica(RangeDescriptor.PLACEMENT)));
      } else {
        store.serve(RangeDescriptor.PLACEMENT, new LocalPlacementCall(request, onAnswer));
      }
    }
  }

  private void onEvent(StoreEvent event) {
    switch (event) {
      case StoreEvent.StoreFailed(_, var cause) -> fail("the store failed: " + cause);
      case StoreEvent.LeaderMissing missing -> threads.control().execute(() -> askFate(missing));
      default -> {}
    }
  }

  private void askFate(StoreEvent.LeaderMissing missing) {
    placement.call(
        new PlacementRequest.ReplicaFate(missing.range(), missing.peer(), missing.generation()),
        clock.nanos() + FATE_NANOS_MAX,
        outcome -> {
          Store store = running;
          if (store != null
              && outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Fate fate)
              && fate.membership() == PlacementReply.Membership.GONE
              && fate.newest() != null) {
            store.replicaGone(missing.range(), missing.peer(), fate.newest().generation());
          }
        });
  }

  private static void onInstructed(Instruction instruction, AdminOutcome outcome) {
    if (outcome instanceof AdminOutcome.Done) {
      LOG.info("range {}: done: {}", instruction.range(), instruction.step());
    } else {
      LOG.info("range {}: {}: {}", instruction.range(), instruction.step(), outcome);
    }
  }

  private static void onTaskFailure(Throwable failure) {
    LOG.error("a task of the node failed", failure);
  }

  private void fail(String reason) {
    if (failure.isEmpty()) {
      failure = reason;
      LOG.error("{}; the node stops", reason);
      failureListener.run();
    }
  }

  /// Who is told when the node cannot go on; must not block.
  void onFailure(Runnable listener) {
    failureListener = listener;
    if (!failure.isEmpty()) {
      listener.run();
    }
  }

  String failure() {
    return failure;
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
    Store store = running;
    if (store == null) {
      throw new IllegalStateException("the node is not up");
    }
    Router router =
        new Router(
            new Router.Ports(
                new LocalFirstChannel(
                    store(),
                    store::serve,
                    new RemoteChannel(transport::addressOf, transport.client())),
                new PlacementLookup(placement, book, clock),
                oracle.forSnapshots(),
                threads.control(),
                clock,
                random.fork("router")),
            RouteOptions.DEFAULT);
    return new BlockingEngine(
        router, deadline, within -> new FleetView(placement, within), onClose);
  }

  // Going down
  // -------------------------------------------------------------------------------------

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

  /// What has come up so far, closed in the reverse order, once.
  private static final class Closing implements AutoCloseable {
    private final java.util.ArrayDeque<AutoCloseable> parts = new java.util.ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    synchronized <T extends AutoCloseable> T add(T part) {
      parts.push(part);
      return part;
    }

    @Override
    public synchronized void close() {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      for (AutoCloseable part : parts) {
        try {
          part.close();
        } catch (Exception failed) {
          LOG.warn("closing {} failed", part.getClass().getSimpleName(), failed);
        }
      }
    }
  }
}
