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
import org.jspecify.annotations.Nullable;

/// Nodes as processes of this machine: started one after the other, stopped together. A signal may
/// end the fleet from another thread, even while it starts: whoever is started is known before
/// anything else happens, and nobody is started once it ends.
final class LocalFleet {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration SIZES_PATIENCE = Duration.ofSeconds(4);
  private static final Duration POLL = Duration.ofMillis(50);

  private final List<ChildNode> nodes = new ArrayList<>();
  private @Nullable Process helper;
  private boolean isEnding;

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
    begin(new ChildNode.Plan(before.size() + 1, folder, listen, join, jvm)).awaitReady();
  }

  /// Starts a node anew that has ended.
  void restart(Path folder, int number) {
    String listen = node(number).address();
    begin(new ChildNode.Plan(number, folder, listen, null, List.of())).awaitReady();
  }

  private synchronized ChildNode begin(ChildNode.Plan plan) {
    requireNotEnding();
    ChildNode node = ChildNode.start(plan);
    if (plan.number() > nodes.size()) {
      nodes.add(node);
    } else {
      nodes.set(plan.number() - 1, node);
    }
    return node;
  }

  /// Starts a program beside the nodes that ends with them at the latest; one at a time.
  synchronized Process startHelper(ProcessBuilder program) throws IOException {
    requireNotEnding();
    Process started = program.start();
    helper = started;
    return started;
  }

  private void requireNotEnding() {
    if (isEnding) {
      throw new CommandFailure("the nodes are being stopped");
    }
  }

  /// The node of this number, from 1 on.
  ChildNode node(int number) {
    return nodes().get(number - 1);
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

  /// Throws unless all nodes run but those that were told to end.
  void requireAlive() {
    for (ChildNode node : nodes()) {
      if (node.hasEndedByItself()) {
        throw new CommandFailure(
            "node %d ended by itself: %s".formatted(node.number(), node.lastLine()));
      }
    }
  }

  /// Waits until all stores are there and all ranges have the replicas they want.
  void awaitReplicated(Engine engine) {
    long started = System.nanoTime();
    FleetStatus status = engine.fleet().status();
    while (!isComplete(status)) {
      requireAlive();
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

  /// Lets all nodes stop in order.
  void stop() {
    List<ChildNode> all = end();
    all.forEach(ChildNode::stop);
    all.forEach(ChildNode::awaitStop);
  }

  /// `kill -9` for all nodes.
  void kill() {
    List<ChildNode> all = end();
    all.forEach(ChildNode::kill);
    all.forEach(ChildNode::awaitStop);
  }

  private synchronized List<ChildNode> end() {
    isEnding = true;
    if (helper != null) {
      helper.destroyForcibly();
    }
    return List.copyOf(nodes);
  }
}
