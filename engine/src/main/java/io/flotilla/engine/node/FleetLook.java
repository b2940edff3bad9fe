package io.flotilla.engine.node;

import io.flotilla.engine.admin.StoreLiveness;
import io.flotilla.engine.route.Waiting;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.StoreStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks every store that is up how it stands with the others and what sleeps there. The placement
/// driver does not know: it would have to be told of every range that nods off.
final class FleetLook {
  /// A bit more than a request may take.
  private static final long ANSWER_SECONDS_MAX = 3;

  /// Nobody was asked.
  static final FleetLook NOBODY = new FleetLook();

  private final Map<StoreId, StoreLook> looks = new TreeMap<>();
  private final Map<StoreId, Set<RangeId>> asleep = new TreeMap<>();
  private final List<StoreId> stores = new ArrayList<>();

  private FleetLook() {}

  /// Waits for all of them, for as long as one request may take.
  static FleetLook at(List<StoreStatus> stores, PlacementClient placement, Waiting waiting) {
    FleetLook fleet = new FleetLook();
    Map<StoreId, CompletableFuture<Optional<StoreLook>>> answers = new TreeMap<>();
    for (StoreStatus store : stores) {
      fleet.stores.add(store.info().id());
      if (store.up()) {
        CompletableFuture<Optional<StoreLook>> answer = new CompletableFuture<>();
        answers.put(store.info().id(), answer);
        placement.look(store.info().address(), answer::complete);
      }
    }
    answers.forEach((store, answer) -> {
      waiting.until(answer);
      result(answer).ifPresent(look -> fleet.add(store, look));
    });
    return fleet;
  }

  private static Optional<StoreLook> result(CompletableFuture<Optional<StoreLook>> answer) {
    try {
      return answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException noAnswer) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void add(StoreId store, StoreLook look) {
    looks.put(store, look);
    asleep.put(store, new HashSet<>(look.asleepLed()));
  }

  /// Whether a range sleeps; null: the store that leads it did not say.
  @Nullable Boolean isAsleep(RangeId range, @Nullable StoreId leader) {
    Set<RangeId> there = leader == null ? null : asleep.get(leader);
    return there == null ? null : there.contains(range);
  }

  List<StoreLiveness> liveness() {
    return stores.stream().map(this::liveness).toList();
  }

  private StoreLiveness liveness(StoreId store) {
    StoreLook look = looks.get(store);
    if (look == null) {
      return new StoreLiveness(store, false, 0, 0, List.of());
    }
    List<StoreLiveness.Peer> peers = new ArrayList<>();
    for (StoreLook.Peer peer : look.peers()) {
      peers.add(
          new StoreLiveness.Peer(
              peer.store(),
              peer.isUp(),
              peer.isStalled(),
              peer.supports(),
              peer.supported(),
              peer.supportsMillis()));
    }
    return new StoreLiveness(store, true, look.replicas(), look.asleep(), peers);
  }
}
