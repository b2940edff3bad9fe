package io.flotilla.sim.process;

import io.flotilla.spi.RandomSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What befalls the processes and the network between them, drawn from the seed: two threads, one
/// for each, that know nothing of each other.
final class Trouble {
  /*
   * A lease is about half a second long with the default options (10 ticks of 50 ms), a store's
   * promise somewhat more. So pauses are drawn on both sides of that.
   */
  private static final int SHORT_PAUSE_MILLIS = 400;
  private static final int LONG_PAUSE_MILLIS = 4_000;
  private static final int DOWN_MILLIS = 4_000;
  private static final int CUT_MILLIS = 5_000;
  private static final int REST_MILLIS = 6_000;
  private static final int DELAY_MILLIS = 300;

  private final ProcessFleet fleet;
  private final Diary diary;
  private final RandomSource processes;
  private final RandomSource network;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ending;

  /// A kind of trouble, which is over when this returns.
  private interface Act {
    void happen() throws IOException, InterruptedException;
  }

  Trouble(ProcessFleet fleet, long seed, Diary diary) {
    this.fleet = fleet;
    this.diary = diary;
    this.processes = new RandomSource(seed).fork("processes");
    this.network = new RandomSource(seed).fork("network");
  }

  void begin() {
    threads.add(Thread.ofPlatform().start(() -> repeat(processes, this::processTrouble)));
    threads.add(Thread.ofPlatform().start(() -> repeat(network, this::networkTrouble)));
  }

  /// Waits until what has begun is over; then every node runs, and the network is well.
  void end() throws InterruptedException, IOException {
    ending = true;
    for (Thread thread : threads) {
      thread.join();
    }
    fleet.links().healAll();
  }

  private void repeat(RandomSource random, Act act) {
    try {
      while (!ending) {
        rest(random, REST_MILLIS);
        act.happen();
      }
    } catch (IOException | InterruptedException failed) {
      diary.violation("the tool itself failed: " + failed);
    }
  }

  private void rest(RandomSource random, int millisMax) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt(millisMax) + 1);
  }

  // Processes -----------------------------------------------------------------------------------

  private void processTrouble() throws IOException, InterruptedException {
    int node = 1 + processes.nextInt(fleet.size());
    switch (processes.nextInt(10)) {
      case 0, 1 -> killed(List.of(node), DOWN_MILLIS);
      case 2 -> killed(List.of(1, 2, 3), 1_000);
      case 3 -> killed(List.of(node, 1 + node % fleet.size()), DOWN_MILLIS);
      case 4, 5 -> paused(List.of(node), SHORT_PAUSE_MILLIS);
      case 6, 7, 8 -> paused(List.of(node), LONG_PAUSE_MILLIS);
      default -> paused(List.of(node, 1 + node % fleet.size()), LONG_PAUSE_MILLIS);
    }
  }

  private void killed(List<Integer> nodes, int millisMax) throws IOException, InterruptedException {
    diary.happened("kills", "kill -9 " + nodes);
    for (int node : nodes) {
      requireAlive(node);
      fleet.node(node).kill();
    }
    rest(processes, millisMax);
    diary.note("start " + nodes);
    for (int node : nodes) {
      fleet.restart(node);
    }
  }

  private void paused(List<Integer> nodes, int millisMax) throws IOException, InterruptedException {
    diary.happened("pauses", "SIGSTOP " + nodes);
    for (int node : nodes) {
      fleet.node(node).pause();
    }
    rest(processes, millisMax);
    diary.note("SIGCONT " + nodes);
    for (int node : nodes) {
      fleet.node(node).resume();
    }
  }

  private void requireAlive(int node) {
    if (fleet.node(node).hasEndedByItself()) {
      diary.violation("node " + node + " ended by itself; its log: " + fleet.log(node));
    }
  }

  // The network ---------------------------------------------------------------------------------

  private record Way(int from, int to) {}

  private void networkTrouble() throws InterruptedException {
    int node = 1 + network.nextInt(fleet.size());
    int other = 1 + (node - 1 + 1 + network.nextInt(fleet.size() - 1)) % fleet.size();
    switch (network.nextInt(9)) {
      case 0 -> isolated(node);
      case 1 -> cut("from " + node + " to other nodes", toOthers(node));
      case 2 -> cut("from other nodes to " + node, reversed(toOthers(node)));
      case 3 -> cut(node + " and " + other, both(List.of(new Way(node, other))));
      case 4 -> cut("from " + node + " to " + other, List.of(new Way(node, other)));
      case 5 -> cut("half of the clients and " + node, both(List.of(new Way(Links.CLIENTS, node))));
      case 6 -> cut("clients and " + node, both(ofClients(node)));
      case 7 -> slow(node);
      default -> resets(node);
    }
  }

  private List<Way> toOthers(int node) {
    List<Way> ways = new ArrayList<>();
    for (int other = 1; other <= fleet.size(); other++) {
      if (other != node) {
        ways.add(new Way(node, other));
      }
    }
    return ways;
  }

  private static List<Way> reversed(List<Way> ways) {
    return ways.stream().map(way -> new Way(way.to(), way.from())).toList();
  }

  private static List<Way> both(List<Way> ways) {
    List<Way> all = new ArrayList<>(ways);
    all.addAll(reversed(ways));
    return all;
  }

  private List<Way> ofClients(int node) {
    return List.of(new Way(Links.CLIENTS, node), new Way(fleet.links().otherClients(), node));
  }

  /// Neither other nodes nor half of the clients reach a node; the other half does. So if it led,
  /// some write at once where it is led next, and some still read here.
  private void isolated(int node) throws InterruptedException {
    fleet.links().refuse(Links.CLIENTS, node);
    fleet.reset(Links.CLIENTS, node);
    cut(
        "all of " + node + " and other nodes; half of the clients are refused",
        both(toOthers(node)));
    fleet.links().heal(Links.CLIENTS, node);
  }

  /// What was under way when it is over arrives late or, as often, is lost.
  private void cut(String what, List<Way> ways) throws InterruptedException {
    diary.happened("cuts", "cut: " + what);
    ways.forEach(way -> fleet.links().cut(way.from(), way.to()));
    rest(network, CUT_MILLIS);
    boolean lost = network.oneIn(2);
    diary.note("healed" + (lost ? ", with resets: " : ": ") + what);
    if (lost) {
      ways.forEach(way -> fleet.reset(way.from(), way.to()));
    }
    ways.forEach(way -> fleet.links().heal(way.from(), way.to()));
  }

  private void slow(int node) throws InterruptedException {
    long nanos = (1 + network.nextInt(DELAY_MILLIS)) * 1_000_000L;
    diary.happened("delays", "late by " + nanos / 1_000_000 + " ms: all of " + node);
    List<Way> ways = both(toOthers(node));
    ways.forEach(way -> fleet.links().delay(way.from(), way.to(), nanos));
    rest(network, CUT_MILLIS);
    diary.note("in time again: " + node);
    ways.forEach(way -> fleet.links().heal(way.from(), way.to()));
  }

  private void resets(int node) throws InterruptedException {
    diary.happened("resets", "resets: all of " + node);
    for (int i = 0; i < 1 + network.nextInt(5); i++) {
      toOthers(node).forEach(way -> fleet.reset(way.from(), way.to()));
      ofClients(node).forEach(way -> fleet.reset(way.from(), way.to()));
      rest(network, 300);
    }
  }
}
