package io.flotilla.placement;

/// Whether a store belongs to the fleet. Durable, so that a new placement leader goes on where the
/// last one stopped.
public enum Standing {
  /// It does.
  MEMBER,
  /// It has been silent for so long that its replicas are replaced; one report, and it belongs to
  /// the fleet again.
  DEAD,
  /// Somebody removed it: its replicas are replaced, and it never comes back.
  REMOVED
}
