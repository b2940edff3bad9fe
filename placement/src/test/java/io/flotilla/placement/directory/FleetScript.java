package io.flotilla.placement.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply.Fate;
import io.flotilla.placement.PlacementReply.Fleet;
import io.flotilla.placement.PlacementReply.Planned;
import io.flotilla.placement.PlacementReply.RangeUnknown;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.PlacementReply.Rejected;
import io.flotilla.placement.PlacementReply.Removing;
import io.flotilla.placement.PlacementReply.Stores;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.PlacementRequest.FleetStatus;
import io.flotilla.placement.PlacementRequest.ListRanges;
import io.flotilla.placement.PlacementRequest.ListStores;
import io.flotilla.placement.PlacementRequest.LookupById;
import io.flotilla.placement.PlacementRequest.LookupRange;
import io.flotilla.placement.PlacementRequest.RemoveStore;
import io.flotilla.placement.PlacementRequest.ReplicaFate;
import io.flotilla.placement.PlacementRequest.SplitRequested;
import io.flotilla.placement.PlacementRequest.TransferLeader;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.Standing;
import io.flotilla.placement.Step.AddLearner;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.StoreAddress;
import io.flotilla.placement.StoreStatus;
import io.flotilla.placement.check.LeaderLimits;
import java.util.ArrayList;
import java.util.List;

/// Runs a transcript's commands on a toy fleet: a line of words in, lines of what happened out.
final class FleetScript {
  private final List<String> output = new ArrayList<>();
  private ToyFleet fleet = new ToyFleet(output::add);
  private int joined;

  /// Returns what the command produced.
  List<String> run(String command) {
    output.clear();
    String[] words = command.split(" ");
    switch (words[0]) {
      case "found" -> fleet.found();
      case "balance" -> balance(words);
      case "join" -> {
        joined++;
        fleet.join(String.valueOf((char) ('a' + joined)));
      }
      case "rounds" -> rounds(number(words, 1));
      case "tick" -> fleet.group().advance(number(words, 1));
      case "down" -> fleet.store(number(words, 1)).up = false;
      case "up" -> fleet.store(number(words, 1)).up = true;
      case "slow" -> fleet.store(number(words, 1)).slow = true;
      case "fast" -> fleet.store(number(words, 1)).slow = false;
      case "indivisible" -> fleet.range(number(words, 1)).indivisible = true;
      case "measure" -> fleet.measuring = words[1].equals("on");
      case "vote" -> vote(words);
      case "bytes" -> fleet.range(number(words, 1)).bytes = number(words, 2) << 20;
      case "add" -> sneak(words);
      case "lead" -> lead(number(words, 1), number(words, 2));
      case "next-leader" -> fleet.nextTenure();
      case "show" -> fleet.show();
      case "ask" -> ask(words);
      default -> throw new IllegalArgumentException("no command " + words[0]);
    }
    return List.copyOf(output);
  }

  private void rounds(long count) {
    for (long i = 0; i < count; i++) {
      fleet.round();
    }
  }

  /// balance GAP SETTLE-SECONDS: of the fleet to be founded.
  private void balance(String[] words) {
    LeaderLimits limits =
        LeaderLimits.DEFAULT.with((int) number(words, 1), 1_000 * number(words, 2));
    fleet = new ToyFleet(output::add, limits);
  }

  /// add RANGE PEER STORE: somebody else adds a learner.
  private void sneak(String[] words) {
    ToySteps.perform(
        fleet.range(number(words, 1)),
        new AddLearner(new StoreId(number(words, 3)), new PeerId(number(words, 2))));
  }

  /// vote RANGE PEER: somebody else makes a voter of a learner.
  private void vote(String[] words) {
    RangeDescriptor descriptor = fleet.range(number(words, 1)).descriptor;
    PeerId peer = new PeerId(number(words, 2));
    ToySteps.perform(
        fleet.range(number(words, 1)),
        new ChangeReplicas(
            descriptor.replicas().stream()
                .map(each -> each.peer().equals(peer) ? each.withKind(ReplicaKind.VOTER) : each)
                .toList()));
  }

