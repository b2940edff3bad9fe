package io.flotilla.engine.mvcc;

import io.flotilla.codec.CodecException;
import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.StateStorage.StateWrite;

/// Tells log entries that bring values from those that do not: deletes, collection of old versions,
/// splits, membership changes, and whatever the placement group writes.
public final class AddedData {
  private AddedData() {}

  /// False for what does not parse: that is for the applier to find.
  public static boolean isIn(Entry entry) {
    try {
      return entry.kind() == EntryKind.COMMAND
          && CommandCodec.decode(entry.payload()) instanceof WriteCommand(var writes)
          && writes.stream().anyMatch(AddedData::isValue);
    } catch (CodecException garbled) {
      return false;
    }
  }

  private static boolean isValue(StateWrite write) {
    return write.value() != null
        && write.key()[0] == StateLayout.VERSION
        && !Version.isTombstone(write.value());
  }
}
