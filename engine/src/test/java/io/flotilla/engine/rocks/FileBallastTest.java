package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.DiskGauge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileBallastTest extends BallastContract {
  private static final long BYTES = 9 << 20;

  @TempDir Path folder;
  private @Nullable Ballast made;

  @Override
  protected Ballast ballast() {
    Ballast ballast = made;
    if (ballast == null) {
      ballast = new FileBallast(folder, BYTES);
      made = ballast;
    }
    return ballast;
  }

  @Override
  protected DiskGauge gauge() {
    return new FolderGauge(folder);
  }

  @Override
  protected long bytes() {
    return BYTES;
  }

  @Override
  protected void write(long bytes) {
    byte[] noise = new byte[(int) bytes];
    new SplittableRandom(1).nextBytes(noise);
    try (FileChannel channel =
        FileChannel.open(data(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(noise));
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void clear() {
    try {
      Files.delete(data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  @Test
  void itHasRealBlocksUntilItIsDropped() throws IOException {
    Ballast ballast = new FileBallast(folder, BYTES);
    assertEquals(BYTES, ballast.owedBytes());
    assertFalse(ballast.isThere());
    make(ballast);
    assertTrue(ballast.isThere());
    assertEquals(BYTES, Files.size(file()));
    assertTrue(allocated() >= BYTES, "allocated " + allocated());
    ballast.drop();
    ballast.drop();
    assertFalse(Files.exists(file()));
    assertEquals(BYTES, ballast.owedBytes());
    make(ballast);
    assertEquals(BYTES, Files.size(file()));
  }

  @Test
  void aPartThatACrashLeftIsGoneOnWith() throws IOException {
    Files.write(file(), new byte[3 << 20]);
    Ballast ballast = new FileBallast(folder, BYTES);
    assertEquals(BYTES - (3 << 20), ballast.owedBytes());
    make(ballast);
    assertTrue(allocated() >= BYTES, "allocated " + allocated());
  }

  @Test
  void oneThatIsTooLargeGivesBackTheRest() throws IOException {
    make(new FileBallast(folder, BYTES));
    Ballast smaller = new FileBallast(folder, BYTES / 3);
    assertEquals(0, smaller.owedBytes());
    assertEquals(BYTES / 3, Files.size(file()));
    assertEquals(0, new FileBallast(folder, 0).owedBytes());
    assertFalse(Files.exists(file()));
  }

  private static void make(Ballast ballast) {
    for (int i = 0; ballast.owedBytes() > 0; i++) {
      assertTrue(i < 100, "it makes no progress: " + ballast.owedBytes());
      ballast.grow();
    }
  }

  /// What it takes of the disk, as the tool says that knows.
  private long allocated() throws IOException {
    Process du = new ProcessBuilder("du", "-k", file().toString()).start();
    String output = new String(du.getInputStream().readAllBytes());
    return Long.parseLong(output.split("\\s")[0]) << 10;
  }

  private Path file() {
    return folder.resolve("BALLAST");
  }
}
