package io.flotilla.sim;

import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.DiskStage;
import java.util.TreeSet;

/// A disk that is as full as a test says. An entry adds data if it puts a value.
public final class SimRoom implements DiskRoom {
  private final TreeSet<StoreId> full = new TreeSet<>();
  private DiskStage stage = DiskStage.ROOMY;
  private int left;

  public void set(DiskStage newStage) {
    stage = newStage;
  }

  /// What the placement driver would say of another store.
  public void setFull(StoreId store, boolean isFull) {
    if (isFull) {
      full.add(store);
    } else {
      full.remove(store);
    }
  }

  /// How many entries were left to their leaders.
  public int left() {
    return left;
  }

  @Override
  public DiskStage stage() {
    return stage;
  }

  @Override
  public boolean takes(RangeId range, Entry entry) {
    boolean takes = !stage.isAtLeast(DiskStage.FULL) || !addsData(entry);
    left += takes ? 0 : 1;
    return takes;
  }

  private static boolean addsData(Entry entry) {
    return entry.kind() == EntryKind.COMMAND
        && CommandCodec.decode(entry.payload()) instanceof WriteCommand(var writes)
        && writes.stream().anyMatch(write -> write.value() != null);
  }

  @Override
  public boolean takesSnapshot(long bytes) {
    return stage == DiskStage.ROOMY;
  }

  @Override
  public boolean isFull(StoreId store) {
    return full.contains(store);
  }
}
