package io.flotilla.engine.node;

import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementReply.RangeUnknown;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.StoreAddress;
import io.flotilla.store.Located;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What a store answers to [Services#LOCATE]: of the numbers in the record it says none, and of the
/// stores it names itself first.
final class Whereabouts {
  static final PlacementReply NONE = new RangeUnknown(false, List.of());

  private Whereabouts() {}

  /// @param addresses where stores listen, as far as this one knows
  static PlacementReply reply(Optional<Located> located, Supplier<Map<StoreId, String>> addresses) {
    if (located.isEmpty()) {
      return NONE;
    }
    Located found = located.get();
    Map<StoreId, String> known = addresses.get();
    String own = known.remove(found.store());
    if (own == null) {
      return NONE;
    }
    List<StoreAddress> stores = new ArrayList<>();
    stores.add(new StoreAddress(found.store(), own));
    known.forEach((store, address) -> {
      if (found.descriptor().replicaOn(store).isPresent()) {
        stores.add(new StoreAddress(store, address));
      }
    });
    RangeRecord range = new RangeRecord(found.descriptor(), found.leader(), 0, 0, 0, null, null);
    return new Ranges(List.of(range), List.of(), false, stores);
  }
}
