package io.flotilla.placement;

/// One store as the placement leader sees it now.
///
/// @param up it reported within the last seconds
/// @param standing whether it belongs to the fleet
/// @param silentMillis since its last report, or since the placement leader took over
/// @param ranges replicas on it, as the directory has them
/// @param leaders ranges it leads
public record StoreStatus(
    StoreInfo info,
    boolean up,
    Standing standing,
    long silentMillis,
    StoreStats stats,
    long ranges,
    long leaders) {}
