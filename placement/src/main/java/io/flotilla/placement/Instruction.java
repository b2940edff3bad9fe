package io.flotilla.placement;

import io.flotilla.keyspace.RangeId;

/// A step for the store that leads the range, repeated in every reply to its reports until a report
/// shows that it is done.
///
/// @param generation the range must have this generation, or the step is not for it any more: so
///   that neither a repeated nor a late one does harm
public record Instruction(RangeId range, long generation, Step step) {}
