package io.flotilla.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flotilla.spi.LogStorage;
import io.flotilla.spi.LogStorageContract;
import io.flotilla.spi.StorageException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimLogStorageTest extends LogStorageContract {
  @Override
  protected LogStorage create() {
    return new SimLogStorage();
  }

  @Override
  protected LogStorage crash(LogStorage log) {
    return ((SimLogStorage) log).crash();
  }

  @Test
  void aFailedWriteIsThereOrNotAsChosen() {
    SimLogStorage lost = new SimLogStorage();
    lost.failNextWrite(SimLogStorage.Fault.LOST);
    assertThrows(
        StorageException.class, () -> lost.write(List.of(group(R7, P4, null, List.of(), null))));
    assertEquals(0, lost.crash().load().size());

    SimLogStorage kept = new SimLogStorage();
    kept.failNextWrite(SimLogStorage.Fault.KEPT);
    assertThrows(
        StorageException.class, () -> kept.write(List.of(group(R7, P4, null, List.of(), null))));
    assertEquals(1, kept.crash().load().size());
  }
}
