package io.flotilla.engine.admin;

/// The fleet at a glance.
///
/// @param underReplicated ranges with fewer live voters than wanted
/// @param operators changes of ranges that the placement driver has under way
/// @param leaderless ranges without a known leader
public record FleetStatus(
    String clusterId,
    int stores,
    int storesLive,
    long ranges,
    long underReplicated,
    long leaderless,
    long bytes,
    int replicasWanted,
    long placementLeaderStore,
    int operators) {}
