package io.flotilla.engine.admin;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import org.jspecify.annotations.Nullable;

/// One range. `leader` null: none known. `operator` null: the placement driver plans nothing for
/// it.
public record RangeStatus(
    RangeDescriptor descriptor,
    @Nullable StoreId leader,
    long term,
    long committedIndex,
    long bytes,
    @Nullable String operator) {}
