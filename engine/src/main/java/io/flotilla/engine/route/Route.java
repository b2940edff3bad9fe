package io.flotilla.engine.route;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import org.jspecify.annotations.Nullable;

/// Where a range is believed to be served.
///
/// @param leader the store whose replica leads; null: not known
public record Route(RangeDescriptor descriptor, @Nullable StoreId leader) {}
