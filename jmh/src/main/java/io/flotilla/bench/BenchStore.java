package io.flotilla.bench;

import io.flotilla.engine.rocks.NativeHandles;
import io.flotilla.engine.rocks.RocksDisk;
import io.flotilla.engine.rocks.RocksOptions;
import io.flotilla.engine.rocks.StoreFolder;
import io.flotilla.engine.rocks.StoreIdentity;
import io.flotilla.spi.RandomSource;

/// A store's disk as a node opens it, with fsync, for one trial.
final class BenchStore implements AutoCloseable {
  private final BenchFolder home;
  private final StoreFolder folder;
  private final RocksDisk disk;

  BenchStore() {
    NativeHandles handles = new NativeHandles();
    home = new BenchFolder();
    folder = StoreFolder.create(home.path().resolve("store"), StoreIdentity.UNASSIGNED);
    disk = RocksDisk.open(folder, RocksOptions.DEFAULT, new RandomSource(1), handles);
    disk.log().load();
    disk.state().load();
  }

  RocksDisk disk() {
    return disk;
  }

  @Override
  public void close() {
    disk.close();
    folder.close();
    home.close();
  }
}
