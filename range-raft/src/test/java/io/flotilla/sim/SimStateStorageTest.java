package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorageContract;

final class SimStateStorageTest extends StateStorageContract {
  private final RandomSource random = new RandomSource(7);

  @Override
  protected StateStorage create() {
    return new SimStateStorage(SimLayout.PLAIN, random);
  }

  @Override
  protected StateStorage crash(StateStorage state) {
    return ((SimStateStorage) state).crash();
  }

  @Override
  protected StateStorage reopen(StateStorage state) {
    state.close();
    return ((SimStateStorage) state).crash();
  }

  @Override
  protected byte[] stateKey(String userKey) {
    return SimLayout.PLAIN.stateKey(Key.of(bytes(userKey))).bytes();
  }
}
