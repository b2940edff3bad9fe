package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.replica.Refusal;
import org.jspecify.annotations.Nullable;

/// Says whether the disks under a range allow a write. Asked for every write, on the range's loop:
/// never blocks.
public interface WriteRoom {
  /// Disks that never run full.
  WriteRoom ENDLESS =
      new WriteRoom() {
        @Override
        public @Nullable Refusal refusal(RangeDescriptor range, boolean addsData) {
          return null;
        }

        @Override
        public boolean isScarce() {
          return false;
        }
      };

  /// Why a write to a range that is led here is refused; null: it is not.
  ///
  /// @param addsData false for what only deletes
  @Nullable Refusal refusal(RangeDescriptor range, boolean addsData);

  /// True if old versions should be collected as soon as there are any.
  boolean isScarce();
}
