package io.flotilla.engine.node;

import io.flotilla.spi.Clock;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.StoreOptions;
import java.util.List;

/// Everything a node meets the world through, but for its disk, which it has only once it knows
/// which store it is. Whoever makes it owns it: a node closes none of it.
///
/// @param store limits and times of the store, as the options say
/// @param queues limits of what waits in front of the store
/// @param instance the folder's own name, by which a registration that is repeated is known
/// @param seeds addresses of the fleet to join, empty if there are none
/// @param book where the stores of the fleet listen; outlives the process
record NodeEnvironment(
    NodeOptions options,
    StoreOptions store,
    QueueLimits queues,
    String instance,
    List<String> seeds,
    NodeLoops loops,
    Clock clock,
    RandomSource random,
    NodeNetwork network,
    AddressBook book,
    NodeEvents events,
    NodeFailure failure) {
  NodeEnvironment {
    seeds = List.copyOf(seeds);
  }
}
