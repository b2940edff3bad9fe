package io.flotilla.sim;

import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.DiskRoomContract;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;
import org.jspecify.annotations.Nullable;

class SimRoomTest extends DiskRoomContract {
  private final SimRoom room = new SimRoom();

  @Override
  protected DiskRoom room() {
    return room;
  }

  @Override
  protected void found(DiskStage stage) {
    room.set(stage);
  }

  @Override
  protected void told(StoreId other, boolean isFull) {
    room.setFull(other, isFull);
  }

  @Override
  protected Entry put() {
    return write(new byte[] {1});
  }

  @Override
  protected Entry delete() {
    return write(null);
  }

  private static Entry write(byte @Nullable [] value) {
    WriteCommand command = new WriteCommand(List.of(new StateWrite(new byte[] {'k'}, value)));
    return new Entry(1, 1, EntryKind.COMMAND, CommandCodec.encode(command));
  }
}
