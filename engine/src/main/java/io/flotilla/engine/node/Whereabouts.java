package io.flotilla.engine.node;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementReply.RangeUnknown;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.StoreAddress;
import io.flotilla.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a store answers to [Services#LOCATE].
final class Whereabouts {
  private Whereabouts() {}

  /// @param found the store's replica of the range that is looked for
  /// @param addresses where stores listen, as far as this one knows
  static PlacementReply reply(Optional<ReplicaStatus> found, Map<StoreId, String> addresses) {
    List<StoreAddress> stores = new ArrayList<>();
    addresses.forEach((store, address) -> stores.add(new StoreAddress(store, address)));
    ReplicaStatus replica = found.orElse(null);
    RangeDescriptor descriptor = replica == null ? null : replica.descriptor();
    if (replica == null || descriptor == null) {
      return new RangeUnknown(false, stores);
    }
    RangeRecord range =
        new RangeRecord(
            descriptor,
            replica.leader(),
            replica.term(),
            replica.committed(),
            replica.size().bytes(),
            null,
            null);
    stores.removeIf(each -> descriptor.replicaOn(each.store()).isEmpty());
    return new Ranges(List.of(range), List.of(), false, stores);
  }
}
