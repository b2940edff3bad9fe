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
import io.flotilla.placement.Standing;
import java.util.ArrayList;
import java.util.List;

/// Views and ranges for tables of decisions, in one line each.
public final class Views {
  public static final long MIB = 1L << 20;

  private Views() {}

  /// A view at 0 ms with the peer ids from 100 and the range ids from 50.
  public static ClusterView view(StoreView... stores) {
    return new ClusterView(
        0, Policy.DEFAULT, OperatorLimits.DEFAULT, List.of(stores), 100, 20, 50, 5);
  }

  /// The view under a policy of five voters.
  public static ClusterView five(ClusterView view) {
    Policy policy = new Policy(5, view.policy().rangeBytesMax(), view.policy().retentionMillis());
    return new ClusterView(0, policy, view.limits(), view.stores(), 100, 20, 50, 5);
  }

  /// The view under other limits.
  public static ClusterView limited(ClusterView view, OperatorLimits limits) {
    return new ClusterView(0, view.policy(), limits, view.stores(), 100, 20, 50, 5);
  }

  /// What was found, in one line.
  public static String text(Finding finding) {
    return switch (finding) {
      case Finding.Nothing() -> "-";
      case Finding.Later() -> "later";
      case Finding.Start(var operator) -> operator.toString();
    };
  }

  public static StoreView up(long id) {
    return new StoreView(
        new StoreId(id), true, Standing.MEMBER, 1_000 * MIB, 0, 0, 0, 0, Leaders.NONE);
  }

  public static StoreView holding(long id, long bytes) {
    return new StoreView(
        new StoreId(id), true, Standing.MEMBER, 1_000 * MIB, 1, bytes, 0, 0, Leaders.NONE);
  }

  /// Silent, but not for long.
  public static StoreView down(long id) {
    return new StoreView(
        new StoreId(id), false, Standing.MEMBER, 1_000 * MIB, 0, 0, 0, 0, Leaders.NONE);
  }

  public static StoreView dead(long id) {
    return new StoreView(
        new StoreId(id), false, Standing.DEAD, 1_000 * MIB, 0, 0, 0, 0, Leaders.NONE);
  }

  /// It runs, and is to go.
  public static StoreView removed(long id) {
    return new StoreView(
        new StoreId(id), true, Standing.REMOVED, 1_000 * MIB, 0, 0, 0, 0, Leaders.NONE);
  }

  /// It leads so many ranges.
  public static StoreView leading(long id, int ranges) {
    return leading(id, new Leaders(ranges, 0, true));
  }

  public static StoreView leading(long id, Leaders leaders) {
    return new StoreView(new StoreId(id), true, Standing.MEMBER, 1_000 * MIB, 0, 0, 0, 0, leaders);
  }

  public static StoreView filling(long id, int inbound) {
    return new StoreView(
        new StoreId(id), true, Standing.MEMBER, 1_000 * MIB, 0, 0, inbound, 0, Leaders.NONE);
  }

  public static StoreView sending(long id, int outbound) {
    return new StoreView(
        new StoreId(id), true, Standing.MEMBER, 1_000 * MIB, 0, 0, 0, outbound, Leaders.NONE);
  }

  public static StoreView full(long id) {
    return new StoreView(new StoreId(id), true, Standing.MEMBER, 0, 0, 0, 0, 0, Leaders.NONE);
  }

  /// Range 7 at generation 5 with replicas such as `1` (a voter: peer 11 on store 1) or `2L`.
  public static RangeReport range(long bytes, String... replicas) {
    return range(new RangeId(7), bytes, replicas);
  }

  /// The same, with a follower that lags.
  public static RangeReport lagging(RangeReport range, long peer) {
    List<PeerProgress> followers = new ArrayList<>();
    for (PeerProgress each : range.followers()) {
      boolean lags = each.peer().value() == peer;
      followers.add(new PeerProgress(each.peer(), lags ? 0 : each.match(), each.active()));
    }
    return new RangeReport(
        range.descriptor(),
        range.term(),
        range.leader(),
        range.committed(),
        range.size(),
        followers);
  }

  public static RangeReport range(RangeId id, long bytes, String... replicas) {
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
