package io.flotilla.sim.process;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Nodes as processes on loopback, each behind a [Proxy] by which all others call it.
final class ProcessFleet implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(90);

  private static final int PROXY = 10;

  private final Setup setup;
  private final Path folder;
  private final Links links;
  private final Origins origins = new Origins();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<Proxy> proxies = new ArrayList<>();
  private final Thread atExit = new Thread(() -> nodes.forEach(NodeProcess::endNow));

  /// How a fleet is set up.
  ///
  /// @param launcher the command `flotilla`
  /// @param folder for data and logs; empty
  /// @param port of the first node; node `n` listens at `port + n`, its proxy ten above that
  /// @param proxied false: everybody calls the nodes themselves
  /// @param options of every node, by their names in the configuration file
  record Setup(
      Path launcher,
      Path folder,
      int port,
      int size,
      boolean proxied,
      Map<String, String> options) {}

  ProcessFleet(Setup setup) throws IOException {
    this.setup = setup;
    this.folder = setup.folder();
    this.links = new Links(setup.size());
    Runtime.getRuntime().addShutdownHook(atExit);
    Path config = folder.resolve("node.properties");
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(setup.options())
        .forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    Files.writeString(config, lines);
    for (int node = 1; node <= setup.size(); node++) {
      if (setup.proxied()) {
        InetSocketAddress target = new InetSocketAddress("127.0.0.1", setup.port() + node);
        proxies.add(new Proxy(node, setup.port() + PROXY + node, target, links, origins));
      }
      nodes.add(new NodeProcess(command(setup, config, node), log(node)));
    }
  }

  private static List<String> command(Setup setup, Path config, int node) {
    List<String> command = new ArrayList<>();
    command.add(setup.launcher().toString());
    command.add("start");
    command.addAll(List.of("--data", data(setup.folder(), node).toString()));
    command.addAll(List.of("--listen", "127.0.0.1:" + (setup.port() + node)));
    command.addAll(List.of("--config", config.toString()));
    if (setup.proxied()) {
      command.addAll(List.of("--advertise", "127.0.0.1:" + (setup.port() + PROXY + node)));
    }
    return command;
  }

  private static Path data(Path folder, int node) {
    return folder.resolve("data-" + node);
  }

  Path log(int node) {
    return folder.resolve("node-" + node + ".log");
  }

  /// The folders of all stores.
  List<Path> stores() {
    List<Path> folders = new ArrayList<>();
    for (int node = 1; node <= size(); node++) {
      folders.add(data(folder, node));
    }
    return folders;
  }

  int size() {
    return nodes.size();
  }

  Links links() {
    return links;
  }

  NodeProcess node(int node) {
    return nodes.get(node - 1);
  }

  /// What everybody calls a node.
  String address(int node) {
    return "127.0.0.1:" + (setup.port() + (setup.proxied() ? PROXY : 0) + node);
  }

  /// By its address: ids are given in the order of joining, which is not sure to be ours.
  int nodeOf(Engine engine, StoreId store) {
    String address =
        engine.fleet().stores().stream()
            .filter(each -> each.id().equals(store))
            .findFirst()
            .orElseThrow()
            .address();
    for (int node = 1; node <= size(); node++) {
      if (address(node).equals(address)) {
        return node;
      }
    }
    throw new IllegalStateException("no node of ours is at " + address);
  }

  /// Starts all nodes and waits until every range has a replica on each.
  void start() throws IOException {
    List<String> join = List.of("--join", address(1));
    for (int node = 1; node <= size(); node++) {
      origins.set(node, node(node).start(node == 1 ? List.of() : join));
      awaitReady(node, 0);
    }
    try (Engine engine = connect(Duration.ofSeconds(5))) {
      String complaint = awaitWell(engine, START_MAX);
      if (complaint != null) {
        throw new IOException("the fleet did not start: " + complaint + "; logs in " + folder);
      }
    }
  }

  /// A client of the fleet.
  ///
  /// @param deadline of its calls
  Engine connect(Duration deadline) {
    List<String> addresses = new ArrayList<>();
    for (int node = 1; node <= size(); node++) {
      addresses.add(address(node));
    }
    return Engine.connect(String.join(",", addresses), new EngineOptions(deadline));
  }

  /// @param before how often it was ready before
  private void awaitReady(int node, int before) throws IOException {
    long end = System.nanoTime() + START_MAX.toNanos();
    while (timesReady(node) <= before) {
      if (System.nanoTime() - end > 0 || node(node).hasEndedByItself()) {
        throw new IOException("node " + node + " did not start; its log is " + log(node));
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  private int timesReady(int node) throws IOException {
    return Files.readString(log(node)).split("ready in", -1).length - 1;
  }

  /// Starts a node that has been a member before.
  void restart(int node) throws IOException {
    origins.set(node, node(node).start(List.of()));
  }

  /// The same, and waits until it serves. The placement driver would call it up for ten seconds
  /// after its end.
  void restartAndAwait(int node) throws IOException {
    int before = timesReady(node);
    restart(node);
    awaitReady(node, before);
  }

  /// Breaks the connections that two parties have with each other.
  void reset(int a, int b) {
    if (b >= 1 && b <= proxies.size()) {
      proxies.get(b - 1).reset(a);
    }
    if (a >= 1 && a <= proxies.size()) {
      proxies.get(a - 1).reset(b);
    }
  }

  /// The nodes that ended by themselves.
  List<Integer> ended() {
    List<Integer> ended = new ArrayList<>();
    for (int node = 1; node <= size(); node++) {
      if (node(node).hasEndedByItself()) {
        ended.add(node);
      }
    }
    return ended;
  }

  /// Waits until every range has a leader and a voter on each node and every store is up; returns
  /// what is missing if that takes longer than `most`, else null.
  @Nullable String awaitWell(Engine engine, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      String complaint = complaint(engine);
      if (complaint == null || System.nanoTime() - end > 0) {
        return complaint;
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private @Nullable String complaint(Engine engine) {
    try {
      List<StoreStatus> stores = engine.fleet().stores();
      for (StoreStatus store : stores) {
        if (store.state() != StoreStatus.State.UP) {
          return "store " + store.id() + " is " + store.state();
        }
      }
      List<RangeStatus> ranges = engine.fleet().ranges();
      for (RangeStatus range : ranges) {
        boolean voters =
            range.descriptor().replicas().size() == size()
                && range.descriptor().replicas().stream()
                    .allMatch(replica -> replica.kind() == ReplicaKind.VOTER);
        if (range.leader() == null || !voters) {
          return "range without a leader or a voter on each store: " + range;
        }
      }
      return stores.size() == size() && ranges.size() >= 2 ? null : "not all stores are here";
    } catch (EngineException failed) {
      return String.valueOf(failed.getMessage());
    }
  }

  /// Ends everything at once.
  @Override
  public void close() throws IOException {
    nodes.forEach(NodeProcess::endNow);
    for (Proxy proxy : proxies) {
      proxy.close();
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