  /// A store has won an election.
  private void lead(long range, long store) {
    fleet.range(range).leader = new StoreId(store);
    fleet.range(range).term++;
  }

  private void ask(String[] words) {
    switch (words[1]) {
      case "key" -> answer(new LookupRange(Key.of(words[2].getBytes(UTF_8))));
      case "range" -> answer(new LookupById(new RangeId(number(words, 2))));
      case "ranges" -> answer(new ListRanges(KeySpan.ALL, 100, true));
      case "stores" -> answer(new ListStores());
      case "fleet" -> answer(new FleetStatus());
      case "split" ->
          answer(
              new SplitRequested(
                  new RangeId(number(words, 2)),
                  words.length > 3 ? Key.of(words[3].getBytes(UTF_8)) : null));
      case "transfer" ->
          answer(new TransferLeader(new RangeId(number(words, 2)), new StoreId(number(words, 3))));
      case "remove" -> answer(new RemoveStore(new StoreId(number(words, 2))));
      case "again" -> output.add(String.valueOf(fleet.registerAgain(number(words, 2)).reply()));
      case "fate" ->
          answer(
              new ReplicaFate(
                  new RangeId(number(words, 2)), new PeerId(number(words, 3)), number(words, 4)));
      default -> throw new IllegalArgumentException("nothing to ask about " + words[1]);
    }
  }

  private void answer(PlacementRequest request) {
    FakeCall call = fleet.ask(request);
    switch (call.reply()) {
      case null -> output.add("refused: " + call.refusal());
      case Ranges ranges -> ranges(ranges);
      case RangeUnknown(var complete, var stores) ->
          output.add("unknown" + (complete ? ": " : " yet: ") + "ask " + addresses(stores));
      case Stores(var stores) -> stores.forEach(this::store);
      case Fleet fleetStatus -> fleet(fleetStatus);
      case Fate(var membership, _) -> output.add(membership.toString());
      case Planned(var instruction, var leader, var address) ->
          output.add(
              "planned at g"
                  + instruction.generation()
                  + " for store "
                  + leader
                  + " ("
                  + address
                  + "): "
                  + instruction.step());
      case Removing(var replicas) -> output.add("removing: " + replicas + " replicas");
      case Rejected(var reason, var message) -> output.add(reason + ": " + message);
      default -> output.add(String.valueOf(call.reply()));
    }
  }

  private void ranges(Ranges ranges) {
    for (RangeRecord record : ranges.ranges()) {
      List<ReplicaDescriptor> replicas = record.descriptor().replicas();
      output.add(
          "range "
              + record.descriptor().id()
              + " "
              + record.descriptor().span()
              + " g"
              + record.descriptor().generation()
              + " "
              + replicas
              + " leader "
              + record.leader()
              + (record.operator() == null ? "" : " {" + record.operator() + "}")
              + (record.problem() == null ? "" : " problem: " + record.problem()));
    }
    ranges.gaps().forEach(gap -> output.add("gap " + gap));
  }

  private void store(StoreStatus store) {
    output.add(
        "store "
            + store.info().id()
            + " "
            + store.info().address()
            + (store.up() ? " up" : " down")
            + (store.standing() == Standing.MEMBER ? "" : " " + store.standing())
            + ", silent "
            + store.silentMillis()
            + " ms, "
            + store.ranges()
            + " ranges, leads "
            + store.leaders());
  }

  private void fleet(Fleet fleetStatus) {
    output.add(
        fleetStatus.storesUp()
            + " of "
            + fleetStatus.stores()
            + " stores up, "
            + fleetStatus.ranges()
            + " ranges, "
            + fleetStatus.underReplicated()
            + " under-replicated, "
            + fleetStatus.leaderless()
            + " leaderless, "
            + fleetStatus.gaps()
            + " gaps, "
            + fleetStatus.operators()
            + " operators, "
            + (fleetStatus.complete() ? "complete" : "incomplete"));
  }

  private static String addresses(List<StoreAddress> stores) {
    return String.join(
        " ", stores.stream().map(store -> store.store() + "=" + store.address()).toList());
  }

  private static long number(String[] words, int at) {
    return Long.parseLong(words[at]);
  }
}
