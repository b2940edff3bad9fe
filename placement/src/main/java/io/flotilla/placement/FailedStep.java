package io.flotilla.placement;

/// A step that the leader's store turned down for good: asked again, it would say the same.
///
/// @param instruction as it was given
/// @param reason one line for people
public record FailedStep(Instruction instruction, String reason) {
  /// The most characters of a reason that are passed on.
  public static final int REASON_MAX = 500;

  public FailedStep {
    reason = reason.length() > REASON_MAX ? reason.substring(0, REASON_MAX) : reason;
  }
}
