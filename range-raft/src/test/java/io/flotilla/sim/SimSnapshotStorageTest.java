package io.flotilla.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.keyspace.Key;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.SnapshotStorageContract;

final class SimSnapshotStorageTest extends SnapshotStorageContract {
  private final RandomSource random = new RandomSource(11);

  @Override
  protected Disk create(String name) {
    SimStateStorage state = new SimStateStorage(SimLayout.PLAIN, random.fork(name));
    return new Disk(state, new SimSnapshotStorage(state, random.fork(name), 64 << 10));
  }

  @Override
  protected Disk crash(Disk disk) {
    SimStateStorage state = ((SimStateStorage) disk.state()).crash();
    return new Disk(state, ((SimSnapshotStorage) disk.snapshots()).crash(state));
  }

  @Override
  protected byte[] stateKey(String userKey) {
    return SimLayout.PLAIN.stateKey(Key.of(userKey.getBytes(UTF_8))).bytes();
  }
}
