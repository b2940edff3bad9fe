package io.flotilla.cli.run;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.term.Human;
import io.flotilla.engine.Engine;
import io.flotilla.engine.admin.FleetStatus;
import io.flotilla.engine.admin.RangeStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Nodes as processes of this machine: started one after the other, stopped together.
final class LocalFleet {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration SIZES_PATIENCE = Duration.ofSeconds(4);
  private static final Duration POLL = Duration.ofMillis(50);

  private final List<ChildNode> nodes = new ArrayList<>();

  /// Starts `count` nodes; node `i` at `firstPort + i` where that port is free, else at any.
  void start(Path folder, int count, int firstPort) {
    for (int i = 0; i < count; i++) {
      startNext(folder, "127.0.0.1:" + freePort(firstPort + i), List.of());
    }
  }

  /// Starts one more; all but the first join the first.
  void startNext(Path folder, String listen, List<String> jvm) {
    List<ChildNode> before = nodes();
    String join = before.isEmpty() ? null : before.getFirst().address();
    add(ChildNode.start(new ChildNode.Plan(before.size() + 1, folder, listen, join, jvm)));
  }

  /// Starts a node anew that has ended.
  void restart(Path folder, int number) {
    String listen = node(number).address();
    ChildNode again = ChildNode.start(new ChildNode.Plan(number, folder, listen, null, List.of()));
    replace(number, again);
  }

  private synchronized void replace(int number, ChildNode node) {
    nodes.set(number - 1, node);
  }

  /// The node of this number, from 1 on.
  ChildNode node(int number) {
    return nodes().get(number - 1);
  }

  // A signal may stop the fleet while it starts, from another thread.
  private synchronized void add(ChildNode node) {
    nodes.add(node);
  }

  synchronized List<ChildNode> nodes() {
    return List.copyOf(nodes);
  }

  private static int freePort(int wanted) {
    try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      return 0;
    }
  }

  /// `host:port,host:port,…`.
  String addresses() {
    return nodes().stream().map(ChildNode::address).collect(Collectors.joining(","));
  }

  /// Waits until all stores are there and all ranges have the replicas they want.
  void awaitReplicated(Engine engine) {
    long started = System.nanoTime();
    FleetStatus status = engine.fleet().status();
    while (!isComplete(status)) {
      Duration waited = Duration.ofNanos(System.nanoTime() - started);
      if (waited.compareTo(PATIENCE) > 0) {
        throw new CommandFailure(
            "after %s there are %d stores up and %d ranges not replicated yet; see %s"
                .formatted(
                    Human.duration(waited),
                    status.storesLive(),
                    status.underReplicated(),
                    nodes().getFirst().log()));
      }
      LockSupport.parkNanos(POLL.toNanos());
      status = engine.fleet().status();
    }
  }

  private boolean isComplete(FleetStatus status) {
    boolean canReplicate = nodes().size() >= status.replicasWanted();
    return status.storesLive() >= nodes().size()
        && status.leaderless() == 0
        && (!canReplicate || status.underReplicated() == 0);
  }

  /// Waits a little for the stores to report how large the ranges are; without that, they show as
  /// empty.
  void awaitSizes(Engine engine) {
    long started = System.nanoTime();
    while (engine.fleet().ranges().stream().anyMatch(LocalFleet::looksEmpty)
        && System.nanoTime() - started < SIZES_PATIENCE.toNanos()) {
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean looksEmpty(RangeStatus range) {
    return !range.descriptor().isPlacement() && range.bytes() == 0;
  }

  void stop() {
    List<ChildNode> all = nodes();
    all.forEach(ChildNode::stop);
    all.forEach(ChildNode::awaitStop);
  }
}
