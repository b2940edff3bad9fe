package io.flotilla.placement;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import org.jspecify.annotations.Nullable;

/// What the directory knows of a range.
///
/// @param leader the store that leads, null: none known at the moment
/// @param operator what the placement driver is doing about it, null: nothing
/// @param problem why the last operator failed, null: it did not, or that is long ago
public record RangeRecord(
    RangeDescriptor descriptor,
    @Nullable StoreId leader,
    long term,
    long committed,
    long bytes,
    @Nullable String operator,
    @Nullable RangeProblem problem) {}
