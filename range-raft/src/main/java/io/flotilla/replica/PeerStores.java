package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// On which store each peer of a group is: from the descriptor and, for peers it does not name (a
/// leader of before or after its time), from the messages that came from them.
final class PeerStores {
  private static final int HEARD_MAX = 64;

  private @Nullable Map<PeerId, StoreId> heard;

  void onHeard(PeerId peer, StoreId from, @Nullable RangeDescriptor descriptor) {
    if (named(peer, descriptor) == null) {
      Map<PeerId, StoreId> others = heard == null ? new LinkedHashMap<>() : heard;
      if (others.size() >= HEARD_MAX && !others.containsKey(peer)) {
        others.clear();
      }
      others.put(peer, from);
      heard = others;
    }
  }

  @Nullable StoreId storeOf(PeerId peer, @Nullable RangeDescriptor descriptor) {
    StoreId named = named(peer, descriptor);
    return named != null || heard == null ? named : heard.get(peer);
  }

  static @Nullable StoreId named(PeerId peer, @Nullable RangeDescriptor descriptor) {
    if (descriptor != null) {
      for (ReplicaDescriptor replica : descriptor.replicas()) {
        if (replica.peer().equals(peer)) {
          return replica.store();
        }
      }
    }
    return null;
  }
}
