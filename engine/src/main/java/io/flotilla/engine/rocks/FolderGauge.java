package io.flotilla.engine.rocks;

import io.flotilla.spi.DiskGauge;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the volume of a folder has left for this user.
public final class FolderGauge implements DiskGauge {
  private final Path folder;
  private final FileStore volume;

  /// @throws io.flotilla.spi.StorageException if the folder is not there
  public FolderGauge(Path folder) {
    this.folder = folder;
    try {
      this.volume = Files.getFileStore(folder);
    } catch (IOException e) {
      throw Failures.files("find the volume", folder, e);
    }
  }

  @Override
  public Space look() {
    try {
      // A volume of more than 8 EiB comes as a negative number.
      return new Space(atLeastZero(volume.getUsableSpace()), atLeastZero(volume.getTotalSpace()));
    } catch (IOException e) {
      throw Failures.files("ask for the free space", folder, e);
    }
  }

  private static long atLeastZero(long bytes) {
    return bytes < 0 ? Long.MAX_VALUE : bytes;
  }
}
