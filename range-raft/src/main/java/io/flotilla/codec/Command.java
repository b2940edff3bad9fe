package io.flotilla.codec;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;

/// What an entry's payload says: decoded and applied by every replica alike. Encoded once, by the
/// leader, with [CommandCodec].
public sealed interface Command {
  /// Physical writes of one or more proposals, applied together and in order.
  record WriteCommand(List<StateWrite> writes) implements Command {}

  /// Cuts a range in two. `left` keeps the range's id; `right` is new, and its empty log starts
  /// after `rightStart`.
  record SplitCommand(RangeDescriptor left, RangeDescriptor right, EntryId rightStart)
      implements Command {}

  /// The range's replicas are from now on those of `descriptor`.
  record MembershipCommand(RangeDescriptor descriptor) implements Command {}
}
