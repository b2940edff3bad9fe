package io.flotilla.engine.rocks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The number of the log's last durable write, noted after every fsync in a page of its own.
///
/// RocksDB takes a write-ahead file that ends early for one whose end was being written when the
/// process died. Whether what is missing had been acknowledged, only a note beside it can tell. A
/// note with an fsync of its own would double the cost of a write; this one is a store into a
/// mapped page, which survives the death of the process at once and a power cut after the next
/// [#sync]. It is made after the fsync that it speaks of, so it is never ahead of what is durable,
/// and whatever a power cut leaves of it, it accuses nobody wrongly.
///
/// The file has 4096 bytes. Two slots at 0 and 2048 are written in turn: the number in 8 bytes and
/// the CRC32C of these in 4, big-endian; all zeros: never written. The higher valid one counts.
///
/// Written by one thread; [#sync] from any.
final class ReachedMark implements AutoCloseable {
  private static final int FILE_BYTES = 4096;
  private static final int SLOT_BYTES = FILE_BYTES / 2;
  private static final ValueLayout.OfLong NUMBER =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt CHECKSUM =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

  private final Path file;
  private final Arena arena;
  private final MemorySegment page;
  private final byte[] scratch = new byte[Long.BYTES];
  private int slot;

  private ReachedMark(Path file, Arena arena, MemorySegment page) {
    this.file = file;
    this.arena = arena;
    this.page = page;
  }

  static Path fileOf(Path database) {
    return database.resolveSibling(database.getFileName() + ".reached");
  }

  /// Makes the file beside a new database; real blocks, so that noting never needs room.
  static void make(Path database) throws IOException {
    DurableFiles.replace(fileOf(database), new byte[FILE_BYTES]);
  }

  /// @throws io.flotilla.spi.StorageException if the file is missing or is not one of these
  static ReachedMark open(Path database) {
    Path file = fileOf(database);
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (Files.size(file) != FILE_BYTES) {
        throw damaged(file);
      }
      MemorySegment page = channel.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES, arena);
      return new ReachedMark(file, arena, page);
    } catch (IOException e) {
      arena.close();
      throw Failures.files("open the log's mark", file, e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// @throws io.flotilla.spi.StorageException if the database, whose last write is `sequence`, had
  ///   durably got further
  void require(Path database, long sequence) {
    long reached = reached();
    if (sequence < reached) {
      throw Failures.damaged(
          database,
          "the log ends at write "
              + sequence
              + " but had acknowledged "
              + reached
              + ": the end of its newest write-ahead file is lost");
    }
  }

  private long reached() {
    long first = read(0);
    long second = read(1);
    if (first < 0 && second < 0) {
      throw damaged(file);
    }
    slot = first > second ? 0 : 1; // the older one is written next
    return Math.max(first, second);
  }

  /// -1: not valid.
  private long read(int from) {
    long offset = (long) from * SLOT_BYTES;
    long number = page.get(NUMBER, offset);
    int checksum = page.get(CHECKSUM, offset + Long.BYTES);
    if (number == 0 && checksum == 0) {
      return 0;
    }
    return number > 0 && checksum == checksumOf(number) ? number : -1;
  }

  /// All writes up to and with `sequence` are durable.
  void note(long sequence) {
    slot ^= 1;
    long offset = (long) slot * SLOT_BYTES;
    page.set(NUMBER, offset, sequence);
    page.set(CHECKSUM, offset + Long.BYTES, checksumOf(sequence));
  }

  /// Makes what was noted so far survive a power cut. Blocks.
  void sync() {
    page.force();
  }

  private int checksumOf(long number) {
    ByteBuffer.wrap(scratch).putLong(number);
    return Checksum.of(scratch);
  }

  private static RuntimeException damaged(Path file) {
    return Failures.damaged(file, "the log's mark is truncated or damaged");
  }

  @Override
  public void close() {
    arena.close();
  }
}
