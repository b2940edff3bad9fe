package io.flotilla.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a scan, in its order.
///
/// @param rest what is still to be walked, at the same snapshot; null: nothing
public record ScanPage(List<KeyValue> entries, Snapshot snapshot, @Nullable KeyRange rest) {}
