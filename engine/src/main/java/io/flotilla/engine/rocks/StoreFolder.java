package io.flotilla.engine.rocks;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A store's folder, held by this process alone until it is closed.
///
/// ```
/// STORE        whose it is          (written last: a folder without it was never a store)
/// LOCK         held while open
/// log/         the log database
/// state/       the state database
/// *.watermark  how far each database has come
/// log.reached  how far the log has come, up to the last fsync
/// BALLAST      given up when the disk is full
/// snapshots/   staged/ incoming, cut/ outgoing, ingest/ on their way into the state
/// ```
///
/// Databases are made here, once. Whatever is missing afterwards is damage and never made anew, for
/// an empty log in place of a lost one would break promises that this store made to others.
public final class StoreFolder implements AutoCloseable {
  private static final String IDENTITY = "STORE";
  private static final String LOCK = "LOCK";
  private static final String CREATING = "CREATING";
  private static final List<String> PARTS = List.of("log", "state", "snapshots");

  private final Path path;
  private final FileChannel lock;
  private StoreIdentity identity;

  private StoreFolder(Path path, FileChannel lock, StoreIdentity identity) {
    this.path = path;
    this.lock = lock;
    this.identity = identity;
  }

  /// True if `path` is the folder of a store (which may be damaged), so that it is to be opened;
  /// otherwise it can be created, unless it is something else.
  public static boolean isStore(Path path) {
    return Files.exists(path.resolve(IDENTITY));
  }

  /// Makes a new store in `path`, which is absent or has no store in it.
  ///
  /// @throws StorageException if there is one, or a part of one, or the folder is locked
  public static StoreFolder create(Path path, StoreIdentity identity) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw Failures.files("make the store's folder", path, e);
    }
    FileChannel lock = lock(path);
    try {
      make(path, identity);
      return new StoreFolder(path, lock, identity);
    } catch (IOException e) {
      release(lock);
      throw Failures.files("make the store", path, e);
    } catch (RuntimeException | Error e) {
      release(lock);
      throw e;
    }
  }

  /// Opens the store in `path`.
  ///
  /// @throws StorageException if there is none, or it is locked, damaged, or newer than this
  ///   release
  public static StoreFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new StorageException(
          path + ": there is no such folder; try: the path of a store's folder");
    }
    if (!isStore(path)) {
      throw new StorageException(path + ": " + whatIsThere(path));
    }
    FileChannel lock = lock(path);
    try {
      StoreIdentity identity = IdentityFile.read(path.resolve(IDENTITY));
      requireParts(path);
      Files.deleteIfExists(path.resolve(CREATING));
      return new StoreFolder(path, lock, identity);
    } catch (IOException e) {
      release(lock);
      throw Failures.files("open the store", path, e);
    } catch (RuntimeException | Error e) {
      release(lock);
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  public StoreIdentity identity() {
    return identity;
  }

  /// @throws StorageException if this store belongs to another fleet
  public void requireCluster(String clusterId) {
    if (identity.clusterId() != null && !identity.clusterId().equals(clusterId)) {
      throw new StorageException(
          path
              + ": the store belongs to cluster "
              + identity.clusterId()
              + ", not to "
              + clusterId
              + "; try: the folder of that cluster, or an empty one to join with");
    }
  }

  /// Gives a store that has no id yet its place in a fleet, durably.
  public void assign(String clusterId, StoreId storeId) {
    requireCluster(clusterId);
    StoreId old = identity.storeId();
    if (old != null && !old.equals(storeId)) {
      throw new StorageException(path + ": is store " + old + " and cannot become " + storeId);
    }
    StoreIdentity assigned = new StoreIdentity(clusterId, storeId);
    IdentityFile.write(path.resolve(IDENTITY), assigned);
    identity = assigned;
  }

  Path log() {
    return path.resolve("log");
  }

  Path state() {
    return path.resolve("state");
  }

  Path snapshots() {
    return path.resolve("snapshots");
  }

  @Override
  public void close() {
    release(lock);
  }

  private static void make(Path path, StoreIdentity identity) throws IOException {
    Path marker = path.resolve(CREATING);
    if (isStore(path)) {
      throw new StorageException(path + ": there is a store already; try: to open it");
    }
    if (Files.exists(marker)) {
      // An earlier creation was interrupted. Nothing was ever served from what it left.
      for (String part : PARTS) {
        DurableFiles.deleteTree(path.resolve(part));
      }
    } else if (presentPart(path) != null) {
      throw new StorageException(path + ": " + whatIsThere(path));
    }
    DurableFiles.replace(marker, new byte[0]);
    for (String part : PARTS) {
      Files.createDirectory(path.resolve(part));
    }
    RocksDatabase.make(path.resolve("log"));
    RocksDatabase.make(path.resolve("state"));
    ReachedMark.make(path.resolve("log"));
    DurableFiles.syncFolder(path);
    IdentityFile.write(path.resolve(IDENTITY), identity);
    Files.delete(marker);
    DurableFiles.syncFolder(path);
  }

  private static void requireParts(Path path) {
    for (String part : PARTS) {
      if (!Files.isDirectory(path.resolve(part))) {
        throw Failures.damaged(path, "the folder " + part + "/ is missing");
      }
    }
  }

  private static String whatIsThere(Path path) {
    String part = presentPart(path);
    return part == null
        ? "no store in this folder; try: the path of a store's folder"
        : "the folder has "
            + part
            + "/ but no file "
            + IDENTITY
            + " that says whose it is; try: to restore that file from a copy, or an empty folder";
  }

  private static @Nullable String presentPart(Path path) {
    return PARTS.stream().filter(part -> Files.exists(path.resolve(part))).findFirst().orElse(null);
  }

  private static FileChannel lock(Path path) {
    Path file = path.resolve(LOCK);
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock held = tryLock(channel);
      if (held == null) {
        channel.close();
        throw new StorageException(
            path
                + ": the folder is in use by another process ("
                + file
                + " is locked); try: to stop"
                + " that one, or another folder");
      }
      return channel;
    } catch (IOException e) {
      throw Failures.files("lock the store's folder", file, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static void release(FileChannel lock) {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StorageException("cannot release the lock of a store's folder: " + e, e);
    }
  }
}
