package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaLens;
import io.flotilla.sim.SimWorld;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The rules by which leases are safe, each one checked by itself and in true time, so that a
/// breach is found even where no client happens to read at the wrong moment:
///
/// * a lease has applied the first entry of its own term;
/// * no two leases have a key in common, whatever ranges they are of;
/// * a leader that has said "campaign now" has no lease any more in that term;
/// * who answered a round of beats grants nobody a vote for as long as that round may back a lease.
final class LeaseRules {
  /// As in `LeaseClock`: all ticks of an election but one, less a fifth.
  private static final long PROMISE_NANOS = 7L * 50_000_000L / 5 * 4;

  private final SimWorld world;
  private final List<Held> held = new ArrayList<>();
  private final Set<Leased> before = new HashSet<>();
  private final List<RangeDescriptor> begun = new ArrayList<>();
  private final Set<Tenure> handedOver = new HashSet<>();
  private final Set<Tenure> transfers = new HashSet<>();
  private final Map<Round, Long> rounds = new HashMap<>();
  private final Map<Voter, Promise> promises = new HashMap<>();
  private long leasesSeen;

  private record Held(RangeDescriptor range, StoreId store) {}

  private record Leased(RangeId range, StoreId store) {}

  private record Tenure(RangeId range, long term) {}

  private record Round(RangeId range, long term, long number) {}

  private record Voter(RangeId range, PeerId peer) {}

  private record Promise(long term, long untilNanos) {}

  LeaseRules(SimWorld world) {
    this.world = world;
  }

  // Between events ------------------------------------------------------------------------------

  void beginLook() {
    before.clear();
    held.forEach(each -> before.add(new Leased(each.range.id(), each.store)));
    held.clear();
    begun.clear();
  }

  /// What leases of this look were not there at the last one, where a replica in memory had them.
  List<RangeDescriptor> begun() {
    return List.copyOf(begun);
  }

  void look(SimulatedNode node, RangeReplica replica) {
    RangeDescriptor range = replica.descriptorOrNull();
    if (range == null || !replica.isLeader() || !ReplicaLens.leaseHolds(replica)) {
      return;
    }
    StoreId self = Objects.requireNonNull(node.id());
    String name = "range " + range.id();
    leasesSeen++;
    Broken.check(
        replica.applied().term() == replica.term(),
        () -> name + " has a lease on " + self + " before the first entry of its term is applied");
    Broken.check(
        !handedOver.contains(new Tenure(range.id(), replica.term())),
        () -> name + " has a lease on " + self + " though its leadership was handed over");
    for (Held other : held) {
      Broken.check(
          !range.id().equals(other.range.id()),
          () -> name + " has two leases, on " + other.store + " and on " + self);
      Broken.check(
          range.isPlacement()
              || other.range.isPlacement()
              || !range.span().overlaps(other.range.span()),
          () -> "two leases have keys in common: " + range + " on " + self + ", and " + other);
    }
    held.add(new Held(range, self));
    if (!before.contains(new Leased(range.id(), self))) {
      begun.add(range);
    }
  }

  /// How many leases were looked at.
  long leasesSeen() {
    return leasesSeen;
  }

  // On the wire ---------------------------------------------------------------------------------

  void sent(SimulatedNode node, RangeMessage each) {
    switch (each.message()) {
      case Message.CampaignNow(_, long term) -> handedOver.add(new Tenure(each.range(), term));
      case Message.VoteRequest(_, long term, _, boolean transfer) when transfer ->
          transfers.add(new Tenure(each.range(), term));
      case Message.Beat(_, long term, _, long round) ->
          rounds.putIfAbsent(
              new Round(each.range(), term, round),
              world.nanos() + node.clock().realNanos(PROMISE_NANOS));
      case Message.BeatReply(var from, long term, long round) -> promise(each, from, term, round);
      case Message.NotLeading(_, long term) -> release(each.range(), term);
      case Message.VoteReply(var from, long term, boolean granted) when granted ->
          requireFree(node, each, from, term);
      default -> {}
    }
  }

  private void promise(RangeMessage message, PeerId from, long term, long round) {
    Long until = rounds.get(new Round(message.range(), term, round));
    if (until != null) {
      promises.merge(
          new Voter(message.range(), from),
          new Promise(term, until),
          (a, b) -> a.untilNanos > b.untilNanos ? a : b);
    }
  }

  /// The leader of this term says that it leads no more.
  private void release(RangeId range, long term) {
    promises
        .entrySet()
        .removeIf(each -> each.getKey().range().equals(range) && each.getValue().term == term);
  }

  private void requireFree(SimulatedNode node, RangeMessage message, PeerId from, long term) {
    Promise promise = promises.get(new Voter(message.range(), from));
    Broken.check(
        promise == null
            || promise.term >= term
            || promise.untilNanos <= world.nanos()
            || transfers.contains(new Tenure(message.range(), term)),
        () ->
            "node "
                + node.number()
                + " grants a vote though it has promised the leader of term "
                + Objects.requireNonNull(promise).term
                + " to wait for "
                + (promise.untilNanos - world.nanos()) / 1_000
                + " us more: "
                + message);
    if (rounds.size() > 20_000) {
      rounds.values().removeIf(until -> until < world.nanos());
    }
  }
}
