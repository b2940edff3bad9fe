package io.flotilla.placement.check;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PeerProgress;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeReport;
import java.util.ArrayList;
import java.util.List;

/// Views and ranges for tables of decisions, in one line each.
final class Views {
  static final long MIB = 1L << 20;

  private Views() {}

  /// A view at 0 ms with the peer ids from 100 and the range ids from 50.
  static ClusterView view(StoreView... stores) {
    return new ClusterView(
        0, Policy.DEFAULT, OperatorLimits.DEFAULT, List.of(stores), 100, 20, 50, 5);
  }

  static StoreView up(long id) {
    return new StoreView(new StoreId(id), true, 0, 1_000 * MIB, 0, 0, 0, 0);
  }

  static StoreView holding(long id, long bytes) {
    return new StoreView(new StoreId(id), true, 0, 1_000 * MIB, 1, bytes, 0, 0);
  }

  static StoreView down(long id, long silentMillis) {
    return new StoreView(new StoreId(id), false, silentMillis, 1_000 * MIB, 0, 0, 0, 0);
  }

  static StoreView filling(long id, int inbound) {
    return new StoreView(new StoreId(id), true, 0, 1_000 * MIB, 0, 0, inbound, 0);
  }

  static StoreView sending(long id, int outbound) {
    return new StoreView(new StoreId(id), true, 0, 1_000 * MIB, 0, 0, 0, outbound);
  }

  static StoreView full(long id) {
    return new StoreView(new StoreId(id), true, 0, 0, 0, 0, 0, 0);
  }

  /// Range 7 at generation 5 with replicas such as `1` (a voter: peer 11 on store 1) or `2L`.
  static RangeReport range(long bytes, String... replicas) {
    return range(new RangeId(7), bytes, replicas);
  }

  static RangeReport range(RangeId id, long bytes, String... replicas) {
    List<ReplicaDescriptor> descriptors = new ArrayList<>();
    List<PeerProgress> followers = new ArrayList<>();
    for (String replica : replicas) {
      long store = replica.charAt(0) - '0';
      ReplicaKind kind =
          switch (replica.substring(1)) {
            case "L" -> ReplicaKind.LEARNER;
            case "I" -> ReplicaKind.INCOMING;
            case "O" -> ReplicaKind.OUTGOING;
            default -> ReplicaKind.VOTER;
          };
      descriptors.add(new ReplicaDescriptor(new PeerId(10 + store), new StoreId(store), kind));
      if (descriptors.size() > 1) {
        followers.add(new PeerProgress(new PeerId(10 + store), 500, true));
      }
    }
    RangeDescriptor descriptor = new RangeDescriptor(id, KeySpan.ALL, 5, descriptors);
    RangeSize size = new RangeSize(bytes, descriptor.generation());
    return new RangeReport(descriptor, 3, descriptors.getFirst().peer(), 500, size, followers);
  }
}
