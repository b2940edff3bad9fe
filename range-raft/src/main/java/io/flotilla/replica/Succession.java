package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Who campaigns for a sleeping range whose leader's store is gone.
final class Succession {
  /*
   * All would win, and all at once nobody does. So one of the voters that are left goes first; the
   * others sleep on until it asks them, or until it has had its time. For different ranges it is
   * different voters, so that what the store led is spread over all who are left.
   */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long MIX_A = 0xBF58476D1CE4E5B9L;
  private static final long MIX_B = 0x94D049BB133111EBL;

  private Succession() {}

  /// True if the replica on `here` goes first when `gone` is gone. All voters with the same
  /// descriptor, to whom the same stores are down, agree on that; if they do not, two go first, or
  /// nobody does for a while.
  static boolean isHeir(
      RangeDescriptor range, StoreId here, StoreId gone, Predicate<StoreId> isUp) {
    List<ReplicaDescriptor> left = new ArrayList<>(range.replicas());
    left.removeIf(each ->
        !each.kind().votesInIncoming()
            || each.store().equals(gone)
            || !each.store().equals(here) && !isUp.test(each.store()));
    if (left.isEmpty()) {
      return false;
    }
    int turn = (int) (mixed(range.id().value(), gone.value()) % left.size());
    return left.get(turn).store().equals(here);
  }

  /// Ids may all be even, say; and what a store inherited from another that was gone must not all
  /// go to one. The steps are those of SplitMix64 (Steele, Lea, Flood: "Fast splittable
  /// pseudorandom number generators", 2014).
  private static long mixed(long range, long gone) {
    long bits = range * GOLDEN;
    bits = (bits ^ bits >>> 30) * MIX_A + gone * GOLDEN;
    bits = (bits ^ bits >>> 27) * MIX_B;
    return (bits ^ bits >>> 31) >>> 1;
  }
}
