package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.raft.EntryId;
import java.util.List;

/// What the applier tells a replica: the state has everything up to `last`.
///
/// @param effects what was more than writes, in the order of the log
public record AppliedBatch(EntryId last, List<CommandEffect> effects) {

  /// What an applied command means to the replica itself.
  public sealed interface CommandEffect {
    long index();

    /// The range was cut in two.
    record SplitDone(long index, RangeDescriptor left, RangeDescriptor right, EntryId rightStart)
        implements CommandEffect {}

    record MembershipDone(long index, RangeDescriptor descriptor) implements CommandEffect {}

    /// The command was made for another generation of the range: every replica skips it alike.
    record Skipped(long index, boolean membership) implements CommandEffect {}
  }
}
