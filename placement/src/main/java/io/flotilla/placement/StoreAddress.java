package io.flotilla.placement;

import io.flotilla.keyspace.StoreId;

/// Where a store listens.
public record StoreAddress(StoreId store, String address) {}
