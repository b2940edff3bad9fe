package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import org.jspecify.annotations.Nullable;

/// What a replica knows of its range.
///
/// @param store that it is on
/// @param leader the store that leads, as far as known
public record Located(StoreId store, RangeDescriptor descriptor, @Nullable StoreId leader) {}
