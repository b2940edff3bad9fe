package io.flotilla.spi;

/// The one beat between two stores, whatever the number of ranges they share: the sender's question
/// for support, and its answer to the receiver's. Numbers that are 0 say nothing. What they mean is
/// told by `store.liveness`.
///
/// @param incarnation the sender's life: higher after every start
/// @param toIncarnation the receiver's as far as the sender knows; a receiver of another life must
///   not take the rest as meant for it
/// @param epoch at which the sender asks for support, 0: it does not ask
/// @param number of the question, rising within an epoch
/// @param answeredEpoch at which the sender supports the receiver
/// @param answeredNumber the newest question the receiver asked at that epoch
/// @param withdrawnEpoch up to this epoch of the receiver support has ended for good
/// @param stalled the sender's disk takes nothing
public record StoreBeat(
    long incarnation,
    long toIncarnation,
    long epoch,
    long number,
    long answeredEpoch,
    long answeredNumber,
    long withdrawnEpoch,
    boolean stalled) {
  public StoreBeat {
    if (incarnation < 1
        || toIncarnation < 0
        || epoch < 0
        || number < 0
        || answeredEpoch < 0
        || answeredNumber < 0
        || withdrawnEpoch < 0) {
      throw new IllegalArgumentException("numbers of a store's beat are not negative");
    }
  }
}
