package io.flotilla.engine.rocks;

import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/// A ballast that is a file.
///
/// It has real blocks. Where the system cannot allocate them otherwise they are written, with noise
/// for a disk that compresses, in steps, so that nobody's fsync has to wait for long. A part that a
/// crash left is gone on with.
public final class FileBallast implements Ballast {
  private static final String NAME = "BALLAST";
  private static final int STEP_BYTES = 2 << 20;

  private final Path file;
  private final long bytes;
  private long present;

  /// Looks for what is there; a ballast that is larger than wanted gives back the rest.
  ///
  /// @param bytes wanted; 0: none
  /// @throws StorageException if the file cannot be looked at or shortened
  public FileBallast(Path folder, long bytes) {
    this.file = folder.resolve(NAME);
    this.bytes = bytes;
    try {
      this.present = Files.exists(file) ? Files.size(file) : 0;
      if (bytes == 0) {
        drop();
      } else if (present > bytes) {
        shorten();
      }
    } catch (IOException e) {
      throw Failures.files("look at the ballast", file, e);
    }
  }

  private void shorten() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
    present = bytes;
  }

  @Override
  public long owedBytes() {
    return bytes - present;
  }

  @Override
  public boolean isThere() {
    return present > 0;
  }

  @Override
  public void grow() {
    if (owedBytes() == 0) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      present = Preallocation.extend(file, bytes) ? bytes : present + writeStep(channel);
      channel.force(true);
    } catch (IOException e) {
      throw Failures.files("make the ballast", file, e);
    }
  }

  private int writeStep(FileChannel channel) throws IOException {
    byte[] noise = new byte[(int) Math.min(STEP_BYTES, owedBytes())];
    new SplittableRandom(present).nextBytes(noise);
    ByteBuffer buffer = ByteBuffer.wrap(noise);
    while (buffer.hasRemaining()) {
      channel.write(buffer, present + buffer.position());
    }
    return noise.length;
  }

  @Override
  public void drop() {
    try {
      Files.deleteIfExists(file);
      present = 0;
    } catch (IOException e) {
      throw Failures.files("give up the ballast", file, e);
    }
  }
}
