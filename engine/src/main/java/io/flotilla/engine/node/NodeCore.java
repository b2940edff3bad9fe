package io.flotilla.engine.node;

import io.flotilla.engine.mvcc.KvMachines;
import io.flotilla.engine.route.LocalFirstChannel;
import io.flotilla.engine.route.RouteOptions;
import io.flotilla.engine.route.Router;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.Instruction;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.spi.EventLoop;
import io.flotilla.store.Store;
import io.flotilla.store.StoreEnvironment;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node without its surroundings: the store, its machines, and all that ties it into its fleet.
/// The same in production and in simulation.
///
/// 1. Make it. From now on [#placement] can be asked, by a store that wants to join.
/// 2. [#make] the store once its id is known, and write what a first start needs.
/// 3. [#start].
/// 4. [#stopServing], then [#stop]; only then may loops and disk end.
final class NodeCore {
  private final NodeEnvironment env;
  private final LocalPlacement local = new LocalPlacement();
  private final PlacementClient placement;
  private final StoreSearch search;
  private final OracleClient oracle;
  private @Nullable Running running;

  private record Running(
      Member member,
      Store store,
      NodeParts.Machines machines,
      StoreReporter reporter,
      Introductions introductions) {}

  /// Which store of which fleet.
  record Member(String cluster, StoreId store) {}

  NodeCore(NodeEnvironment env) {
    this.env = env;
    PlacementClient.Remote remote =
        (address, service, body, deadlineNanos, handler) ->
            env.network().request(HostPort.parse(address), service, body, deadlineNanos, handler);
    this.placement =
        new PlacementClient(
            env.book(), env.seeds(), local, remote, env.loops().control(), env.clock());
    this.search =
        new StoreSearch(env.book(), env.seeds(), remote, env.loops().control(), env.clock());
    this.oracle =
        new OracleClient(
            placement, env.clock(), Long.toHexString(env.random().fork("holder").nextLong()));
  }

  PlacementClient placement() {
    return placement;
  }

  /// What this node says of itself when it registers.
  ///
  /// @param id null: the fleet is to give it one
  Registration.Self self(String cluster, @Nullable StoreId id) {
    return new Registration.Self(
        cluster, env.instance(), address(), env.options().durability(), id);
  }

  private String address() {
    return env.network().address().toString();
  }

  /// Makes the store without starting it.
  Store make(Member member, NodeDisk disk) {
    NodeParts.Machines machines = machines(member, disk);
    Store store = new Store(storeEnvironment(member, disk, machines));
    EventLoop control = env.loops().control();
    env.events().listen(new StoreWatch(store, placement, env.failure(), control, env.clock()));
    StoreReporter reporter = reporter(member, store, disk, machines);
    running = new Running(member, store, machines, reporter, introductions(member));
    return store;
  }

  private NodeParts.Machines machines(Member member, NodeDisk disk) {
    NodeLoops loops = env.loops();
    return new NodeParts.Machines(
        loops,
        disk.state(),
        oracle,
        disk.room(),
        env.queues(),
        NodeParts.placement(
            member.cluster(),
            env.options(),
            disk.state(),
            loops.store().getFirst(),
            loops.readers().getFirst(),
            env.clock(),
            env.events()));
  }

  private StoreEnvironment storeEnvironment(
      Member member, NodeDisk disk, NodeParts.Machines machines) {
    NodeLoops loops = env.loops();
    return new StoreEnvironment(
        member.store(),
        loops.store(),
        loops.log(),
        loops.apply(),
        loops.readers().getLast(),
        loops.bulk(),
        env.clock(),
        env.random().fork("store"),
        disk.log(),
        disk.state(),
        disk.snapshots(),
        disk.room(),
        env.network().peers(),
        env.events(),
        machines,
        env.store());
  }

  private StoreReporter reporter(
      Member member, Store store, NodeDisk disk, NodeParts.Machines machines) {
    return new StoreReporter(
        new StoreReporter.Self(member.store(), address()),
        new StoreReporter.Ports(
            store, placement, env.book(), env.loops().control(), env.clock(), disk.room()),
        new StoreReporter.Owner() {
          @Override
          public void onSafePoint(Timestamp safePoint) {
            machines.onSafePoint(safePoint);
          }

          @Override
          public void onInstructed(Instruction instruction, AdminOutcome outcome) {
            NodeEvents.onInstructed(instruction, outcome);
          }
        });
  }

  private Introductions introductions(Member member) {
    return new Introductions(
        new Introductions.Self(member.cluster(), member.store(), address()),
        env.seeds(),
        env.book(),
        (address, service, body, deadlineNanos, handler) ->
            env.network().request(HostPort.parse(address), service, body, deadlineNanos, handler),
        env.loops().control(),
        env.clock());
  }

  /// Starts the store, lets the fleet in, and tells it that this store is here. Blocks.
  void start() {
    Running all = running();
    all.store.start();
    Member member = all.member;
    local.up(member.store(), all.store);
    env.book().learn(Map.of(member.store(), address()));
    EventLoop control = env.loops().control();
    Registration registration =
        new Registration(
            self(member.cluster(), member.store()),
            placement,
            env.book(),
            env.failure(),
            control,
            env.clock());
    env.network()
        .start(
            new Identity(member.cluster(), member.store().value()),
            all.store,
            new Requests(
                all.store, all.reporter::reportNow, all.introductions::serve, env.book()::all));
    control.execute(all.introductions::begin);
    control.execute(() ->
        registration.begin(() -> {
          all.introductions.onRegistered();
          all.reporter.start();
        }));
  }

  /// A router over this node: its own store without the network, all others through it. To be
  /// closed before the node is stopped.
  Router router(String purpose) {
    Running all = running();
    return new Router(
        new Router.Ports(
            new LocalFirstChannel(
                all.member.store(),
                all.store::serve,
                new RemoteChannel(this::addressOf, env.network()::request, env.clock()),
                env.clock()),
            new PlacementLookup(placement, search, env.loops().control(), env.clock()),
            oracle.forSnapshots(),
            oracle.forHolds(),
            env.loops().control(),
            env.clock(),
            env.random().fork(purpose)),
        RouteOptions.DEFAULT);
  }

  private @Nullable HostPort addressOf(StoreId store) {
    return env.book().hostPortOf(store);
  }

  /// Ends reports, introductions and the collection of old versions.
  void stopServing() {
    Running all = running();
    EventLoop control = env.loops().control();
    control.execute(all.reporter::stop);
    control.execute(all.introductions::end);
    all.machines.stop();
  }

  /// Ends the store: every request is answered, what is in the stages is written. Then runs
  /// `onStopped`.
  void stop(Runnable onStopped) {
    running().store.stop(onStopped);
  }

  Store store() {
    return running().store;
  }

  /// The machines of each loop.
  Collection<KvMachines> machines() {
    return running().machines.all();
  }

  private Running running() {
    Running all = running;
    if (all == null) {
      throw new IllegalStateException("the node has no store yet");
    }
    return all;
  }
}
