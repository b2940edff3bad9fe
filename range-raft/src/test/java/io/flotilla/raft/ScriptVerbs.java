package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.TestCluster.Link;
import io.flotilla.raft.membership.Membership;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The verbs of scripts, one small method each.
final class ScriptVerbs {
  /// What a line of a script does; `words` are those after the verb.
  private interface Verb {
    void run(ScriptWorld world, List<String> words);
  }

  private static final Map<String, Verb> VERBS = new TreeMap<>();

  static {
    VERBS.put("cluster", ScriptVerbs::cluster);
    VERBS.put("spare", ScriptVerbs::spare);
    VERBS.put("elect", ScriptVerbs::elect);
    VERBS.put("campaign", (world, words) -> peer(world, words, 0).group.campaign());
    VERBS.put("tick", ScriptVerbs::tick);
    VERBS.put("ticks", ScriptVerbs::ticksUntilLeader);
    VERBS.put("settle", (_, _) -> {});
    VERBS.put("propose", ScriptVerbs::propose);
    VERBS.put("membership", ScriptVerbs::membership);
    VERBS.put("transfer", ScriptVerbs::transfer);
    VERBS.put("lead-anew", (world, words) -> peer(world, words, 0).group.leadAnew());
    VERBS.put("read", (world, words) -> peer(world, words, 0).group.readIndex(number(words, 1)));
    VERBS.put("cut", ScriptVerbs::cut);
    VERBS.put("heal", (world, _) -> world.cluster.heal());
    VERBS.put("crash", (world, words) -> peer(world, words, 0).crash());
    VERBS.put("restart", ScriptVerbs::restart);
    VERBS.put("compact", (world, words) -> peer(world, words, 0).compact(number(words, 1)));
    VERBS.put("hold-disk", (world, words) -> peer(world, words, 0).isDiskHeld = true);
    VERBS.put("release-disk", (world, words) -> peer(world, words, 0).isDiskHeld = false);
    VERBS.put("persist", (world, words) -> peer(world, words, 0).persistOne());
    VERBS.put("hold-network", (world, _) -> world.cluster.isNetworkHeld = true);
    VERBS.put("release-network", (world, _) -> world.cluster.isNetworkHeld = false);
    VERBS.put("deliver", ScriptVerbs::deliver);
    VERBS.put("drop", ScriptVerbs::drop);
    VERBS.put("messages", (world, words) -> world.showsMessages = words.getFirst().equals("on"));
    VERBS.put("status", (world, _) -> world.status());
  }

  private ScriptVerbs() {}

  static void run(ScriptWorld world, String line) {
    List<String> words = List.of(line.trim().split("\\s+"));
    Verb verb = VERBS.get(words.getFirst());
    if (verb == null) {
      throw new AssertionError("no verb '" + words.getFirst() + "'; there are " + VERBS.keySet());
    }
    verb.run(world, words.subList(1, words.size()));
    world.cluster.settle();
  }

  private static void cluster(ScriptWorld world, List<String> words) {
    world.cluster = TestCluster.ofVoters((int) number(words, 0));
    world.cluster.peers.values().forEach(world::watch);
  }

  /// Makes P the leader; how is told by the scripts about elections.
  private static void elect(ScriptWorld world, List<String> words) {
    world.isMuted = true;
    TestPeer peer = world.cluster.elect(number(words, 0));
    world.isMuted = false;
    world.say(peer.id, "leads t" + peer.group.term());
  }

  /// A peer that knows nothing and belongs to nobody yet.
  private static void spare(ScriptWorld world, List<String> words) {
    world.watch(world.cluster.add(new PeerId(number(words, 0)), Machine.NOBODY));
  }

  /// `tick N` ticks everybody, `tick N P…` only some.
  private static void tick(ScriptWorld world, List<String> words) {
    for (int i = 0; i < number(words, 0); i++) {
      if (words.size() == 1) {
        world.cluster.tick();
        continue;
      }
      for (String peer : words.subList(1, words.size())) {
        world.cluster.peer(Long.parseLong(peer)).group.tick();
      }
      world.cluster.settle();
    }
  }

  /// `ticks until P leads`.
  private static void ticksUntilLeader(ScriptWorld world, List<String> words) {
    TestPeer peer = peer(world, words, 1);
    world.cluster.tickUntil(() -> peer.group.role() == RoleKind.LEADER);
  }

  /// `propose P TEXT [TIMES]`.
  private static void propose(ScriptWorld world, List<String> words) {
    TestPeer peer = peer(world, words, 0);
    long times = words.size() > 2 ? number(words, 2) : 1;
    for (int i = 0; i < times; i++) {
      Proposed proposed = peer.group.propose(Machine.bytes(words.get(1)));
      if (!(proposed instanceof Proposed.Accepted)) {
        world.say(peer.id, proposed.toString());
      }
    }
  }

  private static void membership(ScriptWorld world, List<String> words) {
    TestPeer peer = peer(world, words, 0);
    Membership next = Machine.parse(words.get(1));
    Proposed proposed = peer.group.proposeMembership(Machine.bytes(Machine.format(next)));
    if (!(proposed instanceof Proposed.Accepted)) {
      world.say(peer.id, proposed.toString());
    }
  }

  private static void transfer(ScriptWorld world, List<String> words) {
    if (!peer(world, words, 0).group.transferTo(new PeerId(number(words, 1)))) {
      world.say(words.get(0) + ": cannot hand over to " + words.get(1));
    }
  }

  /// `cut P` from everybody, or `cut P Q` one way.
  private static void cut(ScriptWorld world, List<String> words) {
    PeerId from = new PeerId(number(words, 0));
    if (words.size() == 1) {
      world.cluster.cut(from);
    } else {
      world.cluster.cut.add(new Link(from, new PeerId(number(words, 1))));
    }
  }

  private static void restart(ScriptWorld world, List<String> words) {
    TestPeer peer = peer(world, words, 0);
    peer.restart();
    world.watch(peer);
  }

  /// `deliver P Q [TIMES]`: the oldest message from P to Q, while the network is held.
  private static void deliver(ScriptWorld world, List<String> words) {
    long times = words.size() > 2 ? number(words, 2) : 1;
    for (int i = 0; i < times; i++) {
      world.cluster.deliver(take(world, words));
      world.cluster.settle();
    }
  }

  private static void drop(ScriptWorld world, List<String> words) {
    take(world, words);
  }

  private static Envelope take(ScriptWorld world, List<String> words) {
    for (Envelope envelope : world.cluster.network) {
      if (envelope.message().from().value() == number(words, 0)
          && envelope.to().value() == number(words, 1)) {
        world.cluster.network.remove(envelope);
        return envelope;
      }
    }
    throw new AssertionError("no message from " + words.get(0) + " to " + words.get(1));
  }

  private static TestPeer peer(ScriptWorld world, List<String> words, int position) {
    return world.cluster.peer(number(words, position));
  }

  private static long number(List<String> words, int position) {
    return Long.parseLong(words.get(position));
  }
}
