package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaLens;
import io.flotilla.store.Store;
import io.flotilla.store.StoreLens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How well a fleet is: whether every range has a leader and all its replicas, and what is missing.
final class Health {
  private final SimulatedFleet fleet;

  Health(SimulatedFleet fleet) {
    this.fleet = fleet;
  }

  boolean isWell() {
    return complaints().isEmpty();
  }

  /// True if it is well and the placement group has all its replicas, too: a fleet serves before
  /// that, but has not healed.
  boolean isHealed() {
    return allComplaints().isEmpty();
  }

  /// True if some log has a change of members that may yet be done, however long ago it was asked
  /// for: whoever has it may be cut off, come back, and be elected.
  boolean isChanging() {
    return replicas().values().stream().flatMap(List::stream).anyMatch(ReplicaLens::isChanging);
  }

  List<String> allComplaints() {
    Map<RangeId, List<RangeReplica>> replicas = replicas();
    List<String> complaints = complaints(replicas);
    List<RangeReplica> there = replicas.getOrDefault(RangeDescriptor.PLACEMENT, List.of());
    RangeDescriptor newest = null;
    for (RangeReplica each : there) {
      RangeDescriptor its = each.descriptorOrNull();
      if (newest == null || its != null && its.generation() > newest.generation()) {
        newest = its;
      }
    }
    if (newest == null) {
      complaints.add("the placement group has no replica with state");
    } else {
      check(newest, there, complaints);
    }
    return complaints;
  }

  /// A line for each thing that is missing.
  List<String> complaints() {
    return complaints(replicas());
  }

  private Map<RangeId, List<RangeReplica>> replicas() {
    Map<RangeId, List<RangeReplica>> replicas = new TreeMap<>();
    for (SimulatedNode node : fleet.nodes()) {
      Store store = node.store();
      if (store != null) {
        StoreLens.replicas(
            store, each -> replicas.computeIfAbsent(each.id(), _ -> new ArrayList<>()).add(each));
      }
    }
    return replicas;
  }

  private List<String> complaints(Map<RangeId, List<RangeReplica>> replicas) {
    List<String> complaints = new ArrayList<>();
    for (SimulatedNode node : fleet.nodes()) {
      if (node.isRunning() && node.store() == null) {
        complaints.add("node " + node.number() + " has not joined yet");
      }
    }
    List<RangeDescriptor> ranges = new ArrayList<>(fleet.ranges());
    if (ranges.isEmpty()) {
      complaints.add("there is no range");
    }
    ranges.forEach(range -> check(range, replicas.getOrDefault(range.id(), List.of()), complaints));
    checkPlacement(replicas.getOrDefault(RangeDescriptor.PLACEMENT, List.of()), complaints);
    return complaints;
  }

  /// Every replica of every node, a line for each.
  String describe() {
    StringBuilder text = new StringBuilder();
    for (SimulatedNode node : fleet.nodes()) {
      Store store = node.store();
      text.append("  node ").append(node.number()).append(" at ").append(node.address());
      text.append(", store ").append(node.id()).append(store == null ? ", is down" : "");
      text.append(", knows ").append(node.addressBook()).append('\n');
      if (store != null) {
        StoreLens.replicas(store, each -> text.append("    " + each.status() + "\n"));
      }
    }
    return text.toString();
  }

  private void check(RangeDescriptor range, List<RangeReplica> there, List<String> complaints) {
    String name = "range " + range.id();
    long running = fleet.nodes().stream().filter(SimulatedNode::isRunning).count();
    long wanted = Math.min(fleet.wantedReplicas(), running);
    if (range.replicas().size() != wanted
        || range.replicas().stream().anyMatch(each -> each.kind() != ReplicaKind.VOTER)) {
      complaints.add(name + " has not its " + wanted + " voters: " + range);
    }
    if (there.stream().noneMatch(RangeReplica::isLeader)) {
      complaints.add(name + " has no leader");
    }
    for (ReplicaDescriptor each : range.replicas()) {
      if (there.stream().noneMatch(replica -> replica.peer().equals(each.peer()))) {
        complaints.add(name + " misses its replica " + each);
      }
    }
    for (RangeReplica replica : there) {
      if (range.replica(replica.peer()).isEmpty()) {
        complaints.add(name + " has a replica too many: " + replica.peer());
      } else if (!range.equals(replica.descriptorOrNull())) {
        complaints.add(name + ": peer " + replica.peer() + " lags behind");
      }
    }
  }

  private static void checkPlacement(List<RangeReplica> there, List<String> complaints) {
    if (there.stream().noneMatch(RangeReplica::isLeader)) {
      complaints.add("the placement group has no leader");
    }
  }
}
