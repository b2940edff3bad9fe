package io.flotilla.engine.admin;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import org.jspecify.annotations.Nullable;

/// One range.
///
/// @param leader null: none known
/// @param bytes about how much data it holds, as it was last measured
/// @param asleep it does not tick, for nobody uses it; null: its leader was not asked, or did not
///   say
/// @param operator what the placement driver is doing about it, null: nothing
/// @param problem why the last operator failed, null: it did not, or that is long ago
public record RangeStatus(
    RangeDescriptor descriptor,
    @Nullable StoreId leader,
    long term,
    long committedIndex,
    long bytes,
    @Nullable Boolean asleep,
    @Nullable String operator,
    @Nullable String problem) {}
