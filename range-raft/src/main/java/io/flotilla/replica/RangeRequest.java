package io.flotilla.replica;

/// Something asked of a range's leaseholder: opaque here, understood by the [RangeMachine].
///
/// Exactly one answer is given to every request, by the machine or by [#refuse].
public interface RangeRequest {
  /// The answer "definitely not done". Called on the range's loop.
  void refuse(Refusal refusal);
}
