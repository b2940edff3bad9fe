package io.flotilla.replica;

/// Something asked of a range, of its leaseholder as a rule: opaque here, understood by the
/// [RangeMachine].
///
/// Exactly one answer is given to every request, by the machine or by [#refuse].
public interface RangeRequest {
  /// True once whoever asked has stopped waiting: to serve it then is work for nobody, and a write
  /// that nobody expects any more. Callable from any thread.
  default boolean isLate() {
    return false;
  }

  /// True if a follower may answer it as well, once it has proved with [RangeAccess#readBarrier]
  /// that what it has applied is current.
  default boolean isForAnyReplica() {
    return false;
  }

  /// The answer "definitely not done". Called on the range's loop.
  void refuse(Refusal refusal);
}
