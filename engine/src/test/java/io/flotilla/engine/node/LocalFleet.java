package io.flotilla.engine.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.rocks.FolderGauge;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.spi.DiskGauge;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Real nodes in this process, on loopback ports that nobody else has.
final class LocalFleet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final Map<String, String> options;
  private final Function<Path, DiskGauge> gauges;
  private final List<Node> nodes = new ArrayList<>();

  LocalFleet(Path folder, Map<String, String> options) {
    this(folder, options, FolderGauge::new);
  }

  /// @param gauges of the nodes' disks
  LocalFleet(Path folder, Map<String, String> options, Function<Path, DiskGauge> gauges) {
    this.folder = folder;
    this.options = options;
    this.gauges = gauges;
  }

  /// Starts the next node: the first one founds the fleet, others join it.
  Node add() {
    List<String> join = nodes.isEmpty() ? List.of() : List.of(nodes.getFirst().address());
    Node node = start(nodes.size(), join);
    nodes.add(node);
    return node;
  }

  /// Starts a node that is not in the list (any more) from its folder.
  Node start(int number, List<String> join) {
    Path data = folder.resolve("node-" + number);
    return Node.start(new NodeConfig(data, "127.0.0.1:0", null, join, options, null), gauges);
  }

  Node node(int number) {
    return nodes.get(number);
  }

  void replace(int number, Node node) {
    nodes.set(number, node);
  }

  /// Waits until every range has so many voters and a leader.
  void awaitReplicas(Engine engine, int voters) {
    await("every range has " + voters + " voters", () -> hasReplicas(engine, voters));
  }

  private static boolean hasReplicas(Engine engine, int voters) {
    List<RangeStatus> ranges = engine.fleet().ranges();
    return ranges.size() >= 2 && ranges.stream().allMatch(range -> hasVoters(range, voters));
  }

  private static boolean hasVoters(RangeStatus range, int voters) {
    return range.leader() != null
        && range.descriptor().replicas().size() == voters
        && range.descriptor().replicas().stream()
            .allMatch(replica -> replica.kind() == ReplicaKind.VOTER);
  }

  static void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    String last = "";
    while (System.nanoTime() - until < 0) {
      try {
        if (condition.getAsBoolean()) {
          return;
        }
      } catch (EngineException e) {
        last = " (" + e.getMessage() + ")";
      }
      LockSupport.parkNanos(100_000_000);
    }
    throw new AssertionError("in vain waited until " + what + last);
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static byte[] key(int number) {
    return bytes(String.format(Locale.ROOT, "k%06d", number));
  }

  static String text(Optional<byte[]> value) {
    return value.map(bytes -> new String(bytes, UTF_8)).orElse("-");
  }

  @Override
  public void close() {
    nodes.reversed().forEach(Node::close);
  }
}
